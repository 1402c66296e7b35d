/*
 * The room that state changes need is kept in two ways, so that a full disk or map
 * stops intake and never a release or a cancel:
 *
 * - Blocks for the next pages of the file are allocated ahead of its end
 *   (FALLOC_FL_KEEP_SIZE), at least ROOM_TAIL beyond the worst that the turn may do.
 *   A commit then never meets ENOSPC, whoever fills the disk; intake is refused when
 *   blocks can't be had.
 * - Intake leaves a headroom of free pages in the map.
 *
 * How many pages a turn really takes is known only to LMDB: bounds are used here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "spoold/store/kv-lmdb.h"

#define ROOM_TAIL	  ((uint64_t)12 << 20) /* a turn of 8 MiB of chunks, and half */
#define ROOM_TAIL_LEAST	  ((uint64_t)4 << 20)  /* for state changes */
#define ROOM_STEP	  ((uint64_t)32 << 20) /* allocated at once */
#define ROOM_HEADROOM_MAX ((uint64_t)4 << 20)
#define ROOM_HEADROOM_MIN ((uint64_t)1 << 20)

static int
file_of(const struct lmdb *l)
{
	int fd = -1;

	mdb_env_get_fd(l->env, &fd);
	return fd;
}

static uint64_t
headroom(const struct lmdb *l)
{
	uint64_t h = l->map_bytes / 4;

	if (h > ROOM_HEADROOM_MAX)
		h = ROOM_HEADROOM_MAX;
	return h < ROOM_HEADROOM_MIN ? ROOM_HEADROOM_MIN : h;
}

bool
lmdb_is_tight(const struct lmdb *l, size_t more)
{
	return l->end_bytes + l->turn_bytes + more + ROOM_TAIL > l->map_bytes;
}

uint64_t
lmdb_disk_free(const struct lmdb *l)
{
	struct statvfs st;

	if (fstatvfs(file_of(l), &st) != 0)
		return UINT64_MAX; /* the file system doesn't say */
	return (uint64_t)st.f_bavail * st.f_frsize;
}

/* One allocation behind the tail. Asked of statvfs first: a failing fallocate(2) may
 * leave the disk filled to its last block. */
static int
extend_tail(struct lmdb *l, uint64_t bytes)
{
	if (lmdb_disk_free(l) < bytes) {
		errno = ENOSPC;
		return -1;
	}
	if (fallocate(file_of(l), FALLOC_FL_KEEP_SIZE, (off_t)l->tail_bytes,
		      (off_t)bytes) != 0)
		return -1;
	l->tail_bytes += bytes;
	return 0;
}

/* Disk blocks for whatever this turn may append. */
static int
keep_tail(struct lmdb *l, size_t bytes, struct error *err)
{
	uint64_t want = l->end_bytes + l->turn_bytes + bytes + ROOM_TAIL;

	if (want > l->map_bytes)
		want = l->map_bytes;
	while (l->tail_bytes < want) {
		if (extend_tail(l, ROOM_STEP) == 0 ||
		    extend_tail(l, want - l->tail_bytes) == 0 || errno == EINTR)
			continue;
		if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
			return error_errno(err, "no room for the store in '%s'",
					   l->folder);
		l->tail_bytes = UINT64_MAX; /* this file system can't */
	}
	return 0;
}

static void
note_end(struct lmdb *l)
{
	MDB_envinfo info;

	mdb_env_info(l->env, &info);
	l->end_bytes = ((uint64_t)info.me_last_pgno + 1) * l->page;
	l->turn_bytes = 0;
}

void
lmdb_room_committed(struct lmdb *l)
{
	note_end(l);
	keep_tail(l, 0, NULL); /* for what comes next; intake asks again */
}

void
lmdb_room_open(struct lmdb *l)
{
	struct stat st;

	l->tail_bytes = fstat(file_of(l), &st) == 0 ? (uint64_t)st.st_size : 0;
	if (l->read_only)
		note_end(l);
	else
		lmdb_room_committed(l);
}

/* Bytes in pages inside the file that the last commit left free. A freed run of pages
 * is a row: its first number says how many. */
static uint64_t
free_inside(struct lmdb *l)
{
	MDB_txn *txn;
	MDB_cursor *c;
	MDB_val key, value;
	uint64_t pages = 0;

	if (mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn) != 0)
		return 0;
	if (mdb_cursor_open(txn, 0, &c) == 0) {
		while (mdb_cursor_get(c, &key, &value, MDB_NEXT) == 0) {
			pages += *(size_t *)value.mv_data;
			lmdb_map_touched(l);
		}
		mdb_cursor_close(c);
	}
	mdb_txn_abort(txn);
	return pages * l->page;
}

uint64_t
lmdb_live(struct lmdb *l)
{
	uint64_t inside = free_inside(l);

	return l->end_bytes > inside ? l->end_bytes - inside : 0;
}

/* The disk is full: pages inside the file may do, as long as the tail can still take
 * the turn should they be too scattered for LMDB. */
static bool
fits_inside(struct lmdb *l, size_t bytes)
{
	return l->end_bytes + l->turn_bytes + bytes + ROOM_TAIL_LEAST <=
		       l->tail_bytes &&
	       free_inside(l) >= l->turn_bytes + bytes + headroom(l);
}

int
lmdb_admit(struct kv *kv, size_t bytes, struct error *err)
{
	struct lmdb *l = (struct lmdb *)kv;
	uint64_t need = l->turn_bytes + bytes + headroom(l);
	uint64_t rest = l->map_bytes > l->end_bytes ? l->map_bytes - l->end_bytes : 0;

	if (keep_tail(l, bytes, err) != 0 && !fits_inside(l, bytes))
		return -1;
	if (lmdb_is_tight(l, bytes) && rest + free_inside(l) < need)
		return error_set(err, ERROR_FULL,
				 "the store is full: its file has its largest size "
				 "(map-gb, or the "
				 "kernel's limit of file sizes)");
	if (l->reserve_bytes != 0 && lmdb_disk_free(l) < l->reserve_bytes + bytes &&
	    free_inside(l) < need)
		return error_set(err, ERROR_FULL,
				 "the disk of '%s' has less free space than its "
				 "reserve (disk-reserve-mb)",
				 l->folder);
	return 0;
}

uint64_t
lmdb_room(struct kv *kv)
{
	struct lmdb *l = (struct lmdb *)kv;
	uint64_t inside = free_inside(l), disk = lmdb_disk_free(l);
	uint64_t rest = l->map_bytes > l->end_bytes ? l->map_bytes - l->end_bytes : 0;
	uint64_t keep = l->turn_bytes + headroom(l);

	disk = disk > l->reserve_bytes ? disk - l->reserve_bytes : 0;
	rest = (disk < rest ? disk : rest) + inside;
	return rest > keep ? rest - keep : 0;
}

void
lmdb_size(struct kv *kv, struct store_size *size)
{
	struct lmdb *l = (struct lmdb *)kv;
	struct stat st;

	size->file = fstat(file_of(l), &st) == 0 ? (uint64_t)st.st_size : l->end_bytes;
	size->spare = free_inside(l);
}
