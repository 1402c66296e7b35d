# shop.sh - the shop of kills.sh and races.sh, laid out but for what their programs start
# themselves. To be read after lib.sh.

room=$TOP_BUILDDIR/tests/crash
# Four queues: two devices that are quick and count, one that is a real IPP printer and
# counts by the same program, and one that makes plates for a hot folder.
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
		lpadmin -p $queue -E -v "claimcheck:tally:$E2E/taken?$queue" -P "$ppd" \
			-o media-default=om_small-photo_100x150mm || return 1
	done
	lpadmin -p photo -E -v "claimcheck:$PRINTER_URI" -P "$ppd" || return 1
	mkdir -p "$E2E/hot" "$E2E/plates" && chown lp "$E2E/hot"
	lpadmin -p plate -E -v "platesetter:$E2E/hot" -P "$TOP_BUILDDIR/ppd/ccplate.ppd" \
		-o Resolution=1200dpi -o CcRuling=100lpi -o PageSize=Custom.426x426
}

spoold_conf_here()
{
	SPOOLD_SETTINGS='due-days = 1
	retention-days = 1
	stored-days = 1
	grant-timeout-s = 3600
	tries-per-order = 1000
	tries-per-station = 100000
	printer "quick" { queue = "quick" }
	printer "swift" { queue = "swift" }'
	port_pick SPOOLD_PORT
	spoold_conf >"$E2E/spoold.conf"
}

# crash_shop: all of it; cupsd is stopped again, for the program to start
crash_shop()
{
	CUPS_LOGLEVEL=warn SPOOLD_LOGLEVEL=info
	PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
	cupsd_start || return 1
	devices
	printer_start pixel && queues || return 1
	"$@" || return 1
	# as shops have it: what cupsd did last is lost with it, and its job-ids are given again
	sed -i '/^DirtyCleanInterval/d' "$E2E/cups/etc/cupsd.conf"
	cupsd_stop
	spoold_conf_here
}

# crash_run PROGRAM COUNT: what it prints comes out as it comes
crash_run()
{
	"$room/$1" -d "$E2E" -p "$SPOOLD_PORT" -s "$TOP_BUILDDIR/spoold/spoold" \
		-c "$TOP_BUILDDIR/tests/e2e/clock/clock.so" -n "$2" ${SEED:+-r "$SEED"} >&"$tap_fd"
}
