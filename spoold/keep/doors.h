/*
 * doors.h - how peers come in, and what makes each of them what it is.
 *
 *   front      its control channel comes from the supervisor; each channel that it
 *              passes over it (message `channel`) is front's, too
 *   courier    comes from the supervisor
 *   the others connect to RUN/keep.sock; the kernel says who they are (SO_PEERCRED):
 *              filter-user -> filter; keep's own user -> tool; root -> both
 *
 * When front's control channel ends, front has ended: all its channels and all orders
 * that it was handing in go with it.
 */
#ifndef CC_KEEP_DOORS_H
#define CC_KEEP_DOORS_H

#include "spoold/keep/keep.h"
#include "spoold/keep/peer.h"

#define DOORS_LOCAL_MAX 512 /* filters, backends and tools at once */

/* Takes all descriptors over. */
int doors_open(struct keep *k, const struct keep_fds *fds, struct error *err);
void doors_close(struct keep *k);
/* Each second: listens again after the descriptors had run out. */
void doors_tick(struct keep *k);
void doors_peer_gone(struct peer *p);

/* Handler: a channel of front's, with its descriptor. */
int doors_channel(struct peer *p, const union wire_any *m, struct error *err);

#endif
