/*
 * grid.h - a conversion as a grid of exact points, filled where a picture needs it.
 *
 * The source's space is cut into cells (64 a side for three channels, 32 for four, 1024
 * for one). A cell's corners are asked of lcms2, in float and unoptimised, when the
 * first pixel falls into it: a photograph touches a few percent of all cells, so the
 * grid can be fine and still costs a few milliseconds. Inside a cell a pixel is
 * interpolated over the simplex that it lies in (tetrahedral in three dimensions: Kasson
 * et al., 1993). So the result is faster than lcms2's own, and more exact: its tables
 * have 33 points a side and 8-bit curves before them.
 *
 * Where a conversion bends within a cell (at the edge of a gamut, at clipped channels),
 * the cell's middle and its diagonals tell: they disagree by an 8-bit step or more. Such
 * a cell is cut again, in four a side.
 *
 * Private to lib/colour. Not thread-safe: pixels fill the grid.
 */
#ifndef CC_COLOUR_GRID_H
#define CC_COLOUR_GRID_H

#include "lib/colour/lcms.h"

struct grid;

/* Exact values: in[pixels][channels] and out[pixels][channels], 0 to 1 each. */
typedef void grid_exact(void *ctx, const float *in, float *out, size_t pixels);

/* in: 1, 3 or 4 channels; out: 1, 3 or 4 of out_bits. Aborts without memory. */
struct grid *grid_open(unsigned in, unsigned out, unsigned out_bits, grid_exact *exact,
		       void *ctx);
void grid_close(struct grid *grid); /* accepts NULL */
/* As colour_convert. */
void grid_convert(struct grid *grid, const uint16_t *const in[COLOUR_CHANNELS_MAX],
		  void *out, size_t pixels);
/* For the curious: exact values asked for so far; cells met, and how many of them bend. */
struct grid_counts {
	size_t asked, cells, bent;
};
struct grid_counts grid_counts(const struct grid *grid);
/* For tests: from now on without vector instructions; must give the same to the bit. */
void grid_use_plain(struct grid *grid);

#endif
