# cupsd.sh - a private cupsd with Debian's programs and ours, on its own socket and port.
#
# Set before cupsd_start, if wanted:
#   CUPS_POLICY    a file with <Policy> sections to take in (default: none)
#   CUPS_LOGLEVEL  default debug
#   KEEP_SOCKET    where our filters find keep (default $E2E/run/keep.sock)
# Set by it: CUPS_SOCKET, CUPS_PORT, CUPS_SERVER (exported: lp, lpstat, lpadmin use it).

CUPS_BIN=${CUPS_BIN:-$(cups-config --serverbin 2>/dev/null || echo /usr/lib/cups)}
CUPS_SHARE=${CUPS_SHARE:-$(cups-config --datadir 2>/dev/null || echo /usr/share/cups)}

cupsd_programs()
{
	local to=$1 kind file
	mkdir -p "$to/backend" "$to/filter"
	for kind in cgi-bin daemon driver monitor notifier; do
		ln -s "$CUPS_BIN/$kind" "$to/$kind"
	done
	ln -s "$CUPS_BIN"/backend/* "$to/backend/"
	ln -s "$CUPS_BIN"/filter/* "$to/filter/"
	# Ours are copied: cupsd refuses programs that are not root's or that others may write.
	for kind in backend filter; do
		for file in $(cupsd_ours "$kind"); do
			rm -f "$to/$kind/${file##*/}"
			install -m 755 "$file" "$to/$kind/"
		done
	done
	# Our wrapping backend runs as root, since the backend behind it may need to; 0700 is
	# how cupsd is told.
	[ ! -e "$to/backend/claimcheck" ] || chmod 700 "$to/backend/claimcheck"
	chmod 755 "$to/backend" "$to/filter"
	[ ! -e "$to/backend/claimcheck" ] || chmod 700 "$to/backend/claimcheck"
}

# Our built programs of a kind: every executable of its room.
cupsd_ours()
{
	local room=$TOP_BUILDDIR/filters
	[ "$1" = backend ] && room=$TOP_BUILDDIR/backend
	[ -d "$room" ] && find "$room" -maxdepth 1 -type f -perm -100 ! -name '*.o' ! -name '*.sh'
	return 0
}

cupsd_data()
{
	local to=$1 dir
	mkdir -p "$to"
	for dir in "$CUPS_SHARE"/*; do
		case ${dir##*/} in
		mime | drv) mkdir "$to/${dir##*/}"; ln -s "$dir"/* "$to/${dir##*/}/" ;;
		*) ln -s "$dir" "$to/${dir##*/}" ;;
		esac
	done
	mkdir -p "$to/mime" "$to/drv"
	find "$TOP_SRCDIR/ppd" -maxdepth 1 \( -name '*.types' -o -name '*.convs' \) \
		-exec install -m 644 -t "$to/mime" {} + 2>/dev/null
	find "$TOP_SRCDIR/ppd" -maxdepth 1 -name '*.drv' -exec install -m 644 -t "$to/drv" {} + \
		2>/dev/null
	return 0
}

cupsd_files_conf()
{
	local d=$E2E/cups
	cat <<-END
	ServerRoot $d/etc
	ServerBin $d/bin
	DataDir $d/data
	CacheDir $d/cache
	StateDir $d/state
	RequestRoot $d/spool
	TempDir $d/tmp
	AccessLog $E2E/log/cups-access
	ErrorLog $E2E/log/cups-error
	PageLog $E2E/log/cups-page
	SystemGroup root
	User lp
	Group lp
	FileDevice Yes
	SyncOnClose Yes
	SetEnv CLAIMCHECK_SOCKET ${KEEP_SOCKET:-$E2E/run/keep.sock}
	END
}

cupsd_conf()
{
	cat <<-END
	Listen $CUPS_SOCKET
	Listen 127.0.0.1:$CUPS_PORT
	LogLevel ${CUPS_LOGLEVEL:-debug}
	MaxLogSize 0
	Browsing No
	WebInterface No
	MaxJobs 0
	MaxHoldTime 0
	DirtyCleanInterval 0
	DefaultAuthType Basic
	<Location />
	  Order allow,deny
	  Allow all
	</Location>
	<Policy default>
	  JobPrivateAccess all
	  JobPrivateValues none
	  SubscriptionPrivateAccess all
	  SubscriptionPrivateValues none
	  <Limit All>
	    Order deny,allow
	  </Limit>
	</Policy>
	END
	[ -z "${CUPS_POLICY:-}" ] || cat "$CUPS_POLICY"
}

# Lays it out once; a restart (after a kill -9) keeps spool and queues.
cupsd_lay_out()
{
	local d=$E2E/cups
	[ -d "$d" ] && return 0
	mkdir -p "$d"/{etc,cache,state,spool,tmp}
	chown lp "$d/cache" "$d/spool" "$d/tmp"
	cupsd_programs "$d/bin"
	cupsd_data "$d/data"
	CUPS_SOCKET=$d/sock
	port_pick CUPS_PORT
}

cupsd_start()
{
	cupsd_lay_out
	cupsd_files_conf >"$E2E/cups/etc/cups-files.conf"
	cupsd_conf >"$E2E/cups/etc/cupsd.conf"
	cupsd_run
}

cupsd_run()
{
	rm -f "$CUPS_SOCKET"
	process_start cupsd /usr/sbin/cupsd -f -c "$E2E/cups/etc/cupsd.conf" \
		-s "$E2E/cups/etc/cups-files.conf"
	export CUPS_SERVER=$CUPS_SOCKET
	wait_until 20 'lpstat -r | grep -q "is running"'
}

cupsd_stop() { process_kill cupsd TERM; }
cupsd_kill() { process_kill cupsd KILL; }

# queue_state QUEUE: idle, processing or stopped
queue_state()
{
	lpstat -p "$1" 2>/dev/null |
		sed -n '1s/^printer [^ ]* \(is \)\{0,1\}\(now \)\{0,1\}\([a-z]*\).*/\3/p' |
		sed 's/disabled/stopped/; s/printing/processing/'
}

# cups_job_state ID: held, pending, processing, stopped, canceled, aborted, completed or empty
cups_job_state()
{
	local state
	state=$(cups_job_attribute "$1" job-state)
	case $state in
	pending-held) echo held ;;
	processing-stopped) echo stopped ;;
	*) echo "$state" ;;
	esac
}

# cups_job_attribute ID ATTRIBUTE: as ipptool shows it, empty if the job or it is unknown
cups_job_attribute() { ipp_job_attribute "localhost:$CUPS_PORT/jobs" "$1" "$2"; }

# ipp_job_attribute HOST:PORT/PATH ID ATTRIBUTE: of any server
ipp_job_attribute()
{
	timeout 10 ipptool -tv -d "job=$2" -d "attribute=$3" "ipp://$1/$2" \
		"$TOP_SRCDIR/tests/e2e/ipp/job.test" 2>/dev/null |
		sed -n "/RECEIVED/,\$s/^ *$3 ([^)]*) = //p"
}

# ipp_printer_attribute HOST:PORT/PATH ATTRIBUTE
ipp_printer_attribute()
{
	timeout 10 ipptool -tv -d "attribute=$2" "ipp://$1" "$TOP_SRCDIR/tests/e2e/ipp/printer.test" \
		2>/dev/null | sed -n "/RECEIVED/,\$s/^ *$2 ([^)]*) = //p"
}
