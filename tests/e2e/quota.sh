#!/bin/bash
# Quotas, over IPP: how many orders and bytes a customer, a printer and the shop may have;
# refused with the right status, in the customer's language, with what to do; exact after
# kills.
. "$(dirname "$0")/lib.sh"

photo_uri() { echo "ipp://$SPOOLD/ipp/print/photo"; }

# hand_in FILE [ATTR-line...]: Print-Job as $ipp_user; sets ipp_status and ipp_said, ORDER
hand_in()
{
	local file=$1 rc=0
	shift
	ipp Print-Job "$(photo_uri)" "$@" "FILE $file" || rc=1
	ORDER=$(ipp_value job-id)
	return "$rc"
}
message() { ipp_value status-message; }
usage() { operator status | sed -n "s/^$1:  //p"; }

e2e_begin
ok "cupsd starts" cupsd_start
lpadmin -p photo -E -v file:/dev/null -P "$TOP_BUILDDIR/ppd/ccphotoe.ppd"
lpadmin -p plate -E -v file:/dev/null -P "$TOP_BUILDDIR/ppd/ccplate.ppd"
photo=$(shop_document photo.jpg)
bytes=$(stat -c %s "$photo")
SPOOLD_SETTINGS="max-orders-per-user = 3
max-bytes-per-user = $((bytes * 5 / 2))
customer \"agency\" { max-orders = 10 max-bytes = $((bytes * 10)) }
customer \"small\" { max-bytes = $((bytes - 1)) }
customer \"many\" { max-orders = 1 max-bytes = 0 }"
ok "spoold starts" spoold_start

# --- bytes ---
ipp_user=ada
ok "two photographs" hand_in "$photo"
first=$ORDER
ok "fit" hand_in "$photo"
no "a third does not" hand_in "$photo"
is "for now" "$ipp_status" server-error-temporary-error
like "and is told what to do" "$(message)" 'Please fetch or cancel one'
ipp_language=de
no "not in German either" hand_in "$photo"
like "which says so" "$(message)" 'einen abholen oder stornieren'
ipp_language=en
two="2 of 3 orders  $((2 * bytes)) of $((bytes * 5 / 2)) bytes"
is "nothing of it is counted" "$(usage 'customer ada at localhost')" "$two"
ok "keep is killed" spoold_kill_child keep
ok "and comes back" wait_until 20 spoold_answers
is "with the same counts" "$(usage 'customer ada at localhost')" "$two"
no "a third still does not fit" hand_in "$photo"
ok "one is cancelled" operator cancel "$first"
ok "now it does" hand_in "$photo"

# --- what can never fit ---
ipp_user=small
no "more than a customer may have at all" hand_in "$photo"
is "is too large" "$ipp_status" client-error-request-entity-too-large
like "in words" "$(message)" 'larger than one customer may have'

large=$E2E/documents/large.pdf
cp "$(shop_document plate.pdf)" "$large" && truncate -s 100M "$large"
tail -c 600 "$(shop_document plate.pdf)" >>"$large"
customer_pin 4711 plate
no "so are 100 MB, whose length nobody said before" lp -U small -h "$SPOOLD" -d plate "$large"
like "and lp, which sends them to the end, reads why" "$tap_said" \
	'larger than one customer may have'
customer_without_pin

# --- orders, and terms of one's own ---
ipp_user=many
ok "one order" hand_in "$photo"
no "and no other" hand_in "$photo"
is "for now" "$ipp_status" server-error-temporary-error
like "with what to do" "$(message)" 'fetch or cancel one'
ipp_user=agency
for i in 1 2 3 4; do ok "a customer with terms: $i" hand_in "$photo"; done

# --- a printer, and the shop ---
spoold_stop
SPOOLD_SETTINGS="max-bytes-per-printer = $((bytes * 7))"
ok "a bound for printers" spoold_start
ipp_user=bert
no "holds for what was there before" hand_in "$photo"
is "for now" "$ipp_status" server-error-temporary-error
like "in words" "$(message)" 'So much waits for this printer'
is "as spoolctl shows" "$(usage 'printer photo')" "7 orders  $((bytes * 7)) of $((bytes * 7)) bytes"
spoold_stop
SPOOLD_SETTINGS="max-orders = 7"
ok "a bound for the shop" spoold_start
no "holds, too" hand_in "$photo"
is "for now" "$ipp_status" server-error-temporary-error
is "all is counted" "$(usage all)" "7 of 7 orders  $((bytes * 7)) bytes"
ok "the store is sound" operator check
e2e_end
