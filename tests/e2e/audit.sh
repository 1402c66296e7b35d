#!/bin/bash
# The audit: what happened to orders, as spoolctl shows it; kills leave no gap between what
# happened and what it says; who changes, removes or cuts it is found.
. "$(dirname "$0")/lib.sh"

audit() { operator "$@" audit; }
events_of() { operator -j audit "$1" | sed -n 's/.*"event":"\([a-z-]*\)".*/\1/p' | tr '\n' ' '; }
head_of() { sed -n 's/^Its head, to be kept elsewhere: //p' <<<"$tap_said"; }
# wrong_codes N: at the station
wrong_code() { station --yes --no-wait --pin-file 0 "$1" <<<9999; }
# The store's file with one text in place of another of the same length: what can be done
# with a hex editor. LMDB sees no difference.
forge() { LC_ALL=C sed -i "s/$1/$2/g" "$E2E/state/store/data.mdb"; }

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order is handed in" submit photo "$photo"
first=$ORDER
no "a wrong PIN opens nothing" wrong_code "$first"
ok "the right one" release_order "$first"
ok "it is made" wait_until 60 '[ "$(order_state $first)" = completed ]'
ok "another one is handed in" submit photo "$photo"
second=$ORDER
ok "and canceled" operator cancel "$second"
is "the life of the first" "$(events_of "$first")" 'submitted tried released spent completed '
is "of the second" "$(events_of "$second")" 'submitted canceled '
like "who submitted it, from where" "$(operator audit "$first")" "submitted +photo +user $(id -un) at localhost"
like "who tried" "$(operator audit "$first")" 'tried .*station .*: PIN was wrong'
like "who released it" "$(operator audit "$first")" 'released +photo +station .*: release 1'
like "who canceled" "$(operator audit "$second")" 'canceled +photo +operator root, uid 0'
is "by event" "$(operator --event canceled audit | wc -l)" 1
no "not by one that is none" operator --event nothing audit
is "from a date on" "$(operator --since @9999999999 audit | wc -l)" 0
is "since an hour" "$(operator --since 1h audit | wc -l)" "$(operator audit | wc -l)"
is "since a date" "$(operator --since '2001-02-03 04:05' audit | wc -l)" "$(operator audit | wc -l)"
is "until one" "$(operator --until 2001-02-03 audit | wc -l)" 0
no "not since a month that is none" operator --since 2026-13-01 audit
no "nor one with more behind it" operator --since '2026-11-01 10:00x' audit
no "not since nonsense" operator --since yesterday audit
no "no PIN is in it" grep -qE '4711|9999' <<<"$(operator -j audit)"
no "no picture's name" grep -qF 'photo.jpg' <<<"$(operator -j audit)"
ok "it is JSON" python3 -c 'import json,sys; json.load(sys.stdin)' <<<"$(operator -j audit)"
ok "it is whole" operator --verify audit
kept=$(head_of)
like "and says its head" "$kept" '^[0-9]+:[0-9a-f]{64}$'

# --- kills ---
for i in 1 2 3 4 5; do
	ok "an order, and keep is killed" submit photo "$photo"
	spoold_kill_child keep
	ok "keep comes back" wait_until 20 spoold_answers
	is "the order is in the audit" "$(events_of "$ORDER" | cut -d' ' -f1)" submitted
done
ok "the audit is whole after the kills" operator --verify audit
ok "the head that was kept is still in it" operator --verify --head "$kept" audit
last=$(head_of)

# --- forged ---
spoold_stop
cp -a "$E2E/state/store/data.mdb" "$E2E/tmp/data.mdb"
ok "a stopped shop's audit can be read" operator --verify audit
last=$(head_of)
forge 'operator root, uid 0' 'operator jane, uid 7'
no "an entry that was changed in the file is found" operator --verify audit
like "and which" "$tap_said" 'entry [0-9]+ of the audit is not the one that was written there'
is "status 2" "$tap_status" 2
cp -a "$E2E/tmp/data.mdb" "$E2E/state/store/data.mdb"
ok "put back it is whole" operator --verify --head "$last" audit
ok "a day in the shop" spoold_run
ok "passes" submit photo "$photo"
ok "the head of today" operator --verify audit
today=$(head_of)
spoold_stop
cp -a "$E2E/tmp/data.mdb" "$E2E/state/store/data.mdb"
ok "an old store in place of the new one is whole in itself" operator --verify audit
no "and is found by a head that was kept" operator --verify --head "$today" audit
like "which says what happened" "$tap_said" 'its end was cut off'
sed -i 's/^1 ......../1 00000000/' "$E2E/state/keep/site-secrets"
no "nobody else than this site can seal the head" operator --verify audit
like "it is said" "$tap_said" "not of this site's secret"
e2e_end
