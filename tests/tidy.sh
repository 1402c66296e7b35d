#!/bin/bash
# clang-tidy over every C file that ships, one file a call, as many calls at once as there are
# cores. `make tidy` runs it; a TAP line a file.
set -u
cd "${TOP_SRCDIR:?}" || exit 99
flags=(-std=gnu17 -D_GNU_SOURCE -DHAVE_CONFIG_H -I"$TOP_SRCDIR" -I"${TOP_BUILDDIR:?}")
# Folder names that the Makefile gives; which ones they are does not matter here.
for name in $(grep -ohE -- '-DCC_[A-Z_]+=' Makefile.am */local.mk); do
	flags+=("$name\"/nowhere\"")
done
flags+=($(cups-config --cflags) $(pkg-config --cflags libsodium libcrypto lmdb libevent_core \
	libconfuse jansson avahi-client libseccomp lcms2 libpng16 libjpeg libqpdf libtiff-4 libarchive \
	cairo))
command -v clang-tidy >/dev/null || { echo "1..0 # SKIP no clang-tidy here"; exit 0; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export out

one()
{
	local name=${1//\//_}
	if clang-tidy --quiet "$1" -- "${@:2}" >"$out/$name.said" 2>"$out/$name.err"; then
		echo "$1" >"$out/$name.good"
	else
		echo "$1" >"$out/$name.bad"
	fi
}
export -f one

find lib filters backend tools spoold -name '*.c' | sort |
	xargs -P "$(nproc)" -I{} bash -c 'one "$@"' one {} "${flags[@]}"
count=0 broken=0
for file in "$out"/*.good "$out"/*.bad; do
	[ -e "$file" ] || continue
	count=$((count + 1))
	name=$(<"$file")
	case $file in
	*.good) echo "ok $count - $name" ;;
	*) echo "not ok $count - $name"
		broken=1
		grep -E 'error:|warning:' "${file%.bad}.said" | sort -u |
		sed "s|^$TOP_SRCDIR/|# |" ;;
	esac
done
echo "1..$count"
exit "$broken"
