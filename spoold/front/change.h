/*
 * change.h - what an owner or an operator may do to an order without identification:
 * cancel it, put it on hold, lift that hold. None of it can make it print.
 */
#ifndef CC_FRONT_CHANGE_H
#define CC_FRONT_CHANGE_H

#include "spoold/front/request.h"

/* Lifts the hold of the request's job; answers. */
void change_unhold(struct request *r);
/* Does the operation ask for a hold (its job-hold-until, RFC 8011 4.3.5)? A value that is not
 * had is told in the answer, and does not stop the rest. */
bool change_wants_hold(struct request *r);

#endif
