/*
 * A body is in one of three tables: `staged` while it grows, `body` once a record lives
 * on it, `doomed` when its chunks are to be taken away, the last one first.
 */
#include <assert.h>

#include "lib/seal/seal.h"
#include "spoold/store/inner.h"

#define AHEAD	    16	 /* chunks are read before they are asked for: 4 MiB */
#define AT_ONCE	    4	 /* of them: 1 MiB */
#define PAGE_LEAST  4096 /* of a machine's memory */
#define TIDY_CHUNKS 32	 /* taken away in one call: 8 MiB */

static_assert(AHEAD + AT_ONCE <= KV_SOON_MAX, "all of them are asked for in one call");

int
store_append(struct store *store, const uint8_t body[UUID_BYTES], uint32_t chunk,
	     const void *data, size_t len, struct error *err)
{
	struct key key = body_row_key(body), at = chunk_key(body, chunk), value;
	struct body_row row = {0};
	struct kv_span v;
	int found, rc;

	INVARIANT(len > 0 && len <= SEAL_CHUNK_MAX);
	found = kv_get(store->kv, KV_STAGED, key_span(&key), &v, err);
	if (found < 0)
		return -1;
	if (found == 1)
		body_row_read_staged(&row, v);
	if (chunk != row.chunks)
		return error_set(err, ERROR_CONFLICT,
				 "chunk %u of a document where chunk %u is next",
				 (unsigned)chunk, (unsigned)row.chunks);
	if (store->kv->engine->admit(store->kv, len, err) != 0 ||
	    change_begin(store, err) != 0)
		return -1;
	row.chunks++;
	row.bytes += len;
	value = body_row_staged(&row);
	rc = kv_put(store->kv, KV_CHUNK, key_span(&at), (struct kv_span){data, len},
		    err);
	if (rc == 0)
		rc = kv_put(store->kv, KV_STAGED, key_span(&key), key_span(&value),
			    err);
	if (change_end(store, rc, err) != 0)
		return -1;
	store->unflushed += len;
	return 0;
}

int
body_check_staged(struct store *s, const struct order_document *d, struct error *err)
{
	struct key key = body_row_key(d->body);
	struct body_row row;
	struct kv_span v;
	int found = kv_get(s->kv, KV_STAGED, key_span(&key), &v, err);

	if (found < 0)
		return -1;
	if (found == 0 || body_row_read_staged(&row, v) != 0 ||
	    row.chunks != d->chunks ||
	    row.bytes != d->length + (uint64_t)d->chunks * SEAL_OVERHEAD)
		return error_set(err, ERROR_INPUT,
				 "a document's chunks are not those that came in");
	return 0;
}

int
body_make_live(struct store *s, const struct order_document *d, uint32_t number,
	       struct error *err)
{
	struct key key = body_row_key(d->body), value;
	struct body_row row = {.number = number,
			       .chunks = d->chunks,
			       .bytes =
				       d->length + (uint64_t)d->chunks * SEAL_OVERHEAD};

	value = body_row_live(&row);
	s->counts.bytes += row.bytes;
	if (kv_del(s->kv, KV_STAGED, key_span(&key), err) != 0)
		return -1;
	return kv_put(s->kv, KV_BODY, key_span(&key), key_span(&value), err);
}

static int
doom(struct store *s, enum kv_table from, struct kv_span body, uint32_t chunks,
     struct error *err)
{
	struct key value = key_of_u32(chunks), key = key_of_bytes(body.data, body.len);

	if (kv_del(s->kv, from, key_span(&key), err) != 0)
		return -1;
	return kv_put(s->kv, KV_DOOMED, key_span(&key), key_span(&value), err);
}

int
body_doom(struct store *s, const uint8_t body[UUID_BYTES], struct error *err)
{
	struct key key = body_row_key(body);
	struct body_row row;
	struct kv_span v;
	int found = kv_get(s->kv, KV_BODY, key_span(&key), &v, err);

	if (found < 0)
		return -1;
	if (found == 1) {
		body_row_read_live(&row, v);
		s->counts.bytes -= row.bytes;
		return doom(s, KV_BODY, key_span(&key), row.chunks, err);
	}
	found = kv_get(s->kv, KV_STAGED, key_span(&key), &v, err);
	if (found != 1)
		return found;
	body_row_read_staged(&row, v);
	return doom(s, KV_STAGED, key_span(&key), row.chunks, err);
}

int
store_drop_body(struct store *store, const uint8_t body[UUID_BYTES], struct error *err)
{
	struct key key = body_row_key(body);
	struct kv_span v;
	int found = kv_get(store->kv, KV_BODY, key_span(&key), &v, err);

	if (found < 0)
		return -1;
	if (found == 1)
		return error_set(err, ERROR_CONFLICT,
				 "the document belongs to an order that needs it");
	if (change_begin(store, err) != 0)
		return -1;
	return change_end(store, body_doom(store, body, err), err);
}

/* The first key of a table, copied. 1, 0 or -1. */
static int
first_of(struct store *s, enum kv_table table, struct key *key, struct key *value,
	 struct error *err)
{
	struct kv_span k, v;
	struct kv_cursor *c;
	int found;

	if (s->kv->engine->cursor_open(s->kv, table, &c, err) != 0)
		return -1;
	found = s->kv->engine->seek(c, (struct kv_span){NULL, 0}, &k, &v, err);
	if (found == 1 && (k.len != UUID_BYTES || v.len > KV_KEY_MAX))
		found = error_set(err, ERROR_CORRUPT, "a row of '%s' is damaged",
				  kv_table_names[table]);
	if (found == 1) {
		*key = key_of_bytes(k.data, k.len);
		*value = key_of_bytes(v.data, v.len);
	}
	s->kv->engine->cursor_close(c);
	return found;
}

int
body_doom_staged(struct store *s, struct error *err)
{
	struct key key, value;
	struct body_row row;
	int found;

	while ((found = first_of(s, KV_STAGED, &key, &value, err)) == 1) {
		body_row_read_staged(&row, key_span(&value));
		if (doom(s, KV_STAGED, key_span(&key), row.chunks, err) != 0)
			return -1;
	}
	return found;
}

/* Takes the last chunks of the doomed body away, at most TIDY_CHUNKS. */
static int
take_away(struct store *s, const struct key *body, uint32_t chunks, struct error *err)
{
	struct key at, value;
	struct error own;

	for (int n = 0; n < TIDY_CHUNKS && chunks > 0; n++) {
		at = chunk_key(body->bytes, --chunks);
		if (kv_del(s->kv, KV_CHUNK, key_span(&at), &own) != 0) {
			/* the disk does not give it: it stays, and is found by a check */
			if (own.kind != ERROR_CORRUPT) {
				if (err != NULL)
					*err = own;
				return -1;
			}
		}
	}
	if (chunks == 0)
		return kv_del(s->kv, KV_DOOMED, key_span(body), err);
	value = key_of_u32(chunks);
	return kv_put(s->kv, KV_DOOMED, key_span(body), key_span(&value), err);
}

int
store_tidy(struct store *store, bool *more, struct error *err)
{
	struct key key, value;
	int found = first_of(store, KV_DOOMED, &key, &value, err);

	*more = false;
	store->kv->engine->maintain(store->kv);
	if (found != 1)
		return found;
	if (change_begin(store, err) != 0)
		return -1;
	if (change_end(store,
		       take_away(store, &key,
				 (uint32_t)span_int(key_span(&value), 0, 4), err),
		       err) != 0)
		return -1;
	*more = store->kv->engine->entries(store->kv, KV_DOOMED) != 0;
	return 0;
}

static int
find_chunk(struct store *s, const uint8_t body[UUID_BYTES], uint32_t chunk,
	   struct kv_span *v, struct error *err)
{
	struct key at = chunk_key(body, chunk);

	return kv_get(s->kv, KV_CHUNK, key_span(&at), v, err);
}

/* Who reads a chunk will read the next ones, too: they are asked for several at a time,
 * so that the disk is. */
static void
look_ahead(struct store *s, const uint8_t body[UUID_BYTES], uint32_t chunk)
{
	struct kv_span v[AHEAD + AT_ONCE];
	uint32_t from = chunk == 0 ? 0 : chunk + AHEAD;
	unsigned n = 0;

	if (s->kv->engine->soon == NULL || chunk % AT_ONCE != 0)
		return;
	while (from + n < chunk + AHEAD + AT_ONCE &&
	       find_chunk(s, body, from + n, &v[n], NULL) == 1)
		n++;
	s->kv->engine->soon(s->kv, v, n);
}

int
store_lend_chunk(struct store *store, const uint8_t body[UUID_BYTES], uint32_t chunk,
		 const void **data, size_t *len, struct error *err)
{
	struct kv_span v;
	int found = find_chunk(store, body, chunk, &v, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return error_set(err, ERROR_ABSENT, "there is no chunk %u",
				 (unsigned)chunk);
	if (v.len > SEAL_CHUNK_MAX)
		return error_set(err, ERROR_CORRUPT, "it is damaged in the store");
	look_ahead(store, body, chunk);
	*data = v.data;
	*len = v.len;
	if (store->kv->engine->read == NULL)
		return 0;
	return store->kv->engine->read(store->kv, v, data, err);
}

int
store_read_chunk(struct store *store, const uint8_t body[UUID_BYTES], uint32_t chunk,
		 struct buf *out, struct error *err)
{
	const void *data = NULL;
	size_t len = 0;

	out->len = 0;
	if (store_lend_chunk(store, body, chunk, &data, &len, err) != 0)
		return -1;
	return buf_append(out, data, len, err);
}

struct sum {
	struct kv_span chunk;
	bool sound;
};

static int
look_at_sum(void *context)
{
	struct sum *sum = context;

	/* before the sum takes memory: see kv.h */
	for (size_t at = 0; at < sum->chunk.len; at += PAGE_LEAST)
		(void)((const volatile uint8_t *)sum->chunk.data)[at];
	sum->sound = seal_chunk_sound(sum->chunk.data, sum->chunk.len);
	return 0;
}

bool
body_chunk_is_sound(struct store *s, struct kv_span chunk, struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	struct sum sum = {.chunk = chunk};

	if (e->look == NULL)
		look_at_sum(&sum);
	else if (e->look(s->kv, look_at_sum, &sum, err) != 0)
		return false;
	if (!sum.sound)
		error_set(err, ERROR_CORRUPT, "it is damaged in the store");
	return sum.sound;
}

int
body_count_chunks(struct store *s, struct kv_span body, struct chunks *found,
		  struct error *err)
{
	const struct kv_engine *e = s->kv->engine;
	struct kv_cursor *cursor;
	struct kv_span k, v;
	int rc;

	*found = (struct chunks){0};
	if (e->cursor_open(s->kv, KV_CHUNK, &cursor, err) != 0)
		return -1;
	rc = e->seek(cursor, body, &k, &v, err);
	while (rc == 1 && k.len == UUID_BYTES + 4 &&
	       memcmp(k.data, body.data, UUID_BYTES) == 0) {
		found->gap |= span_int(k, UUID_BYTES, 4) != found->count;
		found->count++;
		found->bytes += v.len;
		found->unsound += !body_chunk_is_sound(s, v, NULL);
		rc = e->next(cursor, &k, &v, err);
	}
	e->cursor_close(cursor);
	return rc < 0 ? -1 : 0;
}
