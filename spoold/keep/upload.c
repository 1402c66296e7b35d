/*
 * upload.c - documents of incoming orders.
 *
 * A chunk has no answer as long as all is well. One that nobody here began (a replay, another peer's body, an
 * order that was aborted meanwhile) changes nothing; a fault of one that was begun is
 * said at once, and instead of an answer to document_end.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/incoming.h"

static struct upload *
find(struct peer *p, const uint8_t body[UUID_BYTES])
{
	struct upload *u;

	LIST_FOREACH(u, &p->uploads, of_peer)
		if (memcmp(u->body, body, UUID_BYTES) == 0)
			return u;
	return NULL;
}

/* What one document, and with `more` bytes of it its order, may have; in clear, as their
 * customer counts. */
static int
check_size(struct keep *k, const struct incoming *in, uint64_t document, uint64_t more,
	   struct error *err)
{
	if (document > k->settings->max_document_bytes) {
		error_set(err, ERROR_FULL,
			  "the document has more than the %llu bytes allowed",
			  (unsigned long long)k->settings->max_document_bytes);
		return error_detail(err, WIRE_FULL_DOCUMENT);
	}
	if (in->claim.bytes + more > k->settings->max_order_bytes) {
		error_set(err, ERROR_FULL,
			  "the order has more than the %llu bytes allowed",
			  (unsigned long long)k->settings->max_order_bytes);
		return error_detail(err, WIRE_FULL_ORDER);
	}
	return 0;
}

int
intake_document_begin(struct peer *p, const union wire_any *m, struct error *err)
{
	struct incoming *in = incoming_get(p->keep, m->document_begin.order.bytes, err);
	struct wire_document_begun begun;
	struct upload *u;

	if (in == NULL)
		return -1;
	if (in->order.document_count + in->upload_count >=
	    p->keep->settings->max_documents) {
		error_set(err, ERROR_FULL,
			  "the order has %u documents; more are not allowed",
			  in->order.document_count);
		return error_detail(err, WIRE_FULL_DOCUMENTS);
	}
	if (check_size(p->keep, in, m->document_begin.expected,
		       m->document_begin.expected, err) != 0)
		return -1;
	u = upload_add(in, p, err);
	if (u == NULL)
		return -1;
	if (quota_expect(p->keep, &in->claim, m->document_begin.expected, err) != 0) {
		upload_free(u, true);
		return -1;
	}
	u->expected = m->document_begin.expected;
	memcpy(begun.body.bytes, u->body, UUID_BYTES);
	peer_say(p, WIRE_TYPE_document_begun, &begun);
	return 0;
}

static int
take_chunk(struct keep *k, struct upload *u, const struct wire_chunk *chunk,
	   struct error *err)
{
	uint64_t clear;

	if (chunk->chunk != u->chunks)
		return error_set(err, ERROR_INPUT,
				 "piece %u of a document came where %u was due",
				 chunk->chunk, u->chunks);
	if (chunk->data.len < SEAL_OVERHEAD)
		return error_set(err, ERROR_INPUT, "a piece of %u bytes",
				 chunk->data.len);
	clear = chunk->data.len - SEAL_OVERHEAD;
	if (check_size(k, u->order, upload_clear(u) + clear, clear, err) != 0 ||
	    quota_take(k, &u->order->claim, &u->expected, clear, err) != 0)
		return -1;
	if (store_append(k->store, u->body, u->chunks, chunk->data.data,
			 chunk->data.len, err) != 0) {
		quota_give_back(k, &u->order->claim, clear);
		return -1;
	}
	u->chunks++;
	u->sealed += chunk->data.len;
	return 0;
}

int
intake_chunk(struct peer *p, const union wire_any *m, struct error *err)
{
	struct upload *u = find(p, m->chunk.body.bytes);
	struct error fault = {0};

	(void)err;
	if (u == NULL || u->fault.kind != ERROR_NONE)
		return 0;
	u->turn = u->order->turn = p->keep->turn;
	u->order->heard_ms = keep_mono_ms(p->keep);
	if (take_chunk(p->keep, u, &m->chunk, &fault) == 0)
		return 0;
	u->fault = fault;
	u->said = p->keep->turn;
	peer_say_failed(p, &fault); /* so that the rest need not come */
	upload_give_back(u);
	quota_settle(&u->order->claim, &u->expected);
	store_drop_body(p->keep->store, u->body, NULL);
	return 0;
}

static int
check_end(const struct upload *u, const struct wire_document_end *m, struct error *err)
{
	if (u->fault.kind != ERROR_NONE) {
		*err = u->fault;
		return -1;
	}
	if (memcmp(u->order->order.uuid, m->order.bytes, UUID_BYTES) != 0)
		return error_set(err, ERROR_INPUT,
				 "the document belongs to another order");
	if (u->chunks == 0 || m->chunks != u->chunks ||
	    m->length != u->sealed - (uint64_t)SEAL_OVERHEAD * u->chunks)
		return error_set(err, ERROR_INPUT,
				 "%u pieces of a document came where %u were expected",
				 u->chunks, m->chunks);
	return 0;
}

static int
add_document(struct order *o, const struct upload *u, const struct wire_document_end *m,
	     struct error *err)
{
	uint8_t *attributes = NULL;
	struct order_document *d;

	if (m->attributes.len > 0) {
		attributes = malloc(m->attributes.len);
		if (attributes == NULL)
			return error_set(err, ERROR_LATER, "no memory for the order");
		memcpy(attributes, m->attributes.data, m->attributes.len);
	}
	d = order_add_document(o);
	if (d == NULL) {
		free(attributes);
		return error_set(err, ERROR_FULL, "too many documents");
	}
	memcpy(d->body, u->body, UUID_BYTES);
	d->length = m->length;
	d->chunks = u->chunks;
	d->state = DOCUMENT_WAITING;
	d->attributes = attributes;
	d->attributes_len = m->attributes.len;
	text_copy(d->format, sizeof(d->format), m->format);
	text_copy(d->name, sizeof(d->name), m->name);
	text_strip_controls(d->format);
	text_strip_controls(d->name);
	return 0;
}

int
intake_document_end(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_document_end *end = &m->document_end;
	struct upload *u = find(p, end->body.bytes);
	bool taken;

	if (u == NULL)
		return error_set(err, ERROR_ABSENT,
				 "there is no such document being handed in");
	u->order->turn = p->keep->turn;
	u->order->heard_ms = keep_mono_ms(p->keep);
	if (u->said != 0) {
		/* that was the answer; what was said before this turn has left */
		if (u->said != p->keep->turn)
			p->owing--;
		upload_free(u, true);
		return 0;
	}
	taken = check_end(u, end, err) == 0 &&
		incoming_count_attributes(p->keep, u->order, end->attributes.len,
					  err) == 0 &&
		add_document(&u->order->order, u, end, err) == 0;
	upload_free(u, !taken);
	if (!taken)
		return -1;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

static int
set_document(struct keep *k, struct incoming *in, struct order_document *d,
	     const struct wire_document_change *m, struct error *err)
{
	uint8_t *attributes = malloc(m->attributes.len + 1);

	if (attributes == NULL)
		return error_set(err, ERROR_LATER, "no memory for the order");
	if (incoming_replace_attributes(k, in, d->attributes_len, m->attributes.len,
					err) != 0) {
		free(attributes);
		return -1;
	}
	if (m->attributes.len > 0)
		memcpy(attributes, m->attributes.data, m->attributes.len);
	free(d->attributes);
	d->attributes = attributes;
	d->attributes_len = m->attributes.len;
	text_copy(d->name, sizeof(d->name), m->name);
	text_strip_controls(d->name);
	return 0;
}

int
intake_document_change(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_document_change *c = &m->document_change;
	struct incoming *in = incoming_get(p->keep, c->order.bytes, err);
	struct order_document *d;

	if (in == NULL)
		return -1;
	if (c->document == 0 || c->document > in->order.document_count)
		return error_set(err, ERROR_ABSENT, "the order has no document %u",
				 c->document);
	d = &in->order.documents[c->document - 1];
	if (!order_has_body(d))
		return error_set(err, ERROR_CONFLICT, "document %u was cancelled",
				 c->document);
	if (c->verb == WIRE_DOCUMENT_CANCEL)
		incoming_cancel_document(p->keep, in, d);
	else if (c->verb != WIRE_DOCUMENT_SET)
		return error_set(err, ERROR_INPUT, "unknown verb %u", c->verb);
	else if (set_document(p->keep, in, d, c, err) != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}
