/*
 * Backup, compaction, and what must be said of orders that come back from a backup.
 *
 * A restored store is made ready in a folder of its own inside the one it is meant for,
 * and moved from there in one step: no spoold can start on one that still has grants.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "spoold/store/inner.h"

#define RESTORE_TURN 100 /* orders changed before a flush */
#define COPY_STEP    ((size_t)16 << 20)

static int
no_files(const char *engine, struct error *err)
{
	return error_set(err, ERROR_INPUT, "the engine '%s' has no files", engine);
}

int
store_backup(struct store *store, const char *folder, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	return e->copy != NULL ? e->copy(store->kv, folder, err)
			       : no_files(e->name, err);
}

int
store_compact(struct store *store, struct error *err)
{
	const struct kv_engine *e = store->kv->engine;

	INVARIANT(!store->changed && !store->read_only);
	return e->compact != NULL ? e->compact(store->kv, err) : no_files(e->name, err);
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
	if (store_update(s, o, true, err) != 0)
		return -1;
	return audit_append_restored(s, o, err);
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

/* The bytes of the backup's file, durable. */
static int
copy_file(int from, const char *folder, struct error *err)
{
	char path[PATH_MAX + 16];
	ssize_t n = 1;
	int fd;

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, "cannot make '%s'", path);
	while (n > 0) {
		n = sendfile(fd, from, NULL, COPY_STEP);
		if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n == 0)
		n = fsync(fd);
	if (n != 0)
		error_errno(err, "cannot copy the backup to '%s'", path);
	if (close(fd) != 0 && n == 0)
		n = error_errno(err, "cannot copy the backup to '%s'", path);
	return n == 0 ? 0 : -1;
}

static void
note_first(const char *sentence, void *context)
{
	char *first = context;

	if (first[0] == '\0')
		text_copy(first, ERROR_TEXT_MAX / 2, sentence);
}

/* The backup's store, made ready in a folder of its own. */
static int
make_ready(int backup, const struct store_options *options, struct error *err)
{
	char first[ERROR_TEXT_MAX / 2] = "";
	struct store_tree tree;
	struct store *s;
	int rc;

	if (copy_file(backup, options->folder, err) != 0 ||
	    store_look_over(options, note_first, first, &tree, err) != 0)
		return -1;
	if (tree.faults != 0)
		return error_set(err, ERROR_CORRUPT, "the backup is damaged: %s",
				 first);
	if (store_open(options, &s, err) != 0)
		return -1;
	rc = copy_finish(s, "restored from a backup: it may have been produced since",
			 err);
	store_close(s);
	return rc;
}

int
store_restore(int backup, const struct store_options *options, struct error *err)
{
	struct store_options ready = *options;
	char folder[PATH_MAX];
	int rc;

	if (strcmp(options->engine, kv_lmdb.name) != 0)
		return no_files(options->engine, err);
	if (kv_lmdb.is_there(options->folder))
		return error_set(err, ERROR_CONFLICT,
				 "there is a store in '%s' already", options->folder);
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
