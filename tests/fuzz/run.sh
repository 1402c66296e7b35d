#!/bin/bash
# Fuzzes a target for a while with libFuzzer (clang); new inputs go to a scratch folder.
#
#   make -C build fuzz TARGET=platetar SECONDS=600, or: tests/fuzz/run.sh platetar 600
#
# What it finds: crash-* in the scratch folder. A fixed crash becomes a corpus file.
set -eu
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}" "${TOP_BUILDDIR:=$TOP_SRCDIR/build}"
target=${1:?target} seconds=${2:-60}
scratch=${TMPDIR:-/tmp}/claimcheck-fuzz-$target
mkdir -p "$scratch/corpus"
cd "$TOP_SRCDIR" # for the patterns below
case $target in
platetar)
	sources=(backend/plate_tar.c lib/plate/manifest.c lib/seal/digest.c lib/seal/memory.c
		lib/base/*.c)
	packages=(libarchive jansson libsodium)
	;;
keep_wire)
	sources=(tests/unit/keep-{help,cups,customer}.c tests/tap.c spoold/{keep,store}/*.c
		spoold/{conftext,sections,settings}.c lib/{wire,seal,order,base}/*.c)
	packages=(libevent_core lmdb libsodium libcrypto libconfuse)
	;;
jpeg | png | tiff | raster)
	sources=(tests/fuzz/picture.c lib/image/*.c lib/base/*.c)
	packages=(libjpeg libpng libtiff-4)
	;;
exif)
	sources=(lib/image/exif.c lib/base/*.c)
	packages=(libpng)
	;;
profile)
	sources=(lib/colour/*.c lib/base/*.c)
	packages=(lcms2 libsodium)
	;;
http | front_wire)
	sources=(tests/fuzz/stranger*.c lib/ipp/*.c lib/seal/*.c lib/order/*.c lib/wire/*.c
		lib/base/*.c spoold/{conftext,sections,settings}.c spoold/front/*.c)
	packages=(libsodium libcrypto libconfuse zlib avahi-client)
	libraries=(-lcups)
	;;
bounds)
	sources=(lib/ipp/*.c lib/base/*.c)
	packages=()
	libraries=(-lcups)
	;;
ipp)
	sources=(lib/ipp/*.c lib/seal/*.c lib/order/*.c lib/wire/*.c lib/base/*.c
		spoold/{conftext,sections,settings}.c spoold/front/*.c)
	packages=(libsodium libcrypto libconfuse zlib avahi-client)
	libraries=(-lcups)
	;;
sniff)
	sources=(spoold/front/sniff*.c lib/base/*.c)
	packages=()
	;;
wire)
	sources=(lib/wire/*.c lib/base/*.c)
	packages=()
	;;
*)
	echo "no such target: $target" >&2
	exit 2
	;;
esac
# shellcheck disable=SC2046
clang -g -O1 -std=gnu17 -DCC_SYSCONFDIR='"/etc"' -DCC_LOCALSTATEDIR='"/var"' -D_GNU_SOURCE -I. -I"$TOP_BUILDDIR" -fsanitize=fuzzer,address,undefined \
	"tests/fuzz/$target.c" "${sources[@]}" \
	$([ ${#packages[@]} = 0 ] || pkg-config --cflags --libs "${packages[@]}") \
	${libraries+"${libraries[@]}"} -lm \
	-o "$scratch/$target"
cd "$scratch"
exec "./$target" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=4096 corpus \
	"$TOP_SRCDIR/tests/fuzz/corpus/$target"
