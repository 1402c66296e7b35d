#!/bin/bash
# strangers.sh - a crowd that drips bytes, and those who only want to print: spoold, and
# cupsd under the same load, in one run (run.sh strangers). Needs root.
#
# DRIPS=1000 NORMALS=50 SECONDS_EACH=10; JSON=1: JSON objects. It ends within ten minutes,
# whoever answers: each part is ended after $limit seconds, and its figures then say so.
. "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/e2e/lib.sh"

DRIPS=${DRIPS:-1000}
NORMALS=${NORMALS:-50}
SECONDS_EACH=${SECONDS_EACH:-10}
crowd=$TOP_BUILDDIR/tests/bench/crowd
connections=$((DRIPS + NORMALS + 200))
limit=$((SECONDS_EACH + 90)) # the crowd's own bounds (crowd.c) are well within

# Memory of a process and all below it, MiB: what is shared counts once (PSS).
memory_of()
{
	local pid
	for pid in "$1" $(descendants "$1"); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '/^Pss:/ { kb += $2 } END { printf "%d\n", kb / 1024 }'
}

# run NAME PID PORT PATH DRIPS [--tls]: a row of figures in rows[], the most memory among them
declare -A row
run()
{
	local name=$1 pid=$2 most=0 now job
	echo "strangers: $name" >&2
	timeout "$limit" "$crowd" --port "$3" --path "$4" --drips "$5" --normals "$NORMALS" \
		--seconds "$SECONDS_EACH" --document "$document" ${6:-} >"$E2E/tmp/$name" &
	job=$!
	while kill -0 $job 2>/dev/null; do
		now=$(memory_of "$pid")
		[ "$now" -le "$most" ] || most=$now
		read -rt 0.5 <> <(:) || :
	done
	wait $job || { echo "strangers: $name: no answer in $limit s" >&2; return 1; }
	row[$name]=$(sed "s/}/, \"memory_mib\": $most}/" "$E2E/tmp/$name")
}

of() { sed -n "s/.*\"$2\": \([0-9.]*\).*/\1/p" <<<"${row[$1]:-}"; }
figure() { "$TOP_BUILDDIR/tests/bench/figure" ${JSON:+-j} "$@" || missed=1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", (b > 0 ? a / b : 0) }'; }
missed=0

# judge HOW SUFFIX MEMORY: the rows of one way to talk
judge()
{
	local busy=spoold-busy$2 idle=spoold-idle$2
	[ -n "${row[$busy]:-}" ] && [ -n "${row[$idle]:-}" ] || { missed=1; return; }
	figure "$NORMALS customers, $1, nobody else: 99 of 100 within" "$(of "$idle" p99_ms)" ms ""
	figure "    beside $DRIPS that drip: median" "$(of "$busy" p50_ms)" ms ""
	figure "    99 of 100 within" "$(of "$busy" p99_ms)" ms ""
	figure "    as a multiple" "$(ratio "$(of "$busy" p99_ms)" "$(of "$idle" p99_ms)")" x "<= 5"
	figure "    answered, of those who asked" "$(ratio "$(of "$busy" answered)" "$(of "$busy" asked)")" "" ">= 1"
	figure "    connections that drip" "$(of "$busy" dripping)" "" ">= $DRIPS"
	figure "    memory of all of spoold (PSS)" "$(of "$busy" memory_mib)" MiB "< $3"
	judge_cupsd "$2"
}

# What cupsd does is not judged; that it answers nobody is a result.
judge_cupsd()
{
	local busy=cupsd-busy$1 idle=cupsd-idle$1
	figure "    cupsd: nobody else: 99 of 100 within" "$(of "$idle" p99_ms)" ms ""
	if [ -z "${row[$busy]:-}" ]; then
		figure "    cupsd: beside them: no answer in" "$limit" s ""
		return
	fi
	figure "    cupsd: beside them: answered, of those who asked" \
		"$(ratio "$(of "$busy" answered)" "$(of "$busy" asked)")" "" ""
	figure "    cupsd: 99 of 100 of these within" "$(of "$busy" p99_ms)" ms ""
	figure "    cupsd: connections that drip" "$(of "$busy" dripping)" "" ""
}

e2e_begin
exec {tap_fd}>"$E2E/log/tap"
port_pick tls_port
export CUPS_LOGLEVEL=warn
CUPS_POLICY=$E2E/tmp/limits
cat >"$CUPS_POLICY" <<-END
	MaxClients $connections
	MaxClientsPerHost $connections
	SSLListen 127.0.0.1:$tls_port
END
ulimit -n "$(ulimit -Hn)"
SPOOLD_LOGLEVEL=notice
SPOOLD_SETTINGS="max-connections = $connections max-connections-per-address = $connections"
shop_open >"$E2E/log/open" 2>&1 || { echo "the shop does not open" >&2; cat "$E2E/log/open" >&2; exit 1; }
mkdir -p "$E2E/cups/etc/ssl" # where cupsd makes itself a certificate
document=$(shop_document small.jpg)
cupsd=${process_pid[cupsd]}
spoold=${process_pid[spoold]}
cupsenable photo 2>/dev/null

for how in "" --tls; do
	s=${how:+-tls}
	port=$CUPS_PORT
	[ -z "$how" ] || port=$tls_port
	run "spoold-idle$s" "$spoold" "$SPOOLD_PORT" /ipp/print/photo 0 $how
	run "cupsd-idle$s" "$cupsd" "$port" /printers/photo 0 $how
	run "spoold-busy$s" "$spoold" "$SPOOLD_PORT" /ipp/print/photo "$DRIPS" $how
	run "cupsd-busy$s" "$cupsd" "$port" /printers/photo "$DRIPS" $how
done

judge "in clear" "" 128
judge "TLS" -tls 300
e2e_ended=1
exit $missed
