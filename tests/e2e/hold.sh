#!/bin/bash
# The level-triggered hold: whatever becomes of cupsd, it and the store come together again:
# one held job for each waiting order, none for the others, nothing printed that nobody
# released, nothing twice. Here: cupsd down, its spool lost, put back from a backup, all of it
# deleted. (hold-operators.sh, hold-queues.sh and hold-clock.sh have the rest.)
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/hold.sh"

# As an hour passes for spoold while cupsd is away.
hands() { "$TOP_BUILDDIR/tests/e2e/clock/hands" "$E2E/clock" "$@"; }
export CLAIMCHECK_TEST_CLOCK
spoold_run_on_clock()
{
	LD_PRELOAD=$TOP_BUILDDIR/tests/e2e/clock/clock.so CLAIMCHECK_TEST_CLOCK=$E2E/clock spoold_run
}

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
spoold_stop
hands >/dev/null
ok "spoold has a clock of its own" spoold_run_on_clock

# --- cupsd down ---
cupsd_kill
begun=$(date +%s%3N)
ok "an order is taken while cupsd is down" hand_in 1001
took=$(($(date +%s%3N) - begun))
ok "and nobody waits for it ($took ms)" test "$took" -lt 5000
is "it is the first" "$order" 1
ok "and another one" hand_in 1002
is "it waits for its PIN" "$(order_state 1)" pending-held
ok "it can be looked up" wait_until 5 '[ -n "$(order_uuid 1)" ]'
ok "one can be cancelled meanwhile" with_order cancel 2
is "it is canceled" "$(order_state 2)" canceled
hands pass 3600 >/dev/null
ok "the operator can see that cupsd does not answer" \
	wait_until 20 "status_says '^cupsd does not answer'"
begun=$(date +%s%3N)
ok "an hour on an order is taken as at the first minute" hand_in 1003
took=$(($(date +%s%3N) - begun))
ok "and nobody waits for it ($took ms)" test "$took" -lt 5000
ok "it is released while cupsd is down" with_order release-pin 3 1003
cupsd_run
ok "the waiting one has its job when cupsd is back" wait_until 20 'one_held_job 1'
ok "the released one is printed" wait_until 60 '[ "$(order_state 3)" = completed ]'
is "once" "$(printed)" 1
is "the cancelled one has no job" "$(job_lines 2)" ''

# --- the spool emptied, so that job-ids are given again ---
hand_in 1004 && hand_in 1005
ok "three orders wait" wait_until 20 'one_held_job 1 4 5'
spool_save
cupsd_kill
spool_empty
cupsd_run
ok "after a loss of cupsd's spool all three have a job again" \
	wait_until 30 'one_held_job 1 4 5'
ok "the log says so" wait_until 10 "log_says 'compared with cupsd: .*[0-9] missing and made again'"
ok "and the operator can read it" status_says 'last mended in cupsd: .*made again'
compared
is "and there is no other job" "$(job_count)" 3
ok "one is released" with_order release-pin 4 1004
ok "and printed" wait_until 60 '[ "$(order_state 4)" = completed ]'
is "once" "$(printed)" 2
ok "another is cancelled" with_order cancel 5
ok "and its job is gone" wait_until 20 '[ -z "$(job_lines 5)" ]'

# --- an old backup: jobs of orders that are over, and none of those that came later ---
hand_in 1006
ok "a new order waits" wait_until 20 'one_held_job 6'
cupsd_kill
spool_restore
cupsd_run
ok "jobs of an old backup are cancelled, but for the order that waits; the new one's is made" \
	wait_until 30 '[ "$(job_count)" = 2 ] && one_held_job 1 6'
compared
is "nothing was printed of it" "$(printed)" 2
is "the order that was made stays made" "$(order_state 4)" completed
is "the cancelled one stays cancelled" "$(order_state 5)" canceled
ok "the log says what was cancelled" log_says 'compared with cupsd: .*[0-9] cancelled'

# --- all of it deleted: queues, jobs, numbers ---
cupsd_kill
spool_empty
rm -rf "$E2E"/cups/etc/{printers.conf*,ppd,subscriptions.conf*} "$E2E"/cups/cache/* "$E2E"/cups/state/*
cupsd_run
ok "without a queue the orders wait on" wait_until 20 "status_says 'missing in cupsd: photo'"
is "and are not cancelled" "$(order_state 1),$(order_state 6)" pending-held,pending-held
ok "one is taken in all the same" hand_in 1007
shop_queues
ok "with the queues back each has its job" wait_until 60 'one_held_job 1 6 7'
compared
is "one" "$(job_count)" 3
is "nothing was printed by all that" "$(printed)" 2
ok "the oldest one can still be released" with_order release-pin 1 1001
ok "and is printed" wait_until 60 '[ "$(order_state 1)" = completed ]'
is "once" "$(printed)" 3
like "the store is sound" "$(operator check)" '^0 faults'
e2e_end
