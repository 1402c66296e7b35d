#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/control.h"
#include "spoold/keep/grant.h"
#include "spoold/keep/life.h"
#include "spoold/keep/run.h"

struct reading {
	uint8_t body[UUID_BYTES];
	uint32_t next, end;
};

static const char *
why_not(const struct keep *k, const struct order *o, uint32_t index)
{
	if (life_is_suspended(o))
		return "it is suspended by the operator";
	if (o->state == ORDER_RELEASED && control_rests(k, o->printer, o->queue))
		return "its printer begins nothing at present";
	if (life_is_made(o, index))
		return "this document was made already";
	if (o->documents[index].left_out)
		return "this document is not part of the release";
	switch (o->state) {
	case ORDER_HELD:
		return "it waits for the customer's identification";
	case ORDER_RELEASED:
		return "its release has run out";
	case ORDER_PRODUCING:
		return "it was given out already";
	case ORDER_STOPPED:
		return "it stopped and must be released again";
	default:
		return "it is over";
	}
}

static bool
may_be_spent(const struct keep *k, const struct order *o, uint32_t index)
{
	uint8_t state = o->documents[index].state;

	if (o->grant.wrapped_len == 0 || o->documents[index].left_out)
		return false;
	if (o->state == ORDER_RELEASED &&
	    (life_is_suspended(o) || control_rests(k, o->printer, o->queue) != NULL))
		return false;
	if (o->state == ORDER_RELEASED)
		return !life_is_made(o, index) && o->grant.until >= calendar_now(k);
	return o->state == ORDER_PRODUCING && state == DOCUMENT_WAITING;
}

/* cupsd runs the job again although its grant is spent, and nobody is left of the first
 * run: what became of that nobody will say any more. */
static void
stop_rerun(struct keep *k, struct order *o, uint32_t index)
{
	const struct run *r = run_of_order(k, o->uuid);
	struct error err;

	if (o->state != ORDER_PRODUCING ||
	    o->documents[index].state != DOCUMENT_SPENT || o->documents[index].left_out)
		return;
	if (r != NULL && r->backend != NULL)
		return;
	if (life_stop(k, o, "job-stopped",
		      "The printing system began the job again; it " LIFE_IN_PART,
		      "cupsd", &err) != 0)
		log_error("order %u cannot be stopped: %s", o->number, err.text);
}

static int
refuse(struct peer *p, struct order *o, uint32_t document, struct error *err)
{
	struct keep *k = p->keep;
	const struct run *r = run_of_order(k, o->uuid);

	error_set(err, ERROR_REFUSED, "order %u: %s", o->number,
		  why_not(k, o, document - 1));
	audit_count(k, o, 0, AUDIT_REFUSED, o->queue, why_not(k, o, document - 1));
	stop_rerun(k, o, document - 1);
	if (r == NULL || r->backend == NULL)
		run_begin(k, o, document, false);
	return -1;
}

static int
open_document(struct keep *k, const struct order *o, const struct order_document *d,
	      struct wire_granted *granted, struct error *err)
{
	struct seal_key *key = seal_key_new(), *document_key = seal_key_new();
	int rc = seal_grant_unwrap(k->site, o->uuid, o->grant.wrapped,
				   o->grant.wrapped_len, key, err);

	if (rc == 0) {
		seal_document_key(key, d->body, document_key);
		memcpy(granted->document_key.bytes, document_key->bytes,
		       SEAL_KEY_BYTES);
	}
	seal_key_free(key);
	seal_key_free(document_key);
	return rc;
}

static void
describe(const struct order *o, const struct order_document *d,
	 struct wire_granted *granted)
{
	memcpy(granted->body.bytes, d->body, UUID_BYTES);
	granted->length = d->length;
	granted->chunks = d->chunks;
	text_copy(granted->cipher, sizeof(granted->cipher), o->sealing.cipher);
	text_copy(granted->format, sizeof(granted->format), d->format);
}

static int
spend(struct peer *p, struct order *o, uint32_t document, struct error *err)
{
	struct keep *k = p->keep;
	const struct order_document *d = &o->documents[document - 1];
	struct wire_granted granted = {0};
	struct run *r;

	if (!may_be_spent(k, o, document - 1))
		return refuse(p, o, document, err);
	r = run_begin(k, o, document, true);
	if (r == NULL)
		return error_set(err, ERROR_LATER, "too many orders are being made");
	if (open_document(k, o, d, &granted, err) != 0 ||
	    life_spend(k, o, document - 1, err) != 0) {
		r->granted = false;
		seal_wipe(&granted, sizeof(granted));
		return -1;
	}
	describe(o, d, &granted);
	memcpy(p->granted.bytes, o->uuid, UUID_BYTES);
	memcpy(p->body, d->body, UUID_BYTES);
	p->body_chunks = d->chunks;
	peer_widen(p);
	peer_say(p, WIRE_TYPE_granted, &granted);
	seal_wipe(&granted, sizeof(granted));
	return 0;
}

int
grant_spend(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_spend *s = &m->spend;
	struct order o;
	int rc = -1;

	order_init(&o);
	if (store_get(p->keep->store, s->order.bytes, &o, NULL) != 0)
		error_set(err, ERROR_REFUSED, "there is no such order");
	else if (o.cups_job == 0 || o.cups_job != s->cups_job ||
		 strcmp(o.queue, s->queue) != 0) {
		error_set(err, ERROR_REFUSED,
			  "order %u does not belong to job %d of queue '%s'", o.number,
			  s->cups_job, s->queue);
		audit_count(p->keep, &o, 0, AUDIT_REFUSED, s->queue,
			    "another job's ticket");
	} else if (s->document == 0 || s->document > o.document_count)
		error_set(err, ERROR_REFUSED, "order %u has no document %u", o.number,
			  s->document);
	else
		rc = spend(p, &o, s->document, err);
	order_clear(&o);
	return rc;
}

static void
set_aside(struct peer *p, uint32_t chunk, const char *why)
{
	struct order o;
	struct error err;
	char text[ORDER_TEXT_MAX];

	snprintf(text, sizeof(text),
		 "piece %u of a document: %.200s; restore it from a backup, or cancel "
		 "the order",
		 chunk, why);
	if (store_get(p->keep->store, p->granted.bytes, &o, &err) != 0)
		return;
	if (life_set_corrupt(p->keep, &o, text, &err) != 0)
		log_error("order %u is damaged but cannot be set aside: %s", o.number,
			  err.text);
	order_clear(&o);
}

/* Read to where it leaves from, and looked over there: each copy of it would cost as much
 * as the disk takes. */
static int
read_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct reading *r = state;
	struct wire_chunk answer = {.chunk = r->next};
	struct error why = {0};
	size_t at, from;
	int rc;

	memcpy(answer.body.bytes, r->body, UUID_BYTES);
	at = peer_begin_chunk(p, &answer);
	if (p->doomed)
		return error_set(err, ERROR_SYSTEM, "the connection has ended");
	from = p->out.len;
	rc = store_add_chunk(p->keep->store, r->body, r->next, &p->out, &why);
	if (rc == 0 && !seal_chunk_sound(p->out.data + from, p->out.len - from))
		rc = error_set(&why, ERROR_CORRUPT, "it is damaged in the store");
	if (rc != 0) {
		p->out.len = at;
		if (why.kind == ERROR_CORRUPT)
			set_aside(p, r->next, why.text);
		*err = why;
		return error_prefix(err, "piece %u of the document", r->next);
	}
	wire_grow(&p->out, at);
	*more = ++r->next < r->end;
	return 0;
}

/* Cancelled meanwhile, or stopped, or no longer stored: then nothing more is given out. */
static bool
may_be_read(struct peer *p)
{
	bool by_filter = (p->role & WIRE_FROM_FILTER) != 0;
	struct order o;
	bool may;

	if (store_get(p->keep->store, p->granted.bytes, &o, NULL) != 0)
		return false;
	may = o.state == (by_filter ? ORDER_PRODUCING : ORDER_STORED);
	order_clear(&o);
	return may;
}

static void
say_opened(struct peer *p, const struct order *o, const struct order_document *d)
{
	struct wire_opened opened = {.length = d->length,
				     .chunks = d->chunks,
				     .attributes = {d->attributes, d->attributes_len}};

	memcpy(p->granted.bytes, o->uuid, UUID_BYTES);
	memcpy(p->body, d->body, UUID_BYTES);
	p->body_chunks = d->chunks;
	memcpy(opened.body.bytes, d->body, UUID_BYTES);
	text_copy(opened.cipher, sizeof(opened.cipher), o->sealing.cipher);
	text_copy(opened.format, sizeof(opened.format), d->format);
	text_copy(opened.name, sizeof(opened.name), d->name);
	peer_say(p, WIRE_TYPE_opened, &opened);
}

int
grant_open(struct peer *p, const union wire_any *m, struct error *err)
{
	static const uint8_t none[UUID_BYTES];
	const struct wire_open *w = &m->open;
	struct order o;
	int rc = -1;

	if (memcmp(w->order.bytes, none, UUID_BYTES) == 0 ||
	    memcmp(w->order.bytes, p->opened.bytes, UUID_BYTES) != 0)
		return error_set(err, ERROR_REFUSED,
				 "this connection has not proven that order");
	if (store_get(p->keep->store, w->order.bytes, &o, err) != 0)
		return -1;
	if (o.state != ORDER_STORED)
		error_set(err, ERROR_CONFLICT, "order %u is stored no more", o.number);
	else if (w->document == 0 || w->document > o.document_count)
		error_set(err, ERROR_INPUT, "order %u has no document %u", o.number,
			  w->document);
	else {
		say_opened(p, &o, &o.documents[w->document - 1]);
		rc = 0;
	}
	order_clear(&o);
	return rc;
}

int
grant_read(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_read *r = &m->read;
	struct reading state = {.next = r->first, .end = r->first + r->count};

	if (p->body_chunks == 0 || memcmp(p->body, r->body.bytes, UUID_BYTES) != 0)
		return error_set(err, ERROR_REFUSED,
				 "this connection was not granted that document");
	if (r->count == 0 || r->count > WIRE_READ_CHUNKS ||
	    r->first >= p->body_chunks || r->count > p->body_chunks - r->first)
		return error_set(err, ERROR_INPUT,
				 "pieces %u to %u of a document of %u", r->first,
				 r->first + r->count, p->body_chunks);
	if (!may_be_read(p))
		return error_set(err, ERROR_REFUSED,
				 "the order is not being made, or not stored");
	memcpy(state.body, p->body, UUID_BYTES);
	peer_pump(p, read_on, &state, sizeof(state));
	return 0;
}
