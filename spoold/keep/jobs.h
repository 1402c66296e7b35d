/*
 * jobs.h - bringing cupsd's jobs to agree with the records: what is sent to the
 * courier.
 *
 * The outbox in the store is the durable list of orders whose job must be looked after;
 * a row goes when the courier has done it. At most JOBS_IN_FLIGHT wishes are under way
 * and about hold-rate held jobs are made a second (cupsd stalls everybody when it
 * writes out a long burst); a release is not counted and goes first (store_outbox). A
 * wish that cupsd refuses for this order alone loses its row, so that it blocks no
 * other: reconcile finds it again. A courier or cupsd that does not answer leaves all
 * rows where they are.
 *
 * What is wanted follows from the state: held, stopped -> a held job; released -> a
 * held job that is then released; over -> none; producing -> let it be.
 */
#ifndef CC_KEEP_JOBS_H
#define CC_KEEP_JOBS_H

#include "spoold/keep/peer.h"

#define JOBS_IN_FLIGHT 8
#define JOBS_RETRY_MS  1000 /* cupsd did not answer: try again after it */

int jobs_open(struct keep *k, struct error *err);
void jobs_close(struct keep *k);
/* A (new) courier: everything under way is asked for again. */
void jobs_set_courier(struct keep *k, struct peer *p);
/* NULL if there is none. */
struct peer *jobs_courier(struct keep *k);
bool jobs_cupsd_is_up(const struct keep *k, char text[ERROR_TEXT_MAX]);
/* The outbox has a new row. */
void jobs_wake(struct keep *k);
/* True while a wish for this order is under way, or the end of a stray job of it. */
bool jobs_is_in_flight(const struct keep *k, const uint8_t order[UUID_BYTES]);
/* A job that no order stands behind: away with it. */
void jobs_cancel_stray(struct keep *k, const uint8_t order[UUID_BYTES],
		       int32_t cups_job, const char *queue);
/* After a successful flush: sends what may be sent. */
void jobs_pump(struct keep *k);
/* A flush failed: what was answered in that turn is open again. */
void jobs_doubt(struct keep *k);
void jobs_peer_gone(struct peer *p);

/* Handlers. */
int jobs_done(struct peer *p, const union wire_any *m, struct error *err);
int jobs_cupsd(struct peer *p, const union wire_any *m, struct error *err);

#endif
