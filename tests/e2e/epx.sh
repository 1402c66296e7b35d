#!/bin/bash
# tests/ipp/epx-release.test, which is written for any server, against spoold: for a printer
# that waits for people, and for one that does not. And against ippeveprinter, which does no
# Release Jobs: a test that nothing fails tests nothing.
. "$(dirname "$0")/lib.sh"

epx() # LOG URI [ipptool option...]
{
	timeout 100 ipptool -V 2.0 -tI -f "$jpg" -d filetype=image/jpeg "${@:3}" "$2" \
		"$TOP_SRCDIR/tests/ipp/epx-release.test" >"$E2E/log/$1" 2>&1
}
failed() { grep -A20 '\[FAIL\]' "$E2E/log/$1" | grep -E 'FAIL|EXPECTED' | head -20; }
count() { grep -c "\\[$2\\]\$" "$E2E/log/$1"; }

PLATE() { echo "ipp://$SPOOLD/ipp/print/plate"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }

validate() # [line...]
{
	ipp Validate-Job "$(PLATE)" "ATTR mimeMediaType document-format image/jpeg" "$@"
}

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)

epx waits "ipp://$SPOOLD/ipp/print/photo" -d byrelease=1
is "Release Jobs: no [FAIL]" "$(failed waits)" ""
is "every question was asked" "$(($(count waits PASS) + $(count waits SKIP)))" \
	"$(grep -c '^[[:space:]]*NAME "' "$TOP_SRCDIR/tests/ipp/epx-release.test")"
is "only what is not listed is skipped: none, button-press" \
	"$(grep '\[SKIP\]$' "$E2E/log/waits" | grep -vcE 'none|button-press|for nobody')" 0
epx fails "$PRINTER_URI"
like "a server without Release Jobs fails" "$(failed fails)" 'ipp-features-supported'

# --- the whole of job-release-action
no "none is refused where people are waited for" validate "ATTR keyword job-release-action none"
is "with its status" "$ipp_status" client-error-attributes-or-values-not-supported
no "a PIN does not go with owner-authorized" validate 'ATTR octetString job-password "2468"' \
	"ATTR keyword job-release-action owner-authorized"
is "they are at odds" "$ipp_status" client-error-conflicting-attributes
ok "without a word it is owner-authorized" ipp Print-Job "$(PLATE)" "FILE $jpg"
code=$(ipp_value claimcheck-claim-code)
like "by the claim code" "$code" .
ipp Get-Job-Attributes "$(job "$(ipp_value job-id)")"
is "which the order says" "$(ipp_value job-release-action)" owner-authorized
like "as the default does" "$(ipp_printer_attribute "$SPOOLD/ipp/print/plate" job-release-action-default)" \
	owner-authorized
ipp Release-Job "$(job "$(ipp_value job-id)")" 'ATTR octetString job-password "2468"'
is "no PIN releases it" "$ipp_status" client-error-bad-request

# --- how long it waits, and is remembered
for value in none end-of-day end-of-week end-of-month indefinite; do
	ok "job-retain-until $value" validate "ATTR boolean ipp-attribute-fidelity true" \
		"GROUP job-attributes-tag" "ATTR keyword job-retain-until $value"
done
no "longer than the shop keeps records is told" validate "ATTR boolean ipp-attribute-fidelity true" \
	"GROUP job-attributes-tag" "ATTR integer job-retain-until-interval 2147483647"
ok "who wants to be forgotten at once" ipp Print-Job "$(PLATE)" \
	'ATTR octetString job-password "2468"' "GROUP job-attributes-tag" \
	"ATTR keyword job-retain-until none" "FILE $jpg"
forgotten=$(ipp_value job-id)
ipp Cancel-Job "$(job "$forgotten")"
ok "is, when the order is over" wait_until 20 '! ipp Get-Job-Attributes "$(job "$forgotten")"'
ok "who comes within a second or not at all" ipp Print-Job "$(PLATE)" \
	'ATTR octetString job-password "2468"' "GROUP job-attributes-tag" \
	"ATTR integer job-cancel-after 1" "FILE $jpg"
late=$(ipp_value job-id)
ok "comes too late" wait_until 20 '[ "$(order_state "$late")" = canceled ]'
ipp Get-Job-Attributes "$(job "$late")"
like "and is told so" "$(ipp_value job-state-reasons)" job-canceled-after-timeout
spoold_stop

# --- a shop that says so
spoold_conf | sed 's/queue = "plate"/&\n  unattended = 1/' >"$E2E/spoold.conf"
ok "a printer that waits for nobody" spoold_run
epx none "ipp://$SPOOLD/ipp/print/plate"
is "Release Jobs, with none: no [FAIL]" "$(failed none)" ""
is "where it is asked for" "$(grep -c 'Print-Job, none.*\[PASS\]' "$E2E/log/none")" 1
ok "the plate is made" wait_until 30 '[ -n "$(find "$HOT_FOLDER" -name "*.tif*" | head -1)" ]'
ok "who does not ask still waits" validate
ipp Print-Job "$(PLATE)" "FILE $jpg"
is "for the owner" "$(ipp_value job-state)" pending-held
is "no PIN or digest was told or logged" "$(cat "$E2E"/log/{waits,none} "$E2E/log/spoold.out" |
	grep -cE 'job-password.*=|no-2468|0123456789abcdef')" 0
e2e_end
