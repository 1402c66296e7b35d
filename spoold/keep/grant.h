/*
 * grant.h - spending a grant, and reading what it opened.
 *
 * A document's grant is spent durably before its key leaves keep (the answer waits for
 * the flush like every other), so whatever is killed then, the document is not given a
 * second time without a person asking again.
 */
#ifndef CC_KEEP_GRANT_H
#define CC_KEEP_GRANT_H

#include "spoold/keep/peer.h"

int grant_spend(struct peer *p, const union wire_any *m, struct error *err);
int grant_open(struct peer *p, const union wire_any *m, struct error *err);
int grant_read(struct peer *p, const union wire_any *m, struct error *err);
int grant_doubt(struct peer *p, const union wire_any *m, struct error *err);

#endif
