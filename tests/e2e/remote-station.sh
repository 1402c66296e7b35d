#!/bin/bash
# A station on another machine: over TLS, with a key, to a service whose certificate it knows;
# its customers' tries are its own; and out when it is revoked.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/net.sh"
net_alone "$@"

# remote STATUS "sentence" [OPTION...] <<<input: the station on the other machine
remote()
{
	there timeout 120 env LC_ALL=C "$TOP_BUILDDIR/tools/release" \
		-s "$SHOP_ADDRESS:$SPOOLD_PORT" --key-file "$key" "${@:3}" >"$E2E/tmp/said" 2>&1
	is "$2" "$?" "$1"
	said=$(cat "$E2E/tmp/said")
}

e2e_begin
key=$E2E/station.key
ok "two machines and a cable" net_open
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT STATION=$E2E/run/station.sock
SPOOLD_SETTINGS='tries-per-station = 4'
# shop_open, but where other machines may come
ok "the shop opens" eval 'cupsd_start && printer_start pixel && HOT_FOLDER=$E2E/hot &&
	mkdir -p "$HOT_FOLDER" && chown lp "$HOT_FOLDER" && shop_queues &&
	spoold_conf | sed "s/^listen = .*/listen = {\"*:$SPOOLD_PORT\"}/" >"$E2E/spoold.conf" &&
	spoold_run'
photo=$(shop_document photo.jpg)
ok "an order" submit photo "$photo"
first=$ORDER

# --- without a key, with a wrong one ---
there timeout 30 "$TOP_BUILDDIR/tools/release" -s "$SHOP_ADDRESS:$SPOOLD_PORT" "$first" <<<4711 >"$E2E/tmp/said" 2>&1
isnt=$?
ok "without a key nothing is released ($isnt)" test "$isnt" != 0
is "the order waits" "$(order_state "$first")" pending-held

umask 077
ok "a station is added" eval 'operator station add counter-2 >"$key"'
like "its key has its name and the certificate" "$(cat "$key")" '^claimcheck-station counter-2 [0-9a-f]{64} [0-9a-f]{64}$'
secret=$(cut -d' ' -f3 "$key")
no "a second one of that name is refused" operator station add counter-2
no "and one whose name is none" operator station add 'no name'
like "it is listed" "$(operator station list)" '^counter-2 .*seen -'
no "its key is in no file of the service" grep -rq "$secret" "$E2E/state" "$E2E/log"
is "who may read the list is spoold" "$(stat -c %a "$E2E/state/keep/stations")" 600

sed "s/$secret/$(tr 0-9a-f 1-9a-f0 <<<"$secret")/" "$key" >"$E2E/wrong.key"
good=$key key=$E2E/wrong.key
remote 3 "a wrong key" "$first" <<<4711
like "may release nothing" "$said" 'at a station only'
chmod 644 "$good"
key=$good
remote 2 "a key that others may read" "$first" <<<4711
like "is not used" "$said" 'chmod 600'
chmod 600 "$good"
sed 's/[0-9a-f]*$/0000000000000000000000000000000000000000000000000000000000000000/' "$good" >"$E2E/wrong.key"
key=$E2E/wrong.key
remote 9 "another certificate" "$first" <<<4711
like "is not told the key" "$said" 'it is not told the key'
key=$good

# --- it works ---
remote 0 "a list" --list "$first" <<<4711
like "shows the order" "$said" "Order $first of"
remote 0 "a release" "$first" <<<4711
like "to its end" "$said" "Order $first is done"
is "it is printed" "$(printer_taken pixel)" 1
like "the operator sees the station" "$(operator station list)" '^counter-2 .*seen 20'
like "and the audit who released" "$(operator audit "$first")" 'station counter-2'
no "it is no operator" there timeout 20 ipptool -E -q -d "job=$first" \
	"ipps://$SHOP_ADDRESS:$SPOOLD_PORT/jobs/$first" "$TOP_SRCDIR/tests/e2e/ipp/cancel.test"

# --- revoked, and over a restart ---
ok "another order" submit photo "$photo"
second=$ORDER
ok "another station" eval 'operator station add counter-3 >"$E2E/third.key"'
spoold_stop
ok "spoold comes again" spoold_run
like "it knows both" "$(operator station list | cut -d' ' -f1 | tr '\n' ' ')" 'counter-2 counter-3'
ok "the first is revoked" operator station revoke counter-2
no "twice is refused" operator station revoke counter-2
remote 3 "it is out" --list "$second" <<<4711
like "at once" "$said" 'at a station only'

# --- its tries are its own ---
key=$E2E/third.key
for pin in 1 2 3 4 5 6 7 8; do
	there timeout 30 "$TOP_BUILDDIR/tools/release" -s "$SHOP_ADDRESS:$SPOOLD_PORT" \
		--key-file "$key" $((90000 + pin)) <<<1111 >"$E2E/tmp/said" 2>&1
	status=$?
done
is "after wrong tries the remote station is locked" "$status" 4
said=$(cat "$E2E/tmp/said")
like "and told for how long" "$said" 'try again in'
ok "the one at the counter is not" eval 'station --list "$second" <<<4711 >/dev/null'
e2e_end
