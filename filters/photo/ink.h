/*
 * ink.h - a scaled row as the file wrote it, made into what its profile speaks of.
 */
#ifndef CC_PHOTO_INK_H
#define CC_PHOTO_INK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/image/image.h"

/* In place: Y Cb Cr (K) to R G B or C M Y K (ITU-T T.871, full range; Adobe's YCCK),
 * and 65535 to full ink where 0 was. rows[plane][pixels], 0 to 65535. */
void ink_settle(const struct image *image, uint16_t *const rows[IMAGE_PLANES_MAX],
		size_t pixels);

#endif
