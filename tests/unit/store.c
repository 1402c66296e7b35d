/*
 * store.c - facts about the store, the same over each engine. What is peculiar to files
 * is in store-lmdb.c.
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

#define SMALL_MAP (24u << 20)

static struct store_options options;

static const struct store_options *small_options;

static struct store *
reopen(struct store *s)
{
	store_close(s);
	return help_open(small_options != NULL ? small_options : &options);
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

/* An engine that fails once: the write that brings the count to zero. */
static struct kv_engine faulty;
static const struct kv_engine *sound;
static int writes_left;

static int
fails(struct error *err)
{
	return --writes_left == 0 ? error_set(err, ERROR_FULL, "planted") : 0;
}

static int
faulty_put(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span value,
	   struct error *err)
{
	return fails(err) != 0 ? -1 : sound->put(kv, table, key, value, err);
}

static int
faulty_del(struct kv *kv, enum kv_table table, struct kv_span key, struct error *err)
{
	return fails(err) != 0 ? -1 : sound->del(kv, table, key, err);
}

static int
faulty_commit(struct kv *kv, struct error *err)
{
	if (fails(err) == 0)
		return sound->commit(kv, err);
	sound->rollback(kv);
	return -1;
}

static void
make_faulty(struct store *s, int left)
{
	sound = s->kv->engine;
	faulty = *sound;
	faulty.put = faulty_put;
	faulty.del = faulty_del;
	faulty.commit = faulty_commit;
	writes_left = left;
	s->kv->engine = &faulty;
}

static int
try_insert(struct store *s, struct order *o, struct error *err)
{
	order_init(o);
	if (store_next_number(s, &o->number, err) != 0)
		return -1;
	uuid_make(o->uuid);
	uuid_make(o->key);
	memset(o->user_key, 5, sizeof(o->user_key));
	o->state = ORDER_HELD;
	o->due = 77;
	if (help_document(s, o, 1000, 600, err) != 0)
		return -1;
	return store_insert(s, o, err);
}

/* Every kind of change, over several turns. */
static int
life(struct store *s, struct order *a, struct order *b, struct error *err)
{
	bool more;

	return try_insert(s, a, err) != 0 || store_flush(s, err) != 0 ||
			       help_move(s, a, ORDER_RELEASED, err) != 0 ||
			       try_insert(s, b, err) != 0 || store_flush(s, err) != 0 ||
			       store_outbox_done(s, a->uuid, 9, err) != 0 ||
			       help_move(s, a, ORDER_CANCELED, err) != 0 ||
			       store_tidy(s, &more, err) != 0 ||
			       store_flush(s, err) != 0 ||
			       store_remove(s, b->uuid, err) != 0 ||
			       store_flush(s, err) != 0
		       ? -1
		       : 0;
}

static void
whatever_write_fails_nothing_is_half_done(struct store **s, bool alone)
{
	struct order a = {0}, b = {0};
	struct error err;
	uint64_t faults = 0;
	int failures = 0, silent = 0, turns = 0;

	for (int left = 1; left < 1000; left++, failures++) {
		make_faulty(*s, left);
		if (life(*s, &a, &b, &err) == 0)
			break;
		silent += err.kind != ERROR_FULL;
		(*s)->kv->engine = sound;
		turns += store_flush(*s, &err) != 0;
		faults += help_check(*s);
		order_clear(&a);
		order_clear(&b);
		faults += life(*s, &a, &b, &err) != 0; /* it is usable */
		*s = reopen(*s);
		help_tidy(*s);
		faults += help_check(*s);
		order_clear(&a);
		order_clear(&b);
	}
	(*s)->kv->engine = sound;
	order_clear(&a);
	order_clear(&b);
	TAP_OK(failures > 40 && writes_left > 0,
	       "each of the %d writes of an order's life failed once", failures);
	TAP_OK(silent == 0, "each time it was said");
	TAP_OK(faults == 0, "and the store was whole, then and after a restart");
	TAP_OK(!alone || turns == 0, "%d times the turn was lost with the change",
	       turns);
}

/* Fills with documents of 1 MB until the store says that it is full. */
static int
fill(struct store *s, struct order *orders, int max, struct error *err)
{
	int n = 0;

	for (; n < max; n++) {
		help_order(s, &orders[n]);
		if (help_document(s, &orders[n], 1000000, SEAL_CHUNK_CLEAR, err) != 0 ||
		    store_insert(s, &orders[n], err) != 0 || store_flush(s, err) != 0)
			break;
	}
	return n;
}

static void
a_full_store_refuses_intake_and_nothing_else(void)
{
	enum { MAX = 64 };
	struct order orders[MAX], early, back;
	struct store_options small = options;
	struct store *s;
	struct error err = {0};
	char name[64];
	int n, again, failed = 0;

	snprintf(name, sizeof(name), "%s-small", options.folder);
	small.folder = name;
	small.map_bytes = SMALL_MAP;
	if (strcmp(options.engine, "lmdb") == 0 && mkdir(name, 0700) != 0)
		exit(99);
	s = help_open(&small);
	help_insert(s, &early);
	n = fill(s, orders, MAX, &err);
	TAP_OK(n > 5 && n < 30 && err.kind == ERROR_FULL, "after %d MB it is full: %s",
	       n, err.text);
	order_clear(&orders[n]);
	TAP_OK(help_move(s, &early, ORDER_RELEASED, &err) == 0, "a release goes on");
	help_order(s, &orders[n]);
	TAP_OK(help_document(s, &orders[n], 9000000, SEAL_CHUNK_CLEAR, &err) == -1 &&
		       err.kind == ERROR_FULL,
	       "in the same turn an upload is refused");
	order_clear(&orders[n]);
	TAP_OK(store_flush(s, &err) == 0 &&
		       store_get(s, early.uuid, &back, &err) == 0 &&
		       back.state == ORDER_RELEASED,
	       "and the release has happened");
	order_clear(&back);
	for (int i = 0; i < 60; i++) /* many small changes do not eat the rest */
		failed += help_move(s, &early, i % 2 ? ORDER_RELEASED : ORDER_HELD,
				    &err) != 0 ||
			  store_flush(s, &err) != 0;
	TAP_OK(failed == 0, "sixty more changes too");
	for (int i = 0; i < n; i++)
		failed += help_move(s, &orders[i], ORDER_CANCELED, &err) != 0;
	TAP_OK(failed == 0 && store_flush(s, &err) == 0, "all are canceled");
	help_tidy(s);
	for (int i = 0; i < n; i++)
		order_clear(&orders[i]);
	again = fill(s, orders, MAX, &err);
	TAP_OK(again >= n - 1, "then there is room for %d again", again);
	for (int i = 0; i <= again && i < MAX; i++) {
		help_move(s, &orders[i], ORDER_CANCELED, NULL);
		order_clear(&orders[i]);
	}
	help_tidy(s);
	TAP_OK(help_check(s) == 0, "and no invariant is broken");
	order_clear(&early);
	small_options = &small;
	whatever_write_fails_nothing_is_half_done(&s, true);
	small_options = NULL;
	store_close(s);
}

/* Writes a row behind the store's back, and durably. */
static void
plant(struct store *s, enum kv_table table, struct kv_span key, struct kv_span value)
{
	if (kv_put(s->kv, table, key, value, NULL) != 0)
		exit(99);
	s->changed = true;
	if (store_flush(s, NULL) != 0)
		exit(99);
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
	plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
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
	plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
	*s = reopen(*s);
	TAP_OK(help_check(*s) == 0, "put right, all is well");
	for (int i = 0; i < 3; i++)
		order_clear(&o[i]);
}

/* Each breaks one invariant of a whole store through the engine's door. */
struct sabotage {
	const char *what;
	enum kv_table table;
	enum { DELETE, ADD, SPOIL } how;
};

static void
commit_sabotage(struct store *s, const struct sabotage *row)
{
	struct kv_span k = {"0123456789abcdef0123", 20}, v = {"\0\0\0\1", 4};
	struct kv_cursor *c;
	struct key key;
	uint8_t value[4096] = {0, 0, 0, 1};
	size_t len = 4;

	if (row->how != ADD) {
		s->kv->engine->cursor_open(s->kv, row->table, &c, NULL);
		if (s->kv->engine->seek(c, (struct kv_span){NULL, 0}, &k, &v, NULL) !=
		    1)
			exit(99);
		len = v.len;
		if (len > 0)
			memcpy(value, v.data, len);
		s->kv->engine->cursor_close(c);
	}
	key = key_of_bytes(k.data, k.len);
	if (row->how == DELETE) {
		kv_del(s->kv, row->table, key_span(&key), NULL);
		return;
	}
	if (row->how == SPOIL)
		value[len - 1] ^= 1;
	kv_put(s->kv, row->table, key_span(&key), (struct kv_span){value, len}, NULL);
}

static int
first(const struct order *o, void *context)
{
	memcpy(context, o->uuid, UUID_BYTES);
	return 1;
}

static void
remove_all(struct store *s)
{
	uint8_t uuid[UUID_BYTES];
	struct store_health health;
	struct error err;

	for (;;) {
		memset(uuid, 0, sizeof(uuid));
		store_scan(s, 0, 0, 0, first, uuid, &err);
		if (store_remove(s, uuid, &err) != 0)
			break;
	}
	help_tidy(s);
	store_count(s, &health, &err);
	if (health.chunks != 0 || health.outbox != 0)
		exit(99);
}

static void
every_broken_invariant_is_said_and_repaired(struct store **s)
{
	static const struct sabotage rows[] = {
		{"a record vanishes", KV_ORDER, DELETE},
		{"a record is damaged", KV_ORDER, SPOIL},
		{"a uuid row vanishes", KV_UUID, DELETE},
		{"a uuid row without order", KV_UUID, ADD},
		{"a uuid row leads elsewhere", KV_UUID, SPOIL},
		{"a code row vanishes", KV_CODE, DELETE},
		{"a code row without order", KV_CODE, ADD},
		{"a user row vanishes", KV_USER, DELETE},
		{"a user row without order", KV_USER, ADD},
		{"an owner row vanishes", KV_OWNER, DELETE},
		{"an owner row without order", KV_OWNER, ADD},
		{"an owner row says another printer", KV_OWNER, SPOIL},
		{"a count of use vanishes", KV_USAGE, DELETE},
		{"a count of use of nobody", KV_USAGE, ADD},
		{"a count of use is wrong", KV_USAGE, SPOIL},
		{"a state row vanishes", KV_STATE, DELETE},
		{"a state row without order", KV_STATE, ADD},
		{"a due row vanishes", KV_DUE, DELETE},
		{"a due row without order", KV_DUE, ADD},
		{"an outbox row vanishes", KV_OUTBOX, DELETE},
		{"an outbox row without order", KV_OUTBOX, ADD},
		{"a touch vanishes", KV_TOUCH, DELETE},
		{"a touch without order", KV_TOUCH, ADD},
		{"a body row vanishes", KV_BODY, DELETE},
		{"a body row of another order", KV_BODY, SPOIL},
		{"a chunk vanishes", KV_CHUNK, DELETE},
		{"a chunk of no document", KV_CHUNK, ADD},
		{"a chunk is damaged", KV_CHUNK, SPOIL},
	};
	struct store_health health;
	struct order o;
	struct error err;
	uint64_t repaired, again;

	help_tidy(*s);
	TAP_OK(help_check(*s) == 0, "a whole store has no fault");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		remove_all(*s);
		help_order(*s, &o);
		memset(o.user_key, 9, sizeof(o.user_key));
		help_document(*s, &o, 1000, 600, &err);
		store_insert(*s, &o, &err);
		order_clear(&o);
		commit_sabotage(*s, &rows[i]);
		if (store_check(*s, NULL, NULL, &health, &err) != 0)
			health.faults = 0;
		TAP_OK(health.faults > 0, "%s: %u faults", rows[i].what,
		       (unsigned)health.faults);
		store_flush(*s, &err);
		if (store_repair(*s, NULL, NULL, &repaired, &err) != 0)
			repaired = 0;
		*s = reopen(*s);
		TAP_OK(repaired > 0 && help_check(*s) == 0,
		       "    repaired in %u steps, it is whole again",
		       (unsigned)repaired);
		if (store_repair(*s, NULL, NULL, &again, &err) != 0)
			again = 99;
		TAP_OK(again == 0, "    and there is nothing more to repair");
	}
}

static void
a_damaged_record_is_set_aside(struct store **s)
{
	struct order o[2], back;
	struct store_health before, after;
	struct kv_span v;
	struct key key;
	struct error err;
	uint8_t copy[8192];

	for (int i = 0; i < 2; i++)
		help_insert(*s, &o[i]);
	help_move(*s, &o[0], ORDER_RELEASED, &err);
	store_count(*s, &before, &err);
	TAP_OK(store_set_aside(*s, o[0].number, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	key = key_of_u32(o[0].number);
	kv_get((*s)->kv, KV_ORDER, key_span(&key), &v, &err);
	memcpy(copy, v.data, v.len);
	copy[20] ^= 1;
	plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
	TAP_OK(store_set_aside(*s, o[0].number, &err) == 0 &&
		       store_flush(*s, &err) == 0,
	       "it is set aside");
	*s = reopen(*s);
	TAP_OK(store_get(*s, o[0].uuid, &back, &err) == 0 &&
		       back.state == ORDER_CORRUPT && back.number == o[0].number &&
		       help_sound_chunks(*s, &back) == 2,
	       "in its place is a corrupt order, with its document");
	order_clear(&back);
	TAP_OK(store_get_key(*s, o[0].key, &back, &err) == 0 &&
		       back.state == ORDER_CORRUPT,
	       "which its claim code still finds");
	order_clear(&back);
	store_count(*s, &after, &err);
	TAP_OK(after.orders[ORDER_RELEASED] + 1 == before.orders[ORDER_RELEASED] &&
		       after.orders[ORDER_CORRUPT] == before.orders[ORDER_CORRUPT] + 1,
	       "the counts know it");
	TAP_OK(kv_get((*s)->kv, KV_DAMAGED, key_span(&key), &v, &err) == 1 &&
		       memcmp(v.data, copy, v.len) == 0,
	       "the damaged record is kept as it was");
	TAP_OK(help_move(*s, &o[0], ORDER_CANCELED, &err) == 0 &&
		       help_move(*s, &o[1], ORDER_RELEASED, &err) == 0,
	       "a person can cancel it, and the other goes on");
	help_tidy(*s);
	TAP_OK(help_check(*s) == 0, "no invariant is broken");
	for (int i = 0; i < 2; i++)
		order_clear(&o[i]);
}

static void
another_format_is_not_touched(struct store **s)
{
	struct error err;
	struct store *other;

	plant(*s, KV_META, (struct kv_span){"format", 6},
	      (struct kv_span){"\0\0\0\5", 4});
	store_close(*s);
	TAP_OK(store_open(&options, &other, &err) == -1 && err.kind == ERROR_INPUT &&
		       other == NULL,
	       "%s", err.text);
	*s = NULL;
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
run(const char *engine, const char *folder, struct store_health *health)
{
	struct store *s;

	options = (struct store_options){.engine = engine, .folder = folder};
	tap_diag("engine %s", engine);
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
	every_broken_invariant_is_said_and_repaired(&s);
	a_damaged_record_is_set_aside(&s);
	random_changes(&s, health);
	whatever_write_fails_nothing_is_half_done(&s, strcmp(engine, "ram") == 0);
	TAP_OK(help_check(s) == 0, "at the end no invariant is broken");
	a_full_store_refuses_intake_and_nothing_else();
	another_format_is_not_touched(&s);
	store_close(s);
}

int
main(void)
{
	char folder[] = "/tmp/claimcheck-store-XXXXXX", lmdb[64];
	struct store_health by_ram, by_lmdb;

	help_folder(folder);
	run("ram", "ram", &by_ram);
	snprintf(lmdb, sizeof(lmdb), "%s/lmdb", folder);
	if (mkdir(lmdb, 0700) != 0)
		return 99;
	run("lmdb", lmdb, &by_lmdb);
	by_ram.room = by_lmdb.room = 0;
	TAP_OK(memcmp(&by_ram, &by_lmdb, sizeof(by_ram)) == 0,
	       "the same changes lead both engines to the same counts");
	help_remove(folder);
	return tap_done();
}
