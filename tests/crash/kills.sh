#!/bin/bash
# SIGKILL at random moments, under a mixed load: no acknowledged order is lost, halved or
# raised from the dead, none is produced more often than asked for, or unasked.
#   KILLS=N   how many; without it a short share
#   SEED=N    of the load and the victims; without it a fresh one
# `make check-kills` runs 1,000. The last result is in doc/testing.md.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/shop.sh"

kills=${KILLS:-18}

e2e_begin
ok "the shop is laid out" crash_shop true || exit 1
if crash_run kills "$kills"; then
	pass "after $kills kills all is as it was promised"
else
	fail "after $kills kills all is as it was promised" "the lines above say what is not"
fi
e2e_end
