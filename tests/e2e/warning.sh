#!/bin/bash
# Before an order expires the shop's own program is run: with its number and no secret, as a user
# without rights, for a bounded time; one that fails or hangs delays nothing and is tried again.
. "$(dirname "$0")/lib.sh"

# hook LINE...: the program; what it may write is in $E2E/box
hook()
{
	{
		echo '#!/bin/bash'
		printf '%s\n' "$@"
	} >"$E2E/hook.new"
	chmod 755 "$E2E/hook.new"
	mv "$E2E/hook.new" "$E2E/hook"
}
event() { operator --event "$1" audit "$ORDER"; }

e2e_begin
mkdir -m 1777 "$E2E/box"
hook 'echo "$@" >"'"$E2E"'/box/$1"; env >"'"$E2E"'/box/$1.env"; id -u >"'"$E2E"'/box/$1.id"' \
	'ls /proc/self/fd >"'"$E2E"'/box/$1.fds"; ls "'"$E2E"'/state/keep" >"'"$E2E"'/box/$1.keep" 2>&1' \
	'echo "sent to $CLAIMCHECK_USER"; touch "'"$E2E"'/box/$1.done"'
SPOOLD_SETTINGS="due-days = 3
warning-days = 3
warning-hook = \"$E2E/hook\"
hook-user = \"games\"
hook-timeout-s = 2"
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order that expires soon" submit photo "$photo"
ok "the hook is run for it" wait_until 20 "[ -e $E2E/box/$ORDER.done ]"
is "with its number" "$(cat "$E2E/box/$ORDER")" "$ORDER"
is "as a user without rights" "$(cat "$E2E/box/$ORDER.id")" "$(id -u games)"
like "who comes and until when" "$(cat "$E2E/box/$ORDER.env")" "CLAIMCHECK_USER=$(id -un)"
like "and until when" "$(cat "$E2E/box/$ORDER.env")" 'CLAIMCHECK_DUE=20[0-9-]*T[0-9:]*Z'
no "no PIN, and no picture's name" grep -qE '4711|photo\.jpg' "$E2E/box/$ORDER.env"
is "it has no descriptor of ours" "$(grep -cE '^[4-9]|^[0-9][0-9]' "$E2E/box/$ORDER.fds")" 0
like "nor may it look at our secrets" "$(cat "$E2E/box/$ORDER.keep")" 'Permission denied'
ok "the audit has it" wait_until 20 'event warned | grep -q "crier: try 1"'
ok "the log has what it said" wait_until 10 "grep -q 'the hook says: sent to' '$E2E/log/spoold.out'"
is "the order waits" "$(order_state "$ORDER")" pending-held

# --- failing, hanging, not there ---
hook 'echo "no route to the customer" >&2; exit 3'
ok "another order" submit photo "$photo"
ok "a hook that fails is told of" wait_until 20 'event warning-failed | grep -q "ended with status 3"'
hook 'trap "" TERM; sleep 1000 & echo $! >"'"$E2E"'/box/child"; sleep 1000'
ok "another" submit photo "$photo"
ok "one that hangs is killed" wait_until 20 'event warning-failed | grep -q "more than 2 s and was killed"'
ok "with what it started" wait_until 10 '! pid_alive $(cat $E2E/box/child)'
rm "$E2E/hook"
ok "another" submit photo "$photo"
ok "one that is not there, too" wait_until 20 'event warning-failed | grep -q "ended with status 127"'
ok "orders are released as ever" release_order "$ORDER"
done=$ORDER
ok "and made" wait_until 60 '[ "$(order_state $done)" = completed ]'

# --- while it hangs ---
hook 'echo $$ >"'"$E2E"'/box/pid"; mv "'"$E2E"'/box/pid" "'"$E2E"'/box/began"; sleep 1000'
ok "another" submit photo "$photo"
ok "one that hangs again" wait_until 20 "[ -e $E2E/box/began ]"
ok "delays no customer" submit photo "$photo"
spoold_stop
is "nor the end of spoold" "$process_status" 0
ok "nothing of it is left" wait_until 10 '! pid_alive $(cat $E2E/box/began)'
sed -i 's/hook-user = .*/hook-user = "daemon"/' "$E2E/spoold.conf"
no "a hook is not run as who owns the store" timeout 20 "$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
like "which is said" "$tap_said" 'hook-user'
e2e_end
