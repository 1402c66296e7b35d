/*
 * codec.h - what a codec is to image.c. Private to lib/image.
 *
 * open reads the header and fills the image's public fields; it may leave state behind
 * even when it fails: close is called in any case.
 */
#ifndef CC_IMAGE_CODEC_H
#define CC_IMAGE_CODEC_H

#include "lib/image/image.h"

struct image_codec {
	int (*open)(struct image *image, struct image_input *in,
		    const struct image_limits *limits, struct error *err);
	int (*read)(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
		    struct error *err);
	int (*next)(struct image *image, struct error *err); /* NULL: one picture */
	void (*close)(struct image *image);
};

extern const struct image_codec image_jpeg_codec, image_png_codec, image_pnm_codec,
	image_tiff_codec, image_raster_codec;

/* Width, height against the limits, before anything is allocated for them. */
int image_check_size(uint64_t width, uint64_t height, const struct image_limits *limits,
		     struct error *err);
/* Takes a copy of an embedded profile, if its length is sane; else does nothing. */
void image_keep_profile(struct image *image, const void *data, size_t len);
/* Planes of full resolution, `strip` rows a read. */
void image_set_planes(struct image *image, unsigned planes, unsigned bits,
		      uint32_t strip);

#endif
