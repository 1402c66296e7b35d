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
 log-level = debug"
[ -z "$FAR" ] || SPOOLD_SETTINGS+=" listen += {\"$FAR:$FAR_PORT\"}"
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)
pid=$(front_pid)

is "collections 5 deep are read" "$(stranger nest 5)" "http 200 ipp 0x0000"
is "20,000 deep they are a bad request" "$(stranger nest 20000)" "http 200 ipp 0x0400"
is "3,000 attributes are too many" "$(stranger attributes 3000)" "http 200 ipp 0x0408"
is "a megabyte of attributes is too much" "$(stranger bytes 1000000)" "http 200 ipp 0x0408"
like "a header without an end is cut off" "$(stranger header 100000000)" '^closed'
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

is "an upload that is cut off makes no order" "$(stranger cut image/jpeg "$jpg" 1000)" "http 200 ipp 0x0411"
is "whole, it does" "$(stranger cut image/jpeg "$jpg" 99999999)" "http 200 ipp 0x0000"
is "and only that one is there" "$(CUPS_SERVER=$SPOOLD lpstat -h "$SPOOLD" -o | wc -l)" 1

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
