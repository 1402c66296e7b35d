/*
 * sniff_tiff.c - the first directory of a TIFF (6.0, section 2), wherever it lies: its
 * bytes are kept as they stream by, and judged at the end, when the length is known. Of
 * BigTIFF only the header is looked at; libtiff's own limits hold for it.
 */
#include <string.h>

#include "spoold/front/sniff.h"

#define HEADER_BYTES 8
#define ENTRY_BYTES  12

#define TAG_WIDTH	  256
#define TAG_HEIGHT	  257
#define TAG_STRIP_OFFSETS 273
#define TAG_STRIP_COUNTS  279
#define TAG_TILE_OFFSETS  324
#define TAG_TILE_COUNTS	  325

#define TYPE_SHORT 3
#define TYPE_LONG  4

enum { HEADER = 0, DIRECTORY, BIG };

static uint32_t
get(const struct sniff *s, const uint8_t *p, size_t bytes)
{
	uint32_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | p[s->head[0] == 'M' ? i : bytes - 1 - i];
	return v;
}

static void
take_header(struct sniff *s, const uint8_t *data, size_t len)
{
	uint32_t at;

	if (get(s, s->capture + 2, 2) != 42) {
		s->state = BIG;
		return;
	}
	at = get(s, s->capture + 4, 4);
	s->state = DIRECTORY;
	if (at < HEADER_BYTES) {
		s->fault = SNIFF_DAMAGED;
		return;
	}
	sniff_capture(s, at, 2 + SNIFF_TIFF_ENTRIES * ENTRY_BYTES);
	sniff_captured(s, s->length, data, len);
}

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	if (s->length == 0)
		sniff_capture(s, 0, HEADER_BYTES);
	if (sniff_captured(s, s->length, data, len) && s->state == HEADER)
		take_header(s, data, len);
}

struct directory {
	uint64_t width, height;
	uint64_t offset, bytes; /* of the one strip, if there is one only */
};

static void
take_entry(struct sniff *s, const uint8_t *e, struct directory *d)
{
	uint32_t tag = get(s, e, 2), type = get(s, e + 2, 2), count = get(s, e + 4, 4);
	size_t size = type == TYPE_SHORT ? 2 : 4;
	uint64_t value = get(s, e + 8, size);

	if (type != TYPE_SHORT && type != TYPE_LONG)
		return;
	if (tag == TAG_WIDTH)
		d->width = value;
	if (tag == TAG_HEIGHT)
		d->height = value;
	if (tag != TAG_STRIP_OFFSETS && tag != TAG_STRIP_COUNTS &&
	    tag != TAG_TILE_OFFSETS && tag != TAG_TILE_COUNTS)
		return;
	if (count == 1 && (tag == TAG_STRIP_OFFSETS || tag == TAG_TILE_OFFSETS))
		d->offset = value;
	else if (count == 1)
		d->bytes = value;
	else if ((uint64_t)count * size > 4 &&
		 get(s, e + 8, 4) + (uint64_t)count * size > s->length)
		s->fault = SNIFF_CUT_OFF;
}

static void
end(struct sniff *s)
{
	struct directory d = {0};
	size_t entries, room;

	if (s->state == BIG)
		return;
	if (s->state == HEADER || s->capture_len < 2) {
		s->fault = SNIFF_CUT_OFF;
		return;
	}
	entries = get(s, s->capture, 2);
	if (s->capture_at + 2 + (uint64_t)entries * ENTRY_BYTES > s->length) {
		s->fault = SNIFF_CUT_OFF;
		return;
	}
	room = (s->capture_len - 2) / ENTRY_BYTES;
	for (size_t i = 0; i < entries && i < room && s->fault == SNIFF_FINE; i++)
		take_entry(s, s->capture + 2 + i * ENTRY_BYTES, &d);
	if (s->fault == SNIFF_FINE)
		sniff_dimensions(s, d.width, d.height);
	if (s->fault == SNIFF_FINE && d.offset + d.bytes > s->length)
		s->fault = SNIFF_CUT_OFF;
}

const struct sniff_reader sniff_tiff = {feed, end};
