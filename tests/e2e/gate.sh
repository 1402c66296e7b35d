#!/bin/bash
# Ways round the gate: an operator's resume, raw data, tickets made by hand and of other
# orders, filters killed in the middle; without the policy first, for the gate must hold
# alone. Nothing is printed, the job is held again, the queue stays up.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp
release=$TOP_BUILDDIR/tools/release
spoolctl=$TOP_BUILDDIR/tools/spoolctl

# submit PIN [FILE]: the order's number in $order, its CUPS job in $job
submit()
{
	tap_said=$(timeout 20 ipptool -c -d "pin=$1" -d filetype=image/jpeg \
		-f "${2:-$photo}" "ipp://$SPOOLD/ipp/print/photo" "$ipp/print-pin.test" 2>&1) ||
		return 1
	order=$(tail -1 <<<"$tap_said")
	[[ $order =~ ^[0-9]+$ ]] || return 1
	wait_until 20 'job=$(cups_job_of $order) && [ -n "$job" ] &&
		[ "$(cups_job_state $job)" = held ]'
}

station() { timeout 120 "$release" -s "$STATION" "$@"; }
# collect NUMBER PIN [OPTION...]
collect()
{
	local number=$1 pin=$2
	shift 2
	station "$@" <<<"$number"$'\n'"$pin"
}

printed() { printer_taken pixel; }
message() { cups_job_attribute "$1" job-printer-state-message; }
# How often a backend asked for a job to be held.
holds() { grep -c 'Backend returned status 3 (hold job)' "$E2E/log/cups-error"; }
held_again() { [ "$(holds)" -gt "$1" ] && [ "$(cups_job_state "$2")" = held ]; }

# refused "sentence" JOB: since $before; nothing came out, the job is held, the queue is up
refused()
{
	ok "$1: the job is held again" wait_until 30 "held_again $before $2"
	is "the queue is idle" "$(queue_state photo)" idle
	is "and nothing is printed" "$(printed)" "$expected"
}

# filter_pid NAME: of a filter or backend of ours that is at work in this test's cupsd
filter_pid()
{
	local proc
	for proc in /proc/[0-9]*; do
		if [ "$(readlink "$proc/exe" 2>/dev/null)" = "$E2E/cups/bin/$1" ]; then
			echo "${proc#/proc/}"
			return 0
		fi
	done
	return 1
}

ticket() { printf '%%Claimcheck-Ticket 1\nurn:uuid:%s %s\n' "${1#urn:uuid:}" "$2"; }

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
expected=0
ok "an order waits" submit 1001
first=$order first_job=$job first_uuid=$(order_uuid $order)
is "with words" "$(message "$job")" "Waits for the customer: PIN with order number $first"

# --- without the policy: the gate alone ---
before=$(holds)
ok "nobody may resume it at cupsd" runuser -u nobody -- lp -h "$CUPS_SOCKET" -i "$job" -H resume
refused "resumed" "$job"
like "and it says why" "$(message "$job")" "waiting for the customer's identification|Waits for"

before=$(holds)
ok "raw data is taken by cupsd" lp -d photo -o raw "$photo"
raw=$(lpstat -o photo | awk '{ sub(/photo-/, "", $1); print $1 }' | sort -n | tail -1)
refused "raw data" "$raw"
like "and it says why" "$(message "$raw")" 'belongs to no order'
cancel "$raw"

before=$(holds)
ok "final data is taken by cupsd" lp -d photo -o document-format=image/pwg-raster "$photo"
final=$(lpstat -o photo | awk '{ sub(/photo-/, "", $1); print $1 }' | sort -n | tail -1)
refused "data that claims to be final" "$final"
cancel "$final"

for hand in "$(ticket 01234567-89ab-4cde-8f01-23456789abcd 1)" "$(ticket "$first_uuid" 1)" \
	"$(ticket "$first_uuid" 2)" "%Claimcheck-Ticket 1"; do
	before=$(holds)
	printf '%s\n' "$hand" >"$E2E/tmp/ticket"
	ok "a ticket made by hand is taken by cupsd" \
		lp -d photo -o document-format=application/vnd.claimcheck-ticket "$E2E/tmp/ticket"
	made=$(lpstat -o photo | awk '{ sub(/photo-/, "", $1); print $1 }' | sort -n | tail -1)
	refused "$(tail -1 <<<"$hand")" "$made"
	cancel "$made"
done
is "the order waits still" "$(order_state $first)" pending-held
is "and has the same job" "$(cups_job_of $first)" "$first_job"

# --- wrong identification ---
for wrong in 1002 '' 10011; do
	collect "$first" "$wrong" >"$E2E/tmp/said" 2>&1
	like "PIN '$wrong' opens nothing (status $?)" "$(cat "$E2E/tmp/said")" \
		'No order waits|[Nn]o PIN'
done
is "nothing is printed" "$(printed)" 0

# --- a filter killed in the middle: cupsd takes that for success ---
# The printer does not answer meanwhile: the filter fills the pipe and waits, and is still
# there to be killed, however fast it is.
for filter in filter/doctophoto backend/claimcheck; do
	kill -STOP "${process_pid[pixel]}"
	ok "it is released" collect "$first" 1001 --no-wait --again
	ok "$filter is at work" wait_until 20 "pid=\$(filter_pid $filter)"
	ok "it is killed" kill -KILL "$pid"
	kill -CONT "${process_pid[pixel]}"
	ok "the order is stopped" wait_until 40 '[ "$(order_state $first)" = processing-stopped ]'
	ok "the queue is up" wait_until 20 '[ "$(queue_state photo)" = idle ]'
	is "no page was taken for whole" "$(printed)" 0
	ok "its job is held" wait_until 30 '[ "$(cups_job_state "$(cups_job_of $first)")" = held ]'
done
collect "$first" 1001 --no-wait >"$E2E/tmp/said" 2>&1
is "it is not released again just so" "$?" 5
ok "but with --again" collect "$first" 1001 --again
expected=1
is "then it is printed, once" "$(printed)" 1
is "and completed" "$(order_state $first)" completed

# --- canceled while it is made ---
ok "an order" submit 1003
touch "$PRINTER_BOX/.hold"
ok "is released" collect "$order" 1003 --no-wait
ok "and at work" wait_until 20 '[ "$(order_state $order)" = processing ]'
ok "the printer has it in hand" wait_until 20 "grep -q 'Waiting for job to complete' \$E2E/log/cups-error"
cancel "$(cups_job_of "$order")"
ok "cancel at cupsd cancels the order" wait_until 40 '[ "$(order_state $order)" = canceled ]'
rm "$PRINTER_BOX/.hold"
ok "the queue is up" wait_until 40 '[ "$(queue_state photo)" = idle ]'
expected=$(printed)

# --- with the policy: the fence ---
ok "spoolctl setup puts the policy in" "$spoolctl" -U daemon -H "$CUPS_SOCKET" \
	--policy "$TOP_SRCDIR/dist/cupsd-policy.conf" setup photo "claimcheck:$PRINTER_URI" \
	"$TOP_BUILDDIR/ppd/ccphotoe.ppd"
ok "and again without harm" "$spoolctl" -U daemon -H "$CUPS_SOCKET" \
	--policy "$TOP_SRCDIR/dist/cupsd-policy.conf" setup photo "claimcheck:$PRINTER_URI" \
	"$TOP_BUILDDIR/ppd/ccphotoe.ppd"
is "cupsd.conf has it once" "$(grep -c '^<Policy claimcheck>' "$E2E/cups/etc/cupsd.conf")" 1
ok "an order waits" submit 1004
no "root may not resume it" lp -i "$job" -H resume
like "Forbidden" "$tap_said" 'Forbidden'
no "nobody may not" runuser -u nobody -- lp -h "$CUPS_SOCKET" -U daemon -i "$job" -H resume
no "it can't be moved" lpmove "$job" plate
no "it can't be restarted" lp -i "$job" -H restart
no "nothing can be added" lp -d photo "$photo"
no "the policy can't be taken away" lpadmin -p photo -o printer-op-policy=default
is "it is held" "$(cups_job_state "$job")" held
ok "an operator can disable the queue" cupsdisable photo
ok "and enable it" cupsenable photo
ok "its customer gets it" collect "$order" 1004
is "printed" "$(printed)" $((expected + 1))
expected=$(printed)
ok "an order waits" submit 1005
ok "an operator can cancel it" cancel "$job"
ok "and so is the order" wait_until 20 '[ "$(order_state $order)" = canceled ]'
ok "the store is sound" operator check
e2e_end
