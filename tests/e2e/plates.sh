#!/bin/bash
# Plates, the whole way: an order of a PDF with a spot colour waits, is released, and
# stands in the hot folder as one set; a hot folder that is gone stops the order with the
# reason, and the order goes on when it is back; a set is made once.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp
release=$TOP_BUILDDIR/tools/release
spoolctl=$TOP_BUILDDIR/tools/spoolctl

# submit PIN FILE TYPE: the order's number in $order
submit()
{
	tap_said=$(timeout 20 ipptool -c -d "pin=$1" -d "filetype=$3" -f "$2" \
		"ipp://$SPOOLD/ipp/print/plate" "$ipp/print-pin.test" 2>&1) || return 1
	order=$(tail -1 <<<"$tap_said")
	[[ $order =~ ^[0-9]+$ ]] &&
		wait_until 20 'job=$(cups_job_of $order) && [ "$(cups_job_state $job)" = held ]'
}

collect()
{
	local number=$1 pin=$2
	shift 2
	timeout 240 "$release" -s "$STATION" "$@" <<<"$number"$'\n'"$pin"
}

# What the order says to an operator.
message() { "$spoolctl" -s "$E2E/run/keep.sock" show "$1" 2>&1; }
plates() { find "$HOT_FOLDER/order-$1" -name '*.tif' -printf '%f\n' 2>/dev/null | sort | tr '\n' ' '; }

e2e_begin
ok "the shop opens" shop_open
plate=$(shop_document plate.pdf)
lpadmin -p plate -o Resolution=1200dpi -o CcRuling=100lpi -o PageSize=Custom.300x400mm

ok "an order of a PDF waits" submit 2001 "$plate" application/pdf
first=$order
is "nothing is in the hot folder" "$(ls -A "$HOT_FOLDER")" ""
lp -i "$job" -H resume >/dev/null 2>&1
ok "resumed at cupsd, it is held again" wait_until 40 \
	'[ "$(grep -c "Backend returned status 3" "$E2E/log/cups-error")" -ge 1 ] &&
	[ "$(cups_job_state "$(cups_job_of $first)")" = held ]'
is "and the hot folder is empty" "$(ls -A "$HOT_FOLDER")" ""

ok "it is released with its PIN" collect "$first" 2001 --no-wait
ok "it is completed" wait_until 120 '[ "$(order_state $first)" = completed ]'
is "the hot folder has one set" "$(ls -A "$HOT_FOLDER")" "order-$first"
is "with a plate for each page and ink" "$(plates "$first")" \
	"0001_Black.tif 0001_Claimcheck_Orange.tif 0001_Cyan.tif 0001_Magenta.tif 0001_Yellow.tif 0002_Black.tif 0002_Claimcheck_Orange.tif 0002_Cyan.tif 0002_Magenta.tif 0002_Yellow.tif "
ok "and a manifest" grep -q '"ink": "Claimcheck Orange"' "$HOT_FOLDER/order-$first/manifest.json"
info=$(tiffinfo "$HOT_FOLDER/order-$first/0001_Claimcheck_Orange.tif" 2>&1)
like "a plate is G4" "$info" 'CCITT Group 4'
like "at the plate's resolution" "$info" 'Resolution: 1200, 1200 pixels/inch'
like "of the plate's size" "$info" 'Image Width: 14173 Image Length: 18898'
like "and names its ink" "$info" 'Ink Names: Claimcheck Orange'
ok "plates can be read by others" runuser -u nobody -- test -r "$HOT_FOLDER/order-$first/0001_Cyan.tif"

# --- the hot folder is gone ---
ok "another order waits" submit 2002 "$plate" application/pdf
second=$order
mv "$HOT_FOLDER" "$HOT_FOLDER.away"
ok "it is released" collect "$second" 2002 --no-wait
ok "it is stopped" wait_until 120 '[ "$(order_state $second)" = processing-stopped ]'
like "with the reason" "$(message "$second")" "hot folder .* can't be opened"
is "the queue is up" "$(queue_state plate)" idle
mv "$HOT_FOLDER.away" "$HOT_FOLDER"
ok "released again, it goes on" collect "$second" 2002 --no-wait --again
ok "it is completed" wait_until 120 '[ "$(order_state $second)" = completed ]'
is "two sets, nothing else" "$(ls -A "$HOT_FOLDER" | tr '\n' ' ')" "order-$first order-$second "

# --- documents that are no plates ---
for kind in host.pdf host.ps; do
	case $kind in *.pdf) type=application/pdf ;; *) type=application/postscript ;; esac
	if ! submit 2003 "$(shop_document $kind)" $type; then
		ok "$kind is not even taken" true
		continue
	fi
	ok "$kind: released" collect "$order" 2003 --no-wait
	ok "$kind: stopped" wait_until 60 '[ "$(order_state $order)" = processing-stopped ]'
done
ok "no file was made on the host" test ! -e /tmp/claimcheck-was-here
is "still two sets, nothing else" "$(ls -A "$HOT_FOLDER" | tr '\n' ' ')" "order-$first order-$second "
is "the queue is up" "$(queue_state plate)" idle
e2e_end
