/*
 * platetar.c - the plate set's reader (tar and manifest) with any bytes. What it lets
 * through must be plain names, each once, begun and ended in order; and where it says
 * that a set is whole, every file that was begun is in the manifest.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/plate_tar.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	const uint8_t *data;
	size_t left;
	bool open;
	uint32_t files;
};

static ssize_t
pull(void *ctx, void *to, size_t size)
{
	struct seen *s = ctx;
	size_t n = s->left < size ? s->left : size;

	memcpy(to, s->data, n);
	s->data += n;
	s->left -= n;
	return (ssize_t)n;
}

static int
begin(void *ctx, const char *name, struct error *err)
{
	struct seen *s = ctx;

	(void)err;
	if (s->open || !manifest_name_is_plain(name))
		abort();
	s->open = true;
	s->files++;
	return 0;
}

static int
take(void *ctx, const void *data, size_t len, struct error *err)
{
	struct seen *s = ctx;

	(void)data;
	(void)len;
	(void)err;
	if (!s->open)
		abort();
	return 0;
}

static int
end(void *ctx, struct error *err)
{
	(void)err;
	((struct seen *)ctx)->open = false;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = {.data = data, .left = size};
	struct plate_tar_sink sink = {&s, begin, take, end};
	struct manifest m;
	struct error err;
	struct buf json;

	buf_init(&json, MANIFEST_BYTES_MAX);
	if (plate_tar_read(pull, &s, &sink, &json, &m, &err) == 0) {
		uint32_t named = 0;

		for (uint32_t i = 0; i < m.count; i++)
			named += m.plates[i].file[0] != '\0';
		if (named != s.files || s.left != 0)
			abort();
		manifest_clear(&m);
	}
	buf_clear(&json);
	/* The manifest alone, as it is reached by few tar streams. */
	if (manifest_read(&m, data, size, &err) == 0)
		manifest_clear(&m);
	return 0;
}
