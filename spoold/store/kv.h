/*
 * kv.h - inside the store only: what an engine is, ordered tables of bytes in turns.
 *
 * The store's logic (records, indexes, bodies, outbox, invariants) stands above this
 * and is the same for all engines; an engine knows nothing of orders. Keys are ordered
 * as byte rows (shorter first); at most KV_KEY_MAX bytes, never empty.
 *
 * A turn begins with the first change and ends with commit (durable when it returned 0)
 * or rollback. Reads see the changes of the turn. Inside a turn, changes that belong
 * together stand between mark and settle: settle(false) takes them back. An engine may
 * find no room for a change although admit said yes; it then either takes back that
 * change alone, or says so again at commit, which then fails as a whole.
 *
 * What get, seek and next point to is valid until the next call on the same kv that is
 * not a read.
 */
#ifndef CC_STORE_KV_H
#define CC_STORE_KV_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "spoold/store/store.h"

#define KV_KEY_MAX  64
#define KV_SOON_MAX 32
#define KV_READ_MAX ((size_t)256 << 10)

/* The tables; doc/store.7 says what is in each. Names are on the disk: never changed.
 */
enum kv_table {
	KV_META,
	KV_ORDER,
	KV_UUID,
	KV_CODE,
	KV_USER,
	KV_OWNER,
	KV_STATE,
	KV_DUE,
	KV_OUTBOX,
	KV_TOUCH,
	KV_BODY,
	KV_STAGED,
	KV_DOOMED,
	KV_CHUNK,
	KV_DAMAGED,
	KV_USAGE,
	KV_AUDIT,
	KV_TABLES
};
extern const char *const kv_table_names[KV_TABLES];

struct kv_span {
	const void *data; /* not owned */
	size_t len;
};

struct kv {
	const struct kv_engine *engine;
	bool in_doubt; /* store_in_doubt: every further change fails */
	bool damaged;  /* store_is_damaged */
};

struct kv_cursor;

struct kv_engine {
	const char *name;
	int (*open)(const struct store_options *options, struct kv **kv,
		    struct error *err);
	void (*close)(struct kv *kv);

	/* 1 found, 0 not, -1 */
	int (*get)(struct kv *kv, enum kv_table table, struct kv_span key,
		   struct kv_span *value, struct error *err);
	/* What get pointed to and nobody has looked at (KV_READ_MAX bytes at most), in
	 * memory until the next call on the same kv: ERROR_CORRUPT if the disk does not
	 * give it. NULL where that is all in memory. */
	int (*read)(struct kv *kv, struct kv_span value, const void **data,
		    struct error *err);
	/* The same will be read soon, one after the other; at most KV_SOON_MAX. NULL where
	 * that makes no difference. */
	void (*soon)(struct kv *kv, const struct kv_span *values, unsigned count);
	/* What get, seek and next point to is looked at by read, in here: ERROR_CORRUPT
	 * if the disk does not give it. NULL where it always does. read takes no locks and
	 * no memory: it may be broken off. */
	int (*look)(struct kv *kv, int (*read)(void *context), void *context,
		    struct error *err);
	int (*put)(struct kv *kv, enum kv_table table, struct kv_span key,
		   struct kv_span value, struct error *err);
	/* ERROR_CORRUPT: what is there can't be read from the disk; nothing has changed. 0 also if there was none */
	int (*del)(struct kv *kv, enum kv_table table, struct kv_span key,
		   struct error *err);
	uint64_t (*entries)(struct kv *kv, enum kv_table table);

	/* Cursors are closed before the next change. seek: the first key not before
	 * `from`. 1 found, 0 behind the last, -1. */
	int (*cursor_open)(struct kv *kv, enum kv_table table, struct kv_cursor **c,
			   struct error *err);
	int (*seek)(struct kv_cursor *c, struct kv_span from, struct kv_span *key,
		    struct kv_span *value, struct error *err);
	int (*next)(struct kv_cursor *c, struct kv_span *key, struct kv_span *value,
		    struct error *err);
	void (*cursor_close)(struct kv_cursor *c);

	int (*mark)(struct kv *kv, struct error *err);
	int (*settle)(struct kv *kv, bool keep, struct error *err);
	int (*commit)(struct kv *kv, struct error *err);
	void (*rollback)(struct kv *kv);

	/* Whether `bytes` more may be taken in: ERROR_FULL if that would eat what state
	 * changes need. */
	int (*admit)(struct kv *kv, size_t bytes, struct error *err);
	uint64_t (*room)(struct kv *kv);
	void (*size)(struct kv *kv, struct store_size *size); /* NULL: no files */
	/* Once a minute: forgets readers that died. */
	void (*maintain)(struct kv *kv);

	/* NULL where there are no files. tree: what was committed last, looked over page
	 * by page without trusting any (pages.h); *faults: how many were said. May be called
	 * by another thread than the owner's; it is broken off (-1) when *ending is true;
	 * NULL: never. */
	int (*tree)(struct kv *kv, store_fault_fn *fault, void *context,
		    const atomic_bool *ending, uint64_t *faults, struct error *err);
	/* What an owner looks at before it opens the files: ERROR_CORRUPT. */
	int (*head)(struct kv *kv, struct error *err);
	/* copy: to `folder`, which must not have one.
	 * compact: outside a turn. */
	int (*copy)(struct kv *kv, const char *folder, struct error *err);
	int (*compact)(struct kv *kv, struct error *err);
	bool (*is_there)(const char *folder);
	/* Of closed stores. adopt: moves one into a folder that has none. clear: takes the
	 * files and the folder away, if they are there. */
	int (*adopt)(const char *from, const char *to, struct error *err);
	int (*clear)(const char *folder, struct error *err);
	/* The store in `from` takes the place of the one in `to`, in one step; the old one is
	 * kept there under a name that nothing else uses. ERROR_LATER: somebody looks at it. */
	int (*exchange)(const char *from, const char *to, const char *kept,
			struct error *err);
};

extern const struct kv_engine kv_lmdb, kv_ram;

static inline int
kv_get(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span *value,
       struct error *err)
{
	return kv->engine->get(kv, table, key, value, err);
}

static inline int
kv_put(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span value,
       struct error *err)
{
	return kv->engine->put(kv, table, key, value, err);
}

static inline int
kv_del(struct kv *kv, enum kv_table table, struct kv_span key, struct error *err)
{
	return kv->engine->del(kv, table, key, err);
}

#endif
