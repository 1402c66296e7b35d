#!/bin/bash
# The supervisor: an ordered start and stop, what dies is started again, two never share a
# store, a bad configuration is refused with words, and every process is who it should be.
. "$(dirname "$0")/lib.sh"

spoold=$TOP_BUILDDIR/spoold/spoold

# conf [LINE...]: a configuration in $E2E/NAME.conf of its own folders
conf()
{
	cat <<-END
	state-directory = "$E2E/state"
	run-directory = "$E2E/run"
	log-level = "debug"
	user = "daemon"
	front-user = "nobody"
	filter-user = "lp"
	station-group = "lp"
	listen = {"localhost:$PORT"}
	cups-server = "$E2E/no-cupsd"
	disk-reserve-mb = 1
	printer "photo" { queue = "photo" }
	END
	local line
	for line in "$@"; do echo "$line"; done
}

start() { process_start spoold "$spoold" -c "$E2E/spoold.conf"; }

# child NAME: the pid of one of spoold's processes that has come as far as its loop
child()
{
	local pid
	for pid in $(descendants "${process_pid[spoold]}"); do
		if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "spoold-$1" ]; then
			echo "$pid"
			return 0
		fi
	done
	return 1
}

running() { [ -n "$(child keep)" ] && [ -n "$(child courier)" ] && [ -n "$(child front)" ]; }
settled() { running && [ "$(status_of front Seccomp)" = 2 ] &&
	[ "$(status_of keep Seccomp)" = 2 ] && [ "$(status_of courier Seccomp)" = 2 ]; }
status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$(child "$1")/status"; }
user_of() { id -nu "$(status_of "$1" Uid | cut -f1)"; }
other_than() { local now; now=$(child "$1") && [ "$now" != "$2" ]; }
refused() { timeout 20 "$spoold" -c "$1" 2>&1; }
all_gone() { local pid; for pid in "$@"; do pid_alive "$pid" && return 1; done; return 0; }

e2e_begin
port_pick PORT
conf >"$E2E/spoold.conf"

# --- the configuration ---
ok "a good configuration is good" "$spoold" -t -c "$E2E/spoold.conf"
conf 'code-lenght = 12' >"$E2E/bad.conf"
no "a bad one is not" "$spoold" -t -c "$E2E/bad.conf"
like "with file, line and the word" "$tap_said" "bad.conf:12: no such option 'code-lenght'"
no "nor does it start" "$spoold" -c "$E2E/bad.conf"
no "and it has made nothing" test -e "$E2E/state"
sed 's/"daemon"/"nosuchuser"/' "$E2E/spoold.conf" >"$E2E/bad.conf"
no "a user that is not there is refused" refused "$E2E/bad.conf"
like "by the setting's name" "$tap_said" "setting user: there is no user 'nosuchuser'"
sed 's/"nobody"/"daemon"/' "$E2E/spoold.conf" >"$E2E/bad.conf"
no "one user for both is refused" refused "$E2E/bad.conf"
like "with the reason" "$tap_said" 'must not be able to read the store'
no "wrong usage is refused" "$spoold" --nonsense
is "with status 2" "$tap_status" 2

# --- the start ---
start
ok "it starts keep, courier and front" wait_until 20 settled
is "keep is another user" "$(user_of keep)" daemon
is "the courier is keep's user" "$(user_of courier)" daemon
is "front is yet another" "$(user_of front)" nobody
for who in keep courier front; do
	is "$who has no groups" "$(status_of $who Groups)" ''
	is "$who has no capabilities" "$(status_of $who CapEff)" 0000000000000000
	is "$who can get no new rights" "$(status_of $who NoNewPrivs)" 1
done
is "front's root folder is its own" "$(readlink "/proc/$(child front)/root")" "$E2E/state/tls"
modes=$(stat -c '%n %U %G %a' "$E2E"/state/* "$E2E"/state/tls/*.key "$E2E"/run/*.sock |
	sed "s|$E2E/||; s|/[^/]*\.key|/key|")
is "folders, key and sockets have their owners and modes" "$modes" "$(cat <<-END
	state/keep daemon daemon 700
	state/lock root root 644
	state/store daemon daemon 700
	state/tls root nogroup 750
	state/tls/key nobody nogroup 600
	run/keep.sock daemon lp 660
	run/station.sock nobody lp 660
	END
)"
for who in courier front; do
	no "$who does not hold the lock" grep -q "$E2E/state/lock" \
		<(ls -l "/proc/$(child $who)/fd")
done

ok "front speaks TLS out of its root folder" wait_until 20 'timeout 10 ipptool -t \
	-d attribute=printer-state "ipps://localhost:$PORT/ipp/print/photo" \
	"$TOP_SRCDIR/tests/e2e/ipp/printer.test"'

# --- two at once ---
sed "s|/run\"|/run2\"|; s|localhost:$PORT|localhost:1|" "$E2E/spoold.conf" >"$E2E/second.conf"
no "a second one on the same state folder is refused" refused "$E2E/second.conf"
like "and told by whom" "$tap_said" "another spoold \(pid ${process_pid[spoold]}\) works in '$E2E/state'"
sed "s|/state\"|/state2\"|" "$E2E/spoold.conf" >"$E2E/second.conf"
no "and so is one on the same run folder" refused "$E2E/second.conf"
ok "the first one's sockets are still there" test -S "$E2E/run/keep.sock"
sed "s|/state\"|/state3\"|; s|/run\"|/run3\"|" "$E2E/spoold.conf" >"$E2E/third.conf"
no "a port that is taken is refused" refused "$E2E/third.conf"
like "by its name" "$tap_said" "cannot listen on localhost:$PORT: Address already in use"

# --- deaths ---
for who in front courier; do
	was=$(child $who) keep_was=$(child keep)
	kill -KILL "$was"
	ok "$who is started again after kill -9" wait_until 20 "other_than $who $was && settled"
	is "and keep did not notice" "$(child keep)" "$keep_was"
done
was=$(child keep) front_was=$(child front)
kill -KILL "$was"
ok "keep is started again after kill -9" wait_until 20 "other_than keep $was && settled"
no "with a new front" pid_alive "$front_was"
kill -HUP "${process_pid[spoold]}"
ok "SIGHUP is harmless" wait_until 10 "grep -q 'settings are read at the start only' $E2E/log/spoold.out"
ok "it runs on" settled

# --- the end ---
children=$(descendants "${process_pid[spoold]}" | tr '\n' ' ')
process_kill spoold TERM
is "SIGTERM ends it with status 0" "$process_status" 0
ok "all of it" all_gone $children
no "its sockets are gone" ls "$E2E"/run/*.sock "$E2E/run/spoold.pid"
order=$(sed -n 's/.*spoold\[[0-9]*\] [A-Z]*: \([a-z]*\) \(ended\|was ended\).*/\1/p' \
	"$E2E/log/spoold.out" | tail -4 | tr '\n' ' ')
is "front and preflight, then the courier, then keep" "$order" 'front preflight courier keep '

start
ok "it starts again in the same folders" wait_until 20 settled
children=$(descendants "${process_pid[spoold]}" | tr '\n' ' ')
process_kill spoold KILL
ok "kill -9 of the supervisor ends all" wait_until 10 "all_gone $children"
start
ok "and it starts again over what that left" wait_until 20 settled
process_kill spoold INT
is "SIGINT ends it, too, with status 0" "$process_status" 0
e2e_end
