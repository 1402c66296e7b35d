# lib.sh - a private print shop for a test: cupsd, printers, spoold, and nothing shared.
#
#   . "$TOP_SRCDIR/tests/e2e/lib.sh"
#   e2e_begin                     # makes $E2E, a short folder under /tmp
#   cupsd_start                   # $CUPS_SOCKET, $CUPS_PORT; lp and its kin now talk to it
#   printer_start pixel           # an ippeveprinter: $PRINTER_URI, receives into $PRINTER_BOX
#   spoold_start                  # spoold on $SPOOLD_PORT
#   ok "it answers" lpstat -r
#   e2e_end                       # the plan, last; teardown runs at exit, whatever happens
#
# Nothing sleeps for luck: wait_until polls with a deadline. Nothing is killed by name.
# Run by hand: TOP_SRCDIR=. TOP_BUILDDIR=build tests/e2e/photo.sh

set -u -o pipefail
: "${TOP_SRCDIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${TOP_BUILDDIR:=$TOP_SRCDIR/build}"
export TOP_SRCDIR TOP_BUILDDIR
export LC_ALL=C TZ=UTC
umask 022

e2e_lib=$TOP_SRCDIR/tests/e2e/lib
. "$e2e_lib/tap.sh"
. "$e2e_lib/wait.sh"
. "$e2e_lib/process.sh"
. "$e2e_lib/place.sh"
. "$e2e_lib/cupsd.sh"
. "$e2e_lib/printer.sh"
. "$e2e_lib/ipp.sh"
. "$e2e_lib/secrets.sh"
. "$e2e_lib/spoold.sh"
. "$e2e_lib/shop.sh"
