#!/bin/bash
# Subscriptions (RFC 3995) and ippget (RFC 3996), as a client sees them.
. "$(dirname "$0")/lib.sh"

PHOTO() { echo "ipp://$SPOOLD/ipp/print/photo"; }
job() { echo "ipp://$SPOOLD/jobs/$1"; }

subscribe() # EVENTS [line...]: $SUBSCRIPTION
{
	ipp Create-Printer-Subscriptions "$(PHOTO)" "GROUP subscription-attributes-tag" \
		"ATTR keyword notify-events $1" "ATTR keyword notify-pull-method ippget" "${@:2}"
	SUBSCRIPTION=$(ipp_value notify-subscription-id)
	[ -n "$SUBSCRIPTION" ]
}

events() # ID [line...]
{
	ipp Get-Notifications "$(PHOTO)" "ATTR integer notify-subscription-ids $1" "${@:2}"
}

of_subscription() # OPERATION ID [line...]
{
	ipp "$1" "$(PHOTO)" "ATTR integer notify-subscription-id $2" "${@:3}"
}

print_one() # [line...]: $ORDER
{
	ipp Print-Job "$(PHOTO)" 'ATTR octetString job-password "2468"' "$@" "FILE $jpg"
	ORDER=$(ipp_value job-id)
}

told() { sed -n "s/^ *$1 ([^)]*) = //p" <<<"$ipp_said" | tr '\n' ' '; }
told_again() { events "$1" && [[ "$(told notify-subscribed-event) " == *"$2 "* ]]; }

e2e_begin
SPOOLD_SETTINGS='release-over-tcp = true'
ok "the shop opens" shop_open
jpg=$(shop_document photo.jpg)

# --- what is refused (ipptool tells notify-status-code, an enum, by its number)
ipp Create-Printer-Subscriptions "$(PHOTO)"
is "without a group: bad request" "$ipp_status" client-error-bad-request
ipp Create-Printer-Subscriptions "$(PHOTO)" "GROUP subscription-attributes-tag" \
	"ATTR uri notify-recipient-uri mailto:ada@example.org"
is "nothing is ever pushed anywhere" "$ipp_status" client-error-ignored-all-subscriptions
is "and the group says why" "$(ipp_value notify-status-code)" $((0x040c))
ipp Create-Printer-Subscriptions "$(PHOTO)" "GROUP subscription-attributes-tag" \
	"ATTR keyword notify-events no-such-event" "ATTR keyword notify-pull-method ippget"
is "an event that never is" "$(ipp_value notify-status-code)" $((0x040b))
no "notifications of nothing" events 4711
is "are not found" "$ipp_status" client-error-not-found

# --- a printer's
ok "who wants to hear of orders subscribes" subscribe job-created,job-state-changed,job-completed \
	"ATTR octetString notify-user-data counter" "ATTR integer notify-lease-duration 3600"
own=$SUBSCRIPTION
is "for the time that was asked for" "$(ipp_value notify-lease-duration)" 3600
ipp_user=stranger
ok "a stranger subscribes, too, in German" subscribe job-state-changed \
	"ATTR naturalLanguage notify-natural-language de"
others=$SUBSCRIPTION
ipp_user=customer
ok "an order is handed in" print_one
ok "its making is told" wait_until 10 'told_again $own job-created'
is "with its number" "$(told notify-job-id)" "$ORDER "
is "its state" "$(told job-state)" "pending-held "
like "what it waits for" "$(told job-state-reasons)" job-password-wait
is "the user's own data" "$(ipp_value notify-user-data)" counter
like "and words" "$(ipp_value notify-text)" "^Order $ORDER: Waits"
like "and when to ask again" "$(ipp_value notify-get-interval)" '^[0-9]+$'
no "somebody else's subscription is not there" events "$others"
is "for anybody" "$ipp_status" client-error-not-found
ipp_user=stranger
ok "a stranger" events "$others"
is "sees that it is there" "$(told notify-job-id)" "$ORDER "
is "and no name of it" "$(told job-name)" ""
is "in his language" "$(told notify-text)" "Auftrag $ORDER hat sich geändert. "
ipp_user=customer
ok "an owner cancels it" ipp Cancel-Job "$(job "$ORDER")"
ok "its end is told" wait_until 10 'told_again $own job-completed'
is "numbered one after the other" "$(told notify-sequence-number)" "1 2 "
ok "from a number on" events "$own" "ATTR integer notify-sequence-numbers 2"
is "only what is newer" "$(told notify-sequence-number)" "2 "

# --- its life
ok "it can be looked at" of_subscription Get-Subscription-Attributes "$own"
is "with its events" "$(told notify-events)" "job-created,job-completed,job-state-changed "
is "whose it is" "$(told notify-subscriber-user-name)" "customer "
ipp Get-Subscriptions "$(PHOTO)"
is "one's own are listed, others' not" "$(told notify-subscription-id)" "$own "
ok "it is renewed" of_subscription Renew-Subscription "$own" "GROUP subscription-attributes-tag" \
	"ATTR integer notify-lease-duration 99999999"
is "within bounds" "$(ipp_value notify-lease-duration)" 604800
ok "it is cancelled" of_subscription Cancel-Subscription "$own"
no "and gone" of_subscription Get-Subscription-Attributes "$own"
no "a stranger's can't be cancelled" of_subscription Cancel-Subscription "$others"
ok "a lease" subscribe job-completed "ATTR integer notify-lease-duration 1"
ok "ends by itself" wait_until 10 '! of_subscription Get-Subscription-Attributes $SUBSCRIPTION'

# --- a job's
ok "an order comes with a subscription" print_one "GROUP subscription-attributes-tag" \
	"ATTR keyword notify-events job-completed,job-state-changed" \
	"ATTR keyword notify-pull-method ippget"
its=$(ipp_value notify-subscription-id)
like "of which the answer tells" "$its" '^[0-9]+$'
no "it can't be renewed" of_subscription Renew-Subscription "$its"
is "since it lasts as long as its order" "$ipp_status" client-error-not-possible
ok "a second one is made later" ipp Create-Job-Subscriptions "$(PHOTO)" \
	"ATTR integer notify-job-id $ORDER" "GROUP subscription-attributes-tag" \
	"ATTR keyword notify-events job-completed" "ATTR keyword notify-pull-method ippget"
ipp_user=stranger
no "a stranger makes none" ipp Create-Job-Subscriptions "$(PHOTO)" \
	"ATTR integer notify-job-id $ORDER" "GROUP subscription-attributes-tag" \
	"ATTR keyword notify-events job-completed" "ATTR keyword notify-pull-method ippget"
is "and is told so" "$ipp_status" client-error-not-authorized
ipp_user=customer
ok "the order is released" ipp Release-Job "$(job "$ORDER")" 'ATTR octetString job-password "2468"'
ok "and its end told" wait_until 30 'told_again $its job-completed'
is "as the last of it" "$ipp_status" successful-ok-events-complete
like "in the order of its life" "$(told job-state)" '^(pending-held )?(pending )?processing .*completed $'

# --- a printer's state
ok "who wants to hear of the printer subscribes" subscribe printer-state-changed,printer-stopped
cupsdisable photo
ok "and hears that it stopped" wait_until 20 'told_again $SUBSCRIPTION printer-state-changed ||
	told_again $SUBSCRIPTION printer-stopped'
like "with its state" "$(told printer-state)" stopped
cupsenable photo

# --- bounds
for _ in {1..30}; do subscribe job-completed || break; done
is "nobody has too many" "$(ipp_value notify-status-code)" $((0x0415))
ok "which is nobody else's trouble" eval 'ipp_user=other subscribe job-completed'

# --- front dies
ok "front is killed" spoold_kill_child front
ok "and answers again" wait_until 20 spoold_answers
no "what was subscribed is gone, and says so" events "$SUBSCRIPTION"
is "by its status" "$ipp_status" client-error-not-found
ok "one subscribes anew" subscribe job-created
print_one
ok "and hears again" wait_until 10 'told_again $SUBSCRIPTION job-created'
unlike "no PIN was told anywhere" "$(cat "$E2E"/log/* 2>/dev/null)" 'job-password.*2468'
e2e_end
