/*
 * warn.h - customers are warned before an order of theirs expires: by the shop's own program,
 * which the crier runs (spoold/crier).
 *
 * warning-days before its expiry an order becomes due; the crier is asked, and its answer is
 * an entry of the audit. What failed is tried again after WARN_AGAIN_S, WARN_TRIES times in
 * all. An order is warned of once; one that was extended, anew. Not more than WARN_AT_ONCE
 * are with the crier at a time. Whether the warning succeeds or not, the order expires when
 * it would have.
 */
#ifndef CC_KEEP_WARN_H
#define CC_KEEP_WARN_H

#include "spoold/keep/peer.h"

#define WARN_TRIES   5
#define WARN_AGAIN_S 3600
#define WARN_BUSY_S  60 /* the crier has enough to do, or is being started */
#define WARN_AT_ONCE 32
#define WARN_SAME_S  86400 /* an expiry that moved by less is the same one */

void warn_set_crier(struct keep *k, struct peer *p);
void warn_peer_gone(struct peer *p);
/* The order's next date, while it waits: its expiry, or before that the warning. */
int64_t warn_next_date(const struct keep *k, const struct order *o);
/* Its date is here, and its expiry is not. */
int warn_due(struct keep *k, struct order *o, struct error *err);
/* From the crier. */
int warn_warned(struct peer *p, const union wire_any *m, struct error *err);

#endif
