#!/bin/bash
# spoold.conf(5) and the table of settings say the same: `spoold --settings` is the table.
set -u
: "${TOP_SRCDIR:?}" "${TOP_BUILDDIR:?}"
manual=$TOP_SRCDIR/doc/spoold.conf.5

count=0
status=0
fact() # fact "sentence" "what is wrong; nothing is good"
{
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		sed 's/^/# /' <<<"$2"
		status=1
	fi
}

# From the table: a setting's name and the line that its manual entry must begin with.
from_table()
{
	awk -F'|' '$1 !~ /\// {
		if ($1 == "state-directory") sub(/^.*\/lib\//, "LOCALSTATEDIR/lib/", $3)
		line = $2
		if ($6 != "") line = line " (" $6 ")"
		line = line ($3 != "" ? "; default " $3 : "; no default")
		if ($4 != "") line = line "; from " $4 " to " $5
		print $1 "\t" line "."
	}'
}

# From the manual: each entry's name and first line, up to the product lines.
from_manual()
{
	awk '/^\.Ss Product lines/ { exit }
		name != "" { print name "\t" $0; name = "" }
		/^\.It Ic / { name = $3 }' "$1"
}

table=$("$TOP_BUILDDIR/spoold/spoold" --settings)
[ -n "$table" ] || { echo "Bail out! no table"; exit 1; }
fact "every setting is in the manual, with its default and range, in the table's order" \
	"$(diff <(from_table <<<"$table") <(from_manual "$manual"))"
fact "a range that differs would be seen" \
	"$(diff -q <(from_table <<<"$table" | sed 's/from 12 to 24/from 12 to 23/') \
		<(from_manual "$manual") >/dev/null && echo "it was not")"
# section HEADING SECTION: each row's name and bounds, in the manual as in the table
section()
{
	diff <(awk -F'[|/]' -v s="$2" '$1 == s && $3 == "text" { print $2 }
		$1 == s && $3 != "text" {
			print $2, $3 "; from " $5 " to " $6 "." }' <<<"$table") \
		<(sed -n "/^\.Ss $1/,/^\.El/p" "$manual" | awk '
			name != "" { print name (/^text/ ? "" : " " $0); name = "" }
			/^\.It Ic / { name = $3 }')
}
fact "a printer's settings are in the manual" "$(section 'Product lines' printer)"
fact "a customer's settings are in the manual" "$(section Customers customer)"
fact "the manual's example is a good configuration" "$(
	example=$(mktemp)
	sed -n '/^\.Bd -literal/,/^\.Ed/p' "$manual" | sed '1d;$d' >"$example"
	"$TOP_BUILDDIR/spoold/spoold" -t -c "$example" 2>&1 | grep -v ': good,'
	rm -f "$example"
)"
echo "1..$count"
exit $status
