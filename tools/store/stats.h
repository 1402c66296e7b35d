/*
 * stats.h - what a day was like, for each printer, as the audit tells it.
 */
#ifndef CC_TOOLS_STORE_STATS_H
#define CC_TOOLS_STORE_STATS_H

#include <stdio.h>

#include "lib/order/order.h"

#define STATS_DAY      16  /* "2026-11-23" */
#define STATS_DAYS_MAX 366 /* in a plot: the last ones */
#define STATS_COLOURS  8   /* printers that are told apart in a plot */

struct stats_time {
	uint64_t sum, count, longest; /* seconds */
};

struct stats_row {
	char day[STATS_DAY], printer[ORDER_QUEUE_MAX];
	uint64_t orders, released, made, canceled, expired;
	uint64_t failures;	    /* stopped, or damaged */
	uint64_t tries;		    /* wrong codes and PINs */
	struct stats_time waiting;  /* from its coming to its first release */
	struct stats_time printing; /* from its last release to its end */
};

/* Rows by day, then printer. */
struct stats {
	struct stats_row *rows; /* owned */
	size_t count, cap;
};

/* A bar a row for each day. width: columns of the terminal. */
void stats_bars(FILE *to, const struct stats *s, unsigned width);
/* Orders, waiting time, time at the printer, failures: a bar a day, a colour a printer. */
void stats_svg(FILE *to, const struct stats *s);
double stats_mean(const struct stats_time *t);

#endif
