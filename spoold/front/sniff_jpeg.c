/*
 * sniff_jpeg.c - follows JPEG's markers (T.81 B.1.1): segments are passed over by their
 * length, the entropy-coded data by memchr for 0xFF. So the thumbnail in an Exif
 * segment, with an EOI of its own, is never mistaken for the end of the picture.
 */
#include <string.h>

#include "spoold/front/sniff.h"

#define M_SOI 0xd8
#define M_EOI 0xd9
#define M_SOS 0xda

#define FRAME_BYTES 7 /* segment length 2, precision 1, height 2, width 2 */

enum { SEEK_FF = 0, MARKER, LENGTH_1, LENGTH_2, SEGMENT, FRAME, SCAN, SCAN_FF };

/* SOF0 to SOF15 without DHT, JPG, DAC */
static bool
is_frame(uint8_t m)
{
	return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc;
}

static bool
stands_alone(uint8_t m)
{
	return m == M_SOI || m == 0x01 || (m >= 0xd0 && m <= 0xd7);
}

/* capture[0] is the marker whose segment begins */
static void
take_marker(struct sniff *s, uint8_t m)
{
	if (m == 0xff) /* fill byte */
		return;
	if (m == M_EOI) {
		s->ended = true;
		return;
	}
	s->capture[0] = m;
	if (m == 0)
		s->state = SEEK_FF; /* not a marker */
	else
		s->state = stands_alone(m) ? SEEK_FF : LENGTH_1;
}

static void
begin_segment(struct sniff *s)
{
	if (s->skip < 2) {
		s->fault = SNIFF_DAMAGED;
		return;
	}
	s->skip -= 2;
	s->capture_len = 0;
	s->state = is_frame(s->capture[0]) ? FRAME : SEGMENT;
	if (s->state == FRAME && s->skip < FRAME_BYTES - 2)
		s->fault = SNIFF_DAMAGED;
}

static void
end_segment(struct sniff *s)
{
	s->state = s->capture[0] == M_SOS ? SCAN : SEEK_FF;
}

/* Precision, height, width: capture[1..5]. */
static void
take_frame_byte(struct sniff *s, uint8_t byte)
{
	const uint8_t *c = s->capture;

	s->capture[1 + s->capture_len++] = byte;
	s->skip--;
	if (s->capture_len < FRAME_BYTES - 2)
		return;
	sniff_dimensions(s, (uint64_t)(c[4] << 8 | c[5]), (uint64_t)(c[2] << 8 | c[3]));
	s->state = SEGMENT;
}

static void
take_byte(struct sniff *s, uint8_t byte)
{
	switch (s->state) {
	case SEEK_FF:
		if (byte == 0xff)
			s->state = MARKER;
		break;
	case MARKER:
		take_marker(s, byte);
		break;
	case LENGTH_1:
		s->skip = (uint64_t)byte << 8;
		s->state = LENGTH_2;
		break;
	case LENGTH_2:
		s->skip |= byte;
		begin_segment(s);
		if (s->state == SEGMENT && s->skip == 0)
			end_segment(s);
		break;
	case FRAME:
		take_frame_byte(s, byte);
		if (s->state == SEGMENT && s->skip == 0)
			end_segment(s);
		break;
	case SCAN_FF:
		if (byte == 0 || (byte >= 0xd0 && byte <= 0xd7))
			s->state = SCAN;
		else
			take_marker(s, byte);
		break;
	default:
		break;
	}
}

/* What can be passed over at once, from data: its length. */
static size_t
leap(struct sniff *s, const uint8_t *data, size_t len)
{
	const uint8_t *ff;
	size_t n = len;

	if (s->state == SEGMENT) {
		if (n > s->skip)
			n = (size_t)s->skip;
		s->skip -= n;
		if (s->skip == 0)
			end_segment(s);
		return n;
	}
	ff = memchr(data, 0xff, len);
	if (ff == NULL)
		return len;
	s->state = SCAN_FF;
	return (size_t)(ff - data) + 1;
}

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	while (len > 0 && !s->ended && s->fault == SNIFF_FINE) {
		size_t n = 1;
		if (s->state == SEGMENT || s->state == SCAN)
			n = leap(s, data, len);
		else
			take_byte(s, *data);
		data += n;
		len -= n;
	}
}

static void
end(struct sniff *s)
{
	if (!s->ended)
		s->fault = SNIFF_CUT_OFF;
	else if (s->width == 0)
		s->fault = SNIFF_DAMAGED;
}

const struct sniff_reader sniff_jpeg = {feed, end};
