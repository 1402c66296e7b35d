#!/bin/bash
# What TLS is spoken, with which certificate, and who is served without.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/net.sh"
net_alone "$@"

# handshake VERSION: what openssl agrees on with spoold; empty if nothing
handshake()
{
	timeout 10 openssl s_client -connect "localhost:$SPOOLD_PORT" "-$1" \
		-cipher DEFAULT:@SECLEVEL=0 </dev/null 2>/dev/null |
		sed -n 's/^ *New, \(TLSv[0-9.]*\), Cipher is [^(].*/\1/p'
}
shown() { timeout 10 openssl s_client -connect "localhost:$SPOOLD_PORT" </dev/null 2>/dev/null | openssl x509 -noout "$@"; }
log_has() { grep -qE "$1" "$E2E/log/spoold.out"; }
# from the customer's machine, in clear: the HTTP status
clear_status()
{
	there bash -c "exec 3<>/dev/tcp/$SHOP_ADDRESS/$SPOOLD_PORT &&
		printf 'GET / HTTP/1.1\r\nHost: shop:$SPOOLD_PORT\r\n\r\n' >&3 &&
		read -r -t 10 _ status _ <&3 && echo \$status"
}
make_pair() # DAYS SUBJECT
{
	openssl req -x509 -newkey rsa:2048 -nodes -days "$1" -subj "/CN=$2" \
		-keyout "$E2E/state/tls/shop.key" -out "$E2E/state/tls/shop.crt" 2>/dev/null
	chmod 644 "$E2E/state/tls/shop.key"
}

e2e_begin
ok "two machines and a cable" net_open
CUPS_SOCKET=$E2E/none
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT
spoold_conf | sed "s/^listen = .*/listen = {\"*:$SPOOLD_PORT\"}/" >"$E2E/spoold.conf"
ok "spoold starts" spoold_run

# --- versions
is "TLS 1.0 is refused" "$(handshake tls1)" ""
is "TLS 1.1 is refused" "$(handshake tls1_1)" ""
is "TLS 1.2 is spoken" "$(handshake tls1_2)" TLSv1.2
is "TLS 1.3 is spoken" "$(handshake tls1_3)" TLSv1.3
ok "front is killed" spoold_kill_child front
ok "and comes again" wait_until 20 spoold_answers
is "TLS 1.1 is still refused" "$(handshake tls1_1)" ""

# --- the certificate
like "it is for this host" "$(shown -subject)" 'CN = shop'
like "and its names" "$(shown -ext subjectAltName)" 'DNS:shop, DNS:shop.local, DNS:localhost'
like "its key is on P-256, which costs a crowd little of us" "$(shown -text)" 'NIST CURVE: P-256'
like "a client of TLS 1.2 takes it" "$(timeout 10 openssl s_client -connect "localhost:$SPOOLD_PORT" -tls1_2 \
	-cipher ECDHE-ECDSA-AES128-GCM-SHA256 </dev/null 2>/dev/null)" 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256'
is "its key is front's alone" "$(stat -c '%U %a' "$E2E/state/tls/shop.key")" "nobody 600"
make_pair 400 "Our own"
kill -HUP "${process_pid[spoold]}"
ok "one's own is taken at SIGHUP" wait_until 10 'shown -subject | grep -q "Our own"'
is "and its key closed" "$(stat -c '%U %a' "$E2E/state/tls/shop.key")" "nobody 600"
unlike "a good one is not talked about" "$(cat "$E2E/log/spoold.out")" 'expire'
make_pair 20 "Short lived"
spoold_stop
ok "spoold starts with one that ends soon" spoold_run
ok "and says so" log_has 'certificate of shop expires in (19|20) days: put a new shop.key'
rm "$E2E/state/tls/shop.crt"
kill -HUP "${process_pid[spoold]}"
ok "without one, SIGHUP makes one" wait_until 15 'shown -subject | grep -q "CN = shop"'

# --- in clear
is "another machine in clear is told to begin TLS" "$(clear_status)" 426
ok "this machine is served in clear" ipp_printer_attribute "$SPOOLD/ipp/print/photo" printer-state
ok "another machine is served in TLS" there timeout 20 ipptool -E -q \
	-d attribute=printer-state "ipp://$SHOP_ADDRESS:$SPOOLD_PORT/ipp/print/photo" "$TOP_SRCDIR/tests/e2e/ipp/printer.test"
spoold_stop
echo 'clear-text = true' >>"$E2E/spoold.conf"
ok "with clear-text" spoold_run
is "it is served in clear, too" "$(clear_status)" 200
e2e_end
