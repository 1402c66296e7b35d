# process.sh - programs in the background, known by name, ended by their own pid only.

declare -A process_pid=()

# process_start NAME command...: its output goes to $E2E/log/NAME.out
process_start()
{
	local name=$1
	shift
	"$@" </dev/null >>"$E2E/log/$name.out" 2>&1 &
	process_pid[$name]=$!
}

# A zombie is not alive, though kill -0 says so.
pid_alive()
{
	local state
	state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 1
	[ -n "$state" ] && [ "$state" != Z ] && [ "$state" != X ]
}

process_alive() { [ -n "${process_pid[$1]:-}" ] && pid_alive "${process_pid[$1]}"; }

# process_kill NAME [SIGNAL]: sends it and reaps; $process_status is how it ended.
process_kill()
{
	local name=$1 pid=${process_pid[$1]:-}
	[ -n "$pid" ] || return 0
	kill -"${2:-TERM}" "$pid" 2>/dev/null
	if ! wait_until "${3:-15}" "! pid_alive $pid"; then
		diag "$name ($pid) did not end, killing it"
		kill -KILL "$pid" 2>/dev/null
	fi
	process_status=0
	wait "$pid" 2>/dev/null || process_status=$?
	unset "process_pid[$name]"
}

# pids of all descendants of PID, deepest last; also those that ignore their parent's end.
descendants()
{
	local child
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		echo "$child"
		descendants "$child"
	done
}

# Everything that still works in our folder (filters, orphaned backends): found by what
# they hold, so that nobody else's process can be meant.
strays()
{
	local proc
	for proc in /proc/[0-9]*; do
		[ "${proc#/proc/}" = $$ ] && continue
		if cat "$proc/environ" "$proc/cmdline" 2>/dev/null | grep -qaF "$E2E/"; then
			echo "${proc#/proc/}"
		fi
	done
}

process_end_all()
{
	local name pid
	for name in spoold "${!process_pid[@]}"; do
		process_kill "$name" TERM 5 2>/dev/null
	done
	for pid in $(strays); do
		[ "$pid" = "$BASHPID" ] || kill -KILL "$pid" 2>/dev/null
	done
}
