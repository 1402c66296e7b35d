#include <stdlib.h>
#include <string.h>

#include "filters/photo/output.h"

struct output {
	cups_raster_t *raster;
	cups_page_header2_t header;
	uint8_t *lines; /* OUTPUT_LINES of header.cupsBytesPerLine */
	uint8_t white;
	unsigned pages;
	uint32_t held; /* lines in the batch */
	uint32_t sent; /* lines of the page, the held ones included */
};

int
output_open(struct output **output, struct attest *attest, bool pwg, struct error *err)
{
	struct output *o = calloc(1, sizeof(*o));

	INVARIANT(o != NULL);
	*output = o;
	o->raster = cupsRasterOpenIO(attest_raster_write, attest,
				     pwg ? CUPS_RASTER_WRITE_PWG : CUPS_RASTER_WRITE);
	if (o->raster != NULL)
		return 0;
	free(o);
	*output = NULL;
	return error_set(err, ERROR_SYSTEM, "cannot begin the raster stream: %s",
			 cupsRasterErrorString());
}

int
output_page(struct output *o, const struct page *page, struct error *err)
{
	size_t size;

	o->header = page->header;
	o->white = page->ink == PAGE_BLACK || page->ink == PAGE_CMYK ? 0 : 0xff;
	o->held = o->sent = 0;
	o->pages++;
	size = (size_t)o->header.cupsBytesPerLine * OUTPUT_LINES;
	free(o->lines);
	o->lines = malloc(size);
	if (o->lines == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for raster lines");
	memset(o->lines, o->white, size);
	if (cupsRasterWriteHeader2(o->raster, &o->header) == 0)
		return error_set(err, ERROR_SYSTEM, "cannot write the page header: %s",
				 cupsRasterErrorString());
	return 0;
}

uint8_t *
output_line(struct output *o)
{
	return o->lines + (size_t)o->held * o->header.cupsBytesPerLine;
}

static int
flush(struct output *o, struct error *err)
{
	unsigned len = o->header.cupsBytesPerLine * o->held;

	if (len > 0 && cupsRasterWritePixels(o->raster, o->lines, len) != len)
		return error_set(err, ERROR_SYSTEM, "cannot write raster lines");
	memset(o->lines, o->white, len);
	o->held = 0;
	return 0;
}

int
output_next(struct output *o, struct error *err)
{
	INVARIANT(o->sent < o->header.cupsHeight);
	o->held++;
	o->sent++;
	if (o->held == OUTPUT_LINES || o->sent == o->header.cupsHeight)
		return flush(o, err);
	return 0;
}

int
output_skip(struct output *o, uint32_t lines, struct error *err)
{
	while (lines-- > 0)
		if (output_next(o, err) != 0)
			return -1;
	return 0;
}

unsigned
output_pages(const struct output *o)
{
	return o->pages;
}

void
output_close(struct output *o)
{
	if (o == NULL)
		return;
	cupsRasterClose(o->raster);
	free(o->lines);
	free(o);
}
