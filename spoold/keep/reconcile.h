/*
 * reconcile.h - cupsd's jobs against the store, level-triggered.
 *
 * Every reconcile-s (less often where a round takes long: a fifth of the time at most
 * goes into rounds), when a courier comes, and when cupsd answers again, a round begins:
 * the courier lists our jobs that have not ended (job_seen), then says whether the list is
 * whole (jobs_end).
 * A job is known by the order uuid in its name, never by its number.
 *
 *   job in cupsd                    order              what is done
 *   held                            held, stopped      nothing
 *   pending, processing, stopped    held, stopped      held again (the gate refuses it)
 *   any but pending, processing     released           released again
 *   a second one                    alive              the second one is cancelled
 *   in another queue of ours        held, stopped      the order follows (lpmove)
 *   in a queue that is ours no      held, stopped      cancelled, and made in the queue
 *     more                                             that its printer has now
 *   any                             over, or unknown   cancelled; a completed order's
 *                                                      only after a while
 *   none, list whole                held, stopped,     looked up by its number: if
 *                                   released           cancelled there, the order is
 *                                                      canceled; else made again
 *   not processing, or none         producing, and     stopped: may have been printed
 *                                   no backend here    in part
 *
 * What cupsd does not know is never taken for a cancel: a job that an operator purged
 * (cancel -a -x) looks like one that cupsd lost in a crash, and the price of a mistake would
 * be a customer's order. A job that cupsd says was cancelled is (doc/decisions/courier.md).
 *
 * A round draws conclusions only about orders that did not change since it began. What
 * it finds missing is touched RECONCILE_BATCH at a time, so that a spool that cupsd
 * lost whole does not stop the loop. Unknown jobs are cancelled in our own queues only.
 */
#ifndef CC_KEEP_RECONCILE_H
#define CC_KEEP_RECONCILE_H

#include "spoold/keep/peer.h"

#define RECONCILE_BATCH	   256
#define RECONCILE_JOBS_MAX 4000000 /* of one round; more end it without conclusions */
#define RECONCILE_ROUND_S  600	   /* a round that takes longer is given up */
#define RECONCILE_REST	   4	   /* rounds apart: so many times as long as one took */
#define RECONCILE_SENT	   64	   /* jobs sent away that a round remembers */
#define RECONCILE_TRIES	   2	   /* rounds in which that may have been in vain */
#define RECONCILE_SAID	   10	   /* orders that a round tells of one by one */

int reconcile_open(struct keep *k, struct error *err);
void reconcile_close(struct keep *k);
/* Each second: begins a round when one is due. */
void reconcile_tick(struct keep *k);
/* Now, whenever the last one was; one that goes on is followed by another, since what it
 * was told may be older. */
void reconcile_now(struct keep *k);
/* When a round last ended with conclusions; 0: not since the start. */
int64_t reconcile_last(const struct keep *k);
/* What the last round that mended anything did, for the operator; "" if none did. */
void reconcile_say(const struct keep *k, char *text, size_t size);
/* The courier ended: so does the round. */
void reconcile_peer_gone(struct peer *p);

/* Handlers. */
int reconcile_seen(struct peer *p, const union wire_any *m, struct error *err);
int reconcile_end(struct peer *p, const union wire_any *m, struct error *err);

#endif
