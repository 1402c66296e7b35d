/*
 * reconcile.c - the table of reconcile.h: rows about a job that is there are decided as
 * it is seen, rows about one that is missing after the list's end, state by state.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/run.h"
#include "spoold/keep/seen.h"

#define JOB_PENDING    3
#define JOB_HELD       4
#define JOB_PROCESSING 5

enum phase { PHASE_IDLE, PHASE_LISTING, PHASE_MISSING };

struct reconcile {
	enum phase phase;
	uint32_t round;
	int64_t begun_ms; /* keep_mono_ms */
	int64_t begun;	  /* keep_now */
	int64_t next_ms;
	bool overflow;
	struct seen seen;
	unsigned state; /* PHASE_MISSING: index into states */
	uint32_t after; /* ... and the last order number looked at */
	uint32_t mended;
	int64_t last; /* keep_now of the end of a whole round */
	struct event *step;
};

static const enum order_state states[] = {ORDER_RELEASED, ORDER_HELD, ORDER_STOPPED,
					  ORDER_PRODUCING};

static void on_step(evutil_socket_t fd, short what, void *context);

int
reconcile_open(struct keep *k, struct error *err)
{
	struct reconcile *r = calloc(1, sizeof(*r));

	k->reconcile = r;
	if (r == NULL)
		return error_errno(err, "cannot compare with cupsd");
	seen_init(&r->seen, RECONCILE_JOBS_MAX);
	r->step = event_new(k->base, -1, 0, on_step, k);
	return r->step != NULL ? 0 : error_set(err, ERROR_SYSTEM, "no timer");
}

void
reconcile_close(struct keep *k)
{
	if (k->reconcile == NULL)
		return;
	seen_clear(&k->reconcile->seen);
	if (k->reconcile->step != NULL)
		event_free(k->reconcile->step);
	free(k->reconcile);
	k->reconcile = NULL;
}

static void
end_round(struct keep *k)
{
	struct reconcile *r = k->reconcile;
	int64_t now = keep_mono_ms(k), pause = INT64_C(1000) * k->settings->reconcile_s;

	if (r->mended > 0)
		log_notice("compared with cupsd: %u jobs seen, %u mended",
			   r->seen.count, r->mended);
	r->phase = PHASE_IDLE;
	r->mended = 0;
	seen_clear(&r->seen);
	event_del(r->step);
	if (pause < RECONCILE_REST * (now - r->begun_ms))
		pause = RECONCILE_REST * (now - r->begun_ms);
	r->next_ms = now + pause;
}

static void
begin_round(struct keep *k)
{
	struct reconcile *r = k->reconcile;
	struct wire_jobs jobs = {.round = ++r->round};

	r->phase = PHASE_LISTING;
	r->begun_ms = keep_mono_ms(k);
	r->begun = keep_now(k);
	r->overflow = false;
	peer_say(jobs_courier(k), WIRE_TYPE_jobs, &jobs);
}

void
reconcile_tick(struct keep *k)
{
	struct reconcile *r = k->reconcile;
	int64_t now = keep_mono_ms(k);

	if (r->phase != PHASE_IDLE &&
	    now - r->begun_ms > INT64_C(1000) * RECONCILE_ROUND_S)
		end_round(k);
	if (r->phase == PHASE_IDLE && jobs_courier(k) != NULL && now >= r->next_ms)
		begin_round(k);
}

void
reconcile_now(struct keep *k)
{
	k->reconcile->next_ms = 0;
	reconcile_tick(k);
}

int64_t
reconcile_last(const struct keep *k)
{
	return k->reconcile->last;
}

void
reconcile_peer_gone(struct peer *p)
{
	if (jobs_courier(p->keep) == p && p->keep->reconcile->phase != PHASE_IDLE)
		end_round(p->keep);
}

static bool
is_our_queue(const struct keep *k, const char *queue)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].queue, queue) == 0)
			return true;
	return false;
}

/* Changed since the round began: what the list says of it may be old. */
static bool
is_fresh(const struct keep *k, const struct order *o)
{
	return o->changed >= k->reconcile->begun || jobs_is_in_flight(k, o->uuid);
}

static int
touch(struct keep *k, struct order *o, struct error *err)
{
	k->reconcile->mended++;
	return life_touch(k, o, err);
}

static int
take_job(struct keep *k, struct order *o, const struct wire_job_seen *s,
	 struct error *err)
{
	k->reconcile->mended++;
	log_notice("order %u is job %d of queue %s now", o->number, s->cups_job,
		   s->queue);
	return life_set_job(k, o, s->cups_job, s->queue, true, err);
}

static int
see_waiting(struct keep *k, struct order *o, const struct wire_job_seen *s,
	    struct error *err)
{
	if (strcmp(o->queue, s->queue) != 0) {
		if (is_our_queue(k, s->queue))
			return take_job(k, o, s, err);
		return 0; /* a queue that was renamed: the release will say so */
	}
	return s->state != JOB_HELD ? touch(k, o, err) : 0;
}

static int
see_alive(struct keep *k, struct order *o, const struct wire_job_seen *s,
	  struct error *err)
{
	if (o->cups_job == 0 && o->state != ORDER_PRODUCING)
		return take_job(k, o, s, err);
	switch (o->state) {
	case ORDER_HELD:
	case ORDER_STOPPED:
		return see_waiting(k, o, s, err);
	case ORDER_RELEASED:
		return s->state == JOB_PENDING || s->state == JOB_PROCESSING
			       ? 0
			       : touch(k, o, err);
	default:
		return 0;
	}
}

static void
cancel(struct keep *k, const struct wire_job_seen *s, int32_t cups_job)
{
	jobs_cancel_stray(k, s->order.bytes, cups_job, s->queue);
	k->reconcile->mended++;
}

static int
see_over(struct keep *k, const struct order *o, const struct wire_job_seen *s)
{
	int64_t grace = 2 * (int64_t)k->settings->reconcile_s;

	if (o->state == ORDER_COMPLETED && keep_now(k) - o->ended < grace)
		return 0;
	cancel(k, s, s->cups_job);
	return 0;
}

static int
see(struct keep *k, struct order *o, const struct wire_job_seen *s, struct error *err)
{
	const struct seen_job *before = seen_get(&k->reconcile->seen, o->uuid);
	bool own = s->cups_job == o->cups_job || o->cups_job == 0;
	int32_t other = before != NULL ? before->cups_job : 0;

	if (order_is_over(o->state))
		return see_over(k, o, s);
	if ((before == NULL || own) &&
	    seen_put(&k->reconcile->seen, o->uuid, s->cups_job, s->state) != 0)
		k->reconcile->overflow = true;
	if (is_fresh(k, o))
		return 0;
	/* of two jobs its own is the one that stays, in whatever order they come; a
	 * single one that is not its own is adopted after the list */
	if (other != 0 && other != s->cups_job)
		cancel(k, s, own ? other : s->cups_job);
	return own ? see_alive(k, o, s, err) : 0;
}

int
reconcile_seen(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_job_seen *s = &m->job_seen;
	struct keep *k = p->keep;
	struct reconcile *r = k->reconcile;
	struct order o;
	struct error why;

	(void)err;
	if (p != jobs_courier(k) || r->phase != PHASE_LISTING || s->round != r->round ||
	    s->cups_job <= 0)
		return 0;
	if (store_get(k->store, s->order.bytes, &o, &why) == 0) {
		if (see(k, &o, s, &why) != 0)
			log_error("order %u: its job cannot be mended: %s", o.number,
				  why.text);
		order_clear(&o);
	} else if (why.kind == ERROR_ABSENT && is_our_queue(k, s->queue)) {
		log_notice("job %d of queue %s stands for no order of ours; cancelled",
			   s->cups_job, s->queue);
		cancel(k, s, s->cups_job);
	}
	return 0;
}

int
reconcile_end(struct peer *p, const union wire_any *m, struct error *err)
{
	static const struct timeval at_once = {0, 0};
	struct reconcile *r = p->keep->reconcile;

	(void)err;
	if (p != jobs_courier(p->keep) || r->phase != PHASE_LISTING ||
	    m->jobs_end.round != r->round)
		return 0;
	if (!m->jobs_end.complete || r->overflow) {
		if (m->jobs_end.text[0] != '\0')
			log_info("not compared with cupsd: %s", m->jobs_end.text);
		end_round(p->keep);
		return 0;
	}
	r->phase = PHASE_MISSING;
	r->state = 0;
	r->after = 0;
	event_add(r->step, &at_once);
	return 0;
}

/* Orders of one step that need something, since a scan can't change the store. */
struct batch {
	struct keep *keep;
	uint8_t orders[RECONCILE_BATCH][UUID_BYTES];
	unsigned count, visited;
};

static bool
needs_mending(struct keep *k, const struct order *o)
{
	const struct reconcile *r = k->reconcile;
	const struct seen_job *job = seen_get(&r->seen, o->uuid);
	const struct run *run;

	if (is_fresh(k, o))
		return false;
	/* after a burst many wait for their jobs: nothing is wrong with them */
	if (store_outbox_has(k->store, o->number))
		return false;
	if (o->state != ORDER_PRODUCING)
		return job == NULL || job->cups_job != o->cups_job;
	run = run_of_order(k, o->uuid);
	if (run != NULL && (run->backend != NULL || run->quiet_ms >= r->begun_ms))
		return false;
	return job == NULL || job->cups_job != o->cups_job ||
	       job->state != JOB_PROCESSING;
}

static int
visit(const struct order *o, void *context)
{
	struct batch *b = context;

	b->visited++;
	b->keep->reconcile->after = o->number;
	if (needs_mending(b->keep, o))
		memcpy(b->orders[b->count++], o->uuid, UUID_BYTES);
	return 0;
}

static void
mend(struct keep *k, const uint8_t uuid[UUID_BYTES])
{
	const struct seen_job *job = seen_get(&k->reconcile->seen, uuid);
	struct order o;
	struct error err;
	int rc;

	if (store_get(k->store, uuid, &o, &err) != 0)
		return;
	if (o.state == ORDER_PRODUCING)
		rc = life_stop(k, &o, "job-stopped",
			       "The printing system ended the job without a word; "
			       "it " LIFE_IN_PART,
			       "reconcile", &err);
	else if (job != NULL)
		rc = life_set_job(k, &o, job->cups_job, o.queue, true, &err);
	else
		rc = touch(k, &o, &err);
	if (rc != 0)
		log_error("order %u: its job cannot be mended: %s", o.number, err.text);
	order_clear(&o);
}

/* A share of the scan for what is missing. */
static void
on_step(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval at_once = {0, 0};
	struct keep *k = context;
	struct reconcile *r = k->reconcile;
	struct batch *b = calloc(1, sizeof(*b));
	struct error err;

	(void)fd;
	(void)what;
	k->dirty = true;
	if (b == NULL || r->phase != PHASE_MISSING)
		goto out;
	b->keep = k;
	if (store_scan(k->store, states[r->state], r->after, RECONCILE_BATCH, visit, b,
		       &err) != 0) {
		log_error("not compared with cupsd: %s", err.text);
		end_round(k);
		goto out;
	}
	for (unsigned i = 0; i < b->count; i++)
		mend(k, b->orders[i]);
	if (b->visited < RECONCILE_BATCH) {
		r->state++;
		r->after = 0;
	}
	if (r->state == sizeof(states) / sizeof(states[0])) {
		r->last = keep_now(k);
		end_round(k);
	} else {
		event_add(r->step, &at_once);
	}
out:
	free(b);
}
