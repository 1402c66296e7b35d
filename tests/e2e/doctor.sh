#!/bin/bash
# spoolctl doctor: a shop in order is well; each thing broken by itself is found, with words on how
# to mend it, and mended so it is well again. And spoolctl stats of that shop's days.
. "$(dirname "$0")/lib.sh"

doctor() { operator doctor; }
# ill "sentence" PATTERN-of-the-fault PATTERN-of-the-cure
ill()
{
	no "$1" doctor
	is "  status 2" "$tap_status" 2
	like "  it is said" "$tap_said" "fault +$2"
	like "  and how to mend it" "$tap_said" "^ +.*$3"
}
well() { ok "$1" doctor; }
hands() { "$TOP_BUILDDIR/tests/e2e/clock/hands" "$E2E/clock" "$@" >/dev/null; }
set_up()
{
	operator setup -U daemon -H "$CUPS_SOCKET" --policy "$TOP_SRCDIR/dist/cupsd-policy.conf" "$@"
}

e2e_begin
ok "the shop opens" shop_open
photo_ppd=$TOP_BUILDDIR/ppd/ccphotoe.ppd

# --- a shop that nobody set up ---
ill "without the policy" "queue photo: its policy is 'default'" 'spoolctl setup photo'
ok "spoolctl setup, as it says" set_up photo "claimcheck:$PRINTER_URI" "$photo_ppd"
ok "for both" set_up plate "platesetter:$HOT_FOLDER" "$TOP_BUILDDIR/ppd/ccplate.ppd"
well "then all is well"
like "it says the version" "$tap_said" 'well +cupsd: it answers: CUPS/2\.'
is "no fault" "$(tail -1 <<<"$tap_said" | cut -d, -f1)" '0 faults'
ok "as JSON, too" python3 -c 'import json,sys; assert all(f["verdict"] != "fault" for f in json.load(sys.stdin))' \
	<<<"$(operator -j doctor)"

# --- permissions ---
chmod 755 "$E2E/state/store"
ill "a store that others may read" "$E2E/state/store: .* mode 0755" 'start spoold again'
chmod 700 "$E2E/state/store"
chmod 644 "$E2E/state/keep/site-secrets"
ill "secrets that others may read" "$E2E/state/keep/site-secrets: " 'chmod 600'
chmod 600 "$E2E/state/keep/site-secrets"
chown nobody "$E2E/state/keep"
ill "a folder of somebody else" "$E2E/state/keep: " 'start spoold again'
chown daemon "$E2E/state/keep"
well "put back, all is well"

# --- queues ---
cupsdisable photo
ill "a queue that is stopped" 'queue photo: it is stopped' 'cupsenable photo'
cupsenable photo
cupsreject photo
ill "one that takes no jobs" 'queue photo: it takes no jobs' 'cupsaccept photo'
cupsaccept photo
lpadmin -p other -E -v file:/dev/null -P "$photo_ppd"
sed -i '/^printer "photo"/,/^}/s/queue = "photo"/queue = "other"/' "$E2E/spoold.conf"
ill "a device that asks nobody" "queue other: its device is 'file:" 'spoolctl setup other'
sed -i 's/queue = "other"/queue = "nothing"/' "$E2E/spoold.conf"
ill "a queue that is not there" 'queue nothing: cupsd has no such queue' 'setup nothing'
sed -i 's/queue = "nothing"/queue = "photo"/' "$E2E/spoold.conf"
well "named right, all is well"
sed 's|^\*cupsFilter|*cupsICCProfile RGB.Glossy./x: "'"$E2E"'/tmp/paper.icc"\n*cupsFilter|' "$photo_ppd" \
	>"$E2E/tmp/profile.ppd"
ok "a PPD that names a profile" set_up photo "claimcheck:$PRINTER_URI" "$E2E/tmp/profile.ppd"
ill "which is not there" "profile of queue photo: '$E2E/tmp/paper.icc' cannot be read" 'put the file there'
echo "this is no profile, however long it may be, in any way" >"$E2E/tmp/paper.icc"
ill "or is none" "profile of queue photo: .* is no ICC profile" 'put an ICC profile there'
cp "$PROFILE" "$E2E/tmp/paper.icc"
well "with one, all is well"

# --- settings, users, disk ---
cp "$E2E/spoold.conf" "$E2E/tmp/conf"
echo 'tries-per-order = many' >>"$E2E/spoold.conf"
ill "settings that are wrong" 'settings: .*tries-per-order' 'mend that line'
sed 's/front-user = .*/front-user = "nobodyhere"/' "$E2E/tmp/conf" >"$E2E/spoold.conf"
ill "a user that is not there" "setting front-user: there is no user" 'make it'
sed 's/front-user = .*/front-user = "daemon"/' "$E2E/tmp/conf" >"$E2E/spoold.conf"
ill "front as keep's user" "setting front-user: front would be 'daemon'" 'a user of its own'
sed 's/disk-reserve-mb = .*/disk-reserve-mb = 1048576/' "$E2E/tmp/conf" >"$E2E/spoold.conf"
ill "a disk that is full" 'disk: [0-9]+ MiB are left of the 1048576' 'make room'
cp "$E2E/tmp/conf" "$E2E/spoold.conf"

# --- who answers, and the clock ---
spoold_stop
ill "a spoold that does not answer" 'spoold: ' 'start it'
hands
LD_PRELOAD=$TOP_BUILDDIR/tests/e2e/clock/clock.so CLAIMCHECK_TEST_CLOCK=$E2E/clock spoold_run
hands leap 31536000
wait_until 20 'operator status | grep -q ^clock:'
ill "a clock that jumped" 'clock: it says .*doubted' 'set it right'
hands leap -31536000
ok "set right" wait_until 20 '! operator status | grep -q ^clock:'
cupsd_stop
ok "spoold sees that cupsd is gone" wait_until 30 'operator status | grep -q "does not answer"'
ill "a cupsd that does not answer" "cupsd: nobody answers at" 'start it'
like "nor speaks with spoold" "$tap_said" 'fault +spoold and cupsd: '
cupsd_run
ok "spoold sees it" wait_until 40 'operator status | grep -q "cupsd answers"'
sed -i 's/^MaxJobs 0/MaxJobs 500/' "$E2E/cups/etc/cupsd.conf"
cupsd_stop && cupsd_run
wait_until 40 'operator status | grep -q "cupsd answers"'
well "few jobs at once are no fault"
like "but a warning" "$tap_said" 'warning +cupsd: it takes 500 jobs at once'

# --- stats ---
photo=$(shop_document photo.jpg)
ok "an order is made" submit photo "$photo"
station --yes --no-wait --pin-file 0 "$ORDER" <<<9999 >/dev/null 2>&1
ok "released" release_order "$ORDER"
first=$ORDER
ok "completed" wait_until 60 '[ "$(order_state $first)" = completed ]'
ok "another is canceled" submit photo "$photo"
operator cancel "$ORDER" >/dev/null
today=$(date +%F)
like "the day has them" "$(operator stats | grep photo)" "^$today  photo +2 +1 +1 +0 +0 +0 +[0-9]+ s +[0-9]+ s"
like "and the wrong try" "$(operator stats | grep -v photo)" "^$today  - .* 1 +- +-"
like "as bars" "$(operator --bars -p photo stats)" "^$today  photo +2 #+$"
ok "as JSON" operator -j stats
is "that counts the same" \
	"$(python3 -c 'import json,sys; print(*[r["orders"] for r in json.load(sys.stdin) if r["printer"]])' <<<"$tap_said")" 2
ok "as a plot" operator --svg "$E2E/tmp/days.svg" stats
ok "which is XML, with bars" python3 -c '
import sys, xml.dom.minidom as m
d = m.parse(sys.argv[1])
assert [r for r in d.getElementsByTagName("rect") if float(r.getAttribute("height")) == 100]' \
	"$E2E/tmp/days.svg"
is "of another printer nothing" "$(operator -p plate stats | wc -l)" 1
is "from tomorrow on nothing" "$(operator --since @9999999999 stats | wc -l)" 1
e2e_end
