/*
 * window.h - memory that a filter shares with keep, so that what it reads is copied once
 * and not through a socket.
 *
 * The filter made it, and may do with it what it likes at any time: keep reads nothing back.
 * It is mapped, since a write to a file waits for whoever writes to it, for ever if he likes.
 */
#ifndef CC_KEEP_WINDOW_H
#define CC_KEEP_WINDOW_H

#include "spoold/keep/peer.h"

/* `window`: takes the descriptor that came with it. ERROR_INPUT if there is none, or it is
 * not memory of the right size that can neither shrink nor grow. */
int window_open(struct peer *p, const union wire_any *m, struct error *err);
/* Puts a chunk where it belongs, and says so. len: at most WIRE_SLOT_BYTES. */
void window_put(struct peer *p, const struct wire_chunk *chunk);

#endif
