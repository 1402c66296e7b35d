/*
 * joblist.h - all our jobs in cupsd that have not ended, page by page.
 *
 * cupsd pages by position (first-index), and jobs that end meanwhile move all others
 * up: so pages overlap, and a page must hold one of the last page's last jobs;
 * otherwise the walk begins again. Jobs may be visited twice.
 */
#ifndef CC_COURIER_JOBLIST_H
#define CC_COURIER_JOBLIST_H

#include "spoold/courier/heldjob.h"

/* cupsd serves nobody else while it answers: 250 jobs take it 3 ms, and up to 5 ms to
 * count to the page's beginning where 100,000 jobs wait. */
#define JOBLIST_PAGE	250
#define JOBLIST_OVERLAP 25

typedef int joblist_visit_fn(const struct heldjob *job, void *context);

struct joblist {
	int first;		   /* first-index of the next page, from 1 */
	int tail[JOBLIST_OVERLAP]; /* job-ids of the last page's end */
	int tail_count;
	int again; /* how often it began anew */
};

void joblist_begin(struct joblist *l);
/* Visits a page. 1: there is more, 0: all were seen, -1: error; visit may end it by a
 * value other than 0 (and knows its own error). */
int joblist_next(struct joblist *l, struct cupsd *c, joblist_visit_fn *visit,
		 void *context, struct error *err);

#endif
