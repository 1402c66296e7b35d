#!/bin/bash
# The harness itself: a private cupsd and a private printer, and a print from one to the other.
. "$(dirname "$0")/lib.sh"

e2e_begin
ok "a private cupsd starts" cupsd_start
cupsd_start_again() { cupsd_kill; cupsd_run; }
ok "a private printer starts" printer_start pixel
ok "a queue to it can be made" \
	lpadmin -p pixel -E -v "$PRINTER_URI" -m everywhere
printf 'hello\n' >"$E2E/tmp/hello.txt"
touch "$PRINTER_BOX/.hold"
ok "a job is taken" lp -d pixel "$E2E/tmp/hello.txt"
ok "it is at work while the printer takes its time" \
	wait_until 20 '[ "$(cups_job_state 1)" = processing ]'
rm "$PRINTER_BOX/.hold"
ok "the printer received it" wait_until 20 '[ "$(printer_taken pixel)" = 1 ]'
ok "the job is completed" wait_until 20 '[ "$(cups_job_state 1)" = completed ]'
is "the queue is idle" "$(queue_state pixel)" idle
ok "it was raster" test -s "$PRINTER_BOX/001.pwg"
ok "a job on hold waits" lp -d pixel -H indefinite "$E2E/tmp/hello.txt"
is "as held" "$(cups_job_state 2)" held
ok "cupsd comes again after kill -9" cupsd_start_again
is "the held job is still there" "$(cups_job_state 2)" held
no "waiting for what never comes ends at its deadline" wait_until 1 false

secret 4711-ABCD
ok "the sampler starts" sampler_start
env SECRET=x4711ABCDx sleep 30 &
bystander=$!
ok "it sees a secret in an environment" wait_until 10 '[ -n "$(secrets_in "$sampler_file")" ]'
kill $bystander
e2e_end
