/*
 * Two tables: `outbox` in the order in which rows are to be worked off, and `touch`,
 * which knows each order's place there and the revision of its last touch.
 */
#include "spoold/store/inner.h"

#define CLASS_RELEASED 0
#define CLASS_OTHER    1

/* Behind the last place of each class. */
int
outbox_open(struct store *s, struct error *err)
{
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	if (s->kv->engine->cursor_open(s->kv, KV_OUTBOX, &c, err) != 0)
		return -1;
	found = s->kv->engine->seek(c, (struct kv_span){NULL, 0}, &k, &v, err);
	for (; found == 1; found = s->kv->engine->next(c, &k, &v, err))
		if (span_int(k, 1, 8) >= s->next_touch)
			s->next_touch = span_int(k, 1, 8) + 1;
	s->kv->engine->cursor_close(c);
	return found;
}

/* 1, 0 or -1. */
static int
touch_of(struct store *s, uint32_t number, struct touch_row *row, struct error *err)
{
	struct key key = key_of_u32(number);
	struct kv_span v;
	int found = kv_get(s->kv, KV_TOUCH, key_span(&key), &v, err);

	if (found == 1)
		touch_row_read(row, v);
	return found;
}

bool
store_outbox_has(struct store *store, uint32_t number)
{
	struct touch_row row;
	struct error ignored;

	return touch_of(store, number, &row, &ignored) == 1;
}

int
outbox_forget(struct store *s, uint32_t number, struct error *err)
{
	struct key key = key_of_u32(number), place;
	struct touch_row row = {0};
	int found = touch_of(s, number, &row, err);

	if (found != 1)
		return found;
	place = outbox_key(&row);
	if (kv_del(s->kv, KV_OUTBOX, key_span(&place), err) != 0)
		return -1;
	return kv_del(s->kv, KV_TOUCH, key_span(&key), err);
}

int
outbox_touch(struct store *s, const struct order *o, struct error *err)
{
	uint8_t class = o->state == ORDER_RELEASED ? CLASS_RELEASED : CLASS_OTHER;
	struct key key = key_of_u32(o->number), place, value;
	struct touch_row row = {0};
	int found = touch_of(s, o->number, &row, err);

	if (found < 0)
		return -1;
	if (found == 1 && row.class != class) {
		place = outbox_key(&row);
		if (kv_del(s->kv, KV_OUTBOX, key_span(&place), err) != 0)
			return -1;
	}
	if (found == 0)
		row.place = s->next_touch++;
	if (found == 0 || row.class != class) {
		row.class = class;
		place = outbox_key(&row);
		if (kv_put(s->kv, KV_OUTBOX, key_span(&place), key_span(&key), err) !=
		    0)
			return -1;
	}
	row.revision = o->revision;
	value = touch_row_value(&row);
	return kv_put(s->kv, KV_TOUCH, key_span(&key), key_span(&value), err);
}

/* Absent and damaged records are passed over: reconcile sees to their jobs. */
int
store_outbox(struct store *store, uint32_t limit, store_visit_fn *visit, void *context,
	     struct error *err)
{
	const struct kv_engine *e = store->kv->engine;
	struct kv_span k, v;
	struct kv_cursor *c;
	struct order o;
	uint32_t visited = 0;
	int found, stop = 0;

	if (e->cursor_open(store->kv, KV_OUTBOX, &c, err) != 0)
		return -1;
	found = e->seek(c, (struct kv_span){NULL, 0}, &k, &v, err);
	for (; found == 1 && !stop; found = e->next(c, &k, &v, err)) {
		if (order_by_number(store, (uint32_t)span_int(v, 0, 4), &o, NULL) != 0)
			continue;
		stop = visit(&o, context) != 0 || ++visited == limit;
		order_clear(&o);
	}
	e->cursor_close(c);
	return found < 0 ? -1 : 0;
}

int
store_outbox_done(struct store *store, const uint8_t uuid[UUID_BYTES],
		  uint64_t revision, struct error *err)
{
	struct error own = {0};
	struct touch_row row = {0};
	uint32_t number;
	int found;

	if (number_by_uuid(store, uuid, &number, &own) != 0) {
		if (own.kind == ERROR_ABSENT)
			return 0;
		if (err != NULL)
			*err = own;
		return -1;
	}
	found = touch_of(store, number, &row, err);
	if (found != 1 || row.revision > revision)
		return found < 0 ? -1 : 0;
	if (change_begin(store, err) != 0)
		return -1;
	return change_end(store, outbox_forget(store, number, err), err);
}
