/*
 * ops_release.c - Release-Job. With a job-password it is the release of a waiting order at
 * a station (PWG 5100.11); without, it lifts a hold that Hold-Job or
 * job-hold-until=indefinite put there, and the order waits for its identification still.
 */
#include <string.h>

#include "spoold/front/change.h"
#include "spoold/front/operations.h"
#include "spoold/front/unlock.h"

void
ops_release_job(struct request *r)
{
	if (unlock_is_asked(r))
		unlock_release(r);
	else if (r->job == 0)
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_NO_TARGET, NULL,
			       NULL);
	else
		change_unhold(r);
}
