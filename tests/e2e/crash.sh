#!/bin/bash
# kill -9, at five named moments of an order's life, of spoold (all of it), of keep, of front
# and of cupsd: every acknowledged order is still there, and none is printed twice.
. "$(dirname "$0")/lib.sh"

e2e_begin
SPOOLD_SETTINGS='grant-timeout-s = 3'
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens" shop_open || exit 1
photo=$(shop_document photo.jpg)

# Nothing broken behind what can be seen.
store_is_sound() { operator check; }

pid_of() { echo "${process_pid[$1]}"; }
printed() { grep -c "$1" "$E2E/pixel/.taken"; } # printed UUID: how often
held_in_cups() { [ "$(cups_job_state "$(cups_job_of "$1")")" = held ]; }
kind=plain
new_order() { "hand_in_$kind" && UUID=$(order_uuid "$ORDER"); }
hand_in_plain() { submit photo "$photo" -o media=om_small-photo_100x150mm; }
hand_in_proof() { hand_in "GROUP job-attributes-tag" 'ATTR integer proof-copies 1'; }
hand_in_stored()
{
	hand_in 'ATTR collection job-storage {' 'MEMBER keyword job-storage-access owner' \
		'MEMBER keyword job-storage-disposition print-and-store' '}'
}
hand_in() # LINE...
{
	ipp Print-Job "ipp://$SPOOLD/ipp/print/photo" 'ATTR octetString job-password 4711' \
		'ATTR keyword job-password-encryption none' "$@" "FILE $photo" && ORDER=$(ipp_value job-id)
}
held_order() { new_order && wait_until 20 'held_in_cups $ORDER'; }

# --- the moments: each leaves an order, $ORDER and $UUID, just there ---

at_acknowledged() # and no held job yet, since cupsd does not answer
{
	kill -STOP "$(pid_of cupsd)"
	new_order
}

at_held() { held_order; }

at_released() # and not spent, since the queue is stopped
{
	cupsdisable photo && held_order && release_order "$ORDER" &&
		wait_until 10 '[ "$(order_state $ORDER)" = pending ]'
}

at_producing() # spent, and the device has taken nothing: it does not answer
{
	held_order && kill -STOP "$(pid_of pixel)" && release_order "$ORDER" &&
		wait_until 20 '[ "$(order_state $ORDER)" = processing ]'
}

at_taken() # the device has all of it, and keep has not heard
{
	touch "$PRINTER_BOX/.hold"
	held_order && release_order "$ORDER" &&
		wait_until 20 'grep -q "taking" $E2E/log/pixel.out.new' || return 1
	kill -STOP "$(spoold_child keep)"
	rm "$PRINTER_BOX/.hold"
	wait_until 20 '[ "$(printed $UUID)" = 1 ]'
}

# What stood in the way is taken away; what was killed is started.
recover()
{
	kill -CONT "$(pid_of pixel)" 2>/dev/null
	rm -f "$PRINTER_BOX/.hold"
	process_alive cupsd && kill -CONT "$(pid_of cupsd)"
	process_alive cupsd || cupsd_run || return 1
	if process_alive spoold; then
		for pid in $(descendants "$(pid_of spoold)"); do kill -CONT "$pid"; done
	else
		process_kill spoold KILL
		spoold_run || return 1
	fi
	cupsenable photo
	wait_until 20 spoold_answers
}

kill_spoold() { spoold_kill; }
kill_keep() { spoold_kill_child keep; }
kill_front() { spoold_kill_child front; }
kill_cupsd() { cupsd_kill; }

# An order comes to rest: nothing happens to it any more without a person.
at_rest()
{
	case $(order_state "$ORDER") in
	completed | processing-stopped) return 0 ;;
	pending-held) held_in_cups "$ORDER" ;;
	*) return 1 ;;
	esac
}

settle()
{
	wait_until 40 at_rest || { diag "order $ORDER: $(order_state "$ORDER")"; return 1; }
}

: >"$E2E/log/pixel.out.new"
for moment in acknowledged held released producing taken; do
	for victim in spoold keep front cupsd; do
		what="$victim killed when $moment"
		: >"$E2E/log/pixel.out"
		ln -f "$E2E/log/pixel.out" "$E2E/log/pixel.out.new"
		if ! "at_$moment"; then
			fail "$what: the moment is reached" "order ${ORDER:-none}"
			recover
			continue
		fi
		"kill_$victim"
		ok "$what: all is up again" recover
		ok "$what: the order comes to rest" settle
		ok "$what: the store is sound" store_is_sound
		times=$(printed "$UUID")
		state=$(order_state "$ORDER")
		case $moment:$state:$times in
		acknowledged:pending-held:0 | held:pending-held:0) pass "$what: it waits, unprinted" ;;
		released:pending-held:0) pass "$what: it waits again, unprinted" ;;
		*:completed:1) pass "$what: printed, once" ;;
		*:processing-stopped:[01]) pass "$what: stopped, printed at most once" ;;
		*) fail "$what: printed at most once" "state $state, printed $times times" ;;
		esac
		[ "$state" != pending-held ] || ok "$what: it can be released" release_order "$ORDER"
		[ "$state" != processing-stopped ] ||
			ok "$what: it can be released again" release_order "$ORDER" again
		ok "$what: it is completed" \
			wait_until 40 '[ "$(order_state $ORDER)" = completed ]'
		case $state:$(printed "$UUID") in
		processing-stopped:[12] | *:1) pass "$what: printed once, or again as asked" ;;
		*) fail "$what: printed once" "$(printed "$UUID") times" ;;
		esac
	done
done

# --- a proof, and what is to be stored: the device has all of it, and nobody has heard ---
try_taken() # VICTIM
{
	: >"$E2E/log/pixel.out"
	ln -f "$E2E/log/pixel.out" "$E2E/log/pixel.out.new"
	if ! at_taken; then
		fail "$what: the moment is reached" "order ${ORDER:-none}"
		recover
		return 1
	fi
	"kill_$1"
	ok "$what: all is up again" recover
	ok "$what: the order comes to rest" settle
	ok "$what: the store is sound" store_is_sound
	is "$what: it was printed once" "$(printed "$UUID")" 1
}
proofs() { ipp Get-Job-Attributes "ipp://$SPOOLD/jobs/$ORDER" && ipp_value claimcheck-proofs; }

for victim in spoold keep; do
	kind=proof what="$victim killed when a proof is taken"
	try_taken $victim || continue
	[ "$(order_state "$ORDER")" != processing-stopped ] ||
		ok "$what: released again, it is a proof again" release_order "$ORDER" again
	ok "$what: the rest waits" wait_until 40 '[ "$(order_state $ORDER)" = pending-held ] && held_in_cups $ORDER'
	is "$what: for one proof" "$(proofs)" 1
	before=$(printed "$UUID")
	ok "$what: it is released" release_order "$ORDER"
	ok "$what: and made" wait_until 40 '[ "$(order_state $ORDER)" = completed ]'
	is "$what: once" "$(printed "$UUID")" $((before + 1))

	kind=stored what="$victim killed when what is to be stored is taken"
	try_taken $victim || continue
	[ "$(order_state "$ORDER")" != processing-stopped ] ||
		ok "$what: it can be released again" release_order "$ORDER" again
	ok "$what: it is made" wait_until 40 '[ "$(order_state $ORDER)" = completed ]'
	like "$what: and stored" "$(operator show "$ORDER")" 'state +stored'
	ok "$what: with its document" ipp Resubmit-Job "ipp://$SPOOLD/jobs/$ORDER" \
		'ATTR octetString job-password 4711' 'ATTR keyword job-password-encryption none'
done
e2e_end
