#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/run.h"

static void
free_run(struct keep *k, struct run *r)
{
	run_detach(r);
	TAILQ_REMOVE(k->runs, r, link);
	free(r);
}

static unsigned
count_runs(const struct keep *k)
{
	const struct run *r;
	unsigned count = 0;

	TAILQ_FOREACH(r, k->runs, link)
		count++;
	return count;
}

/* Makes room: what has no backend and was not used for longest goes. */
static void
make_room(struct keep *k)
{
	struct run *r;

	if (count_runs(k) < RUN_MAX)
		return;
	TAILQ_FOREACH(r, k->runs, link)
		if (r->backend == NULL) {
			free_run(k, r);
			return;
		}
}

static struct run *
new_run(struct keep *k, const struct order *o)
{
	struct run *r;

	make_room(k);
	r = count_runs(k) < RUN_MAX ? calloc(1, sizeof(*r)) : NULL;
	if (r == NULL)
		return NULL;
	memcpy(r->order, o->uuid, UUID_BYTES);
	r->documents = o->document_count;
	TAILQ_INSERT_TAIL(k->runs, r, link);
	return r;
}

static void
set_job(struct run *r, const struct order *o)
{
	r->cups_job = o->cups_job;
	text_copy(r->queue, sizeof(r->queue), o->queue);
}

static int
restore(const struct order *o, void *context)
{
	struct keep *k = context;
	struct run *r = new_run(k, o);

	if (r == NULL)
		return 1;
	set_job(r, o);
	r->percent = UINT8_MAX;
	r->quiet_ms = keep_mono_ms(k);
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->documents[i].state == DOCUMENT_SPENT) {
			r->document = i + 1;
			r->granted = true;
		}
	return 0;
}

int
run_open(struct keep *k, struct error *err)
{
	k->runs = calloc(1, sizeof(*k->runs));
	if (k->runs == NULL)
		return error_errno(err, "cannot watch what is being made");
	TAILQ_INIT(k->runs);
	return store_scan(k->store, ORDER_PRODUCING, 0, RUN_MAX, restore, k, err);
}

void
run_close(struct keep *k)
{
	struct run *r, *next;

	for (r = k->runs != NULL ? TAILQ_FIRST(k->runs) : NULL; r != NULL; r = next) {
		next = TAILQ_NEXT(r, link);
		free_run(k, r);
	}
	free(k->runs);
	k->runs = NULL;
}

struct run *
run_of_order(struct keep *k, const uint8_t order[UUID_BYTES])
{
	struct run *r;

	TAILQ_FOREACH(r, k->runs, link)
		if (memcmp(r->order, order, UUID_BYTES) == 0)
			return r;
	return NULL;
}

/* The latest one: cupsd gives a job-id again when it has lost its own. */
struct run *
run_of_job(struct keep *k, const char *queue, int32_t cups_job)
{
	struct run *r;

	TAILQ_FOREACH_REVERSE(r, k->runs, runs, link)
		if (r->cups_job == cups_job && strcmp(r->queue, queue) == 0)
			return r;
	return NULL;
}

struct run *
run_begin(struct keep *k, const struct order *o, uint32_t document, bool granted)
{
	struct run *r = run_of_order(k, o->uuid);

	if (r == NULL)
		r = new_run(k, o);
	if (r == NULL)
		return NULL;
	TAILQ_REMOVE(k->runs, r, link);
	TAILQ_INSERT_TAIL(k->runs, r, link);
	set_job(r, o);
	r->document = document;
	r->granted = granted;
	r->attested = false;
	r->gave_up = false;
	r->verified = 0;
	if (granted && o->state == ORDER_RELEASED)
		r->impressions = 0;
	r->pages = 0;
	r->all_pages = 0;
	r->percent = UINT8_MAX;
	r->text[0] = '\0';
	r->quiet_ms = keep_mono_ms(k);
	return r;
}

void
run_detach(struct run *r)
{
	if (r->backend == NULL)
		return;
	r->quiet_ms = keep_mono_ms(r->backend->keep);
	r->backend->run = NULL;
	r->backend = NULL;
}

int
run_attach(struct run *r, struct peer *p, struct error *err)
{
	if (r->backend == p)
		return 0;
	/* the same process may have lost its connection and made another */
	if (r->backend != NULL && (p->pid == 0 || r->backend->pid != p->pid))
		return error_set(err, ERROR_REFUSED,
				 "another backend is sending this order");
	run_detach(r);
	if (p->run != NULL)
		run_detach(p->run);
	r->backend = p;
	p->run = r;
	return 0;
}

void
run_peer_gone(struct peer *p)
{
	if (p->run != NULL)
		run_detach(p->run);
}
