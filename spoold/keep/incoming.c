#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/incoming.h"

static struct incoming_list *
bucket(struct keep *k, const uint8_t order[UUID_BYTES])
{
	return &k->intake->buckets[order[0] % INCOMING_BUCKETS];
}

int
intake_open(struct keep *k, struct error *err)
{
	k->intake = calloc(1, sizeof(*k->intake));
	return k->intake != NULL ? 0 : error_errno(err, "cannot take orders in");
}

void
intake_close(struct keep *k)
{
	if (k->intake == NULL)
		return;
	intake_front_gone(k);
	free(k->intake);
	k->intake = NULL;
}

static void
fill(struct order *o, const struct wire_order_begin *begin,
     const struct settings_printer *printer, int64_t now)
{
	order_init(o);
	uuid_make(o->uuid);
	o->state = ORDER_INCOMING;
	o->created = o->changed = now;
	text_copy(o->printer, sizeof(o->printer), printer->name);
	text_copy(o->queue, sizeof(o->queue), printer->queue);
	text_copy(o->user, sizeof(o->user), begin->user);
	text_copy(o->host, sizeof(o->host), begin->host);
	text_copy(o->name, sizeof(o->name), begin->name);
	text_copy(o->language, sizeof(o->language), begin->language);
	o->fetch_until = begin->fetch_until;
	o->retain_until = begin->retain_until;
	o->retain_s = begin->retain_s;
	o->proof_copies = begin->proof_copies;
	o->storage = begin->storage;
	text_strip_controls(o->user);
	text_strip_controls(o->host);
	text_strip_controls(o->name);
	text_strip_controls(o->language);
}

int
incoming_count_attributes(struct keep *k, struct incoming *in, uint32_t len,
			  struct error *err)
{
	if (len > INTAKE_ORDER_ATTRIBUTES - in->attributes) {
		error_set(err, ERROR_FULL,
			  "the order's attributes have more than %d bytes",
			  INTAKE_ORDER_ATTRIBUTES);
		return error_detail(err, WIRE_FULL_ATTRIBUTES);
	}
	if (len > INTAKE_ATTRIBUTES - k->intake->attributes)
		return error_set(err, ERROR_LATER,
				 "too many orders are being handed in at once; try "
				 "again");
	in->attributes += len;
	k->intake->attributes += len;
	return 0;
}

int
incoming_replace_attributes(struct keep *k, struct incoming *in, uint32_t was,
			    uint32_t len, struct error *err)
{
	if (len > was)
		return incoming_count_attributes(k, in, len - was, err);
	in->attributes -= was - len;
	k->intake->attributes -= was - len;
	return 0;
}

static int
copy_attributes(struct order *o, const struct wire_bytes *attributes, struct error *err)
{
	if (attributes->len == 0)
		return 0;
	o->attributes = malloc(attributes->len);
	if (o->attributes == NULL)
		return error_set(err, ERROR_LATER, "no memory for the order");
	memcpy(o->attributes, attributes->data, attributes->len);
	o->attributes_len = attributes->len;
	return 0;
}

struct incoming *
incoming_add(struct keep *k, const struct wire_order_begin *begin,
	     const struct settings_printer *printer, struct error *err)
{
	struct intake *all = k->intake;
	struct incoming *in;

	in = all->count < INTAKE_ORDERS ? calloc(1, sizeof(*in)) : NULL;
	if (in == NULL) {
		error_set(err, ERROR_LATER,
			  "too many orders are being handed in at once; try again");
		return NULL;
	}
	fill(&in->order, begin, printer, keep_now(k));
	LIST_INIT(&in->uploads);
	in->heard_ms = keep_mono_ms(k);
	in->begun = in->turn = k->turn;
	LIST_INSERT_HEAD(bucket(k, in->order.uuid), in, link);
	all->count++;
	if (quota_enter(k, &in->claim, &in->order, printer, err) == 0 &&
	    incoming_count_attributes(k, in, begin->attributes.len, err) == 0 &&
	    copy_attributes(&in->order, &begin->attributes, err) == 0 &&
	    store_next_number(k->store, &in->order.number, err) == 0)
		return in;
	incoming_free(k, in);
	return NULL;
}

static struct incoming *
look_up(struct keep *k, const uint8_t order[UUID_BYTES])
{
	struct incoming *in;

	LIST_FOREACH(in, bucket(k, order), link)
		if (!in->committed && memcmp(in->order.uuid, order, UUID_BYTES) == 0)
			return in;
	return NULL;
}

struct incoming *
incoming_get(struct keep *k, const uint8_t order[UUID_BYTES], struct error *err)
{
	struct incoming *in = look_up(k, order);

	if (in == NULL) {
		error_set(err, ERROR_ABSENT, "there is no such order being handed in");
		return NULL;
	}
	in->heard_ms = keep_mono_ms(k);
	in->turn = k->turn;
	if (in->fault.kind != ERROR_NONE) {
		*err = in->fault;
		return NULL;
	}
	return in;
}

static void
drop_body(struct keep *k, const uint8_t body[UUID_BYTES])
{
	struct error err;

	if (store_drop_body(k->store, body, &err) != 0)
		log_error("cannot drop what was staged; the next start collects it: %s",
			  err.text);
	k->dirty = true;
}

void
incoming_cancel_document(struct keep *k, struct incoming *in, struct order_document *d)
{
	drop_body(k, d->body);
	quota_give_back(k, &in->claim, d->length);
	memset(d->body, 0, sizeof(d->body));
	d->length = 0;
	d->chunks = 0;
	d->state = DOCUMENT_CANCELED;
}

uint64_t
upload_clear(const struct upload *u)
{
	return u->sealed - (uint64_t)SEAL_OVERHEAD * u->chunks;
}

void
upload_give_back(struct upload *u)
{
	quota_give_back(u->peer->keep, &u->order->claim, upload_clear(u));
	u->sealed = 0;
	u->chunks = 0;
}

void
upload_free(struct upload *u, bool drop)
{
	quota_settle(&u->order->claim, &u->expected);
	if (drop) {
		upload_give_back(u);
		drop_body(u->peer->keep, u->body);
	}
	u->order->upload_count--;
	LIST_REMOVE(u, of_peer);
	LIST_REMOVE(u, of_order);
	free(u);
}

struct upload *
upload_add(struct incoming *in, struct peer *p, struct error *err)
{
	struct upload *u, *other;
	unsigned open = 0;

	LIST_FOREACH(other, &p->uploads, of_peer)
		open++;
	u = open < INTAKE_UPLOADS ? calloc(1, sizeof(*u)) : NULL;
	if (u == NULL) {
		error_set(err, ERROR_LATER, "too many documents at once; try again");
		return NULL;
	}
	u->order = in;
	u->peer = p;
	u->turn = p->keep->turn;
	uuid_make_later(u->body);
	LIST_INSERT_HEAD(&p->uploads, u, of_peer);
	LIST_INSERT_HEAD(&in->uploads, u, of_order);
	in->upload_count++;
	return u;
}

void
incoming_free(struct keep *k, struct incoming *in)
{
	struct upload *u, *next;

	for (u = LIST_FIRST(&in->uploads); u != NULL; u = next) {
		next = LIST_NEXT(u, of_order);
		upload_free(u, true);
	}
	for (uint32_t i = 0; !in->committed && i < in->order.document_count; i++)
		if (order_has_body(&in->order.documents[i]))
			drop_body(k, in->order.documents[i].body);
	quota_leave(k, &in->claim);
	k->intake->count--;
	k->intake->attributes -= in->attributes;
	LIST_REMOVE(in, link);
	order_clear(&in->order);
	free(in);
}

const struct order *
intake_find(struct keep *k, const uint8_t *uuid, uint32_t number)
{
	struct incoming *in;

	if (uuid != NULL) {
		in = look_up(k, uuid);
		return in != NULL ? &in->order : NULL;
	}
	for (unsigned i = 0; i < INCOMING_BUCKETS; i++)
		LIST_FOREACH(in, &k->intake->buckets[i], link)
			if (!in->committed && in->order.number == number)
				return &in->order;
	return NULL;
}

void
intake_each(struct keep *k, void (*visit)(const struct order *, void *), void *context)
{
	struct incoming *in;

	for (unsigned i = 0; i < INCOMING_BUCKETS; i++)
		LIST_FOREACH(in, &k->intake->buckets[i], link)
			if (!in->committed)
				visit(&in->order, context);
}

bool
intake_remove(struct keep *k, const uint8_t uuid[UUID_BYTES])
{
	struct incoming *in = look_up(k, uuid);

	if (in != NULL)
		incoming_free(k, in);
	return in != NULL;
}

typedef bool incoming_test(struct keep *k, const struct incoming *in);

static void
free_those(struct keep *k, incoming_test *test)
{
	struct incoming *in, *next;

	for (unsigned i = 0; i < INCOMING_BUCKETS; i++)
		for (in = LIST_FIRST(&k->intake->buckets[i]); in != NULL; in = next) {
			next = LIST_NEXT(in, link);
			if (test(k, in))
				incoming_free(k, in);
		}
}

static bool
is_any(struct keep *k, const struct incoming *in)
{
	(void)k;
	(void)in;
	return true;
}

static bool
is_forgotten(struct keep *k, const struct incoming *in)
{
	int64_t limit = INT64_C(1000) * k->settings->incoming_timeout_s;

	return keep_mono_ms(k) - in->heard_ms > limit && !in->committed;
}

static bool
is_of_this_turn(struct keep *k, const struct incoming *in)
{
	return in->begun == k->turn;
}

static bool
is_committed(struct keep *k, const struct incoming *in)
{
	(void)k;
	return in->committed;
}

void
intake_remove_of(struct keep *k, const char *printer)
{
	struct incoming *in, *next;

	for (unsigned i = 0; i < INCOMING_BUCKETS; i++)
		for (in = LIST_FIRST(&k->intake->buckets[i]); in != NULL; in = next) {
			next = LIST_NEXT(in, link);
			if (!in->committed && strcmp(in->order.printer, printer) == 0)
				incoming_free(k, in);
		}
}

void
intake_expire(struct keep *k)
{
	free_those(k, is_forgotten);
}

void
intake_front_gone(struct keep *k)
{
	free_those(k, is_any);
}

void
intake_peer_gone(struct peer *p)
{
	struct upload *u, *next;

	for (u = LIST_FIRST(&p->uploads); u != NULL; u = next) {
		next = LIST_NEXT(u, of_peer);
		upload_free(u, true);
	}
}

/* What this turn did for these orders has not happened. They can't go on: a chunk or a
 * number of theirs is missing. */
static void
spoil(struct keep *k, const struct error *failed)
{
	struct incoming *in;
	struct upload *u;

	for (unsigned i = 0; i < INCOMING_BUCKETS; i++)
		LIST_FOREACH(in, &k->intake->buckets[i], link) {
			if (in->turn != k->turn)
				continue;
			in->committed = false;
			in->fault = *failed;
			LIST_FOREACH(u, &in->uploads, of_order) {
				u->fault = *failed;
				if (u->said == k->turn) /* taken back with the turn */
					u->said = 0;
			}
		}
}

void
intake_flushed(struct keep *k, const struct error *failed)
{
	if (failed != NULL) {
		spoil(k, failed);
		free_those(k, is_of_this_turn); /* nobody was told its name */
	} else if (k->intake->committed > 0) {
		free_those(k, is_committed);
	}
	k->intake->committed = 0;
}
