#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/query.h"
#include "spoold/keep/reconcile.h"

#define JOB_PROCESSING 5 /* RFC 8011 5.3.7 */

#define TICK_MS	   50 /* how often the rate is paid out */
#define STRAYS	   64
#define BATCH	   32 /* outbox rows looked at in one go */
#define BUSY	   64 /* jobs that are waited for at once; others wait for a round */
#define BUSY_MS	   200
#define GRUMBLE_MS 60000 /* a refusal of cupsd is logged this often at most */

struct want {
	uint8_t order[UUID_BYTES];
	uint64_t revision;
	uint8_t want; /* enum wire_want; 0: the place is free */
};

struct stray {
	uint8_t order[UUID_BYTES];
	int32_t cups_job;
	char queue[ORDER_QUEUE_MAX];
};

/* A job that must be held, and runs: its filter is refused, or its backend has reported
 * what the order's release was for and is about to end. What is to be done shows then. */
struct busy {
	uint8_t order[UUID_BYTES];
	int64_t until_ms; /* asked for again then */
};

struct jobs {
	struct peer *courier;
	struct event *timer;
	struct want flight[JOBS_IN_FLIGHT];
	struct stray strays[STRAYS];
	unsigned stray_count;
	uint8_t idle[BATCH][UUID_BYTES]; /* rows that want nothing of cupsd */
	uint64_t idle_revision[BATCH];
	unsigned idle_count;
	struct busy busy[BUSY];
	bool rows; /* the outbox may hold something */
	bool up;   /* cupsd answers, as far as we know */
	char text[ERROR_TEXT_MAX];
	int64_t retry_ms;   /* not before */
	int64_t paid_ms;    /* rate: paid out until here */
	int64_t grumble_ms; /* last refusal that was logged */
	unsigned tokens;    /* held jobs that may be made now */
};

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct keep *k = context;

	(void)fd;
	(void)what;
	k->dirty = true; /* a turn, and jobs_pump at its end */
}

int
jobs_open(struct keep *k, struct error *err)
{
	struct jobs *j = calloc(1, sizeof(*j));

	k->jobs = j;
	if (j == NULL)
		return error_errno(err, "cannot look after cupsd's jobs");
	j->rows = true;
	j->up = true;
	j->paid_ms = keep_mono_ms(k);
	j->timer = event_new(k->base, -1, 0, on_timer, k);
	return j->timer != NULL ? 0 : error_set(err, ERROR_SYSTEM, "no timer");
}

void
jobs_close(struct keep *k)
{
	if (k->jobs != NULL && k->jobs->timer != NULL)
		event_free(k->jobs->timer);
	free(k->jobs);
	k->jobs = NULL;
}

struct peer *
jobs_courier(struct keep *k)
{
	return k->jobs->courier;
}

bool
jobs_cupsd_is_up(const struct keep *k, char text[ERROR_TEXT_MAX])
{
	const struct jobs *j = k->jobs;

	if (j->courier == NULL)
		text_copy(text, ERROR_TEXT_MAX, "the courier is being started");
	else
		text_copy(text, ERROR_TEXT_MAX, j->text);
	return j->courier != NULL && j->up;
}

static void
forget_flight(struct jobs *j)
{
	memset(j->flight, 0, sizeof(j->flight));
	j->rows = true;
}

void
jobs_set_courier(struct keep *k, struct peer *p)
{
	struct jobs *j = k->jobs;

	if (j->courier != NULL && j->courier != p)
		peer_drop(j->courier, "another courier has come");
	j->courier = p;
	j->up = true;
	j->retry_ms = 0;
	forget_flight(j);
	query_say_all(k);
}

void
jobs_peer_gone(struct peer *p)
{
	if (p->keep->jobs->courier != p)
		return;
	p->keep->jobs->courier = NULL;
	forget_flight(p->keep->jobs);
}

void
jobs_doubt(struct keep *k)
{
	k->jobs->rows = true;
}

static struct want *
in_flight(const struct keep *k, const uint8_t order[UUID_BYTES])
{
	struct jobs *j = k->jobs;

	for (unsigned i = 0; i < JOBS_IN_FLIGHT; i++)
		if (j->flight[i].want != 0 &&
		    memcmp(j->flight[i].order, order, UUID_BYTES) == 0)
			return &j->flight[i];
	return NULL;
}

bool
jobs_is_in_flight(const struct keep *k, const uint8_t order[UUID_BYTES])
{
	const struct jobs *j = k->jobs;

	for (unsigned i = 0; i < j->stray_count; i++)
		if (memcmp(j->strays[i].order, order, UUID_BYTES) == 0)
			return true;
	return in_flight(k, order) != NULL;
}

static struct want *
free_place(struct jobs *j)
{
	for (unsigned i = 0; i < JOBS_IN_FLIGHT; i++)
		if (j->flight[i].want == 0)
			return &j->flight[i];
	return NULL;
}

void
jobs_wake(struct keep *k)
{
	k->jobs->rows = true;
}

void
jobs_cancel_stray(struct keep *k, const uint8_t order[UUID_BYTES], int32_t cups_job,
		  const char *queue)
{
	struct jobs *j = k->jobs;
	struct stray *s = &j->strays[j->stray_count];

	if (j->stray_count == STRAYS)
		return; /* the next round finds it again */
	memcpy(s->order, order, UUID_BYTES);
	s->cups_job = cups_job;
	text_copy(s->queue, sizeof(s->queue), queue);
	j->stray_count++;
}

static uint8_t
wanted(const struct order *o)
{
	switch (o->state) {
	case ORDER_HELD:
	case ORDER_STOPPED:
		return WIRE_JOB_HELD;
	case ORDER_CORRUPT: /* none is made for it; one that is there says why */
		return o->cups_job != 0 ? WIRE_JOB_HELD : 0;
	case ORDER_RELEASED:
		if (life_is_suspended(o))
			return WIRE_JOB_HELD;
		/* its number must be known before it runs, or the gate would refuse it
		 */
		return o->cups_job != 0 ? WIRE_JOB_RELEASED : WIRE_JOB_HELD;
	case ORDER_COMPLETED:
	case ORDER_CANCELED:
	case ORDER_EXPIRED:
	case ORDER_STORED:
		return o->cups_job != 0 ? WIRE_JOB_GONE : 0;
	default:
		return 0;
	}
}

/* The job keeps what the last release of it asked for. */
static uint8_t
copies_of(const struct order *o)
{
	if (o->state != ORDER_RELEASED)
		return WIRE_COPIES_AS_IS;
	if (o->release_copies > 0)
		return WIRE_COPIES_ONE;
	return o->attempts > 1 ? WIRE_COPIES_ORDERED : WIRE_COPIES_AS_IS;
}

static void
send_want(struct keep *k, const struct order *o, uint8_t want)
{
	struct jobs *j = k->jobs;
	struct want *place = free_place(j);
	struct wire_job_want m = {
		.revision = o->revision,
		.want = want,
		.cups_job = o->cups_job,
		.number = o->number,
		.documents = o->document_count,
		.copies = copies_of(o),
		.attributes = {o->attributes, o->attributes_len},
	};

	INVARIANT(place != NULL);
	memcpy(m.order.bytes, o->uuid, UUID_BYTES);
	text_copy(m.queue, sizeof(m.queue), o->queue);
	life_sentence(o, m.message, sizeof(m.message));
	memcpy(place->order, o->uuid, UUID_BYTES);
	place->revision = o->revision;
	place->want = want;
	peer_say(j->courier, WIRE_TYPE_job_want, &m);
}

static void
pump_strays(struct keep *k)
{
	struct jobs *j = k->jobs;

	while (j->stray_count > 0 && free_place(j) != NULL) {
		const struct stray *s = &j->strays[--j->stray_count];
		struct order o;

		order_init(&o);
		memcpy(o.uuid, s->order, UUID_BYTES);
		o.cups_job = s->cups_job;
		text_copy(o.queue, sizeof(o.queue), s->queue);
		if (in_flight(k, o.uuid) == NULL)
			send_want(k, &o, WIRE_JOB_GONE);
	}
}

static bool
is_busy(const struct keep *k, const uint8_t order[UUID_BYTES])
{
	const struct jobs *j = k->jobs;

	for (unsigned i = 0; i < BUSY; i++)
		if (j->busy[i].until_ms > keep_mono_ms(k) &&
		    memcmp(j->busy[i].order, order, UUID_BYTES) == 0)
			return true;
	return false;
}

/* False when too many are waited for. */
static bool
wait_for(struct keep *k, const uint8_t order[UUID_BYTES])
{
	struct jobs *j = k->jobs;
	int64_t now = keep_mono_ms(k);

	for (unsigned i = 0; i < BUSY; i++)
		if (j->busy[i].until_ms <= now) {
			memcpy(j->busy[i].order, order, UUID_BYTES);
			j->busy[i].until_ms = now + BUSY_MS;
			return true;
		}
	return false;
}

/* Called for each row of the outbox; nothing may change the store in here. */
static int
visit_row(const struct order *o, void *context)
{
	struct keep *k = context;
	struct jobs *j = k->jobs;
	uint8_t want = wanted(o);

	if (in_flight(k, o->uuid) != NULL || is_busy(k, o->uuid))
		return 0;
	if (want == 0) {
		memcpy(j->idle[j->idle_count], o->uuid, UUID_BYTES);
		j->idle_revision[j->idle_count++] = o->revision;
		return j->idle_count == BATCH;
	}
	if (free_place(j) == NULL || (j->tokens == 0 && want != WIRE_JOB_RELEASED))
		return 1;
	if (j->tokens > 0)
		j->tokens--;
	send_want(k, o, want);
	return 0;
}

static void
drop_idle_rows(struct keep *k)
{
	struct jobs *j = k->jobs;

	for (unsigned i = 0; i < j->idle_count; i++)
		store_outbox_done(k->store, j->idle[i], j->idle_revision[i], NULL);
	if (j->idle_count > 0)
		k->dirty = true;
	j->idle_count = 0;
}

static int
count_row(const struct order *o, void *context)
{
	(void)o;
	*(unsigned *)context += 1;
	return 0;
}

static void
pump_rows(struct keep *k)
{
	struct jobs *j = k->jobs;
	unsigned left = 0;
	struct error err;

	if (!j->rows || free_place(j) == NULL)
		return;
	if (store_outbox(k->store, BATCH + JOBS_IN_FLIGHT, visit_row, k, &err) != 0) {
		log_error("the outbox cannot be read: %s", err.text);
		return;
	}
	drop_idle_rows(k);
	if (store_outbox(k->store, 1, count_row, &left, NULL) == 0 && left == 0)
		j->rows = false;
}

static void
pay_out(struct keep *k)
{
	struct jobs *j = k->jobs;
	int64_t now = keep_mono_ms(k), rate = k->settings->hold_rate;
	int64_t due = (now - j->paid_ms) * rate / 1000;
	int64_t most = rate < 4 ? 1 : rate / 4;

	if (due <= 0)
		return;
	j->paid_ms = now;
	j->tokens = (unsigned)(due + j->tokens > most ? most : due + j->tokens);
}

void
jobs_pump(struct keep *k)
{
	static const struct timeval soon = {0, TICK_MS * 1000};
	struct jobs *j = k->jobs;

	if (j->courier == NULL || j->courier->doomed)
		return;
	pay_out(k);
	if (keep_mono_ms(k) >= j->retry_ms) {
		pump_strays(k);
		pump_rows(k);
	}
	peer_flushed(j->courier, NULL); /* wishes stand on what is durable */
	if (j->rows && !event_pending(j->timer, EV_TIMEOUT, NULL))
		event_add(j->timer, &soon);
}

static void
grumble(struct keep *k, const struct order *o, const struct wire_job_done *d)
{
	struct jobs *j = k->jobs;
	int64_t now = keep_mono_ms(k);

	if (j->grumble_ms != 0 && now - j->grumble_ms < GRUMBLE_MS)
		return;
	j->grumble_ms = now;
	log_notice("order %u: cupsd's job on queue '%s' is not as it must be: %s",
		   o->number, o->queue, d->text);
}

/* cupsd has the job, but it ended without us. */
static int
job_ended(struct keep *k, struct order *o, const struct wire_job_done *d,
	  struct error *err)
{
	if (d->state == 7) { /* canceled: an operator's word */
		if (o->state == ORDER_PRODUCING)
			return 0;
		return life_end(k, o, ORDER_CANCELED, "job-canceled-by-operator",
				"Cancelled by the operator", "cupsd", err);
	}
	/* aborted or completed: not by anybody's will, so it is made again */
	return life_set_job(k, o, 0, o->queue, true, err);
}

static int
settle(struct keep *k, struct order *o, const struct wire_job_done *d,
       struct error *err)
{
	bool alive = !order_has_ended(o->state);

	if (d->kind == ERROR_NONE) {
		if (alive && d->cups_job != o->cups_job &&
		    life_set_job(k, o, d->cups_job, o->queue,
				 o->state == ORDER_RELEASED, err) != 0)
			return -1;
		if ((o->state == ORDER_HELD || life_is_suspended(o)) &&
		    d->state == JOB_PROCESSING && wait_for(k, o->uuid))
			return 0;
		return store_outbox_done(k->store, o->uuid, d->revision, err);
	}
	if (alive && d->kind == ERROR_CONFLICT && d->state >= 7)
		return job_ended(k, o, d, err);
	if (alive && d->kind == ERROR_ABSENT && d->want == WIRE_JOB_RELEASED)
		return life_set_job(k, o, 0, o->queue, true, err);
	grumble(k, o, d);
	return store_outbox_done(k->store, o->uuid, d->revision, err);
}

int
jobs_done(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_job_done *d = &m->job_done;
	struct keep *k = p->keep;
	struct want *w = in_flight(k, d->order.bytes);
	bool stray = w != NULL && w->want == WIRE_JOB_GONE;
	struct order o;

	(void)err;
	if (w == NULL || p != k->jobs->courier)
		return 0;
	w->want = 0;
	k->jobs->rows = true;
	if (d->kind == ERROR_LATER) {
		k->jobs->retry_ms = keep_mono_ms(k) + JOBS_RETRY_MS;
		return 0;
	}
	if (store_get(k->store, d->order.bytes, &o, NULL) != 0)
		return 0;			    /* a stray */
	stray = stray && !order_has_ended(o.state); /* a second job of that order */
	if (!stray && settle(k, &o, d, err) != 0)
		log_error("order %u: what cupsd said cannot be written down: %s",
			  o.number, err->text);
	order_clear(&o);
	return 0;
}

int
jobs_cupsd(struct peer *p, const union wire_any *m, struct error *err)
{
	struct jobs *j = p->keep->jobs;
	bool back = m->cupsd.up != 0 && !j->up;

	(void)err;
	if (p != j->courier)
		return 0;
	if (j->up != (m->cupsd.up != 0)) {
		query_say_all(p->keep);
		log_notice("cupsd %s%s%s", m->cupsd.up ? "answers" : "does not answer",
			   m->cupsd.text[0] != '\0' ? ": " : "", m->cupsd.text);
	}
	j->up = m->cupsd.up != 0;
	text_copy(j->text, sizeof(j->text), m->cupsd.text);
	if (j->up)
		j->retry_ms = 0;
	if (back) /* nobody knows what it has lost meanwhile */
		reconcile_now(p->keep);
	return 0;
}
