#!/bin/bash
# Page overrides (PWG 5100.6): a page is made as it wants itself, and the rest as the order
# says; what can't be had of it is told, or refused.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }
pin='ATTR octetString job-password 1357'

collect() { timeout 150 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$number"$'\n'1357; }
box() { printf '%s/%03d.pwg' "$PRINTER_BOX" "$1"; }
# As "red", "grey", "white": what lies at the place of that page.
colour() # FILE PAGE U V
{
	local c
	c=($(show probe "$(box "$1")" "$2" "$3" "$4"))
	if [ "${c[1]}" -gt 230 ] && [ "${c[2]}" -gt 230 ]; then
		echo white
	elif [ "${c[0]}" = "${c[1]}" ] && [ "${c[1]}" = "${c[2]}" ]; then
		echo grey
	elif [ $((${c[0]} - ${c[1]})) -gt 20 ]; then
		echo red
	else
		echo "${c[*]}"
	fi
}
size() # FILE PAGE
{
	show raster "$(box "$1")" "$E2E/tmp/box" 300 | sed -n "s/^page $2: \(.* px\) at.*/\1/p"
}
squares() # FILE PAGES: a PDF of red squares
{
	printf '%%!PS\n<</PageSize [300 300]>> setpagedevice\n%s { 1 0 0 setrgbcolor clippath fill showpage } repeat\n' \
		"$2" >"$E2E/tmp/squares.ps"
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o "$1" "$E2E/tmp/squares.ps"
}
order() # LINES...: of job attributes, with the document
{
	ipp Print-Job "$(PHOTO_OF)" "$pin" "${fidelity[@]}" "GROUP job-attributes-tag" \
		'ATTR keyword media om_small-photo_100x150mm' 'ATTR keyword print-scaling fit' \
		"$@" "FILE $E2E/documents/squares.pdf"
	number=$(ipp_value job-id)
}
range() { echo "MEMBER rangeOfInteger $1 $2"; }

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
fidelity=()
ok "the shop opens" shop_open
mkdir -p "$E2E/documents"
squares "$E2E/documents/squares.pdf" 5
squares "$E2E/documents/two.pdf" 2
photo=$(shop_document photo.jpg)

order "ATTR collection overrides { $(range pages 2-2) MEMBER keyword print-scaling fill }, \
	{ $(range pages 3-3,9-2000000000) MEMBER keyword print-color-mode monochrome }, \
	{ $(range pages 4-4) MEMBER keyword media om_medium-photo_130x180mm MEMBER keyword print-rendering-intent absolute }"
is "an order whose pages differ is taken" "$ipp_status" successful-ok
ok "its attributes" ipp Get-Job-Attributes "$(job "$number")"
like "tell how" "$ipp_said" 'overrides .*pages=2.*print-scaling=fill'
ok "it is collected" collect
is "and completed" "$(order_state "$number")" completed
is "the first page fits, with white above" "$(colour 1 1 0.5 0.03) $(colour 1 1 0.5 0.5)" "white red"
is "the second is filled" "$(colour 1 2 0.5 0.03) $(colour 1 2 0.5 0.5)" "red red"
is "the third fits, in black and white" "$(colour 1 3 0.5 0.03) $(colour 1 3 0.5 0.5)" "white grey"
is "the fourth is in colour" "$(colour 1 4 0.5 0.5)" red
is "on paper of its own" "$(size 1 4)" "1535 x 2126 px"
is "the fifth is as the first" "$(colour 1 5 0.5 0.03) $(colour 1 5 0.5 0.5) $(size 1 5)" \
	"white red $(size 1 1)"

# of the documents that are named; a document's own before those of its order
ok "an order of three documents" ipp Create-Job "$(PHOTO_OF)" "$pin" "GROUP job-attributes-tag" \
	'ATTR keyword media om_small-photo_100x150mm' 'ATTR keyword print-scaling fit' \
	"ATTR collection overrides { $(range document-numbers 2-3) $(range pages 2-2) MEMBER keyword print-scaling fill }"
number=$(ipp_value job-id)
send() # LAST LINES...
{
	local last=$1
	shift
	ipp Send-Document "$(job "$number")" "ATTR boolean last-document $last" \
		"GROUP document-attributes-tag" "$@" "FILE $E2E/documents/two.pdf"
}
ok "the first" send false 'ATTR integer copies 1'
ok "the second" send false 'ATTR integer copies 1'
ok "the third, with its own" send true "ATTR collection overrides { $(range pages 1-1) MEMBER keyword print-color-mode monochrome }"
is "which can be had" "$ipp_status" successful-ok
ok "they are collected" collect
is "and completed" "$(order_state "$number")" completed
is "the first has nothing of it" "$(colour 2 1 0.5 0.03) $(colour 2 2 0.5 0.03)" "white white"
is "the second its second page" "$(colour 3 1 0.5 0.03) $(colour 3 2 0.5 0.03)" "white red"
is "the third its own" "$(colour 4 1 0.5 0.5) $(colour 4 2 0.5 0.5) $(colour 4 2 0.5 0.03)" "grey red white"

# a picture is a page, too
ok "a picture" ipp Print-Job "$(PHOTO_OF)" "$pin" "GROUP job-attributes-tag" \
	'ATTR keyword media om_small-photo_100x150mm' \
	"ATTR collection overrides { $(range pages 1-1) MEMBER keyword print-color-mode monochrome }" "FILE $photo"
number=$(ipp_value job-id)
ok "is collected" collect
is "in black and white" "$(colour 5 1 0.02 0.02)" grey

# --- what can't be had
order "ATTR collection overrides { $(range pages 2-2) MEMBER enum finishings 4 MEMBER keyword print-scaling fill }"
is "what a page can't have is left out" "$ipp_status" successful-ok-ignored-or-substituted-attributes
like "and told" "$ipp_said" 'overrides .*finishings='
no "not what it can" grep -q 'print-scaling' <<<"$(sed -n '/overrides/p' <<<"$ipp_said")"
fidelity=("ATTR boolean ipp-attribute-fidelity true")
order "ATTR collection overrides { $(range pages 2-2) MEMBER enum finishings 4 MEMBER keyword print-scaling fill }"
is "it is refused if the customer insists" "$ipp_status" client-error-attributes-or-values-not-supported
for bad in "{ $(range pages 0-2) MEMBER keyword print-scaling fill }" \
	"{ $(range pages 5-6,2-2) MEMBER keyword print-scaling fill }" \
	"{ $(range pages 1-3) MEMBER keyword print-scaling fill }, { $(range pages 3-4) MEMBER keyword print-scaling none }" \
	"{ MEMBER keyword print-scaling fill }, { $(range document-number 1-1) $(range pages 3-4) MEMBER keyword print-scaling none }" \
	"{ $(range pages 1-3) $(range document-copies 2-2) MEMBER keyword print-scaling fill }"; do
	order "ATTR collection overrides $bad"
	is "so is $bad" "$ipp_status" client-error-attributes-or-values-not-supported
	like "and told" "$ipp_said" "overrides"
done
fidelity=()
order "ATTR collection overrides { $(range pages 2-2) MEMBER keyword media iso_a0_841x1189mm }"
is "paper that is not there is refused even so" "$ipp_status" client-error-attributes-or-values-not-supported
many=
for page in {1..16}; do many+="{ $(range pages "$page-$page") MEMBER keyword print-scaling fill }, "; done
order "ATTR collection overrides ${many%, }"
is "16 are taken" "$ipp_status" successful-ok
order "ATTR collection overrides $many{ $(range pages 17-17) MEMBER keyword print-scaling fill }"
is "the seventeenth is not" "$ipp_status" successful-ok-ignored-or-substituted-attributes
like "which is told" "$ipp_said" 'overrides .*pages=17'

ok "plates are a set" ipp Validate-Job "ipp://$SPOOLD/ipp/print/plate" "GROUP job-attributes-tag" \
	"ATTR collection overrides { $(range pages 2-2) MEMBER keyword print-scaling fill }"
is "and none differs" "$ipp_status" successful-ok-ignored-or-substituted-attributes
e2e_end
