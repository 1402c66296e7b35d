#!/bin/bash
# Wrong tries, seen by those who are to see them: the owner of an order that is locked reads it in
# lpstat, the operator in the audit; a restart forgets nothing. How long a right and a wrong code take
# is told and no test: who is right is also shown the order, which a loaded machine makes longer.
. "$(dirname "$0")/lib.sh"

samples=${SAMPLES:-9}
# took CODE: milliseconds from the identification to the answer, over a connection of its own
took()
{
	local begin end
	begin=$(date +%s%N)
	station --list <<<"$1" >/dev/null 2>&1
	end=$(date +%s%N)
	echo $(((end - begin) / 1000000))
}
middle() { sort -n | sed -n "$(((samples + 1) / 2))p"; }

e2e_begin
SPOOLD_SETTINGS='tries-per-station = 100000'
ok "the shop opens" shop_open
photo=$(shop_document small.jpg)
ok "an order" submit photo "$photo"
locked=$ORDER
ok "another" submit photo "$photo"
other=$ORDER
ok "one with a code" submit_for_code photo "$photo" image/jpeg

# --- right or wrong, known or not: the same time ---
wrong=0000-0000-0000
for ((i = 0; i < samples; i++)); do
	took "$CODE" >>"$E2E/tmp/right"
	took "$wrong" >>"$E2E/tmp/wrong"
done
right_ms=$(middle <"$E2E/tmp/right") wrong_ms=$(middle <"$E2E/tmp/wrong")
diag "in the middle of $samples: a right code $right_ms ms, a wrong one $wrong_ms ms"

# --- expired and forgotten, or never there: the same words ---
ok "an order" ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" 'ATTR octetString job-password "4711"' \
	"GROUP job-attributes-tag" "ATTR keyword job-retain-until none" "FILE $photo"
ORDER=$(ipp_value job-id)
ok "is expired" operator expire "$ORDER"
ok "its record goes" wait_until 20 '! ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$ORDER"'
station --list "$ORDER" <<<4711 >"$E2E/tmp/over" 2>&1
over=$?
station --list 4242 <<<4711 >"$E2E/tmp/never" 2>&1
never=$?
is "and is for its PIN what was never there" "$over $(sed "s/$ORDER/N/g" "$E2E/tmp/over")" \
	"$never $(sed 's/4242/N/g' "$E2E/tmp/never")"
like "in words" "$(cat "$E2E/tmp/over")" .

# --- an order is locked ---
status=0
for ((i = 0; i < 40 && status != 4; i++)); do
	station --list "$locked" <<<1111 >"$E2E/tmp/said" 2>&1
	status=$?
done
is "after wrong tries it must wait" "$status" 4
like "and for how long is said" "$(cat "$E2E/tmp/said")" 'try again in'
ok "others need not" eval 'station --list "$other" <<<4711 >/dev/null'
while ! operator audit "$locked" | grep -q 'locked' && ((i++ < 60)); do
	station --list "$locked" <<<1111 >/dev/null 2>&1
	sleep 0.3
done
like "its owner reads it in lpstat" "$(timeout 20 lpstat -h "$SPOOLD" -l -o | tr '\n' ' ')" \
	"photo-$locked .*After too many wrong tries nobody can open it for [0-9]+ minutes"
like "the operator who tried" "$(operator audit "$locked")" 'tried +station .*PIN was wrong, and brought a lock'
ok "spoold is started anew" eval 'spoold_stop; spoold_run'
station --list "$locked" <<<4711 >/dev/null 2>&1
is "which forgets nothing, for the right PIN too" "$?" 4
is "nothing is printed" "$(printer_taken pixel)" 0
e2e_end
