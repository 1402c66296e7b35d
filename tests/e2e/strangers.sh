#!/bin/bash
# Front and people who mean no good: each is turned away, and the others are served.
. "$(dirname "$0")/lib.sh"

stranger() { timeout 60 "$TOP_BUILDDIR/tests/e2e/stranger/stranger" "$SPOOLD_PORT" "$@"; }
served() { ipp Get-Printer-Attributes "ipp://$SPOOLD/ipp/print/photo"; }
front_pid() { spoold_child front; }
# An address of this machine that is not loopback, if it has one.
far_address() { hostname -I 2>/dev/null | tr ' ' '\n' | grep -m1 '^[0-9.]*$'; }

e2e_begin
FAR=$(far_address)
port_pick FAR_PORT
SPOOLD_SETTINGS="max-connections-per-address = 8 request-timeout-s = 3 max-attributes-bytes = 256K
 idle-timeout-s = 2 max-document-bytes = 2M max-order-bytes = 3M max-documents = 3 max-pixels = 2160000
 log-level = debug"
[ -z "$FAR" ] || SPOOLD_SETTINGS+=" listen += {\"$FAR:$FAR_PORT\"}"
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)
pid=$(front_pid)

# Each bound, at it and one above: max-collection-depth, max-attributes, max-values are the
# defaults; the request has 4 attributes besides.
is "collections 8 deep are read" "$(stranger nest 8)" "http 200 ipp 0x0000"
is "9 deep they are a bad request" "$(stranger nest 9)" "http 200 ipp 0x0400"
is "2,000 attributes are read" "$(stranger attributes 1996)" "http 200 ipp 0x0000"
is "2,001 are too many" "$(stranger attributes 1997)" "http 200 ipp 0x0408"
is "20,000 values are read" "$(stranger values 19996)" "http 200 ipp 0x0000"
is "20,001 are too many" "$(stranger values 19997)" "http 200 ipp 0x0408"
is "262,144 bytes of attributes are read (max-attributes-bytes)" "$(stranger total 262144)" "http 200 ipp 0x0000"
is "262,145 are too many" "$(stranger total 262145)" "http 200 ipp 0x0408"
is "a header of 250,000 bytes is read" "$(stranger head 250000 | cut -c1-8)" "http 200"
is "20,000 deep they are a bad request" "$(stranger nest 20000)" "http 200 ipp 0x0400"
is "3,000 attributes are too many" "$(stranger attributes 3000)" "http 200 ipp 0x0408"
is "a megabyte of attributes is too much" "$(stranger bytes 1000000)" "http 200 ipp 0x0408"
like "a header without an end is cut off" "$(stranger header 100000000)" '^closed'
is "100 requests in one piece are served, one after the other" "$(stranger pipeline 100)" "served 100 of 100"
is "who waits for 100 Continue gets it" "$(stranger expect)" "continue, http 200 ipp 0x0000"
is "a document in chunks without end is too large" "$(stranger chunks)" "http 200 ipp 0x0408"
is "who announces less than comes has sent a bad request" "$(stranger lie 10)" "http 200 ipp 0x0400"
like "who announces more holds nobody up" "$(stranger lie -10)" '^(no answer|http 200)'
for length in -1 99999999999999999999 12x; do
	like "with a length of $length nothing is taken" "$(printf \
		'POST /ipp/print HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\nContent-Length: %s\r\n\r\n' \
		"$length" | stranger raw)" '^(http 400|no answer|http 200 ipp 0x0400)'
done
near() { like "$1" "$2" "^closed after ($3[0-9][0-9][0-9]) ms"; }
near "half a TLS handshake is cut off" "$(stranger half)" '[2-4]'
near "who idles is cut off" "$(stranger idle)" '[1-4]'
like "who reads no answer is cut off" "$(stranger deaf)" "^closed after "
is "what is not HTTP is refused" "$(printf 'BREW /pot HTTP/1.1\r\n\r\n' | stranger raw)" "http 400"
like "nor is half a request waited for" "$(printf 'POST /ipp HTTP/1.1\r\n' | stranger raw)" 'no answer|http 400'
is "what is not IPP is refused" \
	"$(printf 'POST /ipp/print HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi' | stranger raw)" "http 415"
is "nonsense as IPP is a bad request" \
	"$(printf 'POST /ipp/print HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\nContent-Length: 12\r\n\r\nhello, world' | stranger raw)" \
	"http 200 ipp 0x0400"
is "a page of ours" "$(printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | stranger raw | cut -c1-8)" "http 200"
is "no page of the machine's" \
	"$(printf 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n' | stranger raw | cut -c1-8)" "http 404"

# A byte every 100 ms is 30 in three seconds, then it is over; others are served meanwhile.
stranger drip 100 >"$E2E/tmp/drip" &
drip=$!
ok "while one drips its bytes, others are served" served
wait "$drip"
like "at its deadline it is cut off" "$(cat "$E2E/tmp/drip")" 'closed after (2[5-9]|3[0-9]|4[0-4])[0-9][0-9] ms'
ok "one address has as many connections as allowed, and no more" \
	wait_until 20 '[ "$(stranger crowd 20)" = "served 8 of 20" ]'
ok "afterwards it is served again" wait_until 10 served

# Together they have fewer than the addresses may have: 12, of one that may have 40.
spoold_stop
settings=$SPOOLD_SETTINGS
SPOOLD_SETTINGS="max-connections = 12 max-connections-per-address = 40 log-level = debug"
ok "spoold with 12 places" spoold_start
ok "12 of 40 are let in" wait_until 20 '[ "$(stranger crowd 40)" = "served 12 of 40" ]'
spoold_stop
SPOOLD_SETTINGS=$settings
ok "as before" spoold_start
pid=$(front_pid)

# Of what is taken: bytes of a document and an order, documents, pixels.
say() { sed -n 's/^ *status-code = [^(]*(\(.*\))$/\1/p' <<<"$ipp_said" | head -1; }
print_job()
{
	ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" 'ATTR mimeMediaType document-format application/pdf' "FILE $1"
}
grown() # grown BYTES: a PDF of so many bytes, its end where it belongs
{
	local pdf=$E2E/documents/grown.pdf
	{
		printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]>>\nendobj\n%%'
		head -c "$(($1 - 400))" /dev/zero | tr '\0' x
		printf '\ntrailer\n<</Root 1 0 R>>\n%%%%EOF\n'
	} >"$pdf"
	truncate -s "$1" "$pdf"
	echo "$pdf"
}
ok "a printer tells these bounds" served
is "of a document" "$(ipp_value jpeg-k-octets-supported) $(ipp_value pdf-k-octets-supported)" "0-2048 0-2048"
is "and of an order" "$(ipp_value job-k-octets-supported)" 0-3072
ok "a document of 2 MiB is taken" print_job "$(grown 2097152)"
no "one byte more is not" print_job "$(grown 2097153)"
is "which is said" "$ipp_status: $(say)" \
	"client-error-request-entity-too-large: The document is larger than 2097152 bytes."
no "a picture of more pixels than max-pixels is not" print_job "$(shop_document huge.jpg)"
like "which is said" "$(say)" 'too many pixels'
ok "one of exactly so many is" ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" "FILE $jpg"
ok "an order is begun" ipp Create-Job "ipp://$SPOOLD/ipp/print/photo"
several=$(ipp_value job-id)
send() { ipp Send-Document "ipp://$SPOOLD/jobs/$several" 'ATTR boolean last-document false' "FILE $1"; }
small=$(shop_document small.jpg)
for i in 1 2 3; do ok "document $i is taken" send "$small"; done
no "a fourth is not" send "$small"
is "which is said" "$(say)" "An order may have at most 3 documents."
ok "the others still count" ipp Close-Job "ipp://$SPOOLD/jobs/$several"

# As many bytes as an order may have, however many documents and chunks they are in.
ok "an order is begun" ipp Create-Job "ipp://$SPOOLD/ipp/print/photo"
several=$(ipp_value job-id)
ok "a document of 2 MiB" send "$(grown 2097152)"
ok "and one of 1 MiB are as many bytes as max-order-bytes" send "$(grown 1048576)"
ok "it is taken" ipp Close-Job "ipp://$SPOOLD/jobs/$several"
ok "it is cancelled" ipp Cancel-Job "ipp://$SPOOLD/jobs/$several"
ok "another is begun" ipp Create-Job "ipp://$SPOOLD/ipp/print/photo"
several=$(ipp_value job-id)
ok "with 2 MiB" send "$(grown 2097152)"
no "and a byte too many" send "$(grown 1048577)"
like "which is said" "$ipp_status: $(say)" '^client-error-request-entity-too-large: '
ok "it is cancelled" ipp Cancel-Job "ipp://$SPOOLD/jobs/$several"
is "an upload that is cut off makes no order" "$(stranger cut image/jpeg "$jpg" 1000)" "http 200 ipp 0x0411"
is "whole, it does" "$(stranger cut image/jpeg "$jpg" 99999999)" "http 200 ipp 0x0000"
is "and only what was taken is there" "$(CUPS_SERVER=$SPOOLD lpstat -h "$SPOOLD" -o | wc -l)" 4

ok "TLS from the first byte" ipp Get-Printer-Attributes "ipps://$SPOOLD/ipp/print/photo"
like "is what it then calls itself" "$(ipp_value printer-uri-supported)" '^ipps:'
ok "TLS by upgrade" eval 'ipptool -E -t "ipp://$SPOOLD/ipp/print/photo" get-printer-attributes.test'
if [ -n "$FAR" ]; then
	far="http://$FAR:$FAR_PORT/ipp/print"
	is "from afar, clear text is told to upgrade" \
		"$(curl -s -o /dev/null -w '%{http_code}' -X POST -H 'Content-Type: application/ipp' \
			--data-binary @/dev/null "$far")" 426
	is "and TLS is served" "$(curl -sk -o /dev/null -w '%{http_code}' "https://$FAR:$FAR_PORT/")" 200
	ok "a client that upgrades by itself gets through" \
		ipptool -t "ipp://$FAR:$FAR_PORT/ipp/print/photo" get-printer-attributes.test
else
	skip "clear text from afar" "this machine has no address but loopback"
fi
is "it is the same front all along" "$(front_pid)" "$pid"
e2e_end
