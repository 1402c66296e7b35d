/*
 * plate_tar.c - libarchive's tar reader (no compression, no other format) under our
 * bounds.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/seal/seal.h"

#include "backend/plate_tar.h"

#define PIECE (256 * 1024)

/* What came, to be compared with the manifest. */
struct came {
	char name[MANIFEST_NAME_MAX];
	uint64_t bytes;
	uint8_t digest[MANIFEST_DIGEST];
};

struct reader {
	struct archive *tar;
	plate_tar_source source;
	void *source_ctx;
	const struct plate_tar_sink *sink;
	struct came *came; /* owned */
	size_t count, room;
	uint64_t total;
	uint8_t piece[PIECE];
};

static la_ssize_t
pull(struct archive *tar, void *ctx, const void **data)
{
	struct reader *r = ctx;
	ssize_t n = r->source(r->source_ctx, r->piece, sizeof(r->piece));

	if (n < 0)
		archive_set_error(tar, errno, "%s", strerror(errno));
	*data = r->piece;
	return n;
}

static int
tar_failed(struct reader *r, struct error *err)
{
	const char *why = archive_error_string(r->tar);

	return error_set(err, ERROR_INPUT,
			 "the plates are not a whole tar stream: %.160s",
			 why != NULL ? why : "no reason given");
}

static struct came *
remember(struct reader *r, const char *name, struct error *err)
{
	if (!manifest_name_is_plain(name)) {
		error_set(err, ERROR_INPUT, "a plate has a name that is not plain");
		return NULL;
	}
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->came[i].name, name) == 0) {
			error_set(err, ERROR_INPUT, "plate '%s' came twice", name);
			return NULL;
		}
	if (r->count >= MANIFEST_PLATES_MAX) {
		error_set(err, ERROR_INPUT, "too many plates");
		return NULL;
	}
	if (r->count == r->room) {
		size_t room = r->room == 0 ? 64 : 2 * r->room;
		void *more = reallocarray(r->came, room, sizeof(*r->came));

		if (more == NULL) {
			error_set(err, ERROR_FULL, "no memory for a plate set");
			return NULL;
		}
		r->came = more;
		r->room = room;
	}
	struct came *c = &r->came[r->count++];
	memset(c, 0, sizeof(*c));
	memcpy(c->name, name, strlen(name));
	return c;
}

static int
check_size(struct reader *r, struct archive_entry *e, struct error *err)
{
	la_int64_t size = archive_entry_size(e);

	if (archive_entry_filetype(e) != AE_IFREG ||
	    archive_entry_hardlink(e) != NULL || archive_entry_symlink(e) != NULL)
		return error_set(err, ERROR_INPUT,
				 "a member of the stream is not a regular file");
	if (!archive_entry_size_is_set(e) || size < 0 ||
	    (uint64_t)size > PLATE_TAR_FILE_MAX ||
	    (uint64_t)size > PLATE_TAR_TOTAL_MAX - r->total)
		return error_set(err, ERROR_INPUT, "a plate is too large");
	r->total += (uint64_t)size;
	return 0;
}

/* One member's data to `take`, piece by piece: no more than it announced, no holes. */
static int
take_data(struct reader *r, uint64_t size,
	  int (*take)(void *ctx, const void *data, size_t len, struct error *err),
	  void *ctx, struct error *err)
{
	uint64_t got = 0;
	const void *data;
	la_int64_t at;
	size_t len;
	int rc;

	while ((rc = archive_read_data_block(r->tar, &data, &len, &at)) == ARCHIVE_OK) {
		if (at < 0 || (uint64_t)at != got || len > size - got)
			return error_set(err, ERROR_INPUT, "a plate has holes");
		if (take(ctx, data, len, err) != 0)
			return -1;
		got += len;
	}
	if (rc != ARCHIVE_EOF)
		return tar_failed(r, err);
	if (got != size)
		return error_set(err, ERROR_INPUT, "a plate is shorter than it says");
	return 0;
}

struct digesting {
	const struct plate_tar_sink *sink;
	struct seal_digest *digest;
};

static int
take_plate_data(void *ctx, const void *data, size_t len, struct error *err)
{
	struct digesting *d = ctx;

	seal_digest_add(d->digest, data, len);
	return d->sink->data(d->sink->ctx, data, len, err);
}

static int
take_plate(struct reader *r, const char *name, uint64_t size, struct error *err)
{
	struct digesting d = {.sink = r->sink};
	struct came *c = remember(r, name, err);
	int rc;

	if (c == NULL || r->sink->begin(r->sink->ctx, name, err) != 0)
		return -1;
	c->bytes = size;
	d.digest = seal_digest_new();
	rc = take_data(r, size, take_plate_data, &d, err);
	seal_digest_end(d.digest, c->digest);
	if (rc != 0)
		return -1;
	return r->sink->end(r->sink->ctx, err);
}

static int
take_json(void *ctx, const void *data, size_t len, struct error *err)
{
	return buf_append(ctx, data, len, err);
}

/* 1: a plate; 0: the manifest; -1. */
static int
take_member(struct reader *r, struct archive_entry *e, struct buf *json,
	    struct error *err)
{
	const char *name = archive_entry_pathname(e);
	uint64_t size;

	if (name == NULL || check_size(r, e, err) != 0)
		return name == NULL ? tar_failed(r, err) : -1;
	size = (uint64_t)archive_entry_size(e);
	if (strcmp(name, MANIFEST_FILE) != 0)
		return take_plate(r, name, size, err) == 0 ? 1 : -1;
	if (size > MANIFEST_BYTES_MAX)
		return error_set(err, ERROR_INPUT, "the manifest is too large");
	return take_data(r, size, take_json, json, err);
}

static int
take_members(struct reader *r, struct buf *json, struct error *err)
{
	struct archive_entry *e;
	int rc, more = 1;

	while ((rc = archive_read_next_header(r->tar, &e)) == ARCHIVE_OK) {
		if (more == 0)
			return error_set(err, ERROR_INPUT,
					 "something comes behind the manifest");
		more = take_member(r, e, json, err);
		if (more < 0)
			return -1;
	}
	if (rc != ARCHIVE_EOF)
		return tar_failed(r, err);
	if (more != 0)
		return error_set(err, ERROR_INPUT, "the plates end without a manifest");
	return 0;
}

/* Every file that came is named, and every file that is named came. */
static int
compare(const struct reader *r, const struct manifest *m, struct error *err)
{
	size_t named = 0;

	for (uint32_t i = 0; i < m->count; i++)
		named += m->plates[i].file[0] != '\0';
	if (named != r->count)
		return error_set(err, ERROR_INPUT,
				 "the manifest names %zu plates, %zu came", named,
				 r->count);
	for (size_t i = 0; i < r->count; i++) {
		const struct came *c = &r->came[i];
		const struct manifest_plate *p = manifest_find(m, c->name);

		if (p == NULL || p->bytes != c->bytes ||
		    memcmp(p->digest, c->digest, sizeof(c->digest)) != 0)
			return error_set(err, ERROR_INPUT,
					 "plate '%s' is not what the manifest says",
					 c->name);
	}
	return 0;
}

/* What lies behind the end of the tar stream is padding; it counts for the digest. */
static int
drain(struct reader *r, struct error *err)
{
	ssize_t n;

	while ((n = r->source(r->source_ctx, r->piece, sizeof(r->piece))) > 0)
		continue;
	return n == 0 ? 0 : error_errno(err, "the plates can't be read");
}

static int
read_all(struct reader *r, struct buf *json, struct manifest *m, struct error *err)
{
	if (archive_read_support_format_tar(r->tar) != ARCHIVE_OK ||
	    archive_read_open(r->tar, r, NULL, pull, NULL) != ARCHIVE_OK)
		return tar_failed(r, err);
	if (take_members(r, json, err) != 0 || drain(r, err) != 0 ||
	    manifest_read(m, json->data, json->len, err) != 0)
		return -1;
	if (compare(r, m, err) == 0)
		return 0;
	manifest_clear(m);
	return -1;
}

int
plate_tar_read(plate_tar_source source, void *source_ctx,
	       const struct plate_tar_sink *sink, struct buf *json, struct manifest *m,
	       struct error *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return error_set(err, ERROR_FULL, "no memory for a plate set");
	r->source = source;
	r->source_ctx = source_ctx;
	r->sink = sink;
	r->tar = archive_read_new();
	rc = r->tar == NULL ? error_set(err, ERROR_FULL, "no memory for a plate set")
			    : read_all(r, json, m, err);
	archive_read_free(r->tar);
	free(r->came);
	free(r);
	return rc;
}
