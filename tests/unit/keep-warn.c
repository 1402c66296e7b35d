/*
 * keep-warn.c - who is warned before an order expires, when, how often; and that no warning
 * changes when it does.
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/audit.h"
#include "spoold/keep/life.h"
#include "spoold/keep/warn.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define DAY INT64_C(86400)

static void
add_crier(struct bench *b, struct client *c)
{
	struct peer *p, *last = NULL;

	bench_peer(b, c, WIRE_FROM_CRIER, 31);
	TAILQ_FOREACH(p, &b->k->peers, link)
		if (p->role == WIRE_FROM_CRIER)
			last = p;
	warn_set_crier(b->k, last);
}

static int
visit(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
      size_t len, void *context)
{
	struct audit_entry *wanted = context, e;

	(void)number;
	(void)link;
	if (audit_decode(&e, entry, len, NULL) == 0 && e.event == wanted->event &&
	    e.number == wanted->number)
		wanted->count++;
	return 0;
}

static unsigned
entries(struct bench *b, const struct handed *h, enum audit_event event)
{
	struct audit_entry wanted = {.event = (uint8_t)event, .number = h->number};

	store_audit_scan(b->k->store, 0, visit, &wanted, NULL);
	return wanted.count;
}

/* The crier's next message about that order, answered; false: there is none. */
static bool
answer(struct bench *b, struct client *crier, const struct handed *h, bool well,
       struct wire_warn *warn)
{
	struct wire_warned reply = {.well = well, .text = "it ended with status 1"};
	union wire_any m;
	int turns = 0;

	while (client_poll(crier, &m) != WIRE_TYPE_warn || m.warn.number != h->number)
		if (++turns > 20)
			return false;
		else
			bench_turn(b);
	*warn = m.warn;
	reply.order = m.warn.order;
	reply.due = m.warn.due;
	client_send(b, crier, WIRE_TYPE_warned, &reply);
	bench_rest(b);
	return true;
}

static void
a_customer_is_warned_once_and_in_time(struct bench *b)
{
	struct client front, crier;
	struct wire_warn w = {.number = 0};
	struct handed h;
	struct order o;
	struct error err;

	bench_channel(b, &front);
	add_crier(b, &crier);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	bench_pass(b, 11 * DAY);
	TAP_OK(!answer(b, &crier, &h, true, &w), "three days before nobody is");
	bench_pass(b, DAY + 60);
	TAP_OK(answer(b, &crier, &h, true, &w) && strcmp(w.user, "ada") == 0 &&
		       strcmp(w.printer, "photo") == 0,
	       "two days before the customer is, by name and number");
	order_of(b, &h, &o);
	TAP_OK(w.due == life_expiry(b->k, &o) && o.due == w.due,
	       "with the date on which it expires");
	order_clear(&o);
	TAP_OK(entries(b, &h, AUDIT_WARNED) == 1, "the audit has it");
	bench_pass(b, DAY);
	TAP_OK(!answer(b, &crier, &h, true, &w), "nobody is warned twice");
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0, "it is released");
	bench_pass(b, b->settings.grant_timeout_s + 5);
	bench_pass(b, 60);
	TAP_OK(state_of(b, &h) == ORDER_HELD && !answer(b, &crier, &h, true, &w),
	       "and held again, which is no reason to warn anew");
	TAP_OK(state_of(b, &h) == ORDER_HELD, "it waits until its date");
	bench_pass(b, DAY);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED, "and expires on it");
	handed_clear(&h);
	client_close(&front);
	client_close(&crier);
	bench_rest(b);
}

static void
what_fails_is_tried_again_but_not_for_ever(struct bench *b)
{
	struct client front, crier;
	struct wire_warn w;
	struct handed h;
	unsigned tries = 0;

	bench_channel(b, &front);
	add_crier(b, &crier);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	bench_pass(b, 12 * DAY + 60);
	for (int hour = 0; hour < 12; hour++) {
		tries += answer(b, &crier, &h, false, &w);
		bench_pass(b, WARN_AGAIN_S + 1);
	}
	TAP_OK(tries == WARN_TRIES, "it is tried %u times, an hour apart", tries);
	TAP_OK(entries(b, &h, AUDIT_WARNING_FAILED) == WARN_TRIES + 1 &&
		       entries(b, &h, AUDIT_WARNED) == 0,
	       "each is in the audit, and that it was given up");
	TAP_OK(state_of(b, &h) == ORDER_HELD, "the order waits");
	bench_pass(b, 2 * DAY);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED, "and expires when it would have");
	handed_clear(&h);
	client_close(&front);
	client_close(&crier);
	bench_rest(b);
}

static void
without_a_crier_orders_expire_all_the_same(struct bench *b)
{
	struct client front;
	struct handed h;

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	bench_pass(b, 12 * DAY + 60);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "with nobody to warn it waits");
	bench_pass(b, 2 * DAY);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED, "until its date");
	handed_clear(&h);
	client_close(&front);
}

static void
who_was_given_more_time_is_warned_anew(struct bench *b)
{
	struct client front, crier, tool;
	struct wire_change extend = {.verb = WIRE_EXTEND, .operator= 1, .user = "root"};
	struct wire_warn w;
	struct handed h;
	struct error err;

	bench_channel(b, &front);
	add_crier(b, &crier);
	bench_peer(b, &tool, WIRE_FROM_TOOL, 41);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	bench_pass(b, 12 * DAY + 60);
	TAP_OK(answer(b, &crier, &h, true, &w), "the customer is warned");
	memcpy(extend.order.bytes, h.uuid, UUID_BYTES);
	extend.until = w.due + 10 * DAY;
	TAP_OK(client_ask(b, &tool, WIRE_TYPE_change, &extend, WIRE_TYPE_order_info,
			  NULL, &err) == 0,
	       "the order gets ten days more");
	bench_pass(b, 9 * DAY);
	TAP_OK(state_of(b, &h) == ORDER_HELD && !answer(b, &crier, &h, true, &w),
	       "it waits beyond its old date");
	bench_pass(b, DAY + 60);
	TAP_OK(answer(b, &crier, &h, true, &w) && w.due == extend.until,
	       "and is warned of again");
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0, "it is fetched");
	bench_rest(b);
	TAP_OK(make(b, &h, 1), "and made");
	handed_clear(&h);
	client_close(&front);
	client_close(&crier);
	client_close(&tool);
	bench_rest(b);
}

static void
not_all_at_once(struct bench *b)
{
	struct handed h[WARN_AT_ONCE + 8];
	struct client front, crier;
	union wire_any m;
	unsigned asked = 0;

	bench_channel(b, &front);
	add_crier(b, &crier);
	for (unsigned i = 0; i < WARN_AT_ONCE + 8; i++)
		hand_in_and_rest(b, &front, &(struct wish){0}, &h[i]);
	bench_pass(b, 12 * DAY + 600);
	for (int turns = 0; turns < 50; turns++)
		if (client_poll(&crier, &m) == WIRE_TYPE_warn)
			asked++;
		else
			bench_turn(b);
	TAP_OK(asked == WARN_AT_ONCE, "the crier has %u to do, and no more", asked);
	for (unsigned i = 0; i < WARN_AT_ONCE + 8; i++)
		handed_clear(&h[i]);
	client_close(&front);
	client_close(&crier);
	bench_rest(b);
}

static void
a_printer_has_its_own_days(struct bench *b)
{
	struct client front, crier;
	struct wire_warn w;
	struct handed photo, plate;

	b->settings.printers[1].terms.warning_days =
		(struct settings_term){.value = 0, .is_set = true};
	bench_channel(b, &front);
	add_crier(b, &crier);
	hand_in_and_rest(b, &front, &(struct wish){0}, &photo);
	hand_in_and_rest(b, &front, &(struct wish){.printer = "plate"}, &plate);
	bench_pass(b, 12 * DAY + 60);
	TAP_OK(answer(b, &crier, &photo, true, &w) &&
		       !answer(b, &crier, &plate, true, &w),
	       "one of its customers is warned, and one of the other's is not");
	handed_clear(&photo);
	handed_clear(&plate);
	client_close(&front);
	client_close(&crier);
	bench_rest(b);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	text_copy(b.settings.warning_hook, sizeof(b.settings.warning_hook), "/hook");
	b.settings.warning_days = 2;
	b.settings.clock_doubt_h = 0;
	a_customer_is_warned_once_and_in_time(&b);
	what_fails_is_tried_again_but_not_for_ever(&b);
	without_a_crier_orders_expire_all_the_same(&b);
	who_was_given_more_time_is_warned_anew(&b);
	a_printer_has_its_own_days(&b);
	not_all_at_once(&b);
	bench_close(&b);
	return tap_done();
}
