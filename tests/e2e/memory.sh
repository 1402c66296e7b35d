#!/bin/bash
# What lies in the memory of spoold's processes: secrets in locked pages, none of a customer's
# after he was served, and no core whoever falls, whatever limits it was started with.
. "$(dirname "$0")/lib.sh"

status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$(spoold_child "$1")/status"; }
locked() { status_of "$1" VmLck | cut -d' ' -f1; }
look() { "$TOP_BUILDDIR/tests/e2e/memory/look" "$@"; }
# Each spelling of a claim code
code_texts() { printf '%s\n%s\n' "$CODE" "${CODE//-/}"; }
cores() { find / "$E2E" /tmp -maxdepth 1 -name 'core*' -newer "$E2E/spoold.conf" 2>/dev/null; }

e2e_begin
ulimit -c unlimited 2>/dev/null
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
for who in keep front; do
	is "$who is not dumpable: its memory is root's to see" \
		"$(stat -c %U "/proc/$(spoold_child $who)/mem")" root
	is "$who may leave no core" \
		"$(awk '/Max core/ { print $5, $6 }' "/proc/$(spoold_child $who)/limits")" '0 0'
done
ok "an order waits" submit_for_code photo "$photo" image/jpeg
for who in keep front; do
	ok "$who has locked pages" test "$(locked $who)" -gt 0
done
ok "it is released" release_code "$CODE"
ok "and printed" wait_until 60 '[ "$(order_state $ORDER)" = completed ]'
keep=$(spoold_child keep) front=$(spoold_child front)
sed -n '2s/.* //p' "$E2E/state/keep/site-secrets" >"$E2E/tmp/hex"
for pid in "$keep" "$front"; do
	ok "the search finds what both have: a folder's name" \
		test -n "$(look "$pid" <<<"$E2E/state")"
done
is "keep has no code any more" "$(look "$keep" <<<"$(code_texts)")" ''
is "nor has front" "$(look "$front" <<<"$(code_texts)")" ''
is "keep has the site's secret in no text" "$(look "$keep" <"$E2E/tmp/hex")" ''
is "nor has front" "$(look "$front" <"$E2E/tmp/hex")" ''

for who in front keep; do
	was=$(spoold_child $who)
	kill -ABRT "$was"
	ok "$who falls" wait_until 10 "! pid_alive $was"
	ok "and is started again" wait_until 30 "[ -n \"\$(spoold_child $who)\" ] && spoold_answers"
	is "without a core" "$(cores)" ''
done
ok "keep looked its store over first" \
	grep -q 'the last keep fell: its store is looked over first' "$E2E/log/spoold.out"

# --- over and over ---
for i in 2 3 4 5; do
	wait_until 30 '[ -n "$(spoold_child keep)" ]'
	was=$(spoold_child keep)
	kill -ABRT "$was"
	wait_until 30 "! pid_alive $was"
done
ok "a keep that falls again and again ends spoold" wait_until 30 "! process_alive spoold"
ok "with words" grep -q 'keep fell 5 times in a row, and its store is whole' \
	"$E2E/log/spoold.out"
process_kill spoold TERM
is "and status 78" "$process_status" 78
e2e_end
