/*
 * measured.h - what a press printed of a strip of tints, and the curves that follow: the
 * tints that must be on the plate so that the press prints what it should.
 */
#ifndef CC_TOOLS_CURVE_MEASURED_H
#define CC_TOOLS_CURVE_MEASURED_H

#include "lib/plate/curve.h"

#define MEASURED_BYTES_MAX 65536 /* of the file */
#define MEASURED_LINE_MAX  256
#define MEASURED_STEPS	   20 /* of the curve that is made: every 5 % */
#define MEASURED_TVI_MAX   40 /* percent */

/* printed: tone value on paper for each tint on the plate. */
struct measured {
	char title[256];
	size_t count;
	struct curve printed[CURVE_INKS_MAX];
	double tvi[CURVE_INKS_MAX]; /* wanted: tone value increase at 50 %, percent */
};

/* text: see spoolctl(8). ERROR_INPUT with the line that is wrong. */
int measured_read(struct measured *m, const void *text, size_t len, struct error *err);

/* The tone that is wanted at a tint, both 0 to 1: a parabola through `tvi` at a half, as
 * ISO 12647-2's curves nearly are; at most 1. */
double measured_target(double tvi, double tint);

/* A curve for each ink; a straight one where the press prints what it should. */
void measured_curves(const struct measured *m, struct curve_set *set);

#endif
