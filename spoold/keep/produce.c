#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/life.h"
#include "spoold/keep/produce.h"
#include "spoold/keep/run.h"

/* The order that this job is producing now, with its run. The caller clears o, also
 * after a fault. */
static struct run *
find(struct keep *k, const char *queue, int32_t cups_job, struct order *o,
     struct error *err)
{
	struct run *r = run_of_job(k, queue, cups_job);

	order_init(o);
	if (r == NULL || store_get(k->store, r->order, o, NULL) != 0) {
		error_set(err, ERROR_REFUSED,
			  "no document was given out for job %d of queue '%s'",
			  cups_job, queue);
		return NULL;
	}
	if (!r->granted || o->state != ORDER_PRODUCING || o->cups_job != cups_job ||
	    strcmp(o->queue, queue) != 0 || r->document == 0 ||
	    r->document > o->document_count ||
	    o->documents[r->document - 1].state != DOCUMENT_SPENT) {
		error_set(err, ERROR_REFUSED, "order %u is not being made by job %d",
			  o->number, cups_job);
		return NULL;
	}
	return r;
}

/* Of an order that waits: what its job says in cupsd. "" of others. */
static void
job_sentence(const struct order *o, char *sentence, size_t size)
{
	sentence[0] = '\0';
	if (!order_has_ended(o->state) && o->state != ORDER_PRODUCING)
		life_sentence(o, sentence, size);
}

static int
say_recorded(struct peer *p, const struct order *o)
{
	struct wire_recorded recorded;

	job_sentence(o, recorded.sentence, sizeof(recorded.sentence));
	peer_say(p, WIRE_TYPE_recorded, &recorded);
	return 0;
}

static int
say_ok(struct peer *p)
{
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

/* messages.h at `stream`: no filter of the chain before this one was killed. */
static int
check_custody(const struct run *r, const struct order *o, const struct wire_stream *s,
	      struct error *err)
{
	if (!r->attested && s->length != o->documents[r->document - 1].length)
		return error_set(err, ERROR_REFUSED,
				 "order %u: the filter before %s did not say that its "
				 "output is whole",
				 o->number, s->filter);
	if (r->attested && s->in_length != 0 &&
	    (s->in_length != r->length ||
	     !seal_equal(r->digest, s->in_digest.bytes, sizeof(r->digest))))
		return error_set(err, ERROR_REFUSED,
				 "order %u: %s did not read what the filter before it "
				 "wrote",
				 o->number, s->filter);
	return 0;
}

int
produce_stream(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_stream *s = &m->stream;
	struct order o;
	struct run *r = find(p->keep, s->queue, s->cups_job, &o, err);

	if (r != NULL && check_custody(r, &o, s, err) != 0)
		r = NULL;
	if (r != NULL) {
		r->attested = true;
		r->length = s->length;
		memcpy(r->digest, s->digest.bytes, sizeof(r->digest));
	}
	order_clear(&o);
	return r != NULL ? say_ok(p) : -1;
}

int
produce_give_up(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_give_up *w = &m->give_up;
	struct order o;
	struct run *r = find(p->keep, w->queue, w->cups_job, &o, err);

	if (r != NULL && !r->gave_up) {
		r->gave_up = true;
		text_copy(r->reason, sizeof(r->reason), w->reason);
		text_copy(r->why, sizeof(r->why), w->text);
		text_strip_controls(r->why);
	}
	order_clear(&o);
	return r != NULL ? say_ok(p) : -1;
}

int
produce_wishes(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_wishes *w = &m->wishes;
	struct order o;
	struct run *r = find(p->keep, w->queue, w->cups_job, &o, err);

	if (r != NULL) {
		const struct order_document *d = &o.documents[r->document - 1];
		const struct wire_wished wished = {
			.document = r->document,
			.copies = o.release_copies,
			.skip = d->skip,
			.attributes = {d->attributes, d->attributes_len},
			.order = {o.attributes, o.attributes_len}};

		peer_say(p, WIRE_TYPE_wished, &wished);
	}
	order_clear(&o);
	return r != NULL ? 0 : -1;
}

int
produce_pages(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_pages *w = &m->pages;
	struct order o;
	struct run *r = find(p->keep, w->queue, w->cups_job, &o, err);

	if (r != NULL)
		r->all_pages = w->pages;
	order_clear(&o);
	return r != NULL ? say_ok(p) : -1;
}

static void
say_producing(struct peer *p, const struct order *o, const struct run *r)
{
	const struct order_document *d = &o->documents[r->document - 1];
	struct wire_producing producing = {.number = o->number,
					   .document = r->document,
					   .documents = o->document_count};

	memcpy(producing.order.bytes, o->uuid, UUID_BYTES);
	text_copy(producing.printer, sizeof(producing.printer), o->printer);
	text_copy(producing.name, sizeof(producing.name), o->name);
	text_copy(producing.user, sizeof(producing.user), o->user);
	text_copy(producing.document_name, sizeof(producing.document_name), d->name);
	peer_say(p, WIRE_TYPE_producing, &producing);
}

/* messages.h at `produce`: cupsd aborts a job of several files unless the backend of
 * each but the last ends well. */
static void
soften(const struct run *r, const struct order *o, struct error *err)
{
	bool done = r->document > 0 && r->document <= o->document_count &&
		    (o->documents[r->document - 1].state == DOCUMENT_PRODUCED ||
		     !order_has_body(&o->documents[r->document - 1]));

	if (done || r->document < r->documents)
		err->kind = ERROR_CONFLICT;
}

/* The job is held again, and says what its order waits for. A release that has run out is
 * taken back by the next tick. */
static void
say_what_it_waits_for(const struct keep *k, struct order *o, struct error *err)
{
	char sentence[ORDER_TEXT_MAX];

	if (o->state == ORDER_RELEASED && o->grant.until < calendar_now(k))
		o->state = ORDER_HELD;
	job_sentence(o, sentence, sizeof(sentence));
	if (sentence[0] != '\0')
		error_set(err, ERROR_REFUSED, "%s", sentence);
}

int
produce_produce(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_produce *w = &m->produce;
	struct order o;
	struct run *r = find(p->keep, w->queue, w->cups_job, &o, err);
	int rc = -1;

	if (r != NULL && run_attach(r, p, err) == 0) {
		say_producing(p, &o, r);
		rc = 0;
	} else {
		r = run_of_job(p->keep, w->queue, w->cups_job);
		if (r == NULL)
			err->kind = ERROR_ABSENT;
		else
			soften(r, &o, err);
		if (err->kind == ERROR_REFUSED)
			say_what_it_waits_for(p->keep, &o, err);
	}
	order_clear(&o);
	return rc;
}

int
produce_verify(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_verify *v = &m->verify;
	struct order o;
	struct run *r = find(p->keep, v->queue, v->cups_job, &o, err);
	int rc = -1;

	if (r == NULL || run_attach(r, p, err) != 0)
		goto out;
	if (r->gave_up)
		error_set(err, ERROR_REFUSED, "%s", r->why);
	else if (!r->attested)
		error_set(err, ERROR_REFUSED,
			  "no filter said that its output for order %u is whole",
			  o.number);
	else if (r->length != v->length ||
		 !seal_equal(r->digest, v->digest.bytes, sizeof(r->digest)))
		error_set(err, ERROR_REFUSED,
			  "order %u: %llu bytes came where the filter wrote %llu, or "
			  "other ones",
			  o.number, (unsigned long long)v->length,
			  (unsigned long long)r->length);
	else {
		r->verified = r->document;
		rc = say_ok(p);
	}
out:
	order_clear(&o);
	return rc;
}

int
produce_progress(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_progress *w = &m->progress;
	struct order o;
	struct run *r = find(p->keep, w->queue, w->cups_job, &o, err);

	if (r != NULL && run_attach(r, p, NULL) == 0) {
		r->impressions +=
			w->impressions > r->pages ? w->impressions - r->pages : 0;
		if (w->impressions > r->pages)
			r->pages = w->impressions;
		r->percent = w->percent;
		text_copy(r->text, sizeof(r->text), w->text);
		text_strip_controls(r->text);
	}
	order_clear(&o);
	return 0; /* news about what is over meanwhile are no fault */
}

static int
record(struct keep *k, struct order *o, const struct run *r,
       const struct wire_outcome *w, struct error *err)
{
	switch (w->result) {
	case WIRE_COMPLETED:
		if (r->verified != r->document)
			return error_set(err, ERROR_REFUSED,
					 "order %u was not verified", o->number);
		return life_produced(k, o, r->document - 1, err);
	case WIRE_STOPPED:
		if (r->gave_up)
			return life_stop(k, o, r->reason, r->why, "filter", err);
		return life_stop(k, o, w->reason, w->text, "backend", err);
	case WIRE_CANCELED:
		return life_end(k, o, ORDER_CANCELED, "job-canceled-at-device",
				w->text[0] != '\0'
					? w->text
					: "Cancelled while it was being made",
				"backend", err);
	default:
		return error_set(err, ERROR_INPUT, "unknown outcome %u", w->result);
	}
}

/* The backend did not hear our answer, and asks again: it has happened. */
static bool
is_repeated(struct keep *k, const struct wire_outcome *w, const struct order *o)
{
	const struct run *r = run_of_job(k, w->queue, w->cups_job);

	if (r == NULL || w->result != WIRE_COMPLETED || r->document == 0 ||
	    r->document > o->document_count || r->verified != r->document)
		return false;
	/* with its last document a proof was made, and the order is held again */
	return o->documents[r->document - 1].state == DOCUMENT_PRODUCED ||
	       (o->state == ORDER_HELD && o->proofs > 0);
}

int
produce_outcome(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_outcome *w = &m->outcome;
	struct keep *k = p->keep;
	struct order o;
	struct run *r = find(k, w->queue, w->cups_job, &o, err);
	int rc = -1;

	if (r == NULL) {
		if (is_repeated(k, w, &o))
			rc = say_recorded(p, &o);
	} else if (run_attach(r, p, err) == 0 && record(k, &o, r, w, err) == 0) {
		run_detach(r);
		rc = say_recorded(p, &o);
	}
	order_clear(&o);
	return rc;
}
