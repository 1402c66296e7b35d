#!/bin/bash
# One winner each time, over the real way: two stations and one order; a station and a
# customer who cancels; a station and the due date.
#   RACES=N   of each kind; without it a short share
#   SEED=N    of who is how late; without it a fresh one
# `make check-races` runs 1,000. The last result is in doc/testing.md.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/shop.sh"

races=${RACES:-20}
stop_printing() { cupsdisable quick && cupsdisable swift && cupsdisable photo; }

e2e_begin
ok "the shop is laid out" crash_shop stop_printing || exit 1
if crash_run races "$races"; then
	pass "of $races races of each kind each has one winner"
else
	fail "of $races races of each kind each has one winner" "the lines above say which has not"
fi
e2e_end
