/*
 * queued.h - queued-job-count of a printer: asked of keep at most every few seconds, and
 * counted no further than QUEUED_MAX (more orders than that read as that many).
 */
#ifndef CC_FRONT_QUEUED_H
#define CC_FRONT_QUEUED_H

#include "spoold/front/request.h"

#define QUEUED_MAX    1000
#define QUEUED_AGE_MS 5000

int queued_count(const struct request *r, const char *printer);

#endif
