/*
 * cell.h - rational supercells: which ruling and angle a grid of device pixels allows.
 *
 * A screen of period p pixels at angle w repeats exactly on the device's grid only
 * where n periods along w end on a pixel. So n cells are laid along the integer vector
 * (a, b), and n along (b, -a): a square supercell of a*a + b*b pixels holding n*n
 * cells. What is printed is then exactly
 *
 *	ruling = dpi * n / sqrt(a*a + b*b)	angle = atan2(b, a)
 *
 * and the search is for the smallest supercell that is near enough to the request and
 * large enough for its tints (P. Fink, PostScript Screening, 1992, chapter 4).
 */
#ifndef CC_SCREEN_CELL_H
#define CC_SCREEN_CELL_H

#include "lib/base/error.h"

/* The promise of cell_find, wherever a supercell within the bounds exists. */
#define CELL_ANGLE_TOLERANCE_DEG 0.05
#define CELL_RULING_TOLERANCE	 0.003
/* Pixels of a supercell: enough for 1/4096 of a tint, small enough for the cache. */
#define CELL_PIXELS_MIN (1 << 12)
#define CELL_PIXELS_MAX (1 << 19)

/* What may be asked for. */
#define CELL_DPI_MIN	100.0
#define CELL_DPI_MAX	10000.0
#define CELL_RULING_MIN 20.0
#define CELL_PERIOD_MIN 4.0 /* pixels a period: below it there is no dot left */

struct cell {
	int a, b; /* pixels; a > 0, b >= 0, x to the right and y up */
	int n;	  /* cells along (a, b) */
	double ruling_lpi, angle_deg; /* what (a, b, n) really are */
};

/* angle_deg: counter-clockwise as the plate is looked at, any value; a screen is the
 * same after 90 degrees. ERROR_INPUT for a request outside the bounds above. */
int cell_find(struct cell *c, double dpi, double ruling_lpi, double angle_deg,
	      struct error *err);
/* Pixels of the supercell: a*a + b*b. */
long cell_pixels(const struct cell *c);

#endif
