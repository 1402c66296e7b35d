/*
 * reconcile.c - the table of reconcile.h: rows about a job that is there are decided as
 * it is seen, rows about one that is missing after the list's end, state by state.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/run.h"
#include "spoold/keep/seen.h"

#define JOB_PENDING    3
#define JOB_HELD       4
#define JOB_PROCESSING 5
#define JOB_MOVED      -1 /* in place of a number: its job was sent away this round */

enum phase { PHASE_IDLE, PHASE_LISTING, PHASE_MISSING };

/* What a round did, and how it is told. */
enum mend {
	MEND_MADE,
	MEND_STATE,
	MEND_ADOPTED,
	MEND_MOVED,
	MEND_CANCELED,
	MEND_STOPPED,
	MENDS
};

static const char *const mend_words[MENDS] = {
	"missing and made again, unless cancelled",
	"held or released again",
	"taken over",
	"moved to a queue",
	"cancelled",
	"stopped"};

/* Jobs that were sent away, by their number, and in how many rounds running. */
struct sent_away {
	struct {
		int32_t cups_job;
		unsigned rounds;
	} jobs[RECONCILE_SENT];
	unsigned count;
};

struct reconcile {
	enum phase phase;
	uint32_t round;
	int64_t begun_ms; /* keep_mono_ms */
	int64_t begun;	  /* keep_now */
	int64_t next_ms;
	bool overflow;
	bool again; /* asked for in the middle of a round */
	struct seen seen;
	unsigned state; /* PHASE_MISSING: index into states */
	uint32_t after; /* ... and the last order number looked at */
	uint32_t mended[MENDS];
	struct sent_away sent, sent_before; /* this round, and the last one */
	uint32_t said;			    /* orders told of one by one, this round */
	int64_t last;			    /* keep_now of the end of a whole round */
	char words[ORDER_TEXT_MAX];	    /* what the last one that mended did */
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

/* One line for all that a round mended; spoolctl status shows the last one. */
static void
say_mended(struct reconcile *r)
{
	char list[ORDER_TEXT_MAX / 2];
	size_t len = 0;

	list[0] = '\0';
	for (enum mend m = 0; m < MENDS; m++)
		if (r->mended[m] > 0 && len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len,
						"%s%u %s", len > 0 ? ", " : "",
						r->mended[m], mend_words[m]);
	if (len == 0)
		return;
	snprintf(r->words, sizeof(r->words), "%u jobs seen; %s", r->seen.count, list);
	log_notice("compared with cupsd: %s", r->words);
	memset(r->mended, 0, sizeof(r->mended));
	r->said = 0;
}

void
reconcile_say(const struct keep *k, char *text, size_t size)
{
	text_copy(text, size, k->reconcile->words);
}

/* Counts it, and tells of the first few orders by number: a spool that was lost whole is
 * a hundred thousand of them. */
__attribute__((format(printf, 4, 5))) static void
mended(struct keep *k, const struct order *o, enum mend what, const char *fmt, ...)
{
	struct reconcile *r = k->reconcile;
	char text[ERROR_TEXT_MAX];
	va_list args;

	r->mended[what]++;
	if (r->said++ >= RECONCILE_SAID)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_notice("order %u: %s", o->number, text);
}

static int64_t
rest_most_ms(const struct keep *k)
{
	int64_t most_s = k->settings->reconcile_s;

	return INT64_C(1000) *
	       (most_s > RECONCILE_ROUND_S ? most_s : RECONCILE_ROUND_S);
}

static void
end_round(struct keep *k)
{
	struct reconcile *r = k->reconcile;
	int64_t now = keep_mono_ms(k), pause = INT64_C(1000) * k->settings->reconcile_s;

	say_mended(r);
	r->sent_before = r->sent;
	r->sent.count = 0;
	r->phase = PHASE_IDLE;
	seen_clear(&r->seen);
	event_del(r->step);
	/* after a long walk through cupsd it is left alone for longer, within reason */
	if (pause < RECONCILE_REST * (now - r->begun_ms))
		pause = RECONCILE_REST * (now - r->begun_ms);
	if (pause > rest_most_ms(k))
		pause = rest_most_ms(k);
	r->next_ms = r->again ? now : now + pause;
}

static void
begin_round(struct keep *k)
{
	struct reconcile *r = k->reconcile;
	struct wire_jobs jobs = {.round = ++r->round};

	r->phase = PHASE_LISTING;
	r->begun_ms = keep_mono_ms(k);
	r->begun = keep_now(k);
	r->overflow = r->again = false;
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
	k->reconcile->again = k->reconcile->phase != PHASE_IDLE;
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

/* Changed since the round began: what the list says of it may be old. A date to come is
 * of a clock that was wrong then, and says nothing; while a round is going on for which the
 * clock went back, nobody can say. */
static bool
is_fresh(const struct keep *k, const struct order *o)
{
	int64_t now = keep_now(k), begun = k->reconcile->begun;

	return now < begun || (o->changed >= begun && o->changed <= now) ||
	       jobs_is_in_flight(k, o->uuid);
}

/* Where an order must go whose queue is none of ours any more: the one that stands now
 * behind its printer. NULL: nowhere. */
static const char *
new_queue(const struct keep *k, const struct order *o)
{
	if (is_our_queue(k, o->queue))
		return NULL;
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].name, o->printer) == 0)
			return k->settings->printers[i].queue;
	return NULL;
}

static int
set_state_again(struct keep *k, struct order *o, const struct wire_job_seen *s,
		struct error *err)
{
	mended(k, o, MEND_STATE, "job %d is not %s in cupsd; it is to be again",
	       s->cups_job,
	       o->state == ORDER_RELEASED && !life_is_suspended(o) ? "released"
								   : "held");
	return life_touch(k, o, err);
}

static int
take_job(struct keep *k, struct order *o, const struct wire_job_seen *s,
	 struct error *err)
{
	mended(k, o, MEND_ADOPTED, "it is job %d of queue %s now", s->cups_job,
	       s->queue);
	return life_set_job(k, o, s->cups_job, s->queue, true, err);
}

/* Counts the job; how many rounds running it was sent away before. */
static unsigned
send_away(struct reconcile *r, int32_t cups_job)
{
	unsigned before = 0, i;

	for (i = 0; i < r->sent_before.count; i++)
		if (r->sent_before.jobs[i].cups_job == cups_job)
			before = r->sent_before.jobs[i].rounds;
	if (r->sent.count < RECONCILE_SENT) {
		r->sent.jobs[r->sent.count].cups_job = cups_job;
		r->sent.jobs[r->sent.count++].rounds = before + 1;
	}
	return before;
}

/* After a crash cupsd may have two jobs of one number, since it gives numbers again: one
 * that is listed and one that is found and was cancelled. Only its restart ends that. */
static void
cancel(struct keep *k, const struct wire_job_seen *s, int32_t cups_job)
{
	unsigned before = send_away(k->reconcile, cups_job);

	jobs_cancel_stray(k, s->order.bytes, cups_job, s->queue);
	if (before < RECONCILE_TRIES)
		k->reconcile->mended[MEND_CANCELED]++;
	else if (before == RECONCILE_TRIES)
		log_notice("cupsd goes on listing job %d of queue %s, which was "
			   "cancelled; it can print nothing, and goes when cupsd is "
			   "restarted",
			   cups_job, s->queue);
}

static int
see_waiting(struct keep *k, struct order *o, const struct wire_job_seen *s,
	    struct error *err)
{
	const char *queue = new_queue(k, o);

	/* its job goes now, and is not its own any more, lest its cancel be taken for an
	 * operator's; the next round finds none, and makes it where it belongs */
	if (queue != NULL) {
		mended(k, o, MEND_MOVED, "queue %s is none of ours; it goes to %s",
		       o->queue, queue);
		cancel(k, s, s->cups_job);
		if (seen_put(&k->reconcile->seen, o->uuid, JOB_MOVED, 0) != 0)
			k->reconcile->overflow = true;
		return life_set_job(k, o, 0, queue, false, err);
	}
	if (strcmp(o->queue, s->queue) != 0) {
		if (is_our_queue(k, s->queue))
			return take_job(k, o, s, err);
		return 0; /* a queue that was renamed: the release will say so */
	}
	return s->state != JOB_HELD ? set_state_again(k, o, s, err) : 0;
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
		if (life_is_suspended(o))
			return s->state == JOB_PENDING ? set_state_again(k, o, s, err)
						       : 0;
		return s->state == JOB_PENDING || s->state == JOB_PROCESSING
			       ? 0
			       : set_state_again(k, o, s, err);
	default:
		return 0;
	}
}

static int
see_over(struct keep *k, const struct order *o, const struct wire_job_seen *s)
{
	int64_t grace = 2 * (int64_t)k->settings->reconcile_s;
	int64_t ago = keep_now(k) - o->ended;

	if ((o->state == ORDER_COMPLETED || o->state == ORDER_STORED) && ago >= 0 &&
	    ago < grace)
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

	if (order_has_ended(o->state))
		return see_over(k, o, s);
	if (other == JOB_MOVED)
		return 0;
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
	if (job != NULL && job->cups_job == JOB_MOVED)
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

/* There is no job of it in cupsd, or one that is not its own. */
static int
mend_missing(struct keep *k, struct order *o, struct error *err)
{
	const struct seen_job *job = seen_get(&k->reconcile->seen, o->uuid);
	const char *queue = new_queue(k, o);

	if (job != NULL) {
		mended(k, o, MEND_ADOPTED, "it is job %d now", job->cups_job);
		return life_set_job(k, o, job->cups_job, o->queue, true, err);
	}
	if (queue != NULL) {
		mended(k, o, MEND_MOVED, "queue %s is none of ours; it goes to %s",
		       o->queue, queue);
		return life_set_job(k, o, 0, queue, true, err);
	}
	mended(k, o, MEND_MADE,
	       "cupsd does not list job %d any more; if it was not cancelled, it is "
	       "missing and made again, unless cancelled",
	       o->cups_job);
	return life_touch(k, o, err);
}

static int
mend_producing(struct keep *k, struct order *o, struct error *err)
{
	k->reconcile->mended[MEND_STOPPED]++;
	return life_stop(k, o, "job-stopped",
			 "The printing system ended the job without a word; "
			 "it " LIFE_IN_PART,
			 "reconcile", err);
}

static void
mend(struct keep *k, const uint8_t uuid[UUID_BYTES])
{
	struct order o;
	struct error err;
	int rc;

	if (store_get(k->store, uuid, &o, &err) != 0)
		return;
	if (o.state == ORDER_PRODUCING)
		rc = mend_producing(k, &o, &err);
	else
		rc = mend_missing(k, &o, &err);
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
