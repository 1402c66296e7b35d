# wait.sh - polling with a deadline, and ports nobody listens on.

# wait_until SECONDS 'shell words': polls every 50 ms; fails, and says so, at the deadline.
wait_until()
{
	local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000)) what=$2
	until eval "$what" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME/./}" -ge "$deadline" ]; then
			diag "not within $1 s: $what"
			return 1
		fi
		nap
	done
}

# 50 ms without starting a process: a read that nobody ever answers.
nap()
{
	[ -n "${nap_fd:-}" ] || exec {nap_fd}<> <(:)
	read -r -t 0.05 -u "$nap_fd" || true
}

ports_taken=" "

# port_listening PORT: somebody in this machine listens on it.
port_listening()
{
	local hex
	printf -v hex ':%04X' "$1"
	awk -v p="$hex" 'substr($2, length($2) - 4) == p && $4 == "0A" { found = 1 }
		END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# port_pick VAR: a free port (below the kernel's own choices), not given before. Tests that
# run side by side choose from a hundred each, by their pid.
port_pick()
{
	local port
	while :; do
		port=$((21000 + $$ % 90 * 100 + RANDOM % 100))
		case $ports_taken in *" $port "*) continue ;; esac
		port_listening "$port" || break
	done
	ports_taken+="$port "
	printf -v "$1" %s "$port"
}
