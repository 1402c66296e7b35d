/*
 * plate_set.c - libarchive's pax (restricted: ustar unless a size needs more).
 */
#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"

#include "filters/plates/plate_set.h"

#define PIECE (1024 * 1024) /* bytes a write */

struct plate_set {
	struct archive *tar;
	int fd;
	struct manifest manifest;
};

static int
tar_failed(struct plate_set *s, struct error *err)
{
	return error_set(err, ERROR_SYSTEM, "the plates can't be passed on: %s",
			 archive_error_string(s->tar));
}

static la_ssize_t
to_fd(struct archive *tar, void *ctx, const void *data, size_t len)
{
	struct plate_set *s = ctx;

	if (fs_write_all(s->fd, data, len) != 0) {
		archive_set_error(tar, errno, "%s", strerror(errno));
		return -1;
	}
	return (la_ssize_t)len;
}

int
plate_set_open(struct plate_set **out, int fd, const char *profile, struct error *err)
{
	struct plate_set *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return error_set(err, ERROR_FULL, "no memory for a plate set");
	s->fd = fd;
	manifest_init(&s->manifest);
	snprintf(s->manifest.creator, sizeof(s->manifest.creator),
		 "Claimcheck doctoplates %s", PACKAGE_VERSION);
	snprintf(s->manifest.profile, sizeof(s->manifest.profile), "%s", profile);
	s->tar = archive_write_new();
	if (s->tar == NULL ||
	    archive_write_set_format_pax_restricted(s->tar) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(s->tar, PIECE) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(s->tar, 1) != ARCHIVE_OK ||
	    archive_write_open(s->tar, s, NULL, to_fd, NULL) != ARCHIVE_OK) {
		plate_set_close(s);
		return error_set(err, ERROR_SYSTEM, "no tar stream can be begun");
	}
	*out = s;
	return 0;
}

/* Different inks may have the same plain name: the later ones get a number. */
static int
name_file(struct plate_set *s, struct manifest_plate *p, struct error *err)
{
	for (unsigned n = 0; n < MANIFEST_PLATES_MAX; n++) {
		manifest_file_name(p->file, p->page, p->ink, n);
		if (manifest_find(&s->manifest, p->file) == NULL)
			return 0;
	}
	return error_set(err, ERROR_INPUT, "too many inks have the same name");
}

static int
send_header(struct plate_set *s, const char *name, uint64_t size, struct error *err)
{
	struct archive_entry *e = archive_entry_new();
	int rc;

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)size);
	archive_entry_set_mtime(e, time(NULL), 0);
	rc = archive_write_header(s->tar, e);
	archive_entry_free(e);
	return rc == ARCHIVE_OK ? 0 : tar_failed(s, err);
}

static int
send_data(struct plate_set *s, const uint8_t *data, size_t size, struct error *err)
{
	while (size > 0) {
		la_ssize_t n = archive_write_data(s->tar, data, size);

		if (n <= 0)
			return tar_failed(s, err);
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int
send_file(struct plate_set *s, int fd, struct manifest_plate *p, struct error *err)
{
	struct seal_digest *digest;
	struct stat st;
	uint8_t *data;
	int rc = -1;

	if (fstat(fd, &st) != 0 || st.st_size == 0)
		return error_errno(err, "a plate is gone");
	p->bytes = (uint64_t)st.st_size;
	data = mmap(NULL, (size_t)p->bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return error_errno(err, "a plate can't be read back");
	digest = seal_digest_new();
	seal_digest_add(digest, data, (size_t)p->bytes);
	seal_digest_end(digest, p->digest);
	if (send_header(s, p->file, p->bytes, err) == 0)
		rc = send_data(s, data, (size_t)p->bytes, err);
	munmap(data, (size_t)p->bytes);
	return rc;
}

int
plate_set_add(struct plate_set *s, int fd, const struct manifest_plate *about,
	      struct error *err)
{
	struct manifest_plate plate = *about, *noted;

	plate.file[0] = '\0';
	if (fd >= 0 &&
	    (name_file(s, &plate, err) != 0 || send_file(s, fd, &plate, err) != 0))
		return -1;
	noted = manifest_add(&s->manifest);
	if (noted == NULL)
		return error_set(err, ERROR_INPUT, "more than %d plates",
				 MANIFEST_PLATES_MAX);
	*noted = plate;
	if (plate.page > s->manifest.pages)
		s->manifest.pages = plate.page;
	return 0;
}

int
plate_set_note_page(struct plate_set *s, const struct manifest_page *about,
		    double limit_percent, struct error *err)
{
	struct manifest_page *noted = manifest_add_page(&s->manifest);

	if (noted == NULL)
		return error_set(err, ERROR_INPUT, "more than %d pages",
				 MANIFEST_PLATES_MAX);
	*noted = *about;
	s->manifest.tac_limit = limit_percent;
	return 0;
}

int
plate_set_end(struct plate_set *s, struct error *err)
{
	struct buf json;
	int rc = -1;

	buf_init(&json, MANIFEST_BYTES_MAX);
	if (manifest_write(&s->manifest, &json, err) == 0 &&
	    send_header(s, MANIFEST_FILE, json.len, err) == 0 &&
	    send_data(s, json.data, json.len, err) == 0)
		rc = archive_write_close(s->tar) == ARCHIVE_OK ? 0 : tar_failed(s, err);
	buf_clear(&json);
	return rc;
}

void
plate_set_close(struct plate_set *s)
{
	if (s == NULL)
		return;
	archive_write_fail(s->tar); /* no end of the stream unless it was reached */
	archive_write_free(s->tar);
	manifest_clear(&s->manifest);
	free(s);
}

const struct manifest *
plate_set_manifest(const struct plate_set *s)
{
	return &s->manifest;
}
