#!/bin/bash
# An order of several documents, each made as it wants itself; what can't differ from
# document to document is said, or refused.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }

send() # LAST LINES...: one more document of order $number
{
	local last=$1
	shift
	ipp Send-Document "$(job "$number")" "ATTR boolean last-document $last" \
		"ATTR mimeMediaType document-format image/jpeg" \
		"GROUP document-attributes-tag" "$@" "FILE $photo"
}

collect() { timeout 150 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$number"$'\n'1357; }
page() { printf '%s/%03d.pwg' "$PRINTER_BOX" "$1"; }
# The first page's size, and how many there are.
shape() { show raster "$(page "$1")" "$E2E/tmp/page$1" 300 | sed -n 's/^page 1: \(.* px\) at.*/\1/p'; }
count() { show raster "$(page "$1")" "$E2E/tmp/page$1" 300 | grep -c '^page'; }
is_grey() { local c=($(show probe "$(page "$1")" 1 0.02 0.02)); [ "${c[0]}" = "${c[1]}" ] && [ "${c[1]}" = "${c[2]}" ]; }

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)

ok "an order of 10 x 15 cm" ipp Create-Job "$(PHOTO_OF)" \
	'ATTR octetString job-password 1357' 'ATTR keyword job-password-encryption none' \
	"GROUP job-attributes-tag" 'ATTR keyword media om_small-photo_100x150mm'
number=$(ipp_value job-id)
ok "a document as the order says" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document false" "FILE $photo"
is "nothing about it is odd" "$ipp_status" successful-ok
ok "one of 13 x 18 cm, twice" send false 'ATTR keyword media om_medium-photo_130x180mm' \
	'ATTR integer copies 2'
is "can be had" "$ipp_status" successful-ok
ok "one in black and white" send false 'ATTR keyword print-color-mode monochrome'
ok "one with staples" send false 'ATTR enum finishings 4'
is "is taken without" "$ipp_status" successful-ok-ignored-or-substituted-attributes
like "which is said" "$ipp_said" '^ *finishings \('
no "one on paper that is not there, if the customer insists" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document false" "ATTR boolean ipp-attribute-fidelity true" \
	"GROUP document-attributes-tag" 'ATTR keyword media iso_a0_841x1189mm' "FILE $photo"
is "is refused" "$ipp_status" client-error-attributes-or-values-not-supported
ok "the last one, scaled otherwise" send true 'ATTR keyword print-scaling fit' \
	'ATTR keyword PageSize A4'
like "an option of the PPD is for the whole order" "$ipp_said" '^ *PageSize \('
ok "Get-Documents" ipp Get-Documents "$(job "$number")"
is "tells what they want" "$(ipp_value media) $(ipp_value copies) $(ipp_value print-color-mode)" \
	"om_medium-photo_130x180mm 2 monochrome"

ok "it is collected" collect
is "and completed" "$(order_state "$number")" completed
is "the first is 10 x 15 cm" "$(shape 1)" "1181 x 1772 px"
is "once" "$(count 1)" 1
is "the second 13 x 18 cm" "$(shape 2)" "1535 x 2126 px"
is "twice" "$(count 2)" 2
no "in colour" is_grey 2
is "the third 10 x 15 cm again" "$(shape 3)" "1181 x 1772 px"
ok "in black and white" is_grey 3
no "the fourth in colour" is_grey 4

# jpeg-features-supported has it: a JPEG of four inks
like "the printer takes JPEG of four inks" "$(ipp Get-Printer-Attributes "$(PHOTO_OF)"; ipp_value jpeg-features-supported)" cmyk
printf '%%!PS\n1 0 0 setrgbcolor clippath fill showpage\n' >"$E2E/tmp/red.ps"
gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=jpegcmyk -r100 -g400x600 -o "$E2E/documents/cmyk.jpg" "$E2E/tmp/red.ps"
ok "one comes" ipp Print-Job "$(PHOTO_OF)" 'ATTR octetString job-password 1357' \
	'ATTR keyword job-password-encryption none' "GROUP job-attributes-tag" \
	'ATTR keyword media om_small-photo_100x150mm' "FILE $E2E/documents/cmyk.jpg"
number=$(ipp_value job-id)
ok "and is collected" collect
is "and completed" "$(order_state "$number")" completed
red=($(show probe "$(page 5)" 1 0.5 0.5))
ok "in red, as far as this printer goes: ${red[*]}" [ $((${red[0]} - ${red[1]})) -gt 20 ]

# --- while an order is open
document() # OPERATION DOCUMENT LINES...
{
	ipp "$1" "$(job "$number")" "ATTR integer document-number $2" "${@:3}"
}
all_of() { sed -n "s/^ *$1 ([^)]*) = //p" <<<"$ipp_said" | tr '\n' ' '; }
before=$(printer_taken pixel)
ok "an order is opened" ipp Create-Job "$(PHOTO_OF)" 'ATTR octetString job-password 1357' \
	'ATTR keyword job-password-encryption none' "GROUP job-attributes-tag" \
	'ATTR keyword media om_small-photo_100x150mm'
number=$(ipp_value job-id)
for wish in 'ATTR integer copies 4' 'ATTR integer copies 2' 'ATTR integer copies 3'; do
	ok "a document: $wish" send false "$wish"
done
ok "the first is cancelled" document Cancel-Document 1
no "not twice" document Cancel-Document 1
is "since it is" "$ipp_status" client-error-not-possible
no "nor one that is not there" document Cancel-Document 9
is "which is said" "$ipp_status" client-error-not-found
ipp_user=eve
no "nobody else cancels one" document Cancel-Document 2
is "who is no owner" "$ipp_status" client-error-not-authorized
no "or describes it" document Set-Document-Attributes 2 "GROUP document-attributes-tag" 'ATTR integer copies 9'
unset ipp_user
ok "the third is described anew" document Set-Document-Attributes 3 "GROUP document-attributes-tag" \
	'ATTR name document-name three' 'ATTR keyword print-color-mode monochrome' 'ATTR delete-attribute copies'
no "with nothing that can't be had" document Set-Document-Attributes 2 "GROUP document-attributes-tag" \
	'ATTR integer copies 1' 'ATTR keyword media iso_a0_841x1189mm'
is "which is told" "$ipp_status" client-error-attributes-or-values-not-supported
like "by its name" "$ipp_said" '^ *media \('
no "nor on another paper than it was checked for" document Set-Document-Attributes 2 \
	"GROUP document-attributes-tag" 'ATTR keyword media om_medium-photo_130x180mm'
is "since that was done when it came" "$ipp_status" client-error-attributes-not-settable
no "and not without a wish" document Set-Document-Attributes 2
ok "Get-Documents" ipp Get-Documents "$(job "$number")"
is "tells of all three" "$(all_of document-state)" "canceled pending pending "
is "of whom one is no more" "$(all_of k-octets | cut -d ' ' -f 1) $(all_of document-state-reasons | cut -d ' ' -f 1)" \
	"0 canceled-by-user"
is "and of what they want now" "$(all_of copies)$(all_of print-color-mode)$(all_of document-name | tr -d ' ')" "4 2 monochrome three"
ok "the order is closed" ipp Close-Job "$(job "$number")"
no "what is whole is not changed" document Cancel-Document 2
is "as the standard has it" "$ipp_status" client-error-not-possible
like "with words" "$ipp_said" 'its documents are as they were acknowledged'
no "in no way" document Set-Document-Attributes 2 "GROUP document-attributes-tag" 'ATTR integer copies 9'
is "at all" "$ipp_status" client-error-not-possible
ok "it is collected" collect
is "and completed" "$(order_state "$number")" completed
is "two documents are made" "$(printer_taken pixel)" $((before + 2))
is "the one as it came, the other once, and in black and white" \
	"$(count $((before + 1))) $(count $((before + 2))) $(is_grey $((before + 2)) && echo grey)" "2 1 grey"
ok "an order of one document" ipp Create-Job "$(PHOTO_OF)" 'ATTR octetString job-password 1357'
number=$(ipp_value job-id)
ok "comes" send false 'ATTR integer copies 2'
ok "which is cancelled" document Cancel-Document 1
no "is none" ipp Close-Job "$(job "$number")"
like "and waits for another one" "$ipp_said" 'no documents'
ok "which comes" send true 'ATTR integer copies 1'
is "then it is one" "$(order_state "$number")" pending-held
ok "cupsd holds it" wait_until 20 '[ -n "$(cups_job_of "$number")" ]'
ok "the store is sound" operator check

ok "plates are one set" ipp Print-Job "ipp://$SPOOLD/ipp/print/plate" \
	"ATTR mimeMediaType document-format image/jpeg" "GROUP document-attributes-tag" \
	'ATTR integer copies 2' "FILE $photo"
is "and say that nothing differs in them" "$ipp_status" \
	successful-ok-ignored-or-substituted-attributes
e2e_end
