#!/bin/bash
# doctophoto beside djpeg, and beside what a shop would use otherwise, on the same picture.
#
#   photo.sh [-n rounds] [-c cpus] [-q]      (make bench-photo)
#
# Every figure is a ratio to djpeg decoding the same file to /dev/null, side by side in one
# run. -q: doctophoto and djpeg only. Needs libjpeg-turbo-progs; cups-filters, ghostscript and
# libvips-tools are measured where they are installed.
set -euo pipefail
: "${TOP_BUILDDIR:=$PWD}"

rounds=7 cpus=1 quick=
while getopts n:c:q option; do
	case $option in
	n) rounds=$OPTARG ;;
	c) cpus=$OPTARG ;;
	q) quick=1 ;;
	*) exit 2 ;;
	esac
done

bench=$TOP_BUILDDIR/tests/bench
filters=/usr/lib/cups/filter
work=$(mktemp -d /tmp/cc-photo.XXXX)
trap 'rm -rf "$work"' EXIT

command -v djpeg >/dev/null || { echo "photo.sh: install libjpeg-turbo-progs" >&2; exit 1; }

make_files()
{
	local kind
	for kind in jpeg24 jpeg100 jpegcmyk png16 tiffcmyk rgb cmyk; do
		"$bench/photofile" $kind "$work/$kind"
	done
	djpeg "$work/jpeg24" | cjpeg -quality 92 -progressive >"$work/progressive"
	# 10 x 8 inch, borderless, through a table profile
	sed -e 's/100x150mm\.Fullbleed/Bench/g' \
		-e 's/^\*ImageableArea Bench.*/*ImageableArea Bench\/b: "0 0 720 576"/' \
		-e 's/^\*PaperDimension Bench.*/*PaperDimension Bench\/b: "720 576"/' \
		-e 's/^\*DefaultColorModel/*cupsICCProfile "RGB..": "'"${work//\//\\/}"'\/rgb"\n&/' \
		"$TOP_BUILDDIR/ppd/ccphoto.ppd" >"$work/rgb.ppd"
}

ours() # ours NAME FILE OPTIONS
{
	printf '%s\tPPD=%s/rgb.ppd %s/filters/doctophoto 1 u t 1 "PageSize=Bench print-scaling=fill %s" %s/%s 2>/dev/null\n' \
		"$1" "$work" "$TOP_BUILDDIR" "$3" "$work" "$2"
}

theirs() # theirs NAME COMMAND: if its program is there
{
	[ -z "$quick" ] || return 0
	command -v "${2%% *}" >/dev/null || return 0
	printf '%s\t%s 2>/dev/null\n' "$1" "${3:-}$2"
}

compare()
{
	echo "$1, $cpus of $(nproc) processors, $rounds rounds; load $(cut -d' ' -f1 /proc/loadavg)"
	"$bench/alternate" -n "$rounds" -c "$cpus"
	echo
}

make_files
{
	printf 'djpeg\tdjpeg %s/jpeg24\n' "$work"
	ours doctophoto jpeg24 ''
	ours 'doctophoto, 600 dpi' jpeg24 Resolution=600dpi
	ours 'doctophoto, progressive' progressive ''
	theirs 'imagetoraster (cups-filters), fill' \
		"$filters/imagetoraster 1 u t 1 'PageSize=Bench print-scaling=fill' $work/jpeg24" \
		"PPD=$work/rgb.ppd "
	theirs 'imagetopdf + gstoraster' \
		"$filters/imagetopdf 1 u t 1 'PageSize=Bench print-scaling=fill' $work/jpeg24 | PPD=$work/rgb.ppd $filters/gstoraster 1 u t 1 'PageSize=Bench'" \
		"PPD=$work/rgb.ppd "
	theirs 'vips thumbnail with profiles' \
		"vips thumbnail $work/jpeg24 $work/out.ppm 3000 --height 2400 --crop centre --export-profile $work/rgb" \
		"VIPS_CONCURRENCY=$cpus "
} | compare 'JPEG of 24 MP with a camera profile to 3000 x 2400, a table profile'
{
	printf 'djpeg\tdjpeg %s/jpeg100\n' "$work"
	ours doctophoto jpeg100 ''
} | compare 'JPEG of 100 MP, likewise'
{
	printf 'djpeg (of the 24 MP JPEG)\tdjpeg %s/jpeg24\n' "$work"
	ours 'doctophoto, CMYK JPEG' jpegcmyk ''
	ours 'doctophoto, PNG of 16 bit' png16 ''
	ours 'doctophoto, CMYK TIFF (Deflate)' tiffcmyk ''
} | compare 'other files of 24 MP, likewise'
