/*
 * Every invariant of doc/store.7, walked table by table. A row is judged by what its
 * order's record says; where the record is damaged, its rows are passed over, since the
 * record was said already.
 */
#include <stdarg.h>
#include <stdio.h>

#include "lib/seal/seal.h"
#include "spoold/store/inner.h"

#define SENTENCE_MAX 256

struct check {
	struct store *s;
	store_fault_fn *fault;
	void *context;
	struct store_health *health;
	struct store_counts counts;
	uint64_t seen; /* bytes of documents */
	struct error *err;
};

typedef int check_row_fn(struct check *c, struct kv_span key, struct kv_span value);

__attribute__((format(printf, 2, 3))) static void
say(struct check *c, const char *fmt, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	c->health->faults++;
	if (c->fault != NULL)
		c->fault(sentence, c->context);
}

/* Calls check for the rows of a table whose keys begin with prefix. */
static int
each_row(struct check *c, enum kv_table table, struct kv_span prefix,
	 check_row_fn *check)
{
	const struct kv_engine *e = c->s->kv->engine;
	struct kv_cursor *cursor;
	struct kv_span k, v;
	int found;

	if (e->cursor_open(c->s->kv, table, &cursor, c->err) != 0)
		return -1;
	found = e->seek(cursor, prefix, &k, &v, c->err);
	while (found == 1 && k.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(k.data, prefix.data, prefix.len) == 0)) {
		if (check(c, k, v) != 0) {
			found = -1;
			break;
		}
		found = e->next(cursor, &k, &v, c->err);
	}
	e->cursor_close(cursor);
	return found < 0 ? -1 : 0;
}

static int
get(struct check *c, enum kv_table table, const struct key *key, struct kv_span *value)
{
	return kv_get(c->s->kv, table, key_span(key), value, c->err);
}

/* 1 with the order, 0 with what to make of its absence: *damaged, or it is a fault. */
static int
order_of(struct check *c, uint32_t number, struct order *o, bool *damaged)
{
	struct error own;

	*damaged = false;
	if (order_by_number(c->s, number, o, &own) == 0)
		return 1;
	*damaged = own.kind == ERROR_CORRUPT;
	if (own.kind == ERROR_CORRUPT || own.kind == ERROR_ABSENT)
		return 0;
	if (c->err != NULL)
		*c->err = own;
	return -1;
}

static int
check_rows_of(struct check *c, const struct order *o)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);
	struct kv_span v;

	for (size_t i = 0; i < n; i++) {
		int found = get(c, rows[i].table, &rows[i].key, &v);
		if (found < 0)
			return -1;
		if (found == 0 || !span_equal(v, key_span(&rows[i].value)))
			say(c, "order %u has no row in the index '%s'",
			    (unsigned)o->number, kv_table_names[rows[i].table]);
	}
	return 0;
}

static int
check_document(struct check *c, const struct order *o, uint32_t n)
{
	const struct order_document *d = &o->documents[n];
	struct key key = body_row_key(d->body);
	struct body_row row = {0};
	struct kv_span v;
	int found = get(c, KV_BODY, &key, &v);

	if (found < 0)
		return -1;
	if (order_is_over(o->state)) {
		if (found == 1)
			say(c, "order %u is %s and still has document %u",
			    (unsigned)o->number, order_state_name(o->state), n + 1);
		return 0;
	}
	if (o->state == ORDER_CORRUPT)
		return 0; /* that is what the state says */
	if (found == 0 || body_row_read_live(&row, v) != 0 || row.number != o->number ||
	    row.chunks != d->chunks ||
	    row.bytes != d->length + (uint64_t)d->chunks * SEAL_OVERHEAD)
		say(c, "document %u of order %u is not in the store as the record says",
		    n + 1, (unsigned)o->number);
	return 0;
}

static int
check_order(struct check *c, struct kv_span key, struct kv_span value)
{
	uint32_t number = (uint32_t)span_int(key, 0, 4);
	struct error own;
	struct order o;
	int rc;

	if (key.len != 4 || record_read(&o, number, value, &own) != 0) {
		say(c, "%s", key.len != 4 ? "a record has no number" : own.text);
		return 0;
	}
	if (number >= c->s->numbers_end)
		say(c, "order %u has a number that was not given out",
		    (unsigned)number);
	if (o.revision == 0)
		say(c, "order %u has no revision", (unsigned)number);
	rc = check_rows_of(c, &o);
	for (uint32_t i = 0; rc == 0 && i < o.document_count; i++)
		if (order_has_body(&o.documents[i]))
			rc = check_document(c, &o, i);
	order_clear(&o);
	return rc;
}

/* A row of an index: its order must have it. */
static int
check_index_row(struct check *c, enum kv_table table, struct kv_span key,
		struct kv_span value)
{
	uint32_t number = (uint32_t)(value.len == 4 ? span_int(value, 0, 4)
						    : span_int(key, key.len - 4, 4));
	struct row rows[ROWS_MAX];
	struct order o;
	bool damaged, there = false;
	int found = order_of(c, number, &o, &damaged);

	if (found < 0)
		return -1;
	if (found == 0 && damaged)
		return 0;
	for (size_t n = found == 1 ? rows_of(&o, rows) : 0; n > 0 && !there; n--)
		there = rows[n - 1].table == table &&
			span_equal(key_span(&rows[n - 1].key), key) &&
			span_equal(key_span(&rows[n - 1].value), value);
	if (found == 1)
		order_clear(&o);
	if (!there)
		say(c, "the index '%s' has a row that order %u does not have",
		    kv_table_names[table], (unsigned)number);
	return 0;
}

#define CHECK_INDEX(name, table)                                                       \
	static int name(struct check *c, struct kv_span key, struct kv_span value)     \
	{                                                                              \
		return check_index_row(c, table, key, value);                          \
	}
CHECK_INDEX(check_uuid, KV_UUID)
CHECK_INDEX(check_code, KV_CODE)
CHECK_INDEX(check_user, KV_USER)
CHECK_INDEX(check_due, KV_DUE)

static int
check_owner_row(struct check *c, struct kv_span key, struct kv_span value)
{
	struct owner_row row;

	if (owner_row_read(&row, value) == 0 && !order_is_over(row.state))
		c->counts.clear += row.bytes;
	return check_index_row(c, KV_OWNER, key, value);
}

/* States are counted here, so that a damaged record is one fault and not two. */
static int
check_state(struct check *c, struct kv_span key, struct kv_span value)
{
	uint64_t state = span_int(key, 0, 1);

	if (state < ORDER_STATES)
		c->counts.orders[state]++;
	return check_index_row(c, KV_STATE, key, value);
}

static int
count_chunks(struct check *c, struct kv_span body, struct chunks *found)
{
	int rc = body_count_chunks(c->s, body, found, c->err);

	c->health->chunks += found->count;
	c->seen += found->bytes;
	if (c->s->tell != NULL)
		c->s->tell(c->seen, c->s->tell_context);
	return rc;
}

/* Its order must name it. *corrupt: it need not be whole. */
static int
check_owner(struct check *c, struct kv_span body, uint32_t number, bool *corrupt)
{
	bool damaged, named = false;
	struct order o;
	int found = order_of(c, number, &o, &damaged);

	*corrupt = found == 1 && o.state == ORDER_CORRUPT;
	if (found < 0)
		return -1;
	if (found == 0 && damaged)
		return 0;
	for (uint32_t i = 0; found == 1 && i < o.document_count; i++)
		named |= memcmp(o.documents[i].body, body.data, UUID_BYTES) == 0;
	if (found == 1)
		order_clear(&o);
	if (!named)
		say(c, "a document of order %u belongs to no order", (unsigned)number);
	return 0;
}

static int
check_body(struct check *c, struct kv_span key, struct kv_span value)
{
	struct chunks found;
	struct body_row row;
	bool corrupt;

	c->health->bodies++;
	if (key.len != UUID_BYTES || body_row_read_live(&row, value) != 0) {
		say(c, "a document's row is damaged");
		return 0;
	}
	c->counts.bytes += row.bytes;
	if (check_owner(c, key, row.number, &corrupt) != 0 ||
	    count_chunks(c, key, &found) != 0)
		return -1;
	if (corrupt)
		return 0;
	if (found.count != row.chunks || found.bytes != row.bytes || found.gap)
		say(c, "a document of order %u has %u of %u chunks",
		    (unsigned)row.number, found.count, row.chunks);
	if (found.unsound != 0)
		say(c, "a document of order %u has %u damaged chunk%s",
		    (unsigned)row.number, found.unsound, found.unsound == 1 ? "" : "s");
	return 0;
}

static int
check_loose(struct check *c, enum kv_table table, struct kv_span key, uint32_t chunks,
	    const char *what)
{
	static const enum kv_table others[] = {KV_BODY, KV_STAGED};
	struct key k;
	struct chunks found;
	struct kv_span v;
	int there = 0;

	if (key.len != UUID_BYTES) {
		say(c, "the row of a %s document is damaged", what);
		return 0;
	}
	k = key_of_bytes(key.data, key.len);
	for (size_t i = 0; i < 2 && there == 0; i++)
		if (others[i] != table)
			there = get(c, others[i], &k, &v);
	if (there < 0 || count_chunks(c, key, &found) != 0)
		return -1;
	if (there == 1)
		say(c, "a %s document is elsewhere too", what);
	if (found.count != chunks || found.gap)
		say(c, "a %s document has %u of %u chunks", what, found.count, chunks);
	return 0;
}

static int
check_staged(struct check *c, struct kv_span key, struct kv_span value)
{
	struct body_row row;

	c->health->staged++;
	if (body_row_read_staged(&row, value) != 0)
		say(c, "the row of an incoming document is damaged");
	return check_loose(c, KV_STAGED, key, row.chunks, "incoming");
}

static int
check_doomed(struct check *c, struct kv_span key, struct kv_span value)
{
	c->health->doomed++;
	return check_loose(c, KV_DOOMED, key, (uint32_t)span_int(value, 0, 4),
			   "dropped");
}

/* Asked only when there are more chunks than bodies have. */
static int
check_chunk(struct check *c, struct kv_span key, struct kv_span value)
{
	static const enum kv_table tables[] = {KV_BODY, KV_STAGED, KV_DOOMED};
	struct key body = {.len = 0};

	if (key.len == UUID_BYTES + 4)
		key_add_bytes(&body, key.data, UUID_BYTES);
	for (size_t i = 0; body.len != 0 && i < 3; i++) {
		int found = get(c, tables[i], &body, &value);
		if (found != 0)
			return found < 0 ? -1 : 0;
	}
	say(c, "a chunk belongs to no document");
	return 0;
}

static int
check_outbox(struct check *c, struct kv_span key, struct kv_span value)
{
	struct key number = key_of_bytes(value.data, value.len == 4 ? 4 : 0);
	struct touch_row row = {0};
	struct kv_span v;
	struct key place;
	int found = number.len == 4 ? get(c, KV_TOUCH, &number, &v) : 0;

	c->health->outbox++;
	if (found < 0)
		return -1;
	if (found == 1 && touch_row_read(&row, v) == 0) {
		place = outbox_key(&row);
		if (span_equal(key, key_span(&place)))
			return 0;
	}
	say(c, "the outbox has a row that no order touched");
	return 0;
}

static int
check_touch(struct check *c, struct kv_span key, struct kv_span value)
{
	uint32_t number = (uint32_t)span_int(key, 0, 4);
	struct touch_row row;
	struct key place;
	struct kv_span v;
	struct order o;
	bool damaged;
	int found = order_of(c, number, &o, &damaged);

	if (found < 0)
		return -1;
	if (found == 0 && !damaged)
		say(c, "order %u was touched and does not exist", (unsigned)number);
	touch_row_read(&row, value);
	if (found == 1 && row.revision > o.revision)
		say(c, "order %u was touched at a revision that it does not have",
		    (unsigned)number);
	if (found == 1)
		order_clear(&o);
	place = outbox_key(&row);
	found = get(c, KV_OUTBOX, &place, &v);
	if (found < 0)
		return -1;
	if (found == 0 || !span_equal(v, key))
		say(c, "order %u was touched and is not in the outbox",
		    (unsigned)number);
	return 0;
}

/* Every count of use is what the rows of `owner` add up to. */
static int
check_usage(struct check *c)
{
	struct usage_sums sums;
	struct store_usage usage;
	struct kv_span v;
	int found = usage_add_up(c->s, &sums, c->err);

	for (size_t i = 0; i < sums.count && found >= 0; i++) {
		const struct usage_sum *sum = &sums.at[i];
		struct key key = key_of_bytes(sum->key, sum->len);
		found = get(c, KV_USAGE, &key, &v);
		if (found == 0 || usage_read(&usage, v) != 0 ||
		    memcmp(&usage, &sum->usage, sizeof(usage)) != 0)
			say(c, "what %s has in use is counted wrong",
			    sum->key[0] == USAGE_OWNER ? "a customer" : "a printer");
	}
	if (found >= 0 && c->s->kv->engine->entries(c->s->kv, KV_USAGE) > sums.count)
		say(c, "something is counted as in use that nobody has");
	usage_sums_clear(&sums);
	return found < 0 ? -1 : 0;
}

static int
check_counts(struct check *c)
{
	const struct kv_engine *e = c->s->kv->engine;

	for (int state = 0; state < ORDER_STATES; state++)
		if (c->counts.orders[state] != c->s->counts.orders[state])
			say(c, "%llu orders are %s, counted were %llu",
			    (unsigned long long)c->counts.orders[state],
			    order_state_name(state),
			    (unsigned long long)c->s->counts.orders[state]);
	if (c->counts.bytes != c->s->counts.bytes)
		say(c, "documents have %llu bytes, counted were %llu",
		    (unsigned long long)c->counts.bytes,
		    (unsigned long long)c->s->counts.bytes);
	if (c->counts.clear != c->s->counts.clear)
		say(c, "orders have %llu bytes in clear, counted were %llu",
		    (unsigned long long)c->counts.clear,
		    (unsigned long long)c->s->counts.clear);
	if (c->health->chunks == e->entries(c->s->kv, KV_CHUNK))
		return 0;
	return each_row(c, KV_CHUNK, (struct kv_span){NULL, 0}, check_chunk);
}

void
store_tell_progress(struct store *store, store_progress_fn *tell, void *context)
{
	store->tell = tell;
	store->tell_context = context;
}

static void
say_of_tree(const char *sentence, void *context)
{
	say(context, "%s", sentence);
}

static int
check_tree(struct check *c)
{
	const struct kv_engine *e = c->s->kv->engine;
	uint64_t faults;

	return e->tree != NULL
		       ? e->tree(c->s->kv, say_of_tree, c, NULL, &faults, c->err)
		       : 0;
}

int
store_check(struct store *store, store_fault_fn *fault, void *context,
	    struct store_health *health, struct error *err)
{
	static const struct {
		enum kv_table table;
		check_row_fn *check;
	} steps[] = {
		{KV_ORDER, check_order},     {KV_UUID, check_uuid},
		{KV_CODE, check_code},	     {KV_USER, check_user},
		{KV_OWNER, check_owner_row}, {KV_STATE, check_state},
		{KV_DUE, check_due},	     {KV_BODY, check_body},
		{KV_STAGED, check_staged},   {KV_DOOMED, check_doomed},
		{KV_OUTBOX, check_outbox},   {KV_TOUCH, check_touch},
	};
	struct check c = {.s = store,
			  .fault = fault,
			  .context = context,
			  .health = health,
			  .err = err};

	memset(health, 0, sizeof(*health));
	if (store->format != STORE_FORMAT)
		return error_set(err, ERROR_INPUT,
				 "the store has format %u, which its owner changes to "
				 "%d when it is opened: start spoold once",
				 store->format, STORE_FORMAT);
	if (check_tree(&c) != 0)
		return -1;
	if (health->faults != 0)
		return 0; /* where the tree can't be trusted, no row can */
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (each_row(&c, steps[i].table, (struct kv_span){NULL, 0},
			     steps[i].check) != 0)
			return -1;
	if (check_usage(&c) != 0 || check_counts(&c) != 0)
		return -1;
	memcpy(health->orders, c.counts.orders, sizeof(health->orders));
	health->bytes = c.counts.bytes;
	health->clear = c.counts.clear;
	health->room = store->kv->engine->room(store->kv);
	return 0;
}
