#!/bin/bash
# The courier against a real cupsd: every row of its table, and cupsd dying in between.
. "$(dirname "$0")/lib.sh"

A=11111111-1111-4111-8111-111111111111
B=22222222-2222-4222-8222-222222222222
C=33333333-3333-4333-8333-333333333333
D=44444444-4444-4444-8444-444444444444
HELD=4 PENDING=3 STOPPED=6 CANCELED=7

courier_start()
{
	coproc TALK { exec "$TOP_BUILDDIR/tests/e2e/courier/talk" "$CUPS_SOCKET" \
		2>>"$E2E/log/courier.out"; }
	exec {talk_in}>&"${TALK[1]}" {talk_out}<&"${TALK[0]}"
	process_pid[talk]=$TALK_PID
}

# tell WORDS...: a line to the courier
tell() { echo "$*" >&"$talk_in"; }

# heard PATTERN: the next line that matches, within 20 s; $said
heard()
{
	while read -r -t 20 -u "$talk_out" said; do
		echo "$said" >>"$E2E/log/said"
		[[ $said =~ $1 ]] && return 0
	done
	said="nothing like $1"
	return 1
}

# want VERB UUID NUMBER JOB QUEUE DOCUMENTS [WORDS]: asks, and waits for its answer: $said
want()
{
	tell want "$@"
	heard "^done $2 "
}

job_of() { sed -n 's/.* job=\([0-9]*\) .*/\1/p' <<<"$said"; }

# A queue without filters: they would ask keep.
add_queue() { lpadmin -p "$1" -E -v file:/dev/null -m raw 2>/dev/null; }

e2e_begin
cupsd_start
add_queue photo
courier_start

ok "it says that cupsd answers" heard '^cupsd up=1'
tell watch photo
ok "it describes a queue" heard '^queue photo known=1 state=3 accepting=1'
like "with cupsd's attributes" "$said" 'bytes=[0-9]{4,}'
tell watch nowhere
ok "it says that a queue is not there" heard '^queue nowhere known=0'

want held $A 1 0 photo 2 "waiting for the claim code"
a=$(job_of)
is "a wish for a held job is fulfilled" "$said" \
	"done $A want=1 job=$a state=$HELD kind=none"
is "the job is held" "$(cups_job_state "$a")" held
is "its name carries the order" "$(cups_job_attribute "$a" job-name)" \
	"Order 1 urn:uuid:$A"
is "it belongs to the courier's user" \
	"$(cups_job_attribute "$a" job-originating-user-name)" daemon
is "it has its two tickets" "$(cups_job_attribute "$a" number-of-documents)" 2
like "lpstat says what it waits for" "$(lpstat -l -o)" 'Status: waiting for the claim code'
is "copies came along" "$(cups_job_attribute "$a" copies)" 2
is "media came along" "$(cups_job_attribute "$a" media)" iso_a4_210x297mm
is "the hold could not be talked away" "$(cups_job_attribute "$a" job-hold-until)" indefinite
like "no sheets were added" "$(cups_job_attribute "$a" job-sheets)" '^none'
is "an attribute of the wrong type stayed out" "$(cups_job_attribute "$a" print-scaling)" ''
no "an account number is nowhere in cupsd's spool" \
	grep -rqa 'SECRET-4711' "$E2E/cups/spool" "$E2E/log"
ok "the tickets are tickets" grep -qa "^urn:uuid:$A 2" "$E2E/cups/spool/d0000$a-002"

want held $A 1 "$a" photo 2
is "the same wish again changes nothing" "$said" \
	"done $A want=1 job=$a state=$HELD kind=none"
want held $A 1 0 photo 2
is "also if keep never heard of the job" "$(job_of)" "$a"

want held $A 1 "$a" photo 4
is "tickets that a cut-off making left out are added" \
	"$(cups_job_attribute "$a" number-of-documents)" 4

lp -i "$a" -H resume 2>/dev/null
want held $A 1 "$a" photo 2
like "a job that somebody released is an answer" "$said" "job=$a state=[4579] "

want held $B 2 0 photo 1 "waiting"
b=$(job_of)
tell jobs 7
ok "the list shows it" heard "^seen $B round=7 job=$b state=$HELD queue=photo"
ok "and ends whole" heard '^end round=7 complete=1'
lp -d photo -H indefinite -t "Order 9 urn:uuid:$D" /etc/hostname >/dev/null
tell jobs 8
ok "another list ends, too" heard '^end round=8 complete=1'
no "somebody else's job of that name is not ours" grep -q "^seen $D" "$E2E/log/said"
ok "though cupsd shows it" eval 'lpstat -o photo | grep -q "^photo-3 "'

cupsdisable photo
want released $B 2 "$b" photo 1
is "a release is a release" "$said" "done $B want=2 job=$b state=$PENDING kind=none"
is "the job is pending" "$(cups_job_state "$b")" pending
want released $B 2 "$b" photo 1
is "a second one changes nothing" "$said" "done $B want=2 job=$b state=$PENDING kind=none"
want held $B 2 "$b" photo 1
is "it can be held again" "$said" "done $B want=1 job=$b state=$HELD kind=none"
want gone $B 2 "$b" photo 1
is "an order that ends takes its job away" "$said" \
	"done $B want=3 job=$b state=$CANCELED kind=none"
is "the job is canceled" "$(cups_job_state "$b")" canceled
want gone $B 2 "$b" photo 1
like "once more is no fault" "$said" 'kind=none'
want held $B 2 "$b" photo 1
like "an ended job is told, not made again" "$said" "job=$b state=$CANCELED kind=conflict"
want held $B 2 0 photo 1
isnt=$(job_of)
like "keep may ask for a new one" "$said" "state=$HELD kind=none"
no "which is another" test "$isnt" = "$b"

want released $C 3 0 photo 1
like "a release without a job is an answer" "$said" 'job=0 state=0 kind=absent'
want held $C 3 0 nowhere 1
like "a queue that is not there is an answer" "$said" 'job=0 state=0 kind=input'

# --- cupsd away, and back with nothing ---
want held $C 3 0 photo 3 "waiting"
c=$(job_of)
cupsd_kill
rm -f "$CUPS_SOCKET"
ok "it says that cupsd is gone" heard '^cupsd up=0'
want held $D 4 0 photo 1
like "wishes are put off meanwhile" "$said" 'kind=later'
tell jobs 9
ok "and lists are incomplete" heard '^end round=9 complete=0'
rm -rf "$E2E"/cups/spool/* "$E2E"/cups/cache/job.cache*
# from here on it may write its job cache when it likes, as in a shop
sed -i 's/^DirtyCleanInterval.*/DirtyCleanInterval 30/' "$E2E/cups/etc/cupsd.conf"
cupsd_run
ok "it finds cupsd again by itself" heard '^cupsd up=1'
tell jobs 10
ok "the spool is empty" heard '^(seen|end)'
like "and the list says so" "$said" '^end round=10 complete=1'
want held $D 4 0 photo 1
d=$(job_of)
want held $C 3 "$d" photo 3 "waiting"
like "a job-id that is another order's now is not taken for ours" "$said" \
	"state=$HELD kind=none"
no "it is another job" test "$(job_of)" = "$d"
is "with all its tickets" "$(cups_job_attribute "$(job_of)" number-of-documents)" 3

# --- more jobs than a page of cupsd's list holds ---
many=1100 uuid=55555555-5555-4555-8555-55555555
for ((n = 0; n < many; n++)); do
	printf 'want held %s%04d %d 0 photo 1\n' $uuid $n $((n + 100))
done >&"$talk_in" &
for ((n = 0; n < many; n++)); do heard "^done $uuid" || break; done
is "$many more jobs are made" "$n" "$many"
tell jobs 11
ok "a list of several pages ends" heard '^end round=11'
like "whole" "$said" 'complete=1'
is "and each job was in it" \
	"$(grep "round=11 " "$E2E/log/said" | grep -o "^seen $uuid[0-9]*" | sort -u | wc -l)" "$many"

# --- the end, while cupsd keeps it waiting ---
kill -STOP "${process_pid[cupsd]}"
tell jobs 12
tell end
ok "it ends with status 0, though cupsd stalls" heard '^courier status=0'
cupsd_kill
e2e_end
