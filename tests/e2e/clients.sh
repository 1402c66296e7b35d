#!/bin/bash
# What customers print from: each client's requests as it sends them (tests/ipp/clients), lp
# itself, and a queue of CUPS in front; what comes back, and where a PIN goes.
. "$(dirname "$0")/lib.sh"

photo() { echo "ipp://127.0.0.1:$SPOOLD_PORT/ipp/print/photo"; }
customers_lp() { CUPS_SERVER=$SPOOLD lp -h "$SPOOLD" "$@"; }

# client NAME FILE: every request of tests/ipp/clients/NAME.test, a fact each
client()
{
	local line name
	said=$(timeout 60 ipptool -tI -V 2.0 -f "$2" -d user=ada -d "pin=$pin" -d "digest=$digest" \
		"$(photo)" "$TOP_SRCDIR/tests/ipp/clients/$1.test" 2>&1)
	while IFS= read -r line; do
		name=$(sed 's/ *\[.*//; s/^ *//' <<<"$line")
		case $line in
		*'[PASS]'*) pass "$name" ;;
		*) fail "$name" "$(grep -F -A 12 -e "$name" <<<"$said")" ;;
		esac
	done < <(grep -E '\[(PASS|FAIL|SKIP)\]' <<<"$said")
	like "$1: every request of it was asked" "$(grep -c '\[PASS\]' <<<"$said")" \
		"^$(grep -c '^	NAME' "$TOP_SRCDIR/tests/ipp/clients/$1.test")$"
}

orders() { operator orders 2>/dev/null | grep -c '^ *[0-9]'; }

e2e_begin
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)
pdf=$(shop_document photo.pdf 2>/dev/null) || pdf=$E2E/tmp/a.pdf
[ -s "$pdf" ] || gs -q -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o "$pdf" -c '/Helvetica findfont 40 scalefont setfont 72 400 moveto (holiday) show showpage'
choose_pin sha256
client cups "$jpg"
client macos "$pdf"
client ios "$jpg"
client windows "$pdf"
client android "$pdf"

# --- lp
customer_pin 8642
ok "lp prints with a PIN" customers_lp -d photo -o media=A4 "$jpg"
ORDER=$(sed -n 's/^request id is photo-\([0-9]*\) .*/\1/p' <<<"$tap_said")
like "lpstat says what it waits for" "$(CUPS_SERVER=$SPOOLD lpstat -h "$SPOOLD" -l -o)" 'job-password-wait'
customer_without_pin
no "another PIN does not release it" eval 'PIN=8643 release_order "$ORDER"'
ok "order number and PIN do" eval 'PIN=8642 release_order "$ORDER"'
ok "and it is printed" wait_until 60 '[ "$(order_state "$ORDER")" = completed ]'
ok "lp -h, as plain as it comes" customers_lp -d photo "$jpg"
plain=$(sed -n 's/^request id is photo-\([0-9]*\) .*/\1/p' <<<"$tap_said")
is "waits, too" "$(order_state "$plain")" pending-held
declare -A where=([media-type]=media-col [MediaType]=MediaType)
for option in media-type MediaType; do
	choice=photographic-glossy
	[ $option = MediaType ] && choice=Glossy
	ok "lp -o $option=$choice" customers_lp -d photo -o media=A4 -o "$option=$choice" "$jpg"
	number=$(sed -n 's/^request id is photo-\([0-9]*\) .*/\1/p' <<<"$tap_said")
	ipp_user=$(id -un) ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$number"
	echo "$ipp_said" >"$E2E/log/$option"
	like "arrives" "$ipp_said" "$choice"
	ok "and cupsd's job has the paper" wait_until 20 'cups_job_attribute "$(cups_job_of $number)" ${where[$option]} | grep -q "$choice"'
done

# --- a queue of CUPS in front
ok "lpadmin -m everywhere makes a queue of it" lpadmin -p front -E -v "$(photo)" -m everywhere
customer_pin 9753 front
before=$(operator orders | wc -l)
ok "a print with a PIN through that queue" lp -d front "$jpg"
ok "arrives here" wait_until 30 '[ "$(operator orders | wc -l)" -gt "$before" ]'
ORDER=$(operator -j orders | grep -oE '"number": *[0-9]+' | grep -oE '[0-9]+' | sort -n | tail -1)
customer_without_pin
is "as an order of the user's" "$(operator -j show "$ORDER" | grep -oE '"user": *"[^"]*"' | cut -d'"' -f4)" "$(id -un)"
ok "the queue goes idle, though the order waits" wait_until 30 '[ "$(queue_state front)" = idle ]'
is "for its PIN" "$(order_reasons "$ORDER" | grep -o job-password-wait)" job-password-wait
ok "order number and PIN release it" eval 'PIN=9753 release_order "$ORDER"'
ok "and it is printed, too" wait_until 60 '[ "$(order_state "$ORDER")" = completed ]'

# --- languages
message() # LANGUAGE
{
	ipp_language=$1 ipp Get-Printer-Attributes "ipp://$SPOOLD/ipp/print/plate" \
		"ATTR keyword requested-attributes printer-state-message"
	ipp_value printer-state-message
}
lpadmin -x plate
ok "a printer without its queue says so" wait_until 20 'message en | grep -q "does not answer"'
for language in de de-DE de-at; do
	like "in German for $language" "$(message $language)" 'antwortet nicht'
done
for language in fr en-gb nl-de; do
	like "in English for $language" "$(message $language)" 'does not answer'
done
ipp_language=de-ch ipp_user=$(id -un) ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$plain"
like "an order says in German what it waits for" "$(ipp_value job-state-message)" 'Wartet, bis sein Abholcode'
is "and that it is German" "$(ipp_value attributes-natural-language)" de
is "in UTF-8" "$(ipp_value attributes-charset)" utf-8

# --- where the PINs went
printf '%s\n' 8642 9753 >"$E2E/.secrets"
is "not into spoold's log" "$(grep -laF -f "$E2E/.secrets" "$E2E/log/spoold.out")" ""
is "nor its folders" "$(grep -rlaF -f "$E2E/.secrets" "$E2E/state" "$E2E/run")" ""
# CUPS leaves it where it always does, on the customer's machine: doc/claimcheck-ipp.7, CAVEATS
diag "CUPS in front has it in: $(grep -rlaF 9753 "$E2E/log" "$E2E/cups/spool" | sed "s|$E2E/||" | paste -sd' ')"
e2e_end
