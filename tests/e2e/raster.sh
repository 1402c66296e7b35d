#!/bin/bash
# Orders of PWG raster and URF, as Ghostscript makes them: printed page by page, in their
# colours, in their size.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }

# pages WIDTH HEIGHT NAME: a page of PostScript on standard input, as $E2E/documents/NAME
pages() # WIDTH_PT HEIGHT_PT NAME DEVICE CUPS-COLOUR-SPACE
{
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE="$4" -r300 -dDEVICEWIDTHPOINTS="$1" \
		-dDEVICEHEIGHTPOINTS="$2" -dcupsColorSpace="$5" -dcupsBitsPerColor=8 \
		-dcupsColorOrder=0 -o "$E2E/documents/$3" - >"$E2E/log/gs" 2>&1
}

# Four quarters of colour, then a page of grey: 100 x 150 mm.
quarters()
{
	cat <<-'END'
	%!PS
	0.8 0 0 setrgbcolor 0 212.6 141.73 212.6 rectfill
	0 0.6 0 setrgbcolor 141.73 212.6 141.73 212.6 rectfill
	0 0 1 setrgbcolor 0 0 141.73 212.6 rectfill
	showpage
	0.5 setgray 0 0 284 426 rectfill
	showpage
	END
}

# A black square, 10 to 20 mm from the left and from the top of an A4 sheet.
square() { printf '%%!PS\n28.346 785.2 28.346 28.346 rectfill showpage\n'; }

# order NAME TYPE LINES...: handed in, collected, printed; the page file is $page
order()
{
	local name=$1 type=$2 number
	shift 2
	ipp Print-Job "$(PHOTO_OF)" "ATTR mimeMediaType document-format $type" \
		'ATTR octetString job-password 2468' 'ATTR keyword job-password-encryption none' \
		"GROUP job-attributes-tag" "$@" "FILE $E2E/documents/$name" || return 1
	number=$(ipp_value job-id)
	timeout 100 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$number"$'\n'2468 || return 1
	page=$PRINTER_BOX/$(printf %03d "$(printer_taken pixel)").pwg
	[ "$(order_state "$number")" = completed ]
}

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open
mkdir -p "$E2E/documents"
small='ATTR keyword media om_small-photo_100x150mm'
quarters | pages 283.46 425.2 srgb.pwg pwgraster 19
quarters | pages 283.46 425.2 grey.pwg pwgraster 18
quarters | pages 283.46 425.2 srgb.urf appleraster 19
square | pages 595.28 841.89 a4.pwg pwgraster 19

for kind in pwg urf; do
	type=image/urf
	[ $kind = urf ] || type=image/pwg-raster
	ok "$kind is printed" order srgb.$kind $type "$small"
	said=$(show raster "$page" "$E2E/tmp/$kind" 600)
	like "its first page on its paper" "$said" '^page 1: 1181 x 1772 px at 300 dpi'
	like "and its second" "$said" '^page 2: 1181 x 1772 px at 300 dpi'
	near "red is at the top left" "$(show probe "$page" 1 0.25 0.25)" "204 0 0" 2
	near "green at the top right" "$(show probe "$page" 1 0.75 0.25)" "0 153 0" 2
	near "blue at the bottom left" "$(show probe "$page" 1 0.25 0.75)" "0 0 255" 2
	near "nothing at the bottom right" "$(show probe "$page" 1 0.75 0.75)" "255 255 255" 0
	near "the second page is grey" "$(show probe "$page" 2 0.5 0.5)" "127 127 127" 2
done
ok "one that nobody declares is recognised" order srgb.urf application/octet-stream "$small"
ok "grey raster is printed" order grey.pwg image/pwg-raster "$small"
near "as the same grey" "$(show probe "$page" 2 0.5 0.5)" "127 127 127" 2

ok "a sheet is printed on paper with margins" order a4.pwg image/pwg-raster \
	'ATTR keyword PageSize A4'
near "in its own size and place" "$(show probe "$page" 1 0.0548 0.0387)" "0 0 0" 2
near "to its end" "$(show probe "$page" 1 0.085 0.058)" "0 0 0" 2
near "and no further" "$(show probe "$page" 1 0.1038 0.0732)" "255 255 255" 2
ok "unless it is to fit into them" order a4.pwg image/pwg-raster 'ATTR keyword PageSize A4' \
	'ATTR keyword print-scaling fit'
near "then it lies further in" "$(show probe "$page" 1 0.0548 0.0387)" "255 255 255" 2

no "the plate-maker takes none" ipp Print-Job "ipp://$SPOOLD/ipp/print/plate" \
	"ATTR mimeMediaType document-format image/pwg-raster" "FILE $E2E/documents/srgb.pwg"
is "and says so" "$ipp_status" client-error-document-format-not-supported
ipp Get-Printer-Attributes "$(PHOTO_OF)"
like "URF is announced at the queue's resolutions" "$(ipp_value urf-supported)" 'SRGB24.*RS300-600'
e2e_end
