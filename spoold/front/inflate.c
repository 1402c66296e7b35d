/*
 * inflate.c - zlib does it; a gzip file may be several members, one after the other.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/seal/seal.h"
#include "spoold/front/inflate.h"

#define INPUT_BYTES 16384
#define GZIP_WINDOW (15 + 16) /* of zlib: the largest, in a gzip frame */
#define RAW_WINDOW  (-15)

struct inflate {
	z_stream stream;
	inflate_source_fn *read;
	void *source;
	bool gzip;
	bool between; /* the end of a member, or of all, was seen */
	bool ended;   /* the source's end */
	uint8_t input[INPUT_BYTES];
};

struct inflate *
inflate_open(const char *compression, inflate_source_fn *read, void *source)
{
	struct inflate *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->gzip = strcmp(compression, "gzip") == 0;
	z->read = read;
	z->source = source;
	if (inflateInit2(&z->stream, z->gzip ? GZIP_WINDOW : RAW_WINDOW) == Z_OK)
		return z;
	free(z);
	return NULL;
}

void
inflate_close(struct inflate *z)
{
	if (z == NULL)
		return;
	inflateEnd(&z->stream);
	seal_wipe(z, sizeof(*z));
	free(z);
}

/* More input, where there was none left. */
static int
refill(struct inflate *z)
{
	ssize_t n;

	if (z->stream.avail_in > 0 || z->ended)
		return 0;
	n = z->read(z->source, z->input, sizeof(z->input));
	if (n < 0)
		return -1;
	z->ended = n == 0;
	z->stream.next_in = z->input;
	z->stream.avail_in = (uInt)n;
	return 0;
}

/* Behind an end: nothing, or for gzip the next member. */
static int
go_on(struct inflate *z)
{
	if (!z->gzip || inflateReset(&z->stream) != Z_OK)
		return -1;
	z->between = false;
	return 0;
}

ssize_t
inflate_read(struct inflate *z, void *data, size_t len)
{
	z->stream.next_out = data;
	z->stream.avail_out = (uInt)len;
	while (z->stream.avail_out == len) {
		int rc;

		if (refill(z) != 0)
			return -1;
		if (z->ended && z->between && z->stream.avail_in == 0)
			return 0;
		if (z->between && go_on(z) != 0)
			return -2;
		rc = inflate(&z->stream, Z_NO_FLUSH);
		if (rc == Z_STREAM_END)
			z->between = true;
		else if (rc != Z_OK || (z->ended && z->stream.avail_out == len))
			return -2;
	}
	return (ssize_t)(len - z->stream.avail_out);
}
