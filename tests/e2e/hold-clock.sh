#!/bin/bash
# The level-triggered hold: the machine's clock is set, for spoold and for cupsd. Nothing
# expires by it, nothing is printed, and what waits can be fetched.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/hold.sh"

year=31536000
hands() { "$TOP_BUILDDIR/tests/e2e/clock/hands" "$E2E/clock" "$@" >/dev/null; }
on_clock()
{
	LD_PRELOAD=$TOP_BUILDDIR/tests/e2e/clock/clock.so CLAIMCHECK_TEST_CLOCK=$E2E/clock "$@"
}
states() { echo "$(order_state 1),$(order_state 2)"; }

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
spoold_stop
cupsd_stop
hands
ok "cupsd runs by a clock that can be set" on_clock cupsd_run
ok "spoold, too" on_clock spoold_run
hand_in 1001 && hand_in 1002
ok "two orders wait" wait_until 20 'one_held_job 1 2'

# --- forward, while all runs ---
hands leap $year
ok "a year forward: the operator is told" wait_until 20 "status_says '^clock: it says .* is doubted'"
is "and nothing expires" "$(states)" pending-held,pending-held
ok "an order is taken in" hand_in 1003
ok "and held" wait_until 20 'one_held_job 1 2 3'
ok "one is released" with_order release-pin 3 1003
ok "and printed" wait_until 60 '[ "$(order_state 3)" = completed ]'

# --- back ---
hands leap -$year
ok "set right: nothing is said any more" wait_until 20 "! status_says '^clock:'"
is "the others wait" "$(states)" pending-held,pending-held
cancel -a -x photo
ok "jobs are looked after" wait_until 30 'one_held_job 1 2'
hands leap -$year
ok "a year back: the operator is told" wait_until 20 "status_says '^clock: it says'"
cupsd_kill
spool_empty
on_clock cupsd_run
ok "what cupsd loses then is made again" wait_until 30 'one_held_job 1 2'
hand_in 1004
fourth=$order
ok "an order of that time waits" wait_until 20 'one_held_job $fourth'
hands leap $year
ok "set right again" wait_until 20 "! status_says '^clock:'"
is "nothing expires" "$(states),$(order_state "$fourth")" pending-held,pending-held,pending-held

# --- forward, while spoold is down ---
spoold_stop
hands leap $year
on_clock spoold_run
ok "a start a year later: the operator is told" wait_until 20 "status_says '^clock: '"
compared
is "and nothing expires" "$(states)" pending-held,pending-held
hands pass 86500
ok "after a day the date is believed" wait_until 20 '[ "$(states)" = canceled,canceled ]'
like "and says why" "$(operator show 1)" 'Was not fetched in time'
is "one was printed in all" "$(printed)" 1
like "the store is sound" "$(operator check)" '^0 faults'
e2e_end
