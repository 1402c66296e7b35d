#!/bin/bash
# The ipptool suites as CUPS ships them, for a photo and a plate printer, with real files.
# ipptool's exit status lies for what it includes, so its output is searched for [FAIL]; what
# fails must stand in tests/ipp/inapplicable with its reason, and what stands there must fail.
#
# ipp-2.2 includes 2.1, 2.0 and 1.1, and ipp-everywhere includes 2.0: here each test runs
# once a printer, both printers side by side. CONFORMANCE=all (make check-conformance) runs
# the five suites whole, each with its own version.
#
# A suite waits for its jobs to be completed; here nothing is without a customer at the
# station, so one stands there and gives each claim code that the suite is told.
. "$(dirname "$0")/lib.sh"

suites=$(dirname "$(find "$CUPS_SHARE" -name ipp-1.1.test | head -1)")
table=$TOP_SRCDIR/tests/ipp/inapplicable

# Gives every code of a growing log at the station, until the file $1.done is there.
customer()
{
	local log=$1 given=0 code
	while [ ! -e "$log.done" ]; do
		while read -r code; do
			given=$((given + 1))
			echo "$code" | timeout 20 "$TOP_BUILDDIR/tools/release" -s "$STATION" -y -n \
				--pin-file 0 >>"$E2E/log/customer" 2>&1
		done < <(sed -n 's/.*claimcheck-claim-code ([^)]*) = //p' "$log" | tail -n +$((given + 1)))
		nap
	done
}

# A PostScript document of three pages, WIDTH x HEIGHT points; then as PDF and as grey JPEG.
pages_make() # NAME WIDTH HEIGHT
{
	local page
	{
		printf '%%!PS-Adobe-3.0\n%%%%Pages: 3\n<< /PageSize [%s %s] >> setpagedevice\n' "$2" "$3"
		for page in 1 2 3; do
			printf '%%%%Page: %s %s\n/Helvetica findfont 48 scalefont setfont\n' $page $page
			printf '72 %s moveto (page %s of %s) show\n' $(($3 - 144)) $page "$1"
			printf '0.%s setgray 72 72 200 200 rectfill showpage\n' $((page * 2))
		done
		printf '%%%%EOF\n'
	} >"$E2E/suites/$1.ps"
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pdfwrite -o "$E2E/suites/$1.pdf" "$E2E/suites/$1.ps"
}

# The suites, and all files that they name beside them, since CUPS ships them without: they
# stop at the first one that is missing. ipp-everywhere.test goes without its INCLUDE, unless
# all is to run.
suites_make()
{
	local filter=cat
	[ -n "${CONFORMANCE:-}" ] || filter='sed /^INCLUDE/d'
	mkdir -p "$E2E/suites"
	cp "$suites"/ipp-*.test "$E2E/suites/"
	$filter "$suites/ipp-everywhere.test" >"$E2E/suites/ipp-everywhere.test"
	pages_make document-a4 595 842 && pages_make document-letter 612 792 &&
		cp "$(shop_document photo.jpg)" "$E2E/suites/color.jpg" &&
		gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=jpeggray -r100 -dLastPage=1 \
			-o "$E2E/suites/gray.jpg" "$E2E/suites/document-a4.ps" &&
		grep -o 'pwg-raster-samples[^ ]*pwg' "$suites/ipp-everywhere.test" | sort -u |
		"$TOP_BUILDDIR/tests/e2e/material/material" pwg-samples "$E2E/suites"
}

# suite NAME VERSION PRINTER FILE TYPE: its log is $E2E/log/NAME-PRINTER
suite()
{
	local log=$E2E/log/$1-$3 station
	: >"$log"
	customer "$log" &
	station=$!
	timeout 170 stdbuf -oL ipptool -V "$2" -tvI -T 20 -f "$4" -d "filetype=$5" \
		"ipp://$SPOOLD/ipp/print/$3" "$E2E/suites/$1.test" >"$log" 2>&1
	touch "$log.done"
	wait "$station"
	# What is left would be found by the next suite. (ipptool goes by the user's own name.)
	timeout 60 ipptool -d "user=$(id -un)" "ipp://$SPOOLD/ipp/print/$3" \
		"$TOP_SRCDIR/tests/e2e/ipp/cancel-mine.test" >>"$E2E/log/leftovers"
}


suites_of() # PRINTER FILE TYPE
{
	local name version
	while read -r name version; do
		suite "$name" "$version" "$@"
	done <<<"$plan"
}

# Failures of a log, a line an expectation: NAME, tab, what was EXPECTED.
failures()
{
	awk '/\[(PASS|FAIL|SKIP)\]$/ {
			if (open) print name "\tno expectation told"
			open = /\[FAIL\]$/; name = $0
			sub(/^ */, "", name); sub(/ *\[[A-Z]*\]$/, "", name)
			failed = open
		}
		/^ *EXPECTED: / && failed { sub(/^ *EXPECTED: /, ""); print name "\t" $0; open = 0 }
		END { if (open) print name "\tno expectation told" }' "$1"
}

skipped() { sed -n 's/ *\[SKIP\]$//p' "$1" | sed 's/^ *//'; }

# rows KIND PRINTER: the table's patterns; KIND is fail or skip
rows()
{
	awk -F '\t' -v kind="$1" -v printer="$2" '/^#/ || NF < 4 { next }
		$1 == kind && ($2 == printer || $2 == "both") { print $3 }' "$table"
}

# How many tests a suite has, with all that it includes.
questions()
{
	local count included
	count=$(grep -c '^[[:space:]]*NAME "' "$1")
	while read -r included; do
		count=$((count + $(questions "${1%/*}/$included")))
	done < <(sed -n 's/^INCLUDE "\(.*\)"/\1/p' "$1")
	echo "$count"
}

judge() # PRINTER
{
	local printer=$1 name version log found=$E2E/tmp/found-$1 seen=$E2E/tmp/skips-$1
	: >"$found"
	: >"$seen"
	while read -r name version; do
		log=$E2E/log/$name-$printer
		ok "$name of $printer was asked to its end" \
			[ "$(grep -cE '\[(PASS|FAIL|SKIP)\]$' "$log")" -ge "$(questions "$E2E/suites/$name.test")" ]
		is "$name of $printer: no [FAIL] without a reason" \
			"$(failures "$log" | cut -f 2 | grep -vxFf <(rows fail "$printer") | sort -u | head -20)" ""
		is "$name of $printer: nothing skipped without a reason" \
			"$(skipped "$log" | grep -vxEf <(rows skip "$printer") | sort -u | head -20)" ""
		failures "$log" | cut -f 2 >>"$found"
		skipped "$log" >>"$seen"
	done <<<"$plan"
	is "no reason for $printer is out of date" "$(
		while read -r row; do grep -qxF -e "$row" "$found" || echo "fail: $row"; done < <(rows fail "$printer")
		while read -r row; do grep -qxE -e "$row" "$seen" || echo "skip: $row"; done < <(rows skip "$printer")
	)" ""
}

# An expectation that nobody could meet is found, a known one is not, a test that fails
# without a word is.
judge_itself()
{
	local log=$E2E/log/itself
	printf '    A name    [FAIL]\n        EXPECTED: x WITH-VALUE "1"\n        GOT: x=2\n    B [PASS]\n    C [FAIL]\n' >"$log"
	is "the judge sees what failed" "$(failures "$log" | tr '\t\n' ':;')" \
		'A name:x WITH-VALUE "1";C:no expectation told;'
}

plan='ipp-2.2 2.2
ipp-everywhere 2.0'
if [ "${CONFORMANCE:-}" = all ]; then
	plan='ipp-1.1 1.1
ipp-2.0 2.0
ipp-2.1 2.1
ipp-2.2 2.2
ipp-everywhere 2.0'
fi

e2e_begin
judge_itself
ok "the shop opens" shop_open
ok "what the suites name can be made" suites_make
jpg=$(shop_document photo.jpg)
suites_of photo "$jpg" image/jpeg &
aside=$!
suites_of plate "$jpg" image/jpeg
wait $aside
judge photo
judge plate
is "a reason stands behind every row" "$(awk -F '\t' '!/^#/ && NF > 0 && (NF != 4 || length($4) < 15)' "$table")" ""
e2e_end
