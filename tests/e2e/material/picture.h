/*
 * picture.h - a picture in memory, for people: 8 bits of RGB, made small by averaging.
 */
#ifndef CC_TESTS_PICTURE_H
#define CC_TESTS_PICTURE_H

#include <stdint.h>

struct picture {
	uint32_t width, height; /* of rgb */
	uint64_t *sum;		/* [height][width][3], of what fell into a pixel */
	uint32_t *count;	/* [height][width] */
	uint32_t from_width, from_height;
};

/* To show something of from_width x from_height pixels at most `width` wide. */
void picture_init(struct picture *p, uint32_t from_width, uint32_t from_height,
		  uint32_t width);
void picture_clear(struct picture *p);
/* A pixel of the original. */
void picture_add(struct picture *p, uint32_t x, uint32_t y, const uint8_t rgb[3]);
/* The mean colour at a pixel of the small one. */
void picture_at(const struct picture *p, uint32_t x, uint32_t y, uint8_t rgb[3]);
void picture_write_png(const struct picture *p, const char *path);

__attribute__((noreturn, format(printf, 1, 2))) void picture_die(const char *fmt, ...);

#endif
