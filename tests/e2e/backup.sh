#!/bin/bash
# A backup beside a spoold at work, its machine lost, a restore on a fresh one: an order is
# released by its code and printed, and every job is made again in cupsd. And what a backup
# gives to who steals it.
. "$(dirname "$0")/lib.sh"

# one_held_job NUMBER...: each order has a job in cupsd, and it is held
one_held_job()
{
	local n job
	for n in "$@"; do
		job=$(cups_job_of "$n") && [ "$(cups_job_state "$job")" = held ] || return 1
	done
}

# Hands in orders until told to stop; a line an order.
keep_submitting()
{
	while [ ! -e "$E2E/tmp/stop" ]; do
		submit photo "$photo" && echo "$ORDER" >>"$E2E/tmp/submitted"
	done
}

field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" <<<"$tap_said" | head -1; }
secret_hex() { sed -n '2s/.* //p' "$E2E/state/keep/site-secrets"; }
create_key() { operator --passphrase-file 0 recovery-key create "$E2E/tmp/key" <<<"$passphrase"; }
verify_key() { operator --passphrase-file 0 recovery-key verify "$E2E/tmp/key" "$@" <<<"$passphrase"; }
restore() { operator "$@" --recovery-key "$E2E/tmp/key" --passphrase-file 0 restore "$E2E/backup" <<<"$passphrase"; }

e2e_begin
passphrase='four words without sense'
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT STATION=$E2E/run/station.sock
CUPS_SOCKET=$E2E/cups/sock
spoold_conf >"$E2E/spoold.conf"

# --- the recovery key ---
ok "a recovery key is made" create_key
public=$(sed -n 's/^recovery-key = "\(.*\)"/\1/p' <<<"$tap_said")
is "its text is nobody else's to read" "$(stat -c %a "$E2E/tmp/key")" 600
like "it is a line for spoold.conf" "$public" '^[0-9a-f]{64}$'
no "it is not made over another" create_key
short() { operator --passphrase-file 0 recovery-key create "$E2E/tmp/short" <<<'short'; }
no "a short passphrase is refused" short
like "with words" "$tap_said" 'has 10 bytes at least'
no "without a terminal none is asked for" operator recovery-key verify "$E2E/tmp/key"
like "and it says so" "$tap_said" 'no terminal'

# --- a shop at work ---
SPOOLD_SETTINGS="recovery-key = \"$public\""
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
ok "an order waits for its code" submit_for_code photo "$photo" image/jpeg
code=$CODE coded=$ORDER
ok "the key opens it" verify_key "$coded"
like "and says so" "$tap_said" "It opens order $coded\."
ok "and any that waits" verify_key
passphrase='another one altogether'
no "not with another passphrase" verify_key
like "which is said" "$tap_said" 'does not open the recovery key'
passphrase='four words without sense'

# --- the backup ---
keep_submitting >/dev/null 2>&1 &
submitting=$!
wait_until 20 "[ -s $E2E/tmp/submitted ]"
before=$(cat "$E2E/tmp/submitted")
ok "a backup is made while orders come in" operator -j backup "$E2E/backup"
is "the site secrets are sealed in it" "$(field secrets)" sealed
saved=$(field orders)
touch "$E2E/tmp/stop"
wait "$submitting"
ok "it has all that was acknowledged before ($saved orders)" \
	test "$saved" -gt "$(wc -l <<<"$before")"
is "it is nobody else's to read" "$(stat -c %a "$E2E/backup" "$E2E"/backup/* | sort -u | tr '\n' ' ')" '600 700 '
no "the site secret is nowhere in it" grep -rqF "$(secret_hex)" "$E2E/backup"
no "nor is the code" grep -rqF "$code" "$E2E/backup"
no "it is not made over another" operator backup "$E2E/backup"
like "and says so" "$tap_said" 'there is a backup in'
ok "the store is sound, beside spoold" operator check
no "it is not restored over a working spoold" restore
like "which is said" "$tap_said" 'spoold works in .*: stop it first'
no "nor compacted under one" operator compact
held=$(head -1 <<<"$before")

# --- the machine is lost ---
spoold_stop
ok "a stopped one can be compacted" operator compact
cp -a "$E2E/state/keep/site-secrets" "$E2E/tmp/secrets"
cupsd_kill
rm -rf "$E2E/state" "$E2E/run" "$E2E"/cups/spool/* "$E2E"/cups/cache/job.cache*
cupsd_run
no "without the recovery key nothing is restored" operator restore "$E2E/backup"
like "and it says what is missing" "$tap_said" 'sealed to the recovery key'
no "so no store is there" test -e "$E2E/state/store/data.mdb"
install -d -o daemon -g daemon -m 700 "$E2E/state/keep"
sed 's/^1 ....../1 000000/' "$E2E/tmp/secrets" >"$E2E/state/keep/site-secrets"
chown daemon "$E2E/state/keep/site-secrets"
chmod 600 "$E2E/state/keep/site-secrets"
no "nor with another site's secrets" restore
like "which are known" "$tap_said" 'not those of the backup'
rm "$E2E/state/keep/site-secrets"
ok "with it all is restored" restore -j
is "as many as were saved" "$(field orders)" "$saved"
ok "and sound" operator check
ok "spoold starts on it" spoold_run
ok "the jobs are made again" wait_until 60 "one_held_job $coded $held"
ok "an order is released by its code" release_code "$code"
ok "and printed" wait_until 60 '[ "$(order_state $coded)" = completed ]'
is "once" "$(printer_taken pixel)" 1
ok "another by its PIN" release_order "$held"
ok "and printed" wait_until 60 '[ "$(order_state $held)" = completed ]'
ok "a new order has a number that was never given" submit photo "$photo"
ok "far behind the others" test "$ORDER" -gt $((held + 1000))
ok "the store is sound at the end" operator check
e2e_end
