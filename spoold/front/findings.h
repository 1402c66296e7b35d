/*
 * findings.h - what preflight found, judged by the shop's settings: the document is taken,
 * taken with a warning, or refused while its customer is there.
 */
#ifndef CC_FRONT_FINDINGS_H
#define CC_FRONT_FINDINGS_H

#include "spoold/front/intake.h"
#include "spoold/front/request.h"
#include "spoold/front/upload.h"

/* paper: that this document is meant for. True: taken; a warning, in the customer's language, has been added to in->warning.
 * False: the request was answered. */
bool findings_judge(struct request *r, struct intake *in, const struct paper *paper,
		    const struct upload *u);

#endif
