#!/bin/sh
# claimcheck-wire(7) tells every message, number, sender and field that messages.h has.
page=$TOP_SRCDIR/doc/claimcheck-wire.7
told=$(sed -n '/^\.\\" table$/,/^\.\\" end$/p' "$page" | grep -v '^\.')
is=$("$TOP_BUILDDIR/tests/unit/wire-table")
if [ -n "$is" ] && [ "$told" = "$is" ]; then
	echo "ok 1 - the manual has the table of messages"
else
	echo "not ok 1 - the manual has the table of messages"
	printf '%s\n' "$is" >wire-table.is
	printf '%s\n' "$told" | diff - wire-table.is | sed 's/^/# /'
	rm -f wire-table.is
fi
echo 1..1
