#!/bin/bash
# The site's secret is changed while orders wait: those from before are released by their codes
# and PINs, those from after too, also after a restart; and the old secret can't be retired
# under them.
. "$(dirname "$0")/lib.sh"

secrets() { operator -j site-secret list; }
secret_file() { cut -d' ' -f1 "$E2E/state/keep/site-secrets" | tail -n +2 | tr '\n' ' '; }
printed() { printer_taken pixel; }

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order waits for its code" submit_for_code photo "$photo" image/jpeg
old_code=$CODE old_coded=$ORDER
ok "and one for its PIN" submit photo "$photo"
old_pin=$ORDER
ok "a third one" submit_for_code photo "$photo" image/jpeg
last_code=$CODE last=$ORDER

ok "a new secret is made" operator site-secret new
is "the file has both" "$(secret_file)" '1 2 '
is "and is nobody else's" "$(stat -c '%U %a' "$E2E/state/keep/site-secrets")" 'daemon 600'
no "none is shown" grep -qF "$(sed -n '2s/.* //p' "$E2E/state/keep/site-secrets")" \
	<<<"$(operator site-secret list)"
ok "an order comes after it" submit_for_code photo "$photo" image/jpeg
new_code=$CODE new_coded=$ORDER
like "which names the new one" "$(operator site-secret list)" '2 +1 orders, and all new ones'
no "the old one can't be retired under three orders" operator site-secret retire 1
is "it is refused" "$tap_status" 5
like "with words" "$tap_said" '3 orders still name site secret 1'
no "nor the one in use" operator site-secret retire 2
no "nor one that is none" operator site-secret retire 7

ok "the old code opens its order" release_code "$old_code"
ok "which is printed" wait_until 60 '[ "$(order_state $old_coded)" = completed ]'
spoold_stop
ok "after a restart" spoold_run
ok "the old PIN opens its order" release_order "$old_pin"
ok "the new code, its own" release_code "$new_code"
ok "both are printed" wait_until 60 \
	'[ "$(order_state $old_pin)" = completed ] && [ "$(order_state $new_coded)" = completed ]'
is "three in all" "$(printed)" 3
ok "a third secret" operator site-secret new
ok "and the oldest order is still found" release_code "$last_code"
ok "and printed" wait_until 60 '[ "$(order_state $last)" = completed ]'
no "no secret is in the log" grep -qFf <(sed 's/.* //' "$E2E/state/keep/site-secrets" |
	tail -n +2) "$E2E/log/spoold.out"
e2e_end
