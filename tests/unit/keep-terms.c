/*
 * keep-terms.c - how much a customer, a printer and the shop may have, and how long.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define DAY 86400

static int
cancel(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_change m = {.verb = WIRE_CANCEL};
	struct error err = {0};

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	text_copy(m.user, sizeof(m.user), h->user);
	return client_ask(b, c, WIRE_TYPE_change, &m, WIRE_TYPE_order_info, NULL, &err);
}

/* Hands in, and gives up what was refused half-way, as front does. */
static int
try(struct bench *b, struct client *c, const struct wish *w, struct handed *h,
    struct error *err)
{
	int rc = hand_in(b, c, w, h, err);

	if (rc != 0 && h->number != 0)
		cancel(b, c, h);
	handed_clear(h);
	return rc;
}

static struct wire_usage_info
usage_of(struct bench *b, enum wire_of of, const char *name, const char *host)
{
	const struct wire_usage ask = {.customers = 100};
	struct wire_usage_info found = {0};
	struct client tool;
	union wire_any m;

	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	client_send(b, &tool, WIRE_TYPE_usage, &ask);
	while (client_next(b, &tool, &m) == WIRE_TYPE_usage_info)
		if (m.usage_info.of == of && strcmp(m.usage_info.name, name) == 0 &&
		    strcmp(m.usage_info.host, host) == 0)
			found = m.usage_info;
	client_close(&tool);
	return found;
}

static bool
has(struct bench *b, enum wire_of of, const char *name, const char *host,
    uint64_t orders, uint64_t bytes)
{
	struct wire_usage_info u = usage_of(b, of, name, host);

	if (u.orders == orders && u.bytes == bytes)
		return true;
	tap_diag("%s at %s has %llu orders, %llu bytes", name, host,
		 (unsigned long long)u.orders, (unsigned long long)u.bytes);
	return false;
}

static void
orders_count_from_their_begin(struct bench *b)
{
	struct client c;
	struct handed a, second, h;
	struct error err = {0};

	bench_channel(b, &c);
	b->settings.max_orders_per_user = 2;
	hand_begin(b, &c, &(struct wish){0}, &a, &err);
	hand_begin(b, &c, &(struct wish){0}, &second, &err);
	TAP_OK(try(b, &c, &(struct wish){0}, &h, &err) == -1 &&
		       err.kind == ERROR_FULL && err.detail == WIRE_FULL_USER_ORDERS,
	       "two that are still coming are two: %s", err.text);
	TAP_OK(try(b, &c, &(struct wish){.host = "192.0.2.8"}, &h, &err) == 0,
	       "the same name from elsewhere is another customer");
	cancel(b, &c, &h);
	TAP_OK(cancel(b, &c, &a) == 0 && try(b, &c, &(struct wish){0}, &h, &err) == 0,
	       "one is given up, one more fits");
	cancel(b, &c, &h);
	hand_document(b, &c, &second, 0, &err);
	TAP_OK(hand_commit(b, &c, &second, &err) == 0 &&
		       has(b, WIRE_OF_CUSTOMER, "ada", "192.0.2.7", 1, 1000),
	       "what came whole is counted once");
	cancel(b, &c, &second);
	TAP_OK(has(b, WIRE_OF_CUSTOMER, "ada", "192.0.2.7", 0, 0),
	       "and not any more when it is over");
	b->settings.max_orders_per_user = 0;
	handed_clear(&a);
	handed_clear(&second);
	client_close(&c);
}

static void
bytes_count_as_they_come(struct bench *b)
{
	struct client c;
	struct handed a, second, h;
	struct error err = {0};

	bench_channel(b, &c);
	b->settings.max_bytes_per_user = 300000;
	TAP_OK(try(b, &c, &(struct wish){.bytes = 300001}, &h, &err) == -1 &&
		       err.detail == WIRE_FULL_QUOTA,
	       "what can never fit: %s", err.text);
	TAP_OK(try(b, &c, &(struct wish){.bytes = 100000, .documents = 4}, &h, &err) ==
			       -1 &&
		       err.detail == WIRE_FULL_QUOTA,
	       "in several documents neither");
	hand_begin(b, &c, &(struct wish){.bytes = 200000}, &a, &err);
	hand_begin(b, &c, &(struct wish){.bytes = 200000}, &second, &err);
	TAP_OK(hand_document(b, &c, &a, 0, &err) == 0 &&
		       hand_document(b, &c, &second, 0, &err) == -1 &&
		       err.detail == WIRE_FULL_USER_BYTES,
	       "two at once don't pass where one could not: %s", err.text);
	TAP_OK(hand_commit(b, &c, &a, &err) == 0, "the first one does");
	cancel(b, &c, &second);
	handed_clear(&second);
	TAP_OK(try(b, &c, &(struct wish){.bytes = 100001}, &h, &err) == -1 &&
		       err.detail == WIRE_FULL_USER_BYTES,
	       "a byte too much for what is left");
	TAP_OK(try(b, &c, &(struct wish){.bytes = 100000}, &h, &err) == 0,
	       "a byte less fits");
	cancel(b, &c, &a);
	cancel(b, &c, &h);
	TAP_OK(try(b, &c, &(struct wish){.bytes = 300000}, &h, &err) == 0,
	       "and all of it when they are cancelled");
	cancel(b, &c, &h);
	b->settings.max_bytes_per_user = 0;
	handed_clear(&a);
	client_close(&c);
}

static void
a_fault_is_said_before_the_rest_comes(struct bench *b)
{
	static uint8_t sealed[100000];
	struct wire_document_begin begin = {0};
	struct wire_document_end end = {
		.chunks = 3, .length = 1, .format = "image/jpeg"};
	struct wire_chunk chunk = {.data = {sealed, sizeof(sealed)}};
	struct wire_order_abort give_up;
	struct client c;
	struct handed h;
	struct error err = {0};
	union wire_any m;

	bench_channel(b, &c);
	b->settings.max_bytes_per_user = 150000;
	hand_begin(b, &c, &(struct wish){0}, &h, &err);
	memcpy(begin.order.bytes, h.uuid, UUID_BYTES);
	memcpy(end.order.bytes, h.uuid, UUID_BYTES);
	memcpy(give_up.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, &c, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		   &m, &err);
	chunk.body = end.body = m.document_begun.body;
	client_send(b, &c, WIRE_TYPE_chunk, &chunk);
	bench_turn(b);
	TAP_OK(client_poll(&c, &m) == -1, "a piece that is well has no answer");
	chunk.chunk = 1;
	client_send(b, &c, WIRE_TYPE_chunk, &chunk);
	TAP_OK(client_next(b, &c, &m) == WIRE_TYPE_failed &&
		       m.failed.detail == WIRE_FULL_QUOTA,
	       "one too many is refused at once: %s", m.failed.text);
	chunk.chunk = 2;
	client_send(b, &c, WIRE_TYPE_chunk, &chunk);
	client_send(b, &c, WIRE_TYPE_document_end, &end);
	TAP_OK(client_ask(b, &c, WIRE_TYPE_order_abort, &give_up, WIRE_TYPE_ok, NULL,
			  &err) == 0,
	       "and not once more at its end: %s", err.text);
	handed_clear(&h);
	hand_begin(b, &c, &(struct wish){.bytes = 150001}, &h, &err);
	TAP_OK(hand_document(b, &c, &h, 0, &err) == -1 && err.kind == ERROR_FULL,
	       "who sends all before listening hears it, too");
	TAP_OK(hand_document(b, &c, &h, 0, &err) == -1 && err.kind == ERROR_FULL,
	       "once each time");
	b->settings.max_bytes_per_user = 0;
	cancel(b, &c, &h);
	handed_clear(&h);
	client_close(&c);
}

static void
what_is_said_to_come_counts_for_its_customer(struct bench *b)
{
	struct client c, other;
	struct handed a, second, h;
	struct wire_document_begin begin = {.expected = 200000};
	struct error err = {0};

	bench_channel(b, &c);
	bench_channel(b, &other);
	b->settings.max_bytes_per_user = 300000;
	hand_begin(b, &c, &(struct wish){0}, &a, &err);
	memcpy(begin.order.bytes, a.uuid, UUID_BYTES);
	TAP_OK(client_ask(b, &other, WIRE_TYPE_document_begin, &begin,
			  WIRE_TYPE_document_begun, NULL, &err) == 0,
	       "200,000 bytes are said to come");
	hand_begin(b, &c, &(struct wish){.bytes = 200000, .expected = 200000}, &second,
		   &err);
	TAP_OK(hand_document(b, &c, &second, 0, &err) == -1 &&
		       err.detail == WIRE_FULL_USER_BYTES,
	       "so others are refused before their first byte: %s", err.text);
	client_close(&other);
	bench_turn(b);
	TAP_OK(hand_document(b, &c, &second, 0, &err) == 0 &&
		       hand_commit(b, &c, &second, &err) == 0,
	       "until whoever said so is gone");
	cancel(b, &c, &second);
	b->settings.max_bytes_per_user = 0;
	b->settings.max_bytes = 300000;
	memcpy(begin.order.bytes, a.uuid, UUID_BYTES);
	client_ask(b, &c, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		   NULL, &err);
	TAP_OK(try(b, &c, &(struct wish){.user = "bert", .bytes = 200000}, &h, &err) ==
		       0,
	       "of what all share nothing is taken by words");
	cancel(b, &c, &h);
	b->settings.max_document_bytes = 150000;
	begin.expected = 150001;
	TAP_OK(client_ask(b, &c, WIRE_TYPE_document_begin, &begin,
			  WIRE_TYPE_document_begun, NULL, &err) == -1 &&
		       err.detail == WIRE_FULL_DOCUMENT,
	       "too large a document is refused before it comes: %s", err.text);
	begin.expected = UINT64_MAX;
	TAP_OK(client_ask(b, &c, WIRE_TYPE_document_begin, &begin,
			  WIRE_TYPE_document_begun, NULL, &err) == -1,
	       "whatever is said");
	b->settings.max_document_bytes = UINT64_C(1) << 31;
	b->settings.max_bytes = 0;
	cancel(b, &c, &a);
	handed_clear(&a);
	handed_clear(&second);
	client_close(&c);
}

static void
a_printer_and_the_shop_have_bounds(struct bench *b)
{
	struct settings_terms *plate = &b->settings.printers[1].terms;
	struct client c;
	struct handed a, h;
	struct error err = {0};

	bench_channel(b, &c);
	b->settings.max_bytes_per_printer = 100000;
	plate->max_bytes = (struct settings_term){250000, true};
	TAP_OK(try(b, &c, &(struct wish){.bytes = 100001}, &h, &err) == -1, "%s",
	       err.text);
	TAP_OK(try(b, &c, &(struct wish){.bytes = 200000, .printer = "plate"}, &a,
		   &err) == 0,
	       "a printer with a bound of its own takes more");
	TAP_OK(try(b, &c,
		   &(struct wish){.bytes = 60000, .printer = "plate", .user = "bert"},
		   &h, &err) == -1 &&
		       err.detail == WIRE_FULL_PRINTER,
	       "from all customers together: %s", err.text);
	b->settings.max_bytes = 220000;
	TAP_OK(try(b, &c, &(struct wish){.bytes = 30000}, &h, &err) == -1 &&
		       err.detail == WIRE_FULL_SHOP,
	       "the shop has a bound: %s", err.text);
	TAP_OK(has(b, WIRE_OF_PRINTER, "plate", "", 1, 200000) &&
		       has(b, WIRE_OF_SHOP, "", "", 1, 200000) &&
		       usage_of(b, WIRE_OF_PRINTER, "plate", "").max_bytes == 250000,
	       "all of it is shown");
	cancel(b, &c, &a);
	plate->max_bytes.is_set = false;
	b->settings.max_bytes = b->settings.max_bytes_per_printer = 0;
	client_close(&c);
}

static void
a_customer_may_have_terms(struct bench *b)
{
	struct settings_customer *ada = &b->settings.customers[0];
	struct client c;
	struct handed a, h;
	struct error err = {0};

	bench_channel(b, &c);
	b->settings.max_orders_per_user = 1;
	text_copy(ada->name, sizeof(ada->name), "ada");
	text_copy(ada->host, sizeof(ada->host), "192.0.2.7");
	ada->terms.max_orders = (struct settings_term){2, true};
	ada->terms.due_days = (struct settings_term){1, true};
	b->settings.customer_count = 1;
	TAP_OK(try(b, &c, &(struct wish){0}, &a, &err) == 0 &&
		       try(b, &c, &(struct wish){0}, &h, &err) == 0,
	       "a customer who may have two");
	TAP_OK(try(b, &c, &(struct wish){.host = "198.51.100.1"}, &h, &err) == 0 &&
		       try(b, &c, &(struct wish){.host = "198.51.100.1"}, &h, &err) ==
			       -1,
	       "whoever only says so may have one");
	bench_pass(b, DAY + 1);
	TAP_OK(state_of(b, &a) == ORDER_EXPIRED &&
		       has(b, WIRE_OF_SHOP, "", "", 1, 1000),
	       "theirs are due after a day, the others' not yet");
	bench_pass(b, (int64_t)b->settings.due_days * DAY);
	b->settings.customer_count = 0;
	b->settings.max_orders_per_user = 0;
	client_close(&c);
}

static void
a_product_may_be_remembered_shorter(struct bench *b)
{
	struct settings_terms *plate = &b->settings.printers[1].terms;
	struct client c;
	struct handed a, h;
	struct error err = {0};

	bench_channel(b, &c);
	plate->retention_days = (struct settings_term){2, true};
	if (try(b, &c, &(struct wish){.printer = "plate"}, &a, &err) != 0 ||
	    try(b, &c, &(struct wish){0}, &h, &err) != 0)
		tap_diag("%s", err.text);
	cancel(b, &c, &a);
	cancel(b, &c, &h);
	bench_pass(b, 2 * DAY - 60);
	TAP_OK(state_of(b, &a) == ORDER_CANCELED,
	       "a record is kept for its product's days");
	bench_pass(b, 120);
	TAP_OK(state_of(b, &a) == 0 && state_of(b, &h) == ORDER_CANCELED,
	       "and no longer; another product's is");
	plate->retention_days.is_set = false;
	bench_pass(b, (int64_t)b->settings.retention_days * DAY);
	handed_clear(&a);
	handed_clear(&h);
	client_close(&c);
}

static void
a_customer_may_ask_for_less(struct bench *b)
{
	const int64_t hour = 3600, now = keep_now(b->k);
	struct wish less = {.fetch_until = now + hour, .retain_s = 60};
	struct wish more = {.fetch_until = now + 1000 * DAY, .retain_s = 100 * DAY};
	struct handed a, second;
	struct client c;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &less, &a);
	hand_in_and_rest(b, &c, &more, &second);
	bench_pass(b, hour - 10);
	TAP_OK(state_of(b, &a) == ORDER_HELD, "who wants it gone in an hour");
	bench_pass(b, 11);
	TAP_OK(state_of(b, &a) == ORDER_EXPIRED && state_of(b, &second) == ORDER_HELD,
	       "has it gone in an hour");
	bench_pass(b, 61);
	TAP_OK(state_of(b, &a) == 0, "and a minute later there is no record");
	bench_pass(b, (int64_t)b->settings.due_days * DAY - hour);
	TAP_OK(state_of(b, &second) == ORDER_EXPIRED,
	       "who wants it longer has it as long as others");
	bench_pass(b, (int64_t)b->settings.retention_days * DAY + 1);
	TAP_OK(state_of(b, &second) == 0, "and its record");
	handed_clear(&a);
	handed_clear(&second);
	client_close(&c);
}

/* What is counted after kills is what is there, exactly. */
static void
kills_change_no_count(struct bench *b)
{
	enum { ROUNDS = 8, MAX = 64 };
	static struct handed h[MAX];
	uint64_t bytes = 0, orders = 0;
	struct store_health health;
	struct client c;
	struct error err = {0};
	int n = 0, faults = 0;

	srand(11);
	for (int round = 0; round < ROUNDS; round++) {
		bench_channel(b, &c);
		for (int i = 0; i < 6; i++) {
			const struct wish w = {.user = rand() % 2 ? "ada" : "bert",
					       .printer =
						       rand() % 2 ? "photo" : "plate",
					       .bytes = 1 + (size_t)rand() % 2000};
			hand_in(b, &c, &w, &h[n++], &err);
		}
		cancel(b, &c, &h[rand() % n]);
		hand_begin(b, &c, &(struct wish){0}, &h[MAX - 1], &err);
		hand_document(b, &c, &h[MAX - 1], 0, &err);
		handed_clear(&h[MAX - 1]);
		bench_restart(b);
		client_close(&c);
		if (store_check(b->k->store, NULL, NULL, &health, &err) != 0 ||
		    health.faults != 0)
			faults++;
	}
	for (int i = 0; i < n; i++) {
		if (state_of(b, &h[i]) == ORDER_HELD) {
			orders++;
			bytes += h[i].bytes;
		}
		handed_clear(&h[i]);
	}
	TAP_OK(faults == 0 && has(b, WIRE_OF_SHOP, "", "", orders, bytes),
	       "after %d kills %llu orders are counted to the byte", ROUNDS,
	       (unsigned long long)orders);
	TAP_OK(usage_of(b, WIRE_OF_PRINTER, "photo", "").bytes +
			       usage_of(b, WIRE_OF_PRINTER, "plate", "").bytes ==
		       bytes,
	       "of both printers together");
	TAP_OK(usage_of(b, WIRE_OF_CUSTOMER, "ada", "192.0.2.7").bytes +
			       usage_of(b, WIRE_OF_CUSTOMER, "bert", "192.0.2.7")
				       .bytes ==
		       bytes,
	       "and of both customers");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	orders_count_from_their_begin(&b);
	bytes_count_as_they_come(&b);
	a_fault_is_said_before_the_rest_comes(&b);
	what_is_said_to_come_counts_for_its_customer(&b);
	a_printer_and_the_shop_have_bounds(&b);
	a_customer_may_have_terms(&b);
	a_product_may_be_remembered_shorter(&b);
	a_customer_may_ask_for_less(&b);
	kills_change_no_count(&b);
	bench_close(&b);
	return tap_done();
}
