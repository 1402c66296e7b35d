#!/bin/bash
# An order of several documents is one job of several files in cupsd, which aborts such a
# job when the backend of any but the last file fails: refused, it must be held all the
# same; stopped in the middle, what was made is not made again.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp

# submit_several PIN: the order's number in $order, its CUPS job in $job
submit_several()
{
	tap_said=$(timeout 30 ipptool -c -d "pin=$1" -d filetype=image/jpeg -f "$photo" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/several.test" 2>&1) || return 1
	order=$(grep -xE '[0-9]+' <<<"$tap_said" | head -1)
	[[ $order =~ ^[0-9]+$ ]] || return 1
	wait_until 20 'job=$(cups_job_of $order) && [ -n "$job" ] &&
		[ "$(cups_job_state $job)" = held ]'
}

collect()
{
	local number=$1 pin=$2
	shift 2
	timeout 200 "$TOP_BUILDDIR/tools/release" -s "$STATION" "$@" <<<"$number"$'\n'"$pin"
}

printed() { printer_taken pixel; }
holds() { grep -c 'Backend returned status 3 (hold job)' "$E2E/log/cups-error"; }
document_states()
{
	"$TOP_BUILDDIR/tools/spoolctl" -s "$E2E/run/keep.sock" show "$1" |
		awk '/^ +[0-9]+ +(waiting|spent|produced)/ { printf "%s ", $2 }'
}

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order of three documents" submit_several 1001
is "has three" "$(document_states $order)" "waiting waiting waiting "

# --- refused ---
before=$(holds)
ok "resumed at cupsd" lp -i "$job" -H resume
ok "it is held again, not aborted" \
	wait_until 30 "[ \$(holds) -gt $before ] && [ \"\$(cups_job_state $job)\" = held ]"
is "it is the same job" "$(cups_job_of $order)" "$job"
is "nothing is printed" "$(printed)" 0
is "nothing is spent" "$(document_states $order)" "waiting waiting waiting "

# --- released ---
ok "it is collected" collect "$order" 1001
is "three are printed" "$(printed)" 3
is "it is completed" "$(order_state $order)" completed

# --- stopped at the second one ---
ok "another one" submit_several 1002
touch "$PRINTER_BOX/.hold"
ok "is released" collect "$order" 1002 --no-wait
ok "the first one is with the printer" wait_until 40 '[ "$(document_states $order)" = "spent waiting waiting " ] &&
	[ "$(queue_state photo)" = processing ]'
rm "$PRINTER_BOX/.hold"
ok "then the second one is at work" wait_until 60 '[ "$(document_states $order)" = "produced spent waiting " ]'
kill_backend()
{
	local proc
	for proc in /proc/[0-9]*; do
		[ "$(readlink "$proc/exe" 2>/dev/null)" = "$E2E/cups/bin/backend/claimcheck" ] &&
			kill -KILL "${proc#/proc/}" && killed=1
	done
	[ -n "${killed:-}" ]
}
ok "its backend is killed" kill_backend
ok "the order is stopped" wait_until 40 '[ "$(order_state $order)" = processing-stopped ]'
ok "the queue is up" wait_until 20 '[ "$(queue_state photo)" = idle ]'
ok "and its job is held" wait_until 30 '[ "$(cups_job_state "$(cups_job_of $order)")" = held ]'
is "the killed one was not taken for whole" "$(document_states $order | grep -c 'produced spent')" 1
ok "released again" collect "$order" 1002 --again
is "in the end each is printed once: what was made is not made again" "$(printed)" 6
is "it is completed" "$(order_state $order)" completed
e2e_end
