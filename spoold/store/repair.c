/*
 * Setting right what a damaged disk left behind, without guessing: indexes follow the
 * records, bodies that nobody names go, an order whose documents are not whole becomes
 * corrupt, a record that can't be read is set aside (aside.c).
 */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "spoold/store/sweep.h"

#define SENTENCE_MAX 256
#define REPAIR_TURN  64 /* changes before a flush */

struct repair {
	struct store *s;
	store_fault_fn *fault;
	void *context;
	uint64_t repaired;
	struct store_counts counts;
	struct usage_sums sums;
	struct error *err;
};

__attribute__((format(printf, 2, 3))) static void
say(struct repair *r, const char *fmt, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	r->repaired++;
	if (r->fault != NULL)
		r->fault(sentence, r->context);
}

static int
end_fix(struct repair *r, int rc, struct error *err)
{
	rc = change_end(r->s, rc, err);
	if (rc == 0 && r->repaired % REPAIR_TURN == 0)
		rc = store_flush(r->s, err);
	return rc;
}

static int
put_row(struct repair *r, enum kv_table table, const struct key *key,
	const struct key *value, struct error *err)
{
	if (change_begin(r->s, err) != 0)
		return -1;
	return end_fix(r, kv_put(r->s->kv, table, key_span(key), key_span(value), err),
		       err);
}

static int
del_row(struct repair *r, enum kv_table table, const struct key *key, struct error *err)
{
	if (change_begin(r->s, err) != 0)
		return -1;
	return end_fix(r, kv_del(r->s->kv, table, key_span(key), err), err);
}

static int
fix_rows(struct repair *r, const struct order *o, struct error *err)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);
	struct kv_span v;

	for (size_t i = 0; i < n; i++) {
		int found = kv_get(r->s->kv, rows[i].table, key_span(&rows[i].key), &v,
				   err);
		if (found < 0)
			return -1;
		if (found == 1 && span_equal(v, key_span(&rows[i].value)))
			continue;
		say(r, "order %u gets its row in the index '%s' again",
		    (unsigned)o->number, kv_table_names[rows[i].table]);
		if (put_row(r, rows[i].table, &rows[i].key, &rows[i].value, err) != 0)
			return -1;
	}
	return 0;
}

/* 1 whole, 0 not, -1. The chunks tell, the body's row follows. */
static int
make_whole(struct repair *r, const struct order *o, uint32_t document,
	   struct error *err)
{
	const struct order_document *d = &o->documents[document - 1];
	const struct body_row row = {.number = o->number,
				     .chunks = d->chunks,
				     .bytes = d->length +
					      (uint64_t)d->chunks * SEAL_OVERHEAD};
	struct key key = body_row_key(d->body), value = body_row_live(&row);
	struct chunks found;
	struct kv_span v;
	int there;

	if (body_count_chunks(r->s, key_span(&key), &found, err) != 0)
		return -1;
	if (found.count != d->chunks || found.unsound != 0 || found.gap ||
	    found.bytes != row.bytes)
		return 0;
	there = kv_get(r->s->kv, KV_BODY, key_span(&key), &v, err);
	if (there < 0 || (there == 1 && span_equal(v, key_span(&value))))
		return there;
	say(r, "document %u of order %u gets its row again", (unsigned)document,
	    (unsigned)o->number);
	return put_row(r, KV_BODY, &key, &value, err) == 0 ? 1 : -1;
}

static int
make_corrupt(struct repair *r, struct order *o, uint32_t document, struct error *err)
{
	say(r, "order %u becomes corrupt: document %u is not whole",
	    (unsigned)o->number, (unsigned)document);
	o->state = ORDER_CORRUPT;
	o->changed = o->ended = time(NULL);
	text_copy(o->reason, sizeof(o->reason), "job-data-insufficient");
	text_copy(o->message, sizeof(o->message),
		  "a document was damaged on the disk; the order can't be produced");
	return store_update(r->s, o, true, err);
}

static int
fix_documents(struct repair *r, struct order *o, struct error *err)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		int whole = order_is_over(o->state) || o->state == ORDER_CORRUPT ||
					    !order_has_body(&o->documents[i])
				    ? 1
				    : make_whole(r, o, i + 1, err);
		if (whole < 0)
			return -1;
		if (whole == 0)
			return make_corrupt(r, o, i + 1, err);
	}
	return 0;
}

/* A sound record under a number that is not its own: 1 when it was moved to its own, 0 if it
 * is no such one. */
static int
move_home(struct repair *r, const struct key *key, struct error *err)
{
	struct kv_span value, other;
	struct key own;
	struct order o;
	int rc = kv_get(r->s->kv, KV_ORDER, key_span(key), &value, err);

	if (rc != 1 || record_read_any(&o, value, NULL) != 0)
		return rc < 0 ? -1 : 0;
	own = key_of_u32(o.number);
	rc = span_equal(key_span(&own), key_span(key))
		     ? 1
		     : kv_get(r->s->kv, KV_ORDER, key_span(&own), &other, err);
	if (rc == 0) {
		say(r, "the record of order %u was under another number",
		    (unsigned)o.number);
		rc = change_begin(r->s, err);
		if (rc == 0 && (rc = record_encode(r->s, &o, err)) == 0)
			rc = record_put(r->s, &o, err);
		if (rc == 0)
			rc = kv_del(r->s->kv, KV_ORDER, key_span(key), err);
		rc = end_fix(r, rc, err);
		rc = rc == 0 ? 1 : -1;
	} else if (rc == 1) {
		rc = 0;
	}
	order_clear(&o);
	return rc;
}

static int
fix_place(void *context, const struct key *key, const struct key *value,
	  struct error *err)
{
	(void)value;
	return move_home(context, key, err) < 0 ? -1 : 0;
}

/* Both indexes know the order, and there is no record: it must not be forgotten. */
struct lost {
	struct repair *r;
	uint32_t number;
	bool known;
};

static int
is_known(void *context, const struct key *key, const struct key *value,
	 struct error *err)
{
	struct lost *l = context;

	(void)key;
	(void)err;
	l->known |= value->len == 4 && span_int(key_span(value), 0, 4) == l->number;
	return 0;
}

static int
fix_lost(void *context, const struct key *key, const struct key *value,
	 struct error *err)
{
	static const uint8_t nothing[STORE_SUM_BYTES] = "record is gone";
	struct repair *r = context;
	struct lost l = {.r = r, .number = number_of_row(key, value)};
	struct key number = key_of_u32(l.number);
	struct kv_span v;
	int found = kv_get(r->s->kv, KV_ORDER, key_span(&number), &v, err);

	if (found != 0 || key->len != 5 || order_is_over(key->bytes[0]))
		return found < 0 ? -1 : 0;
	if (sweep(r->s, KV_UUID, is_known, &l, err) != 0)
		return -1;
	if (!l.known)
		return 0;
	say(r, "order %u becomes corrupt: its record is gone", (unsigned)l.number);
	if (change_begin(r->s, err) != 0 ||
	    end_fix(r,
		    kv_put(r->s->kv, KV_ORDER, key_span(&number),
			   (struct kv_span){nothing, sizeof(nothing)}, err),
		    err) != 0)
		return -1;
	return store_set_aside(r->s, l.number, err);
}

/* A record that can't be read, under a number that was never given out and that no order's name
 * leads to: the number is damaged, too. What there is of it is kept; its own order has been
 * found lost. 1 if it was so, 0, -1. */
static int
drop_strange(struct repair *r, uint32_t number, const struct key *key,
	     struct error *err)
{
	struct lost l = {.r = r, .number = number};
	struct kv_span v;
	struct buf raw;
	int rc;

	if (number < r->s->numbers_end)
		return 0;
	if (sweep(r->s, KV_UUID, is_known, &l, err) != 0)
		return -1;
	if (l.known)
		return 0;
	say(r, "a damaged record under number %u, which no order has, goes aside",
	    (unsigned)number);
	buf_init(&raw, ORDER_RECORD_MAX);
	rc = change_begin(r->s, err);
	if (rc == 0)
		rc = kv_get(r->s->kv, KV_ORDER, key_span(key), &v, err) == 1
			     ? buf_append(&raw, v.data, v.len, err)
			     : -1;
	if (rc == 0)
		rc = kv_put(r->s->kv, KV_DAMAGED, key_span(key),
			    (struct kv_span){raw.data, raw.len}, err);
	if (rc == 0)
		rc = kv_del(r->s->kv, KV_ORDER, key_span(key), err);
	rc = end_fix(r, rc, err);
	buf_clear(&raw);
	return rc == 0 ? 1 : -1;
}

static int
fix_order(void *context, const struct key *key, const struct key *value,
	  struct error *err)
{
	struct repair *r = context;
	uint32_t number = (uint32_t)span_int(key_span(key), 0, 4);
	struct error own = {0};
	struct order o;
	int rc;

	(void)value;
	if (key->len != 4) {
		say(r, "a record without a number goes");
		return del_row(r, KV_ORDER, key, err);
	}
	if (order_by_number(r->s, number, &o, &own) != 0) {
		if (own.kind != ERROR_CORRUPT)
			return error_set(err, own.kind, "%s", own.text);
		rc = drop_strange(r, number, key, err);
		if (rc != 0)
			return rc < 0 ? -1 : 0;
		say(r, "order %u becomes corrupt: its record is damaged, and set aside",
		    (unsigned)number);
		return store_set_aside(r->s, number, err);
	}
	rc = 0;
	if (number >= r->s->numbers_end) {
		say(r, "numbers up to that of order %u count as given out",
		    (unsigned)number);
		rc = numbers_skip_to(r->s, number, err);
	}
	if (rc == 0)
		rc = fix_rows(r, &o, err);
	if (rc == 0)
		rc = fix_documents(r, &o, err);
	order_clear(&o);
	return rc;
}

static int
fix_index_row(struct repair *r, enum kv_table table, const struct key *key,
	      const struct key *value, struct error *err)
{
	struct row rows[ROWS_MAX];
	struct error own = {0};
	struct order o;
	bool there = false;

	if (order_by_number(r->s, number_of_row(key, value), &o, &own) == 0) {
		for (size_t n = rows_of(&o, rows); n > 0 && !there; n--)
			there = rows[n - 1].table == table &&
				span_equal(key_span(&rows[n - 1].key), key_span(key));
		order_clear(&o);
	} else if (own.kind != ERROR_ABSENT) {
		return error_set(err, own.kind, "%s", own.text);
	}
	if (there)
		return 0;
	say(r, "a row in the index '%s' that no order has goes", kv_table_names[table]);
	return del_row(r, table, key, err);
}

#define FIX_INDEX(name, table)                                                         \
	static int name(void *context, const struct key *key, const struct key *value, \
			struct error *err)                                             \
	{                                                                              \
		return fix_index_row(context, table, key, value, err);                 \
	}
FIX_INDEX(fix_uuid, KV_UUID)
FIX_INDEX(fix_code, KV_CODE)
FIX_INDEX(fix_user, KV_USER)
FIX_INDEX(fix_owner, KV_OWNER)
FIX_INDEX(fix_due, KV_DUE)

static int
fix_state(void *context, const struct key *key, const struct key *value,
	  struct error *err)
{
	struct repair *r = context;
	struct kv_span v;

	if (fix_index_row(r, KV_STATE, key, value, err) != 0)
		return -1;
	if (kv_get(r->s->kv, KV_STATE, key_span(key), &v, err) == 1)
		r->counts.orders[key->bytes[0]]++;
	return 0;
}

/* 1 when the order that the row names has that document and still needs it. */
static int
is_needed(struct store *s, const struct key *body, uint32_t number, struct error *err)
{
	struct error own = {0};
	struct order o;
	int needed = 0;

	if (order_by_number(s, number, &o, &own) != 0) {
		if (own.kind == ERROR_ABSENT)
			return 0;
		return error_set(err, own.kind, "%s", own.text);
	}
	for (uint32_t i = 0; i < o.document_count && !order_is_over(o.state); i++)
		needed |= memcmp(o.documents[i].body, body->bytes, UUID_BYTES) == 0;
	order_clear(&o);
	return needed;
}

static int
fix_body(void *context, const struct key *key, const struct key *value,
	 struct error *err)
{
	struct repair *r = context;
	struct body_row row = {0};
	int needed = 0;

	if (key->len == UUID_BYTES && body_row_read_live(&row, key_span(value)) == 0)
		needed = is_needed(r->s, key, row.number, err);
	if (needed < 0)
		return -1;
	if (needed) {
		r->counts.bytes += row.bytes;
		return 0;
	}
	say(r, "a document that no order needs goes");
	return del_row(r, KV_BODY, key, err); /* its chunks go as nobody's */
}

/* Of a document that was dropped, or had not arrived: nobody waits for it, so where its
 * chunks are not those that its row tells of, the row goes, and they as nobody's. */
static int
fix_loose(struct repair *r, enum kv_table table, const struct key *key,
	  const struct key *value, struct error *err)
{
	bool is_row = key->len == UUID_BYTES && value->len >= 4;
	struct chunks found = {0};

	if (is_row && body_count_chunks(r->s, key_span(key), &found, err) != 0)
		return -1;
	if (is_row && !found.gap && found.count == span_int(key_span(value), 0, 4))
		return 0;
	say(r, "what is left of a document that nobody waits for goes");
	return del_row(r, table, key, err);
}

static int
fix_staged(void *context, const struct key *key, const struct key *value,
	   struct error *err)
{
	return fix_loose(context, KV_STAGED, key, value, err);
}

static int
fix_doomed(void *context, const struct key *key, const struct key *value,
	   struct error *err)
{
	return fix_loose(context, KV_DOOMED, key, value, err);
}

/* Chunks of no body, and those behind the end of one. */
static int
fix_chunk(void *context, const struct key *key, const struct key *value,
	  struct error *err)
{
	static const enum kv_table tables[] = {KV_BODY, KV_STAGED, KV_DOOMED};
	struct repair *r = context;
	struct key body = {.len = 0};
	struct kv_span v;

	(void)value;
	if (key->len == UUID_BYTES + 4)
		key_add_bytes(&body, key->bytes, UUID_BYTES);
	for (size_t i = 0; body.len != 0 && i < 3; i++) {
		int found = kv_get(r->s->kv, tables[i], key_span(&body), &v, err);
		if (found < 0)
			return -1;
		if (found == 1 &&
		    span_int(key_span(key), UUID_BYTES, 4) < span_int(v, 0, 4))
			return 0;
	}
	say(r, "a chunk that no document has goes");
	return del_row(r, KV_CHUNK, key, err);
}

static int
fix_outbox(void *context, const struct key *key, const struct key *value,
	   struct error *err)
{
	struct repair *r = context;
	struct touch_row row = {0};
	struct key place;
	struct kv_span v;
	int found = kv_get(r->s->kv, KV_TOUCH, key_span(value), &v, err);

	if (found < 0)
		return -1;
	if (found == 1 && touch_row_read(&row, v) == 0) {
		place = outbox_key(&row);
		if (span_equal(key_span(&place), key_span(key)))
			return 0;
	}
	say(r, "a row of the outbox that no order touched goes");
	return del_row(r, KV_OUTBOX, key, err);
}

/* The touch of an order has its row in the outbox, and tells of no later record than there
 * is. 1, 0 or -1. */
static int
is_touched_well(struct repair *r, const struct order *o, const struct key *value,
		struct error *err)
{
	struct key number = key_of_u32(o->number), place;
	struct touch_row row;
	struct kv_span v;
	int found;

	if (touch_row_read(&row, key_span(value)) != 0 || row.revision > o->revision)
		return 0;
	place = outbox_key(&row);
	found = kv_get(r->s->kv, KV_OUTBOX, key_span(&place), &v, err);
	return found == 1 ? span_equal(v, key_span(&number)) : found;
}

/* At a place of its own: the one that the row tells may be another order's. */
static int
touch_anew(struct repair *r, const struct order *o, const struct key *key,
	   struct error *err)
{
	int rc = change_begin(r->s, err);

	say(r, "order %u goes into the outbox again", (unsigned)o->number);
	if (rc == 0)
		rc = kv_del(r->s->kv, KV_TOUCH, key_span(key), err);
	if (rc == 0)
		rc = outbox_touch(r->s, o, err);
	return end_fix(r, rc, err);
}

static int
fix_touch(void *context, const struct key *key, const struct key *value,
	  struct error *err)
{
	struct repair *r = context;
	uint32_t number = (uint32_t)span_int(key_span(key), 0, 4);
	struct error own = {.kind = ERROR_ABSENT};
	struct order o;
	int rc;

	if (key->len != 4 || order_by_number(r->s, number, &o, &own) != 0) {
		if (own.kind != ERROR_ABSENT)
			return error_set(err, own.kind, "%s", own.text);
		say(r, "a touch of no order goes");
		return del_row(r, KV_TOUCH, key, err);
	}
	rc = is_touched_well(r, &o, value, err);
	if (rc == 0)
		rc = touch_anew(r, &o, key, err);
	order_clear(&o);
	return rc < 0 ? -1 : 0;
}

/* Rows of `usage` that nobody's orders add up to. */
static int
fix_unused(void *context, const struct key *key, const struct key *value,
	   struct error *err)
{
	struct repair *r = context;

	(void)value;
	if (usage_sum_of(&r->sums, key_span(key)) != NULL)
		return 0;
	say(r, "a count of what nobody has in use goes");
	return del_row(r, KV_USAGE, key, err);
}

static int
fix_usage(struct repair *r, struct error *err)
{
	struct kv_span v;
	int rc = usage_add_up(r->s, &r->sums, err);

	for (size_t i = 0; i < r->sums.count && rc == 0; i++) {
		const struct usage_sum *sum = &r->sums.at[i];
		struct key key = key_of_bytes(sum->key, sum->len);
		struct key value = usage_value(&sum->usage);
		int found = kv_get(r->s->kv, KV_USAGE, key_span(&key), &v, err);
		r->counts.clear += sum->key[0] == USAGE_OWNER ? sum->usage.bytes : 0;
		if (found < 0)
			rc = -1;
		if (found < 0 || (found == 1 && span_equal(v, key_span(&value))))
			continue;
		say(r, "what %s has in use is counted anew",
		    sum->key[0] == USAGE_OWNER ? "a customer" : "a printer");
		rc = put_row(r, KV_USAGE, &key, &value, err);
	}
	if (rc == 0)
		rc = sweep(r->s, KV_USAGE, fix_unused, r, err);
	usage_sums_clear(&r->sums);
	return rc;
}

static int
fix_counts(struct repair *r, struct error *err)
{
	if (memcmp(&r->counts, &r->s->counts, sizeof(r->counts)) == 0)
		return 0;
	say(r, "the counts of orders and bytes are made anew");
	if (change_begin(r->s, err) != 0)
		return -1;
	r->s->counts = r->counts;
	return change_end(r->s, 0, err);
}

int
store_repair(struct store *store, store_fault_fn *fault, void *context,
	     uint64_t *repaired, struct error *err)
{
	static const struct {
		enum kv_table table;
		step_fn *step;
	} steps[] = {
		{KV_ORDER, fix_place}, {KV_STATE, fix_lost},	{KV_ORDER, fix_order},
		{KV_UUID, fix_uuid},   {KV_CODE, fix_code},	{KV_USER, fix_user},
		{KV_OWNER, fix_owner}, {KV_STATE, fix_state},	{KV_DUE, fix_due},
		{KV_BODY, fix_body},   {KV_STAGED, fix_staged}, {KV_DOOMED, fix_doomed},
		{KV_CHUNK, fix_chunk}, {KV_TOUCH, fix_touch},	{KV_OUTBOX, fix_outbox},
	};
	struct repair r = {.s = store, .fault = fault, .context = context};
	int rc = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == 0; i++)
		rc = sweep(store, steps[i].table, steps[i].step, &r, err);
	if (rc == 0)
		rc = fix_usage(&r, err);
	if (rc == 0)
		rc = fix_counts(&r, err);
	if (rc == 0)
		rc = store_flush(store, err);
	*repaired = r.repaired;
	return rc;
}
