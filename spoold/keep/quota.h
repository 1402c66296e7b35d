/*
 * quota.h - how many orders, and how many bytes of documents, may be alive: in all, of one
 * customer (an owner: a name and a host), for one printer.
 *
 * Alive is what is not over: held, released, producing, stopped, corrupt; the store counts
 * it, durably (store_usage_owner). What is still coming in is counted here: an order from
 * its begin, its bytes as they come. So two orders at once can't pass together where one
 * could not.
 *
 * What a client says is to come counts before it comes, but for its owner only: a stranger
 * must not take from others by a number in a header.
 *
 * A refusal is ERROR_FULL with its detail (enum wire_full), and words.
 */
#ifndef CC_KEEP_QUOTA_H
#define CC_KEEP_QUOTA_H

#include "spoold/keep/room.h"

/* Orders on their way in, of one owner, for one printer, or in all. */
struct quota_share {
	uint64_t orders;
	uint64_t bytes;	   /* that came, in clear */
	uint64_t expected; /* and are still to come; of owners only */
};

struct quota_owner;

/* What one order on its way in has. Zeroed: nothing. */
struct quota_claim {
	struct quota_owner *owner;
	const struct settings_printer *printer; /* not owned */
	struct settings_limits limits;
	uint64_t bytes, expected;
};

int quota_open(struct keep *k, struct error *err);
void quota_close(struct keep *k);

/* One more order, of o's user and host. */
int quota_enter(struct keep *k, struct quota_claim *claim, const struct order *o,
		const struct settings_printer *printer, struct error *err);
/* It is in the store now, or gone. Accepts a zeroed claim, and zeroes it. */
void quota_leave(struct keep *k, struct quota_claim *claim);
/* A document of so many bytes is to come; 0: of unknown length. */
int quota_expect(struct keep *k, struct quota_claim *claim, uint64_t bytes,
		 struct error *err);
/* So many bytes come; *expected is what its document was still to have. */
int quota_take(struct keep *k, struct quota_claim *claim, uint64_t *expected,
	       uint64_t bytes, struct error *err);
/* A document ended: what was expected beyond its end counts no more. */
void quota_settle(struct quota_claim *claim, uint64_t *expected);
/* So many bytes that came are dropped. */
void quota_give_back(struct keep *k, struct quota_claim *claim, uint64_t bytes);

#endif
