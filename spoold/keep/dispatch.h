/*
 * dispatch.h - from a message to the function that answers it.
 *
 * A handler queues its answer and returns 0, or returns -1 with *err, which becomes a
 * `failed`. Messages that expect no answer (messages.h says which) have handlers whose
 * -1 drops the peer: it said something that nobody of its kind says.
 */
#ifndef CC_KEEP_DISPATCH_H
#define CC_KEEP_DISPATCH_H

#include "spoold/keep/peer.h"

typedef int dispatch_fn(struct peer *p, const union wire_any *m, struct error *err);

/* body: body_len bytes behind the head of a message of this type. */
void dispatch(struct peer *p, unsigned type, const void *body, size_t body_len);

#endif
