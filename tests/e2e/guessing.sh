#!/bin/bash
# 10,000 wrong claim codes at full speed, each with a check symbol that is right, over one
# connection: nothing opens, nobody else waits, and neither log, audit nor store grows by it.
. "$(dirname "$0")/lib.sh"

GUESSES=10000

# An ipptool file of GUESSES requests, each with a code that could be (lib/order/code.h).
guesses()
{
	python3 - "$GUESSES" <<-'END'
		import secrets, sys
		alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

		def code():
		    symbols = [secrets.randbelow(32) for _ in range(15)]
		    total = 0
		    for s in symbols + [0]:
		        total = total << 1 ^ (0x25 if total & 16 else 0) ^ s
		    return "".join(alphabet[s] for s in symbols + [total])

		for n in range(int(sys.argv[1])):
		    print(f"""{{
		        NAME "guess" OPERATION Release-Job GROUP operation-attributes-tag
		        ATTR charset attributes-charset utf-8
		        ATTR naturalLanguage attributes-natural-language en
		        ATTR uri printer-uri $uri
		        ATTR name requesting-user-name mallory
		        ATTR octetString job-password "{code()}"
		        ATTR keyword job-password-encryption none
		        STATUS successful-ok }}""")
	END
}
answers() { sed -n 's/.*EXPECTED: STATUS successful-ok (got \(.*\))$/\1/p' "$E2E/tmp/answers" | sort | uniq -c | sort -rn; }
bytes() { du -sb "$1" | cut -f1; }
entries() { operator audit | wc -l; }

e2e_begin
SPOOLD_LOGLEVEL=info
SPOOLD_SETTINGS='release-over-tcp = true
code-length = 16'
ok "the shop opens" shop_open
photo=$(shop_document small.jpg)
ok "an order with a code" submit_for_code photo "$photo" image/jpeg
ok "and one with a PIN" submit photo "$photo"
guesses >"$E2E/tmp/guesses.test"
log_before=$(bytes "$E2E/log/spoold.out") store_before=$(bytes "$E2E/state/keep") entries_before=$(entries)

timeout 300 ipptool -tI "ipp://$SPOOLD/ipp/print/photo" "$E2E/tmp/guesses.test" >"$E2E/tmp/answers" 2>&1 &
guesser=$!
ok "the guesses are under way" wait_until 20 'grep -q "guess" "$E2E/tmp/answers"'
begin=$(date +%s%N)
ok "somebody else's order is released meanwhile" release_code "$CODE" --no-wait
diag "after $((($(date +%s%N) - begin) / 1000000)) ms"
ok "while the guesses go on" kill -0 $guesser
wait "$guesser"
diag "$(answers)"
is "every guess was answered" "$(grep -c '\[\(PASS\|FAIL\)\]$' "$E2E/tmp/answers")" $GUESSES
is "and none opened anything" "$(grep -c '\[PASS\]$' "$E2E/tmp/answers")" 0
log_grown=$(($(bytes "$E2E/log/spoold.out") - log_before))
store_grown=$(($(bytes "$E2E/state/keep") - store_before))
audit_grown=$(($(entries) - entries_before))
diag "log: $log_grown bytes, store: $store_grown bytes, audit: $audit_grown entries"
ok "the log has a few lines more" test $log_grown -lt 20000
ok "the audit a few entries" test $audit_grown -lt 60
ok "and the store has not grown by it" test $store_grown -lt 1000000
ok "the one with a PIN opens" release_order "$ORDER"
e2e_end
