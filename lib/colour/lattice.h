/*
 * lattice.h - where pixels lie among the nodes of a grid: their simplex, and its weights.
 *
 * A sample v of 0..65535 is stretched to 0..65536 (v + v/2^15), so that cells are powers
 * of two and white falls exactly on the last node. Weights have LATTICE_WEIGHT_BITS bits
 * and sum to LATTICE_ONE. In one dimension the simplex is a line, in three a tetrahedron
 * (Kasson et al., 1993), in four a pentatope.
 *
 * Private to lib/colour.
 */
#ifndef CC_COLOUR_LATTICE_H
#define CC_COLOUR_LATTICE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/colour/colour.h"

#define LATTICE_BLOCK	    256 /* pixels at once: their rows stay in the first cache */
#define LATTICE_CORNERS	    5	/* of the largest simplex */
#define LATTICE_WEIGHT_BITS 14
#define LATTICE_ONE	    (1 << LATTICE_WEIGHT_BITS)

struct lattice {
	unsigned in;	/* dimensions: 1, 3 or 4 */
	unsigned shift; /* a stretched sample's cell is sample >> shift */
	uint32_t cells; /* along each axis */
	/* Of a cell's coordinate, before it is multiplied by its stride: all ones, or,
	 * for a small grid within each cell of a larger one, the place within that. */
	uint32_t mask;
	uint32_t stride[COLOUR_CHANNELS_MAX]; /* nodes from one to the next */
};

/* Of each pixel: its simplex's corners as numbers of nodes, the cell's own first, and
 * their weights in pairs, two of 16 bits: even, odd. Of an even number of corners; one
 * that is only there to make it even weighs nothing. */
struct places {
	uint32_t corner[LATTICE_CORNERS + 1][LATTICE_BLOCK];
	uint32_t weights[(LATTICE_CORNERS + 1) / 2][LATTICE_BLOCK];
};

/* in[channel][n], n at most LATTICE_BLOCK. */
void lattice_locate(const struct lattice *l,
		    const uint16_t *const in[COLOUR_CHANNELS_MAX], size_t n,
		    struct places *p);

#endif
