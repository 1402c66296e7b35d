/*
 * plate_image.h - a PDF page around a TIFF or a JPEG, so that pictures take the same
 * way through Ghostscript as everything else: profiles, separations, placement.
 *
 * JPEG data goes in as it is. TIFF (libtiff) is decoded: grey, RGB, CMYK and CMYK with
 * spot inks (named by InkNames), 8 and 16 bits a sample. The page is the picture at its
 * own resolution; where it names none, 300 pixels per inch.
 */
#ifndef CC_FILTERS_PLATE_IMAGE_H
#define CC_FILTERS_PLATE_IMAGE_H

#include "filters/plates/plate_options.h"

#define PLATE_IMAGE_PIXELS_MAX 400000000 /* 400 megapixels */
#define PLATE_IMAGE_SIDE_MAX   65500
#define PLATE_IMAGE_PPI	       300.0

bool plate_image_is_jpeg(const void *head, size_t len);
bool plate_image_is_tiff(const void *head, size_t len);

/* *pdf: a descriptor of the PDF in memory, owned by the caller. */
int plate_image_wrap(int document, const struct plate_options *options, int *pdf,
		     struct error *err);

#endif
