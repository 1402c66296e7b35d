/*
 * ledger.h - what the customers of a shop know of their orders, and the judge who
 * compares it with what the shop shows.
 *
 * The judge asks no more than customers could: what was acknowledged to them, what they
 * asked for (an answer that never came counts as "perhaps"), what the devices took. So
 * it stays right however the shop is built, and a fault in the shop can't hide in it.
 * What it looks at is taken in this order, so that no request under way can mislead it:
 *
 *   ledger_mark    what is acknowledged by now; must be seen in what follows
 *   sights         the orders, as the shop shows them
 *   takes          what the devices took
 *   ledger_judge   with what was asked for by now
 */
#ifndef CC_CRASH_LEDGER_H
#define CC_CRASH_LEDGER_H

#include <pthread.h>

#include "lib/order/order.h"

#define LEDGER_NAME	64 /* a job-name, unique to its order */
#define LEDGER_SECRET	64
#define LEDGER_TEXT	512
#define LEDGER_PICTURES 16 /* different documents that devices may be sent */
#define LEDGER_STUCK_MS 120000

/* How far a request got, as its customer knows. */
enum known { KNOWN_NO, KNOWN_PERHAPS, KNOWN_YES };

/* One order, from its customer's side. */
struct claim {
	char name[LEDGER_NAME];
	char secret[LEDGER_SECRET]; /* PIN or claim code; "": lost with the answer */
	bool by_code;
	bool proof;	 /* a copy is to be seen before the rest is made */
	uint8_t storage; /* enum order_storage */
	unsigned documents;
	unsigned anew; /* times that it was handed in anew, as a stored one */
	enum known submitted, canceled;
	unsigned asked; /* releases that may have been heard */
	/* the judge's own */
	bool must_be, must_be_canceled; /* ledger_mark */
	uint32_t number;
	uint8_t uuid[UUID_BYTES];
	int state;	 /* as last seen; 0: never */
	unsigned proofs; /* the same */
	int64_t created, ended;
	int64_t busy_ms; /* since when it is released or being made; 0: it is not */
	bool gone;	 /* its record was removed, as it should be */
};

struct ledger {
	pthread_mutex_t lock; /* for all of it */
	struct claim **claims;
	unsigned count, size;
};

/* An order as the shop shows it. */
struct sight {
	char name[LEDGER_NAME];
	uint32_t number;
	uint8_t uuid[UUID_BYTES];
	int state; /* enum order_state */
	unsigned documents, attempts, proofs;
	int64_t created, ended;
	char words[128]; /* why it is where it is */
};

/* What devices took of an order. */
struct take {
	uint8_t uuid[UUID_BYTES];
	unsigned begun; /* streams that came, whole or not */
	unsigned sets;	/* of them sets of plates, */
	unsigned torn;	/* and of those in part */
	bool known;	/* whose order it is */
	unsigned pictures;
	struct {
		uint64_t digest;
		unsigned times; /* whole */
	} picture[LEDGER_PICTURES];
};

struct evidence {
	struct sight *sights;
	unsigned sight_count;
	struct take *takes;
	unsigned take_count;
	int64_t now;	 /* the shop's date, unix seconds */
	int64_t mono_ms; /* ours */
	int64_t due_s, retention_s, stored_s;
};

enum breach {
	BREACH_LOST,	   /* acknowledged, and not there */
	BREACH_HALF,	   /* not as it was handed in */
	BREACH_UNDEAD,	   /* was over, and is alive */
	BREACH_TWICE,	   /* produced more often than asked for */
	BREACH_UNASKED,	   /* produced, and nobody identified himself */
	BREACH_UNFINISHED, /* called completed, and the device has not all of it */
	BREACH_PROOF,	   /* the rest went with its proof, or without one */
	BREACH_STATE,	   /* where nothing that happened can have led */
	BREACH_STRANGER,   /* an order that nobody handed in, or two of one name */
	BREACH_STUCK,	   /* released, and nothing becomes of it */
	BREACH_STORE,	   /* spoolctl check */
	BREACH_REMAINS,	   /* documents of orders that are over */
	BREACH_JOBS,	   /* cupsd's jobs are not the orders' */
	BREACH_DOWN,	   /* it does not come up again */
	BREACHES
};

extern const char *const breach_names[BREACHES];

typedef void ledger_say_fn(enum breach breach, const char *sentence, void *context);

void ledger_init(struct ledger *l);
void ledger_clear(struct ledger *l);
/* A new claim, its name set by number; the ledger's. */
struct claim *ledger_add(struct ledger *l, const char *customer, unsigned number);
void ledger_mark(struct ledger *l);
void ledger_judge(struct ledger *l, const struct evidence *e, ledger_say_fn *say,
		  void *context);

/* A set of plates that a hot folder showed, of that document. */
void take_set_note(struct take **takes, unsigned *count, const uint8_t uuid[UUID_BYTES],
		   unsigned document, bool whole);
/* Reads what tally.c writes; lines that are not its own count as from a stranger. */
int take_note(struct take **takes, unsigned *count, const char *line);

#endif
