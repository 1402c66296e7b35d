/*
 * plot.h - what was measured, what is wanted, and the curve that follows, as a picture.
 */
#ifndef CC_TOOLS_CURVE_PLOT_H
#define CC_TOOLS_CURVE_PLOT_H

#include <stdio.h>

#include "tools/curve/measured.h"

/* SVG: a square for each ink, beside one another. */
void plot_curves(FILE *to, const struct measured *m, const struct curve_set *set);

#endif
