/*
 * curve.h - how large a dot the plate gets for each tint that the page asks for, so that
 * the press prints the tint it should: tone value curves (ISO 12647-1), for each ink.
 * doc/platecurve.5 describes the file.
 */
#ifndef CC_PLATE_CURVE_H
#define CC_PLATE_CURVE_H

#include <stddef.h>

#include "lib/base/buf.h"

#define CURVE_BYTES_MAX	 65536 /* of a file */
#define CURVE_POINTS_MAX 64
#define CURVE_INKS_MAX	 64
#define CURVE_LEVELS	 256

struct curve_point {
	double tint, plate; /* percent */
};

/* One ink's, or everybody's ("*"); at one ruling, or at all (0). */
struct curve {
	char ink[256];
	double ruling_lpi;
	size_t count;
	struct curve_point point[CURVE_POINTS_MAX];
};

struct curve_set {
	char title[256];
	size_t count;
	struct curve curve[CURVE_INKS_MAX];
};

/* Points from 0 to 100, tints rising, dots never falling, both ends kept: ERROR_INPUT
 * else, with what is wrong. */
int curve_check(const struct curve *curve, struct error *err);

/* set need not be initialised; nothing to free. ERROR_INPUT with what is wrong. */
int curve_set_read(struct curve_set *set, const void *json, size_t len,
		   struct error *err);
int curve_set_write(const struct curve_set *set, struct buf *json, struct error *err);

/* The one for this ink at this ruling: by ink and ruling, by ink, by ruling, any. NULL:
 * there is none, and the plate gets what the page asks for. Rulings are the same within
 * 1 %. */
const struct curve *curve_for(const struct curve_set *set, const char *ink,
			      double ruling_lpi);

/* The dot's share, 0 to 1, at a tint of 0 to 1: through the points by monotone cubics
 * (Fritsch and Carlson, SIAM J. Numer. Anal. 17, 1980), so it never falls, and has no
 * corner that would show in a vignette. */
double curve_at(const struct curve *curve, double tint);
/* The same for levels 0 to 255: [0] is 0, [255] is 1. */
void curve_levels(const struct curve *curve, double area[CURVE_LEVELS]);

#endif
