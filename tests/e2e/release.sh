#!/bin/bash
# The release station: at a terminal, from a script, in two languages; every exit status.
. "$(dirname "$0")/lib.sh"

ipp=$TOP_SRCDIR/tests/e2e/ipp
release=$TOP_BUILDDIR/tools/release

# submit PIN [TEST]: the order's number in $order; PIN "": the claim code in $code
submit()
{
	tap_said=$(timeout 20 ipptool -tv -d "pin=$1" -d filetype=image/jpeg -f "$photo" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/${2:-print-pin}.test" 2>&1) || return 1
	order=$(sed -n '/RECEIVED/,$s/^ *job-id ([^)]*) = //p' <<<"$tap_said" | tail -1)
	code=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){2}' <<<"$tap_said" | head -1)
	[[ $order =~ ^[0-9]+$ ]]
}

# say STATUS "sentence" [OPTION...] <<<input: $said is what the station wrote
say()
{
	local want=$1 sentence=$2
	shift 2
	timeout 120 env -u LC_ALL LC_MESSAGES="${tongue:-C}" "$release" -s "$STATION" "$@" \
		>"$E2E/tmp/said" 2>&1
	is "$sentence" "$?" "$want"
	said=$(cat "$E2E/tmp/said")
}

# --- a terminal ---

# terminal [OPTION...]: the station on a pseudo-terminal; $screen is all that it ever showed
terminal()
{
	screen=$E2E/tmp/screen
	: >"$screen"
	coproc TERMINAL { exec script -qefc "$release -s $STATION $*" /dev/null >"$screen" 2>&1; }
	exec {keys}>&"${TERMINAL[1]}"
	process_pid[terminal]=$TERMINAL_PID
}
type_in() { printf '%s\r' "$1" >&"$keys"; }
# shows "sentence" PATTERN: within 30 s, behind what was looked at before
shows()
{
	if wait_until "${3:-30}" "tail -c +$((seen + 1)) $screen | grep -qE -e '$2'"; then
		pass "$1"
	else
		fail "$1" "want: $2" "$(tail -c +$((seen + 1)) "$screen" | tr -d '\033' | tail -20)"
	fi
}
look_on() { seen=$(wc -c <"$screen"); }
terminal_end()
{
	printf '\004' >&"$keys"
	wait_until 10 '! process_alive terminal'
	wait "${process_pid[terminal]}"
	terminal_status=$?
	exec {keys}>&-
	unset "process_pid[terminal]"
}

e2e_begin
ok "the shop opens" shop_open
photo=$(shop_document photo.jpg)
export TERM=vt100

# --- from a script: refusals ---
submit 2468
waiting=$order
submit '' print-code
ok "a claim code comes back" test -n "$code"
coded=$order
mistyped=${code%?}$([ "${code: -1}" = 7 ] && echo 8 || echo 7)

say 1 "nothing typed" </dev/null
say 2 "a mistyped code" <<<"$mistyped"
like "is told as one" "$said" 'mistyped'
unlike "without asking the service" "$(grep -c 'identified\|Get-Jobs' "$E2E/log/spoold.out")" '^[1-9]'
say 2 "a code that is too short" <<<"ABCD"
say 3 "a code of nobody" <<<"0000-0000-0000"
like "opens nothing" "$said" 'No order waits'
say 3 "a wrong PIN" <<<"$waiting"$'\n'1111
like "says the same" "$said" 'No order waits'
say 3 "an order that is not there" <<<"4711"$'\n'2468
like "says the same" "$said" 'No order waits'
say 2 "no PIN" <<<"$waiting"
say 3 "a user without orders" --user nobody <<<2468
say 1 "two operands" 1 2 </dev/null
say 1 "an unknown option" --frobnicate </dev/null
say 9 "no service" -s /nonexistent/sock <<<"$waiting"$'\n'2468
is "nothing is printed" "$(printer_taken pixel)" 0

# --- from a script: looking ---
say 0 "a list" --list <<<"$code"
like "shows the order" "$said" "Order $coded of"
say 0 "as JSON" --list --json <<<"$(tr 'A-Z-' 'a-z ' <<<"$code")"
like "names it" "$said" "^\[\{\"job-id\":$coded,"
like "and its document" "$said" '"documents":\[\{.*"document-format":"image/jpeg"'
say 0 "by user and PIN" --list --user root <<<2468
like "shows the order" "$said" "Order $waiting of root"
is "still nothing is printed" "$(printer_taken pixel)" 0

# --- a printer that is stopped is said before the release ---
cupsdisable -r "out of ribbon" photo
wait_until 20 '[ "$(spoold_printer_state photo)" = stopped ]'
say 4 "a stopped printer" <<<"$waiting"$'\n'2468
like "is said" "$said" 'stopped at present: .*'
is "and nothing is released" "$(order_state $waiting)" pending-held
cupsenable photo
wait_until 20 '[ "$(spoold_printer_state photo)" = idle ]'

# --- from a script: releasing ---
exec {pin_fd}<<<2468
say 0 "with --no-wait and --pin-file" --no-wait --pin-file "$pin_fd" "$waiting" </dev/null
exec {pin_fd}<&-
like "it is released" "$said" "Order $waiting is released"
ok "and printed" wait_until 40 '[ "$(order_state $waiting)" = completed ]'
say 5 "an order that is over can't be released" <<<"$waiting"$'\n'2468
say 0 "a claim code in argv works" --json "$code" </dev/null
like "with a warning" "$said" 'others can see this code'
like "and ends as JSON" "$(tail -1 <<<"$said")" '^\{.*"job-state":"completed"'
is "two are printed" "$(printer_taken pixel)" 2

# --- argv shows no code while it runs ---
submit '' print-code
touch "$PRINTER_BOX/.hold"
"$release" -s "$STATION" "$code" >"$E2E/tmp/said" 2>&1 &
process_pid[watching]=$!
ok "a release at work" wait_until 20 '[ "$(order_state $order)" = processing ]'
unlike "has no code in ps" "$(tr '\0' ' ' <"/proc/${process_pid[watching]}/cmdline")" "$code"

# --- the service goes away meanwhile ---
spoold_stop
ok "the station says that the service is away" wait_until 20 "grep -q 'does not answer' $E2E/tmp/said"
spoold_run
ok "and that it is back" wait_until 30 "grep -q 'answers again' $E2E/tmp/said"
rm "$PRINTER_BOX/.hold"
ok "and ends" wait_until 60 '! process_alive watching'
wait "${process_pid[watching]}"
like "with the order's end (status $?)" "$(order_state "$order")" 'completed|processing-stopped'
unset "process_pid[watching]"

# --- at a terminal ---
submit 8642
first=$order
submit '' print-code
second=$order second_code=$code
seen=0
terminal
shows "the station welcomes" 'Collect your order'
type_in "$mistyped"
shows "a mistyped code is told" 'mistyped'
shows "and the next try may come" 'mistyped.*' && look_on
type_in "$first"
shows "the PIN is asked" 'PIN: '
look_on
type_in 8642
shows "the order is shown" "Order $first of root: holiday"
shows "with its document" 'image/jpeg'
shows "and one question asked" 'Produce it now'
look_on
type_in n
shows "no means no" 'Nothing was released'
is "and so it is" "$(order_state "$first")" pending-held
look_on
type_in "$first"
shows "again" 'PIN: '
type_in 8642
shows "the question" 'Produce it now'
look_on
type_in y
shows "it is released" "Order $first is released"
shows "there is a bar" '\[#*\.*\]'
shows "until it is done" "Order $first is done" 60
shows "and the next customer may come" 'Collect your order'
look_on
type_in "$second_code"
shows "who has a code" "Order $second of"
type_in y
shows "and gets his order" "Order $second is done" 60
terminal_end
is "the end of the file ends the station" "$terminal_status" 0
unlike "the PIN was never on the screen" "$(cat "$screen")" 8642
no "lines are short enough for 80 columns" \
	awk '{ gsub(/\033\[[0-9;]*[A-Za-z]/, ""); n = split($0, part, "\r"); for (i in part) if (length(part[i]) > 100) exit 0 } END { exit 1 }' "$screen"

# --- in German ---
tongue=de_DE.UTF-8
submit 1357
say 3 "a wrong PIN in German" <<<"$order"$'\n'1358
like "is said in German" "$said" 'wartet kein Auftrag'
say 0 "and the right one" <<<"$order"$'\n'1357
like "too" "$said" "Auftrag $order ist fertig"
tongue=
e2e_end
