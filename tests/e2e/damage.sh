#!/bin/bash
# A disk that turns bits over: what is damaged is set aside with a reason that operators see, all
# others go on; nothing is changed by a check, and a store whose tree is damaged is salvaged: when
# somebody says so, or by a keep whose predecessor fell over it.
. "$(dirname "$0")/lib.sh"

data() { echo "$E2E/state/store/data.mdb"; }
sum() { md5sum <"$(data)"; }

# spoil OFFSET [BYTES]: overwrites a few bytes of the store's file
spoil() { head -c "${2:-16}" /dev/zero | tr '\0' '\252' |
	dd of="$(data)" bs=1 seek="$1" conv=notrunc status=none; }

# spoil_document: in the middle of the largest document; it is known by being no page
spoil_document() { spoil "$(largest_run)"; }
# The first page of the largest run of pages: LMDB's flag of an overflow page is 4.
largest_run()
{
	od -An -v -t u2 -w4096 "$(data)" |
		awk '$6 == 4 { n = $7 + 65536 * $8; if (n > most) { most = n; at = NR - 1 } }
			END { print at * 4096 + 20000 }'
}
# Every page (also old ones) that leads to others in a tree: LMDB's flag of a branch is 1.
branches() { od -An -v -t u2 -w4096 "$(data)" | awk '$6 == 1 { print (NR - 1) * 4096 }'; }

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order waits" submit photo "$photo"
spoiled=$ORDER
spoold_stop
spoil_document
before=$(sum)
no "a check finds a document that is damaged" operator check
is "as faults" "$tap_status" 2
like "and says of which order" "$tap_said" "a document of order $spoiled has 1 damaged chunk"
is "it changes nothing" "$(sum)" "$before"
ok "spoold starts" spoold_run
ok "another order is taken" submit photo "$photo"
whole=$ORDER
no "a check beside it finds the same" operator check
no "a repair wants it stopped" operator --repair check
like "and says so" "$tap_said" 'stop it first'
ok "the damaged one is released" release_order "$spoiled"
ok "and set aside" wait_until 60 '[ "$(order_state $spoiled)" = aborted ]'
is "with a reason" "$(order_reasons "$spoiled")" job-data-insufficient
like "that the operator sees" "$(operator show "$spoiled")" 'state +corrupt'
is "nothing was printed" "$(printer_taken pixel)" 0
ok "the other one is released" release_order "$whole"
ok "and printed" wait_until 60 '[ "$(order_state $whole)" = completed ]'

# --- the tree ---
for i in $(seq 12); do submit photo "$photo" || break; done
waiting=$ORDER
ok "more orders wait" test "$i" = 12
operator -j orders >"$E2E/tmp/orders"
spoold_stop
ok "there is a tree of more than a page" test -n "$(branches)"
for at in $(branches); do spoil $((at + 8)) 64; done
before=$(sum)
no "a damaged page of a tree is found" operator check
like "by its table" "$tap_said" "page [0-9]+ in the tree of '[a-z]+' is damaged"
is "and nothing changed" "$(sum)" "$before"
no "a backup of it is not made" operator backup "$E2E/backup"
ok "it is repaired" operator --repair check
like "by a new store" "$tap_said" "the damaged store is kept as '(.*data.mdb.damaged-[0-9TZ]*)'"
kept=$(sed -n "s/.*the damaged store is kept as '\(.*\)'.*/\1/p" <<<"$tap_said")
is "the old one is kept as it was" "$(md5sum <"$kept")" "$before"
ok "the new one is whole" operator check
ok "spoold starts on it" spoold_run
ok "an order that waited is released" release_order "$waiting" again
ok "and printed" wait_until 60 '[ "$(order_state $waiting)" = completed ]'
is "no order is gone" "$(operator -a orders | wc -l)" 14

# --- while it works: it falls, or looks, and saves the store by itself ---
# keep_is_new: in place of the one that there was
keep_is_new() { local now; now=$(spoold_child keep) && [ -n "$now" ] && [ "$now" != "$was" ]; }
saved() { grep -c 'the store was saved' "$E2E/log/spoold.out"; }

ok "two more orders wait" eval 'submit photo "$photo" && waiting=$ORDER && submit photo "$photo"'
waiting_too=$ORDER
was=$(spoold_child keep)
for at in $(branches); do spoil $((at + 8)) 64; done
kill -ABRT "$was"
ok "a keep that falls over a damaged store has a successor" wait_until 30 keep_is_new
ok "which takes orders" wait_until 60 'submit photo "$photo"'
is "having saved the store" "$(saved)" 1
ok "spoold says what was damaged" grep -q "ERROR: page [0-9]* in the tree of '" \
	"$E2E/log/spoold.out"
ok "the new store is whole" operator check
ok "an order that waited is released" release_order "$waiting"
ok "and printed" wait_until 60 '[ "$(order_state $waiting)" = completed ]'

# LMDB takes a page of a wrong kind for another one, and finds nothing in it
spoold_stop
for at in $(branches); do spoil $((at + 10)) 1; done
ok "spoold starts on what it does not notice" spoold_run
ok "looks it over, and saves it" wait_until 60 '[ "$(saved)" = 2 ]'
ok "it takes orders" wait_until 60 'submit photo "$photo"'
ok "the other order that waited is released" release_order "$waiting_too"
ok "and printed" wait_until 60 '[ "$(order_state $waiting_too)" = completed ]'
ok "the new store is whole" operator check

# --- the head ---
spoold_stop
spoil 140 8
spoil $((4096 + 140)) 8
process_start spoold "$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
ok "where neither head is sound spoold ends" wait_until 20 "! process_alive spoold"
ok "with what to do" grep -q 'cannot keep orders: .*spoolctl check --repair.*spoolctl restore' \
	"$E2E/log/spoold.out"
ok "it is repaired, too" operator --repair check
ok "and spoold starts" spoold_run
e2e_end
