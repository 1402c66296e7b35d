#!/bin/bash
# Two stations, two processes of release, one order, the same moment: exactly one releases it,
# and the other is told that it is released.
#   RACES=N   so many orders; without it a short share
# `make check-stations` runs 1,000. The last result is in doc/testing.md.
. "$(dirname "$0")/../e2e/lib.sh"

races=${RACES:-20}

# station_begin 1|2: it has asked for the PIN, or is about to, and waits for it
station_begin()
{
	local pipe=$E2E/tmp/keys$1
	[ -p "$pipe" ] || mkfifo "$pipe"
	env LC_ALL=C "$TOP_BUILDDIR/tools/release" -s "$STATION" --yes --no-wait \
		<"$pipe" >"$E2E/tmp/race$1" 2>&1 &
	station_pid[$1]=$!
	exec {keys[$1]}>"$pipe"
	echo "$ORDER" >&"${keys[$1]}"
}

e2e_begin
# the orders stay released, and are all of one customer
SPOOLD_SETTINGS='grant-timeout-s = 3600 max-orders-per-user = 0'
ok "the shop opens" shop_open
photo=$(shop_document small.jpg)
cupsdisable photo
ok "its printer is stopped" wait_until 20 '[ "$(spoold_printer_state photo)" = stopped ]'
wins=0 told=0 first=0
for ((i = 0; i < races; i++)); do
	submit photo "$photo" || { fail "order $i is taken"; break; }
	station_begin 1
	station_begin 2
	# the one that hears it first is now this one, now that one
	echo "${PIN:-4711}" >&"${keys[1 + i % 2]}"
	echo "${PIN:-4711}" >&"${keys[2 - i % 2]}"
	for s in 1 2; do
		exec {keys[$s]}>&-
		wait "${station_pid[$s]}"
		case $? in
		0) wins=$((wins + 1)); [ "$s" = 2 ] || first=$((first + 1)) ;;
		5) told=$((told + 1)) ;;
		*) diag "order $ORDER, station $s: $(cat "$E2E/tmp/race$s")" ;;
		esac
	done
done
is "of two stations one wins" "$wins" "$races"
is "and the other is told" "$told" "$races"
diag "the first station was faster $first times"
is "the audit has each release once" \
	"$(operator --event released -j audit | grep -o '"number":[0-9]*' | sort | uniq -c | awk '$1 == 1' | wc -l)" "$races"
is "nothing is printed" "$(printer_taken pixel)" 0
ok "the store is sound" operator check
ok "the audit is whole" operator --verify audit
e2e_end
