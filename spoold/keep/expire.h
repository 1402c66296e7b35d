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

#define EXPIRE_BATCH 100 /* orders of one second */

/* Each second. */
void expire_tick(struct keep *k);

#endif
