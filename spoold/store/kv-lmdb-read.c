/*
 * Documents are read from the file, not from its map: a fault of the map brings little at
 * a time, in small pages, and whoever copies waits for each. The bytes are the same: map
 * and file share the page cache.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spoold/store/kv-lmdb.h"

void
lmdb_read_close(struct lmdb *l)
{
	lmdb_ahead_close(l);
	if (l->read_fd >= 0)
		close(l->read_fd);
	l->read_fd = -1;
}

/* A descriptor of its own. Where another thread reads ahead it leaves that alone. */
static bool
open_file(struct lmdb *l)
{
	char path[PATH_MAX];

	if (l->read_fd >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/data.mdb", l->folder);
	l->read_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->read_fd >= 0 && l->ahead != NULL)
		posix_fadvise(l->read_fd, 0, 0, POSIX_FADV_RANDOM);
	return l->read_fd >= 0;
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
	uint64_t at;

	if (!place_of(l, value, &at) || !open_file(l))
		return lmdb_try(copy, &(struct copy){value, to});
	lmdb_ahead_wait(l, at);
	return read_at(l->read_fd, to, value.len, at);
}

void
lmdb_soon(struct kv *kv, struct kv_span value)
{
	struct lmdb *l = (struct lmdb *)kv;
	uint64_t at;

	if (place_of(l, value, &at))
		lmdb_ahead_ask(l, at, value.len);
}
