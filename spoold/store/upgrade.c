/*
 * From format 3 to 4: the counts have stored orders, too; there are none yet.
 * From format 2 to 3: there is an audit, which begins empty.
 * From format 1 to 2: rows of `owner` say host and printer, too, and what they add up to
 * is in `usage` (doc/store.7).
 *
 * It may be broken off at any moment, and goes on when the store is opened again: a row
 * of `meta` says how far it came. The format's number is changed first, so that no
 * earlier program takes up a store that is half of each.
 */
#include "spoold/store/inner.h"

#define UPGRADE_TURN 1000 /* orders in one transaction */

static const struct key key_format = {"format", 6};
static const struct key key_upgrade = {"upgrade", 7}; /* the number to go on behind */

struct progress {
	struct store *s;
	uint32_t at;
	uint32_t numbers[UPGRADE_TURN];
	unsigned count;
};

static int
visit(const struct order *o, void *context)
{
	struct progress *p = context;

	p->numbers[p->count++] = o->number;
	return 0;
}

/* The order's row of `owner`, as it is now. Damaged records keep what they have. */
static int
renew(struct store *s, uint32_t number, struct error *err)
{
	struct row rows[ROWS_MAX];
	struct order o;
	int rc = 0;

	if (order_by_number(s, number, &o, NULL) != 0)
		return 0;
	for (size_t n = rows_of(&o, rows); n > 0; n--)
		if (rows[n - 1].table == KV_OWNER)
			rc = put_rows(s, &rows[n - 1], 1, err);
	order_clear(&o);
	return rc;
}

static int
put_progress(struct store *s, uint32_t at, struct error *err)
{
	struct key value = key_of_u32(at);

	return put_meta(s, &key_upgrade, &value, err);
}

static int
one_turn(struct progress *p, struct error *err)
{
	if (change_begin(p->s, err) != 0)
		return -1;
	for (unsigned i = 0; i < p->count; i++)
		if (renew(p->s, p->numbers[i], err) != 0)
			return change_end(p->s, -1, err);
	p->at = p->numbers[p->count - 1];
	if (change_end(p->s, put_progress(p->s, p->at, err), err) != 0)
		return -1;
	return store_flush(p->s, err);
}

static int
write_usage(struct store *s, const struct usage_sums *sums, struct error *err)
{
	s->counts.clear = 0;
	for (size_t i = 0; i < sums->count; i++) {
		struct key key = key_of_bytes(sums->at[i].key, sums->at[i].len);
		struct key value = usage_value(&sums->at[i].usage);
		if (kv_put(s->kv, KV_USAGE, key_span(&key), key_span(&value), err) != 0)
			return -1;
		if (sums->at[i].key[0] == USAGE_OWNER)
			s->counts.clear += sums->at[i].usage.bytes;
	}
	return kv_del(s->kv, KV_META, key_span(&key_upgrade), err);
}

static int
finish(struct store *s, struct error *err)
{
	struct usage_sums sums;
	int rc = usage_add_up(s, &sums, err);

	if (rc == 0)
		rc = change_begin(s, err);
	if (rc == 0)
		rc = change_end(s, write_usage(s, &sums, err), err);
	usage_sums_clear(&sums);
	return rc == 0 ? store_flush(s, err) : -1;
}

/* An upgrade from 1 that an earlier program left half done goes on. */
static int
begin(struct store *s, struct error *err)
{
	struct key format = key_of_u32(STORE_FORMAT);
	int rc = change_begin(s, err);

	if (rc == 0) {
		rc = put_meta(s, &key_format, &format, err);
		if (rc == 0 && s->format == 1)
			rc = put_progress(s, 0, err);
		rc = change_end(s, rc, err);
	}
	s->format = STORE_FORMAT;
	return rc == 0 ? store_flush(s, err) : -1;
}

int
upgrade(struct store *s, struct error *err)
{
	struct progress p = {.s = s};
	uint64_t at;
	int found;

	if (s->format != STORE_FORMAT && begin(s, err) != 0)
		return -1;
	found = get_meta(s, &key_upgrade, 4, &at, err);
	if (found != 1)
		return found;
	p.at = (uint32_t)at;
	do {
		p.count = 0;
		if (store_scan(s, 0, p.at, UPGRADE_TURN, visit, &p, err) != 0 ||
		    (p.count > 0 && one_turn(&p, err) != 0))
			return -1;
	} while (p.count > 0);
	return finish(s, err);
}
