/*
 * events.h - what happens to orders, told to front for those who subscribed there.
 *
 * Said once it is durable, in the order in which it happened, and only to a front that
 * asked (`watch`). A hint and no promise: what a slow front does not read in time, or
 * what one turn has too much of, is left out, so that nobody's slowness can hold keep
 * up; a subscriber sees no more of it than a state that it hears of late.
 */
#ifndef CC_KEEP_EVENTS_H
#define CC_KEEP_EVENTS_H

#include "spoold/keep/dispatch.h"

#define EVENTS_TURN_BYTES (256 * 1024) /* of one turn; what comes after is left out */

int events_open(struct keep *k, struct error *err);
void events_close(struct keep *k);
/* Handler of `watch`. */
dispatch_fn events_watch;
/* An order as it is now in the store. */
void events_say(struct keep *k, const struct order *o, enum wire_event what);
/* The end of a turn, before the peers'. */
void events_flushed(struct keep *k, bool durable);
void events_peer_gone(struct peer *p);

#endif
