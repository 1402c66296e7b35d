/*
 * figures.h - clock, medians, and a row of the one table that all benchmarks print.
 */
#ifndef CC_BENCH_FIGURES_H
#define CC_BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"

/* Seconds that never go back. */
double now_s(void);
/* The value that a share q of them does not exceed; sorts them. */
double quantile(double *values, size_t n, double q);

/* Figures come out as a table of text, or (json) as a JSON object a line. */
void figures_begin(bool json);
/* A figure. target: "", ">= 0.65", "<= 10", "< 15": the row says whether it was met. */
void figure(const char *what, double value, const char *unit, const char *target);
/* How many of the figures so far missed their target. */
unsigned figures_missed(void);
/* Ends the program: what could not be done, and why (NULL: errno says). */
void fail(const char *what, const struct error *err);
/* Warns on stderr when the machine has other things to do. */
void figures_check_quiet(void);

#endif
