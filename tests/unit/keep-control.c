/*
 * keep-control.c - what operators do to printers: it does what it says, over restarts, for
 * nobody else, and releases nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/keep/control.h"
#include "spoold/keep/life.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static struct error err;

static int
control(struct bench *b, struct client *c, enum wire_control_verb verb, uint32_t number)
{
	struct wire_control m = {.verb = (uint8_t)verb, .operator= 1, .number = number};

	text_copy(m.printer, sizeof(m.printer), "photo");
	text_copy(m.user, sizeof(m.user), "grace");
	text_copy(m.text, sizeof(m.text), "new ribbon");
	error_clear(&err);
	return client_ask(b, c, WIRE_TYPE_control, &m, WIRE_TYPE_ok, NULL, &err);
}

/* The printer as front is told when it asks. */
static struct wire_printer
printer(struct bench *b, struct client *c)
{
	struct wire_printers ask;
	struct wire_printer photo = {.state = 0};
	union wire_any m;
	int type;

	memset(&ask, 0, sizeof(ask));
	client_send(b, c, WIRE_TYPE_printers, &ask);
	while ((type = client_next(b, c, &m)) == WIRE_TYPE_printer)
		if (strcmp(m.printer.name, "photo") == 0)
			photo = m.printer;
	return photo;
}

static bool
has(struct bench *b, struct client *c, const char *reason)
{
	return strstr(printer(b, c).reasons, reason) != NULL;
}

static void
only_operators_may(struct bench *b, struct client *c)
{
	struct wire_control m = {.verb = WIRE_PAUSE};
	struct wire_notice n = {.fields = WIRE_NOTICE_MESSAGE};

	text_copy(m.printer, sizeof(m.printer), "photo");
	text_copy(n.printer, sizeof(n.printer), "photo");
	TAP_OK(client_ask(b, c, WIRE_TYPE_control, &m, WIRE_TYPE_ok, NULL, &err) ==
			       -1 &&
		       err.kind == ERROR_REFUSED,
	       "who is no operator stops no printer: %s", err.text);
	TAP_OK(client_ask(b, c, WIRE_TYPE_notice, &n, WIRE_TYPE_ok, NULL, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "and has it say nothing");
	text_copy(m.printer, sizeof(m.printer), "nowhere");
	m.operator= 1;
	TAP_OK(client_ask(b, c, WIRE_TYPE_control, &m, WIRE_TYPE_ok, NULL, &err) ==
			       -1 &&
		       err.kind == ERROR_ABSENT,
	       "no printer, nothing to stop: %s", err.text);
	TAP_OK(control(b, c, (enum wire_control_verb)99, 0) == -1 &&
		       err.kind == ERROR_INPUT,
	       "an unknown verb: %s", err.text);
}

static void
a_pause_is_cupsds(struct bench *b, struct client *c)
{
	TAP_OK(control(b, c, WIRE_PAUSE, 0) == 0 && b->cups.stopped,
	       "a pause is answered when the queue is stopped %s", err.text);
	TAP_OK(printer(b, c).state == 5, "and is told");
	TAP_OK(control(b, c, WIRE_RESUME, 0) == 0 && !b->cups.stopped &&
		       printer(b, c).state == 3,
	       "the queue goes on");
	b->cups.up = false;
	control(b, c, WIRE_PAUSE_AFTER, 0);
	TAP_OK(control(b, c, WIRE_PAUSE, 0) == -1 && err.kind == ERROR_LATER &&
		       !b->cups.stopped,
	       "cupsd is down: the operator hears of it: %s", err.text);
	TAP_OK(has(b, c, "moving-to-paused"), "and what he asked for before stands");
	b->cups.up = true;
	TAP_OK(control(b, c, WIRE_PAUSE, 0) == 0 && b->cups.stopped &&
		       !has(b, c, "moving-to-paused"),
	       "until the printer is stopped");
	control(b, c, WIRE_RESUME, 0);
	bench_rest(b);
}

/* cupsd never says a word; the courier dies in the middle; the operator goes away. */
static void
nobody_waits_for_ever(struct bench *b)
{
	struct client c, gone;
	struct wire_control m = {.verb = WIRE_PAUSE, .operator= 1 };
	union wire_any answer;

	bench_channel(b, &c);
	bench_channel(b, &gone);
	text_copy(m.printer, sizeof(m.printer), "photo");
	b->cups.silent = true;
	client_send(b, &gone, WIRE_TYPE_control, &m);
	client_send(b, &c, WIRE_TYPE_control, &m);
	bench_turn(b);
	client_close(&gone);
	bench_turn(b);
	b->clock.skew_s += CONTROL_WAIT_MS / 1000 + 1;
	TAP_OK(client_next(b, &c, &answer) == WIRE_TYPE_failed &&
		       answer.failed.kind == ERROR_LATER,
	       "cupsd is silent: %s", answer.failed.text);
	client_send(b, &c, WIRE_TYPE_control, &m);
	bench_turn(b);
	client_close(&b->cups.wire);
	TAP_OK(client_next(b, &c, &answer) == WIRE_TYPE_failed &&
		       answer.failed.kind == ERROR_LATER,
	       "the courier is gone: %s", answer.failed.text);
	b->cups.silent = false;
	client_close(&c);
	bench_restart(b);
}

static void
a_closed_printer_takes_nothing(struct bench *b)
{
	struct client c;
	struct handed h = {.key = NULL}, open;
	struct wish w = {.text = "2468"};

	bench_channel(b, &c);
	TAP_OK(hand_begin(b, &c, &w, &open, &err) == 0 &&
		       control(b, &c, WIRE_REJECT, 0) == 0 && !printer(b, &c).accepting,
	       "a printer is closed");
	TAP_OK(hand_in(b, &c, &w, &h, &err) == -1 && err.kind == ERROR_LATER,
	       "it takes no order: %s", err.text);
	handed_clear(&h);
	TAP_OK(hand_in(b, &c, &(struct wish){.printer = "plate"}, &h, &err) == 0,
	       "the other one does");
	handed_clear(&h);
	handed_clear(&open);
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	TAP_OK(!printer(b, &c).accepting, "a restart does not open it");
	TAP_OK(control(b, &c, WIRE_ACCEPT, 0) == 0 && printer(b, &c).accepting &&
		       hand_in(b, &c, &w, &h, &err) == 0,
	       "an operator does");
	handed_clear(&h);
	client_close(&c);
}

static void
what_is_new_is_held_and_let_go_again(struct bench *b)
{
	struct client c;
	struct handed before, one, by_hand, plate;
	struct wire_change hold = {.verb = WIRE_HOLD, .operator= 1 };
	union wire_any m;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &before);
	TAP_OK(control(b, &c, WIRE_HOLD_NEW, 0) == 0 && has(b, &c, "hold-new-jobs"),
	       "what is new is to be held");
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &one);
	hand_in_and_rest(b, &c, &(struct wish){.text = "3333"}, &by_hand);
	hand_in_and_rest(b, &c, &(struct wish){.text = "4444", .printer = "plate"},
			 &plate);
	TAP_OK(release(b, &c, &one, "2222", 0, &err) == -1 &&
		       err.kind == ERROR_CONFLICT && state_of(b, &one) == ORDER_HELD,
	       "a new one can't be claimed: %s", err.text);
	TAP_OK(release(b, &c, &before, "1111", 0, &err) == 0 &&
		       release(b, &c, &plate, "4444", 0, &err) == 0,
	       "one from before can, and one of the other printer");
	/* an operator means this one, whatever becomes of the others */
	memcpy(hold.order.bytes, by_hand.uuid, UUID_BYTES);
	hold.verb = WIRE_UNHOLD;
	client_ask(b, &c, WIRE_TYPE_change, &hold, WIRE_TYPE_order_info, &m, &err);
	hold.verb = WIRE_HOLD;
	client_ask(b, &c, WIRE_TYPE_change, &hold, WIRE_TYPE_order_info, &m, &err);
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	TAP_OK(has(b, &c, "hold-new-jobs"), "a restart forgets nothing");
	TAP_OK(control(b, &c, WIRE_RELEASE_NEW, 0) == 0 && !has(b, &c, "hold-new-jobs"),
	       "the hold is lifted");
	bench_rest(b);
	TAP_OK(state_of(b, &one) == ORDER_HELD, "which releases nothing");
	TAP_OK(release(b, &c, &by_hand, "3333", 0, &err) == -1,
	       "what an operator holds by itself is held");
	TAP_OK(release(b, &c, &one, "2222", 0, &err) == 0, "its customer can come");
	handed_clear(&before);
	handed_clear(&one);
	handed_clear(&by_hand);
	handed_clear(&plate);
	client_close(&c);
	bench_rest(b);
}

static void
make_rest(struct bench *b, struct client *filter, struct client *backend,
	  const struct handed *h)
{
	attest(b, filter, h, 3000, 7, &err);
	produce(b, backend, h, &err);
	verify(b, backend, h, 3000, 7, &err);
	outcome(b, backend, h, WIRE_COMPLETED, "", &err);
}

static void
a_printer_stops_after_what_it_makes(struct bench *b)
{
	struct client c, filter, backend;
	struct handed made, next, waiting;
	struct wire_granted granted;

	bench_channel(b, &c);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 31);
	bench_peer(b, &backend, WIRE_FROM_FILTER, 32);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &made);
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &next);
	hand_in_and_rest(b, &c, &(struct wish){.text = "3333"}, &waiting);
	release(b, &c, &made, "1111", 0, &err);
	release(b, &c, &next, "2222", 0, &err);
	bench_rest(b);
	spend(b, &filter, &made, 1, &granted, &err);
	read_whole(b, &filter, &made, 1, &granted);
	TAP_OK(control(b, &c, WIRE_PAUSE_AFTER, 0) == 0 &&
		       has(b, &c, "moving-to-paused"),
	       "a printer is to stop after this order");
	control_tick(b->k);
	bench_rest(b);
	TAP_OK(!b->cups.stopped && state_of(b, &made) == ORDER_PRODUCING,
	       "which goes on");
	TAP_OK(release(b, &c, &waiting, "3333", 0, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "no other is released: %s", err.text);
	TAP_OK(spend(b, &filter, &next, 1, &granted, &err) == -1,
	       "nor does one begin that was: %s", err.text);
	make_rest(b, &filter, &backend, &made);
	TAP_OK(state_of(b, &made) == ORDER_COMPLETED, "it is made");
	control_tick(b->k);
	bench_rest(b);
	TAP_OK(b->cups.stopped && !has(b, &c, "moving-to-paused") &&
		       printer(b, &c).state == 5,
	       "then the printer stops");
	TAP_OK(control(b, &c, WIRE_RESUME, 0) == 0 && !b->cups.stopped,
	       "and goes on when it is told to");
	handed_clear(&made);
	handed_clear(&next);
	handed_clear(&waiting);
	client_close(&c);
	client_close(&filter);
	client_close(&backend);
	bench_rest(b);
}

static void
a_printer_is_shut_down_and_started(struct bench *b)
{
	struct client c, filter, backend;
	struct handed made, next, waiting, late;
	struct wire_granted granted;

	bench_channel(b, &c);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 51);
	bench_peer(b, &backend, WIRE_FROM_FILTER, 52);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &made);
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &next);
	hand_in_and_rest(b, &c, &(struct wish){.text = "3333"}, &waiting);
	release(b, &c, &made, "1111", 0, &err);
	release(b, &c, &next, "2222", 0, &err);
	bench_rest(b);
	spend(b, &filter, &made, 1, &granted, &err);
	read_whole(b, &filter, &made, 1, &granted);
	TAP_OK(control(b, &c, WIRE_SHUT, 0) == 0 && has(b, &c, "shutdown") &&
		       !printer(b, &c).accepting && printer(b, &c).state == 5,
	       "a printer is shut down %s", err.text);
	TAP_OK(state_of(b, &made) == ORDER_PRODUCING && !b->cups.stopped,
	       "what it makes goes on");
	TAP_OK(state_of(b, &next) == ORDER_HELD &&
		       spend(b, &filter, &next, 1, NULL, &err) == -1,
	       "what was released and did not begin waits for its customer: %s",
	       err.text);
	TAP_OK(release(b, &c, &waiting, "3333", 0, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "nothing is released: %s", err.text);
	TAP_OK(hand_in(b, &c, &(struct wish){.text = "4444"}, &late, &err) == -1 &&
		       err.kind == ERROR_LATER,
	       "nor taken: %s", err.text);
	make_rest(b, &filter, &backend, &made);
	TAP_OK(state_of(b, &made) == ORDER_COMPLETED, "what it made is whole");
	client_close(&c);
	client_close(&filter);
	client_close(&backend);
	bench_restart(b);
	bench_channel(b, &c);
	TAP_OK(has(b, &c, "shutdown") && !printer(b, &c).accepting,
	       "a restart of spoold does not start it");
	TAP_OK(control(b, &c, WIRE_START, 0) == 0 && !has(b, &c, "shutdown") &&
		       printer(b, &c).accepting && printer(b, &c).state == 3,
	       "an operator does");
	TAP_OK(release(b, &c, &next, "2222", 0, &err) == 0, "its customer can come");
	control(b, &c, WIRE_PAUSE, 0);
	control(b, &c, WIRE_SHUT, 0);
	TAP_OK(control(b, &c, WIRE_START_ANEW, 0) == 0 && !b->cups.stopped &&
		       !has(b, &c, "shutdown") && printer(b, &c).state == 3,
	       "one that is started anew goes on, whatever stopped it");
	TAP_OK(state_of(b, &waiting) == ORDER_HELD, "its orders are there");
	handed_clear(&made);
	handed_clear(&next);
	handed_clear(&waiting);
	handed_clear(&late);
	client_close(&c);
	bench_rest(b);
}

static int
change(struct bench *b, struct client *c, const struct handed *h, enum wire_verb verb,
       bool is_operator)
{
	struct wire_change m = {.verb = (uint8_t)verb, .operator= is_operator };
	union wire_any answer;

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	text_copy(m.user, sizeof(m.user), "ada");
	return client_ask(b, c, WIRE_TYPE_change, &m, WIRE_TYPE_order_info, &answer,
			  &err);
}

static bool
waits_in_cupsd(struct bench *b, const struct handed *h)
{
	struct fake_job *job = cups_job_of(b, h->uuid);

	return job != NULL && job->state == 4;
}

static void
what_is_next_is_suspended_and_goes_on(struct bench *b)
{
	struct client c, filter, backend;
	struct handed one, two;
	struct wire_granted granted;

	bench_channel(b, &c);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 61);
	bench_peer(b, &backend, WIRE_FROM_FILTER, 62);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &one);
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &two);
	TAP_OK(control(b, &c, WIRE_SUSPEND, 0) == -1 && err.kind == ERROR_CONFLICT,
	       "what was not released is not suspended: %s", err.text);
	release(b, &c, &one, "1111", 0, &err);
	release(b, &c, &two, "2222", 0, &err);
	bench_rest(b);
	TAP_OK(control(b, &c, WIRE_SUSPEND, two.number) == 0 &&
		       state_of(b, &two) == ORDER_RELEASED,
	       "the one that is meant is %s", err.text);
	bench_rest(b);
	TAP_OK(waits_in_cupsd(b, &two) && !waits_in_cupsd(b, &one),
	       "its job waits, and no other");
	TAP_OK(spend(b, &filter, &two, 1, NULL, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "it does not begin, whatever cupsd does: %s", err.text);
	TAP_OK(release(b, &c, &two, "2222", 0, &err) == -1, "nor by its PIN: %s",
	       err.text);
	TAP_OK(change(b, &c, &two, WIRE_GO_ON, false) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "its owner does not let it go on: %s", err.text);
	TAP_OK(change(b, &c, &two, WIRE_UNHOLD, false) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "nor by lifting a hold: %s", err.text);
	TAP_OK(change(b, &c, &one, WIRE_GO_ON, true) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "one that is not suspended does not go on: %s", err.text);
	spend(b, &filter, &one, 1, &granted, &err);
	read_whole(b, &filter, &one, 1, &granted);
	TAP_OK(control(b, &c, WIRE_SUSPEND, 0) == -1 && err.kind == ERROR_CONFLICT &&
		       state_of(b, &one) == ORDER_PRODUCING,
	       "what is being made is not stopped: %s", err.text);
	make_rest(b, &filter, &backend, &one);
	client_close(&c);
	client_close(&filter);
	client_close(&backend);
	bench_restart(b);
	bench_channel(b, &c);
	bench_pass(b, b->settings.grant_timeout_s + 5);
	TAP_OK(state_of(b, &two) == ORDER_RELEASED && waits_in_cupsd(b, &two),
	       "a restart forgets nothing, and the release lasts");
	TAP_OK(change(b, &c, &two, WIRE_GO_ON, true) == 0, "it goes on %s", err.text);
	bench_rest(b);
	TAP_OK(!waits_in_cupsd(b, &two) && make(b, &two, 1) &&
		       state_of(b, &two) == ORDER_COMPLETED,
	       "and is made, once");
	handed_clear(&one);
	handed_clear(&two);
	hand_in_and_rest(b, &c, &(struct wish){.text = "3333"}, &one);
	release(b, &c, &one, "3333", 0, &err);
	bench_rest(b);
	TAP_OK(control(b, &c, WIRE_SUSPEND, 0) == 0, "whichever is next");
	bench_pass(b, LIFE_SUSPENDED_S + 5);
	TAP_OK(state_of(b, &one) == ORDER_HELD &&
		       release(b, &c, &one, "3333", 0, &err) == 0,
	       "after a day its customer has to come again %s", err.text);
	bench_rest(b);
	TAP_OK(control(b, &c, WIRE_SUSPEND, 0) == 0 &&
		       change(b, &c, &one, WIRE_CANCEL, false) == 0 &&
		       state_of(b, &one) == ORDER_CANCELED,
	       "a suspended one can be cancelled");
	handed_clear(&one);
	client_close(&c);
	bench_rest(b);
}

static void
the_current_one_is_cancelled(struct bench *b)
{
	struct client c, filter;
	struct handed made, other;

	bench_channel(b, &c);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 41);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &made);
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &other);
	TAP_OK(control(b, &c, WIRE_CANCEL_CURRENT, 0) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "nothing is being made: %s", err.text);
	release(b, &c, &made, "1111", 0, &err);
	bench_rest(b);
	spend(b, &filter, &made, 1, NULL, &err);
	TAP_OK(control(b, &c, WIRE_CANCEL_CURRENT, other.number) == -1 &&
		       state_of(b, &made) == ORDER_PRODUCING,
	       "another one was meant: %s", err.text);
	TAP_OK(control(b, &c, WIRE_CANCEL_CURRENT, made.number) == 0 &&
		       state_of(b, &made) == ORDER_CANCELED &&
		       state_of(b, &other) == ORDER_HELD,
	       "the current one is cancelled, and no other");
	handed_clear(&made);
	handed_clear(&other);
	client_close(&c);
	client_close(&filter);
	bench_rest(b);
}

static bool
is_listed(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_find one = {.number = h->number}, all = {.limit = 0};
	union wire_any m;
	bool there = false;
	int type;

	client_send(b, c, WIRE_TYPE_find, &all);
	while ((type = client_next(b, c, &m)) == WIRE_TYPE_order_info)
		there |= m.order_info.number == h->number;
	return (client_ask(b, c, WIRE_TYPE_find, &one, WIRE_TYPE_order_info, &m,
			   &err) == 0 &&
		client_next(b, c, &m) == WIRE_TYPE_end) ||
	       there;
}

/* One that is over, one that waits, one that is stored, one on its way in. */
static void
a_printer_is_purged(struct bench *b)
{
	struct handed over, waits, stored, open, other, later;
	struct client c, tool;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){.text = "1111"}, &over);
	release(b, &c, &over, "1111", 0, &err);
	bench_rest(b);
	make(b, &over, 1);
	hand_in_and_rest(b, &c, &(struct wish){.text = "2222"}, &waits);
	hand_in(b, &c, &(struct wish){.storage = ORDER_STORE_ONLY}, &stored, &err);
	hand_begin(b, &c, &(struct wish){.text = "3333"}, &open, &err);
	hand_in_and_rest(b, &c, &(struct wish){.text = "4444", .printer = "plate"},
			 &other);
	TAP_OK(control(b, &c, WIRE_PURGE, 0) == 0, "a printer is purged %s", err.text);
	TAP_OK(state_of(b, &waits) == ORDER_CANCELED &&
		       state_of(b, &stored) == ORDER_CANCELED &&
		       state_of(b, &over) == ORDER_COMPLETED,
	       "what waited or was stored is cancelled, and nothing is forgotten");
	TAP_OK(hand_document(b, &c, &open, 0, &err) == -1 && err.kind == ERROR_ABSENT,
	       "what was on its way in is gone: %s", err.text);
	TAP_OK(!is_listed(b, &c, &over) && !is_listed(b, &c, &waits) &&
		       !is_listed(b, &c, &stored),
	       "customers are told of none of it");
	TAP_OK(state_of(b, &other) == ORDER_HELD && is_listed(b, &c, &other),
	       "the other printer's orders wait");
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	bench_peer(b, &tool, WIRE_FROM_TOOL, 0);
	TAP_OK(!is_listed(b, &c, &over) && is_listed(b, &tool, &over),
	       "a restart brings nothing back; operators see the records");
	hand_in_and_rest(b, &c, &(struct wish){.text = "5555"}, &later);
	TAP_OK(is_listed(b, &c, &later) && cups_job_of(b, later.uuid) != NULL &&
		       cups_job_of(b, waits.uuid) == NULL,
	       "what comes later is there");
	bench_pass(b, 1); /* the calendar begins with its first look at the clock */
	bench_pass(b, (int64_t)b->settings.retention_days * 86400 + 3600);
	TAP_OK(state_of(b, &over) == 0, "the records go when their retention ends");
	handed_clear(&over);
	handed_clear(&waits);
	handed_clear(&stored);
	handed_clear(&open);
	handed_clear(&other);
	handed_clear(&later);
	client_close(&c);
	client_close(&tool);
	bench_rest(b);
}

static void
it_says_what_it_is_told_to(struct bench *b)
{
	struct wire_notice n = {.operator= 1,
				.fields = WIRE_NOTICE_INFO | WIRE_NOTICE_MESSAGE,
				.info = "Foto\nwall",
				.message = "Back at 3"};
	struct client c;
	struct wire_printer p;
	char was[ORDER_NAME_MAX];

	bench_channel(b, &c);
	text_copy(was, sizeof(was), printer(b, &c).info);
	text_copy(n.printer, sizeof(n.printer), "photo");
	TAP_OK(client_ask(b, &c, WIRE_TYPE_notice, &n, WIRE_TYPE_ok, NULL, &err) == 0,
	       "an operator has a printer say something %s", err.text);
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	p = printer(b, &c);
	TAP_OK(strcmp(p.info, "Foto?wall") == 0, "its name, in one line: %s", p.info);
	TAP_OK(strcmp(p.notice, "Back at 3") == 0, "its message");
	n = (struct wire_notice){.operator= 1, .fields = WIRE_NOTICE_INFO};
	text_copy(n.printer, sizeof(n.printer), "photo");
	client_ask(b, &c, WIRE_TYPE_notice, &n, WIRE_TYPE_ok, NULL, &err);
	p = printer(b, &c);
	TAP_OK(strcmp(p.info, was) == 0 && strcmp(p.notice, "Back at 3") == 0,
	       "taken back, it is what spoold.conf says; the rest stays");
	client_close(&c);
}

static void
a_file_that_is_not_ours_is_told(struct bench *b)
{
	static const char *const texts[] = {
		"", "claimcheck printers 2\n", "claimcheck printers 1\ninfo lost\n",
		"claimcheck printers 1\nprinter photo\nx y\n"};
	struct control printers[SETTINGS_PRINTERS_MAX];
	char path[SETTINGS_PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/keep/printers", b->settings.state_directory);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		fs_write_file(path, 0600, texts[i], strlen(texts[i]), &err);
		memset(printers, 0, sizeof(printers));
		TAP_OK(notices_read(b->k, printers, &err) == -1 &&
			       err.kind == ERROR_INPUT,
		       "a file of other lines, %zu: %s", i, err.text);
	}
	unlink(path);
	TAP_OK(notices_read(b->k, printers, &err) == 0, "none is fine");
}

int
main(void)
{
	static struct bench b;
	struct client c;

	bench_open(&b, "lmdb");
	bench_channel(&b, &c);
	only_operators_may(&b, &c);
	a_pause_is_cupsds(&b, &c);
	client_close(&c);
	nobody_waits_for_ever(&b);
	a_closed_printer_takes_nothing(&b);
	what_is_new_is_held_and_let_go_again(&b);
	a_printer_stops_after_what_it_makes(&b);
	a_printer_is_shut_down_and_started(&b);
	what_is_next_is_suspended_and_goes_on(&b);
	the_current_one_is_cancelled(&b);
	a_printer_is_purged(&b);
	it_says_what_it_is_told_to(&b);
	a_file_that_is_not_ours_is_told(&b);
	bench_close(&b);
	return tap_done();
}
