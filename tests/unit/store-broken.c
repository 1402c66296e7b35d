/*
 * store-broken.c - each invariant of a store broken by itself: a check says so, a repair mends
 * it, and what can't be read is set aside.
 */
#include <stdlib.h>
#include <string.h>

#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static struct store_options options;

static struct store *
reopen(struct store *s)
{
	store_close(s);
	return help_open(&options);
}

/* Each breaks one invariant of a whole store through the engine's door. */
struct sabotage {
	const char *what;
	enum kv_table table;
	enum { DELETE, ADD, SPOIL } how;
};

static void
commit_sabotage(struct store *s, const struct sabotage *row)
{
	struct kv_span k = {"0123456789abcdef0123", 20}, v = {"\0\0\0\1", 4};
	struct kv_cursor *c;
	struct key key;
	uint8_t value[4096] = {0, 0, 0, 1};
	size_t len = 4;

	if (row->table == KV_STAGED || row->table == KV_DOOMED)
		k.len = UUID_BYTES;
	if (row->how != ADD) {
		s->kv->engine->cursor_open(s->kv, row->table, &c, NULL);
		if (s->kv->engine->seek(c, (struct kv_span){NULL, 0}, &k, &v, NULL) !=
		    1)
			exit(99);
		len = v.len;
		if (len > 0)
			memcpy(value, v.data, len);
		s->kv->engine->cursor_close(c);
	}
	key = key_of_bytes(k.data, k.len);
	if (row->how == DELETE) {
		kv_del(s->kv, row->table, key_span(&key), NULL);
		return;
	}
	if (row->how == SPOIL)
		value[len - 1] ^= 1;
	kv_put(s->kv, row->table, key_span(&key), (struct kv_span){value, len}, NULL);
}

static int
first(const struct order *o, void *context)
{
	memcpy(context, o->uuid, UUID_BYTES);
	return 1;
}

static void
remove_all(struct store *s)
{
	uint8_t uuid[UUID_BYTES];
	struct store_health health;
	struct error err;

	for (;;) {
		memset(uuid, 0, sizeof(uuid));
		store_scan(s, 0, 0, 0, first, uuid, &err);
		if (store_remove(s, uuid, &err) != 0)
			break;
	}
	help_tidy(s);
	store_count(s, &health, &err);
	if (health.chunks != 0 || health.outbox != 0)
		exit(99);
}

static void
every_broken_invariant_is_said_and_repaired(struct store **s)
{
	static const struct sabotage rows[] = {
		{"a record vanishes", KV_ORDER, DELETE},
		{"a record is damaged", KV_ORDER, SPOIL},
		{"a uuid row vanishes", KV_UUID, DELETE},
		{"a uuid row without order", KV_UUID, ADD},
		{"a uuid row leads elsewhere", KV_UUID, SPOIL},
		{"a code row vanishes", KV_CODE, DELETE},
		{"a code row without order", KV_CODE, ADD},
		{"a user row vanishes", KV_USER, DELETE},
		{"a user row without order", KV_USER, ADD},
		{"an owner row vanishes", KV_OWNER, DELETE},
		{"an owner row without order", KV_OWNER, ADD},
		{"an owner row says another printer", KV_OWNER, SPOIL},
		{"a count of use vanishes", KV_USAGE, DELETE},
		{"a count of use of nobody", KV_USAGE, ADD},
		{"a count of use is wrong", KV_USAGE, SPOIL},
		{"a state row vanishes", KV_STATE, DELETE},
		{"a state row without order", KV_STATE, ADD},
		{"a due row vanishes", KV_DUE, DELETE},
		{"a due row without order", KV_DUE, ADD},
		{"an outbox row vanishes", KV_OUTBOX, DELETE},
		{"an outbox row without order", KV_OUTBOX, ADD},
		{"a touch vanishes", KV_TOUCH, DELETE},
		{"a touch without order", KV_TOUCH, ADD},
		{"a body row vanishes", KV_BODY, DELETE},
		{"a body row of another order", KV_BODY, SPOIL},
		{"a chunk vanishes", KV_CHUNK, DELETE},
		{"a chunk of no document", KV_CHUNK, ADD},
		{"a chunk is damaged", KV_CHUNK, SPOIL},
		{"an incoming document without its chunk", KV_STAGED, ADD},
		{"a dropped document without its chunk", KV_DOOMED, ADD},
	};
	struct store_health health;
	struct order o;
	struct error err;
	uint64_t repaired, again;

	help_tidy(*s);
	TAP_OK(help_check(*s) == 0, "a whole store has no fault");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		remove_all(*s);
		help_order(*s, &o);
		memset(o.user_key, 9, sizeof(o.user_key));
		help_document(*s, &o, 1000, 600, &err);
		store_insert(*s, &o, &err);
		order_clear(&o);
		commit_sabotage(*s, &rows[i]);
		if (store_check(*s, NULL, NULL, &health, &err) != 0)
			health.faults = 0;
		TAP_OK(health.faults > 0, "%s: %u faults", rows[i].what,
		       (unsigned)health.faults);
		store_flush(*s, &err);
		if (store_repair(*s, NULL, NULL, &repaired, &err) != 0)
			repaired = 0;
		*s = reopen(*s);
		TAP_OK(repaired > 0 && help_check(*s) == 0,
		       "    repaired in %u steps, it is whole again",
		       (unsigned)repaired);
		if (store_repair(*s, NULL, NULL, &again, &err) != 0)
			again = 99;
		TAP_OK(again == 0, "    and there is nothing more to repair");
	}
}

/* Turned over: a bit of the place that the second order's touch tells, and one of its
 * revision. */
static void
a_damaged_touch_takes_nobody_else_s_place(struct store **s)
{
	struct order o[2];
	struct store_health health;
	struct touch_row row;
	struct kv_span v;
	struct key key, value;
	struct error err;
	uint64_t repaired;

	remove_all(*s);
	for (int i = 0; i < 2; i++)
		help_insert(*s, &o[i]);
	key = key_of_u32(o[0].number);
	kv_get((*s)->kv, KV_TOUCH, key_span(&key), &v, &err);
	value = key_of_bytes(v.data, v.len);
	key = key_of_u32(o[1].number);
	help_plant(*s, KV_TOUCH, key_span(&key), key_span(&value));
	TAP_OK(store_check(*s, NULL, NULL, &health, &err) == 0 && health.faults > 0,
	       "an order's touch tells another's place: %u faults",
	       (unsigned)health.faults);
	if (store_repair(*s, NULL, NULL, &repaired, &err) != 0)
		repaired = 0;
	*s = reopen(*s);
	TAP_OK(repaired > 0 && help_check(*s) == 0 &&
		       store_outbox_has(*s, o[0].number) &&
		       store_outbox_has(*s, o[1].number),
	       "    repaired, each has its own");
	kv_get((*s)->kv, KV_TOUCH, key_span(&key), &v, &err);
	touch_row_read(&row, v);
	row.revision += 1 << 20;
	value = touch_row_value(&row);
	help_plant(*s, KV_TOUCH, key_span(&key), key_span(&value));
	TAP_OK(store_check(*s, NULL, NULL, &health, &err) == 0 && health.faults == 1,
	       "a touch tells a revision to come, which would never be done");
	if (store_repair(*s, NULL, NULL, &repaired, &err) != 0)
		repaired = 0;
	TAP_OK(repaired > 0 && help_check(*s) == 0 &&
		       store_outbox_done(*s, o[1].uuid, o[1].revision, &err) == 0 &&
		       !store_outbox_has(*s, o[1].number),
	       "    repaired, it can be done");
	for (int i = 0; i < 2; i++)
		order_clear(&o[i]);
}

/* Two bits: one of the number that a record is under, and one of itself. */
static void
a_damaged_record_under_a_number_of_nobody(struct store **s)
{
	struct order o, back;
	struct kv_span v;
	struct key key, strange;
	struct buf raw;
	struct error err;
	uint64_t repaired;

	remove_all(*s);
	help_insert(*s, &o);
	key = key_of_u32(o.number);
	strange = key_of_u32(o.number | 1u << 21);
	buf_init(&raw, ORDER_RECORD_MAX);
	if (kv_get((*s)->kv, KV_ORDER, key_span(&key), &v, &err) != 1 ||
	    buf_append(&raw, v.data, v.len, &err) != 0)
		exit(99);
	raw.data[raw.len - 1] ^= 1;
	kv_del((*s)->kv, KV_ORDER, key_span(&key), &err);
	help_plant(*s, KV_ORDER, key_span(&strange),
		   (struct kv_span){raw.data, raw.len});
	if (store_repair(*s, NULL, NULL, &repaired, &err) != 0)
		repaired = 0;
	*s = reopen(*s);
	TAP_OK(repaired > 0 && help_check(*s) == 0 &&
		       store_get_number(*s, o.number, &back, &err) == 0 &&
		       back.state == ORDER_CORRUPT,
	       "a damaged record under a number of nobody: its order is corrupt");
	order_clear(&back);
	TAP_OK(kv_get((*s)->kv, KV_DAMAGED, key_span(&strange), &v, &err) == 1 &&
		       store_get_number(*s, o.number | 1u << 21, &back, &err) == -1,
	       "    and what there was of it is kept, as no order");
	buf_clear(&raw);
	order_clear(&o);
}

static void
a_damaged_record_is_set_aside(struct store **s)
{
	struct order o[2], back;
	struct store_health before, after;
	struct kv_span v;
	struct key key;
	struct error err;
	uint8_t copy[8192];

	for (int i = 0; i < 2; i++)
		help_insert(*s, &o[i]);
	help_move(*s, &o[0], ORDER_RELEASED, &err);
	store_count(*s, &before, &err);
	TAP_OK(store_set_aside(*s, o[0].number, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	key = key_of_u32(o[0].number);
	kv_get((*s)->kv, KV_ORDER, key_span(&key), &v, &err);
	memcpy(copy, v.data, v.len);
	copy[20] ^= 1;
	help_plant(*s, KV_ORDER, key_span(&key), (struct kv_span){copy, v.len});
	TAP_OK(store_set_aside(*s, o[0].number, &err) == 0 &&
		       store_flush(*s, &err) == 0,
	       "it is set aside");
	*s = reopen(*s);
	TAP_OK(store_get(*s, o[0].uuid, &back, &err) == 0 &&
		       back.state == ORDER_CORRUPT && back.number == o[0].number &&
		       help_sound_chunks(*s, &back) == 2,
	       "in its place is a corrupt order, with its document");
	order_clear(&back);
	TAP_OK(store_get_key(*s, o[0].key, &back, &err) == 0 &&
		       back.state == ORDER_CORRUPT,
	       "which its claim code still finds");
	order_clear(&back);
	store_count(*s, &after, &err);
	TAP_OK(after.orders[ORDER_RELEASED] + 1 == before.orders[ORDER_RELEASED] &&
		       after.orders[ORDER_CORRUPT] == before.orders[ORDER_CORRUPT] + 1,
	       "the counts know it");
	TAP_OK(kv_get((*s)->kv, KV_DAMAGED, key_span(&key), &v, &err) == 1 &&
		       memcmp(v.data, copy, v.len) == 0,
	       "the damaged record is kept as it was");
	TAP_OK(help_move(*s, &o[0], ORDER_CANCELED, &err) == 0 &&
		       help_move(*s, &o[1], ORDER_RELEASED, &err) == 0,
	       "a person can cancel it, and the other goes on");
	help_tidy(*s);
	TAP_OK(help_check(*s) == 0, "no invariant is broken");
	for (int i = 0; i < 2; i++)
		order_clear(&o[i]);
}

static void
another_format_is_not_touched(struct store **s)
{
	struct error err;
	struct store *other;

	help_plant(*s, KV_META, (struct kv_span){"format", 6},
		   (struct kv_span){"\0\0\0\5", 4});
	store_close(*s);
	TAP_OK(store_open(&options, &other, &err) == -1 && err.kind == ERROR_INPUT &&
		       other == NULL,
	       "%s", err.text);
	*s = NULL;
}

static void
run(const struct store_options *engine)
{
	struct store *s;

	options = *engine;
	s = help_open(&options);
	every_broken_invariant_is_said_and_repaired(&s);
	a_damaged_touch_takes_nobody_else_s_place(&s);
	a_damaged_record_under_a_number_of_nobody(&s);
	a_damaged_record_is_set_aside(&s);
	another_format_is_not_touched(&s);
	store_close(s);
}

int
main(void)
{
	help_engines("/tmp/claimcheck-broken-XXXXXX", run);
	return tap_done();
}
