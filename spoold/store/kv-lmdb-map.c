/*
 * Records are read from a map of the file (documents are not: kv-lmdb-read.c). Its pages are the page
 * cache's, and the kernel takes them back when it wants to; but as long as they are
 * mapped they count as memory of ours, and a walk over a hundred thousand orders would
 * let us look half a gigabyte large. So once much has been mapped, all of it is unmapped
 * again: MADV_DONTNEED on a shared file map forgets no byte, and what is still needed
 * comes back from the page cache.
 *
 * One fault maps more than one page: 64 KiB around it, and from Linux 6.18 on the whole
 * folio, which is 2 MiB where the file was read in large pieces. MADV_RANDOM and
 * MADV_NOHUGEPAGE change nothing about that. So every call into LMDB that follows pages
 * is counted, whatever it is for, and few are let by between two looks: at most
 * MAP_MOST + MAP_CALLS times the depth of a tree times 2 MiB are ever mapped.
 *
 * What is left after that is not the file's (libraries, windows of filters), and does not
 * count from then on.
 *
 * LMDB does not tell where its map is. Each page of the file begins with its own number
 * (LMDB's file format 1), so any page tells; the head's magic number confirms it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define MAP_MOST      ((long)32 << 20) /* mapped before it is unmapped */
#define MAP_CALLS     8 /* let by between two looks, of which each costs a microsecond */
#define HEAD_MAGIC    0xBEEFC0DEu
#define HEAD_MAGIC_AT 16 /* behind the page's own head */

/* The first byte of the map, or NULL when that can't be told. */
static void *
find_map(struct lmdb *l)
{
	MDB_txn *txn;
	MDB_cursor *c;
	MDB_val key, value;
	uintptr_t page = 0, base = 0;
	uint64_t number;
	uint32_t magic = 0;
	unsigned char there;

	if (mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn) != 0)
		return NULL;
	if (mdb_cursor_open(txn, l->tables[KV_META], &c) == 0) {
		if (mdb_cursor_get(c, &key, &value, MDB_FIRST) == 0)
			page = (uintptr_t)key.mv_data & ~(uintptr_t)(l->page - 1);
		mdb_cursor_close(c);
	}
	if (page != 0) {
		memcpy(&number, (const void *)page, sizeof(number));
		base = page - (uintptr_t)(number * l->page);
		if (number * l->page < l->end_bytes && base < page &&
		    mincore((void *)base, l->page, &there) == 0)
			memcpy(&magic, (const char *)base + HEAD_MAGIC_AT,
			       sizeof(magic));
	}
	mdb_txn_abort(txn);
	return magic == HEAD_MAGIC ? (void *)base : NULL;
}

void *
lmdb_map(struct lmdb *l)
{
	if (l->map == NULL)
		l->map = find_map(l);
	return l->map;
}

/* Of files, mapped and in memory; by statm (proc(5)): "size resident shared ...", in
 * pages. */
static long
mapped_bytes(const struct lmdb *l)
{
	char text[128], *at = text;
	ssize_t n = pread(l->statm_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	strtol(at, &at, 10);
	strtol(at, &at, 10);
	return strtol(at, NULL, 10) * sysconf(_SC_PAGESIZE);
}

void
lmdb_map_open(struct lmdb *l)
{
	/* without it the map is not trimmed, and nothing else is lost */
	l->statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

void
lmdb_map_close(struct lmdb *l)
{
	if (l->statm_fd >= 0)
		close(l->statm_fd);
	l->statm_fd = -1;
}

void
lmdb_map_trim(struct lmdb *l)
{
	long mapped = mapped_bytes(l);

	if (mapped < l->others_bytes)
		l->others_bytes = mapped;
	if (mapped - l->others_bytes < MAP_MOST || lmdb_map(l) == NULL)
		return;
	madvise(l->map, l->end_bytes, MADV_DONTNEED);
	l->others_bytes = mapped_bytes(l);
}

void
lmdb_map_touched(struct lmdb *l)
{
	if (++l->touches % MAP_CALLS == 0)
		lmdb_map_trim(l);
}
