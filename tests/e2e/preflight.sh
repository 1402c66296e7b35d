#!/bin/bash
# Preflight: real files, damaged in ways that only a decoder sees, and pictures too small
# for what was ordered: refused or warned of while the customer is there.
. "$(dirname "$0")/lib.sh"

docs=
hole() # hole FROM TO OFFSET COUNT: a copy of a document with zeros in it
{
	cp "$1" "$2" && dd if=/dev/zero of="$2" bs=1 seek="$3" count="$4" conv=notrunc status=none
}
# What lp says, which sends Create-Job and Send-Document.
by_lp() { customer_pin 4711; lp -h "$SPOOLD" -d photo "${@:2}" "$1" 2>&1; }
# by_print_job FILE TYPE [media]
by_print_job()
{
	ipp Print-Job "ipp://$SPOOLD/ipp/print/${printer:-photo}" 'ATTR keyword job-password-encryption none' \
		"ATTR mimeMediaType document-format $2" 'GROUP job-attributes-tag' \
		"ATTR keyword media ${3:-om_small-photo_100x150mm}" "FILE $1"
}
orders() { operator orders --all | wc -l; }
settings() { spoold_stop && SPOOLD_SETTINGS=$1 && spoold_start; }
checkers() { descendants "$(spoold_child preflig)" | wc -l; }

gs_makes() # gs_makes DEVICE FILE [option...]: two pages of text and a picture
{
	gs -q -dBATCH -dNOPAUSE -sDEVICE="$1" "${@:3}" -o "$2" "$docs/page.ps" >/dev/null
}

e2e_begin
ok "the shop opens" shop_open || exit 1
photo=$(shop_document photo.jpg)
docs=$E2E/documents
cat >"$docs/page.ps" <<'END'
%!PS
/shade { 0 2 500 { dup 500 div 1 1 sethsbcolor dup 50 add 100 moveto 0 500 rlineto stroke } for } def
/Helvetica findfont 24 scalefont setfont
2 { shade 72 700 moveto 0 setgray (an order of two pages) show showpage } repeat
END

# --- refused, whichever way it comes ---

refused() # refused FILE TYPE words
{
	local said
	if said=$(by_lp "$1" -o media=om_small-photo_100x150mm); then
		fail "lp: ${1##*/} is refused" "$said"
	else
		like "lp: ${1##*/} is refused: $3" "$said" "$3"
	fi
	no "Print-Job: so it is" by_print_job "$1" "$2"
	like "with the words" "$ipp_said" "$3"
}

hole "$photo" "$docs/hole.jpg" 60000 40000
hole "$(shop_document photo.png)" "$docs/hole.png" 100000 2000
gs_makes tiff24nc "$docs/page.tif" -r100 -sCompression=lzw
hole "$docs/page.tif" "$docs/hole.tif" 5000 3000
gs_makes pdfwrite "$docs/page.pdf"
gs_makes pdfwrite "$docs/locked.pdf" -sOwnerPassword=o -sUserPassword=u -dEncryptionR=3 -dKeyLength=128
head -c "$(($(stat -c %s "$docs/page.pdf") / 2))" "$docs/page.pdf" >"$docs/cut.pdf"
perl -pe 's{/Kids}{/Kidz}g' "$docs/page.pdf" >"$docs/nopages.pdf"

refused "$docs/hole.jpg" image/jpeg 'document \(image/jpeg\) is damaged'
refused "$docs/hole.png" image/png 'document \(image/png\) is damaged'
refused "$docs/hole.tif" image/tiff 'document \(image/tiff\) (is damaged|ends in the middle)'
refused "$docs/locked.pdf" application/pdf 'is encrypted'
refused "$docs/cut.pdf" application/pdf 'ends in the middle'
refused "$docs/nopages.pdf" application/pdf 'document \(application/pdf\) is damaged'
ipp_language=de
no "in German, too" by_print_job "$docs/hole.jpg" image/jpeg
like "in German words" "$ipp_said" 'Dokument \(image/jpeg\) ist beschädigt'
ipp_language=en
is "no order was made of any" "$(orders)" 0

# --- taken ---

for kind in "$photo image/jpeg" "$(shop_document photo.png) image/png" \
	"$docs/page.tif image/tiff" "$docs/page.pdf application/pdf"; do
	ok "${kind##*/}: one that is sound is taken" by_print_job $kind
	unlike "without a warning" "$ipp_said" 'warnings-detected|status-message'
done
ok "by lp" by_lp "$photo" -o media=om_small-photo_100x150mm

# --- warned ---

ok "a small picture on 100 x 150 mm is taken" by_print_job "$(shop_document small.jpg)" image/jpeg
like "with a warning that names the fault" "$(ipp_value status-message)" 'only 6[01] pixels an inch .*100 are advised'
like "in the order's state" "$(ipp_value job-state-message)" 'only 6[01] pixels an inch'
like "and its reasons" "$(ipp_value job-state-reasons)" 'warnings-detected'
ORDER=$(ipp_value job-id)
CODE=$(ipp_value claimcheck-claim-code)
like "the code comes first" "$(ipp_value job-state-message)" "code.*$CODE.*pixels an inch"
ok "the order is asked for" ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$ORDER"
like "the record keeps it" "$(ipp_value claimcheck-warning)" 'only 6[01] pixels an inch'
like "operators see it" "$(operator show "$ORDER")" 'warning .*pixels an inch'
like "the station shows it" "$(station --list --pin-file 0 <<<"$CODE" 2>&1)" 'only 6[01] pixels an inch'
printer=plate ok "nor on a plate" by_print_job "$docs/page.pdf" application/pdf iso_a4_210x297mm

# --- a connection has one checker, which sees no other's documents ---

is "no checker stays when its connection is gone" "$(wait_until 10 '[ "$(checkers)" = 0 ]'; checkers)" 0

# --- other settings: warn of damage, refuse the small, look for a second at most ---

ok "spoold with other settings" settings 'preflight = warn few-pixels = refuse min-ppi = 50
 preflight-timeout-s = 1 preflight-memory = 64M preflight-unchecked = warn preflight-at-once = 1'
ok "what is damaged is taken" by_print_job "$docs/hole.jpg" image/jpeg
like "with a warning" "$(ipp_value status-message)" 'is damaged or cut off'
ok "60 pixels an inch are enough" by_print_job "$(shop_document small.jpg)" image/jpeg
no "29 are not" by_print_job "$(shop_document small.jpg)" image/jpeg iso_a4_210x297mm
like "and it is said how many are" "$ipp_status $ipp_said" 'unprintable.*has too few pixels.* and 50 are needed'
# a document's own paper counts, not its order's
of_an_order() # of_an_order MEDIA MEDIA: the order's, its document's
{
	ipp Create-Job "ipp://$SPOOLD/ipp/print/photo" 'GROUP job-attributes-tag' "ATTR keyword media $1" || return 2
	ipp Send-Document "ipp://$SPOOLD/jobs/$(ipp_value job-id)" 'ATTR boolean last-document true' \
		'ATTR mimeMediaType document-format image/jpeg' 'GROUP document-attributes-tag' \
		"ATTR keyword media $2" "FILE $(shop_document small.jpg)"
}
ok "an order of A4 with a document of 100 x 150 mm has enough" of_an_order iso_a4_210x297mm om_small-photo_100x150mm
no "one of 100 x 150 mm with a document of A4 has not" of_an_order om_small-photo_100x150mm iso_a4_210x297mm
like "which is said" "$ipp_status $ipp_said" 'unprintable.*has too few pixels'

# PostScript is not run here; one that claims a structure and lacks its end is warned of
{ echo '%!PS-Adobe-3.0'; tail -n +2 "$docs/page.ps"; } >"$docs/cut.ps"
{ cat "$docs/cut.ps"; echo '%%EOF'; } >"$docs/whole.ps"
printer=plate ok "PostScript without its end is taken" by_print_job "$docs/cut.ps" application/postscript iso_a4_210x297mm
like "with a warning" "$(ipp_value status-message)" 'faults in its structure'
printer=plate ok "with its end it is taken" by_print_job "$docs/whole.ps" application/postscript iso_a4_210x297mm
unlike "without one" "$ipp_said" 'status-message'
ok "a picture that decodes too long is taken" by_print_job "$(shop_document zeros.png)" image/png
like "unchecked" "$(ipp_value status-message)" 'could not be checked'

# --- the server stands still, dies ---

server=$(spoold_child preflig)
kill -STOP "$server"
ok "while preflight stands still, orders are taken" by_print_job "$photo" image/jpeg
like "unchecked" "$(ipp_value status-message)" 'could not be checked'
kill -CONT "$server"
ok "when it goes on, so does checking" wait_until 20 \
	'by_print_job "$docs/hole.jpg" image/jpeg; [[ $(ipp_value status-message) = *damaged* ]]'
ok "preflight is killed" spoold_kill_child preflig
ok "orders are taken" by_print_job "$photo" image/jpeg
ok "and checked by a new one" wait_until 20 \
	'by_print_job "$docs/hole.jpg" image/jpeg; [[ $(ipp_value status-message) = *damaged* ]]'

# --- a document that its decoder dies of: refused in words, and nobody else notices ---

attribute() # attribute TAG NAME VALUE, as RFC 8010 writes it
{
	printf "\\x$1\\x00\\x$(printf %02x ${#2})%s\\x00\\x$(printf %02x ${#3})%s" "$2" "$3"
}
large=$E2E/documents/large.pdf
{
	head -n 1 "$docs/page.pdf"
	printf '%%'
	head -c 1000000 /dev/zero | tr '\0' x
	echo
	tail -n +2 "$docs/page.pdf"
} >"$large"
{
	printf '\2\0\0\2\0\0\0\1\1'
	attribute 47 attributes-charset utf-8
	attribute 48 attributes-natural-language en
	attribute 45 printer-uri "ipp://$SPOOLD/ipp/print/photo"
	attribute 49 document-format application/pdf
	printf '\3'
} >"$E2E/tmp/request"
ok "spoold, as it comes" settings 'min-ppi = 50'
spoold_child front >"$E2E/tmp/front" && spoold_child preflig >"$E2E/tmp/preflight"
exec {slow}<>"/dev/tcp/localhost/$SPOOLD_PORT"
printf 'POST /ipp/print/photo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n' \
	$(($(stat -c %s "$E2E/tmp/request") + $(stat -c %s "$large"))) >&$slow
cat "$E2E/tmp/request" >&$slow
head -c 600000 "$large" >&$slow
ok "a large document comes, and its checker" wait_until 20 '[ "$(checkers)" = 1 ]'
ok "which breaks down in it" kill -SEGV "$(descendants "$(spoold_child preflig)")"
ok "meanwhile another's is taken" by_print_job "$photo" image/jpeg
unlike "and checked" "$ipp_said" 'status-message'
tail -c +600001 "$large" >&$slow
said=$(timeout 30 cat <&$slow | tr -d '\0')
exec {slow}>&-
like "it is refused in words" "$said" 'document \(application/pdf\) is damaged'
like "the log says of what" "$(cat "$E2E/log/spoold.out")" 'checker [0-9]+ was ended by signal 11'
is "front and preflight go on" "$(spoold_child front) $(spoold_child preflig)" "$(cat "$E2E/tmp/front") $(cat "$E2E/tmp/preflight")"

ok "spoold without preflight" settings 'preflight = off'
ok "takes everything" by_print_job "$docs/hole.jpg" image/jpeg
unlike "without a word" "$ipp_said" 'status-message'
e2e_end
