#!/bin/bash
# Front, as customers meet it: what plain clients send, what they get back, and what they
# get told when it can't be.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }
customers_lp() { CUPS_SERVER=$SPOOLD lp -h "$SPOOLD" "$@"; }
customers_lpstat() { CUPS_SERVER=$SPOOLD lpstat -h "$SPOOLD" "$@"; }
held_in_cupsd() { [ "$(cups_job_state "$(cups_job_of "$1")")" = held ]; }

print_job() # FILE TYPE LINES...
{
	local file=$1 type=$2
	shift 2
	ipp Print-Job "$(PHOTO_OF)" "ATTR mimeMediaType document-format $type" "$@" "FILE $file"
}

refused() # sentence STATUS WORDS FILE TYPE LINES...
{
	local sentence=$1 status=$2 words=$3
	shift 3
	print_job "$@"
	is "$sentence: $status" "$ipp_status" "$status"
	like "and says why" "$(ipp_value status-message)" "$words"
}

# What may be told of the order in $ipp_said, name by name.
names_told() { sed -n '/job-id/,$s/^ *\([a-z-]*\) (.*/\1/p' <<<"$ipp_said" | sort | tr '\n' ' '; }

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true max-pixels = 100000000 max-document-bytes = 20M
 max-documents = 2'
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)

# --- plain clients
customer_pin 1234
ok "lp takes a photograph with a PIN" customers_lp -d photo -o media=A4 "$jpg"
like "and says its number" "$tap_said" 'request id is photo-1 '
customer_without_pin
like "lpstat shows what it waits for" "$(customers_lpstat -l -o)" 'job-password-wait'
ok "cupsd has it as a held job" wait_until 20 'held_in_cupsd 1'
like "lpstat -t goes through" "$(customers_lpstat -t 2>&1)" 'printer plate is idle'
ok "lp takes one of standard input, in chunks" \
	eval 'cat "$jpg" | customers_lp -d photo -o media=A4 -'
ok "lp takes two files as one order" customers_lp -d photo "$jpg" "$jpg"
ipp_user=$(id -un) ipp Get-Job-Attributes "$(job 3)"
is "with two documents" "$(ipp_value number-of-documents)" 2
ok "cancel cancels it" eval 'CUPS_SERVER=$SPOOLD cancel -h "$SPOOLD" 3'
is "and it is canceled" "$(order_state 3)" canceled
ok "lpadmin -m everywhere makes a queue of it" \
	lpadmin -p ours -E -v "ipp://$SPOOLD/ipp/print/photo" -m everywhere
customer_pin 4321 ours
ok "a print through that queue" lp -d ours "$jpg"
ok "arrives here, with its PIN" wait_until 30 '[ "$(order_reasons 4 | grep -c password)" = 1 ]'
ok "and that queue goes idle" wait_until 20 '[ "$(queue_state ours)" = idle ]'
customer_without_pin

# --- identification
ok "Print-Job without a PIN" print_job "$jpg" image/jpeg
code=$(ipp_value claimcheck-claim-code)
number=$(ipp_value job-id)
like "answers with a claim code" "$code" '^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$'
like "and how to collect" "$(ipp_value job-state-message)" "$code"
ok "its owner may ask" ipp Get-Job-Attributes "$(job "$number")"
unlike "but is not told the code again" "$ipp_said" "$code"
is "which is in nobody's log" "$(grep -rl -e "$code" -e "${code//-/}" "$E2E/log" | grep -v said)" ""
no "another code opens nothing" ipp Release-Job "$(PHOTO_OF)" \
	"ATTR octetString job-password 0000-0000-0000"
is "and is not authorized" "$ipp_status" client-error-not-authorized
wrong=$(ipp_value status-message)
no "a mistyped code" ipp Release-Job "$(PHOTO_OF)" \
	"ATTR octetString job-password ${code%?}$([ "${code: -1}" = 7 ] && echo 8 || echo 7)"
like "is told to be one" "$(ipp_value status-message)" 'mistyped'
no "a wrong PIN" ipp Release-Job "$(job 1)" "ATTR octetString job-password 1235"
is "gets the words of an unknown code" "$(ipp_value status-message)" "$wrong"
no "an order that is not there" ipp Release-Job "$(job 4711)" "ATTR octetString job-password 1235"
is "gets the same words" "$(ipp_value status-message)" "$wrong"
ok "Get-Jobs with the code shows the order" ipp Get-Jobs "$(PHOTO_OF)" \
	"ATTR octetString job-password $code"
like "and its documents" "$ipp_said" 'claimcheck-documents .*image/jpeg'
ok "the code releases it" ipp Release-Job "$(PHOTO_OF)" "ATTR octetString job-password $code"
ok "and it is produced" wait_until 60 '[ "$(order_state "$number")" = completed ]'
ok "a PIN with the number releases it" ipp Release-Job "$(job 1)" "ATTR octetString job-password 1234"
ok "and it is produced, too" wait_until 60 '[ "$(order_state 1)" = completed ]'
choose_pin sha256
ok "a telephone sends its PIN as a digest" print_job "$jpg" image/jpeg \
	"ATTR keyword job-password-encryption sha2-256" "ATTR octetString job-password \"$digest\""
number=$(ipp_value job-id)
is "gets no code" "$(ipp_value claimcheck-claim-code)" ""
ok "and its owner types it in clear" ipp Release-Job "$(job "$number")" \
	"ATTR octetString job-password $pin"
choose_pin sha512
ok "a SHA2-512 digest" print_job "$jpg" image/jpeg \
	"ATTR keyword job-password-encryption sha2-512" "ATTR octetString job-password \"$digest\""
ok "works with its number" ipp Release-Job "$(job "$(ipp_value job-id)")" \
	"ATTR octetString job-password $pin"
no "a PIN of three digits" print_job "$jpg" image/jpeg "ATTR octetString job-password 123"
is "is refused as such" "$ipp_status" client-error-attributes-or-values-not-supported

# --- whose order it is
ok "an order of alice's" eval 'ipp_user=alice print_job "$jpg" image/jpeg "ATTR name job-name holiday"'
number=$(ipp_value job-id)
ok "bob may ask for it" eval 'ipp_user=bob ipp Get-Job-Attributes "$(job "$number")"'
is "and is told that it is there" "$(names_told)" \
	"job-id job-printer-up-time job-printer-uri job-state job-state-reasons job-uri "
no "but not cancel it" eval 'ipp_user=bob ipp Cancel-Job "$(job "$number")"'
is "since it is not his" "$ipp_status" client-error-not-authorized
ok "alice sees its name" eval 'ipp_user=alice ipp Get-Job-Attributes "$(job "$number")"'
is "which is" "$(ipp_value job-name)" holiday
ok "alice puts it on hold" eval 'ipp_user=alice ipp Hold-Job "$(job "$number")"'
ok "and lifts that" eval 'ipp_user=alice ipp Release-Job "$(job "$number")"'
is "it still waits for its code" "$(order_state "$number")" pending-held
ok "and cancels it" eval 'ipp_user=alice ipp Cancel-Job "$(job "$number")"'
ok "Cancel-My-Jobs" ipp Cancel-My-Jobs "$(PHOTO_OF)"

# --- several documents, several connections
ok "Create-Job" ipp Create-Job "$(PHOTO_OF)"
number=$(ipp_value job-id)
is "waits for documents" "$(ipp_value job-state-reasons)" job-incoming
no "nobody else may add one" eval 'ipp_user=bob ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document false" "FILE $jpg"'
ok "the first document" ipp Send-Document "$(job "$number")" "ATTR boolean last-document false" \
	"ATTR mimeMediaType document-format image/jpeg" "FILE $jpg"
is "brings no code yet" "$(ipp_value claimcheck-claim-code)" ""
no "one that is no picture is refused" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document false" "FILE /etc/passwd"
ok "and the order goes on" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document false" "FILE $jpg"
no "more than are allowed are refused" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document true" "FILE $jpg"
ok "Close-Job ends it" ipp Close-Job "$(job "$number")"
like "and brings the code" "$(ipp_value claimcheck-claim-code)" '^[0-9A-Z]{4}-'
no "then it takes no more" ipp Send-Document "$(job "$number")" \
	"ATTR boolean last-document true" "FILE $jpg"
is "since that is not possible" "$ipp_status" client-error-not-possible
ok "Get-Documents" ipp Get-Documents "$(job "$number")"
is "tells of both" "$(grep -c document-number <<<"$ipp_said")" 2
ok "gzip" print_job "$jpg" image/jpeg "ATTR keyword compression gzip" "COMPRESSION gzip"
ipp Get-Job-Attributes "$(job "$(ipp_value job-id)")"
is "arrives whole" "$(ipp_value job-k-octets)" $((($(stat -c %s "$jpg") + 1023) / 1024))
ok "deflate, too" print_job "$jpg" image/jpeg "ATTR keyword compression deflate" "COMPRESSION deflate"

# --- documents that can't be
t=$E2E/tmp
: >"$t/empty"
head -c 3000 "$jpg" >"$t/cut.jpg"
{ printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\352\140\0\0\352\140\10\2\0\0\0crc.'
  printf '\0\0\0\0IENDcrc.'; } >"$t/huge.png"
printf '%%PDF-1.4\ntrailer <</Root 1 0 R /Encrypt 2 0 R>>\n%%%%EOF\n' >"$t/locked.pdf"
head -c 21000000 /dev/zero >"$t/large"
{ printf '\377\330\377\340\0\4\0\0'; cat "$t/large"; } >"$t/large.jpg"
error=client-error-document-format-error
refused "0 bytes" $error 'empty \(0 bytes\)' "$t/empty" image/jpeg
refused "not an image" $error 'not a picture.*image/jpeg' /etc/passwd application/octet-stream
refused "a truncated image" $error 'ends in the middle' "$t/cut.jpg" image/jpeg
refused "60,000 x 60,000 pixels in 61 bytes" $error '60000 x 60000' "$t/huge.png" image/png
refused "an encrypted PDF" client-error-document-password-error 'encrypted' "$t/locked.pdf" application/pdf
refused "a JPEG that is announced as PNG" $error 'announced as image/png but is image/jpeg' "$jpg" image/png
refused "a format that is not taken" client-error-document-format-not-supported 'text/plain' \
	/etc/passwd text/plain
refused "PostScript for photographs" client-error-document-format-not-supported 'postscript' \
	"$jpg" application/postscript
refused "21 MB where 20 are allowed" client-error-request-entity-too-large '20971520' \
	"$t/large.jpg" image/jpeg
ipp_language=de refused "German words for Germans" $error 'leer \(0 Bytes\)' "$t/empty" image/jpeg
gzip -c "$jpg" | head -c 2000 >"$t/cut.gz"
refused "a gzip that is cut off" client-error-compression-error 'not whole gzip data' "$t/cut.gz" \
	image/jpeg "ATTR keyword compression gzip"
refused "a compression nobody knows" client-error-compression-not-supported 'zstd' "$jpg" image/jpeg \
	"ATTR keyword compression zstd"
refused "a paper that is not there" client-error-attributes-or-values-not-supported 'media' "$jpg" \
	image/jpeg "GROUP job-attributes-tag" "ATTR keyword media iso_a0_841x1189mm"
like "it is named as unsupported" "$ipp_said" 'media \(keyword\) = iso_a0'
ok "an option of the queue's PPD is taken" ipp Print-Job "ipp://$SPOOLD/ipp/print/plate" \
	"GROUP job-attributes-tag" "ATTR keyword CcRuling 150" "FILE $jpg"
number=$(ipp_value job-id)
is "as it is" "$ipp_status" successful-ok
ok "it is in cupsd" wait_until 20 'held_in_cupsd "$number"'
is "with that option" "$(cups_job_attribute "$(cups_job_of "$number")" CcRuling)" 150
ok "an attribute nobody knows is passed over" print_job "$jpg" image/jpeg \
	"GROUP job-attributes-tag" "ATTR keyword sides two-sided-long-edge"
is "and said to be" "$ipp_status" successful-ok-ignored-or-substituted-attributes
refused "unless the customer insists" client-error-attributes-or-values-not-supported 'sides' "$jpg" \
	image/jpeg "ATTR boolean ipp-attribute-fidelity true" "GROUP job-attributes-tag" \
	"ATTR keyword sides two-sided-long-edge"
no "a printer that is not there" ipp Get-Printer-Attributes "ipp://$SPOOLD/ipp/print/nobody"
is "is not found" "$ipp_status" client-error-not-found

# --- front dies
customer_pin 2468
customers_lp -d photo "$jpg" >/dev/null
before=$(customers_lpstat -o | wc -l)
ok "front is killed" spoold_kill_child front
ok "and comes again" wait_until 20 spoold_answers
is "with every order" "$(customers_lpstat -o | wc -l)" "$before"
e2e_end
