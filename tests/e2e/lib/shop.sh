# shop.sh - the whole print shop: cupsd with both queues, a photo printer, a hot folder,
# spoold; and its documents.
#
# shop_open       everything; SHOP_POLICY=1 with dist/'s policy in cupsd
# shop_document KIND   makes a document of material.c and prints its path

PROFILE=${PROFILE:-/usr/share/color/icc/compatibleWithAdobeRGB1998.icc}

shop_queues()
{
	lpadmin -p photo -E -v "claimcheck:$PRINTER_URI" \
		-P "$TOP_BUILDDIR/ppd/ccphotoe.ppd" -o printer-error-policy=stop-printer &&
		lpadmin -p plate -E -v "platesetter:$HOT_FOLDER" -P "$TOP_BUILDDIR/ppd/ccplate.ppd"
}

shop_open()
{
	cupsd_start && printer_start pixel || return 1
	HOT_FOLDER=$E2E/hot
	mkdir -p "$HOT_FOLDER" && chown lp "$HOT_FOLDER"
	shop_queues && spoold_start
}

shop_document()
{
	local path=$E2E/documents/$1
	mkdir -p "$E2E/documents"
	if [ ! -e "$path" ]; then
		case $1 in
		photo.*) "$TOP_BUILDDIR/tests/e2e/material/material" "$1" "$path" "$PROFILE" ;;
		*) "$TOP_BUILDDIR/tests/e2e/material/material" "$1" "$path" ;;
		esac || return 1
	fi
	echo "$path"
}

show() { "$TOP_BUILDDIR/tests/e2e/material/show" "$@"; }
