#!/bin/bash
# A printer driver of another house behind the gate: run by `attest`, and not without it.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp

submit()
{
	tap_said=$(timeout 20 ipptool -c -d "pin=$1" -d filetype=image/jpeg -f "$photo" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/print-pin.test" 2>&1) || return 1
	order=$(tail -1 <<<"$tap_said")
	[[ $order =~ ^[0-9]+$ ]]
}
collect()
{
	local number=$1 pin=$2
	shift 2
	timeout 120 "$TOP_BUILDDIR/tools/release" -s "$STATION" "$@" <<<"$number"$'\n'"$pin"
}

# ppd FILTER DRIVER: the photo printer's PPD with a driver
ppd()
{
	sed -e '/^\*cupsFilter2/d' -e "/^\*FormatVersion/a\\
*cupsFilter2: \"application/vnd.cups-raster image/pwg-raster 0 $1\"\\
*ccDriver: \"$2\"" "$TOP_BUILDDIR/ppd/ccphoto.ppd" >"$E2E/tmp/driver.ppd"
	lpadmin -p photo -P "$E2E/tmp/driver.ppd"
}

# A driver that says what it got, and then does what it is told.
driver()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$E2E/cups/bin/filter/rastertotest"
	chmod 755 "$E2E/cups/bin/filter/rastertotest"
}

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)

driver 'cat; echo the end'
ok "a queue with a driver, attested" ppd attest rastertotest
submit 1001
ok "an order is collected" collect "$order" 1001
is "printed" "$(printer_taken pixel)" 1
is "and completed" "$(order_state $order)" completed

ok "the same driver without attest" ppd rastertotest rastertotest
submit 1002
collect "$order" 1002 >"$E2E/tmp/said" 2>&1
is "its output is not taken for whole" "$?" 7
is "the order is stopped" "$(order_state $order)" processing-stopped
ok "the queue is up" wait_until 20 '[ "$(queue_state photo)" = idle ]'

before=$(printer_taken pixel)
ok "a driver that fails" ppd attest rastertotest
driver 'cat | head -c 1000; exit 3'
submit 1003
collect "$order" 1003 >"$E2E/tmp/said" 2>&1
is "stops the order" "$?" 7
like "which says why" "$(cat "$E2E/tmp/said")" 'ended with status 3'
driver 'head -c 1000; kill -KILL $$'
collect "$order" 1003 --again >"$E2E/tmp/said" 2>&1
is "one that is killed does, too" "$?" 7
like "which says why" "$(cat "$E2E/tmp/said")" 'ended by signal 9'
driver cat
ok "once it is mended the order can be collected" collect "$order" 1003 --again
ok "printed" test "$(printer_taken pixel)" -gt "$before"
is "and completed" "$(order_state $order)" completed
e2e_end
