# net.sh - a network of two machines in one: this test's own (the shop) and another one (the
# customer), with a cable between, each with its own D-Bus and Avahi. Nothing of the machine's
# network is seen or touched.
#
# net_alone "$@"           first thing in a test: begins it anew in namespaces of its own
# net_open                 makes the customer's machine and the cable
# there COMMAND...         runs a command on the customer's machine
# net_bus shop|customer, net_avahi shop|customer   start them; process_kill avahi-shop ends one

SHOP_ADDRESS=10.63.1.1
CUSTOMER_ADDRESS=10.63.1.2

# The test's processes are the shop. What they write to /run is theirs, too.
net_alone()
{
	[ -z "${NET_ALONE:-}" ] || return 0
	NET_ALONE=1 exec unshare --net --mount --uts --fork bash "$0" "$@"
}

net_machine()
{
	mount -t tmpfs tmpfs /run && mkdir -p /run/dbus /run/avahi-daemon &&
		hostname "$1" && ip link set lo up
}

net_open()
{
	net_machine shop || return 1
	mkdir -p "$E2E/tmp"
	process_start customer unshare --net --mount --uts bash -c \
		"$(declare -f net_machine); net_machine customer && touch '$E2E/tmp/there' &&
		exec sleep infinity"
	wait_until 10 "[ -e $E2E/tmp/there ]" || return 1
	ip link add cable type veth peer name cable netns "${process_pid[customer]}" &&
		ip address add "$SHOP_ADDRESS/24" dev cable && ip link set cable up &&
		there ip address add "$CUSTOMER_ADDRESS/24" dev cable &&
		there ip link set cable up
}

there() { nsenter -t "${process_pid[customer]}" --net --mount --uts "$@"; }

# on shop|customer COMMAND...
on()
{
	local machine=$1
	shift
	if [ "$machine" = shop ]; then "$@"; else there "$@"; fi
}

net_start() # NAME MACHINE COMMAND...
{
	local name=$1 machine=$2
	shift 2
	if [ "$machine" = shop ]; then
		process_start "$name" "$@"
	else
		process_start "$name" nsenter -t "${process_pid[customer]}" --net --mount --uts "$@"
	fi
}

net_bus()
{
	cat >"$E2E/tmp/bus.conf" <<-END
	<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
	 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
	<busconfig>
	  <type>system</type>
	  <listen>unix:path=/run/dbus/system_bus_socket</listen>
	  <auth>EXTERNAL</auth>
	  <policy context="default">
	    <allow user="*"/> <allow own="*"/> <allow send_type="*"/> <allow receive_type="*"/>
	    <allow send_destination="*"/> <allow receive_sender="*"/>
	  </policy>
	</busconfig>
	END
	net_start "bus-$1" "$1" dbus-daemon --nofork --nopidfile --config-file="$E2E/tmp/bus.conf"
	wait_until 10 "on $1 test -S /run/dbus/system_bus_socket"
}

net_avahi()
{
	cat >"$E2E/tmp/avahi-$1.conf" <<-END
	[server]
	host-name=$1
	use-ipv6=no
	[publish]
	publish-workstation=no
	publish-hinfo=no
	END
	net_start "avahi-$1" "$1" avahi-daemon -f "$E2E/tmp/avahi-$1.conf" --no-drop-root \
		--no-chroot --no-rlimits
	wait_until 10 "on $1 test -S /run/avahi-daemon/socket"
}

# services TYPE: one line a printer, as another machine finds them: avahi-browse's fields.
services()
{
	there timeout 20 avahi-browse -rpt "$1" 2>/dev/null | grep '^='
}
