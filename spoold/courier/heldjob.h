/*
 * heldjob.h - one order's job in cupsd.
 *
 * The job is ours if its owner is our user and its name carries the order's uuid: a
 * job-id alone says nothing, since cupsd gives ids again after a crash. It stays open
 * (last-document is always false): closing makes cupsd walk all its jobs.
 *
 * Never set job-printer-state-message of a job that has run once: cupsd 2.4.2 keeps a
 * pointer to it, and Set-Job-Attributes frees what it points to. Such a job says what the
 * backend said last.
 */
#ifndef CC_COURIER_HELDJOB_H
#define CC_COURIER_HELDJOB_H

#include "lib/order/order.h"
#include "lib/wire/messages.h"
#include "spoold/courier/cupsd.h"

struct heldjob {
	int id;
	int state; /* IPP job-state */
	unsigned documents;
	uint8_t order[UUID_BYTES];
	char queue[ORDER_QUEUE_MAX];
	/* of heldjob_look alone: */
	bool has_run;		      /* or it can't be told */
	char message[ORDER_TEXT_MAX]; /* job-printer-state-message */
};

/* Fills *job from one job of an answer, attributes from *at on, and moves *at behind
 * it; false if it is not ours. Needs heldjob_wanted. */
bool heldjob_read(const struct cupsd *c, ipp_t *answer, ipp_attribute_t **at,
		  struct heldjob *job);
extern const char *const heldjob_wanted[];
extern const int heldjob_wanted_count;

/* ERROR_ABSENT also if there is such a job but it is not this order's. */
int heldjob_look(struct cupsd *c, int id, const uint8_t order[UUID_BYTES],
		 struct heldjob *job, struct error *err);

/* Creates the job, held; *id is set as soon as there is one, also if an error follows.
 */
int heldjob_create(struct cupsd *c, const struct wire_job_want *want, int *id,
		   struct error *err);
/* Sends the tickets from document `first` (from 1) to the last one. */
int heldjob_send(struct cupsd *c, const struct wire_job_want *want, int id,
		 unsigned first, struct error *err);

int heldjob_hold(struct cupsd *c, int id, struct error *err);
/* To another queue of cupsd. */
int heldjob_move(struct cupsd *c, int id, const char *queue, struct error *err);
/* What it waits for. Only if it has not run. */
int heldjob_say(struct cupsd *c, int id, const char *message, struct error *err);
int heldjob_copies(struct cupsd *c, int id, int copies, struct error *err);
int heldjob_release(struct cupsd *c, int id, struct error *err);
int heldjob_cancel(struct cupsd *c, int id, struct error *err);

/* canceled, aborted, completed */
bool heldjob_has_ended(const struct heldjob *job);

#endif
