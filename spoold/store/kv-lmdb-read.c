/*
 * Documents are read from the file, not from its map: a fault of the map brings little at
 * a time, in small pages, and whoever copies waits for each. What is in the page cache is
 * read from there; the bytes are the same, for map and file share it. What is not is read
 * ahead of who asks for it (kv-lmdb-ahead.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

#define PAGES_MOST 128 /* of a value: twice what a piece has */

void
lmdb_read_close(struct lmdb *l)
{
	lmdb_ahead_close(l);
	if (l->read_fd >= 0)
		close(l->read_fd);
	l->read_fd = -1;
	buf_clear(&l->lent);
}

static bool
open_file(struct lmdb *l)
{
	char path[PATH_MAX];

	if (l->read_fd >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/data.mdb", l->folder);
	l->read_fd = open(path, O_RDONLY | O_CLOEXEC);
	return l->read_fd >= 0;
}

/* Where a value lies in the file; false for one of this turn, which is not there yet. */
static bool
place_of(struct lmdb *l, struct kv_span value, struct lmdb_place *place)
{
	const uint8_t *map = lmdb_map(l), *data = value.data;

	if (map == NULL || data < map || (uint64_t)(data - map) >= l->map_bytes)
		return false;
	*place = (struct lmdb_place){(uint64_t)(data - map), value.len};
	return true;
}

static bool
is_in_memory(struct lmdb *l, struct lmdb_place place)
{
	unsigned char there[PAGES_MOST];
	size_t before = (size_t)(place.at % l->page), len = before + place.len;
	size_t pages = (len + l->page - 1) / l->page;

	if (pages > PAGES_MOST ||
	    mincore((uint8_t *)lmdb_map(l) + place.at - before, len, there) != 0)
		return false;
	for (size_t i = 0; i < pages; i++)
		if ((there[i] & 1) == 0)
			return false;
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
lmdb_read(struct kv *kv, struct kv_span value, const void **data)
{
	struct lmdb *l = (struct lmdb *)kv;
	struct lmdb_place place;
	bool in_file = place_of(l, value, &place);

	if (in_file && lmdb_ahead_take(l, place, data))
		return 0;
	l->lent.len = 0;
	if (buf_reserve(&l->lent, value.len, NULL) != 0)
		return ENOMEM;
	*data = l->lent.data;
	if (in_file && open_file(l))
		return read_at(l->read_fd, l->lent.data, value.len, place.at);
	return lmdb_try(copy, &(struct copy){value, l->lent.data});
}

void
lmdb_soon(struct kv *kv, const struct kv_span *values, unsigned count)
{
	struct lmdb *l = (struct lmdb *)kv;
	struct lmdb_place places[KV_SOON_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++)
		if (place_of(l, values[i], &places[n]) && !is_in_memory(l, places[n]))
			n++;
	if (n > 0)
		lmdb_ahead_ask(l, places, n);
}

void
lmdb_read_forget(struct lmdb *l, const MDB_val *value)
{
	struct lmdb_place place;

	if (l->ahead != NULL &&
	    place_of(l, (struct kv_span){value->mv_data, value->mv_size}, &place))
		lmdb_ahead_forget(l, place);
}
