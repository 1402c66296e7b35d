#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/courier/fulfil.h"
#include "spoold/courier/joblist.h"
#include "spoold/courier/options.h"

bool
fulfil_is_listed(const struct fulfil *f)
{
	return f->listed && f->lost == f->cupsd->lost;
}

void
fulfil_list_begin(struct fulfil *f)
{
	known_clear(&f->known);
	f->listed = false;
	f->lost = f->cupsd->lost;
}

void
fulfil_list_job(struct fulfil *f, const struct heldjob *job)
{
	known_put(&f->known, job->order, job->id);
}

/* Of a list that was whole; one that a lost connection cut is none. */
void
fulfil_list_end(struct fulfil *f)
{
	f->listed = f->lost == f->cupsd->lost;
}

static int
note_job(const struct heldjob *job, void *context)
{
	fulfil_list_job(context, job);
	return 0;
}

/* After a lost connection a Create-Job may have been carried out without our knowing.
 */
static int
list_once(struct fulfil *f, struct error *err)
{
	struct joblist list;
	int rc;

	if (fulfil_is_listed(f))
		return 0;
	fulfil_list_begin(f);
	joblist_begin(&list);
	do
		rc = joblist_next(&list, f->cupsd, note_job, f, err);
	while (rc > 0);
	if (rc == 0)
		fulfil_list_end(f);
	return rc;
}

/* The order's job, by the number that keep has, or by what we know. 0 with *job
 * (job->id 0: none), or -1. */
static int
find_job(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	 struct error *err)
{
	int known;

	memset(job, 0, sizeof(*job));
	if (want->cups_job > 0) {
		if (heldjob_look(f->cupsd, want->cups_job, want->order.bytes, job,
				 err) == 0)
			return 0;
		memset(job, 0, sizeof(*job));
		if (err->kind != ERROR_ABSENT)
			return -1;
	}
	if (list_once(f, err) != 0)
		return -1;
	known = known_get(&f->known, want->order.bytes);
	if (known == 0)
		return 0;
	if (heldjob_look(f->cupsd, known, want->order.bytes, job, err) == 0 &&
	    !heldjob_has_ended(job))
		return 0;
	memset(job, 0, sizeof(*job));
	if (err->kind != ERROR_NONE && err->kind != ERROR_ABSENT)
		return -1;
	error_clear(err);
	known_remove(&f->known, want->order.bytes);
	return 0;
}

/* A job whose making was cut off lacks the tickets of its last documents. */
static int
send_missing(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	     struct error *err)
{
	if (job->documents >= want->documents)
		return 0;
	return heldjob_send(f->cupsd, want, job->id, job->documents + 1, err);
}

static int
make_job(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	 struct error *err)
{
	int rc = heldjob_create(f->cupsd, want, &job->id, err);

	if (job->id > 0) {
		known_put(&f->known, want->order.bytes, job->id);
		job->state = IPP_JSTATE_HELD;
	}
	return rc == 0 ? send_missing(f, want, job, err) : -1;
}

static int
ended(const struct heldjob *job, struct error *err)
{
	static const char *const words[] = {"canceled", "aborted", "completed"};
	int i = job->state - IPP_JSTATE_CANCELED;

	return error_set(err, ERROR_CONFLICT, "job %d in cupsd is %s", job->id,
			 i >= 0 && i < 3 ? words[i] : "over");
}

static int
hold(struct fulfil *f, struct heldjob *job, struct error *err)
{
	if (heldjob_hold(f->cupsd, job->id, err) != 0)
		return -1;
	job->state = IPP_JSTATE_HELD;
	return 0;
}

/* What a held job says in cupsd. One that has run keeps its backend's last words. */
static int
say(struct fulfil *f, const struct wire_job_want *want, const struct heldjob *job,
    struct error *err)
{
	if (job->has_run || want->message[0] == '\0' ||
	    strcmp(job->message, want->message) == 0)
		return 0;
	return heldjob_say(f->cupsd, job->id, want->message, err);
}

static int
want_held(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	  struct error *err)
{
	if (job->id == 0)
		return make_job(f, want, job, err);
	if (heldjob_has_ended(job))
		return ended(job, err);
	if (job->state == IPP_JSTATE_PROCESSING)
		return 0;
	if (job->state != IPP_JSTATE_HELD && hold(f, job, err) != 0)
		return -1;
	if (say(f, want, job, err) != 0)
		return -1;
	return send_missing(f, want, job, err);
}

/* A held job, as the release wants it. */
static int
fit(struct fulfil *f, const struct wire_job_want *want, const struct heldjob *job,
    struct error *err)
{
	if (strcmp(job->queue, want->queue) != 0 &&
	    heldjob_move(f->cupsd, job->id, want->queue, err) != 0)
		return -1;
	if (want->copies == WIRE_COPIES_AS_IS)
		return 0;
	return heldjob_copies(
		f->cupsd, job->id,
		want->copies == WIRE_COPIES_ORDERED
			? options_copies(want->attributes.data, want->attributes.len)
			: 1,
		err);
}

static int
want_released(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	      struct error *err)
{
	if (job->id == 0)
		return error_set(err, ERROR_ABSENT, "the order has no job in cupsd");
	if (heldjob_has_ended(job))
		return ended(job, err);
	if (job->state == IPP_JSTATE_STOPPED && hold(f, job, err) != 0)
		return -1;
	if (job->state != IPP_JSTATE_HELD)
		return 0;
	if (fit(f, want, job, err) != 0 || say(f, want, job, err) != 0 ||
	    send_missing(f, want, job, err) != 0 ||
	    heldjob_release(f->cupsd, job->id, err) != 0)
		return -1;
	job->state = IPP_JSTATE_PENDING;
	return 0;
}

static int
want_gone(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
	  struct error *err)
{
	known_remove(&f->known, want->order.bytes);
	if (job->id == 0 || heldjob_has_ended(job))
		return 0;
	/* it may end between our look and our word: that is as good */
	if (heldjob_cancel(f->cupsd, job->id, err) != 0 &&
	    err->kind != ERROR_CONFLICT && err->kind != ERROR_ABSENT)
		return -1;
	error_clear(err);
	job->state = IPP_JSTATE_CANCELED;
	return 0;
}

static int
act(struct fulfil *f, const struct wire_job_want *want, struct heldjob *job,
    struct error *err)
{
	if (find_job(f, want, job, err) != 0)
		return -1;
	switch (want->want) {
	case WIRE_JOB_HELD:
		return want_held(f, want, job, err);
	case WIRE_JOB_RELEASED:
		return want_released(f, want, job, err);
	case WIRE_JOB_GONE:
		return want_gone(f, want, job, err);
	default:
		return error_set(err, ERROR_INPUT, "keep wants %u, which is unknown",
				 want->want);
	}
}

void
fulfil_want(struct fulfil *f, const struct wire_job_want *want,
	    struct wire_job_done *done)
{
	struct heldjob job;
	struct error err = {0};
	int rc = act(f, want, &job, &err);

	*done = (struct wire_job_done){.order = want->order,
				       .revision = want->revision,
				       .want = want->want,
				       .cups_job = job.id,
				       .state = (uint8_t)job.state};
	if (rc == 0)
		return;
	/* "absent" is an answer about the order's job; a queue that is not there is
	 * keep's configuration */
	if (err.kind == ERROR_ABSENT && want->want == WIRE_JOB_HELD)
		err.kind = job.id == 0 ? ERROR_INPUT : ERROR_LATER;
	done->kind = (uint8_t)err.kind;
	if (err.kind == ERROR_LATER && job.id == 0)
		done->cups_job = want->cups_job; /* as far as anybody knows */
	text_copy(done->text, sizeof(done->text), err.text);
	log_debug("order %u: %s", want->number, err.text);
}

void
fulfil_clear(struct fulfil *f)
{
	known_clear(&f->known);
	f->listed = false;
}
