/*
 * announce.h - what DNS-SD is to tell of the printers: front knows it, the herald tells
 * it, and keep carries it from one to the other, since both can be started anew.
 */
#ifndef CC_KEEP_ANNOUNCE_H
#define CC_KEEP_ANNOUNCE_H

#include "spoold/keep/peer.h"

int announce_open(struct keep *k, struct error *err);
void announce_close(struct keep *k);
/* A (new) front hears the names that the printers have. */
void announce_set_front(struct keep *k, struct peer *p);
/* A (new) herald hears of all printers. */
void announce_set_herald(struct keep *k, struct peer *p);
void announce_peer_gone(struct peer *p);

/* Handlers: from front's control channel, from the herald. */
int announce_announce(struct peer *p, const union wire_any *m, struct error *err);
int announce_announced(struct peer *p, const union wire_any *m, struct error *err);

#endif
