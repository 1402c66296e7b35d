/*
 * A walk over all that carries a sum, one step at a time: a record with its rows, then
 * each piece of its documents, then the next record. Between two steps anything may
 * happen; a step looks at the order as it is then.
 */
#include <stdio.h>

#include "lib/base/text.h"
#include "spoold/store/inner.h"

static const struct key key_scrub = {"scrub", 5};

#define SCRUB_ROW_BYTES (4 + 4 + 4 + 8 + 8 + 8 + 8)

int
store_get_scrub(struct store *store, struct store_scrub *scrub, struct error *err)
{
	struct kv_span v;
	int found = kv_get(store->kv, KV_META, key_span(&key_scrub), &v, err);

	*scrub = (struct store_scrub){0};
	if (found != 1)
		return found;
	if (v.len != SCRUB_ROW_BYTES)
		return error_set(err, ERROR_CORRUPT,
				 "how far the store was read is damaged");
	scrub->number = (uint32_t)span_int(v, 0, 4);
	scrub->document = (uint32_t)span_int(v, 4, 4);
	scrub->chunk = (uint32_t)span_int(v, 8, 4);
	scrub->began = (int64_t)span_int(v, 12, 8);
	scrub->ended = (int64_t)span_int(v, 20, 8);
	scrub->found = span_int(v, 28, 8);
	scrub->found_before = span_int(v, 36, 8);
	return 0;
}

int
store_put_scrub(struct store *store, const struct store_scrub *scrub, struct error *err)
{
	struct key value = {.len = 0};

	key_add_int(&value, scrub->number, 4);
	key_add_int(&value, scrub->document, 4);
	key_add_int(&value, scrub->chunk, 4);
	key_add_int(&value, (uint64_t)scrub->began, 8);
	key_add_int(&value, (uint64_t)scrub->ended, 8);
	key_add_int(&value, scrub->found, 8);
	key_add_int(&value, scrub->found_before, 8);
	if (change_begin(store, err) != 0)
		return -1;
	return change_end(store, put_meta(store, &key_scrub, &value, err), err);
}

/* The number of the first record behind that one. 1, 0 or -1. */
static int
next_number(struct store *s, uint32_t after, uint32_t *number, struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	struct key from = key_of_u32(after + 1);
	struct kv_cursor *c;
	struct kv_span k, v;
	int found;

	if (after == UINT32_MAX)
		return 0;
	if (e->cursor_open(s->kv, KV_ORDER, &c, err) != 0)
		return -1;
	found = e->seek(c, key_span(&from), &k, &v, err);
	while (found == 1 && k.len != 4)
		found = e->next(c, &k, &v, err);
	if (found == 1)
		*number = (uint32_t)span_int(k, 0, 4);
	e->cursor_close(c);
	return found;
}

static void
find(struct store_found *found, enum store_found_kind kind, uint32_t number,
     const char *text)
{
	found->kind = kind;
	found->number = number;
	text_copy(found->text, sizeof(found->text), text);
}

static bool
has_pieces(const struct order *o)
{
	return !order_is_over(o->state) && o->state != ORDER_CORRUPT &&
	       o->document_count > 0;
}

static int
look_at_record(struct store *s, struct store_scrub *at, struct store_found *found,
	       struct error *err)
{
	const char *index;
	struct order o;
	struct error own;
	int rc;

	at->document = at->chunk = 0;
	if (order_by_number(s, at->number, &o, &own) != 0) {
		if (own.kind == ERROR_CORRUPT) {
			find(found, STORE_FOUND_RECORD, at->number, own.text);
			return 1;
		}
		if (err != NULL)
			*err = own;
		return -1;
	}
	rc = rows_missing(s, &o, &index, err);
	if (rc > 0)
		find(found, STORE_FOUND_INDEX, at->number, index);
	if (has_pieces(&o))
		at->document = 1;
	order_clear(&o);
	return rc < 0 ? -1 : 1;
}

static void
look_at_piece(struct store *s, struct store_scrub *at, const struct order *o,
	      struct store_found *found)
{
	const struct order_document *d = &o->documents[at->document - 1];
	struct key key = chunk_key(d->body, at->chunk);
	char text[STORE_FOUND_TEXT];
	struct error own = {.text = "it is missing in the store"};
	struct kv_span v;
	int rc = 1;

	if (order_has_body(d)) {
		rc = kv_get(s->kv, KV_CHUNK, key_span(&key), &v, &own);
		if (rc == 1) {
			found->bytes = v.len;
			rc = body_chunk_is_sound(s, v, &own) ? 1 : 0;
		}
	}
	if (rc == 1) {
		if (++at->chunk < d->chunks)
			return;
		at->chunk = 0;
		if (++at->document > o->document_count)
			at->document = 0;
		return;
	}
	snprintf(text, sizeof(text), "piece %u of document %u: %.100s",
		 (unsigned)at->chunk, (unsigned)at->document, own.text);
	find(found, STORE_FOUND_DOCUMENT, o->number, text);
	at->document = at->chunk = 0;
}

int
store_scrub(struct store *store, struct store_scrub *at, struct store_found *found,
	    struct error *err)
{
	struct order o;
	int rc;

	*found = (struct store_found){.kind = STORE_FOUND_NOTHING};
	if (at->document != 0 && order_by_number(store, at->number, &o, NULL) == 0) {
		bool pieces = has_pieces(&o) && at->document <= o.document_count;

		if (pieces)
			look_at_piece(store, at, &o, found);
		order_clear(&o);
		if (pieces)
			return 1;
	}
	at->document = at->chunk = 0;
	rc = next_number(store, at->number, &at->number, err);
	return rc == 1 ? look_at_record(store, at, found, err) : rc;
}

int
store_index_again(struct store *store, uint32_t number, struct error *err)
{
	struct row rows[ROWS_MAX];
	struct order o;
	int rc;

	if (order_by_number(store, number, &o, err) != 0)
		return -1;
	rc = change_begin(store, err);
	if (rc == 0)
		rc = change_end(store, put_rows(store, rows, rows_of(&o, rows), err),
				err);
	order_clear(&o);
	return rc;
}

int
store_scrub_head(struct store *store, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	int rc = e->head != NULL ? e->head(store->kv, err) : 0;

	store->kv->damaged |= rc != 0;
	return rc;
}
