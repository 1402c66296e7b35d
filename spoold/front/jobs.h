/*
 * jobs.h - orders as IPP jobs: what is told of one, and to whom.
 *
 * Its owner (owner.h) and operators see all; everybody else sees that an order is there:
 * its number, state and printer. No secret is in any of it.
 */
#ifndef CC_FRONT_JOBS_H
#define CC_FRONT_JOBS_H

#include "spoold/front/request.h"

/* Adds a job group about `info` to `to`. wanted: request_wanted, NULL = all. all: as for
 * the owner, whoever asks (who has just identified). */
void jobs_add(const struct request *r, ipp_t *to, const struct wire_order_info *info,
	      cups_array_t *wanted, bool all);

/* An order as keep told it, with attributes of its own. */
struct jobs_one {
	struct wire_order_info info;
	uint8_t *attributes; /* owned */
};
void jobs_copy(struct jobs_one *one, const struct wire_order_info *info);
void jobs_one_clear(struct jobs_one *one); /* accepts a zeroed one */

/* r->job of r->order. False after the request was answered. */
bool jobs_number(struct request *r);
/* Asks keep for the request's job. 0, or -1 after the request was answered. */
int jobs_find(struct request *r, struct jobs_one *one);
/* The same without an answer: ERROR_ABSENT if there is none. */
int jobs_look(struct request *r, struct jobs_one *one, struct error *err);

/* job-state-message of an order. */
void jobs_message(const struct request *r, const struct wire_order_info *info,
		  char text[ORDER_TEXT_MAX]);

/* What there is to say of a proof, before or behind the message of its state. */
void jobs_add_proof(const struct request *r, const struct wire_order_info *info,
		    char text[ORDER_TEXT_MAX]);

/* Appends what the customer was warned of to a message, whole or not at all. */
void jobs_add_warning(char text[ORDER_TEXT_MAX], const char *warning);
/* IPP job-state: its order's, but a suspended one is held (RFC 3998). */
int jobs_ipp_state(const struct wire_order_info *info);

#endif
