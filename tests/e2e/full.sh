#!/bin/bash
# No room: the disk filled by another program in the middle of an upload and of commits,
# a limit of file sizes, a full log and run folder. What comes in is refused in words;
# orders of every state go on; when there is room, so does everything, without a restart.
#
# The state folder is a small disk of its own, mounted where only this test sees it.
if [ -z "${CC_FULL_MOUNTS:-}" ]; then
	if ! unshare -m true 2>/dev/null; then
		echo "ok 1 - no room # SKIP cannot have mounts of its own here"
		echo 1..1
		exit 0
	fi
	CC_FULL_MOUNTS=1 exec unshare -m "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"

filler_start() # another program that takes what room there is, again and again
{
	process_start filler bash -c 'while :; do
		cat /dev/zero >>"$1" 2>/dev/null
		read -r -t 0.05 <> <(:)
	done' filler "$E2E/state/junk"
	wait_until 10 disk_is_full
}
disk_is_full() { [ "$(df --output=avail -k "$E2E/state" | tail -1)" -lt 64 ]; }
# Its cat may still be writing when it is told to end.
filler_stop()
{
	local pids
	pids=$(descendants "${process_pid[filler]}")
	process_kill filler KILL
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
		wait_until 10 "! pid_alive $pid"
	done
	rm -f "$E2E/state/junk"
}

# fill_up: orders of 3 MB until one is refused; the numbers in $taken, lp's words in $said
fill_up()
{
	taken=()
	customer_pin 4711 plate
	while [ "${#taken[@]}" -lt 40 ]; do
		said=$(lp -h "$SPOOLD" -d plate "$middle" 2>&1) || return 0
		taken+=("$(sed -n 's/^request id is .*-\([0-9]*\) .*/\1/p' <<<"$said")")
	done
	return 1
}
cancel_all() { for number in "$@"; do operator cancel "$number" || return 1; done; }

mounted=()
small_disk() # small_disk FOLDER SIZE
{
	mkdir -p "$1" && mount -t tmpfs -o "size=$2" none "$1" && mounted+=("$1")
}
teardown()
{
	local status=$?
	process_end_all
	[ "${#mounted[@]}" = 0 ] || umount -l "${mounted[@]}"
	(exit "$status")
	e2e_teardown
}

# slow_upload FILE MARK: Print-Job in two halves; when MARK.half exists the second one waits
# for MARK.go. The answer, as far as it is text, in MARK.said.
slow_upload()
{
	perl -MIO::Socket::INET -e '
		my ($port, $file, $mark) = @ARGV;
		sub attr { pack("C n/a n/a", @_) }
		my $head = pack("CC n N C", 2, 0, 2, 1, 1)
			. attr(0x47, "attributes-charset", "utf-8")
			. attr(0x48, "attributes-natural-language", "de")
			. attr(0x45, "printer-uri", "ipp://localhost/ipp/print/plate")
			. attr(0x42, "requesting-user-name", "slow") . "\x03";
		open my $in, "<", $file or die;
		local $/; my $document = <$in>;
		my $s = IO::Socket::INET->new("localhost:$port") or die;
		sub piece { printf $s "%x\r\n%s\r\n", length $_[0], $_[0] }
		$s->autoflush(1);
		print $s "POST /ipp/print/plate HTTP/1.1\r\nHost: localhost\r\n"
			. "Content-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n";
		my $half = length($document) / 2;
		piece($head . substr($document, 0, $half));
		open my $ready, ">", "$mark.half"; close $ready;
		select undef, undef, undef, 0.05 until -e "$mark.go";
		for (my $at = $half; $at < length $document; $at += 65536) {
			piece(substr($document, $at, 65536));
		}
		print $s "0\r\n\r\n";
		shutdown $s, 1;
		my $answer = <$s>;
		open my $out, ">", "$mark.part"; print $out $answer; close $out;
		rename "$mark.part", "$mark.said";
	' "$SPOOLD_PORT" "$1" "$2"
}

e2e_begin
trap teardown EXIT
small_disk "$E2E/state" 64m || { echo "Bail out! no small disk"; exit 1; }
PRINTER_MEDIA=$TOP_BUILDDIR/ppd/ccphotoe.ppd
ok "the shop opens on a disk of 64 MB" shop_open || exit 1
photo=$(shop_document photo.jpg)
paper=-omedia=om_small-photo_100x150mm
padded() # padded SIZE: a PDF that large
{
	local to=$E2E/documents/$1.pdf from
	from=$(shop_document plate.pdf)
	cp "$from" "$to" && truncate -s "$1" "$to" && tail -c 600 "$from" >>"$to" && echo "$to"
}
large=$(padded 40M)
middle=$(padded 3M)
keep=$(spoold_child keep)

# --- orders of every state ---

declare -A order
for name in fetched cancelled; do
	ok "an order to be $name" submit photo "$photo" "$paper"
	order[$name]=$ORDER
done
touch "$PRINTER_BOX/.hold"
ok "one that is being made" submit photo "$photo" "$paper"
order[made]=$ORDER
release_order "$ORDER"
ok "the printer is at it" wait_until 30 '[ "$(order_state ${order[made]})" = processing ]'
cupsdisable plate
ok "one that stopped" submit plate "$(shop_document host.ps)"
order[stopped]=$ORDER
ok "one that is released" submit plate "$(shop_document plate.pdf)"
order[released]=$ORDER
release_order "${order[stopped]}" && cupsenable plate
ok "it stops" wait_until 60 '[ "$(order_state ${order[stopped]})" = processing-stopped ]'
cupsdisable plate
release_order "${order[released]}"
is "it is released" "$(order_state "${order[released]}")" pending

# --- the disk fills in the middle of an upload ---

process_start upload slow_upload "$large" "$E2E/tmp/up"
ok "half of a large document is there" wait_until 20 "[ -e $E2E/tmp/up.half ] &&
	[ \$(du -sk $E2E/state | cut -f1) -gt 8000 ]"
filler_start
touch "$E2E/tmp/up.go"
ok "the rest comes, and an answer" wait_until 30 "[ -e $E2E/tmp/up.said ]"
is "server-error-temporary-error" \
	"$(perl -0777 -ne 's/.*?\r\n\r\n//s; printf "%04x", unpack "x2 n", $_' "$E2E/tmp/up.said")" 0505
like "in the customer's language" "$(tr -d '\0' <"$E2E/tmp/up.said")" \
	'kein Platz für weitere Aufträge'
ok "what comes next is refused, sooner or later" fill_up
like "in words" "$said" 'There is no room for further orders'
is "nothing of it is an order" "$(operator orders | grep -c slow)" 0

ok "what is held is released" release_order "${order[fetched]}"
ok "cancelled" operator cancel "${order[cancelled]}"
rm "$PRINTER_BOX/.hold"
ok "what is being made is completed" \
	wait_until 60 '[ "$(order_state ${order[made]})" = completed ]'
ok "and what was released" wait_until 60 '[ "$(order_state ${order[fetched]})" = completed ]'
cupsenable plate
ok "also what was released before" \
	wait_until 60 '[ "$(order_state ${order[released]})" = completed ]'
ok "what stopped is cancelled" operator cancel "${order[stopped]}"
ok "what filled the store is cancelled" cancel_all "${taken[@]}"
ok "the store is sound" operator check
filler_stop
ok "with room again an order is taken at once" submit photo "$photo" "$paper"
ok "released" release_order "$ORDER"
ok "and completed" wait_until 60 '[ "$(order_state $ORDER)" = completed ]'
is "keep is the same all along" "$(spoold_child keep)" "$keep"

# --- the disk fills and empties while orders come ---

lost=0
filler_start
fill_up
waiting=("${taken[@]}")
for i in 1 2 3; do
	cancel_all "${waiting[@]:0:2}"
	waiting=("${waiting[@]:2}")
	filler_stop
	ok "room comes back: $i" submit plate "$middle"
	waiting+=("$ORDER")
	filler_start
	fill_up
	waiting+=("${taken[@]}")
done
filler_stop
for number in "${waiting[@]}"; do
	[ "$(order_state "$number")" = pending-held ] || lost=$((lost + 1))
done
diag "${#waiting[@]} wait"
is "none that was acknowledged is lost" "$lost" 0
ok "the store is sound" operator check
is "keep is still the same" "$(spoold_child keep)" "$keep"
cancel_all "${waiting[@]}"

# --- a log that takes nothing, a run folder that is full ---

small_disk "$E2E/tiny" 64k
cat /dev/zero >"$E2E/tiny/junk" 2>/dev/null
spoold_stop
process_start spoold bash -c 'exec "$1" -c "$2" >>"$3" 2>&1' spoold \
	"$TOP_BUILDDIR/spoold/spoold" "$E2E/spoold.conf" "$E2E/tiny/log"
ok "spoold starts with a log that takes nothing" wait_until 20 spoold_answers
ok "takes an order" submit photo "$photo" "$paper"
ok "releases it" release_order "$ORDER"
ok "and completes it" wait_until 60 '[ "$(order_state $ORDER)" = completed ]'
spoold_stop
sed -i "s|^run-directory.*|run-directory = \"$E2E/tiny\"|" "$E2E/spoold.conf"
no "it does not start without room in its run folder" timeout 20 \
	"$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
like "and says so" "$tap_said" 'tiny.*No space left'
rm "$E2E/tiny/junk"
STATION=$E2E/tiny/station.sock
ok "with room it does" spoold_run
ok "and takes an order" submit photo "$photo" "$paper"
spoold_stop

# --- a limit of file sizes: the file's largest size, like map-gb ---

STATION=$E2E/run/station.sock
spoold_conf >"$E2E/spoold.conf"
size=$(stat -c %s "$E2E/state/store/data.mdb")
process_start spoold prlimit --fsize=$((size + 16777216)) \
	"$TOP_BUILDDIR/spoold/spoold" -c "$E2E/spoold.conf"
ok "spoold starts with a limit of file sizes" wait_until 20 spoold_answers
keep=$(spoold_child keep)
before=$ORDER
ok "its end is met" fill_up
like "and said" "$said" 'There is no room for further orders'
ok "orders are released" release_order "$before"
ok "and completed" wait_until 60 '[ "$(order_state $before)" = completed ]'
ok "orders are cancelled" cancel_all "${taken[@]}"
ok "which makes room, at once" wait_until 20 'submit plate "$middle"'
is "keep is the same" "$(spoold_child keep)" "$keep"
ok "the store is sound" operator check
e2e_end
