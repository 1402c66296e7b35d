#!/bin/bash
# What a printer says it can do is what the cupsd queue behind it can: a photo printer, a
# plate-maker and a driverless queue, attribute by attribute; also when the queue changes.
# What a queue can't make is refused, or named.
. "$(dirname "$0")/lib.sh"

OF() { echo "ipp://$SPOOLD/ipp/print/$1"; }

# Goes through as cupsd has it. Not: what is ours whatever the queue (formats, scaling,
# intents), and sizes, which are below.
same="color-supported finishings-default finishings-supported media-bottom-margin-supported
media-col-database media-col-default media-left-margin-supported media-right-margin-supported
media-source-supported media-top-margin-supported media-type-supported
orientation-requested-supported output-bin-default output-bin-supported
print-color-mode-default print-color-mode-supported print-quality-default
print-quality-supported printer-make-and-model printer-resolution-default
printer-resolution-supported sides-default sides-supported"

# printer_says URI: every attribute, a line each
printer_says()
{
	cat >"$E2E/tmp/all.test" <<-'END'
	{
	  OPERATION Get-Printer-Attributes
	  GROUP operation-attributes-tag
	  ATTR charset attributes-charset utf-8
	  ATTR naturalLanguage attributes-natural-language en
	  ATTR uri printer-uri $uri
	  ATTR keyword requested-attributes all,media-col-database
	}
	END
	timeout 20 ipptool -tv "$1" "$E2E/tmp/all.test" 2>&1 | sed '1,/RECEIVED/d; s/^ *//'
}
ours() { printer_says "$(OF "$1")"; }
cupsds() { printer_says "ipp://localhost:$CUPS_PORT/printers/$1"; }
value() { sed -n "s/^$1 ([^)]*) = //p" <<<"$2" | head -1; }

# One source or one type, of which the queue says nothing, is "auto" here.
without_auto() { sed 's/ media-\(source\|type\)=auto//g'; }

compare()
{
	local queue=$1 here there name
	here=$(ours "$queue" | without_auto)
	there=$(cupsds "$queue")
	for name in $same; do
		[ -n "$(value "$name" "$there")" ] || continue
		is "$queue: $name" "$(value "$name" "$here")" "$(value "$name" "$there")"
	done
	unlike "$queue: no size twice, no name with nonsense" \
		"$(value media-supported "$here" | tr , '\n' | sort | uniq -d)" '.'
	like "$queue: what an order gets that names no paper is ready" \
		"$(value media-ready "$here")" "^$(value media-default "$here")"
	is "$queue: and first of what is in" "$(value media-col-ready "$here" | sed 's/},{media-size.*/}/')" \
		"$(value media-col-default "$there")"
}

print() # QUEUE LINES...: a photograph
{
	local queue=$1
	shift
	ipp Print-Job "$(OF "$queue")" "ATTR mimeMediaType document-format image/jpeg" "$@" "FILE $photo"
}

medium() # X Y MARGIN
{
	echo "ATTR collection media-col { MEMBER collection media-size { MEMBER integer x-dimension $1
		MEMBER integer y-dimension $2 } MEMBER integer media-top-margin $3
		MEMBER integer media-bottom-margin $3 MEMBER integer media-left-margin $3
		MEMBER integer media-right-margin $3 }"
}

refused() # "sentence" ATTRIBUTE LINE
{
	no "$1: refused" print photo "GROUP job-attributes-tag" "$3"
	is "as a value that is not there" "$ipp_status" client-error-attributes-or-values-not-supported
	like "and named" "$ipp_said" "^ *$2 \("
}

e2e_begin
page() { curl -s "$(sed -n 's/^printer-supply-info-uri ([^)]*) = //p' <<<"$(ours "$1")")"; }
SPOOLD_SETTINGS='organization = "Foto Test"
printer "desk" {
  queue = "desk"
}'
desk() { lpadmin -p desk -E -v "$PRINTER_URI" -m everywhere; }
ok "the shop opens" shop_open
ok "with a driverless queue besides" desk
photo=$(shop_document photo.jpg)
known() { [ -n "$(value media-default "$(ours "$1")")" ]; }
for queue in photo plate desk; do
	ok "$queue: cupsd has told of it" wait_until 30 "known $queue"
	compare $queue
done

here=$(ours photo)
is "a printer whose queue has no trays has one" "$(value media-source-supported "$here")" auto
like "and a row of it" "$(value printer-input-tray "$here")" '^type=unknown;.*level=-2;.*name=auto;$'
is "as many bins as rows of them" "$(value printer-output-tray "$here" | grep -o name= | wc -l)" \
	"$(value output-bin-supported "$here" | tr , '\n' | wc -l)"
like "the software tells its version" "$(value printer-firmware-string-version "$here")" '^[0-9]'
like "a JPEG may be as long as any document" "$(value jpeg-k-octets-supported "$here")" '^0-2097152$'
like "and its paper lies in it" "$(value media-col-default "$here")" 'media-source=auto'
is "plates are of one type" "$(value media-type-supported "$(ours plate)")" auto
ok "which may be asked for" print photo "GROUP job-attributes-tag" \
	'ATTR collection media-col { MEMBER keyword media-source auto MEMBER keyword media-type photographic-glossy }'
is "and is taken as it is" "$ipp_status" successful-ok
is "whose the printer is" "$(value printer-organization "$here")" "Foto Test"
is "where it stands" "$(value printer-geo-location "$here")" geo:52.5,13.4
is "a printer of which nobody says that" "$(value printer-geo-location "$(ours plate)")" unknown
like "nobody knows its supplies, and it says so" "$(value printer-supply "$here")" 'type=unknown;.*level=-2;'
like "its page, too" "$(page photo)" 'does not tell of its supplies'
like "nothing is wrong with it" "$(value printer-alert "$here")" 'code=printerReadyToPrint'
is "the photo printer's sizes by their names" "$(value media-supported "$here")" \
	om_small-photo_100x150mm,om_medium-photo_130x180mm,om_large-photo_200x300mm,iso_a4_210x297mm
like "the driverless one's, 4 x 6 inches too" "$(value media-supported "$(ours desk)")" 'na_index-4x6_4x6in'
like "plates of any size" "$(value media-supported "$(ours plate)")" 'custom_min_150x150mm,custom_max_1100x1100mm'

# --- what it can't make
refused "A3" media-col "$(medium 29700 42000 300)"
refused "10 x 15 with margins of 1.5 mm" media-col "$(medium 10000 15000 150)"
refused "a paper nobody stocks" media-col \
	'ATTR collection media-col { MEMBER keyword media-type stationery-letterhead }'
no "margins on a driverless queue that its sizes have not" print desk "GROUP job-attributes-tag" \
	"$(medium 21590 27940 340)"
ok "10 x 15 with its margins is taken" print photo "GROUP job-attributes-tag" "$(medium 10000 15000 300)"
is "as it is" "$ipp_status" successful-ok
ok "staples are passed over" print photo "GROUP job-attributes-tag" "ATTR enum finishings 4"
like "and named" "$ipp_said" '^ *finishings \('
no "but not if the customer insists" print photo "ATTR boolean ipp-attribute-fidelity true" \
	"GROUP job-attributes-tag" "ATTR enum finishings 4"
no "1200 dpi if the customer insists" print photo "ATTR boolean ipp-attribute-fidelity true" \
	"GROUP job-attributes-tag" "ATTR resolution printer-resolution 1200dpi"

# --- what a backend tells of its device
teller()
{
	cat >"$E2E/cups/bin/backend/teller" <<-'END'
	#!/bin/sh
	[ $# -gt 0 ] || { echo 'direct teller "" ""'; exit 0; }
	cat >/dev/null
	echo "ATTR: marker-names='\"Cyan toner\"','\"Waste\"' marker-types=toner,waste-toner" >&2
	echo "ATTR: marker-colors=#00FFFF,none marker-levels=62,-2" >&2
	END
	chmod 755 "$E2E/cups/bin/backend/teller" && lpadmin -p desk -v teller:/
}
says() { [ "$(value "$2" "$(ours "$1")")" = "$3" ]; }
was=$(value printer-config-change-time "$(ours desk)")
ok "a backend tells cupsd of its supplies" teller
echo hello | lp -d desk >"$E2E/tmp/lp" 2>&1
ok "supplies that cupsd was told of arrive" wait_until 60 \
	'[[ $(value printer-supply "$(ours desk)") == *type=toner*level=62*colorantname=cyan*type=wasteToner* ]]'
like "on the printer's page, too" "$(page desk)" '<li>Cyan toner: 62 %</li>'
is "and are no change of what can be had" "$(value printer-config-change-time "$(ours desk)")" "$was"
ok "somebody stops the printer" cupsdisable photo
ok "which is an alert" wait_until 30 '[[ $(value printer-alert "$(ours photo)") == code=subunitTurnedOff* ]]'
cupsenable photo

# --- the queue changes
was=$(value printer-config-change-time "$(ours photo)")
ok "another default paper" lpadmin -p photo -o PageSize=200x300mm.Fullbleed
ok "arrives" wait_until 30 'says photo media-default om_large-photo_200x300mm'
ok "other defaults of the queue" lpadmin -p photo -o print-color-mode-default=monochrome \
	-o Resolution=600dpi
ok "arrive: colours" wait_until 30 'says photo print-color-mode-default monochrome'
ok "resolution" wait_until 30 'says photo printer-resolution-default 600dpi'
ok "and the change is told" test "$(value printer-config-change-time "$(ours photo)")" -gt "$was"
ok "the queue becomes a plate-maker's" lpadmin -p photo -P "$TOP_BUILDDIR/ppd/ccplate.ppd"
ok "and its sizes are plates" wait_until 30 'says photo media-default custom_745x605mm_745x605mm'
e2e_end
