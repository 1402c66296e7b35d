/*
 * One environment, a named table for each of ours, one write transaction a turn.
 *
 * Flags: none that weakens syncing (of 200 simulated losses of power, MDB_NOMETASYNC
 * broke 68 stores, MDB_NOSYNC 99, the default none), no MDB_WRITEMAP (slower here, and
 * stray pointers could write into the file), no MDB_NORDAHEAD (cold reads 25 times
 * slower), no DUPSORT tables (bugs in 0.9.24). The map is set once, large, and never
 * resized. doc/decisions/store.md has the figures.
 *
 * A write that fails inside a transaction kills the transaction. When the map's end is
 * near, each change therefore gets a nested transaction of its own, and dies alone;
 * elsewhere a nested one would only cost time, and a failure (no memory) loses the
 * turn.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define LMDB_MAP_DEFAULT ((uint64_t)1 << 40)
#define LMDB_MAP_MIN	 ((uint64_t)4 << 20)
#define LMDB_HEAP_KEPT	 (32 << 20) /* more than a turn's dirty pages */
#define LMDB_CHANGE_COST                                                               \
	((uint64_t)64                                                                  \
	 << 10) /* pages that one small change may copy                   \
			      */

const char *const kv_table_names[KV_TABLES] = {
	"meta",	  "order", "uuid",    "code",  "user",	"owner",
	"state",  "due",   "outbox",  "touch", "body",	"staged",
	"doomed", "chunk", "damaged", "usage", "audit",
};

struct kv_cursor {
	struct lmdb *lmdb;
	MDB_cursor *cursor;
};

int
lmdb_error(struct error *err, int rc, const char *what)
{
	switch (rc) {
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return error_set(err, ERROR_FULL, "%s: %s", what, mdb_strerror(rc));
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
	case MDB_INCOMPATIBLE:
	case MDB_CURSOR_FULL: /* deeper than a tree can be */
	case MDB_PAGE_FULL:
		return error_set(err, ERROR_CORRUPT, "%s: %s", what, mdb_strerror(rc));
	default:
		return error_set(err, ERROR_SYSTEM, "%s: %s", what, mdb_strerror(rc));
	}
}

static MDB_val
val(struct kv_span s)
{
	/* LMDB never writes through it */
	union {
		const void *in;
		void *out;
	} p = {.in = s.data};

	return (MDB_val){s.len, p.out};
}

static int
check_file_system(const char *folder, struct error *err)
{
	static const long remote[] = {0x6969, 0x517b, (long)0xff534d42,
				      (long)0xfe534d42}; /* NFS, SMB, CIFS, SMB2 */
	struct statfs st;

	if (statfs(folder, &st) != 0)
		return error_errno(err, "cannot look at the store's folder '%s'",
				   folder);
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++)
		if (((unsigned long)st.f_type & 0xffffffff) == (unsigned long)remote[i])
			return error_set(err, ERROR_INPUT,
					 "'%s' is on a network file system, which is "
					 "no place for a store",
					 folder);
	return 0;
}

static int
lock_folder(struct lmdb *l, struct error *err)
{
	l->folder_fd = open(l->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->folder_fd < 0)
		return error_errno(err, "cannot open the store's folder '%s'",
				   l->folder);
	if (flock(l->folder_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return error_set(err, ERROR_LATER,
				 "the store in '%s' is open in another process",
				 l->folder);
	return error_errno(err, "cannot lock '%s'", l->folder);
}

static int
open_tables(struct lmdb *l)
{
	unsigned flags = l->read_only ? 0 : MDB_CREATE;
	MDB_txn *txn;
	int rc = mdb_txn_begin(l->env, NULL, l->read_only ? MDB_RDONLY : 0, &txn);

	if (rc != 0)
		return rc;
	for (int t = 0; t < KV_TABLES && rc == 0; t++) {
		rc = mdb_dbi_open(txn, kv_table_names[t], flags, &l->tables[t]);
		l->absent[t] = rc == MDB_NOTFOUND; /* of an earlier format */
		if (l->absent[t])
			rc = 0;
	}
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* LMDB's head in shared memory outlives the environment as long as anybody has it open,
 * and would not fit a file that was put in its place: lmdb_compact wants this lock for
 * itself. */
static int
lock_look(struct lmdb *l)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/lock.mdb", l->folder);
	l->look_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (l->look_fd < 0)
		return errno == EROFS && l->read_only ? 0 : errno;
	return flock(l->look_fd, LOCK_SH) == 0 ? 0 : errno;
}

int
lmdb_open_environment(struct lmdb *l)
{
	MDB_stat st;
	int rc = lock_look(l);

	if (rc == 0)
		rc = mdb_env_create(&l->env);

	if (rc == 0)
		rc = mdb_env_set_maxdbs(l->env, KV_TABLES);
	if (rc == 0)
		rc = mdb_env_set_mapsize(l->env, l->map_bytes);
	if (rc == 0)
		rc = mdb_env_open(l->env, l->folder,
				  MDB_NOTLS | (l->read_only ? MDB_RDONLY : 0), 0600);
	if (rc == 0)
		rc = mdb_reader_check(l->env, NULL);
	if (rc == 0)
		rc = open_tables(l);
	if (rc == 0)
		rc = mdb_env_stat(l->env, &st);
	if (rc != 0)
		return rc;
	l->page = st.ms_psize;
	lmdb_room_open(l);
	return 0;
}

void
lmdb_close_environment(struct lmdb *l)
{
	lmdb_push_close(l);
	lmdb_read_close(l);
	if (l->change != NULL)
		mdb_txn_abort(l->change);
	if (l->turn != NULL)
		mdb_txn_abort(l->turn);
	if (l->read != NULL)
		mdb_txn_abort(l->read);
	l->change = l->turn = l->read = NULL;
	l->reading = false;
	if (l->env != NULL)
		mdb_env_close(l->env);
	l->env = NULL;
	l->map = NULL;
	if (l->look_fd >= 0)
		close(l->look_fd);
	l->look_fd = -1;
}

static void
lmdb_close(struct kv *kv)
{
	struct lmdb *l = (struct lmdb *)kv;

	lmdb_close_environment(l);
	lmdb_map_close(l);
	if (l->folder_fd >= 0)
		close(l->folder_fd);
	free(l->folder);
	free(l);
}

/* LMDB gets each dirty chunk from malloc and frees it at commit. Left to itself, malloc
 * would map and unmap 256 KiB each time, and the page faults cost five times the copy. */
static void
keep_heap(void)
{
	mallopt(M_MMAP_THRESHOLD, LMDB_HEAP_KEPT);
	mallopt(M_TRIM_THRESHOLD, LMDB_HEAP_KEPT);
}

/* The kernel's limit of file sizes is an end of the map like any other: beyond it each
 * commit would fail, those of releases and cancels, too. */
static uint64_t
largest_file(uint64_t map_bytes)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur >= map_bytes)
		return map_bytes;
	return limit.rlim_cur / page * page;
}

static int
lmdb_open(const struct store_options *options, struct kv **kv, struct error *err)
{
	struct lmdb *l = calloc(1, sizeof(*l));
	int rc;

	INVARIANT(l != NULL && options->folder != NULL);
	keep_heap();
	l->kv.engine = &kv_lmdb;
	l->folder = strdup(options->folder);
	l->folder_fd = l->look_fd = l->read_fd = -1;
	buf_init(&l->lent, KV_READ_MAX);
	lmdb_disk_open();
	lmdb_map_open(l);
	l->read_only = options->read_only;
	l->map_bytes = largest_file(options->map_bytes != 0 ? options->map_bytes
							    : LMDB_MAP_DEFAULT);
	l->reserve_bytes = options->reserve_bytes;
	INVARIANT(l->folder != NULL);
	if (l->map_bytes < LMDB_MAP_MIN) {
		error_set(err, ERROR_INPUT,
			  "a store needs a file of at least 4 MiB: look at the limit "
			  "of file sizes (RLIMIT_FSIZE)");
		goto fail;
	}
	if (check_file_system(l->folder, err) != 0 ||
	    (!l->read_only &&
	     (lock_folder(l, err) != 0 || lmdb_reread_heads(l->folder, err) != 0 ||
	      lmdb_check_head(l->folder, err) != 0)))
		goto fail;
	if (!l->read_only)
		lmdb_clear_copy(l);
	rc = lmdb_open_environment(l);
	if (rc == 0 && !l->read_only && fsync(l->folder_fd) != 0)
		rc = errno; /* the file's name must be durable, too */
	if (rc != 0) {
		lmdb_error(err, rc, "cannot open the store");
		error_prefix(err, "'%s'", l->folder);
		goto fail;
	}
	*kv = &l->kv;
	return 0;
fail:
	lmdb_close(&l->kv);
	return -1;
}

static int
say_doubt(struct lmdb *l, struct error *err)
{
	l->kv.in_doubt = true;
	return error_set(err, ERROR_SYSTEM,
			 "the disk failed in the middle of a turn: the store must be "
			 "opened anew");
}

/* After a failed write of LMDB's own head its environment is dead. */
static int
begin_turn(struct lmdb *l, struct error *err)
{
	int rc = mdb_txn_begin(l->env, NULL, 0, &l->turn);

	if (rc == 0)
		return 0;
	l->turn = NULL;
	if (rc == MDB_PANIC)
		return say_doubt(l, err);
	return lmdb_error(err, rc, "cannot begin a transaction");
}

/* The transaction that changes go into. */
static int
writer(struct lmdb *l, MDB_txn **txn, struct error *err)
{
	if (l->kv.in_doubt)
		return say_doubt(l, err);
	if (l->lost.kind != ERROR_NONE) {
		if (err != NULL)
			*err = l->lost;
		return -1;
	}
	if (l->turn == NULL) {
		if (l->reading)
			mdb_txn_reset(l->read); /* else it would keep old pages */
		l->reading = false;
		if (begin_turn(l, err) != 0)
			return -1;
	}
	*txn = l->change != NULL ? l->change : l->turn;
	return 0;
}

static int
reader(struct lmdb *l, MDB_txn **txn, struct error *err)
{
	int rc = 0;

	*txn = l->change != NULL ? l->change : l->turn != NULL ? l->turn : l->read;
	if (l->turn != NULL || l->reading)
		return 0;
	if (l->env == NULL)
		return error_set(err, ERROR_SYSTEM, "the store could not be reopened");
	rc = l->read == NULL ? mdb_txn_begin(l->env, NULL, MDB_RDONLY, &l->read)
			     : mdb_txn_renew(l->read);
	if (rc != 0)
		return lmdb_error(err, rc, "cannot read the store");
	l->reading = true;
	*txn = l->read;
	return 0;
}

/* A change failed: without a transaction of its own it takes the turn with it. */
static int
write_failed(struct lmdb *l, int rc, struct error *err)
{
	struct error why;

	lmdb_error(&why, rc, "cannot write to the store");
	l->kv.damaged |= why.kind == ERROR_CORRUPT;
	if (l->change == NULL)
		l->lost = why;
	if (err != NULL)
		*err = why;
	return -1;
}

static int
read_failed(struct lmdb *l, int rc, struct error *err)
{
	struct error why;

	if (rc != EIO) {
		lmdb_error(&why, rc, "cannot read the store");
		l->kv.damaged |= why.kind == ERROR_CORRUPT;
		if (err != NULL)
			*err = why;
		return -1;
	}
	l->unreadable = true;
	return error_set(err, ERROR_CORRUPT, "it can't be read from the disk");
}

static int
lmdb_look(struct kv *kv, int (*read)(void *context), void *context, struct error *err)
{
	int rc = lmdb_try(read, context);

	return rc == 0 ? 0 : read_failed((struct lmdb *)kv, rc, err);
}

static int
lmdb_read_value(struct kv *kv, struct kv_span value, const void **data,
		struct error *err)
{
	int rc = lmdb_read(kv, value, data);

	return rc == 0 ? 0 : read_failed((struct lmdb *)kv, rc, err);
}

/* A change reads the pages that it copies, and can't be broken off when the disk does not
 * give one. So once that was seen they are read before; so are the pages of a value that
 * goes, whose first one LMDB looks at. A piece whose place becomes free was perhaps read
 * ahead. */
static int
read_before(struct lmdb *l, MDB_txn *txn, enum kv_table table, struct kv_span key,
	    bool goes, struct error *err)
{
	MDB_val k = val(key), v;
	int rc;

	if (!l->unreadable && table != KV_CHUNK)
		return 0;
	rc = lmdb_disk_get(txn, l->tables[table], &k, &v);
	if (rc == 0 && table == KV_CHUNK)
		lmdb_read_forget(l, &v);
	if (rc == 0 && goes)
		rc = lmdb_disk_touch(&v);
	return rc == 0 || rc == MDB_NOTFOUND ? 0 : read_failed(l, rc, err);
}

static int
lmdb_get(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span *value,
	 struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_val k = val(key), v;
	MDB_txn *txn;
	int rc;

	if (l->absent[table])
		return 0;
	if (reader(l, &txn, err) != 0)
		return -1;
	lmdb_map_touched(l);
	rc = lmdb_disk_get(txn, l->tables[table], &k, &v);
	if (rc == MDB_NOTFOUND)
		return 0;
	if (rc != 0)
		return read_failed(l, rc, err);
	*value = (struct kv_span){v.mv_data, v.mv_size};
	return 1;
}

static int
lmdb_put(struct kv *kv, enum kv_table table, struct kv_span key, struct kv_span value,
	 struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_val k = val(key), v = val(value);
	MDB_txn *txn = NULL;
	int rc;

	if (writer(l, &txn, err) != 0 ||
	    read_before(l, txn, table, key, false, err) != 0)
		return -1;
	l->turn_bytes += key.len + value.len;
	lmdb_map_touched(l);
	rc = mdb_put(txn, l->tables[table], &k, &v, 0);
	return rc == 0 ? 0 : write_failed(l, rc, err);
}

static int
lmdb_del(struct kv *kv, enum kv_table table, struct kv_span key, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_val k = val(key);
	MDB_txn *txn = NULL;
	int rc;

	if (writer(l, &txn, err) != 0 ||
	    read_before(l, txn, table, key, true, err) != 0)
		return -1;
	lmdb_map_touched(l);
	rc = mdb_del(txn, l->tables[table], &k, NULL);
	return rc == 0 || rc == MDB_NOTFOUND ? 0 : write_failed(l, rc, err);
}

static uint64_t
lmdb_entries(struct kv *kv, enum kv_table table)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_txn *txn;
	MDB_stat st;

	if (l->absent[table] || reader(l, &txn, NULL) != 0 ||
	    mdb_stat(txn, l->tables[table], &st) != 0)
		return 0;
	return st.ms_entries;
}

static int
lmdb_cursor_open(struct kv *kv, enum kv_table table, struct kv_cursor **c,
		 struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_cursor *cursor = NULL;
	MDB_txn *txn;
	int rc;

	if (reader(l, &txn, err) != 0)
		return -1;
	rc = l->absent[table] ? 0 : mdb_cursor_open(txn, l->tables[table], &cursor);
	if (rc != 0)
		return lmdb_error(err, rc, "cannot read the store");
	*c = malloc(sizeof(**c));
	INVARIANT(*c != NULL);
	(*c)->cursor = cursor;
	(*c)->lmdb = l;
	return 0;
}

static int
move(struct kv_cursor *c, MDB_val *k, MDB_cursor_op op, struct kv_span *key,
     struct kv_span *value, struct error *err)
{
	MDB_val v;
	int rc;

	lmdb_map_touched(c->lmdb);
	rc = c->cursor != NULL ? lmdb_disk_move(c->cursor, k, &v, op) : MDB_NOTFOUND;
	if (rc == MDB_NOTFOUND)
		return 0;
	if (rc != 0)
		return read_failed(c->lmdb, rc, err);
	*key = (struct kv_span){k->mv_data, k->mv_size};
	*value = (struct kv_span){v.mv_data, v.mv_size};
	return 1;
}

static int
lmdb_seek(struct kv_cursor *c, struct kv_span from, struct kv_span *key,
	  struct kv_span *value, struct error *err)
{
	MDB_val k = val(from);

	return move(c, &k, from.len != 0 ? MDB_SET_RANGE : MDB_FIRST, key, value, err);
}

static int
lmdb_next(struct kv_cursor *c, struct kv_span *key, struct kv_span *value,
	  struct error *err)
{
	MDB_val k;

	return move(c, &k, MDB_NEXT, key, value, err);
}

static void
lmdb_cursor_close(struct kv_cursor *c)
{
	if (c->cursor != NULL)
		mdb_cursor_close(c->cursor);
	free(c);
}

static int
lmdb_mark(struct kv *kv, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_txn *txn;
	int rc;

	INVARIANT(l->change == NULL);
	if (writer(l, &txn, err) != 0)
		return -1;
	l->turn_bytes += LMDB_CHANGE_COST;
	if (!lmdb_is_tight(l, 0) && !l->unreadable)
		return 0;
	rc = mdb_txn_begin(l->env, l->turn, 0, &l->change);
	if (rc == 0)
		return 0;
	l->change = NULL;
	return write_failed(l, rc, err);
}

static int
lmdb_settle(struct kv *kv, bool keep, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_txn *change = l->change;
	int rc;

	l->change = NULL;
	if (change == NULL) {
		/* half a change would be in the turn: it may not be committed */
		if (!keep && l->turn != NULL && l->lost.kind == ERROR_NONE)
			error_set(&l->lost, ERROR_SYSTEM, "a change failed half-way");
		return 0;
	}
	if (!keep) {
		mdb_txn_abort(change);
		return 0;
	}
	rc = mdb_txn_commit(change);
	return rc == 0 ? 0 : write_failed(l, rc, err);
}

static void
lmdb_rollback(struct kv *kv)
{
	struct lmdb *l = (struct lmdb *)kv;

	if (l->change != NULL)
		mdb_txn_abort(l->change);
	if (l->turn != NULL)
		mdb_txn_abort(l->turn);
	l->change = l->turn = NULL;
	l->turn_bytes = 0;
	error_clear(&l->lost);
}

static int
lmdb_commit(struct kv *kv, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	MDB_txn *turn = l->turn;
	struct error why;
	int rc;

	INVARIANT(l->change == NULL);
	if (l->lost.kind != ERROR_NONE) {
		if (err != NULL)
			*err = l->lost;
		lmdb_rollback(kv);
		return -1;
	}
	if (turn == NULL)
		return 0;
	l->turn = NULL;
	lmdb_push_begin(l);
	rc = mdb_txn_commit(turn);
	lmdb_push_end(l);
	if (rc == 0)
		lmdb_room_committed(l);
	l->turn_bytes = 0;
	if (rc == 0)
		return 0;
	lmdb_error(&why, rc, "cannot make the store durable");
	/* without room nothing was left half written: the next turn writes all anew */
	kv->in_doubt = why.kind != ERROR_FULL;
	kv->damaged |= why.kind == ERROR_CORRUPT;
	if (err != NULL)
		*err = why;
	return -1;
}

static void
lmdb_maintain(struct kv *kv)
{
	struct lmdb *l = (struct lmdb *)kv;
	int dead;

	mdb_reader_check(l->env, &dead);
	lmdb_map_trim(l);
	lmdb_ahead_rest(l);
}

const struct kv_engine kv_lmdb = {
	.name = "lmdb",
	.open = lmdb_open,
	.close = lmdb_close,
	.get = lmdb_get,
	.read = lmdb_read_value,
	.soon = lmdb_soon,
	.look = lmdb_look,
	.put = lmdb_put,
	.del = lmdb_del,
	.entries = lmdb_entries,
	.cursor_open = lmdb_cursor_open,
	.seek = lmdb_seek,
	.next = lmdb_next,
	.cursor_close = lmdb_cursor_close,
	.mark = lmdb_mark,
	.settle = lmdb_settle,
	.commit = lmdb_commit,
	.rollback = lmdb_rollback,
	.admit = lmdb_admit,
	.room = lmdb_room,
	.size = lmdb_size,
	.maintain = lmdb_maintain,
	.tree = lmdb_tree,
	.head = lmdb_head,
	.copy = lmdb_copy,
	.compact = lmdb_compact,
	.is_there = lmdb_is_there,
	.adopt = lmdb_adopt,
	.clear = lmdb_clear,
	.exchange = lmdb_exchange,
};
