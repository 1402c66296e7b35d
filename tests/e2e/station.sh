#!/bin/bash
# What a customer may ask of a release: some documents, other copies, another printer, the rest
# of what stopped in the middle; by name, by card; and what the station says meanwhile.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp

# order TEST PIN [ipptool option...]: its number in $order
order()
{
	local said
	said=$(timeout 20 ipptool -tv -d "pin=$2" -d filetype=image/jpeg -f "$photo" "${@:3}" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/$1.test" 2>&1) || { diag "$said"; return 1; }
	order=$(sed -n '/RECEIVED/,$s/^ *job-id ([^)]*) = //p' <<<"$said" | head -1)
	[[ $order =~ ^[0-9]+$ ]]
}

# say STATUS "sentence" [OPTION...] <<<input: $said is what the station wrote
say()
{
	timeout 120 env -u LC_ALL LC_MESSAGES="${tongue:-C}" "$TOP_BUILDDIR/tools/release" \
		-s "$STATION" "${@:3}" >"$E2E/tmp/said" 2>&1
	is "$2" "$?" "$1"
	said=$(cat "$E2E/tmp/said")
}

state_is() { [ "$(order_state "$1")" = "$2" ]; }
# pages FILE: how many a raster that the printer took has
pages() { show raster "$1" "$E2E/tmp/page" 40 | wc -l; }
newest() { ls "$E2E/${1:-pixel}"/*.pwg | tail -1; }

# A printer whose ribbon ends behind so many pages, as long as the file .ribbon says it.
taker_without_ribbon()
{
	cat <<-END
	#!/bin/bash
	box=$PRINTER_BOX
	if [ -e "\$box/.ribbon" ]; then
		echo "ATTR: job-impressions-completed=\$(cat "\$box/.ribbon")" >&2
		echo "STATE: +marker-supply-empty-error" >&2
		read -r -t 3 <> <(:)
		exit 1
	fi
	echo "STATE: -marker-supply-empty-error" >&2
	exec $E2E/tmp/take-well "\$@"
	END
}

e2e_begin
SPOOLD_SETTINGS='printer "second" { queue = "second" info = "The other one" }'
ok "the shop opens" shop_open
cp "$E2E/tmp/take-pixel" "$E2E/tmp/take-well"
taker_without_ribbon >"$E2E/tmp/take-pixel"
box=$PRINTER_BOX
ok "a second printer" printer_start other
lpadmin -p second -E -v "claimcheck:$PRINTER_URI" -P "$TOP_BUILDDIR/ppd/ccphotoe.ppd"
PRINTER_BOX=$box
ok "is known" wait_until 20 '[ "$(spoold_printer_state second)" = idle ]'
photo=$(shop_document photo.jpg)

# --- some of the documents ---
ok "an order of three" order several 2468
three=$order
say 1 "a list that is none" --only 1,x "$three" <<<2468
say 2 "a document that it does not have" --only 4 "$three" <<<2468
is "releases nothing" "$(order_state "$three")" pending-held
say 0 "the first and the third" --only 1,3 "$three" <<<2468
like "are made" "$said" "Order $three is done as far as it was released; the rest waits"
is "two" "$(printer_taken pixel)" 2
is "and the order waits" "$(order_state "$three")" pending-held
say 0 "it can be looked at" --list "$three" <<<2468
like "what is made is told" "$said" '1  first .* done'
like "and what waits" "$said" '2  second .* image/jpeg'
say 0 "the rest" "$three" <<<2468
like "is the end of it" "$said" "Order $three is done\."
is "three in all, none twice" "$(printer_taken pixel)" 3

# --- other copies ---
ok "an order" order print-pin 1111
say 1 "no copies at all" --copies 0 "$order" <<<1111
say 0 "three copies" --copies 3 "$order" <<<1111
is "came out" "$(pages "$(newest)")" 3

# --- another printer ---
ok "an order of 300 dpi" order resolution 2222
say 3 "a printer that there is not" --to nowhere "$order" <<<2222
say 10 "one that can't make it" --to plate "$order" <<<2222
like "says what it can't do" "$said" 'printer-resolution'
is "nothing is released" "$(order_state "$order")" pending-held
say 0 "one that can" --to second "$order" <<<2222
is "makes it" "$(printer_taken other)" 1
is "and the first does not" "$(printer_taken pixel)" 4
ok "an order of two copies" order copies 2222
say 10 "copies of a plate set" --to plate --copies 2 "$order" <<<2222
like "are refused" "$said" 'copies'

# --- the ribbon ends in the middle ---
ok "an order of four copies" order copies 3333 -d copies=4
four=$order
echo 3 >"$box/.ribbon"
say 7 "the ribbon ends" "$four" <<<3333
like "the printer is quoted" "$said" "The printer 'Photographs' reports: out of ink, ribbon or toner"
like "how many came out is told" "$said" '3 of 4 pages came out'
is "the order is stopped" "$(order_state "$four")" processing-stopped
like "so the operator reads" "$(operator show "$four")" '3 of 4 pages came out'
ok "its job is held" wait_until 30 '[ "$(cups_job_state "$(cups_job_of "$four")")" = held ]'
like "and says it too, with what to do" "$(lpstat -l -o photo)" \
	"Status: .*3 of 4 pages came out.*Claim order $four again at the release station"
say 5 "it is not made again by itself" "$four" <<<3333
like "what to do is said" "$said" '--again makes it again, --rest'
rm "$box/.ribbon"
say 0 "the rest" --rest "$four" <<<3333
like "the printer's trouble is said before" "$(sed -n "/released/q;p" <<<"$said")" 'reports: out of ink, ribbon'
is "is one page" "$(pages "$(newest)")" 1
ok "another order of four copies" order copies 3333 -d copies=4
echo 1 >"$box/.ribbon"
say 7 "the ribbon ends again" "$order" <<<3333
rm "$box/.ribbon"
say 0 "all again" --again "$order" <<<3333
is "are four pages" "$(pages "$(newest)")" 4

# --- by name, by card ---
order print-as 4444 -d customer=ada && first=$order
order print-as 4444 -d customer=ada && second=$order
order print-as 5555 -d customer=ada
say 5 "two orders of one PIN" --user ada <<<4444
like "are told" "$said" "$first .*"
say 0 "all of them" --user ada --all <<<4444
like "are made" "$said" "Order $second is done"
is "both" "$(order_state "$first")" completed
is "and no other" "$(order_state "$order")" pending-held
ok "an order by card" order account 6666 -d account='+49 (170) 12-34'
say 3 "another card" --account 4917012341 <<<6666
say 3 "the user's name does not open it" --user root <<<6666
say 0 "the card does, however it is written" --list --account '+49 170 1234' <<<6666
like "with its order" "$said" "Order $order of root: by card"
say 0 "or typed where a code could be" <<<'+49170-1234'$'\n'6666
like "and is done" "$said" "Order $order is done"

# --- the queue stops, cupsd goes away, while somebody waits ---
ok "an order" order print-pin 7777
cupsdisable -r "changing the ribbon" photo
wait_until 20 '[ "$(spoold_printer_state photo)" = stopped ]'
timeout 200 "$TOP_BUILDDIR/tools/release" -s "$STATION" --yes "$order" >"$E2E/tmp/said" 2>&1 <<<7777 &
process_pid[watching]=$!
ok "it waits" wait_until 20 'state_is $order pending'
ok "and why is said" wait_until 20 "grep -q 'is stopped at present: changing the ribbon' $E2E/tmp/said"
cupsd_stop
ok "the printing system goes away" wait_until 40 "grep -q 'The printing system does not answer' $E2E/tmp/said"
cupsd_run
ok "and comes back, with its queue" wait_until 60 'cupsenable photo'
ok "the printer is well again" wait_until 60 "grep -q 'is well again' $E2E/tmp/said"
ok "and the order is made" wait_until 60 '! process_alive watching'
wait "${process_pid[watching]}"
is "to its end" "$?" 0
unset "process_pid[watching]"
e2e_end
