/*
 * submitted.h - the end of a submission, good or bad, and what the client is told of it.
 */
#ifndef CC_FRONT_SUBMITTED_H
#define CC_FRONT_SUBMITTED_H

#include "spoold/front/intake.h"
#include "spoold/front/request.h"

/* The last document is in: the order is made durable, and the answer tells how to collect
 * it. False: it tells why there is none. */
bool submitted_finish(struct request *r, struct intake *in);
/* The answer tells of an order that waits for documents. */
void submitted_tell_incoming(struct request *r, const struct intake *in);
/* keep forgets it. */
void submitted_give_up(struct request *r, struct intake *in);

#endif
