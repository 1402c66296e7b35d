/*
 * customer.h - people: each in a thread of his own hands in orders, fetches some, types
 * wrong PINs, changes his mind, forgets; and notes in the ledger what he was told.
 *
 * What he is told is believed only as far as a person could: an answer that says yes or
 * no is one; no answer, and any server-error, is "perhaps". A request is never sent
 * twice.
 */
#ifndef CC_CRASH_CUSTOMER_H
#define CC_CRASH_CUSTOMER_H

#include <cups/cups.h>
#include <stdatomic.h>

#include "tests/crash/ledger.h"
#include "tests/crash/papers.h"

#define CUSTOMERS	6
#define CUSTOMER_ORDERS 6 /* that one has waiting before he rather fetches some */
#define STREET_QUEUE	6 /* released orders: whoever sees so many comes again later */
struct street {
	struct ledger *ledger;
	const char *host; /* where orders are handed in */
	int port;
	const char *station;	     /* the path of station.sock */
	const char *const *printers; /* the first one is slow */
	unsigned printer_count;
	const char *plate; /* one more, that makes plates; NULL: there is none */
	bool wishes;	   /* a proof first, for some, and some orders stored */
	struct paper pictures[PAPERS], pages[PAPERS];
	atomic_bool closed; /* everybody goes home */
	atomic_int busy;    /* how many are asking something right now */
	atomic_bool paused; /* nobody begins anything */
	atomic_uint queue;  /* orders released and not made yet, as last seen */
};

struct customer {
	struct street *street;
	char name[32];
	uint64_t random;
	unsigned orders;     /* handed in so far */
	struct claim **mine; /* not over, as far as he knows */
	unsigned mine_count;
	http_t *counter, *station; /* connections; NULL: none */
	pthread_t thread;
};

/* One seed, one street: what people bring is made, nobody is there yet. */
void street_init(struct street *s);
void street_clear(struct street *s);
void customer_init(struct customer *c, struct street *s, const char *name,
		   uint64_t seed);
void customer_clear(struct customer *c);
/* Until the street is closed. context: struct customer *. */
void *customer_live(void *context);
/* A new order; ->submitted says how it went. */
struct claim *customer_hand_in(struct customer *c);
/* Fetches this order, by what he has: KNOWN_NO where it was refused. */
enum known customer_fetch(struct customer *c, struct claim *claim);
enum known customer_cancel(struct customer *c, struct claim *claim, bool as_operator);

/* splitmix64 */
uint64_t draw(uint64_t *random);

#endif
