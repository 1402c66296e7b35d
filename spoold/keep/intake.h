/*
 * intake.h - orders on their way in.
 *
 * An incoming order lives in memory only: its record is made by order_commit, its
 * sealed chunks are staged in the store under body ids that keep made. It is removed
 * when it is aborted, when nothing was heard of it for `incoming-timeout-s`, and when
 * front ends (which alone has its key). A body belongs to the peer that began it; its
 * chunks are taken from no other, and it is dropped when that peer ends.
 *
 * Bounds: INTAKE_ORDERS and INTAKE_ATTRIBUTES at once, `max-orders` alive,
 * `max-documents`, `max-document-bytes`, `max-order-bytes`, INTAKE_UPLOADS at once from
 * one peer.
 */
#ifndef CC_KEEP_INTAKE_H
#define CC_KEEP_INTAKE_H

#include "spoold/keep/peer.h"

#define INTAKE_ORDERS	  4096
#define INTAKE_ATTRIBUTES (32 * 1024 * 1024) /* bytes of all their attributes */
#define INTAKE_UPLOADS	  8
#define INTAKE_ORDER_ATTRIBUTES                                                        \
	(512 * 1024) /* of one order and its documents: they fit into a record */

int intake_open(struct keep *k, struct error *err);
void intake_close(struct keep *k);

/* Handlers (dispatch.h). */
int intake_order_begin(struct peer *p, const union wire_any *m, struct error *err);
int intake_identify_new(struct peer *p, const union wire_any *m, struct error *err);
int intake_document_begin(struct peer *p, const union wire_any *m, struct error *err);
int intake_chunk(struct peer *p, const union wire_any *m, struct error *err);
int intake_document_end(struct peer *p, const union wire_any *m, struct error *err);
int intake_document_change(struct peer *p, const union wire_any *m, struct error *err);
int intake_order_commit(struct peer *p, const union wire_any *m, struct error *err);
int intake_order_abort(struct peer *p, const union wire_any *m, struct error *err);

/* The incoming order of that uuid, or of that number if uuid is NULL; NULL if none. */
/* Every order that is still being handed in. */
void intake_each(struct keep *k, void (*visit)(const struct order *o, void *context),
		 void *context);
const struct order *intake_find(struct keep *k, const uint8_t *uuid, uint32_t number);
/* Removes it, with its bodies; false if there is none. */
bool intake_remove(struct keep *k, const uint8_t uuid[UUID_BYTES]);
/* All that are handed in for a printer. */
void intake_remove_of(struct keep *k, const char *printer);
/* Those of which nothing was heard for too long. */
void intake_expire(struct keep *k);
/* The peer ends: its unfinished bodies go. */
void intake_peer_gone(struct peer *p);
/* Front ended: all of them go. */
void intake_front_gone(struct keep *k);
/* The end of a turn. failed NULL: it is durable. */
void intake_flushed(struct keep *k, const struct error *failed);

#endif
