#!/bin/bash
# Every program has its manual, every manual is clean, and tells every option.
#
# MANUALS and PROGRAMS come from the Makefile: what `make install` installs.
set -u
: "${TOP_SRCDIR:?}" "${TOP_BUILDDIR:?}" "${PROGRAMS=}" "${MANUALS=}"

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

# A page's words without its macros and escapes: -x, --word.
words() { mandoc -T utf8 "$1" 2>/dev/null | sed 's/.\x08//g; s/[‐−–]/-/g'; }

# manual_of PROGRAM: its page in any section
manual_of() {
	local page
	for page in $MANUALS; do
		case ${page##*/} in "${1##*/}".[1-9]) echo "$TOP_SRCDIR/$page" ;; esac
	done
}

# Options that a program's own --help tells; those of cupsd's programs have none.
options_of() {
	case $1 in filters/* | backend/*) return ;; esac
	timeout 10 "$TOP_BUILDDIR/$1" --help 2>&1 </dev/null |
		grep -oE -- '(^|[[:space:],[|])--?[A-Za-z][A-Za-z0-9-]*' | grep -oE -- '-.*' | sort -u
}

untold() { # untold PAGE option...
	local page=$1 text option
	shift
	text=$(words "$page")
	for option in "$@"; do
		grep -qE -- "(^|[^A-Za-z0-9-])$option([^A-Za-z0-9-]|\$)" <<<"$text" || echo "$option"
	done
}

if ! command -v mandoc >/dev/null; then
	echo "1..0 # SKIP no mandoc here"
	exit 0
fi

scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
printf '.Dd January 1, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd a page\n.Sh OPTIONS\n.Fl a\n' \
	>"$scratch"
fact "an option that a page does not tell is found" \
	"$([ "$(untold "$scratch" -a -b)" = -b ] || echo "said: $(untold "$scratch" -a -b)")"

for program in $PROGRAMS; do
	page=$(manual_of "$program")
	fact "$program has a manual" "$([ -n "$page" ] || echo "no doc/${program##*/}.N in MANUALS")"
	[ -n "$page" ] || continue
	fact "${page##*/} tells every option of $program" \
		"$(untold "$page" $(options_of "$program"))"
done
for page in $MANUALS; do
	fact "${page##*/} is clean" "$(mandoc -T lint -W warning "$TOP_SRCDIR/$page" 2>&1)"
done
for page in "$TOP_SRCDIR"/doc/*.[1-9]; do
	[ -e "$page" ] || continue
	case " $MANUALS " in
	*"doc/${page##*/} "*) fact "${page##*/} is installed" "" ;;
	*) fact "${page##*/} is installed" "not in dist_man_MANS" ;;
	esac
done
echo "1..$count"
exit $status
