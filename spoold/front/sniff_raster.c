/*
 * sniff_raster.c - the first page header of PWG raster (PWG 5102.4 4.2) and of URF:
 * width and height are there; the lines are left to the filter.
 */
#include "spoold/front/sniff.h"

/* PWG: sync word 4, page header 1796; big-endian. */
#define PWG_HEADER_END (4 + 1796)
#define PWG_WIDTH      (4 + 372)
#define PWG_HEIGHT     (4 + 376)
/* URF: "UNIRAST\0" 8, page count 4, page header 32; big-endian. */
#define URF_HEADER_END (12 + 32)
#define URF_WIDTH      (12 + 12)
#define URF_HEIGHT     (12 + 16)

static uint32_t
get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	size_t from = s->format == SNIFF_PWG ? PWG_WIDTH : URF_WIDTH;
	size_t to = s->format == SNIFF_PWG ? PWG_HEIGHT + 4 : URF_HEIGHT + 4;

	if (s->length == 0)
		sniff_capture(s, from, to - from);
	if (!s->ended && sniff_captured(s, s->length, data, len)) {
		s->ended = true;
		sniff_dimensions(s, get_u32(s->capture), get_u32(s->capture + 4));
	}
}

static void
end(struct sniff *s)
{
	uint64_t header = s->format == SNIFF_PWG ? PWG_HEADER_END : URF_HEADER_END;

	if (s->length <= header)
		s->fault = SNIFF_CUT_OFF;
}

const struct sniff_reader sniff_raster = {feed, end};
