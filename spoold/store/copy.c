/*
 * Backup, compaction, and what must be said of orders that come back from a backup.
 *
 * A restored store is made ready in a folder of its own inside the one it is meant for,
 * and moved from there in one step: no spoold can start on one that still has grants.
 */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/base/text.h"
#include "spoold/store/inner.h"

#define RESTORE_TURN 100 /* orders changed before a flush */

static int
no_files(const struct kv_engine *e, struct error *err)
{
	return error_set(err, ERROR_INPUT, "the engine '%s' has no files", e->name);
}

int
store_backup(struct store *store, const char *folder, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	return e->copy != NULL ? e->copy(store->kv, folder, err) : no_files(e, err);
}

int
store_compact(struct store *store, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	INVARIANT(!store->changed && !store->read_only);
	return e->compact != NULL ? e->compact(store->kv, err) : no_files(e, err);
}

/* One order on its way; a scan stops at it. */
struct found {
	struct order order;
	bool some;
	int rc;
};

static int
take_one(const struct order *o, void *context)
{
	struct found *f = context;

	f->some = true;
	f->rc = order_copy(&f->order, o, NULL);
	return 1;
}

static int
stop_order(struct store *s, struct order *o, const char *message, struct error *err)
{
	o->state = ORDER_STOPPED;
	o->grant = (struct order_grant){.until = 0};
	text_copy(o->message, sizeof(o->message), message);
	return store_update(s, o, true, err);
}

static int
stop_all(struct store *s, enum order_state state, const char *message,
	 struct error *err)
{
	for (int n = 1;; n++) {
		struct found f = {.some = false};
		if (store_scan(s, state, 0, 0, take_one, &f, err) != 0)
			return -1;
		if (!f.some)
			return 0;
		if (f.rc != 0)
			return error_set(err, ERROR_SYSTEM, "no memory for an order");
		f.rc = stop_order(s, &f.order, message, err);
		order_clear(&f.order);
		if (f.rc != 0 || (n % RESTORE_TURN == 0 && store_flush(s, err) != 0))
			return -1;
	}
}

int
copy_finish(struct store *s, const char *message, struct error *err)
{
	if (stop_all(s, ORDER_RELEASED, message, err) != 0 ||
	    stop_all(s, ORDER_PRODUCING, message, err) != 0 ||
	    numbers_skip(s, STORE_RESTORE_GAP, err) != 0)
		return -1;
	return store_flush(s, err);
}

/* The backup's store, made ready in a folder of its own. */
static int
make_ready(const char *backup, const struct store_options *options, struct error *err)
{
	struct store_options look = {.engine = options->engine,
				     .folder = backup,
				     .map_bytes = options->map_bytes,
				     .read_only = true};
	struct store *s;
	int rc;

	if (store_open(&look, &s, err) != 0)
		return -1;
	rc = store_backup(s, options->folder, err);
	store_close(s);
	if (rc != 0 || store_open(options, &s, err) != 0)
		return -1;
	rc = copy_finish(s, "restored from a backup: it may have been produced since", err);
	store_close(s);
	return rc;
}

int
store_restore(const char *backup, const struct store_options *options,
	      struct error *err)
{
	struct store_options ready = *options;
	char folder[PATH_MAX];
	int rc;

	if (strcmp(options->engine, kv_lmdb.name) != 0)
		return error_set(err, ERROR_INPUT, "the engine '%s' has no files",
				 options->engine);
	if (snprintf(folder, sizeof(folder), "%s/restore", options->folder) >=
	    (int)sizeof(folder))
		return error_set(err, ERROR_INPUT, "the folder's name is too long");
	if (kv_lmdb.clear(folder, err) != 0)
		return -1;
	if (mkdir(folder, 0700) != 0)
		return error_errno(err, "cannot make the folder '%s'", folder);
	ready.folder = folder;
	rc = make_ready(backup, &ready, err);
	if (rc == 0)
		rc = kv_lmdb.adopt(folder, options->folder, err);
	kv_lmdb.clear(folder, NULL);
	return rc;
}
