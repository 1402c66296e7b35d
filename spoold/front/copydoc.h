/*
 * copydoc.h - a document of a stored order into a new one: read from keep, opened with the
 * one order's key and sealed with the other's, chunk by chunk on this thread. Order and
 * document are bound into every chunk, so nothing can be shared between orders; and only
 * who has the stored order's key can do it.
 */
#ifndef CC_FRONT_COPYDOC_H
#define CC_FRONT_COPYDOC_H

#include "spoold/front/client.h"
#include "spoold/front/intake.h"

/* from: the channel on which the stored order was proven (WIRE_OPEN). to: another one, so
 * that neither waits for the other. document: from 1; one that was cancelled is left out. Extends the request's deadline by
 * what was copied. */
int copydoc(struct client *c, struct wire_peer *from, const uint8_t order[UUID_BYTES],
	    const struct seal_key *key, uint32_t document, struct wire_peer *to,
	    struct intake *in, struct error *err);

#endif
