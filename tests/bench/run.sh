#!/bin/bash
# run.sh [-jk] [-n "NUMBERS"] [-r ROUNDS] [NAME...] - the figures of store and hold, a line
# each with its target; progress goes to the terminal. 0: every target was met.
#
# NAME: store, intake, strangers, hold (default: all). -j: a JSON object a line. -n: how many orders
# wait in hold (default: 100 to 100000, about five minutes). hold's curve is left in
# $TOP_BUILDDIR/tests/bench/curve/. -k: keep what was measured: the table goes into README,
# the curve into doc/.
: "${TOP_SRCDIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR/build}"
export TOP_SRCDIR TOP_BUILDDIR

export JSON=
numbers="100 1000 10000 100000"
rounds=7
keep=
while getopts jkn:r: option; do
	case $option in
	j) JSON=1 ;;
	k) keep=1 ;;
	n) numbers=$OPTARG ;;
	r) rounds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- store intake strangers hold

bench=$TOP_BUILDDIR/tests/bench
began=$SECONDS
missed=0
step() { echo "bench: $1 (after $((SECONDS - began)) s)" >&2; }

run_store()
{
	local part status=0
	# where /tmp is memory the disk would not be measured
	for part in bundles small beside; do
		step "store $part"
		"$bench/store" ${JSON:+-j} -r "$rounds" -f "${BENCH_FOLDER:-$bench}" "$part" || status=1
	done
	step "store document"
	"$bench/document" ${JSON:+-j} -r "$rounds" -f "${BENCH_FOLDER:-$bench}" || status=1
	return $status
}

run_root()
{
	step "$1"
	[ "$(id -u)" = 0 ] || { echo "bench: $1 needs root, for a cupsd of its own" >&2; return 1; }
	"$TOP_SRCDIR/tests/bench/$1.sh" "${@:2}"
}

# The table in README begins with a line of date and machine, and ends with a blank one.
keep_table()
{
	sed 's/[[:space:]]*$//; s/^/    /' "$bench/table" >"$bench/table.indented"
	awk -v table="$bench/table.indented" '
		/^    20[0-9][0-9]-.*, load / { while ((getline line < table) > 0) print line; skip = 1 }
		/^$/ { skip = 0 }
		!skip' "$TOP_SRCDIR/README" >"$bench/README" && cp "$bench/README" "$TOP_SRCDIR/README"
	for kind in txt json svg; do
		[ ! -e "$bench/curve/curve.$kind" ] ||
			cp "$bench/curve/curve.$kind" "$TOP_SRCDIR/doc/hold-curve.$kind"
	done
}

if [ -n "$keep" ]; then
	exec > >(tee "$bench/table")
	writer=$!
fi
[ -n "$JSON" ] || echo "$(date '+%Y-%m-%d %H:%M'), $(nproc) x $(sed -n 's/^model name[^:]*: //p' \
	/proc/cpuinfo | head -1), Linux $(uname -r | cut -d. -f1,2), load $(cut -d' ' -f1-3 /proc/loadavg)"
"$bench/figure" -q
for name in "$@"; do
	case $name in
	store) run_store || missed=1 ;;
	intake) run_root intake -r "$rounds" || missed=1 ;;
	strangers) run_root strangers || missed=1 ;;
	hold) run_root hold -n "$numbers" -o "$bench/curve" || missed=1 ;;
	*) echo "bench: there is no '$name'" >&2; exit 2 ;;
	esac
done
step "done"
"$bench/figure" -q
if [ -n "$keep" ]; then
	exec >&2
	wait "$writer"
	keep_table
fi
exit $missed
