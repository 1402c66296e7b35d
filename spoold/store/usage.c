/*
 * What each owner and each printer has alive: a row each, changed in the transaction that
 * changes the order, so that a quota is looked up and never counted.
 *
 * The rows follow those of `owner`, which say all that is needed; so even an order whose
 * record is damaged is taken out of them exactly.
 */
#include <stdlib.h>

#include "spoold/store/inner.h"

#define SUMS_FIRST 1024

struct key
usage_value(const struct store_usage *usage)
{
	struct key k = {.len = 0};

	key_add_int(&k, usage->orders, 8);
	key_add_int(&k, usage->bytes, 8);
	return k;
}

int
usage_read(struct store_usage *usage, struct kv_span value)
{
	*usage = (struct store_usage){.orders = span_int(value, 0, 8),
				      .bytes = span_int(value, 8, 8)};
	return value.len == 16 ? 0 : -1;
}

/* The two rows that an order of that row of `owner` counts in; false: in none. */
static bool
keys_of(struct kv_span key, const struct owner_row *row, struct key *owner,
	struct key *printer)
{
	if (key.len != USER_BYTES + 4 || order_is_over(row->state))
		return false;
	*owner = (struct key){.bytes = {USAGE_OWNER}, .len = 1};
	key_add_bytes(owner, key.data, USER_BYTES);
	key_add_bytes(owner, row->host, HOST_BYTES);
	*printer = (struct key){.bytes = {USAGE_PRINTER}, .len = 1};
	key_add_bytes(printer, row->printer, HOST_BYTES);
	return true;
}

/* A count that would fall below nothing was wrong before: store_check says so. */
static uint64_t
less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

static int
count_in(struct store *s, const struct key *key, uint64_t bytes, bool add,
	 struct error *err)
{
	struct store_usage usage = {0};
	struct kv_span v;
	struct key value;
	int found = kv_get(s->kv, KV_USAGE, key_span(key), &v, err);

	if (found < 0)
		return -1;
	if (found == 1)
		usage_read(&usage, v);
	usage.orders = add ? usage.orders + 1 : less(usage.orders, 1);
	usage.bytes = add ? usage.bytes + bytes : less(usage.bytes, bytes);
	if (usage.orders == 0)
		return kv_del(s->kv, KV_USAGE, key_span(key), err);
	value = usage_value(&usage);
	return kv_put(s->kv, KV_USAGE, key_span(key), key_span(&value), err);
}

int
usage_count(struct store *s, struct kv_span key, struct kv_span value, bool add,
	    struct error *err)
{
	struct key owner, printer;
	struct owner_row row;

	if (owner_row_read(&row, value) != 0 || !keys_of(key, &row, &owner, &printer))
		return 0;
	s->counts.clear =
		add ? s->counts.clear + row.bytes : less(s->counts.clear, row.bytes);
	if (count_in(s, &owner, row.bytes, add, err) != 0)
		return -1;
	return count_in(s, &printer, row.bytes, add, err);
}

int
usage_count_order(struct store *s, const struct order *o, bool add, struct error *err)
{
	struct row rows[ROWS_MAX];

	for (size_t n = rows_of(o, rows); n > 0; n--)
		if (rows[n - 1].table == KV_OWNER)
			return usage_count(s, key_span(&rows[n - 1].key),
					   key_span(&rows[n - 1].value), add, err);
	return 0;
}

static int
usage_of(struct store *s, const struct key *key, struct store_usage *usage,
	 struct error *err)
{
	struct kv_span v;
	int found = kv_get(s->kv, KV_USAGE, key_span(key), &v, err);

	*usage = (struct store_usage){0};
	if (found != 1)
		return found;
	if (usage_read(usage, v) != 0)
		return error_set(err, ERROR_CORRUPT, "a row of 'usage' is damaged");
	return 0;
}

struct store_usage
store_alive(const struct store *store)
{
	struct store_usage all = {.bytes = store->counts.clear};

	for (int state = 0; state < ORDER_STATES; state++)
		if (!order_is_over((enum order_state)state))
			all.orders += store->counts.orders[state];
	return all;
}

int
store_usage_owner(struct store *store, const char *user, const char *host,
		  struct store_usage *usage, struct error *err)
{
	struct key key = usage_key_of_owner(user, host);

	return usage_of(store, &key, usage, err);
}

int
store_usage_printer(struct store *store, const char *printer, struct store_usage *usage,
		    struct error *err)
{
	struct key key = usage_key_of_printer(printer);

	return usage_of(store, &key, usage, err);
}

/* --- who has most --- */

struct most {
	struct usage_sum at[STORE_MOST];
	uint32_t count, limit;
};

/* Kept in order; the least one falls out. */
static void
put_most(struct most *m, struct kv_span key, const struct store_usage *usage)
{
	uint32_t at = m->count;

	while (at > 0 && m->at[at - 1].usage.bytes < usage->bytes)
		at--;
	if (at == m->limit || key.len != sizeof(m->at[0].key))
		return;
	if (m->count < m->limit)
		m->count++;
	memmove(&m->at[at + 1], &m->at[at],
		(m->count - at - 1) * sizeof(struct usage_sum));
	m->at[at] = (struct usage_sum){.len = (uint8_t)key.len, .usage = *usage};
	memcpy(m->at[at].key, key.data, key.len);
}

static int
find_most(struct store *s, struct most *m, struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	const struct kv_span from = {(const uint8_t[]){USAGE_OWNER}, 1};
	struct store_usage usage;
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	if (e->cursor_open(s->kv, KV_USAGE, &c, err) != 0)
		return -1;
	found = e->seek(c, from, &k, &v, err);
	for (; found == 1 && *(const uint8_t *)k.data == USAGE_OWNER;
	     found = e->next(c, &k, &v, err))
		if (usage_read(&usage, v) == 0)
			put_most(m, k, &usage);
	e->cursor_close(c);
	return found < 0 ? -1 : 0;
}

/* The names are in records only: any order of that owner has them. */
static int
name_owner(struct store *s, const struct usage_sum *sum, struct order *o,
	   struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	const struct kv_span user = {sum->key + 1, USER_BYTES};
	uint32_t number = 0;
	struct owner_row row;
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	if (e->cursor_open(s->kv, KV_OWNER, &c, err) != 0)
		return -1;
	found = e->seek(c, user, &k, &v, err);
	for (; found == 1 && number == 0 && k.len == USER_BYTES + 4 &&
	       memcmp(k.data, user.data, USER_BYTES) == 0;
	     found = e->next(c, &k, &v, err))
		if (owner_row_read(&row, v) == 0 && !order_is_over(row.state) &&
		    memcmp(row.host, sum->key + 1 + USER_BYTES, HOST_BYTES) == 0)
			number = (uint32_t)span_int(k, USER_BYTES, 4);
	e->cursor_close(c);
	return order_by_number(s, number, o, err);
}

int
store_usage_most(struct store *store, uint32_t limit, store_owner_fn *visit,
		 void *context, struct error *err)
{
	struct most m = {.limit = limit < STORE_MOST ? limit : STORE_MOST};
	struct order o;

	if (find_most(store, &m, err) != 0)
		return -1;
	for (uint32_t i = 0; i < m.count; i++) {
		if (name_owner(store, &m.at[i], &o, NULL) != 0)
			continue;
		visit(&o, &m.at[i].usage, context);
		order_clear(&o);
	}
	return 0;
}

/* --- what the rows of `owner` add up to --- */

static int
compare_sums(const void *a, const void *b)
{
	const struct usage_sum *x = a, *y = b;
	int c = memcmp(x->key, y->key, x->len < y->len ? x->len : y->len);

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

/* Sorted, one for each key. */
static void
merge(struct usage_sums *sums)
{
	size_t kept = 0;

	if (sums->count == 0)
		return;
	qsort(sums->at, sums->count, sizeof(*sums->at), compare_sums);
	for (size_t i = 1; i < sums->count; i++) {
		if (compare_sums(&sums->at[kept], &sums->at[i]) != 0) {
			sums->at[++kept] = sums->at[i];
			continue;
		}
		sums->at[kept].usage.orders += sums->at[i].usage.orders;
		sums->at[kept].usage.bytes += sums->at[i].usage.bytes;
	}
	sums->count = kept + 1;
}

static void
make_room(struct usage_sums *sums)
{
	merge(sums);
	if (sums->cap != 0 && sums->count < sums->cap / 2)
		return;
	sums->cap = sums->cap != 0 ? 2 * sums->cap : SUMS_FIRST;
	sums->at = reallocarray(sums->at, sums->cap, sizeof(*sums->at));
	INVARIANT(sums->at != NULL);
}

static void
add_sum(struct usage_sums *sums, const struct key *key, uint64_t bytes)
{
	struct usage_sum *sum;

	if (sums->count == sums->cap)
		make_room(sums);
	sum = &sums->at[sums->count++];
	*sum = (struct usage_sum){.len = (uint8_t)key->len, .usage = {1, bytes}};
	memcpy(sum->key, key->bytes, key->len);
}

int
usage_add_up(struct store *s, struct usage_sums *sums, struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	struct key owner, printer;
	struct owner_row row;
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	*sums = (struct usage_sums){0};
	if (e->cursor_open(s->kv, KV_OWNER, &c, err) != 0)
		return -1;
	found = e->seek(c, (struct kv_span){NULL, 0}, &k, &v, err);
	for (; found == 1; found = e->next(c, &k, &v, err)) {
		if (owner_row_read(&row, v) != 0 || !keys_of(k, &row, &owner, &printer))
			continue;
		add_sum(sums, &owner, row.bytes);
		add_sum(sums, &printer, row.bytes);
	}
	e->cursor_close(c);
	merge(sums);
	return found;
}

void
usage_sums_clear(struct usage_sums *sums)
{
	free(sums->at);
	*sums = (struct usage_sums){0};
}

struct usage_sum *
usage_sum_of(const struct usage_sums *sums, struct kv_span key)
{
	struct usage_sum want = {.len = (uint8_t)key.len};

	if (key.len > sizeof(want.key) || sums->count == 0)
		return NULL;
	memcpy(want.key, key.data, key.len);
	return bsearch(&want, sums->at, sums->count, sizeof(want), compare_sums);
}
