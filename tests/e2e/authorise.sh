#!/bin/bash
# What an operator does with orders whose customers don't come: lists them by age, extends them,
# ends them; and with those whose customer has lost the code: the shop's recovery key.
. "$(dirname "$0")/lib.sh"

field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" <<<"$tap_said" | head -1; }
passphrase='four words without sense'
create_key() { operator --passphrase-file 0 recovery-key create "$1" <<<"$passphrase"; }
# authorise N option...
authorise()
{
	operator --passphrase-file 0 --recovery-key "$E2E/tmp/key" "${@:2}" authorise "$1" \
		<<<"$passphrase"
}
events_of() { operator -j audit "$1" | sed -n 's/.*"event":"\([a-z-]*\)".*/\1/p' | tr '\n' ' '; }

e2e_begin
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT STATION=$E2E/run/station.sock
CUPS_SOCKET=$E2E/cups/sock
spoold_conf >"$E2E/spoold.conf"
ok "a recovery key" create_key "$E2E/tmp/key"
public=$(sed -n 's/^recovery-key = "\(.*\)"/\1/p' <<<"$tap_said")
ok "the shop opens without it" shop_open
photo=$(shop_document photo.jpg)
ok "an order from before the key" submit photo "$photo"
before=$ORDER
spoold_stop
SPOOLD_SETTINGS="recovery-key = \"$public\""
ok "the shop opens with it" spoold_start
ok "an order with a code" submit_for_code photo "$photo" image/jpeg
coded=$ORDER code=$CODE
ok "one with a PIN" submit photo "$photo"
pinned=$ORDER

# --- which ---
is "older than an hour: none" "$(operator --older 1h orders | wc -l)" 0
is "younger than an hour: all" "$(operator --younger 1h orders | wc -l)" 3
is "that expire within a week: none" "$(operator --due 7d orders | wc -l)" 0
is "within three weeks: all" "$(operator --due 3w orders | wc -l)" 3
no "not within nonsense" operator --due soon orders
is "of one product: all" "$(operator -p photo orders | wc -l)" 3
is "of another: none" "$(operator -p plate orders | wc -l)" 0
is "status 1" "$tap_status" 1
like "which is said" "$tap_said" 'write 30m, 12h, 7d or 2w'

# --- extend, expire ---
ok "one is extended" operator -j extend "$pinned" 40d
due=$(field due)
ok "by forty days" test "$due" -gt $(($(date +%s) + 39 * 86400))
is "so it is not among those" "$(operator --due 3w orders | wc -l)" 2
like "it says until when" "$(operator extend "$pinned" @$due)" "Order $pinned waits until 20"
no "not into the past" operator extend "$pinned" 2020-01-01
like "which is said" "$tap_said" "can't wait until a date that is over; spoolctl expire ends it"
no "not for ever" operator extend "$pinned" 9000d
no "not until nonsense" operator extend "$pinned" someday
is "status 1" "$tap_status" 1
no "not an order that is not there" operator extend 4242 7d
is "status 4" "$tap_status" 4
ok "keep is killed" spoold_kill_child keep
ok "and comes back" wait_until 20 spoold_answers
ok "the date stays" operator -j show "$pinned"
is "to the second" "$(field due)" "$due"
ok "the order from before is expired" operator expire "$before"
is "it is over" "$(operator -S expired orders | awk '{ print $1 }')" "$before"
no "an expired order is not extended" operator extend "$before" 7d
like "which is said" "$tap_said" 'is over already: it is expired'
is "status 5" "$tap_status" 5
no "nor expired again" operator expire "$before"
ok "its job is gone" wait_until 20 '[ "$(cups_job_state "$(cups_job_of $before)")" != held ]'
is "the audit has it" "$(events_of "$before")" 'submitted expired '
is "and the other" "$(events_of "$pinned")" 'submitted extended extended '

# --- authorise ---
no "not without a word why" authorise "$coded"
like "which is asked for" "$tap_said" 'say why, for the audit'
no "not without the key" operator --why 'lost it' authorise "$coded"
like "which is asked for" "$tap_said" '--recovery-key FILE'
passphrase='another one altogether'
no "not with another passphrase" authorise "$coded" --why 'lost it'
like "which is said" "$tap_said" 'does not open the recovery key'
ok "another key" create_key "$E2E/tmp/other"
mv "$E2E/tmp/key" "$E2E/tmp/right" && mv "$E2E/tmp/other" "$E2E/tmp/key"
no "opens nothing" authorise "$coded" --why 'lost it'
mv "$E2E/tmp/right" "$E2E/tmp/key"
passphrase='four words without sense'
is "nothing was released by that" "$(order_state "$coded")" pending-held
no "an order that is over is not released" authorise "$before" --why 'lost it'
ok "with key, passphrase and reason it is" authorise "$coded" --why 'lost her telephone'
ok "and it is made" wait_until 60 '[ "$(order_state $coded)" = completed ]'
is "once" "$(printer_taken pixel)" 1
like "the audit says who and why" "$(operator audit "$coded")" \
	'authorised +photo +operator root, uid 0: lost her telephone'
like "and who released it" "$(operator audit "$coded")" 'released +photo +operator root, uid 0'
no "it is not made again" authorise "$coded" --why 'again'
like "which is said" "$tap_said" 'was made already'
ok "an order on hold" operator show "$pinned"
timeout 20 lp -h "$SPOOLD" -i "$pinned" -H hold
no "is not released either" authorise "$pinned" --why 'lost it'
like "which is said" "$tap_said" 'is held by the operator'
no "the passphrase is nowhere" grep -rqF "$passphrase" "$E2E/log" "$E2E/state"
ok "the audit is whole" operator --verify audit
ok "the store is sound" operator check
e2e_end
