# printer.sh - a virtual IPP Everywhere printer that nobody here wrote (ippeveprinter).
#
# printer_start NAME: sets PRINTER_URI, PRINTER_PORT and PRINTER_BOX. What it receives lands
# in PRINTER_BOX, complete, as NNN.TYPE; while the file PRINTER_BOX/.hold exists the printer is
# "printing" and takes its time. The box's log/taken has a line a job.
# Set before, if wanted: PRINTER_MEDIA, a PPD that says which paper the device has (its own
# idea of itself is an office printer's)

# ippeveprinter insists on a D-Bus system bus, though it announces nothing: a private one.
bus_start()
{
	[ -n "${process_pid[bus]:-}" ] && return 0
	process_start bus dbus-daemon --session --nofork --address="unix:path=$E2E/bus"
	wait_until 10 "[ -S $E2E/bus ]"
}

printer_taker()
{
	cat <<-END
	#!/bin/bash
	# \$1: the document; ippeveprinter removes it afterwards
	box=$1
	exec 9>"\$box/.lock"; flock 9
	n=\$(printf %03d \$((\$(wc -l <"\$box/.taken") + 1)))
	case \${CONTENT_TYPE:-} in
	image/pwg-raster) type=pwg ;; image/jpeg) type=jpg ;;
	application/pdf) type=pdf ;; *) type=bin ;;
	esac
	echo "INFO: taking \$n" >&2
	while [ -e "\$box/.hold" ]; do read -r -t 0.1 <> <(:); done
	cp "\$1" "\$box/.part" && mv "\$box/.part" "\$box/\$n.\$type"
	echo "\$n.\$type \${IPP_JOB_NAME:-}" >>"\$box/.taken"
	END
}

printer_start()
{
	local name=$1
	bus_start
	PRINTER_BOX=$E2E/$name
	mkdir -p "$PRINTER_BOX" "$E2E/tmp/$name"
	: >"$PRINTER_BOX/.taken"
	printer_taker "$PRINTER_BOX" >"$E2E/tmp/take-$name"
	chmod 755 "$E2E/tmp/take-$name"
	port_pick PRINTER_PORT
	PRINTER_URI=ipp://localhost:$PRINTER_PORT/ipp/print
	# With a PPD it takes no further word about itself.
	local nature=(-s 2,2 -f image/pwg-raster,image/jpeg)
	[ -z "${PRINTER_MEDIA:-}" ] || nature=(-P "$PRINTER_MEDIA")
	process_start "$name" env DBUS_SYSTEM_BUS_ADDRESS="unix:path=$E2E/bus" TMPDIR="$E2E/tmp" \
		ippeveprinter -r off -n localhost -p "$PRINTER_PORT" -d "$E2E/tmp/$name" -vv \
		"${nature[@]}" -c "$E2E/tmp/take-$name" "$name"
	wait_until 20 "port_listening $PRINTER_PORT"
}

# How many documents the printer named took to the end.
printer_taken() { wc -l <"$E2E/$1/.taken"; }
