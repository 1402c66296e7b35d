/*
 * release.h - the proof, and the grant that follows it.
 *
 * Who shows an order's key has identified it: the key is compared, in constant time,
 * with the commitment in the record. Only then does anybody learn what state the order
 * is in; a wrong key and an unknown order get the same words.
 */
#ifndef CC_KEEP_RELEASE_H
#define CC_KEEP_RELEASE_H

#include "spoold/keep/peer.h"

#define RELEASE_COPIES_MAX 9999 /* copies-supported */

/* Whether this is the order's key; known false: there is no such order, and the work is
 * the same. */
bool release_is_proven(const struct order *o, bool known, const wire_c_uuid *order,
		       const wire_c_key *shown);
/* Whether it may be released now: ERROR_CONFLICT with words. again: the person was told
 * that it may print again. */
int release_may(const struct order *o, bool again, struct error *err);
int release_prove(struct peer *p, const union wire_any *m, struct error *err);

#endif
