/*
 * submit.h - what submissions of every kind have in common.
 */
#ifndef CC_FRONT_SUBMIT_H
#define CC_FRONT_SUBMIT_H

#include "spoold/front/intake.h"
#include "spoold/front/request.h"
#include "spoold/front/template.h"

/* What can't be had goes back; false after the request was refused, since it is vital, or
 * the client insists. */
bool submit_tell_unsupported(struct request *r, const struct template_result *result);

/* The request's order while it waits for documents, for this request alone: intake_park_again
 * it. NULL after the request was answered; closed, with its number: that it is whole. */
struct intake *submit_take_open(struct request *r, enum texts_id closed);

#endif
