/*
 * Documents are read from the file, not from its map. A fault of the map brings what it
 * touches, in small pages, and whoever copies waits for each; a file that is read in
 * order is read ahead by the kernel, in large folios and while nobody waits. Here the
 * map reached 0.5 of what the disk gives and a WILLNEED for each piece cost 90 us,
 * reading 1.0 and 11 us. The bytes are the same: map and file share the page cache.
 *
 * The kernel remembers one place for each open file, so each of the last documents has
 * a descriptor of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define READ_NEAR                                                                      \
	((uint64_t)1 << 20) /* bytes left out in between that are no new place */

void
lmdb_read_close(struct lmdb *l)
{
	for (unsigned i = 0; i < LMDB_READS; i++) {
		if (l->reads[i].open)
			close(l->reads[i].fd);
		l->reads[i] = (struct lmdb_read){.open = false};
	}
}

static bool
open_read(const struct lmdb *l, struct lmdb_read *r)
{
	char path[PATH_MAX];

	if (r->open)
		return true;
	snprintf(path, sizeof(path), "%s/data.mdb", l->folder);
	r->fd = open(path, O_RDONLY | O_CLOEXEC);
	r->open = r->fd >= 0;
	if (r->open)
		posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return r->open;
}

static bool
is_near(uint64_t from, uint64_t at)
{
	return at >= from && at - from < READ_NEAR;
}

/* The one that ended just before this place, or the one that nobody has used for
 * longest. */
static struct lmdb_read *
read_for(struct lmdb *l, uint64_t at)
{
	struct lmdb_read *oldest = &l->reads[0];

	for (unsigned i = 0; i < LMDB_READS; i++) {
		struct lmdb_read *r = &l->reads[i];
		if (r->open && is_near(r->next, at))
			return r;
		if (r->used < oldest->used)
			oldest = r;
	}
	return oldest;
}

/* Where a value lies in the file; false for one of this turn, which is not there yet. */
static bool
place_of(struct lmdb *l, struct kv_span value, uint64_t *at)
{
	const uint8_t *map = lmdb_map(l), *data = value.data;

	if (map == NULL || data < map || (uint64_t)(data - map) >= l->map_bytes)
		return false;
	*at = (uint64_t)(data - map);
	return true;
}

/* 0, or an errno number. */
static int
read_at(int fd, uint8_t *to, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

struct copy {
	struct kv_span from;
	void *to;
};

static int
copy(void *context)
{
	const struct copy *c = context;

	memcpy(c->to, c->from.data, c->from.len);
	return 0;
}

int
lmdb_read(struct kv *kv, struct kv_span value, void *to)
{
	struct lmdb *l = (struct lmdb *)kv;
	struct lmdb_read *r;
	uint64_t at;
	int rc;

	if (!place_of(l, value, &at))
		return lmdb_try(copy, &(struct copy){value, to});
	r = read_for(l, at);
	if (!open_read(l, r))
		return lmdb_try(copy, &(struct copy){value, to});
	rc = read_at(r->fd, to, value.len, at);
	r->next = at + value.len;
	r->used = ++l->reads_made;
	return rc;
}

void
lmdb_soon(struct kv *kv, struct kv_span before, struct kv_span value)
{
	struct lmdb *l = (struct lmdb *)kv;
	uint64_t from, at;

	/* behind its predecessor the kernel comes upon it anyway */
	if (place_of(l, value, &at) && place_of(l, before, &from) &&
	    !is_near(from + before.len, at) && l->reads[0].open)
		readahead(l->reads[0].fd, (off_t)at, value.len);
}
