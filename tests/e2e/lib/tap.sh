# tap.sh - Test Anything Protocol: a line a fact, the plan last, or the test has failed.

tap_count=0
tap_failed=0
tap_out() { printf '%s\n' "$*" >&"${tap_fd:-1}"; }

# What a test's own programs say is diagnosis, not TAP: it goes to the log as a comment.
diag() { sed 's/^/# /' <<<"$*" >&"${tap_fd:-1}"; }

pass()
{
	tap_count=$((tap_count + 1))
	tap_out "ok $tap_count - $1"
}

fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	tap_out "not ok $tap_count - $1"
	shift
	local line
	for line in "$@"; do diag "$line"; done
	return 1
}

# Runs in this shell, since the command may start processes and set variables.
tap_run()
{
	tap_status=0
	"$@" >"$E2E/log/.said" 2>&1 || tap_status=$?
	tap_said=$(head -c 2000 "$E2E/log/.said" | tr -d '\0')
	return "$tap_status"
}

# ok "sentence" command...: the fact is the command's success.
ok()
{
	local sentence=$1
	shift
	if tap_run "$@"; then
		pass "$sentence"
	else
		fail "$sentence" "status $tap_status of: $*" "$tap_said"
	fi
}

# no "sentence" command...: the fact is the command's failure.
no()
{
	local sentence=$1
	shift
	if tap_run "$@"; then
		fail "$sentence" "should have failed: $*" "$tap_said"
	else
		pass "$sentence"
	fi
}

# is "sentence" got want
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:  ${2:0:2000}" "want: ${3:0:2000}"
	fi
}

# like "sentence" text extended-regular-expression
like()
{
	if grep -qE -e "$3" <<<"$2"; then
		pass "$1"
	else
		fail "$1" "text:    ${2:0:4000}" "pattern: $3"
	fi
}

# near "sentence" "r g b" "r g b" TOLERANCE (8-bit steps)
near()
{
	local got=($2) want=($3) i off=
	for i in 0 1 2; do
		[ "$((got[i] - want[i]))" -le "$4" ] && [ "$((want[i] - got[i]))" -le "$4" ] ||
			off=1
	done
	if [ -z "$off" ]; then pass "$1"; else fail "$1" "got $2, want $3 within $4"; fi
}

unlike()
{
	if grep -qE -e "$3" <<<"$2"; then
		fail "$1" "text:            ${2:0:4000}" "must not match: $3"
	else
		pass "$1"
	fi
}

# A test that can't be asked here says why and counts as skipped, not as passed.
skip()
{
	tap_count=$((tap_count + 1))
	tap_out "ok $tap_count - $1 # SKIP $2"
}

tap_plan()
{
	tap_out "1..$tap_count"
	[ "$tap_failed" = 0 ] && [ "$tap_count" -gt 0 ]
}
