#!/bin/bash
# intake.sh [-r ROUNDS] - durable orders of 2 KB through front and IPP, beside cupsd's own
# Print-Job of the same document, which is not synced; in turns, medians of the rounds.
#
# Each has 64 customers on connections of their own. cupsd does not look at documents; spoold is
# compared with it both without preflight, and with, where each picture is decoded before it is
# taken. cupsd has its turn alone, and no job at its beginning.
: "${TOP_SRCDIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR/build}"
export TOP_SRCDIR TOP_BUILDDIR
. "$TOP_SRCDIR/tests/bench/shop.sh"

rounds=5
while getopts r: option; do
	case $option in
	r) rounds=$OPTARG ;;
	*) exit 2 ;;
	esac
done

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
column() { cut -d' ' -f"$1" "$E2E/rounds" | median; }

# spoold with an empty store and these settings, cupsd with no job
fresh()
{
	spoold_stop
	rm -rf "$E2E/state" && cancel -a -x photo plain
	spoold_conf >"$E2E/spoold.conf" && echo "$1" >>"$E2E/spoold.conf" && spoold_run
}

ours() { load -c 64 -n 2000 "$SPOOLD" /ipp/print/photo image/jpeg "$small"; }
# cupsd alone, else it would be making jobs of our orders meanwhile
theirs()
{
	spoold_stop
	cancel -a -x photo
	load -H -c 64 -n 1000 "localhost:$CUPS_PORT" /printers/plain application/octet-stream "$small"
}

one_round()
{
	local plain whole cups
	fresh 'preflight = "off"' && plain=$(ours) && theirs >"$E2E/theirs" && cups=$(<"$E2E/theirs") &&
		fresh "" && whole=$(ours) || return 1
	echo "$(cut -d' ' -f1,3 <<<"$plain") $(cut -d' ' -f1,3 <<<"$cups") $(cut -d' ' -f1,3 <<<"$whole")" \
		>>"$E2E/rounds"
}

e2e_begin
small=$E2E/small.jpg
"$TOP_BUILDDIR/tests/e2e/material/material" 2kb.jpg "$small" && bench_open || exit 1
for ((round = 1; round <= rounds; round++)); do
	echo "intake: round $round of $rounds" >&2
	one_round || exit 1
done
awk '{ printf "%s %.3f %.3f\n", $0, $1 / $3, $5 / $3 }' "$E2E/rounds" >"$E2E/all" && mv "$E2E/all" "$E2E/rounds"
missed=0
figure "2 KB orders by IPP, 64 customers: cupsd's Print-Job" "$(column 3)" /s ""
figure "    99 of 100 within" "$(column 4)" ms ""
figure "    spoold, sealed, 16-symbol codes, durable" "$(column 1)" /s ""
figure "    99 of 100 within" "$(column 2)" ms ""
figure "    as a multiple of cupsd" "$(column 7)" x ">= 1.5" || missed=1
figure "    spoold, each picture decoded before (preflight)" "$(column 5)" /s ""
figure "    99 of 100 within" "$(column 6)" ms ""
figure "    as a multiple of cupsd" "$(column 8)" x ">= 1.5" || missed=1
e2e_ended=1
exit $missed
