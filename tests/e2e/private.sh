#!/bin/bash
# Who sees what of an order, and who may do what with it: who x operation x attribute.
#
#   alice      the owner, from here            neighbour  her name, from another machine
#   bob        another customer, from here     operator   over the station socket
#   guest      nobody in particular: the owner of another order, and his double at the same address
. "$(dirname "$0")/lib.sh"
. "$e2e_lib/net.sh"
net_alone "$@"

# one OPERATION URI LINES...: a request as $who would send it
one()
{
	local operation=$1 uri=$2 target=printer-uri line
	shift 2
	case $uri in */jobs/*) target=job-uri ;; esac
	echo "{ OPERATION $operation"
	echo "GROUP operation-attributes-tag"
	echo "ATTR charset attributes-charset utf-8"
	echo "ATTR naturalLanguage attributes-natural-language en"
	echo "ATTR uri $target \"$uri\""
	[ -z "$who" ] || echo "ATTR name requesting-user-name \"$who\""
	for line in "$@"; do echo "$line"; done
	echo "}"
}
# requests, from standard input, from $where, over one connection; what comes back in $said
requests()
{
	cat >"$E2E/tmp/request.test"
	if [ "$where" = there ]; then
		said=$(there timeout 20 ipptool -tvI "ipp://$SHOP_ADDRESS:$SPOOLD_PORT/" "$E2E/tmp/request.test" 2>&1)
	else
		said=$(timeout 20 ipptool -tvI "ipp://127.0.0.1:$SPOOLD_PORT/" "$E2E/tmp/request.test" 2>&1)
	fi
}
# a single one; its status in $status
request()
{
	requests < <(one "$@")
	said=$(sed '1,/RECEIVED/d' <<<"$said")
	status=$(statuses)
}
statuses() { sed -n 's/^ *status-code = \([^ ]*\).*/\1/p' <<<"$said" | paste -sd' '; }
# answer N: the Nth answer in $said
answer() { awk -v n="$1" '/RECEIVED/ { i++; on = 1 } /^    [A-Za-z-]+:$/ { on = 0 } on && i == n' <<<"$said"; }
value() { sed -n "s/^ *$1 ([^)]*) = //p" <<<"$said" | head -1; }
names() { sed -n '/successful/,$s/^ *\([a-z-]*\) (.*/\1/p' <<<"$said" | grep -v '^attributes-\(charset\|natural\)' | sort -u | paste -sd' '; }
printer() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }
as() { who=$1 where=${2:-here}; }

# What everybody sees of every order, and not a name more.
everybody="job-id job-printer-up-time job-printer-uri job-state job-state-reasons job-uri"

# sees_all NAME SENTENCE / sees_little: of Get-Job-Attributes of job $1
sees_all()
{
	request Get-Job-Attributes "$1"
	is "$2 sees its name" "$(value job-name)" "$3"
	like "and all the rest" " $(names) " ' job-more-info .* job-originating-user-name .* job-state-message .* job-uuid '
}
little()
{
	one Get-Job-Attributes "$1"
	one Get-Job-Attributes "$1" "ATTR keyword requested-attributes job-name,job-state-message,job-uuid,job-more-info,claimcheck-identification,claimcheck-claim-code,media,copies"
	one Get-Documents "$1"
	one Get-Document-Attributes "$1" "ATTR integer document-number 1"
	one Cancel-Job "$1"
	one Hold-Job "$1"
	one Release-Job "$1"
	one Set-Job-Attributes "$1" "GROUP job-attributes-tag" "ATTR keyword job-hold-until indefinite"
}
sees_little()
{
	local all
	requests < <(little "$1")
	all=$said
	is "$2 can do nothing with it" "$(statuses)" "successful-ok successful-ok $refused $refused $refused $refused client-error-not-possible $refused"
	said=$(answer 1)
	is "and sees that it is there" "$(names)" "$everybody"
	is "not how it is identified" "$(value job-state-reasons)" job-hold-until-specified
	said=$all
	said=$(answer 2)
	is "and asked by name, nothing more" "$(names)" ""
}
refused=client-error-not-authorized

e2e_begin
ok "two machines and a cable" net_open
ok "a shop" shop_open
spoold_stop
spoold_conf | sed "s/^listen = .*/listen = {\"*:$SPOOLD_PORT\"}/" >"$E2E/spoold.conf"
printf 'clear-text = true\nannounce = false\n' >>"$E2E/spoold.conf"
ok "that another machine can reach" spoold_run
jpg=$(shop_document photo.jpg)

# --- people with names
as alice
request Print-Job "$(printer)" "ATTR name job-name holiday" "FILE $jpg" "ATTR mimeMediaType document-format image/jpeg"
number=$(value job-id)
code=$(value claimcheck-claim-code)
own=$(value job-uri)
uuid=$(value job-uuid)
like "alice hands in an order, and gets a code" "$code" '^[0-9A-Z]{4}-'
is "its own address ends in its uuid" "urn:uuid:${own##*/}" "$uuid"
is "and so does that of its page" "urn:uuid:$(value job-more-info | sed 's|.*/||')" "$uuid"
sees_all "$(job "$number")" alice holiday
unlike "but the code is not told again" "$said" "${code//-/.}"
request Get-Jobs "$(printer)" "ATTR keyword requested-attributes all"
unlike "nor in Get-Jobs" "$said" "$code"
is "where her order has its name" "$(value job-name)" holiday
request Get-Documents "$(job "$number")"
is "she sees its documents" "$(value document-format)" image/jpeg
as bob
sees_little "$(job "$number")" bob
as alice there
sees_little "$(job "$number")" "somebody of her name elsewhere"
as "" there
sees_little "$(job "$number")" "somebody without a name"
as ALICE
sees_little "$(job "$number")" "another spelling"
as bob
request Get-Jobs "$(printer)" "ATTR keyword requested-attributes all"
is "in Get-Jobs bob sees that it is there" "$(names)" "$everybody"
request Get-Jobs "$(printer)" "ATTR boolean my-jobs true"
is "among his orders it is not" "$(value job-id)" ""
as alice there
request Get-Jobs "$(printer)" "ATTR boolean my-jobs true"
is "nor among those of her name elsewhere" "$(value job-id)" ""
request Cancel-My-Jobs "$(printer)"
as alice
request Get-Jobs "$(printer)" "ATTR boolean my-jobs true"
is "who can't cancel it as theirs: it is among hers" "$(value job-id)" "$number"
as bob there
sees_all "$own" "who knows its uuid" holiday
request Get-Job-Attributes "$(sed 's/[0-9a-f]$/z/' <<<"$own")"
is "which can't be guessed in part" "$status" client-error-not-found

# --- operators
told=$(CUPS_SERVER=$STATION lpstat -o)
like "an operator sees whose it is" "$told" "photo-$number +alice"
told=$(lpstat -h "$SPOOLD" -o)
unlike "others don't" "$told" alice

# --- guests: the order's connection, or its uuid
guests_orders()
{
	cat >"$E2E/tmp/guest.test" <<-END
	{ OPERATION Print-Job
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR naturalLanguage attributes-natural-language en
	ATTR uri printer-uri $(printer)
	${1:-}
	ATTR name job-name secretive
	ATTR mimeMediaType document-format image/jpeg
	FILE $jpg }
	{ OPERATION Get-Jobs
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR naturalLanguage attributes-natural-language en
	ATTR uri printer-uri $(printer)
	ATTR boolean my-jobs true
	ATTR keyword requested-attributes job-name
	${1:-} }
	END
	ipptool -tv "ipp://$SPOOLD/" "$E2E/tmp/guest.test" 2>&1
}
for guest in "" anonymous guest mobile; do
	line=${guest:+ATTR name requesting-user-name $guest}
	said=$(guests_orders "$line")
	number=$(value job-id)
	own=$(value job-uri)
	is "guest '$guest' sees the order over its connection" "$(value job-name)" secretive
	as "$guest"
	sees_little "$(job "$number")" "another '$guest' at the same address"
	request Get-Jobs "$(printer)" "ATTR boolean my-jobs true"
	is "and has no orders" "$(value job-id)" ""
	request Cancel-My-Jobs "$(printer)"
	is "nor any to cancel" "$(order_state "$number")" pending-held
	request Get-Job-Attributes "$own"
	is "who comes back with the order's own address sees it" "$(value job-name)" secretive
done
request Cancel-Job "$own"
is "and may cancel it" "$status" successful-ok
as ""
request Create-Job "$(printer)"
number=$(value job-id)
own=$(value job-uri)
request Send-Document "$(job "$number")" "ATTR boolean last-document true" "FILE $jpg"
is "no other guest adds a document, and gets the code" "$status" client-error-not-authorized
request Close-Job "$(job "$number")"
is "nor by closing it" "$status" client-error-not-authorized
request Send-Document "$own" "ATTR boolean last-document true" "ATTR mimeMediaType document-format image/jpeg" "FILE $jpg"
like "the guest does, on another connection" "$(value claimcheck-claim-code)" '^[0-9A-Z]{4}-'

# --- a guest's subscription: its connection, or its id, which can't be guessed
subscribing() { one Create-Printer-Subscriptions "$(printer)" "GROUP subscription-attributes-tag" "ATTR keyword notify-pull-method ippget" "ATTR keyword notify-events job-created"; }
named() { one "$1" "$(printer)" "ATTR integer notify-subscription-id $2"; }
two_and_their_list() { subscribing; subscribing; one Get-Subscriptions "$(printer)"; }
as anonymous
requests < <(two_and_their_list)
all=$said
said=$(answer 1)
first=$(value notify-subscription-id)
said=$all
said=$(answer 2)
second=$(value notify-subscription-id)
said=$all
is "over its connection a guest sees what it subscribed" \
	"$(answer 3 | sed -n 's/^ *notify-subscription-id ([^)]*) = //p' | sort | paste -sd' ')" \
	"$(printf '%s\n' "$first" "$second" | sort | paste -sd' ')"
no "from one id the next can't be told" [ $((second - first)) = 1 ]
request Get-Subscriptions "$(printer)"
is "another guest at the same address sees none of it" "$(value notify-subscription-id)" ""
requests < <(for id in $((first - 1)) $((first + 1)) 1 2; do named Cancel-Subscription "$id"; done)
is "nor cancels it by trying" "$(statuses)" "$(printf 'client-error-not-found %.0s' 1 2 3 4 | sed 's/ $//')"
requests < <(named Get-Subscription-Attributes "$first"; named Cancel-Subscription "$first")
is "who comes back with its id finds it, and may cancel it" "$(statuses)" "successful-ok successful-ok"
guesses() { one Get-Notifications "$(printer)" "ATTR integer notify-subscription-ids $(seq -s, 1 120)"; }
requests < <(subscribing; guesses)
third=$(value notify-subscription-id)
requests < <(named Get-Subscription-Attributes "$second"; named Cancel-Subscription "$second")
is "who tries too many ids finds none for a while" "$(statuses)" "client-error-not-found client-error-not-found"
as alice
requests < <(subscribing)
fourth=$(value notify-subscription-id)
requests < <(named Cancel-Subscription "$fourth"; named Cancel-Subscription "$third")
is "which a customer with a name does not notice" "$(statuses)" "successful-ok client-error-not-found"
as anonymous
requests < <(subscribing; guesses; one Get-Subscriptions "$(printer)")
said=$(answer 3)
like "nor a guest over the connection that subscribed" "$(value notify-subscription-id)" '^[0-9]+$'

# --- pages
page() { timeout 10 bash -c "exec 3<>/dev/tcp/localhost/$SPOOLD_PORT && printf 'GET %s HTTP/1.0\r\nHost: $SPOOLD\r\nAccept-Language: %s\r\n\r\n' '$1' '${2:-en}' >&3 && cat <&3"; }
told=$(page "/jobs/${own##*/}")
like "an order's page says its number" "$told" "<h1>Order $number</h1>"
like "and how to collect it" "$told" 'give your claim code at the station'
unlike "no code, no name, no file" "$told" "[0-9A-Z]{4}-[0-9A-Z]{4}-|photo.jpg|secretive"
like "in the browser's language" "$(page "/jobs/${own##*/}" "fr,de-AT;q=0.8")" "<h1>Auftrag $number</h1>.*"
told=$(page "/jobs/$number")
is "by its number, which can be guessed, nothing of it is told" "$(sed -n '/<html/,$p' <<<"$told")" "$(page /jobs/4711 | sed -n '/<html/,$p')"
like "but how orders are collected" "$told" 'claim code, or its number and the PIN'
like "a uuid that is none's is not found" "$(page /jobs/00000000-0000-4000-8000-000000000000)" '404'
like "a printer's page says where it is" "$(page /ipp/print/photo)" '<h1>Photographs \(counter\)</h1>'
like "a printer that is not there is not found" "$(page /ipp/print/none)" '404'
like "the first page names the printers" "$(page /)" '<li>Printing plates</li>'
customer_pin 4711
lp -h "$SPOOLD" -d photo "$jpg" >/dev/null
as "$(id -un)"
request Get-Jobs "$(printer)" "ATTR boolean my-jobs true" "ATTR keyword requested-attributes job-id,job-uuid"
told=$(page "/jobs/$(value job-uuid | sed 's/urn:uuid://')")
like "with a PIN, the page says its number and PIN" "$told" "give order number $(value job-id) and the PIN"
unlike "but not which PIN" "$told" 4711

# --- a PIN and a name that is nobody's
as guest
request Print-Job "$(printer)" "ATTR octetString job-password 4812" "FILE $jpg" "ATTR mimeMediaType document-format image/jpeg"
number=$(value job-id)
no "a PIN with the name that all guests have finds no order" \
	station --yes --no-wait --pin-file 0 --user guest <<<4812
like "and says what to give" "$tap_said" "order's number"
ok "PIN and number do" station --yes --no-wait --pin-file 0 "$number" <<<4812
e2e_end
