/*
 * Sorted arrays, and a log of what each change replaced, walked back by settle(false)
 * and rollback. For tests: a named store (options.folder) lives as long as the process,
 * so that closing and opening again is a restart; one without a name ends with close.
 */
#include <stdio.h>
#include <stdlib.h>

#include "spoold/store/key.h"

#define RAM_ENTRY_BYTES 64	      /* counted for an entry, above its bytes */
#define RAM_HEADROOM	(1024 * 1024) /* as much as lmdb keeps at the least */
#define RAM_MAP_DEFAULT (1024ull << 20)

struct entry {
	size_t key_len, len;
	uint8_t *value; /* owned; NULL if empty */
	uint8_t key[];
};

struct table {
	struct entry **entries; /* ascending keys */
	size_t count, cap;
};

/* What undoes one change: puts `old` back, or (NULL) takes the key out. */
struct undo {
	enum kv_table table;
	struct entry *old; /* owned */
	struct key key;
};

struct ram {
	struct kv kv;
	struct ram *next; /* among the named ones */
	char *name;
	bool open;
	struct table tables[KV_TABLES];
	struct undo *log;
	size_t log_len, log_cap, mark;
	uint64_t used, limit;
};

struct kv_cursor {
	struct table *table;
	size_t at;
};

static struct ram *named;

static void *
must(void *p)
{
	INVARIANT(p != NULL);
	return p;
}

static int
compare(const struct entry *e, struct kv_span key)
{
	size_t n = e->key_len < key.len ? e->key_len : key.len;
	int c = n != 0 ? memcmp(e->key, key.data, n) : 0;

	if (c != 0)
		return c;
	return e->key_len < key.len ? -1 : e->key_len > key.len;
}

/* Index of the first entry not before key. */
static size_t
find(const struct table *t, struct kv_span key)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (compare(t->entries[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_at(const struct table *t, size_t at, struct kv_span key)
{
	return at < t->count && compare(t->entries[at], key) == 0;
}

static uint64_t
weight(const struct entry *e)
{
	return e->key_len + e->len + RAM_ENTRY_BYTES;
}

static void
entry_free(struct entry *e)
{
	if (e == NULL)
		return;
	free(e->value);
	free(e);
}

/* Puts `e` (NULL: nothing) in the place of what has that key, which it returns. */
static struct entry *
exchange(struct ram *ram, enum kv_table table, struct kv_span key, struct entry *e)
{
	struct table *t = &ram->tables[table];
	size_t at = find(t, key);
	struct entry *old = is_at(t, at, key) ? t->entries[at] : NULL;

	if (old == NULL && e != NULL) {
		if (t->count == t->cap) {
			t->cap = t->cap != 0 ? 2 * t->cap : 64;
			t->entries =
				must(reallocarray(t->entries, t->cap, sizeof(void *)));
		}
		memmove(t->entries + at + 1, t->entries + at,
			(t->count++ - at) * sizeof(void *));
	} else if (old != NULL && e == NULL) {
		memmove(t->entries + at, t->entries + at + 1,
			(--t->count - at) * sizeof(void *));
	}
	if (e != NULL)
		t->entries[at] = e;
	ram->used += e != NULL ? weight(e) : 0;
	ram->used -= old != NULL ? weight(old) : 0;
	return old;
}

static void
change(struct ram *ram, enum kv_table table, struct kv_span key, struct entry *e)
{
	struct entry *old = exchange(ram, table, key, e);

	if (ram->log_len == ram->log_cap) {
		ram->log_cap = ram->log_cap != 0 ? 2 * ram->log_cap : 64;
		ram->log =
			must(reallocarray(ram->log, ram->log_cap, sizeof(*ram->log)));
	}
	ram->log[ram->log_len++] =
		(struct undo){table, old, key_of_bytes(key.data, key.len)};
}

static void
undo_to(struct ram *ram, size_t len)
{
	while (ram->log_len > len) {
		struct undo *u = &ram->log[--ram->log_len];
		entry_free(exchange(ram, u->table, key_span(&u->key), u->old));
	}
}

static int
ram_open(const struct store_options *options, struct kv **kv, struct error *err)
{
	struct ram *ram = NULL;

	if (options->folder != NULL)
		for (ram = named; ram != NULL; ram = ram->next)
			if (strcmp(ram->name, options->folder) == 0)
				break;
	if (ram != NULL && ram->open)
		return error_set(err, ERROR_LATER, "the store '%s' is open already",
				 options->folder);
	if (ram == NULL) {
		ram = must(calloc(1, sizeof(*ram)));
		ram->kv.engine = &kv_ram;
		if (options->folder != NULL) {
			ram->name = must(strdup(options->folder));
			ram->next = named;
			named = ram;
		}
	}
	ram->open = true;
	ram->limit = options->map_bytes != 0 ? options->map_bytes : RAM_MAP_DEFAULT;
	*kv = &ram->kv;
	return 0;
}

static void
ram_rollback(struct kv *kv)
{
	undo_to((struct ram *)kv, 0);
}

static void
ram_close(struct kv *kv)
{
	struct ram *ram = (struct ram *)kv;

	ram_rollback(kv);
	ram->open = false;
	if (ram->name != NULL)
		return;
	for (int t = 0; t < KV_TABLES; t++) {
		for (size_t i = 0; i < ram->tables[t].count; i++)
			entry_free(ram->tables[t].entries[i]);
		free(ram->tables[t].entries);
	}
	free(ram->log);
	free(ram);
}

static int
ram_get(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span *value,
	struct error *err)
{
	struct table *t = &((struct ram *)kv)->tables[table];
	size_t at = find(t, key);

	(void)err;
	if (!is_at(t, at, key))
		return 0;
	*value = (struct kv_span){t->entries[at]->value, t->entries[at]->len};
	return 1;
}

static int
ram_put(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span value,
	struct error *err)
{
	struct ram *ram = (struct ram *)kv;
	struct entry *e;

	if (ram->used + key.len + value.len + RAM_ENTRY_BYTES > ram->limit)
		return error_set(err, ERROR_FULL, "the store is full");
	e = must(malloc(sizeof(*e) + key.len));
	e->key_len = key.len;
	memcpy(e->key, key.data, key.len);
	e->len = value.len;
	e->value = value.len != 0 ? must(malloc(value.len)) : NULL;
	if (value.len != 0)
		memcpy(e->value, value.data, value.len);
	change(ram, table, key, e);
	return 0;
}

static int
ram_del(struct kv *kv, enum kv_table table, struct kv_span key, struct error *err)
{
	struct ram *ram = (struct ram *)kv;
	struct table *t = &ram->tables[table];

	(void)err;
	if (is_at(t, find(t, key), key))
		change(ram, table, key, NULL);
	return 0;
}

static uint64_t
ram_entries(struct kv *kv, enum kv_table table)
{
	return ((struct ram *)kv)->tables[table].count;
}

static int
ram_cursor_open(struct kv *kv, enum kv_table table, struct kv_cursor **c,
		struct error *err)
{
	(void)err;
	*c = must(calloc(1, sizeof(**c)));
	(*c)->table = &((struct ram *)kv)->tables[table];
	return 0;
}

static int
here(struct kv_cursor *c, struct kv_span *key, struct kv_span *value)
{
	const struct entry *e;

	if (c->at >= c->table->count)
		return 0;
	e = c->table->entries[c->at];
	*key = (struct kv_span){e->key, e->key_len};
	*value = (struct kv_span){e->value, e->len};
	return 1;
}

static int
ram_seek(struct kv_cursor *c, struct kv_span from, struct kv_span *key,
	 struct kv_span *value, struct error *err)
{
	(void)err;
	c->at = find(c->table, from);
	return here(c, key, value);
}

static int
ram_next(struct kv_cursor *c, struct kv_span *key, struct kv_span *value,
	 struct error *err)
{
	(void)err;
	c->at++;
	return here(c, key, value);
}

static void
ram_cursor_close(struct kv_cursor *c)
{
	free(c);
}

static int
ram_mark(struct kv *kv, struct error *err)
{
	struct ram *ram = (struct ram *)kv;

	(void)err;
	ram->mark = ram->log_len;
	return 0;
}

static int
ram_settle(struct kv *kv, bool keep, struct error *err)
{
	struct ram *ram = (struct ram *)kv;

	(void)err;
	if (!keep)
		undo_to(ram, ram->mark);
	return 0;
}

static int
ram_commit(struct kv *kv, struct error *err)
{
	struct ram *ram = (struct ram *)kv;

	(void)err;
	for (size_t i = 0; i < ram->log_len; i++)
		entry_free(ram->log[i].old);
	ram->log_len = 0;
	return 0;
}

static uint64_t
ram_room(struct kv *kv)
{
	struct ram *ram = (struct ram *)kv;

	return ram->used + RAM_HEADROOM < ram->limit
		       ? ram->limit - ram->used - RAM_HEADROOM
		       : 0;
}

static int
ram_admit(struct kv *kv, size_t bytes, struct error *err)
{
	if (bytes > ram_room(kv))
		return error_set(err, ERROR_FULL, "the store is full");
	return 0;
}

static void
ram_maintain(struct kv *kv)
{
	(void)kv;
}

const struct kv_engine kv_ram = {
	.name = "ram",
	.open = ram_open,
	.close = ram_close,
	.get = ram_get,
	.put = ram_put,
	.del = ram_del,
	.entries = ram_entries,
	.cursor_open = ram_cursor_open,
	.seek = ram_seek,
	.next = ram_next,
	.cursor_close = ram_cursor_close,
	.mark = ram_mark,
	.settle = ram_settle,
	.commit = ram_commit,
	.rollback = ram_rollback,
	.admit = ram_admit,
	.room = ram_room,
	.maintain = ram_maintain,
};
