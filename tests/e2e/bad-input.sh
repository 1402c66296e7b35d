#!/bin/bash
# Bad input, the whole way: each is a clear error to whoever can act, nothing is lost, and the
# service goes on. (What strangers send instead of IPP is in strangers.sh, tickets made by
# hand in gate.sh.)
. "$(dirname "$0")/lib.sh"

e2e_begin
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
# A shop that only warns of what preflight finds (preflight.sh has the others).
SPOOLD_SETTINGS="preflight = warn"
ok "the shop opens" shop_open || exit 1
photo=$(shop_document photo.jpg)
paper=-omedia=om_small-photo_100x150mm
front=$(spoold_child front)
keep=$(spoold_child keep)
bad=$E2E/documents

# --- at the door: refused, in words, and no order is made ---

refused_with() # refused_with FILE words
{
	local said
	customer_pin 4711
	if said=$(lp -h "$SPOOLD" -d photo "$1" 2>&1); then
		fail "${1##*/} is refused" "$said"
	else
		like "${1##*/} is refused: $2" "$said" "$2"
	fi
}

printf 'Dear laboratory,\nplease print this.\n' >"$bad/letter.jpg"
head -c 100000 "$photo" >"$bad/cut.jpg"
head -c 4096 /dev/urandom >"$bad/noise.png"
: >"$bad/empty.jpg"
refused_with "$bad/letter.jpg" 'not a picture or document'
refused_with "$bad/noise.png" 'not a picture or document'
refused_with "$bad/cut.jpg" 'ends in the middle'
refused_with "$(shop_document huge.png)" 'too many pixels|ends in the middle'
refused_with "$(shop_document huge.jpg)" 'too many pixels'
# lp itself sends no empty file; other clients do.
printf '{ OPERATION Print-Job\nGROUP operation-attributes-tag\nATTR charset attributes-charset utf-8
ATTR naturalLanguage attributes-natural-language en\nATTR uri printer-uri $uri
FILE %s\nSTATUS successful-ok }\n' "$bad/empty.jpg" >"$E2E/tmp/empty.test"
said=$(ipptool -tv "ipp://$SPOOLD/ipp/print/photo" "$E2E/tmp/empty.test" 2>&1)
like "0 bytes are refused" "$said" 'empty \(0 bytes\)'
is "none of them is an order" "$(operator orders --all | wc -l)" 0

# --- what only shows when it is produced: the order stops, and says why ---

stops() # stops DESTINATION FILE words: produced as far as it goes, then stopped
{
	local name=${2##*/}
	ok "$name is taken" submit "$1" "$2" "${@:4}"
	ok "$name is released" release_order "$ORDER"
	ok "$name stops" wait_until 60 '[ "$(order_state $ORDER)" = processing-stopped ]'
	like "and says why: $3" "$(operator show "$ORDER" | grep -E 'reason|message')" "$3"
	ok "its queue goes on" wait_until 20 "[ \"\$(queue_state $1)\" = idle ]"
}

{
	head -c 60000 "$photo"
	head -c 40000 /dev/zero
	tail -c +100001 "$photo"
} >"$bad/hole.jpg"
stops photo "$bad/hole.jpg" 'JPEG: Corrupt' "$paper"

# A PDF and a program that ask for files of this machine.
rm -f /tmp/claimcheck-was-here
stops photo "$(shop_document host.pdf)" 'rendered'
stops plate "$(shop_document host.pdf)" 'not allowed'
stops plate "$(shop_document host.ps)" 'not allowed'
is "no file of this machine is printed" "$(printer_taken pixel)" 0
is "nor on a plate" "$(ls "$HOT_FOLDER")" ""
no "nor written" test -e /tmp/claimcheck-was-here

# --- on keep's own socket ---

announce() # announce HEX: what keep answers to these bytes, as long as it keeps the line
{
	timeout 10 perl -MIO::Socket::UNIX -e '
		my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "no socket: $!\n";
		$s->autoflush(1);
		print $s pack("H*", $ARGV[1]);
		my $got = sysread($s, my $answer, 100000);
		print defined $got && $got == 0 ? "closed" : "answered " . ($got // "nothing");
	' "$E2E/run/keep.sock" "$1"
}
is "a message of 2 GB is not waited for" "$(announce ffffff7f5000)" closed
is "nor is one of 0 bytes" "$(announce 000000000000)" closed
is "an unknown message ends the conversation" "$(announce 02000000ff7f)" closed
is "keep is the same all along" "$(spoold_child keep)" "$keep"
is "front, too" "$(spoold_child front)" "$front"

# --- no room ---

ok "an order before the disk is full" submit photo "$photo" "$paper"
before=$ORDER
spoold_restart() { spoold_stop && spoold_start; }
free_mb=$(df -Pm "$E2E" | awk 'NR == 2 { print $4 }')
SPOOLD_SETTINGS="disk-reserve-mb = $((free_mb + 100000))"
[ "$((free_mb + 100000))" -le 1048576 ] || SPOOLD_SETTINGS="disk-reserve-mb = 1048576"
ok "spoold starts on a disk that is too full" spoold_restart
customer_pin 4711
no "an order is refused" lp -h "$SPOOLD" -d photo "$paper" "$photo"
like "and says that there is no room" "$tap_said" 'room|full|space'
ok "the order from before is released all the same" release_order "$before"
ok "and completed" wait_until 60 '[ "$(order_state $before)" = completed ]'
SPOOLD_SETTINGS='map-gb = 1'
ok "with room again" spoold_restart

# The store's own file may be full while the disk is not: 1 GiB is its least size.
if [ "$free_mb" -lt 4000 ]; then
	skip "the store's file is full" "this takes 2 GB of disk"
else
	large=$bad/large.pdf
	cp "$(shop_document plate.pdf)" "$large"
	truncate -s 700M "$large"
	tail -c 600 "$(shop_document plate.pdf)" >>"$large"
	customer_pin 4711 plate
	ok "700 MB fit into a store of 1 GiB" submit plate "$large"
	large_order=$ORDER
	no "700 MB more do not" lp -h "$SPOOLD" -d plate "$large"
	like "which is said" "$tap_said" 'room|full|space'
	ok "a small order still fits" submit photo "$photo" "$paper"
	ok "and is released" release_order "$ORDER"
	ok "and completed" wait_until 60 '[ "$(order_state $ORDER)" = completed ]'
	is "the large one waits" "$(order_state "$large_order")" pending-held
	ok "until it is cancelled" operator cancel "$large_order"
	ok "then there is room" wait_until 30 \
		"operator status | awk '/bytes stored/ { exit \$1 > 10000000 }'"
fi
ok "the store is sound" operator check
e2e_end
