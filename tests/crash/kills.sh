#!/bin/bash
# SIGKILL at random moments, under a mixed load: no acknowledged order is lost, halved or
# raised from the dead, none is produced more often than asked for, or unasked.
#   KILLS=N   how many; without it a short share
#   SEED=N    of the load and the victims; without it a fresh one
# `make check-kills` runs 1,000. The last result is in doc/testing.md.
. "$(dirname "$0")/../e2e/lib.sh"

room=$TOP_BUILDDIR/tests/crash
kills=${KILLS:-18}

# Three queues: two devices that are quick and count, one that is a real IPP printer and
# counts by the same program.
devices()
{
	: >"$E2E/taken"
	chmod 666 "$E2E/taken"
	install -m 755 "$room/tally" "$E2E/cups/bin/backend/tally"
	# a copy, so that it is known for this shop's when a backend is to be killed
	rm -f "$E2E/cups/bin/backend/ipp"
	install -m 700 "$CUPS_BIN/backend/ipp" "$E2E/cups/bin/backend/ipp"
}

printer_taker() { printf '#!/bin/sh\nTALLY_LOG=%s exec %s took "$1"\n' "$E2E/taken" "$room/tally"; }

queues()
{
	local queue ppd=$TOP_BUILDDIR/ppd/ccphotoe.ppd
	for queue in quick swift; do
		lpadmin -p $queue -E -v "claimcheck:tally:$E2E/taken" -P "$ppd" \
			-o media-default=om_small-photo_100x150mm || return 1
	done
	lpadmin -p photo -E -v "claimcheck:$PRINTER_URI" -P "$ppd"
}

spoold_conf_here()
{
	SPOOLD_SETTINGS='due-days = 1
	retention-days = 1
	grant-timeout-s = 600
	tries-per-order = 1000
	tries-per-station = 100000
	printer "quick" { queue = "quick" }
	printer "swift" { queue = "swift" }'
	port_pick SPOOLD_PORT
	spoold_conf >"$E2E/spoold.conf"
}

# What it prints comes out as it comes.
run()
{
	"$room/kills" -d "$E2E" -p "$SPOOLD_PORT" -s "$TOP_BUILDDIR/spoold/spoold" \
		-c "$TOP_BUILDDIR/tests/e2e/clock/clock.so" -n "$kills" ${SEED:+-r "$SEED"} >&"$tap_fd"
}

e2e_begin
CUPS_LOGLEVEL=warn SPOOLD_LOGLEVEL=info
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "cupsd starts" cupsd_start || exit 1
devices
ok "a printer starts" printer_start pixel
ok "queues are made" queues
# as shops have it: what cupsd did last is lost with it, and its job-ids are given again
sed -i '/^DirtyCleanInterval/d' "$E2E/cups/etc/cupsd.conf"
cupsd_stop
spoold_conf_here

if run; then
	pass "after $kills kills all is as it was promised"
else
	fail "after $kills kills all is as it was promised" "the lines above say what is not"
fi
e2e_end
