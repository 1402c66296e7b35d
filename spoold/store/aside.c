/*
 * A record that can't be read is set aside (table `damaged`, as it is), and in its place
 * comes one that says only what the other tables know of the order: its keys are lost, so
 * nobody can open it; a person may cancel it.
 */
#include <time.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "spoold/store/sweep.h"

struct aside {
	struct store *s;
	struct order *o;
	enum kv_table table;
	uint8_t state; /* as the index has it */
};

/* What an index row of the order tells about it; then the row goes. */
static int
learn(void *context, const struct key *key, const struct key *value, struct error *err)
{
	struct aside *a = context;
	struct order *o = a->o;

	if (number_of_row(key, value) != o->number)
		return 0;
	if (a->table == KV_UUID && key->len == UUID_BYTES)
		memcpy(o->uuid, key->bytes, UUID_BYTES);
	if (a->table == KV_CODE && key->len == ORDER_KEY_BYTES)
		memcpy(o->key, key->bytes, ORDER_KEY_BYTES);
	if (a->table == KV_USER && key->len == ORDER_KEY_BYTES + 4)
		memcpy(o->user_key, key->bytes, ORDER_KEY_BYTES);
	if (a->table == KV_STATE)
		a->state = key->bytes[0];
	if (a->table == KV_OWNER &&
	    usage_count(a->s, key_span(key), key_span(value), false, err) != 0)
		return -1;
	return kv_del(a->s->kv, a->table, key_span(key), err);
}

static int
learn_body(void *context, const struct key *key, const struct key *value,
	   struct error *err)
{
	struct aside *a = context;
	struct order_document *d;
	struct body_row row;

	if (key->len != UUID_BYTES || body_row_read_live(&row, key_span(value)) != 0 ||
	    row.number != a->o->number)
		return 0;
	d = order_add_document(a->o);
	if (d == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for its documents");
	memcpy(d->body, key->bytes, UUID_BYTES);
	d->chunks = row.chunks;
	d->length = row.bytes - (uint64_t)row.chunks * SEAL_OVERHEAD;
	return 0;
}

/* Rows of the order in all indexes to what is known of it. */
static int
learn_all(struct aside *a, struct error *err)
{
	static const enum kv_table tables[] = {KV_UUID,	 KV_CODE,  KV_USER,
					       KV_OWNER, KV_STATE, KV_DUE};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		a->table = tables[i];
		if (sweep(a->s, a->table, learn, a, err) != 0)
			return -1;
	}
	return sweep(a->s, KV_BODY, learn_body, a, err);
}

static int
write_aside(struct store *s, struct order *o, struct error *err)
{
	struct key key = key_of_u32(o->number);
	struct aside a = {.s = s, .o = o};
	struct row rows[ROWS_MAX];
	struct kv_span v;
	struct buf raw;
	int rc = -1;

	buf_init(&raw, ORDER_RECORD_MAX);
	if (kv_get(s->kv, KV_ORDER, key_span(&key), &v, err) != 1 ||
	    buf_append(&raw, v.data, v.len, err) != 0 || learn_all(&a, err) != 0 ||
	    kv_put(s->kv, KV_DAMAGED, key_span(&key),
		   (struct kv_span){raw.data, raw.len}, err) != 0 ||
	    record_encode(s, o, err) != 0 || record_put(s, o, err) != 0 ||
	    put_rows(s, rows, rows_of(o, rows), err) != 0 ||
	    usage_count_order(s, o, true, err) != 0 || outbox_touch(s, o, err) != 0)
		goto out;
	if (a.state > 0 && a.state < ORDER_STATES && s->counts.orders[a.state] > 0)
		s->counts.orders[a.state]--;
	s->counts.orders[o->state]++;
	rc = 0;
out:
	buf_clear(&raw);
	return rc;
}

int
store_set_aside(struct store *store, uint32_t number, struct error *err)
{
	struct error why = {0};
	struct order o;
	int rc;

	if (order_by_number(store, number, &o, &why) == 0) {
		order_clear(&o);
		return error_set(err, ERROR_CONFLICT, "the record of order %u is whole",
				 (unsigned)number);
	}
	if (why.kind != ERROR_CORRUPT) {
		if (err != NULL)
			*err = why;
		return -1;
	}
	o.number = number;
	o.revision = 1;
	o.state = ORDER_CORRUPT;
	o.changed = o.ended = time(NULL);
	uuid_make(o.uuid); /* unless the index knows it */
	text_copy(o.reason, sizeof(o.reason), "job-data-insufficient");
	text_copy(o.message, sizeof(o.message),
		  "the order's record was damaged on the disk; it can't be produced");
	rc = change_begin(store, err);
	if (rc == 0)
		rc = change_end(store, write_aside(store, &o, err), err);
	if (rc == 0)
		forget_damaged(store, number);
	order_clear(&o);
	return rc;
}
