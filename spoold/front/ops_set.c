/*
 * ops_set.c - Set-Job-Attributes (RFC 3380), which is what `lp -i N -H hold` and
 * `lp -i N -H resume` send: the hold of an order, and nothing else of it. "no-hold" lifts
 * what an operator or the owner put there; an order that waits for its identification
 * goes on waiting, whoever asks.
 */
#include <string.h>

#include "spoold/front/change.h"
#include "spoold/front/operations.h"

static bool
is_hold(ipp_attribute_t *attr)
{
	return ippGetName(attr) != NULL &&
	       strcmp(ippGetName(attr), "job-hold-until") == 0 &&
	       ippGetString(attr, 0, NULL) != NULL;
}

/* The new job-hold-until; NULL after the request was answered: something else is asked
 * for, or nothing. */
static const char *
asked_hold(struct request *r)
{
	const char *until = NULL;

	for (ipp_attribute_t *a = ippFirstAttribute(r->in); a != NULL;
	     a = ippNextAttribute(r->in)) {
		if (ippGetGroupTag(a) != IPP_TAG_JOB)
			continue;
		if (is_hold(a)) {
			until = ippGetString(a, 0, NULL);
			continue;
		}
		request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_NOT_SETTABLE,
			       TEXTS_NOT_SETTABLE, NULL, NULL);
		ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_NOTSETTABLE,
				ippGetName(a));
		return NULL;
	}
	if (until == NULL)
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_NOT_SETTABLE,
			       NULL, NULL);
	return until;
}

void
ops_set_job_attributes(struct request *r)
{
	const char *until = asked_hold(r);

	if (until == NULL)
		return;
	if (strcmp(until, "no-hold") == 0)
		change_unhold(r);
	else
		ops_hold_job(r);
}
