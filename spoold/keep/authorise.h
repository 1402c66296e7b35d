/*
 * authorise.h - what the shop's owner may do with an order's key, which its recovery key
 * opened: release the order, or give it a new claim code.
 *
 * The key is the proof, as it is at a station; keep never sees what opened it. Who did it
 * and why is in the audit. A wrong key is a try of the operator's.
 */
#ifndef CC_KEEP_AUTHORISE_H
#define CC_KEEP_AUTHORISE_H

#include "spoold/keep/peer.h"

int authorise_authorise(struct peer *p, const union wire_any *m, struct error *err);
int authorise_renew(struct peer *p, const union wire_any *m, struct error *err);
int authorise_reissue(struct peer *p, const union wire_any *m, struct error *err);

#endif
