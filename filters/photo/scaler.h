/*
 * scaler.h - a picture's rows, cut and scaled, as they are decoded.
 *
 * It holds as many rows of each plane as the kernel needs and no more, so its memory
 * depends on the picture's width and the reduction, not on its height.
 */
#ifndef CC_PHOTO_SCALER_H
#define CC_PHOTO_SCALER_H

#include "lib/image/image.h"

#include "filters/photo/place.h"

struct scaler;

/* The image must outlive it; no strip of it may have been read yet. */
int scaler_open(struct scaler **scaler, struct image *image, const struct place *place,
		struct error *err);
/* The next of place->scaled_height rows: out[plane][place->scaled_width], 0 to 65535,
 * all planes at full resolution; meaning as the image says. */
int scaler_row(struct scaler *scaler, uint16_t *const out[IMAGE_PLANES_MAX],
	       struct error *err);
/* Decodes what lies below the part shown: damage there is damage too. */
int scaler_drain(struct scaler *scaler, struct error *err);
void scaler_close(struct scaler *scaler); /* accepts NULL */

#endif
