/*
 * screen.h - AM screens as threshold tiles: from a row of an ink to a row of dots.
 *
 * A tile is one supercell (cell.h), cut into a strip of `height` rows of `width`
 * pixels; the strip below it is the same one moved by `shift` to the right (T. M.
 * Holladay, Proc. SID 21/2, 1980). Thresholds are made by rank: all pixels of the
 * supercell are put in the order in which they turn dark, and the order is cut into
 * 255 equal parts. So a flat tint of level t covers t/255 of the plate to within one
 * pixel of the supercell, for any ruling, angle and dot shape; or what a curve says that
 * it should, as exactly.
 *
 * Values are those of a row of paper, as the renderer delivers it: 255 is bare, 0 is
 * solid ink. 255 never makes a dot and 0 always does, so text and line work that was
 * rendered solid passes unchanged, with its edges at the plate's resolution.
 */
#ifndef CC_SCREEN_SCREEN_H
#define CC_SCREEN_SCREEN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/screen/cell.h"
#include "lib/screen/dot.h"

#define SCREEN_LEVELS 256

struct screen {
	struct cell cell;
	enum dot_shape shape;
	size_t width, height, shift;
	size_t stride;	/* of the rows as stored: the tile's row, repeated (row.h) */
	uint8_t *paper; /* [height][stride], owned: dark where value <= paper */
};

/* dpi, ruling_lpi, angle_deg: cell_find says what may be asked for. area: of the plate,
 * 0 to 1, for each level of ink; from 0 to 1, never falling; NULL: level / 255. *out is
 * freed with screen_free. */
int screen_make(struct screen **out, double dpi, double ruling_lpi, double angle_deg,
		enum dot_shape shape, const double area[SCREEN_LEVELS],
		struct error *err);
void screen_free(struct screen *s); /* accepts NULL */

/* The pixels (x .. x+n-1, y) of the plate, x >= 0 to the right, y >= 0 down. values:
 * [n]. bits: [(n + 7) / 8], the first pixel is the lowest bit, 1 is ink; bits beyond n
 * are 0. */
void screen_row(const struct screen *s, size_t x, size_t y, const uint8_t *values,
		size_t n, uint8_t *bits);

#endif
