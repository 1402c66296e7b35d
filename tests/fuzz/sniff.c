/*
 * sniff.c - a document of any bytes, whole and in pieces: the word must be the same, and
 * what is called fine must have a format and, for a picture, sides within the bound.
 */
#include <stdlib.h>

#include "spoold/front/sniff.h"
#include "tests/fuzz/fuzz.h"

#define PIXELS_MAX (100u * 1000 * 1000)

static bool
is_picture(enum sniff_format format)
{
	return format == SNIFF_JPEG || format == SNIFF_PNG;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sniff whole, pieces;
	size_t step;

	if (size == 0)
		return 0;
	step = 1 + data[0] % 61;
	data++;
	size--;
	sniff_start(&whole, PIXELS_MAX);
	sniff_feed(&whole, data, size);
	sniff_end(&whole);
	sniff_start(&pieces, PIXELS_MAX);
	for (size_t at = 0; at < size; at += step)
		sniff_feed(&pieces, data + at, size - at < step ? size - at : step);
	sniff_end(&pieces);
	if (whole.fault != pieces.fault || whole.format != pieces.format)
		abort();
	if (whole.fault == SNIFF_FINE &&
	    (sniff_mime(whole.format) == NULL ||
	     (is_picture(whole.format) &&
	      (whole.width == 0 || (uint64_t)whole.width * whole.height > PIXELS_MAX))))
		abort();
	return 0;
}
