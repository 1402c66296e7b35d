/*
 * exif.h - the three facts of an Exif block that a print needs.
 *
 * A bounded reader of our own instead of libexif: we want three tags, and libexif reads
 * (and has often misread) every maker note on the way (doc/decisions/exif.md).
 * Source: CIPA DC-008 (Exif 2.32) 4.6; TIFF 6.0 section 2. Damaged blocks yield what
 * could be read: Exif is advice, and wrong advice must not stop a print.
 */
#ifndef CC_IMAGE_EXIF_H
#define CC_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/image/image.h"

struct exif {
	unsigned orientation; /* 1 to 8, or 0 if not said */
	enum image_hint hint; /* NONE, SRGB or ADOBE_RGB */
	double ppi_x, ppi_y;  /* 0 if not said */
};

/* data: the TIFF structure, from its "II" or "MM" on. */
void exif_read(struct exif *exif, const void *data, size_t len);
/* Puts what was said into the image; resolution only where the image has none. */
void exif_apply(const struct exif *exif, struct image *image);

#endif
