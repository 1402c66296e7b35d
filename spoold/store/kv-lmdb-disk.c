/*
 * What the disk does not give, and what it does not take.
 *
 * LMDB reads its file through a map, where a sector that can't be read is a SIGBUS and
 * not an error number. Whoever reads does it in here: then it is one. Only reading is
 * broken off like this; in the middle of a change LMDB could not go on.
 *
 * A write that failed leaves the kernel's memory and the disk apart: what was not written
 * may count as written from then on (fsync(2) says so once), and be read as if it were
 * there. LMDB never refers to a page before it was synced, so this can only be a head;
 * the heads are read from the disk itself whenever an owner opens the store.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define PAGE_MOST                                                                      \
	65536 /* of the machine, in bytes; a head lies in each of the first two */

static __thread sigjmp_buf *way_out;

static void
on_bus_error(int number)
{
	if (way_out != NULL)
		siglongjmp(*way_out, 1);
	signal(number, SIG_DFL); /* as if nobody had waited for it */
	raise(number);
}

void
lmdb_disk_open(void)
{
	/* the way out does not put the mask of signals back */
	struct sigaction action = {.sa_handler = on_bus_error, .sa_flags = SA_NODEFER};

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

int
lmdb_try(int (*read)(void *), void *context)
{
	sigjmp_buf here, *before = way_out;
	int rc;

	if (sigsetjmp(here, 0) != 0) {
		way_out = before;
		return EIO;
	}
	way_out = &here;
	rc = read(context);
	way_out = before;
	return rc;
}

struct get {
	MDB_txn *txn;
	MDB_dbi table;
	MDB_val *key, *value;
};

static int
get(void *context)
{
	struct get *g = context;

	return mdb_get(g->txn, g->table, g->key, g->value);
}

int
lmdb_disk_get(MDB_txn *txn, MDB_dbi table, MDB_val *key, MDB_val *value)
{
	return lmdb_try(get, &(struct get){txn, table, key, value});
}

struct move {
	MDB_cursor *cursor;
	MDB_val *key, *value;
	MDB_cursor_op op;
};

static int
move(void *context)
{
	struct move *m = context;

	return mdb_cursor_get(m->cursor, m->key, m->value, m->op);
}

int
lmdb_disk_move(MDB_cursor *c, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
	return lmdb_try(move, &(struct move){c, key, value, op});
}

/* The page's own head lies before the value, in the same page of the machine. */
static int
touch(void *context)
{
	const MDB_val *value = context;

	(void)*(const volatile uint8_t *)value->mv_data;
	return 0;
}

int
lmdb_disk_touch(const MDB_val *value)
{
	MDB_val v = *value;

	return v.mv_size != 0 ? lmdb_try(touch, &v) : 0;
}

int
lmdb_reread_heads(const char *folder, struct error *err)
{
	char path[PATH_MAX];
	int fd, rc = 0;

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0; /* a new store */
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	/* what is still to be written can't be let go of */
	if (fsync(fd) != 0)
		rc = error_errno(err, "the disk does not take what '%s' holds", path);
	else
		posix_fadvise(fd, 0, 2 * PAGE_MOST, POSIX_FADV_DONTNEED);
	close(fd);
	return rc;
}
