#!/bin/bash
# job-storage and Resubmit-Job: what was made, or is only to be kept, is handed in anew by its
# owner as often as he likes, with a number, a name and an identification of its own.
. "$(dirname "$0")/lib.sh"

PHOTO_OF() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }
page() { printf '%s/%03d.pwg' "$PRINTER_BOX" "$1"; }
count() { show raster "$(page "$1")" "$E2E/tmp/page$1" 300 | grep -c '^page'; }
# The first page's picture.
picture() { count "$1" >/dev/null && cksum <"$E2E/tmp/page$1-1.png"; }

pin='ATTR octetString job-password 1357'
plain='ATTR keyword job-password-encryption none'
store() # DISPOSITION: the lines of job-storage
{
	echo 'ATTR collection job-storage {' "MEMBER keyword job-storage-access ${2:-owner}" \
		"MEMBER keyword job-storage-disposition $1" '}'
}
anew() # NUMBER LINE...: Resubmit-Job; the new order's $number
{
	ipp Resubmit-Job "$(job "$1")" "${@:2}" && number=$(ipp_value job-id)
}
collect() # NUMBER PIN: at the station
{
	timeout 150 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$1"$'\n'"$2" >"$E2E/tmp/said" 2>&1
}
ids_of() # WHICH
{
	ipp Get-Jobs "$(PHOTO_OF)" "ATTR keyword which-jobs $1"
	sed -n 's/^ *job-id ([^)]*) = //p' <<<"$ipp_said" | tr '\n' ' '
}
bodies() { operator status --json | sed -n 's/.*"bodies": *\([0-9]*\).*/\1/p'; }

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ipp_user=ada

# --- what can be had
for bad in "print-and-store public" "print-and-store group" "for-ever owner"; do
	no "job-storage: $bad" ipp Validate-Job "$(PHOTO_OF)" "$pin" "$plain" "$(store $bad)"
	is "is refused" "$ipp_status" client-error-attributes-or-values-not-supported
done
ok "none is taken" ipp Validate-Job "$(PHOTO_OF)" "$pin" "$plain" "$(store none)"

# --- made, and stored
ok "an order to be made and stored" ipp Print-Job "$(PHOTO_OF)" "$pin" "$plain" "$(store print-and-store)" \
	"GROUP job-attributes-tag" 'ATTR integer copies 2' "FILE $photo"
first=$(ipp_value job-id)
no "which waits, and is not stored yet" anew "$first" "$pin" "$plain"
is "can't be handed in anew" "$ipp_status" client-error-not-possible
ok "is collected" collect "$first" 1357
ipp Get-Job-Attributes "$(job "$first")"
is "it is completed" "$(ipp_value job-state)" completed
like "and stored" "$(ipp_value job-state-reasons)" 'job-stored,job-printed-successfully'
like "which its owner is told" "$(ipp_value job-state-message)" 'Is stored'
ipp Get-Documents "$(job "$first")"
like "its pixels an inch are known" "$ipp_said" 'claimcheck-ppi'
ipp Get-Job-Attributes "$(job "$first")"
like "with what was asked" "$(ipp_value job-storage)" 'print-and-store'
is "its document is kept" "$(bodies)" 1
like "spoolctl says so" "$(operator show "$first")" 'state *stored'
like "and counts it" "$(operator status)" '1 +are stored'
is "Get-Jobs finds it" "$(ids_of stored-owner)" "$first "
is "among what is over" "$(ids_of completed)" "$first "
is "and not among what waits" "$(ids_of not-completed)" ""
ipp_user=eve ipp Get-Jobs "$(PHOTO_OF)" "ATTR keyword which-jobs stored-owner"
is "it is nobody else's" "$(ipp_value job-id)" ""
collect "$first" 1357
is "it can't be released again" "$?" 5

# --- anew
no "without its PIN" anew "$first"
is "nothing is handed in" "$ipp_status" client-error-not-authorized
no "with a wrong one" anew "$first" 'ATTR octetString job-password 9999' "$plain"
is "neither" "$ipp_status" client-error-not-authorized
ipp_user=eve
no "nor by somebody else" anew "$first" "$pin" "$plain"
is "who may not even try" "$ipp_status" client-error-not-authorized
ipp_user=ada
ok "by its owner, with three copies" anew "$first" "$pin" "$plain" \
	"GROUP job-attributes-tag" 'ATTR integer copies 3'
second=$number
is "it waits" "$(ipp_value job-state)" pending-held
is "it tells no code, since it has the PIN" "$(ipp_value claimcheck-claim-code)" ""
ipp Get-Job-Attributes "$(job "$first")"
first_uuid=$(ipp_value job-uuid)
ipp Get-Job-Attributes "$(job "$second")"
no "it has a name of its own" test "$(ipp_value job-uuid)" = "$first_uuid"
is "and says whose child it is" "$(ipp_value parent-job-id) $(ipp_value parent-job-uuid)" "$first $first_uuid"
is "it is not stored itself" "$(ipp_value job-storage)" ""
is "it has copies of its own" "$(ipp_value copies)" 3
is "and documents of its own" "$(bodies)" 2
is "nothing is printed yet" "$(printer_taken pixel)" 1
ok "it is collected" collect "$second" 1357
is "it is made as it says" "$(printer_taken pixel) $(count 1) $(count 2)" "2 2 3"
is "and is the same picture" "$(picture 2)" "$(picture 1)"
is "it is over" "$(operator show "$second" | sed -n 's/^ *state *//p')" completed
ok "its documents go" wait_until 10 '[ "$(bodies)" = 1 ]'
is "the stored one stays" "$(ids_of stored-owner)" "$first "

# --- anew, as it was
no "as it was, without its PIN" ipp Reprocess-Job "$(job "$first")"
is "nothing is handed in" "$ipp_status" client-error-not-authorized
ok "as it was, and on hold" ipp Reprocess-Job "$(job "$first")" "$pin" "$plain" \
	'ATTR keyword job-hold-until indefinite' "GROUP job-attributes-tag" 'ATTR integer copies 3'
third=$(ipp_value job-id)
is "it waits" "$(ipp_value job-state)" pending-held
ipp Get-Job-Attributes "$(job "$third")"
is "with the copies that were ordered" "$(ipp_value copies) $(ipp_value parent-job-id)" "2 $first"
collect "$third" 1357
is "the hold holds" "$?" 5
ok "it is not wanted" ipp Cancel-Job "$(job "$third")"
no "what is over and not stored" ipp Reprocess-Job "$(job "$second")" "$pin" "$plain"
is "has nothing to be made of" "$ipp_status" client-error-not-possible

# --- only stored, by claim code
ok "an order that is only stored" ipp Create-Job "$(PHOTO_OF)" "$(store store-only)"
third=$(ipp_value job-id)
ok "a document" ipp Send-Document "$(job "$third")" "ATTR boolean last-document false" "FILE $photo"
ok "and another" ipp Send-Document "$(job "$third")" "ATTR boolean last-document true" \
	"GROUP document-attributes-tag" 'ATTR keyword print-color-mode monochrome' "FILE $photo"
code=$(ipp_value claimcheck-claim-code)
like "has a claim code" "$(ipp_value job-state-message)" "is stored.*$code"
is "and is over" "$(ipp_value job-state)" completed
is "cupsd never hears of it" "$(lpstat -o | wc -l)" 0
ok "handed in with it" anew "$third" "ATTR octetString job-password \"$code\"" "$plain"
fourth=$number
again=$(ipp_value claimcheck-claim-code)
no "it has a code of its own" test "$again" = "$code"
like "told once" "$(ipp_value job-state-message)" "$again"
timeout 100 "$TOP_BUILDDIR/tools/release" -s "$STATION" <<<"$again" >"$E2E/tmp/said" 2>&1
is "which releases it" "$?" 0
is "both documents are made" "$(printer_taken pixel)" 4
c=($(show probe "$(page 4)" 1 0.02 0.02))
is "each as it was handed in" "${c[0]} ${c[1]}" "${c[2]} ${c[2]}"

# --- from its beginning
ipp_user=eve
no "nobody else restarts what is stored" ipp Restart-Job "$(job "$first")"
is "it is not theirs" "$ipp_status" client-error-not-authorized
ipp_user=ada
ok "its owner does, on hold" ipp Restart-Job "$(job "$first")" 'ATTR keyword job-hold-until indefinite'
is "it waits, under its number" "$(order_state "$first")" pending-held
no "not twice" ipp Restart-Job "$(job "$first")"
is "since it is not over" "$ipp_status" client-error-not-possible
collect "$first" 1357
is "the hold holds" "$?" 5
ok "it is lifted" ipp Release-Job "$(job "$first")"
ipp Get-Job-Attributes "$(job "$first")"
like "its owner hears that it prints again" "$(ipp_value job-state-message)" 'will be printed again'
ok "cupsd has a job for it" wait_until 20 '[ -n "$(cups_job_of "$first")" ]'
is "nothing is printed yet" "$(printer_taken pixel)" 4
ok "it is collected" collect "$first" 1357
is "and made once more" "$(printer_taken pixel)" 5
is "it is stored again" "$(ids_of stored-owner)" "$first $third "
no "what is over has no documents" ipp Restart-Job "$(job "$second")"
is "and begins no more" "$ipp_status" client-error-not-possible
like "with words" "$ipp_said" 'its documents are gone'

# --- its end
ok "its owner has had enough" ipp Cancel-Job "$(job "$third")"
is "it is stored no more" "$(ids_of stored-owner)" "$first "
no "and can't be handed in" anew "$third" "ATTR octetString job-password \"$code\"" "$plain"
is "no more" "$ipp_status" client-error-not-possible

# --- a restart, and a front that dies in the middle
ok "spoold is restarted" eval 'spoold_stop && spoold_run'
is "it is stored still" "$(ids_of stored-owner)" "$first "
ok "and handed in" anew "$first" "$pin" "$plain"
ok "keep dies" spoold_kill_child keep
ok "and is there again" wait_until 20 spoold_answers
is "with both" "$(ids_of stored-owner)$(ids_of not-completed)" "$first $number "
ok "the store is sound" operator check
is "no PIN and no code is in the log" "$(grep -cE "1357|$code|$again" "$E2E/log/spoold.out")" 0
spoold_stop

# --- a shop that stores nothing
SPOOLD_SETTINGS='stored-days = 0'
ok "a shop that stores nothing" spoold_start
unlike "does not list it" "$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" ipp-features-supported)" job-storage
no "nor take it" ipp Validate-Job "$(PHOTO_OF)" "$pin" "$plain" "$(store store-only)"
e2e_end
