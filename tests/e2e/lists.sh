#!/bin/bash
# What operators and customers see in lists (lpstat with all its options, lpq) and change by number
# (cancel, lprm, priorities), against cupsd and, with -h, against spoold: in every state of an order.
. "$(dirname "$0")/lib.sh"

ours() { timeout 20 "$1" -h "$SPOOLD" "${@:2}"; }
count() { grep -c . <<<"$1"; }
# as USER command...: another customer
as() { runuser -u "$1" -- "${@:2}"; }

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "three orders" submit photo "$photo"
first=$ORDER
submit photo "$photo" && second=$ORDER
submit photo "$photo" && third=$ORDER
ok "wait" wait_until 30 '[ "$(cups_job_state "$(cups_job_of $third)")" = held ]'
ok "the first is made" release_order "$first"
ok "whole" wait_until 60 '[ "$(order_state $first)" = completed ]'
ok "the second is canceled" operator cancel "$second"

# --- lpstat ---
is "lpstat -o at spoold: what waits" "$(ours lpstat -o | awk '{ print $1 }')" "photo-$third"
is "-W not-completed, too" "$(ours lpstat -W not-completed -o | awk '{ print $1 }')" "photo-$third"
is "-W completed: what is over" "$(ours lpstat -W completed -o | awk '{ print $1 }' | sort | tr '\n' ' ')" \
	"photo-$first photo-$second "
is "-W all: all" "$(count "$(ours lpstat -W all -o)")" 3
is "-W all of one printer" "$(count "$(ours lpstat -W all -o photo)")" 3
is "-W all of the other" "$(ours lpstat -W all -o plate)" ""
is "-u of who has some" "$(count "$(ours lpstat -W all -u "$(id -un)")")" 3
like "-l says how each ended" "$(ours lpstat -W completed -l -o | tr '\n' ' ')" \
	"photo-$second .*Status: Was canceled.*photo-$first .*Status: Is completed"
like "-l says what to do for what waits" "$(ours lpstat -l -o)" 'Waits until order number'
ok "-p" wait_until 20 'ours lpstat -p photo | grep -q "^printer photo is idle"'
like "-a" "$(ours lpstat -a photo)" '^photo accepting requests'
ok "-v" ours lpstat -v
like "-s" "$(ours lpstat -s)" 'system default destination: photo'
like "-t" "$(ours lpstat -t)" "photo-$third"
no "-o of a printer that is not there" ours lpstat -o nothing
like "says so" "$tap_said" 'Invalid destination|Unknown'
is "lpstat -o at cupsd: what waits" "$(count "$(lpstat -o photo)")" 1
like "and what each is" "$(lpstat -l -o photo)" "order number $third"

# --- lpq, lprm ---
if command -v lpq >/dev/null; then
	like "lpq at spoold" "$(ours lpq -P photo)" "$(id -un) +$third"
	like "says whether the printer is well" "$(ours lpq -P photo)" 'photo is ready'
	like "of all printers" "$(ours lpq -a)" "$(id -un) +$third"
	like "at cupsd" "$(lpq -P photo)" "$(id -un)|daemon"
	no "somebody else removes nothing" as games timeout 20 lprm -h "$SPOOLD" -P photo "$third"
	is "it waits" "$(order_state "$third")" pending-held
	ok "its owner does" ours lprm -P photo "$third"
	is "it is canceled" "$(order_state "$third")" canceled
else
	skip "lpq is not here (cups-bsd)"
	operator cancel "$third" >/dev/null
fi

# --- priorities ---
ok "an order of a low priority" submit photo "$photo" -q 10
low=$ORDER
ok "one of a high one" submit photo "$photo" -q 90
high=$ORDER
ipp_user=$(id -un)
ok "its owner asks" ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$high"
is "and spoold tells it" "$(ipp_value job-priority)" 90
ok "both wait" wait_until 30 '[ "$(cups_job_state "$(cups_job_of $low)")" = held ] && [ "$(cups_job_state "$(cups_job_of $high)")" = held ]'
is "and their jobs have them" \
	"$(cups_job_attribute "$(cups_job_of $low)" job-priority),$(cups_job_attribute "$(cups_job_of $high)" job-priority)" 10,90
touch "$PRINTER_BOX/.hold"
ok "the printer is busy" submit photo "$photo"
busy=$ORDER
release_order "$busy" >/dev/null
ok "with another" wait_until 40 "grep -q 'taking' '$E2E/log/pixel.out' && [ \"\$(order_state $busy)\" = processing ]"
ok "the low one is released first" release_order "$low"
ok "then the high one" release_order "$high"
wait_until 20 '[ "$(cups_job_state "$(cups_job_of $high)")" = pending ]'
rm "$PRINTER_BOX/.hold"
ok "both are made" wait_until 90 '[ "$(order_state $low)" = completed ] && [ "$(order_state $high)" = completed ]'
ok "the high one before the low one" \
	test "$(operator --event completed -j audit "$high" | sed -n 's/.*"entry":\([0-9]*\).*/\1/p')" -lt \
	"$(operator --event completed -j audit "$low" | sed -n 's/.*"entry":\([0-9]*\).*/\1/p')"

# --- all at once ---
submit photo "$photo" && one=$ORDER
submit photo "$photo" && two=$ORDER
no "cancel -a from the network is not for everybody's orders" ours cancel -a
like "which says how to cancel one's own" "$tap_said" 'cancel -u NAME -a'
is "nothing is canceled" "$(order_state "$one"),$(order_state "$two")" pending-held,pending-held
ok "cancel -u of somebody who has none" ours cancel -u games -a
is "cancels nothing" "$(order_state "$one"),$(order_state "$two")" pending-held,pending-held
ok "cancel -u of oneself" ours cancel -u "$(id -un)" -a
is "cancels all of them" "$(order_state "$one"),$(order_state "$two")" canceled,canceled
is "nothing waits" "$(ours lpstat -o)" ""
ok "nor at cupsd" wait_until 30 '[ -z "$(lpstat -o)" ]'
ok "the store is sound" operator check
ok "the audit is whole" operator --verify audit
e2e_end
