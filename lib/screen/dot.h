/*
 * dot.h - spot functions: in which order the pixels of a halftone cell turn dark.
 *
 * Coordinates are those of a cell: u and v in [0, 1), the dot's centre at (1/2, 1/2),
 * u along the screen's angle. Pixels with smaller values turn dark first; only the
 * order matters, since thresholds are made by rank (tile.c).
 */
#ifndef CC_SCREEN_DOT_H
#define CC_SCREEN_DOT_H

enum dot_shape {
	DOT_ROUND = 1,	/* round up to the shadows: the distance from the centre */
	DOT_EUCLIDEAN,	/* round, a chequerboard at 50 %, round holes after it */
	DOT_ELLIPTICAL, /* joins along u first, along v later: no tint jumps */
	DOT_LINE,	/* lines along u */
	DOT_DIAMOND,	/* a lozenge in the middle tones; joins along u first */
	DOT_SHAPES
};

double dot_value(enum dot_shape shape, double u, double v);
/* "round", ... ; "?" for none of them. */
const char *dot_name(enum dot_shape shape);
/* By name in any case; 0 if there is none. */
enum dot_shape dot_by_name(const char *name);

#endif
