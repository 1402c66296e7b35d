#!/bin/bash
# The level-triggered hold: what operators do at cupsd, and what is killed of spoold. A cancel
# is a cancel; a purge is a loss, and is mended.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/hold.sh"

job_of() { job_lines "$1" | cut -d, -f1; }

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
hand_in 1001 && hand_in 1002
ok "two orders wait" wait_until 20 'one_held_job 1 2'

# --- purged: cupsd knows nothing of it, as after a crash ---
cancel -a -x photo
ok "a purged queue has its jobs again" wait_until 30 'one_held_job 1 2'
compared
is "one each" "$(job_count)" 2
before=$(job_of 1)
ok "one job is purged" ipp Cancel-Job "ipp://localhost:$CUPS_PORT/jobs/$before" 'ATTR boolean purge-job true'
ok "it is made again: it can't be told from a lost one" \
	wait_until 30 "one_held_job 1 && [ \"\$(job_of 1)\" != $before ]"
is "the order waits" "$(order_state 1)" pending-held
ok "the log says which, and that it was not taken for a cancel" \
	log_says "order 1: cupsd does not list job $before any more; .* made again"
ok "and the operator can read it" status_says 'last mended in cupsd: .*1 missing and made again'

# --- cancelled: an operator's word; lp's cancel -x of one job is one, too ---
cancel "$(job_of 2)"
ok "a cancel at cupsd cancels the order" wait_until 30 '[ "$(order_state 2)" = canceled ]'
hand_in 1002
ok "another order waits" wait_until 20 "one_held_job $order"
cancel -x "$(job_of "$order")"
ok "cancel -x of one job cancels its order" wait_until 30 '[ "$(order_state $order)" = canceled ]'

# --- let go, moved ---
job=$(job_of 1)
lp -i "$job" -H resume >/dev/null 2>&1
ok "a job that an operator lets go is held again" wait_until 30 'one_held_job 1'
is "and prints nothing" "$(printed)" 0
lpmove "$job" plate
ok "a job that is moved away comes back, or is followed" wait_until 30 'one_held_job 1'
lpmove "$(job_of 1)" photo
ok "and back" wait_until 30 'one_held_job 1'

# --- history purged while an order is over ---
ok "an order is released" with_order release-pin 1 1001
ok "and printed" wait_until 60 '[ "$(order_state 1)" = completed ]'
cancel -a -x photo
compared
is "with cupsd's memory of it gone it stays made" "$(order_state 1)" completed
is "and is not printed again" "$(printed)" 1
is "nor held" "$(job_count)" 0

# --- spoold itself ---
hand_in 1003
third=$order
ok "an order waits" wait_until 20 'one_held_job $third'
spoold_stop
is "spoold ends with status 0" "$process_status" 0
spoold_run
compared
is "after its restart there is still one job" "$(job_count)" 1
ok "a courier that dies is started again" spoold_kill_child courier
hand_in 1004
fourth=$order
is "numbers go on where they were" "$fourth" "$((third + 1))"
ok "and goes on" wait_until 30 'one_held_job $fourth'
exec {idle}<>"/dev/tcp/localhost/$SPOOLD_PORT"
ok "keep, too, while a client is connected that says nothing" spoold_kill_child keep
# front lingers 5 s for its clients when it is asked to end, and not when keep is gone
ok "orders are taken again, at once" wait_until 4 'hand_in 1005'
exec {idle}>&-
fifth=$order
ok "and held" wait_until 30 'one_held_job $third $fourth $fifth'
ok "numbers jump by little after a kill ($fourth, then $fifth)" test "$fifth" -le "$((fourth + 20))"
compared
is "one job each" "$(job_count)" 3
ok "the first of them can still be released" with_order release-pin "$third" 1003
ok "and is printed" wait_until 60 '[ "$(order_state $third)" = completed ]'
is "once" "$(printed)" 2
e2e_end
