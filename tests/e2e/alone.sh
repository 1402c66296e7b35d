#!/bin/bash
# The filters alone, on queues without spoold: `lp photo.jpg`, `lp job.pdf`.
. "$(dirname "$0")/lib.sh"

e2e_begin
photo=$TOP_BUILDDIR/ppd/ccphotoe.ppd
plate=$TOP_BUILDDIR/ppd/ccplate.ppd
cupsd_start || exit 1
PRINTER_MEDIA=$photo printer_start pixel || exit 1

for ppd in "$photo" "$TOP_BUILDDIR/ppd/ccphoto.ppd" "$plate"; do
	ok "cupstestppd likes ${ppd##*/}" cupstestppd -q -W filters "$ppd"
done

ok "a queue for photographs" lpadmin -p photo -E -v "$PRINTER_URI" -P "$photo"
ok "a queue for plates" lpadmin -p plate -E -v "file:$E2E/tmp/plates.tar" -P "$plate"

taken=0
for kind in photo.jpg photo.png photo.tiff; do
	ok "lp $kind" lp -d photo -o media=om_small-photo_100x150mm "$(shop_document $kind)"
	taken=$((taken + 1))
	ok "$kind is printed" wait_until 30 "[ \$(printer_taken pixel) = $taken ]"
	ok "the queue is ready for more" wait_until 30 '[ "$(queue_state photo)" = idle ]'
done

page=$PRINTER_BOX/001.pwg
like "10x15 cm at 300 dpi" "$(show raster "$page" "$E2E/tmp/page" 600)" \
	'^page 1: 1181 x 1772 px at 300 dpi'
# Adobe RGB's red 220,30,30 is redder than sRGB can be; taken for sRGB it would stay 220.
near "upright: red is at the top left, in the printer's colours" \
	"$(show probe "$page" 1 0.02 0.02)" "253 25 23" 12
near "upright: green is at the top right" "$(show probe "$page" 1 0.98 0.02)" "0 221 0" 12
near "upright: blue is at the bottom left" "$(show probe "$page" 1 0.02 0.98)" "30 29 226" 12

ok "lp plate.pdf" lp -d plate -o media=Custom.300x400mm -o Resolution=1200dpi \
	"$(shop_document plate.pdf)"
ok "plates are made" wait_until 120 '[ "$(lpstat -W completed -o plate | wc -l)" = 1 ]'
like "a plate for each page and ink" "$(tar -tf "$E2E/tmp/plates.tar" | tr '\n' ' ')" \
	'.*[Cc]yan.*[Oo]range.*'
e2e_end
