#!/bin/bash
# The part of a picture that a customer chose, and passport pictures: what is ordered, with
# ipptool and with lp, is what comes out; what can't be made is refused while the customer
# is there.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }

order() # LINE...: a picture on 10 x 15 cm, in $number
{
	ipp Print-Job "$(PHOTO_OF)" 'ATTR octetString job-password 1357' \
		'ATTR keyword job-password-encryption none' "GROUP job-attributes-tag" \
		'ATTR keyword media om_small-photo_100x150mm' "$@" "FILE $photo" &&
		number=$(ipp_value job-id)
}

collect() { timeout 150 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$number"$'\n'1357; }
printed() { printf '%s/%03d.pwg' "$PRINTER_BOX" "$1"; }
# A probe is the mean of a place, so that colours are alike rather than equal.
alike() # COLOUR COLOUR
{
	local a=($1) b=($2) i
	for i in 0 1 2; do [ $((a[i] > b[i] ? a[i] - b[i] : b[i] - a[i])) -le 6 ] || return 1; done
}
probe() { show probe "$(printed "$1")" 1 "$2" "$3"; }

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)

ok "four passport pictures" order 'ATTR keyword claimcheck-layout passport-2x2'
is "can be had" "$ipp_status" successful-ok
ok "are collected" collect
is "and made" "$(order_state "$number")" completed
# the middles of the first and the last cell: 359, 596 and 820, 1174 of 1181 x 1772
first=$(probe 1 0.3040 0.3365)
ok "the first and the last are the same" alike "$first" "$(probe 1 0.6943 0.6627)"
no "and not white" [ "$first" = "255 255 255" ]
is "the sheet is white around them" "$(probe 1 0.05 0.05)" "255 255 255"

ok "lp orders the right half" timeout 40 lp -h "$SPOOLD" -d photo -o job-password=1357 \
	-o media=om_small-photo_100x150mm -o claimcheck-crop=5000,0,5000,10000 \
	-o x-image-position=left "$photo"
ok "the order is there" wait_until 10 'ipp Get-Jobs "$(PHOTO_OF)" "ATTR keyword which-jobs not-completed"; [ -n "$(ipp_value job-id)" ]'
number=$(ipp_value job-id)
ok "it is collected" collect
is "and made" "$(order_state "$number")" completed
ok "the whole picture" order
ok "is collected" collect
no "the half is not the whole" alike "$(probe 2 0.1 0.3)" "$(probe 3 0.1 0.3)"

ok "a layout in one document of several" ipp Create-Job "$(PHOTO_OF)" \
	'ATTR octetString job-password 1357' 'ATTR keyword job-password-encryption none' \
	"GROUP job-attributes-tag" 'ATTR keyword media om_small-photo_100x150mm'
number=$(ipp_value job-id)
for layout in none strip-2x4; do
	last=$([ $layout = none ] && echo false || echo true)
	ok "$layout" ipp Send-Document "ipp://$SPOOLD/jobs/$number" \
		"ATTR boolean last-document $last" "GROUP document-attributes-tag" \
		"ATTR keyword claimcheck-layout $layout" "FILE $photo"
	is "can be had" "$ipp_status" successful-ok
done
ok "it is collected" collect
# between the strips there is the line to cut along, on white
no "one picture has no gap in its middle" [ "$(probe 4 0.485 0.5)" = "255 255 255" ]
is "strips have" "$(probe 5 0.485 0.5)" "255 255 255"

for crop in 0,0,0,10000 6000,0,5000,10000 0,0,10000; do
	no "claimcheck-crop=$crop" order "ATTR integer claimcheck-crop $crop"
	is "is refused" "$ipp_status" client-error-attributes-or-values-not-supported
	like "and named" "$ipp_said" '^ *claimcheck-crop \('
done
no "a layout that is not there" order 'ATTR keyword claimcheck-layout passport-9x9'
is "is refused" "$ipp_status" client-error-attributes-or-values-not-supported

ok "a tenth of the picture" order 'ATTR integer claimcheck-crop 0,0,1000,1000'
like "has a tenth of its pixels an inch" "$(ipp_value status-message)" 'only [34][0-9] pixels an inch'
ok "on a small cell it has enough" order 'ATTR integer claimcheck-crop 0,0,5000,5000' \
	'ATTR keyword claimcheck-layout passport-2x2'
unlike "and nothing is warned of" "$(ipp_value status-message)" 'pixels an inch'

ok "a plate" ipp Print-Job "ipp://$SPOOLD/ipp/print/plate" "GROUP job-attributes-tag" \
	'ATTR keyword claimcheck-layout repeat-2x2' "FILE $photo"
is "has no layouts of pictures" "$ipp_status" \
	successful-ok-ignored-or-substituted-attributes
e2e_end
