#!/bin/bash
# Another machine in the network finds the printers, with all that their records should say,
# and prints on one; what is not so is not said.
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/net.sh"
net_alone "$@"

log_has() { grep -qE "$1" "$E2E/log/spoold.out"; }
log_count() { grep -cE "$1" "$E2E/log/spoold.out"; }
names_of() { services "$1" | cut -d';' -f4 | sort -u | paste -sd, -; }
# What one look at the whole network has seen of a type; services has a look each time.
look() { seen=$(there timeout 20 avahi-browse -akrpt 2>/dev/null | grep '^='); }
seen_of() { awk -F';' -v t="$1" '$5 == t' <<<"$seen"; }
seen_names() { seen_of "$1" | cut -d';' -f4 | sort -u | paste -sd, -; }
# record TYPE NAME: a line a key
record() { seen_of "$1" | awk -F';' -v n="$2" '$4 == n { print $10 }' | sed 's/^"//; s/"$//; s/" "/\n/g'; }
key() { sed -n "s/^$1=//p" <<<"$txt"; }
found() { names_of _ipp._tcp | grep -qE "$1"; }

e2e_begin
ok "two machines and a cable" net_open
# ippeveprinter's bus; the shop's own is not there yet
cupsd_start && printer_start pixel
HOT_FOLDER=$E2E/hot
mkdir -p "$HOT_FOLDER" && chown lp "$HOT_FOLDER"
shop_queues
port_pick SPOOLD_PORT
SPOOLD=localhost:$SPOOLD_PORT
STATION=$E2E/run/station.sock
spoold_listens() # ADDRESSES [further line]
{
	spoold_conf | sed "s/^listen = .*/listen = {$1}/" >"$E2E/spoold.conf"
	echo "${2:-}" >>"$E2E/spoold.conf"
}

# --- without Avahi
spoold_listens "\"*:$SPOOLD_PORT\""
ok "spoold serves without D-Bus" spoold_run
ok "and says so" wait_until 10 "log_has 'not announced: .*waiting for avahi-daemon'"
ok "then D-Bus comes, without Avahi" net_bus shop
net_bus customer && net_avahi customer
ok "then Avahi" net_avahi shop
ok "and the printers are registered" wait_until 20 "log_has \"plate is announced as 'Printing plates'\""
is "that they were not had been said once" "$(log_count 'not announced')" 1

# --- found from the other machine
ok "another machine finds them" wait_until 20 "found Photographs"
look
is "as _ipp" "$(seen_names _ipp._tcp)" 'Photographs,Printing\032plates'
is "as _ipps" "$(seen_names _ipps._tcp)" 'Photographs,Printing\032plates'
is "and they hold the name of all print services" "$(seen_names _printer._tcp)" 'Photographs,Printing\032plates'
is "under _print" "$(names_of _print._sub._ipps._tcp)" 'Photographs,Printing\032plates'
formats=$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" document-format-supported)
universal=
case $formats in *image/urf*) universal=Photographs ;; esac
is "AirPrint's clients find what takes URF" "$(names_of _universal._sub._ipp._tcp | grep -o Photographs)" "$universal"
txt=$(record _ipps._tcp Photographs)
is "txtvers comes first" "$(head -1 <<<"$txt")" txtvers=1
is "rp is the printer's path" "$(key rp)" ipp/print/photo
is "note is where it stands" "$(key note)" counter
is "ty is what it is" "$(key ty)" "$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" printer-make-and-model)"
is "product is the same, in brackets" "$(key product)" "($(key ty))"
is "UUID is the printer's" "urn:uuid:$(key UUID)" \
	"$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" printer-uuid)"
is "pdl is what it takes" "$(key pdl)" "$formats"
is "TLS is the least version" "$(key TLS)" 1.2
is "adminurl leads to its page" "$(key adminurl)" "https://shop.local:$SPOOLD_PORT/ipp/print/photo"
is "qtotal" "$(key qtotal)" 1
is "it has colour" "$(key Color)" T
is "and no duplex" "$(key Duplex)" F
like "PaperMax is one of the specification's" "$(key PaperMax)" '^(<legal-A4|legal-A4|tabloid-A3|isoC-A2|>isoC-A2)$'
unlike "nothing is said that is not so" "$txt" 'print_wfds|mopria|Scan=T|Fax=T'
is "no string is longer than DNS allows" "$(awk 'length($0) > 255' <<<"$txt")" ""
is "the record is the same in clear" "$(record _ipp._tcp Photographs)" "$txt"
is "the port is spoold's" "$(seen_of _ipps._tcp | awk -F';' '$4 == "Photographs" { print $7, $9 }')" \
	"shop.local $SPOOLD_PORT"
like "ippfind finds them" "$(there timeout 20 ippfind -T 2 _ipps._tcp --print 2>&1)" \
	"ipps://shop.local:$SPOOLD_PORT/ipp/print/photo"

# --- the queue changes
ok "the queue gets duplex and another maker" eval '
	sed "s/^\*NickName: .*/*NickName: \"Duplexer 9\"/; /^\*OpenUI \*PageSize/i *OpenUI *Duplex/Duplex: PickOne\n*OrderDependency: 10 AnySetup *Duplex\n*DefaultDuplex: None\n*Duplex None/Off: \"\"\n*Duplex DuplexNoTumble/On: \"\"\n*CloseUI: *Duplex" \
		"$TOP_BUILDDIR/ppd/ccphotoe.ppd" >"$E2E/tmp/duplex.ppd" &&
	lpadmin -p photo -P "$E2E/tmp/duplex.ppd"'
now_says() { look; txt=$(record _ipps._tcp Photographs); [ "$(key "$1")" = "$2" ]; }
ok "and the record says so" wait_until 20 'now_says ty "Duplexer 9"'
is "duplex, too, if the printer says it" "$(key Duplex)" \
	"$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" sides-supported | grep -q two-sided && echo T || echo F)"

# --- Avahi goes and comes
process_kill avahi-shop
ok "Avahi goes" wait_until 20 "[ -z \"\$(names_of _ipp._tcp)\" ]"
ok "and comes, and so do the printers" eval "net_avahi shop && wait_until 20 'found Photographs'"
ok "the herald is killed" spoold_kill_child herald
ok "and its successor registers them" wait_until 20 'found "Photographs.*plates"'

# --- the other machine has a printer of that name
spoold_stop
ok "they leave with spoold" wait_until 20 "[ -z \"\$(names_of _ipp._tcp)\" ]"
net_start rival customer avahi-publish-service Photographs _ipp._tcp 631
ok "another machine has that name" wait_until 20 'found "^Photographs$"'
ok "spoold starts" spoold_run
ok "and takes another one" wait_until 20 "found 'Photographs.*0352'"
is "which it tells in IPP" "$(ipp_printer_attribute "$SPOOLD/ipp/print/photo" printer-dns-sd-name)" 'Photographs #2'
process_kill rival

# --- printing from the other machine, by what was found
there bash -c "sed '\$a $SHOP_ADDRESS shop.local' /etc/hosts >'$E2E/tmp/hosts' && mount --bind '$E2E/tmp/hosts' /etc/hosts"
customers() { there env CUPS_SERVER="$E2E/c/cups/sock" "$@"; }
customer_layout()
{
	(
		E2E=$E2E/c
		mkdir -p "$E2E/log"
		cupsd_lay_out
		cupsd_conf >"$E2E/cups/etc/cupsd.conf"
		cupsd_files_conf >"$E2E/cups/etc/cups-files.conf"
	)
	net_start customer-cupsd customer cupsd -f -c "$E2E/c/cups/etc/cupsd.conf" \
		-s "$E2E/c/cups/etc/cups-files.conf"
	wait_until 20 "customers lpstat -r | grep -q 'is running'"
}
ok "the customer has a cupsd" customer_layout
uri=$(there timeout 20 ippfind -T 2 _ipps._tcp,_print --path ipp/print/photo --print | head -1)
like "a printer is found" "$uri" "ipps://shop.local:$SPOOLD_PORT/ipp/print/photo"
ok "a queue is made of it, driverless" customers lpadmin -p mine -E -v "$uri" -m everywhere
ok "and one by _ipp, in clear, which is told to begin TLS" customers lpadmin -p clear -E \
	-v "ipp://shop.local:$SPOOLD_PORT/ipp/print/photo" -m everywhere
ok "and one by its name alone" customers lpadmin -p named -E -m everywhere -v \
	"dnssd://Photographs%20%232._ipps._tcp.local/?uuid=$(key UUID)"
jpg=$(shop_document photo.jpg)
ok "a print, from the other machine" customers lp -d mine "$jpg"
orders() { lpstat -h "$SPOOLD" -o 2>/dev/null | wc -l; }
ok "waits here" wait_until 30 '[ "$(orders)" = 1 ]'
ok "and one to the queue by name" customers lp -d named "$jpg"
ok "waits here, too" wait_until 30 '[ "$(orders)" = 2 ]'
ok "and one to the queue in clear" customers lp -d clear "$jpg"
ok "waits here, as well" wait_until 30 '[ "$(orders)" = 3 ]'

# --- when nothing is to be told
spoold_stop
spoold_listens "\"localhost:$SPOOLD_PORT\""
: >"$E2E/log/spoold.out"
ok "spoold listens to its own machine only" spoold_run
ok "and says that nothing is announced" log_has 'not announced.*listen'
no "there is no herald" spoold_child herald
spoold_stop
spoold_listens "\"*:$SPOOLD_PORT\"" "announce = false"
ok "switched off" spoold_run
no "there is no herald, either" spoold_child herald
e2e_end
