/*
 * scrub.h - the store read through, slowly, all the time: damage is found while there is a
 * backup that has it whole, and before the customer stands at the counter.
 *
 * A round looks at each record and its rows, and at each piece of each document, by their
 * sums (store_scrub), and in the end at the head of the file. It takes SCRUB_BYTES_S a
 * second, more where a round would else take longer than half of scrub-days; the loop waits
 * for one piece at a time. Where it is, the store remembers, so that a restart goes on.
 *
 * Each day, and soon after a start, the tree of the file is looked over, too, page by page, by
 * a thread of its own (store_walk_begin): LMDB believes what a page says, and may answer that an
 * order is not there. With damage there keep leaves, and the next one saves the store (mend.h).
 *
 * An order with damage is set aside as corrupt, with the reason. An index that lacks a row, so
 * that the order would not be found at the counter, gets it again: indexes follow the records.
 */
#ifndef CC_KEEP_SCRUB_H
#define CC_KEEP_SCRUB_H

#include "spoold/keep/room.h"

#define SCRUB_BYTES_S	    (1024 * 1024)
#define SCRUB_TICK_MS	    250
#define SCRUB_STEP	    (64 * 1024) /* a record counts as so many bytes */
#define SCRUB_SAVE_S	    60
#define SCRUB_TOLD_MAX	    10 /* faults of one round in the log */
#define SCRUB_WALK_MS	    (INT64_C(86400) * 1000)
#define SCRUB_WALK_FIRST_MS 5000

int scrub_open(struct keep *k, struct error *err);
void scrub_close(struct keep *k);
/* One tick's share. Begins a round when one is due. */
void scrub_slice(struct keep *k);
/* For the operator: when the last round ended, what it found, and how far this one is. "" when
 * it is off. */
void scrub_say(const struct keep *k, char *text, size_t size);

#endif
