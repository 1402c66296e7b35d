# spoold.sh - a private spoold beside the private cupsd, with users that Debian has anyway.
#
# spoold_start             writes $E2E/spoold.conf and starts; sets SPOOLD_PORT, SPOOLD
# Set before, if wanted:   SPOOLD_SETTINGS  further lines for spoold.conf
#                          PHOTO_SETTINGS   further lines of its printer photo
# keep runs as daemon, front as nobody, filters as cupsd's lp.

spoold_conf()
{
	cat <<-END
	state-directory = "$E2E/state"
	run-directory = "$E2E/run"
	log-level = "${SPOOLD_LOGLEVEL:-debug}"
	user = "daemon"
	front-user = "nobody"
	filter-user = "lp"
	station-group = "lp"
	listen = {"localhost:$SPOOLD_PORT"}
	cups-server = "$CUPS_SOCKET"
	reconcile-s = 1
	disk-reserve-mb = 1
	${SPOOLD_SETTINGS:-}
	printer "photo" {
	  queue = "photo"
	  info = "Photographs"
	  location = "counter"
	  geo-location = "geo:52.5,13.4"
	  ${PHOTO_SETTINGS:-}
	}
	printer "plate" {
	  queue = "plate"
	  info = "Printing plates"
	}
	END
}

spoold_start()
{
	if [ -z "${SPOOLD_PORT:-}" ]; then
		port_pick SPOOLD_PORT
		SPOOLD=localhost:$SPOOLD_PORT
		STATION=$E2E/run/station.sock
	fi
	spoold_conf >"$E2E/spoold.conf"
	spoold_run
}

spoold_run()
{
	process_start spoold "$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
	wait_until 20 "spoold_answers ${1:-}"
}

# It answers for its printers.
spoold_answers()
{
	process_alive spoold && [ -n "$(spoold_printer_state photo)" ]
}

spoold_printer_state() { ipp_printer_attribute "$SPOOLD/ipp/print/$1" printer-state; }

spoold_stop() { process_kill spoold TERM; }

# spoold_child keep|front|courier: its pid, by the name that it gave itself
spoold_child()
{
	local pid
	for pid in $(descendants "${process_pid[spoold]}"); do
		if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "$1" ||
			grep -q "$1" "/proc/$pid/comm" 2>/dev/null; then
			echo "$pid"
			return 0
		fi
	done
	return 1
}

# kill -9 of one process of spoold; the supervisor starts it again.
spoold_kill_child()
{
	local pid
	pid=$(spoold_child "$1") || return 1
	kill -KILL "$pid" && wait_until 10 "! pid_alive $pid"
}

# kill -9 of the supervisor, and so of all of spoold.
spoold_kill()
{
	local children
	children=$(descendants "${process_pid[spoold]}")
	process_kill spoold KILL
	for pid in $children; do
		wait_until 10 "! pid_alive $pid" || return 1
	done
}

# order_state NUMBER: job-state of an order as spoold says it
order_state() { ipp_job_attribute "$SPOOLD/jobs" "$1" job-state; }
# These are told to its owner (the user of this test) and to operators only.
order_reasons()
{
	(
		ipp_user=$(id -un) ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$1"
		ipp_value job-state-reasons
	)
}
order_uuid() { operator show "$1" 2>/dev/null | sed -n 's/^ *uuid */urn:uuid:/p'; }

# cups_job_of NUMBER: the CUPS job that stands for an order, found by its name
cups_job_of()
{
	local uuid
	uuid=$(order_uuid "$1")
	[ -n "$uuid" ] || return 1
	lpstat -W all -o 2>/dev/null | awk '{ sub(/.*-/, "", $1); print $1 }' |
		while read -r id; do
			case $(cups_job_attribute "$id" job-name) in
			*"$uuid"*) echo "$id" ;;
			esac
		done | tail -1
}

# submit DESTINATION FILE [lp option...]: sets ORDER, the number; PIN 4711 unless $PIN.
# The PIN goes in a file of the customer's, so that sampling command lines stays honest.
submit()
{
	local said
	customer_pin "${PIN:-4711}" "$1"
	said=$(lp -h "$SPOOLD" -d "$1" "${@:3}" "$2" 2>&1) || {
		diag "$said"
		return 1
	}
	ORDER=$(sed -n 's/^request id is .*-\([0-9]*\) .*/\1/p' <<<"$said")
	[ -n "$ORDER" ]
}

# submit_for_code DESTINATION FILE TYPE: no PIN; sets ORDER and CODE, the claim code
submit_for_code()
{
	local said
	said=$(timeout 30 ipptool -tv -f "$2" -d "type=$3" "ipp://$SPOOLD/ipp/print/$1" \
		"$TOP_SRCDIR/tests/e2e/ipp/order-code.test") || { diag "$said"; return 1; }
	ORDER=$(sed -n 's/^ *job-id (integer) = //p' <<<"$said")
	CODE=$(sed -n 's/^ *claimcheck-claim-code ([^)]*) = //p' <<<"$said")
	[ -n "$ORDER" ] && [ -n "$CODE" ]
}

# The station: what a person types comes on a descriptor, never as an argument.
station() { "$TOP_BUILDDIR/tools/release" -s "$STATION" "$@"; }
operator() { "$TOP_BUILDDIR/tools/spoolctl" -c "$E2E/spoold.conf" -s "$E2E/run/keep.sock" "$@"; }

# release_order NUMBER [again]: by its number and $PIN (4711), without waiting
release_order()
{
	station --yes --no-wait ${2:+--again} --pin-file 0 "$1" <<<"${PIN:-4711}"
}

# release_code CODE [option...]: by the claim code alone
release_code() { station --yes --pin-file 0 "${@:2}" <<<"$1"; }
