/*
 * keep-secrets.c - the site's secret, changed while orders wait.
 */
#include <stdio.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define MANY 300 /* more than one piece of the count */

struct list {
	struct wire_secret secrets[SEAL_SITE_SECRETS];
	unsigned count;
};

static int
ask(struct bench *b, enum wire_secret_verb verb, uint32_t number, struct list *list,
    struct error *err)
{
	const struct wire_secrets request = {.verb = (uint8_t)verb, .number = number};
	struct client tool;
	union wire_any m;
	int type;

	list->count = 0;
	bench_peer(b, &tool, WIRE_FROM_TOOL, 1);
	client_send(b, &tool, WIRE_TYPE_secrets, &request);
	while ((type = client_next(b, &tool, &m)) == WIRE_TYPE_secret)
		list->secrets[list->count++] = m.secret;
	client_close(&tool);
	if (type == WIRE_TYPE_end)
		return 0;
	return error_set(err,
			 type == WIRE_TYPE_failed ? (enum error_kind)m.failed.kind
						  : ERROR_SYSTEM,
			 "%s", type == WIRE_TYPE_failed ? m.failed.text : "no answer");
}

static uint64_t
orders_of(const struct list *list, uint32_t number)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->secrets[i].number == number)
			return list->secrets[i].orders;
	return UINT64_MAX;
}

static void
orders_keep_the_secret_that_they_came_under(struct bench *b)
{
	struct handed old, coded, fresh;
	struct client c;
	struct list list;
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &old);
	hand_in_and_rest(b, &c,
			 &(struct wish){.kind = SEAL_CODE, .text = "AAAABBBBCCCC"},
			 &coded);
	TAP_OK(ask(b, WIRE_SECRET_NEW, 0, &list, &err) == 0 && list.count == 2 &&
		       orders_of(&list, 1) == 2 && orders_of(&list, 2) == 0,
	       "a new secret: two orders name the old one, none the new");
	hand_in_and_rest(b, &c, &(struct wish){.text = "9753"}, &fresh);
	TAP_OK(ask(b, WIRE_SECRET_LIST, 0, &list, &err) == 0 &&
		       orders_of(&list, 2) == 1,
	       "the next order names the new one");
	TAP_OK(ask(b, WIRE_SECRET_RETIRE, 1, &list, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "the old one is not retired: %s", err.text);
	TAP_OK(ask(b, WIRE_SECRET_RETIRE, 2, &list, &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "nor the new one: %s", err.text);
	TAP_OK(ask(b, WIRE_SECRET_RETIRE, 9, &list, &err) == -1 &&
		       err.kind == ERROR_ABSENT,
	       "nor one that is none: %s", err.text);
	TAP_OK(ask(b, 7, 0, &list, &err) == -1 && err.kind == ERROR_INPUT,
	       "nor is anything else done: %s", err.text);
	TAP_OK(release(b, &c, &coded, coded.text, 0, &err) == 0,
	       "the old code releases its order");
	client_close(&c);
	bench_restart(b);
	bench_channel(b, &c);
	TAP_OK(release(b, &c, &old, old.text, 0, &err) == 0 &&
		       release(b, &c, &fresh, fresh.text, 0, &err) == 0,
	       "after a restart the old PIN and the new one: %s", err.text);
	handed_clear(&old);
	handed_clear(&coded);
	handed_clear(&fresh);
	client_close(&c);
}

/* A prober who asks before and after must not tell an order that is none. */
static void
the_unknown_stays_what_it_was(struct bench *b)
{
	struct handed none = {.number = 4000000, .kind = SEAL_PIN};
	struct wire_candidate before = {0}, after = {0};
	struct client c;
	struct list list;
	struct error err = {0};
	int found;

	bench_channel(b, &c);
	found = ask_who(b, &c, &none, "2468", &before, &err);
	ask(b, WIRE_SECRET_NEW, 0, &list, &err);
	TAP_OK(found == 1 && ask_who(b, &c, &none, "2468", &after, &err) == 1 &&
		       memcmp(&before.order, &after.order, sizeof(before.order)) == 0 &&
		       memcmp(&before.salt, &after.salt, sizeof(before.salt)) == 0,
	       "an order that is none answers as before: %s", err.text);
	client_close(&c);
}

/* What is being handed in is no record yet. */
static void
an_order_on_its_way_holds_its_secret(struct bench *b)
{
	struct handed h;
	struct client c;
	struct list list;
	struct error err = {0};
	struct wire_identify_new identify = {.kind = SEAL_PIN,
					     .text = {(const uint8_t *)"2468", 4}};
	union wire_any m;
	uint32_t current;

	bench_channel(b, &c);
	ask(b, WIRE_SECRET_NEW, 0, &list, &err); /* that no record names */
	current = seal_site_current(b->k->site);
	hand_begin(b, &c, &(struct wish){0}, &h, &err);
	hand_document(b, &c, &h, 0, &err);
	memcpy(identify.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, &c, WIRE_TYPE_identify_new, &identify, WIRE_TYPE_blinded, &m,
		   &err);
	ask(b, WIRE_SECRET_NEW, 0, &list, &err);
	TAP_OK(orders_of(&list, current) == 1, "it is counted before its commit");
	TAP_OK(ask(b, WIRE_SECRET_RETIRE, current, &list, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "so that the secret stays: %s", err.text);
	handed_clear(&h);
	client_close(&c);
}

static void
a_secret_that_nobody_names_is_retired(struct bench *b)
{
	struct handed h;
	struct client c;
	struct list list;
	struct error err = {0};

	bench_channel(b, &c);
	for (int i = 0; i < MANY; i++) {
		hand_in(b, &c, &(struct wish){.bytes = 10}, &h, &err);
		handed_clear(&h);
	}
	TAP_OK(ask(b, WIRE_SECRET_LIST, 0, &list, &err) == 0 &&
		       orders_of(&list, seal_site_current(b->k->site)) >= MANY,
	       "%d orders are counted, in pieces", MANY);
	ask(b, WIRE_SECRET_NEW, 0, &list, &err);
	for (int i = 0; i < 4; i++) {
		bench_pass(b, 86400 * (int64_t)(1 + b->settings.due_days));
		bench_pass(b, 86400 * (int64_t)(1 + b->settings.retention_days));
		bench_rest(b);
	}
	TAP_OK(ask(b, WIRE_SECRET_RETIRE, 1, &list, &err) == 0 &&
		       orders_of(&list, 1) == UINT64_MAX,
	       "when all records are gone the oldest is retired: %s", err.text);
	client_close(&c);
	bench_restart(b);
	TAP_OK(ask(b, WIRE_SECRET_LIST, 0, &list, &err) == 0 && list.count >= 2 &&
		       orders_of(&list, 1) == UINT64_MAX,
	       "for ever");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	orders_keep_the_secret_that_they_came_under(&b);
	the_unknown_stays_what_it_was(&b);
	an_order_on_its_way_holds_its_secret(&b);
	a_secret_that_nobody_names_is_retired(&b);
	bench_close(&b);
	return tap_done();
}
