/*
 * filter.h - runs a filter as cupsd would, and reads what it wrote.
 */
#ifndef CC_TESTS_FILTER_H
#define CC_TESTS_FILTER_H

#include <cups/cups.h>
#include <cups/raster.h>
#include <stdbool.h>
#include <stdint.h>

#define FILTER_PAGES_MAX 16
#define FILTER_TEXT_MAX	 8192

struct filter_page {
	cups_page_header2_t header;
	uint8_t *lines; /* header.cupsHeight of header.cupsBytesPerLine; owned */
};

struct filter_run {
	int status; /* exit status; 128 + signal if killed */
	unsigned pages;
	bool whole; /* the raster stream ended at the end of a page */
	struct filter_page page[FILTER_PAGES_MAX];
	char said[FILTER_TEXT_MAX]; /* standard error */
};

/* ppd: a file of the build's ppd folder. type: FINAL_CONTENT_TYPE, or NULL. in: standard
 * input, closed. */
void filter_photo(struct filter_run *run, const char *ppd, const char *options,
		  int copies, const char *type, int in);
void filter_clear(struct filter_run *run);
/* How many lines of what it said begin so. */
unsigned filter_said(const struct filter_run *run, const char *prefix);
const uint8_t *filter_pixel(const struct filter_run *run, unsigned page, uint32_t x,
			    uint32_t y);

#endif
