#!/bin/bash
# No PIN, no claim code and no picture lies where it must not: not in a log, a spool, the
# store, a command line or an environment, whatever becomes of the orders.
. "$(dirname "$0")/lib.sh"

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open || exit 1
ok "the sampler starts" sampler_start
photo=$(shop_document photo.jpg)
paper="-omedia=om_small-photo_100x150mm"
PIN=902746158337 other=550918273641 wrong=118822773366
secret "$PIN" "$other" "$wrong"

completed() { wait_until 40 "[ \"\$(order_state $1)\" = completed ]"; }

ok "an order with a PIN" submit photo "$photo" "$paper"
with_pin=$ORDER
ok "an order that stays" submit photo "$photo" "$paper"
stays=$ORDER
ok "an order that is cancelled" submit photo "$photo" "$paper"
cancelled=$ORDER
PIN=$other
ok "a plate order with another PIN" submit plate "$(shop_document plate.pdf)"
plate=$ORDER
ok "an order with a claim code" submit_for_code photo "$photo" image/jpeg
with_code=$ORDER
secret "$CODE"
like "the code is in groups, to be read aloud" "$CODE" '^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$'

PIN=$wrong
no "a wrong PIN is refused" release_order "$with_pin"
PIN=902746158337
ok "the right PIN releases" release_order "$with_pin"
ok "it is completed" completed "$with_pin"
ok "the claim code releases" release_code "$CODE"
ok "it is completed" completed "$with_code"
PIN=$other
ok "the plate order is released" release_order "$plate"
ok "it is completed" wait_until 100 "[ \"\$(order_state $plate)\" = completed ]"
ok "one is cancelled" cancel -h "$SPOOLD" "photo-$cancelled"
ok "the store is left as after a crash" spoold_kill
ok "cupsd is stopped" cupsd_stop
ok "the sampler stops" sampler_stop

like "the sampler saw a filter at work" "$(grep -ac 'CUPS_SERVERBIN=' "$sampler_file")" '^[1-9]'
is "no secret in a command line or an environment" "$(grep -aiFf "$E2E/.secrets" \
	"$sampler_file" | cut -c1-200)" ""
is "none in a log" "$(secrets_in "$E2E/log")" ""
is "none in cupsd's spool, cache or settings" "$(secrets_in "$E2E/cups/spool" \
	"$E2E/cups/cache" "$E2E/cups/state" "$E2E/cups/tmp" "$E2E/cups/etc")" ""
is "none in the store or beside it" "$(secrets_in "$E2E/state" "$E2E/run" "$E2E/tmp")" ""

# The one that waits is in the store, sealed; the ones that are over are gone.
clear() { grep -rlaF -e 'Compatible with Adobe RGB' -e 'Claimcheck#20Orange' "$@"; }
ok "the search would see a picture" clear "$E2E/documents"
is "no picture lies open in store or spool" "$(clear "$E2E/state" "$E2E/cups/spool" \
	"$E2E/cups/tmp" "$E2E/run" "$E2E/tmp")" ""
ok "spoold starts on it again" spoold_run
ok "cupsd, too" cupsd_run
like "the order that stays is still there" "$(order_state "$stays")" pending-held
e2e_end
