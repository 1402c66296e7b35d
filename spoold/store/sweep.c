/*
 * A table is swept from its last key on, so that rows may change between two steps.
 */
#include "spoold/store/sweep.h"

/* The row behind `key` (with key->len 0: the first), copied. 1, 0, -1. */
static int
row_behind(struct store *s, enum kv_table table, struct key *key, struct key *value,
	   struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	if (e->cursor_open(s->kv, table, &c, err) != 0)
		return -1;
	found = e->seek(c, key_span(key), &k, &v, err);
	if (found == 1 && key->len != 0 && span_equal(k, key_span(key)))
		found = e->next(c, &k, &v, err);
	if (found == 1 && k.len > KV_KEY_MAX)
		found = error_set(err, ERROR_CORRUPT, "the tree of '%s' is damaged",
				  kv_table_names[table]);
	if (found == 1) {
		*key = key_of_bytes(k.data, k.len);
		*value = key_of_bytes(v.data, v.len <= KV_KEY_MAX ? v.len : 0);
	}
	e->cursor_close(c);
	return found;
}

int
sweep(struct store *s, enum kv_table table, step_fn *step, void *context,
      struct error *err)
{
	struct key key = {.len = 0}, value;
	int found;

	while ((found = row_behind(s, table, &key, &value, err)) == 1)
		if (step(context, &key, &value, err) != 0)
			return -1;
	return found;
}

uint32_t
number_of_row(const struct key *key, const struct key *value)
{
	if (value->len == 4)
		return (uint32_t)span_int(key_span(value), 0, 4);
	return key->len >= 4 ? (uint32_t)span_int(key_span(key), key->len - 4, 4) : 0;
}
