/*
 * inspect.h - looking at a shop: its orders and its store by keep's socket, what its
 * devices took by their log, its cupsd by IPP.
 */
#ifndef CC_CRASH_INSPECT_H
#define CC_CRASH_INSPECT_H

#include "tests/crash/ledger.h"

struct inspect {
	const char *keep;	  /* the path of keep.sock */
	const char *store;	  /* its folder */
	const char *device_log;	  /* what tally.c writes */
	const char *hot, *plates; /* a hot folder, and where its sets go; NULL: none */
	const char *cupsd;	  /* the path of its socket */
	const char *cups_user;	  /* who owns our jobs */
	long log_at;		  /* read so far */
	struct evidence e;
};

/* Fills e.sights and then e.takes. ERROR_LATER: keep does not answer (now). */
int inspect_look(struct inspect *i, struct error *err);
/* Fills e.sights with that one. */
int inspect_order(struct inspect *i, uint32_t number, struct error *err);
void inspect_clear(struct inspect *i);
/* spoolctl check: each fault is said. */
int inspect_store(struct inspect *i, ledger_say_fn *say, void *context,
		  struct error *err);
/* For a shop in which nothing moves: documents are stored of those orders only that are
 * not over. ERROR_LATER. */
int inspect_remains(struct inspect *i, ledger_say_fn *say, void *context,
		    struct error *err);
/* ... and each order that waits has one held job, the others none. 1 if so; 0 with a
 * sentence in *err: it may become so yet. */
int inspect_jobs(struct inspect *i, struct error *err);

#endif
