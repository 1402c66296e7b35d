/*
 * fulfil.h - making cupsd agree with one wish of keep, whatever was there before.
 *
 *   want       job in cupsd                what is done                     answer
 *   held       none, or another's          Create-Job, Send-Document...     0
 *   held       held, documents missing     the missing Send-Documents       0
 *   held       pending, stopped            Hold-Job                         0
 *   held       processing                  nothing: the gate holds it       0
 *   held       ended (keep named it)       nothing                          CONFLICT
 *   released   none                        nothing                          ABSENT
 *   released   stopped                     Hold-Job, Release-Job            0
 *   released   held                        the missing ones, Release-Job    0
 *   released   pending, processing         nothing                          0
 *   released   ended                       nothing                          CONFLICT
 *   gone       none, ended                 nothing                          0
 *   gone       any other                   Cancel-Job                       0
 *
 * Wishes may come twice, in parts, or after a crash of anybody: each begins by looking.
 */
#ifndef CC_COURIER_FULFIL_H
#define CC_COURIER_FULFIL_H

#include "spoold/courier/heldjob.h"
#include "spoold/courier/known.h"

struct fulfil {
	struct cupsd *cupsd; /* not owned */
	struct known known;
	bool listed;   /* known holds what was in cupsd, since... */
	unsigned lost; /* ...so many connections were lost */
};

/* done: the whole answer. Never fails: what went wrong is in it. */
void fulfil_want(struct fulfil *f, const struct wire_job_want *want,
		 struct wire_job_done *done);
/* Before a job is made, all that cupsd has must be known, since a Create-Job may have
 * been carried out without our hearing of it. Who lists jobs anyway spares us the walk:
 * begin, each job, end; no job may be made in between. */
bool fulfil_is_listed(const struct fulfil *f);
void fulfil_list_begin(struct fulfil *f);
void fulfil_list_job(struct fulfil *f, const struct heldjob *job);
void fulfil_list_end(struct fulfil *f);
void fulfil_clear(struct fulfil *f);

#endif
