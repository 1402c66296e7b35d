/*
 * pictures.h - pictures whose every pixel is known, in every form a file can have.
 *
 * A pixel is a function of its place, so a test can say what must come out anywhere.
 * Files are made in memory by the same libraries that read them in the field.
 */
#ifndef CC_TESTS_PICTURES_H
#define CC_TESTS_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/image/image.h"

#define PICTURE_SAMPLES_MAX 5

/* samples[]: 0 to 65535, the channels in order, opacity last. */
typedef void picture_pixel(uint32_t x, uint32_t y, uint16_t *samples);

struct picture {
	uint32_t width, height;
	unsigned channels; /* 1, 3, 4: grey, RGB, CMYK; without opacity */
	bool alpha;
	unsigned bits; /* 8, 16; PNG and TIFF grey also 1, 2, 4 */
	picture_pixel *pixel;
	const void *icc;
	size_t icc_len;
	unsigned orientation; /* 0: not said */
	unsigned ppi;	      /* 0: not said */
};

/* Smooth in both directions, every place different: JPEG keeps it within a few steps. */
picture_pixel picture_smooth;
/* Every pixel of a 256 x 256 block different in 8 bits, exactly: for lossless forms. */
picture_pixel picture_places;

enum {
	PICTURE_RGB = 1, /* JPEG without YCbCr */
	PICTURE_PROGRESSIVE = 2,
	PICTURE_YCCK = 4,
	PICTURE_INTERLACED = 8, /* PNG */
	PICTURE_PALETTE = 16,
	PICTURE_TILED = 32, /* TIFF */
	PICTURE_APART = 64, /* planes apart */
	PICTURE_WHITE_IS_ZERO = 128,
	PICTURE_LAB = 256,
	PICTURE_ICCLAB = 512,
	PICTURE_PREMULTIPLIED = 1024,
	PICTURE_TWICE = 2048, /* TIFF: two pages, and a thumbnail between them */
	PICTURE_RESTARTS = 4096
};

/* Files in memory, rewound; the caller closes them. h, v: sampling of the first
 * component (2, 2 is 4:2:0). */
int picture_jpeg(const struct picture *p, int quality, int h, int v, unsigned flags);
/* chunk: an ancillary chunk to put before the picture, or NULL: its four letters, then
 * its data of chunk_len bytes. */
int picture_png(const struct picture *p, unsigned flags, const char *chunk,
		size_t chunk_len);
int picture_tiff(const struct picture *p, int compression, unsigned flags);
/* The first `keep` bytes of it (SIZE_MAX: all), rewound; `flip`: the byte at flip is
 * inverted (SIZE_MAX: none). */
int picture_cut(int fd, size_t keep, size_t flip);
size_t picture_size(int fd);

/* All samples of all planes, to 16 bits: samples[plane][width * height of the plane].
 * Returns 0, or -1 with *err. The caller frees each. */
int picture_read(struct image *image, uint16_t *samples[IMAGE_PLANES_MAX],
		 struct error *err);
void picture_free(uint16_t *samples[IMAGE_PLANES_MAX]);

/* The stored pixel that an upright place shows, by CIPA DC-008's words: in orientation 6
 * the first row is the right-hand side, and so on. w, h: upright. */
void picture_stored_at(unsigned orientation, uint32_t w, uint32_t h, uint32_t x,
		       uint32_t y, uint32_t *sx, uint32_t *sy);

#endif
