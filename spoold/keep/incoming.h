/*
 * incoming.h - the orders that intake.h speaks of, and their unfinished bodies.
 */
#ifndef CC_KEEP_INCOMING_H
#define CC_KEEP_INCOMING_H

#include "spoold/keep/intake.h"
#include "spoold/keep/quota.h"

#define INCOMING_BUCKETS 256

struct incoming;

/* A document whose chunks are still coming. */
struct upload {
	LIST_ENTRY(upload) of_peer;
	LIST_ENTRY(upload) of_order;
	struct incoming *order;
	struct peer *peer;
	uint8_t body[UUID_BYTES];
	uint32_t chunks;
	uint64_t sealed;    /* bytes of its chunks */
	uint64_t expected;  /* bytes that are still to come, in clear */
	uint64_t turn;	    /* of the last change */
	struct error fault; /* its chunks are gone then */
	uint64_t said; /* the turn in which the fault was said; 0: it was not yet */
};

struct incoming {
	LIST_ENTRY(incoming) link;
	struct order order; /* as far as it is known; sealing at commit */
	struct upload_list uploads;
	uint32_t upload_count;
	struct quota_claim claim; /* with the bytes of all documents and uploads */
	uint32_t attributes;	  /* bytes of its own and its documents' attributes */
	int64_t heard_ms;	  /* keep_mono_ms of the last message about it */
	uint64_t begun;		  /* turn in which it began */
	uint64_t turn;		  /* of the last change of what the store has of it */
	bool committed;		  /* its record is inserted; goes with the flush */
	struct error fault;	  /* a flush failed under it: it can only be aborted */
};

LIST_HEAD(incoming_list, incoming);

struct intake {
	struct incoming_list buckets[INCOMING_BUCKETS];
	uint32_t count;
	uint64_t attributes; /* bytes */
	uint32_t committed;  /* of them; this turn */
};

/* A new one in the list; ERROR_LATER when a bound of intake.h is reached. */
struct incoming *incoming_add(struct keep *k, const struct wire_order_begin *begin,
			      const struct settings_printer *printer,
			      struct error *err);
/* ERROR_ABSENT, or the fault it has. Marks it as heard of and changed in this turn. */
struct incoming *incoming_get(struct keep *k, const uint8_t order[UUID_BYTES],
			      struct error *err);
/* Counts more attributes in; ERROR_FULL when an order's share is used up, ERROR_LATER
 * when the room's is. */
int incoming_count_attributes(struct keep *k, struct incoming *in, uint32_t len,
			      struct error *err);
/* The same, where they take the place of so many others. */
int incoming_replace_attributes(struct keep *k, struct incoming *in, uint32_t was,
				uint32_t len, struct error *err);
/* Its bytes are gone, and count no more. */
void incoming_cancel_document(struct keep *k, struct incoming *in,
			      struct order_document *d);
/* Frees it; drops its bodies unless they live on in a record. */
void incoming_free(struct keep *k, struct incoming *in);

struct upload *upload_add(struct incoming *in, struct peer *p, struct error *err);
/* Bytes in clear of its chunks. */
uint64_t upload_clear(const struct upload *u);
/* What came of it counts no more. */
void upload_give_back(struct upload *u);
/* Frees it; its body is dropped, and given back, if drop. */
void upload_free(struct upload *u, bool drop);

#endif
