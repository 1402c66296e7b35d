#!/bin/bash
# Who may include whom: the rooms of the house, lowest first, and never upward.
#
# A room may include itself and what its row names ("lib" means every room of lib/). Headers
# that stand for themselves have their own row. A file in no row is a fault too.
set -u
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"

rooms() {
	cat <<-'END'
	lib/base        -
	lib/order       lib/base
	lib/seal        lib/base lib/order
	lib/wire        lib/base lib/order lib/seal
	lib/sandbox     lib/base
	lib/ipp         lib/base
	lib/image       lib/base
	lib/colour      lib/base
	lib/screen      lib/base
	lib/plate       lib/base
	filters         lib
	backend         lib
	tools           lib
	tools/store     lib tools spoold/settings spoold/store
	spoold/conftext lib
	spoold/sections lib spoold/settings
	spoold/settings lib spoold/conftext spoold/sections
	spoold/store    lib
	spoold/keep     lib spoold/settings spoold/store
	spoold/preflight lib spoold/preflight/ask
	spoold/preflight/ask -
	spoold/front    lib spoold/settings spoold/preflight/ask
	spoold/courier  lib spoold/settings
	spoold/herald   lib spoold/settings
	spoold/crier    lib spoold/settings
	spoold          lib spoold/settings spoold/keep spoold/front spoold/courier spoold/crier spoold/herald spoold/preflight
	tests           lib filters backend tools spoold/conftext spoold/settings spoold/store spoold/keep spoold/front spoold/courier spoold/herald spoold/preflight spoold/preflight/ask spoold
	END
}

# Prints each include that the table does not allow; $1 is the root of a source tree.
faults() {
	(cd "$1" && find lib filters backend tools spoold tests \
		-name '*.[ch]' -not -path '*/fuzz/corpus/*' 2>/dev/null | sort |
		xargs -r grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' /dev/null) |
	awk -v table="$(rooms)" '
	function room(path,   p) {
		sub(/\.[ch]$/, "", path)
		for (p = path; p != ""; ) {
			if (p in row)
				return p
			if (!sub(/\/[^\/]*$/, "", p))
				return ""
		}
		return ""
	}
	function allowed(from, to,   i, n, names) {
		if (from == to)
			return 1
		n = split(row[from], names, " ")
		for (i = 1; i <= n; i++)
			if (names[i] == to || (names[i] == "lib" && to ~ /^lib\//))
				return 1
		return 0
	}
	BEGIN {
		n = split(table, lines, "\n")
		for (i = 1; i <= n; i++) {
			split(lines[i], word, " ")
			name = word[1]
			sub(/^[^ ]+ +/, "", lines[i])
			row[name] = lines[i]
		}
	}
	{
		split($0, part, ":")
		file = part[1]
		match($0, /"[^"]*"/)
		header = substr($0, RSTART + 1, RLENGTH - 2)
		if (header == "config.h")
			next
		from = room(file)
		to = room(header)
		if (from == "" || to == "")
			print file ":" part[2] ": " header ": in no room of the table"
		else if (!allowed(from, to))
			print file ":" part[2] ": " from " may not include " header
	}'
}

count=0
status=0
fact() { # fact "sentence" "what was found; nothing is good"
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		sed 's/^/# /' <<<"$2"
		status=1
	fi
}

# planted "sentence" file 'include line' expected-fault: the check must see it.
planted() {
	local tree found
	tree=$(mktemp -d)
	mkdir -p "$tree/$(dirname "$2")"
	printf '%s\n' "$3" >"$tree/$2"
	found=$(faults "$tree")
	rm -rf "$tree"
	case $found in
	*"$4"*) fact "$1" "" ;;
	*) fact "$1" "not found: $4; said: ${found:-nothing}" ;;
	esac
}

planted "an upward include is found" lib/base/x.c '#include "lib/wire/wire.h"' \
	"lib/base may not include lib/wire/wire.h"
planted "the store does not know keep" spoold/store/x.h '# include "spoold/keep/keep.h"' \
	"spoold/store may not include spoold/keep/keep.h"
planted "front does not know the store" spoold/front/x.c '#include "spoold/store/store.h"' \
	"spoold/front may not include spoold/store/store.h"
planted "programs never include one another" filters/x.c '#include "backend/gate.h"' \
	"filters may not include backend/gate.h"
planted "a relative path does not get round it" lib/base/x.c '#include "../wire/wire.h"' \
	"in no room of the table"
planted "a new room needs a row" lib/attic/x.c '#include "lib/base/buf.h"' \
	"in no room of the table"
fact "nothing in the house includes upward" "$(faults "$TOP_SRCDIR")"
echo "1..$count"
exit $status
