/*
 * Finding orders. A cursor's place stays valid through a visit, since a visit changes
 * nothing.
 */
#include "spoold/store/inner.h"

static void
remember_damaged(struct store *s, uint32_t number)
{
	for (size_t i = 0; i < s->damaged_count; i++)
		if (s->damaged[i] == number)
			return;
	if (s->damaged_count < STORE_DAMAGED_MAX)
		s->damaged[s->damaged_count++] = number;
}

void
forget_damaged(struct store *s, uint32_t number)
{
	size_t left = 0;

	for (size_t i = 0; i < s->damaged_count; i++)
		if (s->damaged[i] != number)
			s->damaged[left++] = s->damaged[i];
	s->damaged_count = left;
}

static int
read_or_remember(struct store *s, uint32_t number, struct kv_span value,
		 struct order *o, struct error *err)
{
	struct error own;

	if (record_read(o, number, value, &own) == 0)
		return 0;
	if (own.kind == ERROR_CORRUPT)
		remember_damaged(s, number);
	if (err != NULL)
		*err = own;
	return -1;
}

int
order_by_number(struct store *s, uint32_t number, struct order *o, struct error *err)
{
	struct key key = key_of_u32(number);
	struct kv_span v;
	int found = kv_get(s->kv, KV_ORDER, key_span(&key), &v, err);

	order_init(o);
	if (found < 0)
		return -1;
	if (found == 0)
		return error_set(err, ERROR_ABSENT, "there is no order %u",
				 (unsigned)number);
	return read_or_remember(s, number, v, o, err);
}

/* A bit that turned over in the tree may lead to what a record was some turns ago, with a
 * good sum: an order that was made would be waiting again. The index of states lies on other
 * pages. */
int
order_current(struct store *s, uint32_t number, struct order *o, struct error *err)
{
	struct key key = {.len = 0};
	struct kv_span v;
	int found;

	if (order_by_number(s, number, o, err) != 0)
		return -1;
	key_add_int(&key, o->state, 1);
	key_add_int(&key, number, 4);
	found = kv_get(s->kv, KV_STATE, key_span(&key), &v, err);
	if (found == 1)
		return 0;
	order_clear(o);
	if (found < 0)
		return -1;
	return error_set(err, ERROR_CORRUPT,
			 "the record of order %u and the index of states disagree",
			 (unsigned)number);
}

static int
number_by_row(struct store *s, enum kv_table table, const struct key *key,
	      uint32_t *number, struct error *err)
{
	struct kv_span v;
	int found = kv_get(s->kv, table, key_span(key), &v, err);

	*number = 0;
	if (found < 0)
		return -1;
	if (found == 0)
		return error_set(err, ERROR_ABSENT, "there is no such order");
	if (v.len != 4)
		return error_set(err, ERROR_CORRUPT, "an index row is damaged");
	*number = (uint32_t)span_int(v, 0, 4);
	return 0;
}

int
number_by_uuid(struct store *s, const uint8_t uuid[UUID_BYTES], uint32_t *number,
	       struct error *err)
{
	struct key key = key_of_bytes(uuid, UUID_BYTES);

	return number_by_row(s, KV_UUID, &key, number, err);
}

/* Rows of an index have no sum of their own: what one leads to must be what it says, else
 * a bit that turned over on the disk would hand out another's order. */
static bool
row_fits(const struct order *o, enum kv_table table, struct kv_span k)
{
	switch (table) {
	case KV_UUID:
		return span_equal(k, (struct kv_span){o->uuid, UUID_BYTES});
	case KV_CODE:
		return span_equal(k, (struct kv_span){o->key, ORDER_KEY_BYTES});
	case KV_USER:
		return memcmp(k.data, o->user_key, ORDER_KEY_BYTES) == 0;
	case KV_STATE:
		return span_int(k, 0, 1) == o->state;
	case KV_DUE:
		return span_int(k, 0, 8) == ((uint64_t)o->due ^ 1ull << 63);
	default:
		return true;
	}
}

/* An index row leads to its order, or is a fault. */
static int
order_by_row(struct store *s, enum kv_table table, const struct key *key,
	     struct order *o, struct error *err)
{
	struct error own;
	uint32_t number;

	order_init(o);
	if (number_by_row(s, table, key, &number, err) != 0)
		return -1;
	if (order_current(s, number, o, &own) == 0) {
		if (row_fits(o, table, key_span(key)))
			return 0;
		order_clear(o);
		return error_set(err, ERROR_CORRUPT,
				 "an index row leads to another order, %u",
				 (unsigned)number);
	}
	if (own.kind == ERROR_ABSENT)
		own.kind = ERROR_CORRUPT;
	if (err != NULL)
		*err = own;
	return -1;
}

int
store_get(struct store *store, const uint8_t uuid[UUID_BYTES], struct order *o,
	  struct error *err)
{
	struct key key = key_of_bytes(uuid, UUID_BYTES);

	return order_by_row(store, KV_UUID, &key, o, err);
}

int
store_get_number(struct store *store, uint32_t number, struct order *o,
		 struct error *err)
{
	return order_current(store, number, o, err);
}

int
store_get_key(struct store *store, const uint8_t key[ORDER_KEY_BYTES], struct order *o,
	      struct error *err)
{
	struct key k = key_of_bytes(key, ORDER_KEY_BYTES);

	return order_by_row(store, KV_CODE, &k, o, err);
}

/* A walk over index rows whose keys begin with `prefix` (or, with `until`, are not
 * behind it) and end with an order number. */
struct walk {
	enum kv_table table;
	struct key from;	 /* where it starts */
	struct key prefix;	 /* .len 0: none */
	const struct key *until; /* compared over its length; NULL: none */
	uint32_t limit;
	store_visit_fn *visit;
	void *context;
};

static bool
inside(const struct walk *w, struct kv_span k)
{
	if (k.len < 4 || k.len < w->prefix.len ||
	    memcmp(k.data, w->prefix.bytes, w->prefix.len) != 0)
		return false;
	return w->until == NULL ||
	       (k.len >= w->until->len &&
		memcmp(k.data, w->until->bytes, w->until->len) <= 0);
}

/* The order that the row belongs to: rows of KV_ORDER are it. */
static int
order_at(struct store *s, const struct walk *w, struct kv_span k, struct kv_span v,
	 struct order *o)
{
	uint32_t number = (uint32_t)span_int(k, k.len - 4, 4);

	if (w->table == KV_ORDER)
		return read_or_remember(s, number, v, o, NULL);
	return order_current(s, number, o, NULL);
}

static int
walk(struct store *s, const struct walk *w, struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	uint32_t visited = 0;
	struct kv_span k, v;
	struct kv_cursor *c;
	struct order o;
	int found, stop = 0;

	if (e->cursor_open(s->kv, w->table, &c, err) != 0)
		return -1;
	found = e->seek(c, key_span(&w->from), &k, &v, err);
	for (; found == 1 && !stop && inside(w, k); found = e->next(c, &k, &v, err)) {
		if (order_at(s, w, k, v, &o) != 0)
			continue;
		if (!row_fits(&o, w->table, k)) {
			order_clear(&o);
			continue;
		}
		stop = w->visit(&o, w->context) != 0 || ++visited == w->limit;
		order_clear(&o);
	}
	e->cursor_close(c);
	return found < 0 ? -1 : 0;
}

int
store_scan_user_key(struct store *store, const uint8_t key[ORDER_KEY_BYTES],
		    store_visit_fn *visit, void *context, struct error *err)
{
	struct walk w = {.table = KV_USER,
			 .from = key_of_bytes(key, ORDER_KEY_BYTES),
			 .prefix = key_of_bytes(key, ORDER_KEY_BYTES),
			 .visit = visit,
			 .context = context};

	return walk(store, &w, err);
}

int
store_scan_user(struct store *store, const char *user, uint32_t after, uint32_t limit,
		store_visit_fn *visit, void *context, struct error *err)
{
	struct walk w = {.table = KV_OWNER,
			 .prefix = owner_key(user),
			 .limit = limit,
			 .visit = visit,
			 .context = context};

	if (after == UINT32_MAX)
		return 0;
	w.from = w.prefix;
	key_add_int(&w.from, after + 1, 4);
	return walk(store, &w, err);
}

int
store_scan(struct store *store, enum order_state state, uint32_t after, uint32_t limit,
	   store_visit_fn *visit, void *context, struct error *err)
{
	struct walk w = {.table = state == 0 ? KV_ORDER : KV_STATE,
			 .limit = limit,
			 .visit = visit,
			 .context = context};

	if (after == UINT32_MAX)
		return 0;
	if (state != 0)
		key_add_int(&w.prefix, state, 1);
	w.from = w.prefix;
	key_add_int(&w.from, after + 1, 4);
	return walk(store, &w, err);
}

int
store_scan_due(struct store *store, int64_t now, const struct store_due *after,
	       uint32_t limit, store_visit_fn *visit, void *context, struct error *err)
{
	struct key until = {.len = 0};
	struct walk w = {.table = KV_DUE,
			 .until = &until,
			 .limit = limit,
			 .visit = visit,
			 .context = context};

	key_add_time(&until, now);
	if (after != NULL) {
		key_add_time(&w.from, after->due);
		key_add_int(&w.from, (uint64_t)after->number + 1, 4);
	}
	return walk(store, &w, err);
}
