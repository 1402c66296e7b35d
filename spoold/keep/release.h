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

int release_prove(struct peer *p, const union wire_any *m, struct error *err);

#endif
