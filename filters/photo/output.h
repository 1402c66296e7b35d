/*
 * output.h - the raster stream: pages of lines, many lines a call, attested.
 */
#ifndef CC_PHOTO_OUTPUT_H
#define CC_PHOTO_OUTPUT_H

#include "filters/attest.h"
#include "filters/photo/page.h"

#define OUTPUT_LINES 64 /* lines handed to libcups at once */

struct output;

/* attest must outlive it. pwg: PWG raster (image/pwg-raster), else CUPS raster v3. */
int output_open(struct output **output, struct attest *attest, bool pwg,
		struct error *err);
int output_page(struct output *output, const struct page *page, struct error *err);
/* Where the next of the page's header.cupsHeight lines is to be written,
 * header.cupsBytesPerLine bytes, already white. */
uint8_t *output_line(struct output *output);
/* The line that output_line gave is done; writes when enough are. */
int output_next(struct output *output, struct error *err);
/* White lines. */
int output_skip(struct output *output, uint32_t lines, struct error *err);
unsigned output_pages(const struct output *output); /* begun so far */
void output_close(struct output *output); /* accepts NULL; says nothing to keep */

#endif
