#!/bin/bash
# What stands on the screen of a station, 80 x 24: looked at as a customer does, in both
# languages, on a terminal that can do nothing, with the next customer at the keys.
. "$(dirname "$0")/lib.sh"

command -v tmux >/dev/null || { echo "1..0 # SKIP no tmux here"; exit 0; }
ipp=$TOP_SRCDIR/tests/e2e/ipp

order() # TEST PIN [ipptool option...]: its number in $order
{
	local said
	said=$(timeout 20 ipptool -tv -d "pin=$2" -d filetype=image/jpeg -f "$photo" "${@:3}" \
		"ipp://$SPOOLD/ipp/print/photo" "$ipp/$1.test" 2>&1) || { diag "$said"; return 1; }
	order=$(sed -n '/RECEIVED/,$s/^ *job-id ([^)]*) = //p' <<<"$said" | head -1)
	[[ $order =~ ^[0-9]+$ ]]
}

screen_do() { tmux -S "$E2E/tmux" -u -f "$E2E/tmux.conf" "$@"; }
# A server of our own, that ends with the test.
screens_start()
{
	echo 'set -g exit-empty off' >"$E2E/tmux.conf"
	process_start screens tmux -S "$E2E/tmux" -u -f "$E2E/tmux.conf" -D
	wait_until 10 '[ -S "$E2E/tmux" ]'
}
# screen_open [NAME=VALUE...]: a station on a screen of its own
screen_open()
{
	screen_do new-session -d -x 80 -y 24 -s station \
		env -u LC_ALL -u LC_MESSAGES LANG=C "$@" "$TOP_BUILDDIR/tools/release" -s "$STATION"
}
screen_close()
{
	screen_do kill-session -t station 2>/dev/null
	wait_until 10 "! screen_do has-session -t station 2>/dev/null"
}
screen_text() { screen_do capture-pane -p -t station | sed 's/ *$//'; }
keys() { screen_do send-keys -t station "$1" Enter; }
# shows "sentence" PATTERN [SECONDS]: it stands there now, or soon; the screen is told
shows()
{
	if wait_until "${3:-30}" "screen_text | grep -E -e '$2' >/dev/null"; then
		pass "$1"
	else
		fail "$1" "want: $2"
	fi
	screen_text | sed '/./,$!d' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$E2E/tmp/screen"
	diag "$(sed 's/^/| /' "$E2E/tmp/screen")"
}
gone() { ok "$1" wait_until 20 "! screen_text | grep -E -e '$2' >/dev/null"; }

e2e_begin
ok "the shop opens" shop_open
ok "and screens" screens_start
box=$PRINTER_BOX
photo=$(shop_document photo.jpg)

# --- in English ---
ok "an order of three" order several 2468
three=$order
screen_open TERM=vt100
shows "it welcomes" 'Claim code or number:$'
keys "$three"
shows "the PIN is asked" '^PIN:$'
keys 2468
shows "the order fits the screen" 'Produce it now\? \[y/n\]'
is "with its three documents" "$(screen_text | grep -c 'image/jpeg')" 3
gone "and nothing of the welcome" 'Collect your order'
touch "$box/.hold"
keys y
shows "what is going on" 'document 1 of 3, is being printed, 0 of 1 pages'
like "there is a bar" "$(screen_text)" '\[\.*\] document'

# --- the next customer ---
keys "$three"
shows "who comes next is served: a PIN is asked" '^PIN:$'
keys 1111
shows "a wrong one opens nothing" 'No order waits for this claim code or PIN'
keys ''
gone "Enter empties the screen" 'No order waits'
rm "$box/.hold"
ok "and the order is made meanwhile" wait_until 60 '[ "$(order_state $three)" = completed ]'
screen_do send-keys -t station C-d
screen_close

# --- in German ---
ok "two orders of one customer" eval 'order print-as 5678 -d customer=Jürgen && order print-as 5678 -d customer=Jürgen'
screen_open TERM=vt100 LANG=de_DE.UTF-8
shows "in German" 'Abholcode oder Nummer:$'
keys '@Jürgen'
shows "by name" '^PIN:$'
keys 5678
shows "both are listed" 'Welcher Auftrag\? Nummer, oder a für alle:'
keys a
shows "and asked for once" 'Alle 2 Aufträge jetzt produzieren\? \[j/n\]'
keys j
shows "and made" "Auftrag $order ist fertig" 90
screen_close

# --- a terminal that can do nothing ---
ok "an order" order print-pin 9753
screen_open TERM=dumb
shows "a dumb terminal is served" 'Claim code or number:$'
keys "$order"
shows "as any other" '^PIN:$'
keys 9753
shows "with its question" 'Produce it now'
keys y
shows "and progress in lines" '^  (is|waits)'
shows "to the end" "Order $order is done" 60
screen_close
e2e_end
