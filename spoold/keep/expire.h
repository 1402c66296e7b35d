/*
 * expire.h - what happens by date, from the index of due dates.
 *
 * A release that nobody spent is taken back, unless the printer is busy with another
 * order of ours: then the customer has merely to wait. A held or stopped order expires.
 * A finished order's record is removed when its retention ends.
 */
#ifndef CC_KEEP_EXPIRE_H
#define CC_KEEP_EXPIRE_H

#include "spoold/keep/room.h"

#define EXPIRE_BATCH	100 /* orders of one turn */
#define EXPIRE_PAUSE_MS 10  /* before the next one, if that was not all */
#define EXPIRE_AGAIN_S	60  /* before what could not move is tried again */

/* It runs each second, and as long as something is due in slices between which everybody
 * else is served. */
int expire_open(struct keep *k, struct error *err);
void expire_close(struct keep *k);
/* One slice; true if there may be more. */
bool expire_slice(struct keep *k);

#endif
