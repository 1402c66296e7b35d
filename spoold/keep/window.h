/*
 * window.h - memory that a filter shares with keep, so that what it reads is copied once
 * and not through a socket.
 *
 * The filter made it, and may do with it what it likes at any time: keep maps none of it
 * and reads nothing back, but writes to it as to a file, where a fault is an error number.
 */
#ifndef CC_KEEP_WINDOW_H
#define CC_KEEP_WINDOW_H

#include "spoold/keep/peer.h"

/* `window`: takes the descriptor that came with it. ERROR_INPUT if there is none, or it is
 * not memory of the right size that can neither shrink nor grow. */
int window_open(struct peer *p, const union wire_any *m, struct error *err);
/* Puts a chunk where it belongs, and says so. len: at most WIRE_SLOT_BYTES. */
int window_put(struct peer *p, const struct wire_chunk *chunk, struct error *err);

#endif
