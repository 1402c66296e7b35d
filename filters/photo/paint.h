/*
 * paint.h - one picture onto one page: decoded, scaled, converted, turned, written.
 *
 * A picture that is neither turned nor flipped top to bottom, once, goes through line
 * by line. Otherwise, for copies, and for sheets of several, the finished picture is held
 * in memory (scaled and converted: its size is the page's, not the file's).
 */
#ifndef CC_PHOTO_PAINT_H
#define CC_PHOTO_PAINT_H

#include "lib/colour/colour.h"
#include "lib/image/image.h"

#include "filters/photo/output.h"
#include "filters/photo/sheet.h"
#include "filters/photo/place.h"

/* Writes sheet->copies pages. place: within each cell of the sheet. transform: from the
 * image's profile to the page's ink. */
int paint_page(struct image *image, const struct place *place,
	       const struct sheet *sheet, const struct page *page,
	       struct colour_transform *transform, struct output *output,
	       struct error *err);

#endif
