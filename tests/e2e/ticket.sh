#!/bin/bash
# Claim tickets: on the terminal and as PDF, whose bar codes a scanner reads; only with the code,
# or with a new one, which makes the old one void.
. "$(dirname "$0")/lib.sh"

passphrase='four words without sense'
create_key() { operator --passphrase-file 0 recovery-key create "$E2E/tmp/key" <<<"$passphrase"; }
# ticket N CODE option...: by the code; reissue N option...: by the recovery key
ticket() { operator --code-file 0 "${@:3}" ticket "$1" <<<"$2"; }
reissue()
{
	operator --passphrase-file 0 --recovery-key "$E2E/tmp/key" "${@:2}" ticket "$1" \
		<<<"$passphrase"
}
said_code() { sed -n 's/^ *\([0-9A-Z]\{4\}\(-[0-9A-Z]\{4\}\)\{2,5\}\) *$/\1/p' <<<"$tap_said" | head -1; }
# scanned FILE.pdf: what a scanner reads of it, sorted
scanned()
{
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pnggray -r300 -sOutputFile="$E2E/tmp/page.png" "$1" &&
		zbarimg -q --raw "$E2E/tmp/page.png" 2>/dev/null | sort
}
text_of() { gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=txtwrite -sOutputFile=- "$1"; }

e2e_begin
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT STATION=$E2E/run/station.sock
CUPS_SOCKET=$E2E/cups/sock
spoold_conf >"$E2E/spoold.conf"
ok "a recovery key" create_key
public=$(sed -n 's/^recovery-key = "\(.*\)"/\1/p' <<<"$tap_said")
SPOOLD_SETTINGS="recovery-key = \"$public\""
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order with a code" submit_for_code photo "$photo" image/jpeg
coded=$ORDER code=$CODE
ok "one with a PIN" submit photo "$photo"
pinned=$ORDER

# --- at submission: who has the code ---
ok "a ticket on the terminal" ticket "$coded" "$code"
is "has the code" "$(said_code)" "$code"
like "the order" "$tap_said" "Claim ticket - Order $coded"
like "the printer, and how much" "$tap_said" 'Photographs: 1 document'
like "where to fetch it, and until when" "$tap_said" 'Waits until 20'
ok "as PDF" ticket "$coded" "$code" --pdf "$E2E/tmp/ticket.pdf"
is "which is nobody else's to read" "$(stat -c %a "$E2E/tmp/ticket.pdf")" 600
like "it has the words" "$(text_of "$E2E/tmp/ticket.pdf")" "Order $coded"
is "a scanner reads the code, twice" "$(scanned "$E2E/tmp/ticket.pdf" | uniq -c | awk '{ print $1, $2 }')" \
	"2 ${code//-/}"
no "not over another file" ticket "$coded" "$code" --pdf "$E2E/tmp/ticket.pdf"
wrong=$(tr 0-9A-Z 1-9A-Z0 <<<"$code")
no "not with a typing error" ticket "$coded" "$wrong"
no "not of another order" ticket "$pinned" "$code"
like "which is said" "$tap_said" "not the code of order $pinned"
no "not without a code" operator ticket "$coded" </dev/null
like "which is asked for" "$tap_said" 'code is needed'
no "not of an order that is not there" ticket 4242 "$code"
is "status 4" "$tap_status" 4

# --- reissued by its code ---
ok "a new code by the old one" ticket "$coded" "$code" --reissue
new=$(said_code)
ok "is another one" test -n "$new" -a "$new" != "$code"
no "the old one is void" ticket "$coded" "$code"
no "also at the station" release_code "$code" --no-wait
like "the audit has it" "$(operator audit "$coded")" 'reissued +photo +operator root, uid 0: by its code'

# --- by the recovery key ---
no "not without a word why" reissue "$coded"
like "which is asked for" "$tap_said" 'say why, for the audit'
ok "with one, as PDF" reissue "$coded" --why 'lost it' --pdf "$E2E/tmp/new.pdf"
read -r newest < <(scanned "$E2E/tmp/new.pdf")
no "the one before is void" ticket "$coded" "$new"
ok "keep is killed" spoold_kill_child keep
ok "and comes back" wait_until 20 spoold_answers
ok "the newest opens the order" release_code "$newest" --no-wait
ok "it is made" wait_until 60 '[ "$(order_state $coded)" = completed ]'
is "once" "$(printer_taken pixel)" 1
no "then no ticket is made" reissue "$coded" --why 'again'
like "which is said" "$tap_said" 'a claim code would be good for nothing'
no "nor is a file left that has something in it" test -s "$E2E/tmp/again.pdf"
ok "an order with a PIN gets a code" reissue "$pinned" --why 'forgot the PIN'
pin_code=$(said_code)
no "its PIN is void" release_order "$pinned"
ok "the code opens it" release_code "$pin_code" --no-wait
ok "it is made" wait_until 60 '[ "$(order_state $pinned)" = completed ]'
no "no code is in log or store" grep -rqE "${code//-/}|${new//-/}|$newest|$code|$new|$pin_code" "$E2E/log" "$E2E/state"
ok "the audit is whole" operator --verify audit
ok "the store is sound" operator check
e2e_end
