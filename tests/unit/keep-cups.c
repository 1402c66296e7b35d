/*
 * keep-cups.c - cupsd and courier in one: the jobs of messages.h, nothing of CUPS.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/unit/keep-help.h"

static bool
has_ended(const struct fake_job *j)
{
	return j->state == 0 || j->state >= 7;
}

struct fake_job *
cups_job_of(struct bench *b, const uint8_t order[UUID_BYTES])
{
	for (uint32_t i = 0; i < b->cups.count; i++)
		if (!has_ended(&b->cups.jobs[i]) &&
		    memcmp(b->cups.jobs[i].order, order, UUID_BYTES) == 0)
			return &b->cups.jobs[i];
	return NULL;
}

uint32_t
cups_jobs_alive(const struct bench *b)
{
	uint32_t alive = 0;

	for (uint32_t i = 0; i < b->cups.count; i++)
		alive += !has_ended(&b->cups.jobs[i]);
	return alive;
}

static struct fake_job *
job_by_id(struct fake_cups *cups, int32_t id, const uint8_t order[UUID_BYTES])
{
	for (uint32_t i = 0; i < cups->count; i++)
		if (cups->jobs[i].id == id && cups->jobs[i].state != 0 &&
		    memcmp(cups->jobs[i].order, order, UUID_BYTES) == 0)
			return &cups->jobs[i];
	return NULL;
}

static struct fake_job *
make_job(struct fake_cups *cups, const struct wire_job_want *w)
{
	struct fake_job *j;

	if (cups->count == BENCH_JOBS_MAX)
		return NULL;
	j = &cups->jobs[cups->count++];
	memcpy(j->order, w->order.bytes, UUID_BYTES);
	text_copy(j->queue, sizeof(j->queue), w->queue);
	j->id = cups->next_id++;
	j->state = 4;
	return j;
}

/* As messages.h says at job_done. */
static void
do_want(struct fake_cups *cups, const struct wire_job_want *w, struct wire_job_done *d)
{
	struct fake_job *j = job_by_id(cups, w->cups_job, w->order.bytes);

	if (!cups->up || cups->no_queue) {
		d->kind = cups->up ? ERROR_INPUT : ERROR_LATER;
		return;
	}
	if (j != NULL && has_ended(j) && w->want != WIRE_JOB_GONE) {
		d->kind = ERROR_CONFLICT;
		d->state = j->state;
		return;
	}
	if (j == NULL && w->want == WIRE_JOB_HELD)
		j = make_job(cups, w);
	if (j == NULL) {
		d->kind = w->want == WIRE_JOB_GONE ? ERROR_NONE : ERROR_ABSENT;
		return;
	}
	if (w->want == WIRE_JOB_GONE)
		j->state = 7;
	else if (w->want == WIRE_JOB_RELEASED && j->state == 4) {
		j->state = 5;
		j->copies = w->copies;
	} else if (w->want == WIRE_JOB_HELD && !(cups->stubborn && j->state == 5))
		j->state = 4;
	text_copy(j->message, sizeof(j->message), w->message);
	d->state = j->state;
	d->cups_job = w->want == WIRE_JOB_GONE ? 0 : j->id;
}

static void
on_want(struct bench *b, const struct wire_job_want *w)
{
	struct wire_job_done d = {
		.order = w->order, .revision = w->revision, .want = w->want};

	b->cups.wants++;
	do_want(&b->cups, w, &d);
	client_send(b, &b->cups.wire, WIRE_TYPE_job_done, &d);
}

void
cups_list(struct bench *b)
{
	const uint32_t round = b->cups.round;
	struct wire_jobs_end end = {.round = round,
				    .complete = b->cups.up && !b->cups.torn};

	for (uint32_t i = 0; end.complete && i < b->cups.count; i++) {
		const struct fake_job *j = &b->cups.jobs[i];
		struct wire_job_seen seen = {
			.round = round, .cups_job = j->id, .state = j->state};

		if (has_ended(j))
			continue;
		memcpy(seen.order.bytes, j->order, UUID_BYTES);
		text_copy(seen.queue, sizeof(seen.queue), j->queue);
		client_send(b, &b->cups.wire, WIRE_TYPE_job_seen, &seen);
	}
	client_send(b, &b->cups.wire, WIRE_TYPE_jobs_end, &end);
}

static void
on_jobs(struct bench *b, uint32_t round)
{
	b->cups.round = round;
	b->cups.rounds++;
	if (!b->cups.slow)
		cups_list(b);
}

void
cups_say_up(struct bench *b, bool up)
{
	struct wire_cupsd m = {.up = up};

	b->cups.up = up;
	client_send(b, &b->cups.wire, WIRE_TYPE_cupsd, &m);
}

static void
on_watch(struct bench *b, const char *queue)
{
	struct wire_queue q = {.known = 1,
			       .state = b->cups.stopped ? 5 : 3,
			       .accepting = 1,
			       .reasons = "none"};

	text_copy(q.queue, sizeof(q.queue), queue);
	client_send(b, &b->cups.wire, WIRE_TYPE_queue, &q);
}

static void
on_control(struct bench *b, const struct wire_queue_control *c)
{
	struct wire_queue_controlled done = {.id = c->id};

	if (b->cups.up) {
		b->cups.stopped = c->verb == WIRE_PAUSE;
		on_watch(b, c->queue);
	} else {
		done.kind = ERROR_LATER;
		text_copy(done.text, sizeof(done.text), "cupsd does not answer");
	}
	client_send(b, &b->cups.wire, WIRE_TYPE_queue_controlled, &done);
}

void
cups_serve(struct bench *b)
{
	union wire_any m;
	int type;

	while (!b->cups.silent && (type = client_poll(&b->cups.wire, &m)) > 0) {
		if (type == WIRE_TYPE_job_want)
			on_want(b, &m.job_want);
		else if (type == WIRE_TYPE_jobs)
			on_jobs(b, m.jobs.round);
		else if (type == WIRE_TYPE_queue_control)
			on_control(b, &m.queue_control);
		else if (type == WIRE_TYPE_queue_watch)
			on_watch(b, m.queue_watch.queue);
	}
}
