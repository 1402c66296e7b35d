/*
 * printer.h - profiles of printers that nobody owns, made from a model of inks on paper.
 *
 * A LUT profile as a profiling program would make it, with tables in both directions for
 * three intents; small enough to make in a test, curved enough to be hard.
 */
#ifndef CC_TESTS_PRINTER_H
#define CC_TESTS_PRINTER_H

#include "lib/colour/colour.h"

/* space: COLOUR_RGB (a photo printer driven by RGB) or COLOUR_CMYK; version: 2.1 or
 * 4.3. Aborts on failure. */
struct colour_profile *printer_profile(enum colour_space space, double version);

#endif
