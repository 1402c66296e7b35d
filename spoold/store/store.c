/*
 * Opening, turns, numbers, counts.
 *
 * What the store holds in memory beside the engine (counts, reserved numbers) follows
 * the engine's turn: it is remembered at each flush and put back when a turn or a
 * change is taken back.
 */
#include <stdlib.h>

#include "lib/base/fs.h"
#include "spoold/store/inner.h"

static const struct kv_engine *const engines[] = {&kv_lmdb, &kv_ram};

static const struct key key_format = {"format", 6};
static const struct key key_numbers = {"numbers", 7};
static const struct key key_counts = {"counts", 6};
static const struct key key_clock = {"clock", 5};

#define COUNTS	     (ORDER_STATES + 2)
#define FIRST_STATES (ORDER_CORRUPT + 1)

int
put_meta(struct store *s, const struct key *key, const struct key *value,
	 struct error *err)
{
	return kv_put(s->kv, KV_META, key_span(key), key_span(value), err);
}

int
get_meta(struct store *s, const struct key *key, size_t bytes, uint64_t *value,
	 struct error *err)
{
	struct kv_span v;
	int found = kv_get(s->kv, KV_META, key_span(key), &v, err);

	*value = 0;
	if (found != 1)
		return found;
	if (v.len != bytes)
		return error_set(err, ERROR_CORRUPT,
				 "a row of the store's head is "
				 "damaged");
	*value = span_int(v, 0, bytes);
	return 1;
}

static int
check_format(struct store *s, struct error *err)
{
	struct key value = {.len = 0};
	uint64_t format;
	int found = get_meta(s, &key_format, 4, &format, err);

	if (found < 0)
		return -1;
	s->format = found == 1 ? (uint32_t)format : STORE_FORMAT;
	if (found == 1) {
		if (format >= 1 && format <= STORE_FORMAT)
			return 0;
		return error_set(err, ERROR_INPUT,
				 "the store has format %u, this program knows formats "
				 "up to %d; use the program that wrote it, or a later "
				 "one",
				 (unsigned)format, STORE_FORMAT);
	}
	if (s->kv->engine->entries(s->kv, KV_ORDER) != 0)
		return error_set(err, ERROR_CORRUPT,
				 "the store has orders and no format");
	if (s->read_only)
		return error_set(err, ERROR_ABSENT, "there is no store yet");
	key_add_int(&value, STORE_FORMAT, 4);
	s->changed = true;
	return put_meta(s, &key_format, &value, err);
}

/* The states of format 1, bytes, clear (since format 2), then further states (since 4). */
static uint64_t *
count_at(struct store_counts *c, size_t i)
{
	if (i < FIRST_STATES)
		return &c->orders[i];
	if (i == FIRST_STATES)
		return &c->bytes;
	if (i == FIRST_STATES + 1)
		return &c->clear;
	return &c->orders[i - 2];
}

static size_t
counts_of_format(uint32_t format)
{
	return format == 1 ? FIRST_STATES + 1 : format < 4 ? FIRST_STATES + 2 : COUNTS;
}

static int
read_counts(struct store *s, struct error *err)
{
	struct kv_span v;
	int found = kv_get(s->kv, KV_META, key_span(&key_counts), &v, err);

	if (found != 1)
		return found;
	if (v.len != sizeof(uint64_t) * counts_of_format(s->format))
		return error_set(err, ERROR_CORRUPT, "the store's counts are damaged");
	for (size_t i = 0; i < COUNTS && i < v.len / sizeof(uint64_t); i++)
		*count_at(&s->counts, i) = span_int(v, sizeof(uint64_t) * i, 8);
	return 0;
}

/* Longer than a struct key. */
static int
write_counts(struct store *s, struct error *err)
{
	uint8_t value[8 * COUNTS];

	for (size_t i = 0; i < COUNTS; i++) {
		struct key k = {.len = 0};
		key_add_int(&k, *count_at(&s->counts, i), 8);
		memcpy(value + 8 * i, k.bytes, 8);
	}
	return kv_put(s->kv, KV_META, key_span(&key_counts),
		      (struct kv_span){value, sizeof(value)}, err);
}

static void
flushed(struct store *s)
{
	s->counts_flushed = s->counts;
	s->numbers_end_flushed = s->numbers_end;
	s->audit_flushed = s->audit;
	s->audit_lost = false;
	s->unflushed = 0;
	s->changed = false;
}

/* The turn's changes have not happened. */
static void
taken_back(struct store *s)
{
	s->kv->engine->rollback(s->kv);
	s->counts = s->counts_flushed;
	s->numbers_end = s->numbers_end_flushed;
	s->audit = s->audit_flushed;
	s->audit_lost = false;
	s->unflushed = 0;
	s->changed = false;
}

int
store_read_head(struct store *s, struct error *err)
{
	if (check_format(s, err) != 0 || read_counts(s, err) != 0 ||
	    get_meta(s, &key_numbers, 4, &s->numbers_end, err) < 0 ||
	    outbox_open(s, err) != 0 || audit_read_head(s, err) != 0)
		return -1;
	if (s->numbers_end == 0)
		s->numbers_end = 1;
	s->next_number = s->numbers_end;
	flushed(s);
	if (s->read_only)
		return 0;
	if (upgrade(s, err) != 0)
		return error_prefix(err, "cannot bring the store to format %d",
				    STORE_FORMAT);
	s->changed = true;
	return body_doom_staged(s, err) == 0 ? store_flush(s, err) : -1;
}

static int reserve_numbers(struct store *s, uint64_t end, struct error *err);

/* Where all ends well no number need be left out. What is not durable stays so. */
static void
give_numbers_back(struct store *s)
{
	struct error ignored;

	if (s->read_only || s->changed || s->next_number >= s->numbers_end)
		return;
	if (reserve_numbers(s, s->next_number, &ignored) == 0)
		store_flush(s, &ignored);
}

int
store_open(const struct store_options *options, struct store **store, struct error *err)
{
	const struct kv_engine *engine = NULL;
	struct store *s;

	*store = NULL;
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (strcmp(engines[i]->name, options->engine) == 0)
			engine = engines[i];
	if (engine == NULL)
		return error_set(err, ERROR_INPUT, "there is no store engine '%s'",
				 options->engine);
	s = calloc(1, sizeof(*s));
	INVARIANT(s != NULL);
	s->read_only = options->read_only;
	buf_init(&s->record, ORDER_RECORD_MAX);
	if (engine->open(options, &s->kv, err) != 0 || store_read_head(s, err) != 0) {
		store_close(s);
		return -1;
	}
	*store = s;
	return 0;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	walk_close(store);
	if (store->kv != NULL) {
		give_numbers_back(store);
		store->kv->engine->rollback(store->kv);
		store->kv->engine->close(store->kv);
	}
	buf_clear(&store->record);
	free(store);
}

int
store_flush(struct store *store, struct error *err)
{
	if (!store->changed)
		return 0;
	if (store->audit_lost) {
		taken_back(store);
		return error_set(err, ERROR_FULL,
				 "what happens cannot be written to the audit");
	}
	if (write_counts(store, err) != 0 || audit_write_head(store, err) != 0) {
		taken_back(store);
		return -1;
	}
	if (store->kv->engine->commit(store->kv, err) != 0) {
		taken_back(store);
		return -1;
	}
	flushed(store);
	return 0;
}

bool
store_in_doubt(const struct store *store)
{
	return store->kv->in_doubt;
}

bool
store_is_damaged(const struct store *store)
{
	return store->kv->damaged;
}

size_t
store_unflushed(const struct store *store)
{
	return store->unflushed;
}

int
change_begin(struct store *s, struct error *err)
{
	INVARIANT(!s->read_only);
	s->counts_marked = s->counts;
	if (s->kv->engine->mark(s->kv, err) != 0)
		return -1;
	s->changed = true;
	return 0;
}

int
change_end(struct store *s, int rc, struct error *err)
{
	struct error ignored;

	if (rc == 0)
		rc = s->kv->engine->settle(s->kv, true, err);
	else
		s->kv->engine->settle(s->kv, false, &ignored);
	if (rc != 0)
		s->counts = s->counts_marked;
	return rc;
}

/* Numbers below `end` may be given out once this is flushed. */
static int
reserve_numbers(struct store *s, uint64_t end, struct error *err)
{
	struct key value = key_of_u32((uint32_t)end);

	if (end > STORE_NUMBER_MAX)
		return error_set(err, ERROR_FULL, "all order numbers are used up");
	if (change_begin(s, err) != 0 ||
	    change_end(s, put_meta(s, &key_numbers, &value, err), err) != 0)
		return -1;
	s->numbers_end = end;
	return 0;
}

/* After a kill what was reserved is left out: so few at leisure, and many in a rush,
 * when each reservation would cost a flush of its own. */
static int
reserve_more(struct store *s, struct error *err)
{
	int64_t now = clock_mono_ms();
	bool rush = s->numbers_ms != 0 && now - s->numbers_ms < STORE_NUMBERS_RUSH_MS;

	s->numbers_step = rush ? 2 * s->numbers_step : STORE_NUMBERS_LEAST;
	if (s->numbers_step > STORE_NUMBERS_MOST)
		s->numbers_step = STORE_NUMBERS_MOST;
	s->numbers_ms = now;
	return reserve_numbers(s, s->next_number + s->numbers_step, err);
}

int
store_next_number(struct store *store, uint32_t *number, struct error *err)
{
	*number = 0;
	if (store->next_number >= store->numbers_end && reserve_more(store, err) != 0)
		return -1;
	*number = (uint32_t)store->next_number++;
	return 0;
}

int
numbers_skip_to(struct store *s, uint32_t number, struct error *err)
{
	if (s->next_number <= number)
		s->next_number = (uint64_t)number + 1;
	return reserve_numbers(s, s->next_number, err);
}

int
numbers_skip(struct store *s, uint32_t count, struct error *err)
{
	s->next_number += count;
	return reserve_numbers(s, s->next_number, err);
}

uint64_t
store_orders(const struct store_health *health)
{
	uint64_t orders = 0;

	for (unsigned i = 0; i < ORDER_STATES; i++)
		orders += health->orders[i];
	return orders;
}

int
store_count(struct store *store, struct store_health *health, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	(void)err;
	memset(health, 0, sizeof(*health));
	memcpy(health->orders, store->counts.orders, sizeof(health->orders));
	health->bytes = store->counts.bytes;
	health->clear = store->counts.clear;
	health->bodies = e->entries(store->kv, KV_BODY);
	health->staged = e->entries(store->kv, KV_STAGED);
	health->doomed = e->entries(store->kv, KV_DOOMED);
	health->chunks = e->entries(store->kv, KV_CHUNK);
	health->outbox = e->entries(store->kv, KV_OUTBOX);
	health->faults = store->damaged_count;
	health->room = e->room(store->kv);
	return 0;
}

int
store_get_clock(struct store *store, struct store_clock *clock, struct error *err)
{
	struct kv_span v;
	int found = kv_get(store->kv, KV_META, key_span(&key_clock), &v, err);

	*clock = (struct store_clock){0};
	if (found != 1)
		return found;
	if (v.len != 16)
		return error_set(err, ERROR_CORRUPT, "the store's clock is damaged");
	clock->calendar = (int64_t)span_int(v, 0, 8);
	clock->doubted = (int64_t)span_int(v, 8, 8);
	return 0;
}

int
store_put_clock(struct store *store, const struct store_clock *clock, struct error *err)
{
	struct key value = {.len = 0};

	key_add_int(&value, (uint64_t)clock->calendar, 8);
	key_add_int(&value, (uint64_t)clock->doubted, 8);
	if (change_begin(store, err) != 0)
		return -1;
	return change_end(store, put_meta(store, &key_clock, &value, err), err);
}

void
store_size(struct store *store, struct store_size *size)
{
	*size = (struct store_size){.file = 0};
	if (store->kv->engine->size != NULL)
		store->kv->engine->size(store->kv, size);
}
