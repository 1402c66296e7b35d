#!/bin/bash
# The ipptool suites as CUPS ships them, for a photo and a plate printer, with real files.
# ipptool's exit status lies for what it includes, so its output is searched for [FAIL].
#
# A suite waits for its jobs to be completed; here nothing is without a customer at the
# station, so one stands there and gives each claim code that the suite is told.
. "$(dirname "$0")/lib.sh"

suites=$(dirname "$(find "$CUPS_SHARE" -name ipp-1.1.test | head -1)")

# Gives every code of a growing log at the station, until the file $1.done is there.
customer()
{
	local log=$1 given=0 code
	while [ ! -e "$log.done" ]; do
		while read -r code; do
			given=$((given + 1))
			echo "$code" | timeout 20 "$TOP_BUILDDIR/tools/release" -s "$STATION" -y -n \
				--pin-file 0 >>"$E2E/log/customer" 2>&1
		done < <(sed -n 's/.*claimcheck-claim-code ([^)]*) = //p' "$log" | tail -n +$((given + 1)))
		nap
	done
}

# suite NAME VERSION PRINTER FILE TYPE: its log is $log
suite()
{
	log=$E2E/log/$1-$3
	: >"$log"
	customer "$log" &
	local station=$!
	(cd "$suites" && timeout 170 stdbuf -oL ipptool -V "$2" -tvI -T 20 -f "$4" \
		-d "filetype=$5" "ipp://$SPOOLD/ipp/print/$3" "$1.test") >"$log" 2>&1
	touch "$log.done"
	wait "$station"
	# what is left would be found by the next suite
	ipp_user=$(id -un) ipp Cancel-My-Jobs "ipp://$SPOOLD/ipp/print/$3"
}

whole()
{
	local sentence=$1
	shift
	suite "$@"
	like "$sentence asks more than 30 questions" "$(grep -c '\[PASS\]' "$log")" '^(3[0-9]|[4-9][0-9]|[0-9]{3,})$'
	is "$sentence: no [FAIL]" "$(grep -A60 '\[FAIL\]' "$log" |
		grep -E 'FAIL|EXPECTED|status-message' | head -20)" ""
}

e2e_begin
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)
for printer in photo plate; do
	whole "ipp-1.1 of $printer" ipp-1.1 1.1 "$printer" "$jpg" image/jpeg
	whole "ipp-2.0 of $printer" ipp-2.0 2.0 "$printer" "$jpg" image/jpeg
done
skip "ipp-2.1" "wants operations that change cupsd's queues, and subscriptions: not supported, not listed"
skip "ipp-2.2" "as ipp-2.1; and Shutdown-Printer, Promote-Job and their kin"
skip "ipp-everywhere" "wants image/pwg-raster, which no filter of ours reads yet: not listed"
e2e_end
