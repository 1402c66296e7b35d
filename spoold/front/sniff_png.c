/*
 * sniff_png.c - follows PNG's chunks (PNG 5.3): length, type, data, CRC; IHDR first,
 * IEND last. CRCs are the decoder's business.
 */
#include <string.h>

#include "spoold/front/sniff.h"

#define SIGNATURE_BYTES	 8
#define CHUNK_HEAD_BYTES 8
#define CHUNK_CRC_BYTES	 4
#define IHDR_BYTES	 13
#define CHUNK_LENGTH_MAX 0x7fffffffu

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The capture holds a chunk's head, of the IHDR its data, too. state counts chunks. */
static void
take_head(struct sniff *s, uint64_t at)
{
	const uint8_t *c = s->capture;
	uint32_t length = get_u32(c);
	size_t seen = s->capture_want;

	if (length > CHUNK_LENGTH_MAX ||
	    (s->state == 0) != (memcmp(c + 4, "IHDR", 4) == 0) ||
	    (s->state == 0 && length != IHDR_BYTES)) {
		s->fault = SNIFF_DAMAGED;
		return;
	}
	if (s->state == 0)
		sniff_dimensions(s, get_u32(c + 8), get_u32(c + 12));
	s->state = 1;
	s->ended = memcmp(c + 4, "IEND", 4) == 0;
	s->skip = CHUNK_HEAD_BYTES + (uint64_t)length + CHUNK_CRC_BYTES - seen;
	sniff_capture(s, at + s->skip, CHUNK_HEAD_BYTES);
}

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	if (s->length == 0)
		sniff_capture(s, SIGNATURE_BYTES, CHUNK_HEAD_BYTES + IHDR_BYTES);
	while (!s->ended && s->fault == SNIFF_FINE &&
	       sniff_captured(s, s->length, data, len))
		take_head(s, s->capture_at + s->capture_want);
}

static void
end(struct sniff *s)
{
	/* skip is then what is behind IEND's head: its CRC */
	if (!s->ended || s->length < s->capture_at)
		s->fault = SNIFF_CUT_OFF;
}

const struct sniff_reader sniff_png = {feed, end};
