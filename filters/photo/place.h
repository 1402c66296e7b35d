/*
 * place.h - where a picture lies on the page: pure arithmetic, no pixels.
 *
 * Three coordinate systems. *Stored*: the picture as its file has it. *Upright*: after
 * Exif orientation. *Page*: the printable area in device pixels, x to the right, y down
 * in feed direction. A struct turn takes stored to page; what is scaled and cut is the
 * stored picture, what is turned is the result.
 *
 * print-scaling as PWG 5100.16 (5100.7 6.2.x) has it. All pictures are centred unless
 * told otherwise. A picture that says no resolution has no size: `none` then takes one
 * picture pixel for one device pixel, and `auto` scales it.
 */
#ifndef CC_PHOTO_PLACE_H
#define CC_PHOTO_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum place_scaling {
	PLACE_DEFAULT =
		0,	/* nothing asked: fill a borderless page, fit into any other */
	PLACE_AUTO,	/* too large: fit (borderless: fill); else none */
	PLACE_AUTO_FIT, /* too large: fit; else none */
	PLACE_FILL,	/* cover the page, cut what is over */
	PLACE_FIT,	/* all of it, as large as the page allows */
	PLACE_NONE	/* its own size, cut at the page */
};

/* page(x, y) = P(flip_x ? w-1-x : x, flip_y ? h-1-y : y), P the stored picture, or its
 * transpose if swap. Eight of them, as Exif's orientations. */
struct turn {
	bool swap, flip_x, flip_y;
};
struct turn turn_from_exif(unsigned orientation); /* 1 to 8; others as 1 */
struct turn turn_clockwise(struct turn t, unsigned quarters);

enum { PLACE_TURN_AUTO = -1 }; /* a quarter counter-clockwise if that fits the page */

/* The part of the upright picture that the customer chose, in shares of its sides: what
 * is placed then is that part, as if the rest were not there. width 0: all of it. */
struct place_crop {
	double x, y, width, height;
};

struct place_wish {
	enum place_scaling scaling;
	int quarters; /* 0 to 3, clockwise from upright; or PLACE_TURN_AUTO */
	double x, y;  /* 0: left/top ... 0.5: centre ... 1: right/bottom */
	bool mirror;  /* left and right exchanged on the page */
	double ppi;   /* resolution to take for the picture's own; 0: the file's */
	struct place_crop crop;
};
struct place_picture {
	uint32_t width, height; /* stored */
	unsigned orientation;	/* Exif */
	double ppi_x, ppi_y;	/* stored; 0: not said */
};
struct place_page {
	uint32_t width, height; /* device pixels */
	double dpi_x, dpi_y;
	bool borderless;
};

struct place {
	struct turn turn;
	/* what part of the stored picture is shown, in its pixels (fractions allowed)
	 */
	double from_x, from_y, from_width, from_height;
	/* its size after scaling, in stored orientation */
	uint32_t scaled_width, scaled_height;
	/* where it lies on the page, turned */
	uint32_t x, y, width, height;
};

void place_picture(struct place *place, const struct place_picture *picture,
		   const struct place_page *page, const struct place_wish *wish);
/* "auto-fit" and so on; -1 for an unknown word. */
int place_scaling_read(enum place_scaling *scaling, const char *word);
const char *place_scaling_name(enum place_scaling scaling);

#endif
