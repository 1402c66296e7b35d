#!/bin/bash
# curve.sh CURVE [FOLDER] - what hold.sh measured, as a table, and each figure of the
# largest number with its target; in FOLDER also as curve.txt, curve.json and curve.svg.
#
# A line of CURVE is a number of waiting orders, and then the columns of $columns.
set -euo pipefail
: "${TOP_BUILDDIR:?}"
curve=$1
to=${2:-}
figure() { "$TOP_BUILDDIR/tests/bench/figure" ${JSON:+-j} "$@"; }

# name, unit, target, what; cupsd's own costs last
columns="rate|/s|>= 200|orders taken, 64 customers
p99|ms||    99 of 100 within
code|ms|< 100|code to first line of a filter, median
list|ms||    lpstat -h spoold -o
restart|s|< 2|spoold ready after a restart
memory|MiB|<= 256|all of spoold's processes, resident, each at its most
own|MiB||    of it their own, in no file
cups_job|ms||    cupsd: processor time for each job made
cups_memory|MiB||    cupsd: resident
cups_list|ms||    cupsd: lpstat -o
cups_release|ms||    cupsd: its own release to a filter, median"

table()
{
	awk -v columns="$(cut -d'|' -f1 <<<"$columns" | tr '\n' ' ')" -v units="$(cut -d'|' -f2 <<<"$columns" | tr '\n' ' ')" '
		BEGIN {
			n = split(columns, name, " ")
			split(units, unit, " ")
			printf "%8s", "orders"
			for (i = 1; i <= n; i++) printf " %12s", name[i]
			printf "\n%8s", ""
			for (i = 1; i <= n; i++) printf " %12s", unit[i]
			print ""
		}
		{ printf "%8d", $1; for (i = 2; i <= NF; i++) printf " %12s", $i; print "" }' "$curve"
}

json()
{
	awk -v columns="$(cut -d'|' -f1 <<<"$columns" | tr '\n' ' ')" '
		BEGIN { split(columns, name, " ") }
		{
			printf "{\"orders\": %d", $1
			for (i = 2; i <= NF; i++) printf ", \"%s\": %s", name[i - 1], $i
			print "}"
		}' "$curve"
}

# Two pictures side by side, both with powers of ten on both axes.
svg()
{
	awk '
	function log10(v) { return log(v) / log(10) }
	function x(orders) { return left + (log10(orders) - 2) * 85 }
	function y(value) { return 290 - (log10(value < 1 ? 1 : value) - 0) * 50 }
	function axes(title,   e) {
		used = 0
		printf "<text x=\"%d\" y=\"24\" font-weight=\"bold\">%s</text>\n", left, title
		for (e = 0; e <= 5; e++) {
			printf "<path d=\"M%d %dh255\" stroke=\"#ddd\"/>", left, y(10 ^ e)
			printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 6, y(10 ^ e) + 4, 10 ^ e
		}
		for (e = 2; e <= 5; e++)
			printf "<text x=\"%d\" y=\"308\" text-anchor=\"middle\">%d</text>\n", x(10 ^ e), 10 ^ e
		printf "<text x=\"%d\" y=\"326\" text-anchor=\"middle\">orders that wait</text>\n", left + 127
	}
	# labels keep off each other
	function place(at,   i) {
		for (i = 1; i <= used; i++)
			if (at > at_y[i] - 13 && at < at_y[i] + 13) {
				at = at_y[i] + 13
				i = 0
			}
		at_y[++used] = at
		return at
	}
	function line(column, label, colour, dash,   r, points) {
		for (r = 1; r <= NR; r++)
			points = points (r > 1 ? " " : "") sprintf("%.1f,%.1f", x(v[r, 1]), y(v[r, column]))
		printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", points, colour, dash ? " stroke-dasharray=\"5 4\"" : ""
		printf "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", x(v[NR, 1]) + 8, place(y(v[NR, column]) + 4), colour, label
	}
	{ for (i = 1; i <= NF; i++) v[NR, i] = $i }
	END {
		print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"920\" height=\"340\" font-family=\"sans-serif\" font-size=\"12\">"
		print "<rect width=\"920\" height=\"340\" fill=\"white\"/>"
		left = 60
		axes("Time, ms")
		line(11, "lpstat, cupsd", "#208040", 1)
		line(5, "lpstat -h spoold", "#208040", 0)
		line(4, "code to filter", "#0060a0", 0)
		line(12, "release, cupsd", "#0060a0", 1)
		left = 530
		axes("Orders a second; memory, MiB")
		line(2, "orders/s", "#a04000", 0)
		line(10, "cupsd MiB", "#703090", 1)
		line(7, "spoold MiB", "#703090", 0)
		print "</svg>"
	}' "$curve"
}

if [ -n "$to" ]; then
	mkdir -p "$to"
	table >"$to/curve.txt"
	json >"$to/curve.json"
	svg >"$to/curve.svg"
fi
table >&2
read -r orders values < <(tail -1 "$curve")
missed=0
i=0
while IFS='|' read -r _ unit target what; do
	i=$((i + 1))
	value=$(cut -d' ' -f$i <<<"$values")
	case $what in
	' '*) ;;
	*) what="$orders wait: $what" ;;
	esac
	figure "$what" "$value" "$unit" "$target" || missed=1
done <<<"$columns"
exit $missed
