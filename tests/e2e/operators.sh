#!/bin/bash
# What operators see and can do with CUPS's own commands: against cupsd, and with -h against
# spoold. Each does what is expected, or is refused with words; none releases an order.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp
spoolctl=$TOP_BUILDDIR/tools/spoolctl

submit()
{
	tap_said=$(timeout 20 ipptool -c -d "pin=$1" -d filetype=image/jpeg -f "$photo" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/print-pin.test" 2>&1) || return 1
	order=$(tail -1 <<<"$tap_said")
	[[ $order =~ ^[0-9]+$ ]] || return 1
	wait_until 20 'job=$(cups_job_of $order) && [ -n "$job" ] &&
		[ "$(cups_job_state $job)" = held ]'
}
collect()
{
	local number=$1 pin=$2
	shift 2
	timeout 120 "$TOP_BUILDDIR/tools/release" -s "$STATION" "$@" <<<"$number"$'\n'"$pin"
}
ctl() { "$spoolctl" -c "$E2E/spoold.conf" -s "$E2E/run/keep.sock" "$@"; }
ours() { timeout 20 "$1" -h "$SPOOLD" "${@:2}"; }
refused() # refused "sentence" PATTERN command...
{
	no "$1" "${@:3}"
	like "with words" "$tap_said" "$2"
}

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
for pin in 1001 1002 1003 1004; do submit $pin || fail "an order waits"; done

# --- looking ---
like "lpstat at cupsd says what each waits for" "$(lpstat -l -o photo)" \
	'Status: Waits for the customer: PIN with order number 1'
like "and at spoold" "$(ours lpstat -l -o)" \
	'Status: Waits until order number 1 and its PIN are given at the station'
is "spoold lists four" "$(ours lpstat -o | wc -l)" 4
is "each of them its customer's" "$(ours lpstat -o | awk '{ print $2 }' | sort -u)" root
like "spoold shows its printers" "$(ours lpstat -p -d)" 'printer photo is idle'
ok "lpstat -t" ours lpstat -t
like "spoolctl, too" "$(ctl orders)" '1  held +photo'
like "and one of them" "$(ctl show 1)" 'message +Waits for the customer'
is "as JSON" "$(ctl --json show 1 | tr -d ' \n' | grep -oE '"state":"[a-z]+"' | head -1)" '"state":"held"'
is "by state" "$(ctl -S held orders | wc -l)" 4
is "by a state that none has" "$(ctl -S stopped orders | wc -l)" 0
is "by a customer who has none" "$(ctl -u nobody orders | wc -l)" 0
no "not an order that is not there" ctl show 99
is "status 4" "$tap_status" 4
no "not a word that is no number" ctl show one
like "status" "$(ctl status)" '^ +4  wait for their customers'
ok "check" ctl check
no "no keep, no answer" "$spoolctl" -s /nonexistent/sock status
is "status 3" "$tap_status" 3
ok "a customer may not ask keep" \
	bash -c "runuser -u nobody -- $spoolctl -s $E2E/run/keep.sock status 2>&1 | grep -q spoolctl:"

# --- holding ---
ok "an operator holds one at spoold" ours lp -i 1 -H hold
like "it says so" "$(ours lpstat -l -o | grep -A 1 '^photo-1 ')" 'Is on hold'
at_cupsd() { lpstat -l -o | grep -A 1 -- "-$(cups_job_of "$1") "; }
ok "so does lpstat at cupsd" wait_until 20 'at_cupsd 1 | grep -q "Status: Held by the operator: order 1"'
collect 1 1001 >"$E2E/tmp/said" 2>&1
is "its customer can't have it now" "$?" 5
ok "the hold is lifted" ours lp -i 1 -H resume
is "which releases nothing" "$(order_state 1)" pending-held
ok "lpstat at cupsd says what it waits for again" wait_until 20 'at_cupsd 1 | grep -q "Waits for the customer: PIN with order number 1"'
refused "resumed once more" 'waits for its identification' ours lp -i 1 -H resume
refused "a priority is not changed" 'only the hold' ours lp -i 1 -q 80
refused "what waits is not restarted" 'is not over' ours lp -i 1 -H restart
refused "moving is cupsd's" 'CUPS scheduler' ours lpmove photo-1 plate
refused "a printer is not stopped from the network" 'not-authorized' ours cupsdisable photo
refused "nor described" 'not-authorized' eval \
	'ipp Set-Printer-Attributes ipp://$SPOOLD/ipp/print/photo "GROUP printer-attributes-tag" \
		"ATTR text printer-info Fotos" || ! echo "$ipp_status"'
like "and where it is done is told" "$ipp_said" "over the station socket .*$STATION"
refused "somebody else's order is not cancelled" "somebody else" \
	runuser -u nobody -- timeout 20 cancel -h "$SPOOLD" 1
is "nothing was printed by all that" "$(printer_taken pixel)" 0

# --- printers, over the station socket ---
at_station() { timeout 20 "$1" -h "$STATION" "${@:2}"; }
# operate OPERATION [LINE...]
operate() { ipp "$1" "ipp://${STATION//\//%2F}/ipp/print/photo" "${@:2}"; }
photo_says() { ipp_printer_attribute "$SPOOLD/ipp/print/photo" "$1"; }
ok "cupsdisable at the station" at_station cupsdisable -r "new paper" photo
is "stops the queue in cupsd" "$(queue_state photo)" stopped
ok "and spoold says so" wait_until 20 '[[ $(photo_says printer-state) = stopped && $(photo_says printer-state-message) = "new paper" ]]'
ok "cupsenable" at_station cupsenable photo
is "lets it go on" "$(queue_state photo)" idle
ok "cupsreject" at_station cupsreject photo
ok "closes it" wait_until 20 '[ "$(photo_says printer-is-accepting-jobs)" = false ]'
no "no order is taken" ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" "FILE $photo"
is "as the standard has it" "$ipp_status" server-error-not-accepting-jobs
is "cupsd's queue is as it was" "$(lpstat -a photo | grep -c 'accepting requests')" 1
ok "spoold is started anew" eval 'spoold_stop; spoold_run'
is "the printer is still closed" "$(photo_says printer-is-accepting-jobs)" false
ok "cupsaccept" at_station cupsaccept photo
ok "opens it" wait_until 20 '[ "$(photo_says printer-is-accepting-jobs)" = true ]'
ok "cupsdisable --hold" at_station cupsdisable --hold photo
ok "is told" wait_until 20 '[[ $(photo_says printer-state-reasons) = *hold-new-jobs* ]]'
ok "an order comes" submit 1009
held=$order
collect "$held" 1009 >"$E2E/tmp/said" 2>&1
is "and can't be had" "$?" 5
ok "cupsenable --release" at_station cupsenable --release photo
is "which releases nothing" "$(order_state "$held")" pending-held
is "nothing was printed by all that" "$(printer_taken pixel)" 0
ok "it is cancelled" ctl cancel "$held"
ok "an operator says something" operate Set-Printer-Attributes "GROUP printer-attributes-tag" \
	'ATTR text printer-message-from-operator "Back at three"' 'ATTR text printer-location "back room"'
ok "everybody hears" wait_until 20 '[ "$(photo_says printer-message-from-operator)" = "Back at three" ]'
is "and where to go" "$(photo_says printer-location)" "back room"
no "nothing else can be set" operate Set-Printer-Attributes "GROUP printer-attributes-tag" \
	'ATTR text printer-info "Fotos"' 'ATTR integer copies-default 7'
is "as the standard has it" "$ipp_status" client-error-attributes-not-settable
is "and then nothing of it is" "$(photo_says printer-info)" Photographs
no "too long a text" operate Set-Printer-Attributes "GROUP printer-attributes-tag" \
	"ATTR text printer-info $(printf '%0128d' 7)"
ok "it is taken back" operate Enable-Printer 'ATTR text printer-message-from-operator ""'
ok "and gone" wait_until 20 '[ -z "$(photo_says printer-message-from-operator)" ]'
ok "what can be set is told" operate Get-Printer-Supported-Values
like "as any text" "$ipp_said" 'printer-info \(admin-define\)'
no "nothing is being made that could be cancelled" operate Cancel-Current-Job
is "it says so" "$ipp_status" client-error-not-possible
no "somebody of another group may not come in" \
	runuser -u games -- timeout 20 cupsdisable -h "$STATION" photo

# --- at cupsd ---
ok "lp -q at cupsd" lp -i "$(cups_job_of 2)" -q 80
ok "lpmove at cupsd" lpmove "photo-$(cups_job_of 3)" plate
ok "is followed, and held" wait_until 20 '[ "$(cups_job_state "$(cups_job_of 3)")" = held ]'
ok "and back" lpmove "plate-$(cups_job_of 3)" photo
ok "cupsdisable" cupsdisable -r "new ribbon" photo
ok "spoold says it, too" wait_until 20 'ours lpstat -p photo | grep -q "new ribbon"'
collect 2 1002 >"$E2E/tmp/said" 2>&1
is "an order is not released to it" "$?" 4
like "and the customer reads why" "$(cat "$E2E/tmp/said")" 'stopped at present: new ribbon'
ok "cupsenable" cupsenable photo
ok "spoold says it, too" wait_until 20 '[ "$(spoold_printer_state photo)" = idle ]'

# --- cancelling ---
ok "cancel at spoold" ours cancel photo-1
is "cancels the order" "$(order_state 1)" canceled
ok "and its job" wait_until 20 '[ -z "$(lpstat -o photo | grep "^photo-1 ")" ]'
ok "cancel at cupsd" cancel "$(cups_job_of 2)"
ok "cancels the order" wait_until 20 '[ "$(order_state 2)" = canceled ]'
ok "spoolctl cancel" ctl cancel 3
is "cancels the order" "$(order_state 3)" canceled
refused "but not twice" 'over already' ctl cancel 3
is "status 5" "$tap_status" 5
is "orders that are over" "$(ctl -S canceled orders | wc -l)" 4

# --- at the device ---
touch "$PRINTER_BOX/.hold"
ok "an order is released" collect 4 1004 --no-wait
ok "and in the printer's hands" wait_until 40 "grep -q 'taking' '$E2E/log/pixel.out'"
cat >"$E2E/tmp/cancel.test" <<-'END'
{
	OPERATION Cancel-Job
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR naturalLanguage attributes-natural-language en
	ATTR uri printer-uri $uri
	ATTR integer job-id 1
	ATTR name requesting-user-name daemon
}
END
ok "canceled at the printer" timeout 20 ipptool -t "$PRINTER_URI" "$E2E/tmp/cancel.test"
rm "$PRINTER_BOX/.hold"
ok "it is not completed" wait_until 40 '[[ $(order_state 4) =~ canceled|stopped ]]'
ok "the queue is up" wait_until 30 '[ "$(queue_state photo)" = idle ]'
# --- after this one, and not this one
for pin in 1005 1006 1007; do submit $pin || fail "an order waits"; done
last=$order
touch "$PRINTER_BOX/.hold"
ok "an order is made" collect $((last - 2)) 1005 --no-wait
ok "the printer takes it" wait_until 40 "[ \$(grep -c 'taking' '$E2E/log/pixel.out') -ge 2 ]"
ok "the printer is to stop when it is done" operate Pause-Printer-After-Current-Job
collect $((last - 1)) 1006 >"$E2E/tmp/said" 2>&1
is "no other is released" "$?" 5
like "the customer reads why" "$(cat "$E2E/tmp/said")" 'being paused'
is "this one goes on" "$(order_state $((last - 2)))" processing
rm "$PRINTER_BOX/.hold"
ok "to its end" wait_until 40 '[ "$(order_state $((last - 2)))" = completed ]'
ok "then the queue stops" wait_until 40 '[ "$(queue_state photo)" = stopped ]'
ok "an operator lets it go on" operate Resume-Printer
touch "$PRINTER_BOX/.hold"
ok "another one is made" collect "$last" 1007 --no-wait
ok "the printer takes it, too" wait_until 40 "[ \$(grep -c 'taking' '$E2E/log/pixel.out') -ge 3 ]"
no "another one is not what is cancelled" operate Cancel-Current-Job "ATTR integer job-id $((last - 1))"
ok "what the printer is at is" operate Cancel-Current-Job
is "it is over" "$(order_state "$last")" canceled
is "the one that waits is not" "$(order_state $((last - 1)))" pending-held
rm "$PRINTER_BOX/.hold"

# --- shut down, suspended
ok "the queue is up again" wait_until 30 '[ "$(queue_state photo)" = idle ]'
refused "nobody shuts it down from the network" 'not-authorized' eval \
	'ipp Shutdown-Printer ipp://$SPOOLD/ipp/print/photo || ! echo "$ipp_status"'
ok "an operator does" operate Shutdown-Printer
ok "it is told" wait_until 20 '[[ $(photo_says printer-state) = stopped && $(photo_says printer-state-reasons) = *shutdown* && $(photo_says printer-is-accepting-jobs) = false ]]'
no "no order is taken" ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" "FILE $photo"
is "as the standard has it" "$ipp_status" server-error-not-accepting-jobs
collect $((last - 1)) 1006 >"$E2E/tmp/said" 2>&1
is "none is released" "$(order_state $((last - 1)))" pending-held
like "the customer reads why" "$(cat "$E2E/tmp/said")" 'is stopped at present: shut down'
is "cupsd's queue is as it was" "$(queue_state photo)" idle
ok "an operator starts it" operate Startup-Printer
ok "it is told" wait_until 20 '[[ $(photo_says printer-state) = idle && $(photo_says printer-is-accepting-jobs) = true ]]'
ok "cupsd's queue is stopped" cupsdisable photo
ok "and the printer shut down" operate Shutdown-Printer
ok "started anew" operate Restart-Printer
is "its queue goes on" "$(queue_state photo)" idle
ok "and all is told" wait_until 20 '[[ $(photo_says printer-state) = idle && $(photo_says printer-state-reasons) = none && $(photo_says printer-is-accepting-jobs) = true ]]'
no "nothing is released that could be suspended" operate Suspend-Current-Job
is "it says so" "$ipp_status" client-error-not-possible
for pin in 1012 1013; do submit $pin || fail "an order waits"; done
next=$order
touch "$PRINTER_BOX/.hold"
taken=$(grep -c 'taking' "$E2E/log/pixel.out")
ok "one is made" collect $((next - 1)) 1012 --no-wait
ok "the printer takes it" wait_until 40 "[ \$(grep -c 'taking' '$E2E/log/pixel.out') -gt $taken ]"
no "it can't be suspended" operate Suspend-Current-Job
is "it says so" "$ipp_status" client-error-not-possible
is "and is made" "$(order_state $((next - 1)))" processing
ok "the next one is released" collect "$next" 1013 --no-wait
ok "another one can" operate Suspend-Current-Job "ATTR integer job-id $next"
ipp Get-Job-Attributes "ipp://${STATION//\//%2F}/jobs/$next"
is "it is held" "$(ipp_value job-state)" pending-held
like "as suspended" "$(ipp_value job-state-reasons)" job-suspended
ok "its job in cupsd, too" wait_until 20 '[ "$(cups_job_state "$(cups_job_of $next)")" = held ]'
rm "$PRINTER_BOX/.hold"
ok "the first one is made" wait_until 40 '[ "$(order_state $((next - 1)))" = completed ]'
before=$(printer_taken pixel)
is "the next one is not" "$(order_state "$next")" pending-held
ipp Resume-Job "ipp://$SPOOLD/jobs/$next"
is "no customer lets it go on" "$ipp_status" client-error-not-authorized
ok "an operator does" ipp Resume-Job "ipp://${STATION//\//%2F}/jobs/$next"
ok "and it is made" wait_until 40 '[ "$(order_state $next)" = completed ]'
is "once" "$(printer_taken pixel)" $((before + 1))

# --- all of it
listed() # PRINTER
{
	ipp Get-Jobs "ipp://$SPOOLD/ipp/print/$1" "ATTR keyword which-jobs all"
	grep -c '^ *job-id ' <<<"$ipp_said"
}
ok "an order of the other printer" ipp Print-Job "ipp://$SPOOLD/ipp/print/plate" \
	'ATTR octetString job-password "1010"' "FILE $photo"
plate=$(ipp_value job-id)
refused "nobody purges from the network" 'not-authorized' eval \
	'ipp Purge-Jobs ipp://$SPOOLD/ipp/print/photo || ! echo "$ipp_status"'
refused "nor a part of it" 'attributes-or-values' eval \
	"operate Purge-Jobs 'ATTR integer job-ids 1' || ! echo \"\$ipp_status\""
ok "what waits is there still" [ "$(order_state $((last - 1)))" = pending-held ]
ok "cancel -a -x at the station" at_station cancel -a -x photo
is "nothing is told of the printer's orders" "$(listed photo)" 0
ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/1"
is "nor of one of them" "$ipp_status" client-error-not-found
is "the other printer's waits" "$(order_state "$plate")" pending-held
like "operators find their records" "$(ctl show $((last - 1)))" 'state +canceled'
like "the audit has who did it" "$(ctl audit)" 'printer.*photo: purged of all orders'
ok "and cupsd has no job of it" wait_until 20 '[ -z "$(lpstat -o photo)" ]'
ok "spoold is started anew" eval 'spoold_stop; spoold_run'
is "which brings nothing back" "$(listed photo)" 0
ok "a new order comes" submit 1011
is "and is told of" "$(listed photo)" 1
ok "the store is sound" ctl check
e2e_end
