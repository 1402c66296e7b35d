/*
 * look_raster.c - PWG and Apple raster: every page's header and every line of it.
 */
#include <cups/raster.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "spoold/preflight/checker.h"

#define RASTER_LINE_MAX	 (64u << 20) /* bytes */
#define RASTER_PAGES_MAX 10000	     /* the rest is not looked at */

/* A page's lines; false where they end too early or can't be decoded. */
static bool
read_lines(cups_raster_t *raster, const cups_page_header2_t *header)
{
	unsigned char *line = malloc(header->cupsBytesPerLine);
	unsigned lines =
		header->cupsHeight * (header->cupsColorOrder == CUPS_ORDER_PLANAR
					      ? header->cupsNumColors
					      : 1);
	bool whole = line != NULL;

	for (unsigned i = 0; whole && i < lines; i++)
		whole = cupsRasterReadPixels(raster, line, header->cupsBytesPerLine) ==
			header->cupsBytesPerLine;
	free(line);
	return whole;
}

static bool
is_sane(const cups_page_header2_t *h, const struct preflight_ask *ask)
{
	return h->cupsWidth > 0 && h->cupsHeight > 0 && h->cupsBytesPerLine > 0 &&
	       h->cupsBytesPerLine <= RASTER_LINE_MAX && h->cupsNumColors <= 15 &&
	       (uint64_t)h->cupsWidth * h->cupsHeight <= ask->pixels_max;
}

void
look_raster(int fd, const struct preflight_ask *ask, struct preflight_answer *answer)
{
	cups_raster_t *raster = cupsRasterOpen(fd, CUPS_RASTER_READ);
	cups_page_header2_t header;
	char words[PREFLIGHT_DETAIL_MAX];

	if (raster == NULL) {
		checker_say(answer, PREFLIGHT_DAMAGED, "its beginning is no raster");
		return;
	}
	while (answer->pages < RASTER_PAGES_MAX &&
	       cupsRasterReadHeader2(raster, &header) != 0) {
		checker_page(answer, header.cupsWidth, header.cupsHeight,
			     header.HWResolution[0], header.HWResolution[1]);
		if (!is_sane(&header, ask)) {
			snprintf(words, sizeof(words),
				 "page %u: its header makes no sense", answer->pages);
			checker_say(answer, PREFLIGHT_DAMAGED, words);
			break;
		}
		if (!read_lines(raster, &header)) {
			snprintf(words, sizeof(words), "page %u ends too early",
				 answer->pages);
			checker_say(answer, PREFLIGHT_CUT_OFF, words);
			break;
		}
	}
	if (answer->pages == 0)
		checker_say(answer, PREFLIGHT_DAMAGED, "it has no page");
	cupsRasterClose(raster);
}
