/*
 * plot.h - what was measured, what is wanted, and the curve that follows, as a picture.
 */
#ifndef CC_TOOLS_CURVE_PLOT_H
#define CC_TOOLS_CURVE_PLOT_H

#include "tools/curve/measured.h"

/* SVG: a square for each ink, beside one another. */
int plot_curves(const struct measured *m, const struct curve_set *set, struct buf *svg,
		struct error *err);

#endif
