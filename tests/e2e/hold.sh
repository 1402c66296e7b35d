#!/bin/bash
# The level-triggered hold: whatever becomes of cupsd's spool, cupsd and the store come
# together again: one held job for each waiting order, none for the others, nothing printed
# that nobody released, nothing twice.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp

# submit PIN: the order's number in $order
submit()
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
spool_empty() { rm -rf "$E2E"/cups/spool/* "$E2E"/cups/cache/job.cache*; }
spool_save() { rm -rf "$E2E/backup"; cp -a "$E2E/cups/spool" "$E2E/backup" &&
	cp -a "$E2E"/cups/cache/job.cache "$E2E/backup.cache" 2>/dev/null; return 0; }
spool_restore()
{
	spool_empty
	cp -a "$E2E/backup/." "$E2E/cups/spool/"
	[ ! -e "$E2E/backup.cache" ] || cp -a "$E2E/backup.cache" "$E2E/cups/cache/job.cache"
}
printed() { printer_taken pixel; }

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)

# --- cupsd down ---
cupsd_kill
begun=$(date +%s%3N)
ok "an order is taken while cupsd is down" submit 1001
took=$(($(date +%s%3N) - begun))
ok "and nobody waits for it ($took ms)" test "$took" -lt 5000
is "it is the first" "$order" 1
ok "and another one" submit 1002
is "it waits for its PIN" "$(order_state 1)" pending-held
ok "it can be looked up" wait_until 5 '[ -n "$(order_uuid 1)" ]'
ok "one can be cancelled meanwhile" with_order cancel 2
is "it is canceled" "$(order_state 2)" canceled
ok "an order is released while cupsd is down" submit 1003
ok "it is" with_order release-pin 3 1003
cupsd_run
ok "the waiting one has its job when cupsd is back" wait_until 20 'one_held_job 1'
ok "the released one is printed" wait_until 60 '[ "$(order_state 3)" = completed ]'
is "once" "$(printed)" 1
is "the cancelled one has no job" "$(job_lines 2)" ''

# --- the spool emptied, so that job-ids are given again ---
submit 1004 && submit 1005
ok "three orders wait" wait_until 20 'one_held_job 1 4 5'
spool_save
cupsd_kill
spool_empty
cupsd_run
ok "after a loss of cupsd's spool all three have a job again" \
	wait_until 30 'one_held_job 1 4 5'
compared
is "and there is no other job" "$(job_count)" 3
ok "one is released" with_order release-pin 4 1004
ok "and printed" wait_until 60 '[ "$(order_state 4)" = completed ]'
is "once" "$(printed)" 2
ok "another is cancelled" with_order cancel 5
ok "and its job is gone" wait_until 20 '[ -z "$(job_lines 5)" ]'

# --- an old backup: jobs of orders that are over ---
cupsd_kill
spool_restore
cupsd_run
ok "jobs of an old backup are cancelled, but for the order that waits" \
	wait_until 30 '[ "$(job_count)" = 1 ] && one_held_job 1'
compared
is "nothing was printed of it" "$(printed)" 2
is "the order that was made stays made" "$(order_state 4)" completed
is "the cancelled one stays cancelled" "$(order_state 5)" canceled

# --- what an operator can do at cupsd ---
job=$(job_lines 1 | cut -d, -f1)
cancel -a -x photo
ok "a purged queue has its job again" wait_until 30 'one_held_job 1'
compared
is "one" "$(job_count)" 1
job=$(job_lines 1 | cut -d, -f1)
lp -i "$job" -H resume >/dev/null 2>&1
ok "a job that an operator lets go is held again" wait_until 30 'one_held_job 1'
is "and prints nothing" "$(printed)" 2
lpmove "$job" plate
ok "a job that is moved away comes back, or is followed" wait_until 30 'one_held_job 1'
lpmove "$(job_lines 1 | cut -d, -f1)" photo
ok "and back" wait_until 30 'one_held_job 1'
submit 1006
ok "an order waits" wait_until 20 'one_held_job 6'
cancel "$(job_lines 6 | cut -d, -f1)"
ok "a cancel at cupsd cancels the order" wait_until 30 '[ "$(order_state 6)" = canceled ]'

# --- spoold itself ---
spoold_stop
is "spoold ends with status 0" "$process_status" 0
spoold_run
compared
is "after its restart there is still one job" "$(job_count)" 1
ok "a courier that dies is started again" spoold_kill_child courier
submit 1007
seventh=$order # numbers go on elsewhere after a restart
ok "and goes on" wait_until 30 'one_held_job $seventh'
ok "keep, too" spoold_kill_child keep
ok "orders are taken again" wait_until 30 'submit 1008'
eighth=$order
ok "and held" wait_until 30 'one_held_job 1 $seventh $eighth'
compared
is "one job each" "$(job_count)" 3
ok "the first one can still be released" with_order release-pin 1 1001
ok "and is printed" wait_until 60 '[ "$(order_state 1)" = completed ]'
is "once" "$(printed)" 3

# --- a queue renamed ---
lpadmin -x photo
ok "without its queue an order waits on" wait_until 10 '[ "$(order_state $seventh)" = pending-held ]'
compared
is "and is not canceled with it" "$(order_state $seventh)" pending-held
shop_queues
ok "it has its job when the queue is there again" wait_until 60 'one_held_job $seventh $eighth'
e2e_end
