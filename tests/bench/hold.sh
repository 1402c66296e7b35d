#!/bin/bash
# hold.sh - how a shop behaves while N orders wait, all of them jobs in a real cupsd.
#
#   hold.sh [-n "100 1000 ..."] [-o FOLDER]
#
# -n: the numbers of waiting orders (default: 100 1000 10000 100000)
# -o: where curve.txt (a line a number), curve.json and curve.svg go
#
# Prints the curve as a table, then each figure with its target. Orders come in through
# front, by IPP, from 64 customers; their jobs are made in cupsd faster than a shop would
# (hold-rate), since nobody wants to wait for 100,000 at 200 a second. What cupsd costs is
# shown apart. As root: cupsd and spoold are private, on their own ports.
: "${TOP_SRCDIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR/build}"
export TOP_SRCDIR TOP_BUILDDIR
. "$TOP_SRCDIR/tests/bench/shop.sh"

points="100 1000 10000 100000"
to=
releases=15
while getopts n:o: option; do
	case $option in
	n) points=$OPTARG ;;
	o) to=$(realpath -m "$OPTARG") ;;
	*) exit 2 ;;
	esac
done

progress() { printf '%s hold: %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# ms SECONDS-AND-FRACTION...: the time a command takes, its output to /dev/null
ms_of()
{
	local start=${EPOCHREALTIME/./}
	"$@" >"$E2E/said" 2>&1 || { cat "$E2E/said" >&2; return 1; }
	awk -v us=$((${EPOCHREALTIME/./} - start)) 'BEGIN { printf "%.1f\n", us / 1000 }'
}

orders() { load "$@" "$SPOOLD" /ipp/print/photo image/jpeg "$small"; }
waiting_changes() { operator --json status | sed -n 's/.*"outbox": *\([0-9]*\).*/\1/p'; }
# Until cupsd has a job for every order; what it says of itself comes every second.
settle()
{
	local left said=0
	while left=$(waiting_changes) && [ "${left:-1}" != 0 ]; do
		[ $((SECONDS - said)) -lt 10 ] || { progress "$left jobs to be made"; said=$SECONDS; }
		nap
	done
}

# --- what is measured at each number ---

# The time from the code, given to release(1), to the document's first byte behind
# tickettodoc; then from cupsd's own Release-Job to a filter, without spoold.
code_to_filter_ms()
{
	local line start seen
	tail -n "$releases" "$E2E/codes" | while read -r line; do
		seen=$(wc -l <"$E2E/stamps")
		start=$EPOCHREALTIME
		station --yes --no-wait --pin-file 0 <<<"${line#* }" >/dev/null || return 1
		wait_until 30 "[ \$(wc -l <'$E2E/stamps') -gt $seen ]" || return 1
		tail -1 "$E2E/stamps" | awk -v start="$start" '{ printf "%.1f\n", ($1 - start) * 1000 }'
		wait_until 30 '[ "$(queue_state photo)" = idle ]'
	done
}

cupsd_release_ms()
{
	local start seen id
	for _ in 1 2 3 4 5; do
		seen=$(wc -l <"$E2E/stamps")
		id=$(lp -d stamped -H indefinite "$small" | sed -n 's/^request id is .*-\([0-9]*\) .*/\1/p')
		start=$EPOCHREALTIME
		lp -i "$id" -H resume
		wait_until 30 "[ \$(wc -l <'$E2E/stamps') -gt $seen ]" || return 1
		tail -1 "$E2E/stamps" | awk -v start="$start" '{ printf "%.1f\n", ($1 - start) * 1000 }'
	done
}

# Ready: it takes an order and answers for it; the time goes to $restart. The comparison with
# cupsd goes on behind.
restart_spoold()
{
	local start
	process_kill spoold TERM 60
	start=${EPOCHREALTIME/./}
	process_start spoold "$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
	orders -w 60 >/dev/null || return 1
	restart=$(awk -v us=$((${EPOCHREALTIME/./} - start)) 'BEGIN { printf "%.2f", us / 1e6 }')
}

# The memory of all of spoold's processes, each at its largest: the sum; then what is their own
# now, neither the store's file nor a library; then each
memory_mib()
{
	local pid kib sum=0 own=0 each=
	for pid in ${process_pid[spoold]} $(descendants "${process_pid[spoold]}"); do
		kib=$(rss_kib "$pid")
		sum=$((sum + kib))
		own=$((own + $(own_kib "$pid")))
		each+=" $(cat "/proc/$pid/comm")=$((kib / 1024))"
	done
	echo "$((sum / 1024)) $((own / 1024))$each"
}

# measure N: one line of the curve
measure()
{
	local n=$1 more rate p99 lpstat_us lpstat_cups code release before memory most own cups_mib
	more=$((n / 10 < 100 ? 100 : n / 10 > 2000 ? 2000 : n / 10))
	progress "$n orders wait; $more more"
	: >"$E2E/codes"
	read -r rate _ p99 _ < <(orders -c 64 -n "$more" -o "$E2E/codes")
	settle
	progress "lpstat, releases"
	lpstat_cups=$(ms_of lpstat -o)
	lpstat_us=$(ms_of lpstat -h "$SPOOLD" -o)
	[ "$(wc -l <"$E2E/said")" -ge "$n" ] || progress "lpstat -h spoold lists too few"
	code=$(code_to_filter_ms | median)
	release=$(cupsd_release_ms | median)
	before=$(memory_mib)
	progress "memory, MiB: $before; restart"
	restart_spoold || return 1
	wait_until 600 "[ \"\$(operator --json status | sed -n 's/.*\"compared\": *\\([0-9]*\\).*/\\1/p')\" != 0 ]"
	memory=$(memory_mib)
	cups_mib=$(($(rss_kib "${process_pid[cupsd]}") / 1024))
	[ "${before%% *}" -lt "${memory%% *}" ] || memory=$before
	read -r most own _ <<<"$memory"
	echo "$n $rate $p99 $code $lpstat_us $restart $most $own $made_cpu $cups_mib $lpstat_cups $release" >>"$E2E/curve"
	progress "memory after it, MiB: $memory"
}

# fill N: orders until N wait; what a job cost cupsd goes to $made_cpu
fill()
{
	local all=$(($1 - count)) more=$(($1 - count)) before
	before=$(cpu_ms "${process_pid[cupsd]}")
	progress "$more orders until $1 wait"
	while [ "$more" -gt 0 ]; do
		orders -c 64 -n $((more < 10000 ? more : 10000)) >/dev/null || return 1
		more=$((more - 10000))
		[ "$more" -le 0 ] || progress "$more to come"
	done
	settle
	made_cpu=$(awk -v ms=$(($(cpu_ms "${process_pid[cupsd]}") - before)) -v n="$all" \
		'BEGIN { printf "%.2f", ms / n }')
	count=$1
}

e2e_begin
HOLD_RATE=2000
small=$E2E/small.jpg
"$TOP_BUILDDIR/tests/e2e/material/material" 2kb.jpg "$small" && bench_open || exit 1
lpadmin -p stamped -E -v benchsink:/ -P "$TOP_BUILDDIR/ppd/ccphoto.ppd" 2>/dev/null
count=0
: >"$E2E/curve"
for n in $points; do
	fill "$n" && measure "$n" || { progress "failed at $n"; break; }
	count=$((n + (n / 10 < 100 ? 100 : n / 10 > 2000 ? 2000 : n / 10) - releases))
done
"$TOP_SRCDIR/tests/bench/curve.sh" "$E2E/curve" ${to:+"$to"}
e2e_ended=1
