/*
 * store.c - facts about the store, the same over each engine: what is kept, found, changed
 * and forgotten. What fails is in store-fails.c, what is damaged in store-broken.c, what is
 * peculiar to files in store-lmdb.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/seal/seal.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static struct store_options options;
static struct store_health by_ram, by_lmdb;

static struct store *
reopen(struct store *s)
{
	store_close(s);
	return help_open(&options);
}

static void
an_order_is_there_after_a_restart_once_flushed(struct store **s)
{
	struct order o, back;
	struct error err = {0};

	help_insert(*s, &o);
	TAP_OK(o.revision == 1, "its revision is 1");
	TAP_OK(store_flush(*s, &err) == 0, "it is flushed %s", err.text);
	*s = reopen(*s);
	TAP_OK(store_get(*s, o.uuid, &back, &err) == 0 && back.number == o.number &&
		       back.state == ORDER_HELD && back.revision == 1 &&
		       strcmp(back.user, "anna") == 0,
	       "its record is there");
	TAP_OK(help_sound_chunks(*s, &back) == 2, "both chunks of its document too");
	order_clear(&back);
	order_clear(&o);
}

static void
what_was_not_flushed_has_not_happened(struct store **s)
{
	struct order kept, lost, back;
	struct store_health before, after;
	struct error err;

	help_insert(*s, &kept);
	store_flush(*s, &err);
	store_count(*s, &before, &err);
	help_insert(*s, &lost);
	help_move(*s, &kept, ORDER_CANCELED, &err);
	*s = reopen(*s);
	store_count(*s, &after, &err);
	TAP_OK(store_get(*s, lost.uuid, &back, &err) == -1 && err.kind == ERROR_ABSENT,
	       "an order that was not flushed: %s", err.text);
	TAP_OK(store_get(*s, kept.uuid, &back, &err) == 0 && back.state == ORDER_HELD &&
		       help_sound_chunks(*s, &back) == 2,
	       "a cancel that was not flushed: it is still held, with its document");
	order_clear(&back);
	TAP_OK(memcmp(&before.orders, &after.orders, sizeof(before.orders)) == 0 &&
		       before.chunks == after.chunks && before.bytes == after.bytes,
	       "the counts are those of before");
	order_clear(&kept);
	order_clear(&lost);
}

static void
what_was_staged_is_collected_after_a_restart(struct store **s)
{
	struct store_health before, health;
	struct order o;
	struct error err;

	store_count(*s, &before, &err);
	help_order(*s, &o);
	help_document(*s, &o, 20000, 100, &err);
	help_document(*s, &o, 10, 10, &err);
	store_flush(*s, &err);
	store_count(*s, &health, &err);
	TAP_OK(health.staged == before.staged + 2 &&
		       health.chunks == before.chunks + 201,
	       "two uploads are staged");
	*s = reopen(*s);
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_INPUT,
	       "after a restart no record can live on them: %s", err.text);
	store_count(*s, &health, &err);
	TAP_OK(health.staged == 0 && health.doomed >= 2, "they are doomed");
	help_tidy(*s);
	store_count(*s, &health, &err);
	TAP_OK(health.doomed == 0 && health.chunks == before.chunks,
	       "and tidied away, all %u chunks", 201u);
	order_clear(&o);
}

static void
chunks_come_in_order(struct store **s)
{
	uint8_t body[UUID_BYTES], chunk[SEAL_OVERHEAD + 1] = {0};
	struct error err;
	struct buf b;

	uuid_make(body);
	buf_init(&b, SEAL_CHUNK_MAX);
	TAP_OK(store_append(*s, body, 1, chunk, sizeof(chunk), &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	TAP_OK(store_append(*s, body, 0, chunk, sizeof(chunk), &err) == 0 &&
		       store_append(*s, body, 0, chunk, sizeof(chunk), &err) == -1,
	       "not twice: %s", err.text);
	TAP_OK(store_read_chunk(*s, body, 0, &b, &err) == 0 && b.len == sizeof(chunk),
	       "a staged chunk can be read");
	TAP_OK(store_read_chunk(*s, body, 1, &b, &err) == -1 &&
		       err.kind == ERROR_ABSENT && b.len == 0,
	       "%s", err.text);
	TAP_OK(store_drop_body(*s, body, &err) == 0 &&
		       store_drop_body(*s, body, &err) == 0,
	       "an upload is given up, also twice");
	help_tidy(*s);
	TAP_OK(store_read_chunk(*s, body, 0, &b, &err) == -1, "then it is gone");
	buf_clear(&b);
}

static void
an_insert_is_refused_unless_all_fits(struct store **s)
{
	struct order o, other;
	struct error err;
	uint32_t number;

	help_insert(*s, &other);
	help_order(*s, &o);
	help_document(*s, &o, 1000, 600, &err);
	o.documents[0].length++;
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_INPUT,
	       "a byte more than came in: %s", err.text);
	o.documents[0].length--;
	o.documents[0].chunks++;
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_INPUT,
	       "a chunk more than came in");
	o.documents[0].chunks--;
	o.state = ORDER_RELEASED;
	TAP_OK(store_insert(*s, &o, &err) == -1, "%s", err.text);
	o.state = ORDER_HELD;
	number = o.number;
	o.number += 100000;
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_INPUT, "%s",
	       err.text);
	o.number = other.number;
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_CONFLICT, "%s",
	       err.text);
	o.number = number;
	memcpy(o.key, other.key, sizeof(o.key));
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_CONFLICT, "%s",
	       err.text);
	memset(o.key, 0, sizeof(o.key));
	order_add_document(&o);
	o.documents[1] = o.documents[0];
	TAP_OK(store_insert(*s, &o, &err) == -1 && err.kind == ERROR_INPUT, "%s",
	       err.text);
	o.document_count = 1;
	TAP_OK(store_insert(*s, &o, &err) == 0, "as it is, it goes in");
	TAP_OK(store_insert(*s, &o, &err) == -1, "once");
	TAP_OK(store_drop_body(*s, o.documents[0].body, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "then it can't be dropped under it: %s", err.text);
	order_clear(&o);
	order_clear(&other);
}

static void
an_update_is_a_compare_and_set(struct store **s)
{
	struct order o, a, b;
	struct error err;

	help_insert(*s, &o);
	store_get(*s, o.uuid, &a, &err);
	store_get(*s, o.uuid, &b, &err);
	a.state = ORDER_RELEASED;
	b.state = ORDER_CANCELED;
	TAP_OK(store_update(*s, &a, true, &err) == 0 && a.revision == 2,
	       "the first of two wins");
	TAP_OK(store_update(*s, &b, true, &err) == -1 && err.kind == ERROR_CONFLICT &&
		       b.revision == 1,
	       "the second loses: %s", err.text);
	a.state = ORDER_EXPIRED;
	TAP_OK(store_update(*s, &a, true, &err) == -1 && err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	a.state = ORDER_RELEASED;
	a.documents[0].length++;
	TAP_OK(store_update(*s, &a, true, &err) == -1 && err.kind == ERROR_INPUT, "%s",
	       err.text);
	a.documents[0].length--;
	a.documents[0].state = DOCUMENT_SPENT;
	TAP_OK(store_update(*s, &a, false, &err) == 0 && a.revision == 3,
	       "what may change changes");
	order_clear(&b);
	store_get(*s, o.uuid, &b, &err);
	TAP_OK(b.state == ORDER_RELEASED && b.revision == 3 &&
		       b.documents[0].state == DOCUMENT_SPENT,
	       "and the losers left nothing behind");
	order_clear(&a);
	order_clear(&b);
	order_clear(&o);
}

/* The numbers that a scan visited, as "1 2 3". */
struct seen {
	char text[256];
	int stop_at;
};

static int
note(const struct order *o, void *context)
{
	struct seen *seen = context;
	size_t n = strlen(seen->text);

	snprintf(seen->text + n, sizeof(seen->text) - n, "%s%u", n != 0 ? " " : "",
		 (unsigned)o->number);
	return seen->stop_at == (int)o->number;
}

/* "%u %u" of numbers relative to the first. */
static const char *
list(const struct order *first, const char *offsets)
{
	static char text[256];
	size_t n = 0;

	text[0] = '\0';
	for (; *offsets != '\0'; offsets++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u",
				      n != 0 ? " " : "",
				      (unsigned)(first->number + (*offsets - '0')));
	return text;
}

#define SCAN(call, offsets)                                                            \
	do {                                                                           \
		struct seen seen = {.text = "", .stop_at = -1};                        \
		int rc = call;                                                         \
		TAP_OK(rc == 0 && strcmp(seen.text, list(&o[0], offsets)) == 0,        \
		       "%s gives %s", #call, seen.text);                               \
	} while (0)

static void
orders_are_found_by_each_index(struct store **s)
{
	struct order o[5], back;
	struct error err;
	uint8_t user_key[ORDER_KEY_BYTES];
	uint32_t before;

	uuid_make(user_key);
	uuid_make(user_key + UUID_BYTES);
	for (int i = 0; i < 5; i++) {
		help_order(*s, &o[i]);
		o[i].due = 1000 - i; /* the later, the earlier */
		if (i >= 3) {	     /* by user and PIN, not by code */
			memset(o[i].key, 0, sizeof(o[i].key));
			memcpy(o[i].user_key, user_key, sizeof(user_key));
		}
		if (i == 1 || i == 2)
			memcpy(o[i].user, "berta", 6);
		store_insert(*s, &o[i], &err);
	}
	before = o[0].number - 1;
	TAP_OK(store_get_number(*s, o[1].number, &back, &err) == 0 &&
		       memcmp(back.uuid, o[1].uuid, UUID_BYTES) == 0,
	       "by number");
	order_clear(&back);
	TAP_OK(store_get_key(*s, o[2].key, &back, &err) == 0 &&
		       back.number == o[2].number,
	       "by claim code");
	order_clear(&back);
	TAP_OK(store_get_key(*s, user_key, &back, &err) == -1 &&
		       err.kind == ERROR_ABSENT && back.documents == NULL,
	       "not by another: %s", err.text);
	SCAN(store_scan_user_key(*s, user_key, note, &seen, &err), "34");
	SCAN(store_scan(*s, 0, before, 0, note, &seen, &err), "01234");
	SCAN(store_scan(*s, ORDER_HELD, before, 0, note, &seen, &err), "01234");
	SCAN(store_scan(*s, ORDER_HELD, o[1].number, 2, note, &seen, &err), "23");
	SCAN(store_scan_user(*s, "berta", 0, 0, note, &seen, &err), "12");
	SCAN(store_scan_user(*s, "berta", o[1].number, 0, note, &seen, &err), "2");
	SCAN(store_scan_due(*s, 1000, NULL, 0, note, &seen, &err), "43210");
	SCAN(store_scan_due(*s, 998, NULL, 0, note, &seen, &err), "432");
	SCAN(store_scan_due(*s, 1000, NULL, 1, note, &seen, &err), "4");
	help_move(*s, &o[1], ORDER_RELEASED, &err);
	help_move(*s, &o[3], ORDER_EXPIRED, &err);
	SCAN(store_scan(*s, ORDER_HELD, before, 0, note, &seen, &err), "024");
	SCAN(store_scan(*s, ORDER_RELEASED, before, 0, note, &seen, &err), "1");
	SCAN(store_scan(*s, ORDER_EXPIRED, before, 0, note, &seen, &err), "3");
	store_get(*s, o[4].uuid, &back, &err);
	back.due = -5;
	memset(back.user_key, 0, sizeof(back.user_key));
	memset(back.key, 7, sizeof(back.key));
	TAP_OK(store_update(*s, &back, false, &err) == 0, "an order changes its keys");
	order_clear(&back);
	SCAN(store_scan_due(*s, 0, NULL, 0, note, &seen, &err), "4");
	SCAN(store_scan_user_key(*s, user_key, note, &seen, &err), "3");
	TAP_OK(store_remove(*s, o[0].uuid, &err) == 0 &&
		       store_get(*s, o[0].uuid, &back, &err) == -1,
	       "an order is removed");
	SCAN(store_scan(*s, 0, before, 0, note, &seen, &err), "1234");
	for (int i = 1; i < 5; i++)
		store_remove(*s, o[i].uuid, &err);
	for (int i = 0; i < 5; i++)
		order_clear(&o[i]);
}

static void
a_user_s_usage_counts_what_is_not_over(struct store **s)
{
	struct order o[3], now;
	struct store_usage usage, before;
	struct error err;

	store_usage_printer(*s, "photo", &before, &err);
	for (int i = 0; i < 3; i++) {
		help_order(*s, &o[i]);
		memcpy(o[i].user, i == 2 ? "dora" : "carl", 5);
		help_document(*s, &o[i], 1000, 600, &err);
		store_insert(*s, &o[i], &err);
	}
	store_usage_owner(*s, "carl", "", &usage, &err);
	TAP_OK(usage.orders == 2 && usage.bytes == 2000, "two orders of 1000 bytes");
	help_move(*s, &o[0], ORDER_RELEASED, &err);
	help_move(*s, &o[1], ORDER_CANCELED, &err);
	store_usage_owner(*s, "carl", "", &usage, &err);
	TAP_OK(usage.orders == 1 && usage.bytes == 1000, "one, when one is canceled");
	store_get(*s, o[0].uuid, &now, &err);
	memcpy(now.user, "dora", 5);
	store_update(*s, &now, false, &err);
	order_clear(&now);
	store_usage_owner(*s, "dora", "", &usage, &err);
	TAP_OK(usage.orders == 2, "another user's, when the name changes");
	store_usage_owner(*s, "dora", "elsewhere", &usage, &err);
	TAP_OK(usage.orders == 0, "who comes from elsewhere is somebody else");
	store_usage_printer(*s, "photo", &usage, &err);
	TAP_OK(usage.orders == before.orders + 2 && usage.bytes == before.bytes + 2000,
	       "a printer has its orders of all customers");
	store_usage_owner(*s, "nobody", "", &usage, &err);
	TAP_OK(usage.orders == 0 && usage.bytes == 0, "nobody has none");
	for (int i = 0; i < 3; i++) {
		store_remove(*s, o[i].uuid, &err);
		order_clear(&o[i]);
	}
}

static void
a_visit_can_stop_a_scan(struct store **s)
{
	struct order o[3];
	struct seen seen = {.text = ""};
	struct error err;

	for (int i = 0; i < 3; i++)
		help_insert(*s, &o[i]);
	seen.stop_at = (int)o[1].number;
	store_scan(*s, 0, o[0].number - 1, 0, note, &seen, &err);
	TAP_OK(strcmp(seen.text, list(&o[0], "01")) == 0, "%s", seen.text);
	for (int i = 0; i < 3; i++) {
		store_remove(*s, o[i].uuid, &err);
		order_clear(&o[i]);
	}
}

static void
drain_outbox(struct store *s)
{
	struct store_health health;
	struct error err;
	struct order o;

	for (uint32_t n = 1;; n++) {
		store_count(s, &health, &err);
		if (health.outbox == 0)
			return;
		if (store_get_number(s, n, &o, &err) != 0)
			continue;
		store_outbox_done(s, o.uuid, o.revision, &err);
		order_clear(&o);
	}
}

static void
the_outbox_is_a_set_in_order_of_first_touch(struct store **s)
{
	struct order o[4];
	struct store_health health;
	struct error err;

	drain_outbox(*s);
	for (int i = 0; i < 4; i++)
		help_insert(*s, &o[i]);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "0123");
	SCAN(store_outbox(*s, 2, note, &seen, &err), "01");
	store_outbox_done(*s, o[0].uuid, 1, &err);
	store_outbox_done(*s, o[0].uuid, 1, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "123");
	help_move(*s, &o[1], ORDER_CANCELED, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "123");
	store_outbox_done(*s, o[1].uuid, 1, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "123");
	store_outbox_done(*s, o[1].uuid, 2, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "23");
	help_move(*s, &o[3], ORDER_RELEASED, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "32");
	store_flush(*s, &err);
	*s = reopen(*s);
	help_move(*s, &o[0], ORDER_CANCELED, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "320");
	store_remove(*s, o[2].uuid, &err);
	SCAN(store_outbox(*s, 0, note, &seen, &err), "30");
	drain_outbox(*s);
	store_count(*s, &health, &err);
	TAP_OK(health.outbox == 0, "it is empty at last");
	for (int i = 0; i < 4; i++)
		order_clear(&o[i]);
}

static void
an_order_that_ends_loses_its_documents_and_keeps_its_record(struct store **s)
{
	struct store_health before, health;
	struct order o, back;
	struct error err;
	bool more;
	int turns = 0;

	help_tidy(*s);
	store_count(*s, &before, &err);
	help_order(*s, &o);
	help_document(*s, &o, 100 * 50, 50, &err);
	store_insert(*s, &o, &err);
	TAP_OK(help_move(*s, &o, ORDER_CANCELED, &err) == 0, "it is canceled");
	store_count(*s, &health, &err);
	TAP_OK(health.bodies == before.bodies && health.bytes == before.bytes,
	       "its document does not count any more");
	do {
		store_tidy(*s, &more, &err);
		turns++;
	} while (more);
	store_count(*s, &health, &err);
	TAP_OK(turns == 4 && health.chunks == before.chunks,
	       "100 chunks go in %d shares", turns);
	TAP_OK(store_get(*s, o.uuid, &back, &err) == 0 &&
		       back.state == ORDER_CANCELED && back.document_count == 1,
	       "its record stays");
	order_clear(&back);
	order_clear(&o);
}

static void
numbers_are_never_given_twice(struct store **s)
{
	uint32_t last = 0, n, first;
	struct error err;
	int twice = 0, left_out = 0;

	store_next_number(*s, &first, &err);
	last = first;
	for (int i = 0; i < 2000; i++) {
		store_next_number(*s, &n, &err);
		twice += n <= last;
		left_out += n != last + 1;
		last = n;
		if (i % 7 == 0)
			store_flush(*s, &err);
		if (i % 700 == 350) {
			store_flush(*s, &err);
			*s = reopen(*s);
		}
	}
	TAP_OK(twice == 0, "2001 numbers over three restarts, %u to %u",
	       (unsigned)first, (unsigned)last);
	TAP_OK(left_out == 0, "and none is left out where all ends well");
	store_flush(*s, &err);
}

static void
a_damaged_record_is_passed_over(struct store **s)
{
	struct order o[3], back;
	struct store_health health;
	struct kv_span v;
	struct error err;
	struct key key;
	uint8_t copy[8192];

	for (int i = 0; i < 3; i++)
		help_insert(*s, &o[i]);
	key = key_of_u32(o[1].number);
	kv_get((*s)->kv, KV_ORDER, key_span(&key), &v, &err);
	memcpy(copy, v.data, v.len);
	copy[100] ^= 4;
	help_plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
	TAP_OK(store_get(*s, o[1].uuid, &back, &err) == -1 &&
		       err.kind == ERROR_CORRUPT && back.documents == NULL,
	       "%s", err.text);
	SCAN(store_scan(*s, ORDER_HELD, o[0].number - 1, 0, note, &seen, &err), "02");
	SCAN(store_scan(*s, 0, o[0].number - 1, 0, note, &seen, &err), "02");
	store_count(*s, &health, &err);
	TAP_OK(health.faults == 1, "it is counted, once");
	TAP_OK(help_move(*s, &o[1], ORDER_CANCELED, &err) == -1 &&
		       store_remove(*s, o[1].uuid, &err) == -1 &&
		       err.kind == ERROR_CORRUPT,
	       "it is neither changed nor removed");
	TAP_OK(store_check(*s, NULL, NULL, &health, &err) == 0 && health.faults == 1,
	       "the check says one fault");
	copy[100] ^= 4;
	help_plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
	*s = reopen(*s);
	TAP_OK(help_check(*s) == 0, "put right, all is well");
	for (int i = 0; i < 3; i++)
		order_clear(&o[i]);
}

/* A fixed sequence of random changes; what it leads to, as counts. */
static void
random_changes(struct store **s, struct store_health *health)
{
	enum { ORDERS = 60, STEPS = 3000 };
	static struct order o[ORDERS];
	unsigned short seed[3] = {1, 2, 3};
	struct error err;
	int faults = 0;

	memset(o, 0, sizeof(o));
	for (int i = 0; i < STEPS; i++) {
		struct order *at = &o[nrand48(seed) % ORDERS];
		long dice = nrand48(seed) % 100;
		if (at->number == 0)
			help_insert(*s, at);
		else if (dice < 60)
			help_move(*s, at, (enum order_state)(2 + nrand48(seed) % 8),
				  &err);
		else if (dice < 70 && store_remove(*s, at->uuid, &err) == 0)
			order_clear(at);
		else if (dice < 80)
			store_outbox_done(*s, at->uuid, 3, &err);
		else
			store_flush(*s, &err);
		if (i % 500 == 499) {
			faults += (int)help_check(*s);
			store_flush(*s, &err);
			*s = reopen(*s);
		}
	}
	help_tidy(*s);
	store_count(*s, health, &err);
	TAP_OK(faults == 0 && help_check(*s) == 0,
	       "%d random changes break no invariant", STEPS);
	for (int i = 0; i < ORDERS; i++)
		order_clear(&o[i]);
}

static void
run(const struct store_options *engine)
{
	struct store_health *health =
		strcmp(engine->engine, "ram") == 0 ? &by_ram : &by_lmdb;
	struct store *s;

	options = *engine;
	s = help_open(&options);
	an_order_is_there_after_a_restart_once_flushed(&s);
	what_was_not_flushed_has_not_happened(&s);
	what_was_staged_is_collected_after_a_restart(&s);
	chunks_come_in_order(&s);
	an_insert_is_refused_unless_all_fits(&s);
	an_update_is_a_compare_and_set(&s);
	orders_are_found_by_each_index(&s);
	a_user_s_usage_counts_what_is_not_over(&s);
	a_visit_can_stop_a_scan(&s);
	the_outbox_is_a_set_in_order_of_first_touch(&s);
	an_order_that_ends_loses_its_documents_and_keeps_its_record(&s);
	numbers_are_never_given_twice(&s);
	a_damaged_record_is_passed_over(&s);
	random_changes(&s, health);
	TAP_OK(help_check(s) == 0, "at the end no invariant is broken");
	store_close(s);
}

int
main(void)
{
	help_engines("/tmp/claimcheck-store-XXXXXX", run);
	by_ram.room = by_lmdb.room = 0;
	TAP_OK(memcmp(&by_ram, &by_lmdb, sizeof(by_ram)) == 0,
	       "the same changes lead both engines to the same counts");
	return tap_done();
}
