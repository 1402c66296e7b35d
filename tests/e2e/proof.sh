#!/bin/bash
# proof-copies: the first release makes so many, and the order waits again; the second one
# makes what was ordered. And a station's own --proof and --no-proof.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }
page() { printf '%s/%03d.pwg' "$PRINTER_BOX" "$1"; }
count() { show raster "$(page "$1")" "$E2E/tmp/page$1" 300 | grep -c '^page'; }

hand_in() # [LINE...]: order $number, PIN 1357
{
	ipp Print-Job "$(PHOTO_OF)" 'ATTR octetString job-password 1357' \
		'ATTR keyword job-password-encryption none' \
		"GROUP job-attributes-tag" "$@" "FILE $photo" && number=$(ipp_value job-id)
}
collect() # STATUS SENTENCE [OPTION...]
{
	timeout 150 "$TOP_BUILDDIR/tools/release" -s "$STATION" "${@:3}" \
		<<<"$number"$'\n'1357 >"$E2E/tmp/said" 2>&1
	is "$2" "$?" "$1"
	said=$(cat "$E2E/tmp/said")
}
look() { ipp Get-Job-Attributes "$(job "$number")"; }
held_jobs() { lpstat -o | wc -l; }

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)

ok "three copies, and one to look at before" hand_in 'ATTR integer copies 3' 'ATTR integer proof-copies 1'
look
is "the order says so" "$(ipp_value copies) $(ipp_value proof-copies)" "3 1"
is "and what is next" "$(ipp_value claimcheck-proof-copies)" 1
like "in words, too" "$(ipp_value job-state-message)" 'A proof of it \(copies: 1\) is produced first'
ipp Get-Jobs "$(PHOTO_OF)" "ATTR keyword which-jobs proof-and-suspend"
is "no proof waits to be looked at" "$(ipp_value job-id)" ""
collect 0 "it is collected"
like "which says what comes" "$said" 'A proof comes first \(copies: 1\)'
like "and what is done" "$said" "The proof of order $number is done"
is "one document came" "$(printer_taken pixel)" 1
is "of one page" "$(count 1)" 1
look
is "the order waits" "$(ipp_value job-state)" pending-held
like "for its customer's word" "$(ipp_value job-state-reasons)" job-suspended-for-approval
like "who is told" "$(ipp_value job-state-message)" 'Its proof was produced'
ipp_language=de look
like "in his language" "$(ipp_value job-state-message)" 'Der Probedruck ist fertig'
ipp Get-Jobs "$(PHOTO_OF)" "ATTR keyword which-jobs proof-and-suspend"
is "it is found among those" "$(ipp_value job-id)" "$number"
ok "cupsd has a job for it again" wait_until 20 '[ "$(held_jobs)" = 1 ]'
ok "which says so" wait_until 20 'lpstat -l -o | grep -q "Its proof was made; the rest waits"'
collect 0 "it is collected again"
like "and done" "$said" "Order $number is done"
is "all three came" "$(printer_taken pixel) $(count 2)" "2 3"
is "it is completed" "$(order_state "$number")" completed
collect 5 "it can't be had a third time"

ok "an order without a proof" hand_in 'ATTR integer copies 2'
collect 0 "of which the station wants one" --proof
is "has one" "$(printer_taken pixel) $(count 3)" "3 1"
is "and waits" "$(order_state "$number")" pending-held
collect 0 "then the rest"
is "has both copies" "$(printer_taken pixel) $(count 4)" "4 2"

ok "who has seen enough" hand_in 'ATTR integer proof-copies 1'
collect 0 "goes without" --no-proof
is "it is completed" "$(order_state "$number")" completed

# keep is killed when the device has all of a proof and nobody has heard of it.
: >"$E2E/log/pixel.out"
touch "$PRINTER_BOX/.hold"
ok "a proof in two copies" hand_in 'ATTR integer proof-copies 2' 'ATTR integer copies 5'
ok "waits at the printer" wait_until 20 '[ "$(held_jobs)" = 1 ]'
collect 0 "is released" --no-wait
ok "is at the device" wait_until 40 'grep -q "taking" "$E2E/log/pixel.out"'
before=$(printer_taken pixel)
kill -STOP "$(spoold_child keep)"
rm "$PRINTER_BOX/.hold"
ok "which takes it" wait_until 40 '[ "$(printer_taken pixel)" = $((before + 1)) ]'
ok "keep dies" spoold_kill_child keep
ok "and is there again" wait_until 20 spoold_answers
ok "the order comes to rest" wait_until 60 \
	'case $(order_state "$number") in pending-held | processing-stopped) ;; *) false ;; esac'
state=$(order_state "$number")
is "nothing was printed meanwhile" "$(printer_taken pixel)" $((before + 1))
look
case $state in
processing-stopped)
	is "a proof stopped" "$(ipp_value claimcheck-proof-copies)" 2
	collect 5 "it does not go on unasked"
	is "nothing is printed" "$(printer_taken pixel)" $((before + 1))
	collect 0 "the proof is made again" --again
	like "and done" "$said" "The proof of order $number is done"
	is "in its two copies" "$(count "$(printer_taken pixel)")" 2
	;;
*) is "its proof was made" "$(ipp_value claimcheck-proofs)" 1 ;;
esac
collect 0 "then the order"
is "in its five" "$(count "$(printer_taken pixel)")" 5
is "is completed" "$(order_state "$number")" completed
e2e_end
