/*
 * keep-dates.c - what happens by date, who may change an order, and how many there may
 * be.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define DAY 86400

static void
an_order_expires_and_its_record_goes(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;
	struct store_health health;
	bool more = true;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	bench_pass(b, (int64_t)b->settings.due_days * DAY - 60);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "a minute before its date it is held");
	bench_pass(b, 61);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED && cups_job_of(b, h.uuid) == NULL,
	       "then it is expired, and its job is gone");
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1 && err.kind == ERROR_CONFLICT,
	       "who has the PIN hears why: %s", err.text);
	while (store_tidy(b->k->store, &more, &err) == 0 && more)
		continue;
	store_count(b->k->store, &health, NULL);
	TAP_OK(health.chunks == 0, "no picture is left");
	bench_pass(b, (int64_t)b->settings.retention_days * DAY + 1);
	TAP_OK(state_of(b, &h) == 0, "after its retention the record goes, too");
	handed_clear(&h);
	client_close(&c);
}

static void
a_stopped_order_has_days_left(struct bench *b)
{
	struct client c, filter;
	struct handed h;
	struct error err;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	bench_pass(b, (int64_t)b->settings.due_days * DAY - 10);
	release(b, &c, &h, h.text, 0, &err);
	bench_rest(b);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 1);
	spend(b, &filter, &h, 1, NULL, &err);
	outcome(b, &filter, &h, WIRE_STOPPED, "Jam", &err);
	bench_pass(b, DAY);
	TAP_OK(state_of(b, &h) == ORDER_STOPPED,
	       "its own date has passed, it is there");
	bench_pass(b, 3 * DAY);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED, "then it expires");
	handed_clear(&h);
	client_close(&c);
	client_close(&filter);
}

static void
what_is_still_coming_is_removed_in_time(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;
	struct store_health health;

	bench_channel(b, &c);
	hand_begin(b, &c, &(struct wish){0}, &h, &err);
	hand_document(b, &c, &h, 0, &err);
	bench_pass(b, b->settings.incoming_timeout_s + 1);
	TAP_OK(hand_commit(b, &c, &h, &err) == -1 && err.kind == ERROR_ABSENT,
	       "nothing was heard of it: %s", err.text);
	store_count(b->k->store, &health, NULL);
	TAP_OK(health.staged == 0, "and its body is dropped");
	handed_clear(&h);
	client_close(&c);
}

static int
change(struct bench *b, struct client *c, const struct handed *h, uint8_t verb,
       const char *user, uint8_t by_operator, struct error *err)
{
	struct wire_change m = {.verb = verb, .operator= by_operator };

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	text_copy(m.user, sizeof(m.user), user);
	return client_ask(b, c, WIRE_TYPE_change, &m, WIRE_TYPE_order_info, NULL, err);
}

static void
who_may_cancel(struct bench *b)
{
	struct client c, tool;
	struct handed h[3];
	struct error err;
	struct order o;

	bench_channel(b, &c);
	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	for (int i = 0; i < 3; i++)
		hand_in_and_rest(b, &c, &(struct wish){0}, &h[i]);
	TAP_OK(change(b, &c, &h[0], WIRE_CANCEL, "mallory", 0, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "not somebody else: %s", err.text);
	TAP_OK(change(b, &c, &h[0], 9, "ada", 0, &err) == -1 && err.kind == ERROR_INPUT,
	       "no other verb: %s", err.text);
	TAP_OK(change(b, &c, &h[0], WIRE_CANCEL, "ada", 0, &err) == 0, "its customer");
	TAP_OK(change(b, &c, &h[1], WIRE_CANCEL, "otto", 1, &err) == 0,
	       "an operator that front vouches for");
	TAP_OK(change(b, &tool, &h[2], WIRE_CANCEL, "root", 0, &err) == 0, "a tool");
	for (int i = 0; i < 3; i++) {
		order_of(b, &h[i], &o);
		TAP_OK(o.state == ORDER_CANCELED &&
			       strcmp(o.reason, i == 0 ? "job-canceled-by-user"
						       : "job-canceled-by-operator") ==
				       0,
		       "%s, %s", o.reason, o.message);
		order_clear(&o);
	}
	TAP_OK(change(b, &c, &h[0], WIRE_CANCEL, "ada", 0, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "once: %s", err.text);
	bench_rest(b);
	TAP_OK(cups_job_of(b, h[0].uuid) == NULL && cups_job_of(b, h[2].uuid) == NULL,
	       "their jobs are gone");
	for (int i = 0; i < 3; i++)
		handed_clear(&h[i]);
	client_close(&c);
	client_close(&tool);
}

static void
an_order_still_coming_can_be_cancelled(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;

	bench_channel(b, &c);
	hand_begin(b, &c, &(struct wish){0}, &h, &err);
	hand_document(b, &c, &h, 0, &err);
	TAP_OK(change(b, &c, &h, WIRE_HOLD, "ada", 0, &err) == -1, "not held: %s",
	       err.text);
	TAP_OK(change(b, &c, &h, WIRE_CANCEL, "ada", 0, &err) == 0 &&
		       hand_commit(b, &c, &h, &err) == -1,
	       "cancelled, it is gone: %s", err.text);
	handed_clear(&h);
	client_close(&c);
}

static void
a_hold_takes_a_release_back(struct bench *b)
{
	struct client c, filter;
	struct handed h;
	struct error err;

	bench_channel(b, &c);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 1);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	release(b, &c, &h, h.text, 0, &err);
	bench_rest(b);
	TAP_OK(change(b, &c, &h, WIRE_HOLD, "otto", 1, &err) == 0 &&
		       state_of(b, &h) == ORDER_HELD,
	       "the operator is faster than the filter");
	TAP_OK(spend(b, &filter, &h, 1, NULL, &err) == -1, "which gets nothing: %s",
	       err.text);
	bench_rest(b);
	TAP_OK(cups_job_of(b, h.uuid)->state == 4, "its job is held");
	handed_clear(&h);
	client_close(&c);
	client_close(&filter);
}

static int
one_more(struct bench *b, struct client *c, const char *user, const char *printer,
	 struct handed *h, struct error *err)
{
	int rc =
		hand_in(b, c, &(struct wish){.user = user, .printer = printer}, h, err);

	handed_clear(h);
	return rc;
}

static void
there_may_be_so_many_and_no_more(struct bench *b)
{
	struct client c;
	struct handed mine, h;
	struct error err;

	bench_channel(b, &c);
	b->settings.max_orders_per_user = 2;
	TAP_OK(one_more(b, &c, "bert", "photo", &mine, &err) == 0 &&
		       one_more(b, &c, "bert", "plate", &h, &err) == 0,
	       "two orders of one customer");
	TAP_OK(one_more(b, &c, "bert", "photo", &h, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "not a third: %s", err.text);
	TAP_OK(one_more(b, &c, "carl", "photo", &h, &err) == 0, "another customer's");
	bench_restart(b);
	client_close(&c);
	bench_channel(b, &c);
	TAP_OK(b->engine[0] == 'r' || one_more(b, &c, "bert", "photo", &h, &err) == -1,
	       "a restart forgets nothing");
	TAP_OK(change(b, &c, &mine, WIRE_CANCEL, "bert", 0, &err) == 0 &&
		       one_more(b, &c, "bert", "photo", &h, &err) == 0,
	       "one cancelled, one more: %s", err.text);
	b->settings.max_orders_per_user = 0;
	b->settings.max_orders_per_printer = 1;
	TAP_OK(one_more(b, &c, "dora", "plate", &h, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "one for this printer: %s", err.text);
	b->settings.max_orders_per_printer = 0;
	b->settings.max_orders = 1;
	TAP_OK(one_more(b, &c, "dora", "photo", &h, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "one in all: %s", err.text);
	b->settings.max_orders = 100000;
	client_close(&c);
}

static void
limits_of_an_order_are_met_with_words(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;

	bench_channel(b, &c);
	b->settings.max_document_bytes = 100000;
	TAP_OK(hand_in(b, &c, &(struct wish){.bytes = 100001}, &h, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "%s", err.text);
	handed_clear(&h);
	TAP_OK(hand_in(b, &c, &(struct wish){.bytes = 100000}, &h, &err) == 0,
	       "a byte less fits");
	handed_clear(&h);
	b->settings.max_document_bytes = 1000000;
	b->settings.max_order_bytes = 900000;
	TAP_OK(hand_in(b, &c, &(struct wish){.bytes = 300000, .documents = 3}, &h,
		       &err) == 0,
	       "three documents, as many bytes as an order may have: what sealing "
	       "adds does not count");
	handed_clear(&h);
	b->settings.max_order_bytes = 899999;
	TAP_OK(hand_in(b, &c, &(struct wish){.bytes = 300000, .documents = 3}, &h,
		       &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "a byte more: %s", err.text);
	handed_clear(&h);
	b->settings.max_documents = 2;
	TAP_OK(hand_in(b, &c, &(struct wish){.documents = 3}, &h, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "%s", err.text);
	handed_clear(&h);
	TAP_OK(hand_in(b, &c, &(struct wish){.printer = "none"}, &h, &err) == -1 &&
		       err.kind == ERROR_ABSENT,
	       "%s", err.text);
	client_close(&c);
}

static void
what_is_asked_is_shown(struct bench *b)
{
	struct client tool;
	struct wire_find find = {.which = WIRE_WHICH_ALIVE, .limit = 3};
	struct error err;
	union wire_any m;
	uint32_t last = 0;
	int infos = 0, type;

	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	client_send(b, &tool, WIRE_TYPE_find, &find);
	while ((type = client_next(b, &tool, &m)) == WIRE_TYPE_order_info) {
		infos += m.order_info.number > last &&
			 m.order_info.state < ORDER_COMPLETED;
		last = m.order_info.number;
	}
	TAP_OK(type == WIRE_TYPE_end && infos == 3, "three of the living, by number");
	find.limit = 0;
	text_copy(find.printer, sizeof(find.printer), "plate");
	client_send(b, &tool, WIRE_TYPE_find, &find);
	for (infos = 0; (type = client_next(b, &tool, &m)) == WIRE_TYPE_order_info;
	     infos++)
		if (strcmp(m.order_info.printer, "plate") != 0)
			infos = -1000;
	TAP_OK(type == WIRE_TYPE_end && infos >= 1, "those of one printer: %d", infos);
	find = (struct wire_find){.number = 4000000};
	TAP_OK(client_ask(b, &tool, WIRE_TYPE_find, &find, WIRE_TYPE_end, NULL, &err) ==
			       -1 &&
		       err.kind == ERROR_ABSENT,
	       "a number that is none: %s", err.text);
	TAP_OK(client_ask(b, &tool, WIRE_TYPE_status, &find, WIRE_TYPE_status_info, &m,
			  &err) == 0 &&
		       m.status_info.held > 0 && m.status_info.cupsd == 1,
	       "the state of the house");
	client_send(b, &tool, WIRE_TYPE_printers, &find);
	for (infos = 0; (type = client_next(b, &tool, &m)) == WIRE_TYPE_printer;
	     infos++)
		TAP_OK(m.printer.state == 3 && m.printer.is_default == (infos == 0),
		       "printer %s", m.printer.name);
	TAP_OK(type == WIRE_TYPE_end && infos == 2, "two printers");
	client_close(&tool);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	an_order_expires_and_its_record_goes(&b);
	a_stopped_order_has_days_left(&b);
	what_is_still_coming_is_removed_in_time(&b);
	who_may_cancel(&b);
	an_order_still_coming_can_be_cancelled(&b);
	a_hold_takes_a_release_back(&b);
	there_may_be_so_many_and_no_more(&b);
	limits_of_an_order_are_met_with_words(&b);
	what_is_asked_is_shown(&b);
	bench_close(&b);
	return tap_done();
}
