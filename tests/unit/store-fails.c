/*
 * store-fails.c - whatever write fails, nothing is half done; what is full takes no more and
 * loses nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static void
run(const struct store_options *engine)
{
	bool alone = strcmp(engine->engine, "ram") == 0;
	struct store *s;

	options = *engine;
	s = help_open(&options);
	whatever_write_fails_nothing_is_half_done(&s, alone);
	TAP_OK(help_check(s) == 0, "at the end no invariant is broken");
	a_full_store_refuses_intake_and_nothing_else();
	store_close(s);
}

int
main(void)
{
	help_engines("/tmp/claimcheck-fails-XXXXXX", run);
	return tap_done();
}
