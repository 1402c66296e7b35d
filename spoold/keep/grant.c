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
#include "spoold/keep/window.h"

struct reading {
	uint32_t next, end;
};

static const char *
why_not(const struct keep *k, const struct order *o, uint32_t index)
{
	if (life_is_suspended(o))
		return "it is suspended by the operator";
	if (o->state == ORDER_RELEASED && control_rests(k, o->printer, o->queue))
		return "its printer begins nothing at present";
	if (!order_has_body(&o->documents[index]))
		return "this document was cancelled";
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

/* A chunk from the store, and whether it is sound: if not, its order is set aside. */
static int
read_chunk(struct peer *p, uint32_t chunk, bool check, struct wire_chunk *answer,
	   struct error *err)
{
	struct error why = {0};
	const void *data = NULL;
	size_t len = 0;
	int rc = store_lend_chunk(p->keep->store, p->body, chunk, &data, &len, &why);

	if (rc == 0 && check && !seal_chunk_sound(data, len))
		rc = error_set(&why, ERROR_CORRUPT, "it is damaged in the store");
	if (rc != 0) {
		if (why.kind == ERROR_CORRUPT)
			set_aside(p, chunk, why.text);
		*err = why;
		return error_prefix(err, "piece %u of the document", chunk);
	}
	memcpy(answer->body.bytes, p->body, UUID_BYTES);
	answer->chunk = chunk;
	answer->data = (struct wire_bytes){data, (uint32_t)len};
	return 0;
}

/* Who has a window unseals what it reads there, and says if it can't: a sum would cost as
 * much as all else that is done here for a piece. */
static int
read_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct reading *r = state;
	struct wire_chunk answer;

	if (read_chunk(p, r->next, p->window == NULL, &answer, err) != 0)
		return -1;
	if (p->window == NULL)
		peer_say(p, WIRE_TYPE_chunk, &answer);
	else
		window_put(p, &answer);
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

/* The document that this connection was granted, and may still read. */
static int
check_granted(struct peer *p, const wire_c_uuid *body, struct error *err)
{
	if (p->body_chunks == 0 || memcmp(p->body, body->bytes, UUID_BYTES) != 0)
		return error_set(err, ERROR_REFUSED,
				 "this connection was not granted that document");
	if (!may_be_read(p))
		return error_set(err, ERROR_REFUSED,
				 "the order is not being made, or not stored");
	return 0;
}

int
grant_read(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_read *r = &m->read;
	struct reading state = {.next = r->first, .end = r->first + r->count};

	if (check_granted(p, &r->body, err) != 0)
		return -1;
	if (r->count == 0 || r->count > WIRE_READ_CHUNKS ||
	    r->first >= p->body_chunks || r->count > p->body_chunks - r->first)
		return error_set(err, ERROR_INPUT,
				 "pieces %u to %u of a document of %u", r->first,
				 r->first + r->count, p->body_chunks);
	peer_pump(p, read_on, &state, sizeof(state));
	return 0;
}

int
grant_doubt(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_doubt *d = &m->doubt;
	struct wire_chunk chunk;

	if (check_granted(p, &d->body, err) != 0)
		return -1;
	if (d->chunk >= p->body_chunks)
		return error_set(err, ERROR_INPUT, "piece %u of a document of %u",
				 d->chunk, p->body_chunks);
	if (read_chunk(p, d->chunk, true, &chunk, err) != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}
