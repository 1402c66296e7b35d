/*
 * plate_stream.c - ustar by hand (POSIX.1-1988, 10.1.1): no library would write what a
 * hostile writer may.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/seal/seal.h"

#include "tests/unit/plate_stream.h"

#define BLOCK 512

struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type,
		link[100], magic[6], version[2], user[32], group[32], major[8],
		minor[8], prefix[155], pad[12];
};

void
plate_stream_begin(struct plate_stream *s)
{
	buf_init(&s->tar, PLATE_STREAM_MAX);
	manifest_init(&s->manifest);
	text_copy(s->manifest.creator, sizeof(s->manifest.creator), "a test");
	s->manifest.pages = 1;
}

static void
put_size(char field[12], uint64_t size)
{
	if (size < 1ULL << 33) {
		snprintf(field, 12, "%011llo", (unsigned long long)size);
		return;
	}
	memset(field, 0, 12); /* base 256, as GNU tar has it */
	field[0] = (char)0x80;
	for (int i = 0; i < 8; i++)
		field[11 - i] = (char)(size >> 8 * i);
}

void
plate_stream_member(struct plate_stream *s, const char *name, char type, uint64_t size,
		    const void *data, size_t len)
{
	static const char zeros[BLOCK];
	struct ustar h;
	unsigned sum = 0;

	memset(&h, 0, sizeof(h));
	snprintf(h.name, sizeof(h.name), "%s", name);
	memcpy(h.mode, "0000644", 8);
	memcpy(h.uid, "0000000", 8);
	memcpy(h.gid, "0000000", 8);
	memcpy(h.mtime, "00000000000", 12);
	put_size(h.size, size);
	h.type = type;
	if (type == '2')
		memcpy(h.link, "/etc/passwd", 12);
	memcpy(h.magic, "ustar", 6);
	memcpy(h.version, "00", 2);
	memset(h.sum, ' ', 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const uint8_t *)&h)[i];
	snprintf(h.sum, sizeof(h.sum), "%06o", sum);
	buf_append(&s->tar, &h, sizeof(h), NULL);
	buf_append(&s->tar, data, len, NULL);
	buf_append(&s->tar, zeros, (BLOCK - len % BLOCK) % BLOCK, NULL);
}

void
plate_stream_note(struct plate_stream *s, const char *name, const void *data,
		  size_t len)
{
	struct manifest_plate *p = manifest_add(&s->manifest);
	struct seal_digest *d = seal_digest_new();

	INVARIANT(p != NULL);
	text_copy(p->file, sizeof(p->file), name);
	text_copy(p->ink, sizeof(p->ink), "Cyan");
	text_copy(p->dot, sizeof(p->dot), "round");
	p->page = 1;
	p->width = p->height = 8;
	p->dpi = 2400;
	p->bytes = len;
	seal_digest_add(d, data, len);
	seal_digest_end(d, p->digest);
}

void
plate_stream_plate(struct plate_stream *s, const char *name, const void *data,
		   size_t len)
{
	plate_stream_member(s, name, '0', len, data, len);
	plate_stream_note(s, name, data, len);
}

void
plate_stream_manifest(struct plate_stream *s)
{
	struct buf json;

	buf_init(&json, MANIFEST_BYTES_MAX);
	INVARIANT(manifest_write(&s->manifest, &json, NULL) == 0);
	plate_stream_member(s, MANIFEST_FILE, '0', json.len, json.data, json.len);
	buf_clear(&json);
}

void
plate_stream_end(struct plate_stream *s)
{
	static const char zeros[2 * BLOCK];

	buf_append(&s->tar, zeros, sizeof(zeros), NULL);
}

void
plate_stream_clear(struct plate_stream *s)
{
	buf_clear(&s->tar);
	manifest_clear(&s->manifest);
}
