#!/bin/bash
# What the station tells of an order before it asks: each document with its size, pixels an inch
# and warnings, and what it costs; so do JSON and the ticket, in both languages. Codes are typed,
# and scanned by a barcode reader, which is a keyboard.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp

# order TEST PIN FILE [ipptool option...]: its number in $order
order()
{
	local said
	said=$(timeout 20 ipptool -tv -d "pin=$2" -d filetype=image/jpeg -f "$3" "${@:4}" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/$1.test" 2>&1) || { diag "$said"; return 1; }
	order=$(sed -n '/RECEIVED/,$s/^ *job-id ([^)]*) = //p' <<<"$said" | head -1)
	[[ $order =~ ^[0-9]+$ ]]
}
# look PIN NUMBER [OPTION...]: $said is what the station tells of it
look()
{
	said=$(env -u LC_ALL LC_MESSAGES="${tongue:-C}" "$TOP_BUILDDIR/tools/release" -s "$STATION" \
		--list "${@:3}" "$2" <<<"$1" 2>&1)
}
one_line() { tr '\n' ' ' | tr -s ' '; }
ticket() { operator --code-file 0 "${@:3}" ticket "$1" <<<"$2"; }
text_of() { gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=txtwrite -sOutputFile=- "$1"; }

e2e_begin
PHOTO_SETTINGS='prices = "0.39 iso_a4_210x297mm=1.205 na_letter_8.5x11in=1.50"'
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg) small=$(shop_document small.jpg)

# --- pixels and warnings ---
ok "an order of a large picture" order print-pin 1001 "$photo"
look 1001 "$order"
like "its pixels an inch are told" "$said" 'kB  image/jpeg, [0-9]+ ppi'
unlike "without a warning" "$said" 'Please note'
ok "one of a small picture" order print-pin 1002 "$small"
look 1002 "$order"
like "its pixels, too" "$said" 'image/jpeg, [0-9]{1,2} ppi'
like "with a warning" "$(one_line <<<"$said")" 'ppi Please note: the picture has only [0-9]{1,2} pixels an inch'
is "said once" "$(grep -c 'Please note' <<<"$said")" 1
look 1002 "$order" --json
like "as JSON" "$said" '"claimcheck-ppi": ?[0-9]+, ?"claimcheck-warning": ?"Please note'
ipp_user=$(id -un)
ok "its owner asks by IPP" ipp Get-Documents "ipp://$SPOOLD/jobs/$order"
like "and is told" "$ipp_said" 'claimcheck-ppi \(integer\)'

# --- the price ---
ok "an order of two copies" order copies 2001 "$photo"
two=$order
look 2001 "$two"
like "has a price" "$said" '^  Price: 0\.78 EUR$'
look 2001 "$two" --copies 5
like "another one for other copies" "$said" '^  Price: 1\.95 EUR$'
look 2001 "$two" --json
like "as JSON" "$said" '"price": ?"0\.78 EUR"'
tongue=de_DE.UTF-8 look 2001 "$two"
like "in German" "$said" '^  Preis: 0,78 EUR$'
ok "an order of three" order several 2002 "$photo"
look 2002 "$order"
like "is the sum" "$said" '^  Price: 1\.17 EUR$'
look 2002 "$order" --only 1,3
like "of those that are wished" "$said" '^  Price: 0\.78 EUR$'
ok "an order on another sheet" submit photo "$photo" -o media=iso_a4_210x297mm
look 4711 "$ORDER"
like "has its price" "$said" '^  Price: 1\.205 EUR$'
ok "one of some pages" submit photo "$photo" -o page-ranges=1
look 4711 "$ORDER"
unlike "has none" "$said" 'Price'

# --- the ticket ---
ok "an order with a code" submit_for_code photo "$photo" image/jpeg
code=$CODE coded=$ORDER
like "its ticket has the price" "$(ticket "$coded" "$code")" '^  Price: 0\.39 EUR$'
sed 's/attributes-natural-language en/attributes-natural-language de/' "$ipp/order-code.test" >"$E2E/tmp/german.test"
said=$(timeout 20 ipptool -tv -f "$photo" -d type=image/jpeg "ipp://$SPOOLD/ipp/print/photo" "$E2E/tmp/german.test")
german=$(sed -n 's/^ *job-id (integer) = //p' <<<"$said")
german_code=$(sed -n 's/^ *claimcheck-claim-code ([^)]*) = //p' <<<"$said")
ticket=$(ticket "$german" "$german_code")
like "one in German" "$ticket" "Abholschein - Auftrag $german"
like "says what it costs" "$ticket" '^  Preis: 0,39 EUR$'
like "and until when" "$ticket" '^  Wartet bis [0-9]{2}\.[0-9]{2}\.20[0-9]{2}, '
ok "as PDF" eval 'ticket "$german" "$german_code" --pdf "$E2E/tmp/german.pdf"'
like "too" "$(text_of "$E2E/tmp/german.pdf")" 'Preis: 0,39 EUR'

# --- a barcode reader: what the ticket's bars say, at once, and Enter ---
ok "the ticket is printed" eval 'ticket "$coded" "$code" --pdf "$E2E/tmp/ticket.pdf" &&
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pnggray -r300 -sOutputFile="$E2E/tmp/page.png" "$E2E/tmp/ticket.pdf"'
scanned=$(zbarimg -q --raw "$E2E/tmp/page.png" 2>/dev/null | head -1)
is "its bars are read" "$scanned" "${code//-/}"
screen=$E2E/tmp/screen
coproc TERMINAL { TERM=vt100 LC_ALL=C exec script -qefc "$TOP_BUILDDIR/tools/release -s $STATION" /dev/null >"$screen" 2>&1; }
process_pid[terminal]=$TERMINAL_PID
exec {keys}>&"${TERMINAL[1]}"
wait_until 20 "grep -q 'Claim code or number' $screen"
printf '%s\r' "$scanned" >&"$keys"
ok "a scanned code opens its order" wait_until 20 "grep -q 'Order $coded of' $screen"
ok "asks" wait_until 20 "grep -q 'Produce it now' $screen"
printf 'y\r' >&"$keys"
ok "and has it made" wait_until 60 "grep -q 'Order $coded is done' $screen"
printf '%s\r' "${scanned:0:6}${scanned:7}" >&"$keys"
ok "one that was read badly is told as such" wait_until 20 "grep -q 'mistyped' $screen"
printf '%s\t\r\n' "$(tr '[:upper:]' '[:lower:]' <<<"${german_code//-/}")" >&"$keys"
ok "a reader may write small, and end with a tabulator" wait_until 20 "grep -q 'Order $german of' $screen"
printf 'n\r\004' >&"$keys"
wait_until 10 '! process_alive terminal'
exec {keys}>&-
unset "process_pid[terminal]"

ok "the store is sound" operator check
e2e_end
