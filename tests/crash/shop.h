/*
 * shop.h - a shop whose processes can be killed: a real cupsd, a real spoold, and what
 * they start. kills.sh has laid it out in a folder of its own.
 */
#ifndef CC_CRASH_SHOP_H
#define CC_CRASH_SHOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/e2e/clock/clock.h"

#define SHOP_PATH  256
#define SHOP_UP_MS 30000 /* after a kill all is up again, or it never will be */

enum victim {
	VICTIM_SPOOLD, /* the supervisor, and so all of spoold */
	VICTIM_KEEP,
	VICTIM_FRONT,
	VICTIM_COURIER,
	VICTIM_CUPSD,
	VICTIM_FILTER,
	VICTIM_BACKEND,
	VICTIMS
};

extern const char *const victim_names[VICTIMS];

struct shop {
	char folder[SHOP_PATH]; /* kills.sh's $E2E; what follows lies in there */
	char cupsd_socket[SHOP_PATH], station[SHOP_PATH], keep[SHOP_PATH];
	char store[SHOP_PATH]; /* the store's folder */
	char taken[SHOP_PATH]; /* the log of tally.c's devices */
	char hot[SHOP_PATH],
		plates[SHOP_PATH]; /* the plate-maker's folder, and his shelf */
	const char *spoold;	   /* the program */
	const char *preload;	   /* clock.so */
	int port;		   /* where spoold serves */
	pid_t spoold_pid, cupsd_pid;
	struct clock_page *clock;
};

/* -d FOLDER -p PORT -s SPOOLD -c CLOCK.SO [-n COUNT] [-r SEED]: count and seed stay as they
 * are without their options. -1, with the usage on standard error. */
int shop_options(struct shop *s, unsigned *count, uint64_t *seed, int argc,
		 char *argv[]);
/* Also with the reason on standard error. */
int shop_open(struct shop *s);
/* Both are ended, in order. */
void shop_close(struct shop *s);
/* SIGKILL. False if there is none of that kind within wait_ms. */
bool shop_kill(struct shop *s, enum victim victim, int wait_ms, unsigned pick);
/* Starts what we have to start; true when all of it answers. */
bool shop_is_up(struct shop *s);
/* So much time goes by, for spoold. */
void shop_pass(struct shop *s, int64_t seconds);
/* The date, for spoold: unix seconds. */
int64_t shop_date(const struct shop *s);

#endif
