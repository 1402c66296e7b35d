# hold.sh - for the tests of the level-triggered hold: orders by PIN, cupsd's jobs, and what
# becomes of cupsd's spool. To be read after lib.sh.

ipp=$TOP_SRCDIR/tests/e2e/ipp

# hand_in PIN: the order's number in $order
hand_in()
{
	tap_said=$(timeout 20 ipptool -c -d "pin=$1" -d filetype=image/jpeg -f "$photo" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/print-pin.test" 2>&1) || return 1
	order=$(tail -1 <<<"$tap_said")
	[[ $order =~ ^[0-9]+$ ]]
}

# with_order OPERATION NUMBER [PIN]
with_order()
{
	timeout 20 ipptool -t -d "job=$2" -d "pin=${3:-}" "ipp://$SPOOLD/ipp/print/photo" \
		"$ipp/$1.test"
}

# jobs [WHICH]: cupsd's jobs as lines "id,state,name"
jobs()
{
	timeout 20 ipptool -c -d "which=${1:-not-completed}" "ipp://localhost:$CUPS_PORT/" \
		"$ipp/jobs.test" 2>/dev/null | tail -n +2
}

# job_lines NUMBER: those of an order
job_lines() { jobs | grep -F "Order $1 $(order_uuid "$1")"; }
# one_held_job NUMBER...: each has one job, and it is held
one_held_job()
{
	local n lines
	for n in "$@"; do
		lines=$(job_lines "$n")
		[ "$(grep -c . <<<"$lines")" = 1 ] && [[ $lines = *,pending-held,* ]] || return 1
	done
}
job_count() { jobs | grep -c .; }
no_jobs() { [ "$(job_count)" = 0 ]; }
# A whole comparison that began after now: reconcile-s is 1 here.
compared()
{
	local before
	before=$(grep -c 'Get-Jobs' "$E2E/log/cups-error" || true)
	wait_until 20 "[ \$(grep -c Get-Jobs '$E2E/log/cups-error') -ge $((before + 3)) ]"
}
# What cupsd keeps of its jobs, to be lost, and put back as it was once.
spool_empty() { rm -rf "$E2E"/cups/spool/* "$E2E"/cups/cache/job.cache*; }
spool_save()
{
	rm -rf "$E2E/backup"
	cp -a "$E2E/cups/spool" "$E2E/backup" &&
		cp -a "$E2E"/cups/cache/job.cache "$E2E/backup.cache" 2>/dev/null
	return 0
}
spool_restore()
{
	spool_empty
	cp -a "$E2E/backup/." "$E2E/cups/spool/"
	[ ! -e "$E2E/backup.cache" ] || cp -a "$E2E/backup.cache" "$E2E/cups/cache/job.cache"
}
# What spoold said of it: in its log, and to the operator.
log_says() { grep -qE -e "$1" "$E2E/log/spoold.out"; }
status_says() { operator status | grep -qE -e "$1"; }
printed() { printer_taken pixel; }
