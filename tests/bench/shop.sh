# shop.sh - a private shop to be measured: cupsd as one would run it, a queue whose device
# takes everything, spoold with 16-symbol codes; nothing logged that need not be.
#
# bench_open      cupsd with the queues `photo` (of spoold) and `plain` (cupsd's own), spoold

. "${TOP_SRCDIR:?}/tests/e2e/lib.sh"

bench=$TOP_BUILDDIR/tests/bench
load() { "$bench/ippload" "$@"; }
figure() { "$bench/figure" ${JSON:+-j} "$@"; }

# As cups-files.conf and cupsd.conf should be beside spoold: the store is the truth, so cupsd
# need not sync (doc/decisions/courier.md).
eval "e2e_$(declare -f cupsd_files_conf)"
cupsd_files_conf()
{
	e2e_cupsd_files_conf | sed 's/^SyncOnClose .*/SyncOnClose No/'
	echo "SetEnv BENCH_STAMP $E2E/stamps"
}
eval "e2e_$(declare -f cupsd_conf)"
cupsd_conf()
{
	e2e_cupsd_conf | sed '/^DirtyCleanInterval/d'
	# Else a cancelled job is written into the history, and the next round finds it there.
	echo "PreserveJobHistory No"
}

# Where the document comes from tickettodoc: a clock before the next filter.
bench_programs()
{
	local bin=$E2E/cups/bin
	install -m 755 "$bench/sink" "$bin/backend/benchsink"
	mv "$bin/filter/doctophoto" "$bin/filter/doctophoto-real"
	install -m 755 "$bench/stamp" "$bin/filter/doctophoto"
	: >"$E2E/stamps"
	chmod 666 "$E2E/stamps"
}

bench_open()
{
	CUPS_LOGLEVEL=warn
	SPOOLD_LOGLEVEL=notice
	SPOOLD_SETTINGS="
	  code-length = 16
	  key-derivation = \"blake2b\"
	  hold-rate = ${HOLD_RATE:-200}
	  reconcile-s = 30
	  max-orders = 1000000
	  max-connections = 200
	  max-connections-per-address = 200
	  ${BENCH_SETTINGS:-}"
	cupsd_lay_out
	bench_programs
	cupsd_start || return 1
	lpadmin -p photo -E -v "claimcheck:benchsink:/" -P "$TOP_BUILDDIR/ppd/ccphoto.ppd" 2>/dev/null &&
		lpadmin -p plain -E -v file:/dev/null 2>/dev/null || return 1
	spoold_start
}
eval "e2e_$(declare -f spoold_conf)"
spoold_conf() { e2e_spoold_conf | sed '/reconcile-s = 1$/d; /printer "plate"/,/}/d'; }

# cpu_ms PID: what it has used of processors; rss_kib PID: its memory, at most so far;
# own_kib PID: what is in no file, now
cpu_ms() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print ($12 + $13) * 10 }'; }
rss_kib() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }
own_kib() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status"; }
