#!/bin/bash
# The level-triggered hold: a queue goes, comes back, is renamed, and the settings follow.
# Orders wait meanwhile and say what for; they are never cancelled with their queue.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/hold.sh"

queue_of() { operator show "$1" | sed -n 's/.*(queue \([^,]*\),.*/\1/p'; }
new_queue()
{
	lpadmin -p "$1" -E -v "claimcheck:$PRINTER_URI" -P "$TOP_BUILDDIR/ppd/ccphotoe.ppd"
}

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true
	grant-timeout-s = 3'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
hand_in 1001 && hand_in 1002
ok "two orders wait" wait_until 20 'one_held_job 1 2'

# --- the queue goes ---
lpadmin -x photo
ok "the operator is told" wait_until 20 "status_says '^queues: missing in cupsd: photo'"
compared
is "the orders wait on" "$(order_state 1),$(order_state 2)" pending-held,pending-held
like "and say what for" "$(operator show 1)" "cupsd has no queue 'photo'"
like "the customer reads it at the printer" "$(lpstat -h "$SPOOLD" -l -p photo)" \
	'queue behind this printer does not answer; orders are taken all the same'
ok "another order is taken in" hand_in 1003
ok "one that is released meanwhile" with_order release-pin 2 1002
ok "is held again when its time is over, with the reason" wait_until 20 \
	"operator show 2 | grep -q 'state *held' && operator show 2 | grep -q 'nothing printed it in time'"
is "nothing was printed" "$(printed)" 0

# --- and comes back ---
new_queue photo
ok "all have a job when the queue is there again" wait_until 60 'one_held_job 1 2 3'
ok "nothing is missing any more" wait_until 20 "! status_says '^queues:'"
unlike "and the orders say so" "$(operator show 1)" 'cupsd has no queue'

# --- renamed in cupsd; then the settings say so ---
new_queue gloss
lpadmin -x photo
ok "the operator is told again" wait_until 20 "status_says 'missing in cupsd: photo'"
spoold_stop
sed -i 's/queue = "photo"/queue = "gloss"/' "$E2E/spoold.conf"
spoold_run
ok "the orders follow their printer" wait_until 60 \
	'one_held_job 1 2 3 && [ "$(queue_of 1)" = gloss ] && [ "$(queue_of 3)" = gloss ]'
ok "the log says so" log_says 'order 1: queue photo is none of ours; it goes to gloss'

# --- the settings change while the old queue is there, with its jobs ---
new_queue matte
spoold_stop
sed -i 's/queue = "gloss"/queue = "matte"/' "$E2E/spoold.conf"
spoold_run
ok "the jobs are made in the new queue" wait_until 60 \
	'one_held_job 1 2 3 && [ "$(queue_of 1)" = matte ] && [ "$(queue_of 2)" = matte ]'
compared
is "and none is left in the old one" "$(lpstat -o gloss)" ''
is "no order was cancelled by that" "$(operator -j orders | grep -c '"held"')" 3
ok "one is released" with_order release-pin 1 1001
ok "and printed" wait_until 60 '[ "$(order_state 1)" = completed ]'
is "once" "$(printed)" 1
e2e_end
