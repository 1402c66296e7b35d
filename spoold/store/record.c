/*
 * The three changes of a record. Everything that can be refused is asked before the
 * first byte is written; what follows fails only for want of room, as a whole.
 */
#include "spoold/store/inner.h"

int
put_rows(struct store *s, const struct row *rows, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (kv_put(s->kv, rows[i].table, key_span(&rows[i].key),
			   key_span(&rows[i].value), err) != 0)
			return -1;
	return 0;
}

static int
del_rows(struct store *s, const struct row *rows, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (kv_del(s->kv, rows[i].table, key_span(&rows[i].key), err) != 0)
			return -1;
	return 0;
}

/* No other order may have the unique rows. */
static int
check_unique(struct store *s, const struct row *rows, size_t n, uint32_t number,
	     struct error *err)
{
	struct kv_span v;
	int found;

	for (size_t i = 0; i < n; i++) {
		if (!rows[i].unique)
			continue;
		found = kv_get(s->kv, rows[i].table, key_span(&rows[i].key), &v, err);
		if (found < 0)
			return -1;
		if (found == 1 && span_int(v, 0, 4) != number)
			return error_set(err, ERROR_CONFLICT,
					 rows[i].table == KV_CODE
						 ? "another order has this claim code"
						 : "another order has this uuid");
	}
	return 0;
}

static int
check_bodies(struct store *s, const struct order *o, struct error *err)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		if (!order_has_body(&o->documents[i]))
			continue;
		if (body_check_staged(s, &o->documents[i], err) != 0)
			return -1;
		for (uint32_t j = 0; j < i; j++)
			if (memcmp(o->documents[i].body, o->documents[j].body,
				   UUID_BYTES) == 0)
				return error_set(err, ERROR_INPUT,
						 "two documents have the same body");
	}
	return 0;
}

static int
check_insert(struct store *s, const struct order *o, const struct row *rows, size_t n,
	     struct error *err)
{
	struct key key = key_of_u32(o->number);
	struct kv_span v;
	int found;

	if (!order_may_move(ORDER_INCOMING, o->state) || o->state == ORDER_INCOMING)
		return error_set(err, ERROR_CONFLICT, "an order can't begin as %s",
				 order_state_name(o->state));
	if (o->number == 0 || o->number >= s->numbers_end)
		return error_set(err, ERROR_INPUT, "order number %u was not given out",
				 (unsigned)o->number);
	found = kv_get(s->kv, KV_ORDER, key_span(&key), &v, err);
	if (found < 0)
		return -1;
	if (found == 1)
		return error_set(err, ERROR_CONFLICT, "order number %u is taken",
				 (unsigned)o->number);
	if (check_unique(s, rows, n, 0, err) != 0)
		return -1;
	return check_bodies(s, o, err);
}

static int
doom_bodies(struct store *s, const struct order *o, struct error *err)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (order_has_body(&o->documents[i]) &&
		    body_doom(s, o->documents[i].body, err) != 0)
			return -1;
	return 0;
}

static int
write_insert(struct store *s, const struct order *o, const struct row *rows, size_t n,
	     struct error *err)
{
	if (record_put(s, o, err) != 0 || put_rows(s, rows, n, err) != 0 ||
	    usage_count_order(s, o, true, err) != 0 || outbox_touch(s, o, err) != 0)
		return -1;
	s->counts.orders[o->state]++;
	if (order_is_over(o->state))
		return doom_bodies(s, o, err);
	for (uint32_t i = 0; i < o->document_count; i++)
		if (order_has_body(&o->documents[i]) &&
		    body_make_live(s, &o->documents[i], o->number, err) != 0)
			return -1;
	return 0;
}

int
store_insert(struct store *store, struct order *o, struct error *err)
{
	const uint64_t was = o->revision;
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);

	if (check_insert(store, o, rows, n, err) != 0)
		return -1;
	o->revision = 1;
	if (record_encode(store, o, err) == 0 &&
	    store->kv->engine->admit(store->kv, store->record.len, err) == 0 &&
	    change_begin(store, err) == 0 &&
	    change_end(store, write_insert(store, o, rows, n, err), err) == 0)
		return 0;
	o->revision = was;
	return -1;
}

/* What an update may not change. */
static int
check_same(const struct order *old, const struct order *o, struct error *err)
{
	bool same = memcmp(old->uuid, o->uuid, UUID_BYTES) == 0 &&
		    old->document_count == o->document_count;

	for (uint32_t i = 0; same && i < o->document_count; i++) {
		const struct order_document *a = &old->documents[i];
		const struct order_document *b = &o->documents[i];
		same = memcmp(a->body, b->body, UUID_BYTES) == 0 &&
		       a->length == b->length && a->chunks == b->chunks;
	}
	if (same)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "an order's uuid and documents can't be changed");
}

static int
check_update(const struct order *old, const struct order *o, struct error *err)
{
	if (check_same(old, o, err) != 0)
		return -1;
	if (old->revision != o->revision)
		return error_set(err, ERROR_CONFLICT,
				 "order %u was changed in the meantime",
				 (unsigned)o->number);
	if (!order_may_move(old->state, o->state))
		return error_set(err, ERROR_CONFLICT,
				 "order %u is %s: it can't become %s",
				 (unsigned)o->number, order_state_name(old->state),
				 order_state_name(o->state));
	return 0;
}

static const struct row *
same_key(const struct row *row, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].table == row->table &&
		    span_equal(key_span(&rows[i].key), key_span(&row->key)))
			return &rows[i];
	return NULL;
}

/* Rows that are gone are deleted, those that are new or say something else are put. */
static int
change_rows(struct store *s, const struct order *old, const struct order *o,
	    struct error *err)
{
	struct row before[ROWS_MAX], after[ROWS_MAX];
	size_t n = rows_of(old, before), m = rows_of(o, after);

	for (size_t i = 0; i < n; i++)
		if (same_key(&before[i], after, m) == NULL &&
		    del_rows(s, &before[i], 1, err) != 0)
			return -1;
	for (size_t i = 0; i < m; i++) {
		const struct row *was = same_key(&after[i], before, n);
		if (was != NULL &&
		    span_equal(key_span(&was->value), key_span(&after[i].value)))
			continue;
		if (put_rows(s, &after[i], 1, err) != 0)
			return -1;
	}
	return 0;
}

/* Most updates leave it as it is. */
static int
change_usage(struct store *s, const struct order *old, const struct order *o,
	     struct error *err)
{
	if (order_is_over(old->state) == order_is_over(o->state) &&
	    strcmp(old->user, o->user) == 0 && strcmp(old->host, o->host) == 0 &&
	    strcmp(old->printer, o->printer) == 0)
		return 0;
	if (usage_count_order(s, old, false, err) != 0)
		return -1;
	return usage_count_order(s, o, true, err);
}

static int
write_update(struct store *s, const struct order *old, const struct order *o,
	     bool touch, struct error *err)
{
	if (record_put(s, o, err) != 0 || change_rows(s, old, o, err) != 0 ||
	    change_usage(s, old, o, err) != 0)
		return -1;
	s->counts.orders[old->state]--;
	s->counts.orders[o->state]++;
	if (touch && outbox_touch(s, o, err) != 0)
		return -1;
	if (order_is_over(o->state) && !order_is_over(old->state))
		return doom_bodies(s, o, err);
	return 0;
}

static int
update_from(struct store *s, const struct order *old, struct order *o, bool touch,
	    struct error *err)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);

	if (check_update(old, o, err) != 0 ||
	    check_unique(s, rows, n, o->number, err) != 0)
		return -1;
	o->revision++;
	if (record_encode(s, o, err) == 0 && change_begin(s, err) == 0 &&
	    change_end(s, write_update(s, old, o, touch, err), err) == 0)
		return 0;
	o->revision--;
	return -1;
}

int
store_update(struct store *store, struct order *o, bool touch, struct error *err)
{
	struct order old;
	int rc;

	if (order_current(store, o->number, &old, err) != 0)
		return -1;
	rc = update_from(store, &old, o, touch, err);
	order_clear(&old);
	return rc;
}

static int
write_remove(struct store *s, const struct order *o, struct error *err)
{
	struct key key = key_of_u32(o->number);
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);

	if (kv_del(s->kv, KV_ORDER, key_span(&key), err) != 0 ||
	    del_rows(s, rows, n, err) != 0 ||
	    usage_count_order(s, o, false, err) != 0 ||
	    outbox_forget(s, o->number, err) != 0)
		return -1;
	s->counts.orders[o->state]--;
	return order_is_over(o->state) ? 0 : doom_bodies(s, o, err);
}

int
store_remove(struct store *store, const uint8_t uuid[UUID_BYTES], struct error *err)
{
	struct order o;
	int rc = -1;

	if (store_get(store, uuid, &o, err) != 0)
		return -1;
	if (change_begin(store, err) == 0)
		rc = change_end(store, write_remove(store, &o, err), err);
	order_clear(&o);
	return rc;
}
