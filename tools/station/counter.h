/*
 * counter.h - one customer at the station: who it is, which order, how much of it; then it
 * is released and watched. Decides nothing about orders: the service does.
 */
#ifndef CC_TOOLS_COUNTER_H
#define CC_TOOLS_COUNTER_H

#include "tools/station/station.h"

/* Exit statuses, by cause; the manual lists them. */
enum ending {
	ENDING_WELL = 0,
	ENDING_USAGE = 1,
	ENDING_MISTYPED = 2, /* the code's check symbol is wrong: no try was counted */
	ENDING_UNKNOWN = 3,  /* opens nothing */
	ENDING_LATER = 4, /* locked after wrong tries, or busy, or a stopped printer */
	ENDING_NOT_NOW = 5,  /* the order's state forbids it */
	ENDING_DECLINED = 6, /* the person said no */
	ENDING_STOPPED = 7,  /* released, and stopped or damaged or held again */
	ENDING_CANCELED = 8, /* canceled or expired */
	ENDING_AWAY = 9,     /* nobody answers */
	ENDING_CANNOT = 10   /* it can't be made like that */
};

struct counter {
	struct station station;
	const char *user;    /* --user */
	const char *account; /* --account */
	const char *operand; /* code or number; NULL: ask */
	int pin_fd;	     /* -1: ask */
	struct station_wish wish;
	bool list, json, wait, yes;
	bool all;  /* every order that it opens */
	bool asks; /* standard input is a terminal */
};

/* From the first key to the last word: 1, -1 after a fault that was said; 0 when nobody
 * types any more. */
int counter_serve(const struct counter *c, enum ending *ending);
/* The one place that says what went wrong. */
enum ending counter_explain(const struct error *err);

#endif
