#!/bin/bash
# claimcheck-ipp(7) tells every operation that front has, and no other, in the table's order.
set -u
: "${TOP_SRCDIR:?}"

# IPP_OP_CUPS_GET_DEFAULT of a row of operations[] is CUPS-Get-Default
in_code()
{
	sed -n 's/^\t{\(IPP\|EPX\)_OP_\([A-Z_]*\),[[:space:]]*ops_.*/\2/p' "$1" | awk -F _ '{
		for (i = 1; i <= NF; i++)
			printf("%s%s", (i > 1 ? "-" : ""),
				($i == "CUPS" ? $i : substr($i, 1, 1) tolower(substr($i, 2))))
		print "" }'
}
# The first column, as far as it is a name: a line without is about the one above.
in_manual()
{
	sed -n '/^\.Ss Operations/,/^\.Ss Handing/p' "$1" | sed '1,/^-----/d' |
		sed -n 's/^\([A-Z][A-Za-z]*\(-[A-Za-z]*\)*\)  .*/\1/p'
}

code=$(in_code "$TOP_SRCDIR/spoold/front/operations.c")
if [ "$(wc -l <<<"$code")" -gt 20 ] &&
	[ "$code" = "$(in_manual "$TOP_SRCDIR/doc/claimcheck-ipp.7")" ]; then
	echo "ok 1 - the manual has the table of operations"
else
	echo "not ok 1 - the manual has the table of operations"
	diff <(in_manual "$TOP_SRCDIR/doc/claimcheck-ipp.7") <(echo "$code") | sed 's/^/# /'
fi
echo 1..1
