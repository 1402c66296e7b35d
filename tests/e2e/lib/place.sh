# place.sh - the folder of one test: short (a socket's path has at most 107 bytes), private,
# and gone afterwards. A failed test leaves its logs in the build folder.

e2e_begin()
{
	e2e_name=$(basename "${0%.sh}")
	E2E=$(mktemp -d /tmp/cc.XXXX)
	chmod 755 "$E2E"
	mkdir -p "$E2E/log" "$E2E/tmp"
	exec {tap_fd}>&1
	e2e_ended=
	trap e2e_teardown EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	# Nothing of the caller's CUPS may be seen or touched.
	export HOME=$E2E/home CUPS_SERVER=$E2E/no-cupsd-yet
	mkdir -p "$HOME"
	unset CUPS_USER IPP_PORT LPDEST PRINTER CUPS_ENCRYPTION
	type e2e_programs >/dev/null 2>&1 && e2e_programs
	return 0
}

e2e_end()
{
	e2e_ended=1
	tap_plan
	exit $?
}

e2e_keep_logs()
{
	local to=$TOP_BUILDDIR/tests/e2e/$e2e_name.kept
	rm -rf "$to"
	mkdir -p "$to" && cp -r "$E2E/log" "$to/" 2>/dev/null
	[ -d "$E2E/cups/etc" ] && cp -r "$E2E/cups/etc" "$to/cups-etc" 2>/dev/null
	diag "logs kept in $to"
}

e2e_teardown()
{
	local status=$?
	trap - EXIT
	[ -n "$e2e_ended" ] || diag "ended before its plan, status $status"
	if [ -n "${E2E_KEEP:-}" ] || [ "$status" != 0 ] || [ "$tap_failed" != 0 ]; then
		e2e_keep_logs
	fi
	process_end_all
	if [ "${E2E_KEEP:-}" = all ]; then
		diag "kept: $E2E"
	else
		rm -rf "$E2E"
	fi
	exit "$status"
}
