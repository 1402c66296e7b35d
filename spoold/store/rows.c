/*
 * What is in the tables, as bytes (doc/store.7 is this file in words).
 */
#include "lib/seal/seal.h"
#include "spoold/store/inner.h"

static bool
is_zero(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0)
			return false;
	return true;
}

static struct row *
add_row(struct row *rows, size_t *n, enum kv_table table)
{
	struct row *r = &rows[(*n)++];

	*r = (struct row){.table = table};
	return r;
}

/* The first bytes of a text's hash. */
static void
add_hash(struct key *k, const char *text, size_t bytes)
{
	uint8_t hash[STORE_SUM_BYTES];

	seal_checksum(text, strlen(text), hash);
	key_add_bytes(k, hash, bytes);
}

struct key
usage_key_of_owner(const char *user, const char *host)
{
	struct key k = {.bytes = {USAGE_OWNER}, .len = 1};

	add_hash(&k, user, USER_BYTES);
	add_hash(&k, host, HOST_BYTES);
	return k;
}

struct key
usage_key_of_printer(const char *printer)
{
	struct key k = {.bytes = {USAGE_PRINTER}, .len = 1};

	add_hash(&k, printer, HOST_BYTES);
	return k;
}

struct key
owner_key(const char *user)
{
	struct key k = {.len = 0};

	add_hash(&k, user, USER_BYTES);
	return k;
}

int
owner_row_read(struct owner_row *row, struct kv_span value)
{
	*row = (struct owner_row){.state = (enum order_state)span_int(value, 0, 1),
				  .bytes = span_int(value, 1, 8)};
	if (value.len != OWNER_ROW_BYTES)
		return -1;
	memcpy(row->host, (const uint8_t *)value.data + 9, HOST_BYTES);
	memcpy(row->printer, (const uint8_t *)value.data + 9 + HOST_BYTES, HOST_BYTES);
	return 0;
}

size_t
rows_of(const struct order *o, struct row *rows)
{
	size_t n = 0;
	struct row *r;

	r = add_row(rows, &n, KV_UUID);
	r->unique = true;
	key_add_bytes(&r->key, o->uuid, UUID_BYTES);
	r->value = key_of_u32(o->number);
	if (!is_zero(o->key, sizeof(o->key))) {
		r = add_row(rows, &n, KV_CODE);
		r->unique = true;
		key_add_bytes(&r->key, o->key, sizeof(o->key));
		r->value = key_of_u32(o->number);
	}
	if (!is_zero(o->user_key, sizeof(o->user_key))) {
		r = add_row(rows, &n, KV_USER);
		key_add_bytes(&r->key, o->user_key, sizeof(o->user_key));
		key_add_int(&r->key, o->number, 4);
	}
	r = add_row(rows, &n, KV_OWNER);
	r->key = owner_key(o->user);
	key_add_int(&r->key, o->number, 4);
	key_add_int(&r->value, o->state, 1);
	key_add_int(&r->value, order_bytes(o), 8);
	add_hash(&r->value, o->host, HOST_BYTES);
	add_hash(&r->value, o->printer, HOST_BYTES);
	r = add_row(rows, &n, KV_STATE);
	key_add_int(&r->key, o->state, 1);
	key_add_int(&r->key, o->number, 4);
	if (o->due != 0) {
		r = add_row(rows, &n, KV_DUE);
		key_add_time(&r->key, o->due);
		key_add_int(&r->key, o->number, 4);
	}
	return n;
}

int
rows_missing(struct store *s, const struct order *o, const char **table,
	     struct error *err)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_of(o, rows);
	struct kv_span v;

	for (size_t i = 0; i < n; i++) {
		int found =
			kv_get(s->kv, rows[i].table, key_span(&rows[i].key), &v, err);
		if (found < 0)
			return -1;
		if (found == 1 && span_equal(v, key_span(&rows[i].value)))
			continue;
		*table = kv_table_names[rows[i].table];
		return 1;
	}
	return 0;
}

struct key
body_row_key(const uint8_t body[UUID_BYTES])
{
	return key_of_bytes(body, UUID_BYTES);
}

struct key
body_row_staged(const struct body_row *row)
{
	struct key k = key_of_u32(row->chunks);

	key_add_int(&k, row->bytes, 8);
	return k;
}

struct key
body_row_live(const struct body_row *row)
{
	struct key k = body_row_staged(row);

	key_add_int(&k, row->number, 4);
	return k;
}

int
body_row_read_staged(struct body_row *row, struct kv_span value)
{
	*row = (struct body_row){.chunks = (uint32_t)span_int(value, 0, 4),
				 .bytes = span_int(value, 4, 8)};
	return value.len == 12 ? 0 : -1;
}

int
body_row_read_live(struct body_row *row, struct kv_span value)
{
	*row = (struct body_row){.chunks = (uint32_t)span_int(value, 0, 4),
				 .bytes = span_int(value, 4, 8),
				 .number = (uint32_t)span_int(value, 12, 4)};
	return value.len == 16 ? 0 : -1;
}

struct key
chunk_key(const uint8_t body[UUID_BYTES], uint32_t chunk)
{
	struct key k = key_of_bytes(body, UUID_BYTES);

	key_add_int(&k, chunk, 4);
	return k;
}

struct key
outbox_key(const struct touch_row *row)
{
	struct key k = {.len = 0};

	key_add_int(&k, row->class, 1);
	key_add_int(&k, row->place, 8);
	return k;
}

struct key
touch_row_value(const struct touch_row *row)
{
	struct key k = outbox_key(row);

	key_add_int(&k, row->revision, 8);
	return k;
}

int
touch_row_read(struct touch_row *row, struct kv_span value)
{
	*row = (struct touch_row){.class = (uint8_t)span_int(value, 0, 1),
				  .place = span_int(value, 1, 8),
				  .revision = span_int(value, 9, 8)};
	return value.len == 17 ? 0 : -1;
}

int
record_encode(struct store *s, const struct order *o, struct error *err)
{
	static const uint8_t no_sum[STORE_SUM_BYTES];

	s->record.len = 0;
	if (buf_append(&s->record, no_sum, sizeof(no_sum), err) != 0)
		return -1;
	if (order_encode(o, &s->record, err) != 0)
		return error_set(err, ERROR_INPUT,
				 "the order's attributes are too long in all");
	seal_checksum(s->record.data + STORE_SUM_BYTES, s->record.len - STORE_SUM_BYTES,
		      s->record.data);
	return 0;
}

int
record_put(struct store *s, const struct order *o, struct error *err)
{
	struct key key = key_of_u32(o->number);

	return kv_put(s->kv, KV_ORDER, key_span(&key),
		      (struct kv_span){s->record.data, s->record.len}, err);
}

int
record_read_any(struct order *o, struct kv_span value, struct error *err)
{
	const uint8_t *at = value.data;
	uint8_t sum[STORE_SUM_BYTES] = {0};

	order_init(o);
	if (value.len >= STORE_SUM_BYTES)
		seal_checksum(at + STORE_SUM_BYTES, value.len - STORE_SUM_BYTES, sum);
	if (value.len < STORE_SUM_BYTES || memcmp(sum, at, sizeof(sum)) != 0)
		return error_set(err, ERROR_CORRUPT, "the record is damaged");
	return order_decode(o, at + STORE_SUM_BYTES, value.len - STORE_SUM_BYTES, err);
}

int
record_read(struct order *o, uint32_t number, struct kv_span value, struct error *err)
{
	if (record_read_any(o, value, err) == 0) {
		if (o->number == number)
			return 0;
		order_clear(o);
		error_set(err, ERROR_CORRUPT, "the record is that of another order");
	}
	return error_prefix(err, "order %u", (unsigned)number);
}
