/*
 * keep-document.c - documents of an order that is still open: cancelled, they leave nothing
 * behind but their number; described anew, they are as they were described last. An order
 * that is whole is changed in nothing.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/keep-desk.h"

static void
open_order(struct scene *s, struct bench *b, const struct wish *w)
{
	open_desk(s, b);
	hand_begin(b, &s->front, w, &s->h, &s->err);
	for (uint32_t i = 0; i < w->documents; i++)
		hand_document(b, &s->front, &s->h, i, &s->err);
}

static int
change(struct scene *s, uint32_t document, unsigned verb, const char *name)
{
	static const uint8_t own[] = "attributes";
	struct wire_document_change c = {
		.document = document, .verb = (uint8_t)verb, .attributes = {own, 5}};

	memcpy(c.order.bytes, s->h.uuid, UUID_BYTES);
	memcpy(c.name, name, strlen(name));
	return client_ask(s->b, &s->front, WIRE_TYPE_document_change, &c, WIRE_TYPE_ok,
			  NULL, &s->err);
}

static int
cancel(struct scene *s, uint32_t document)
{
	return change(s, document, WIRE_DOCUMENT_CANCEL, "");
}

static bool
is_sound(struct bench *b)
{
	struct store_scrub at = {.number = 0};
	struct store_found found;
	struct store_health health;
	struct error err;

	while (store_scrub(b->k->store, &at, &found, &err) == 1)
		if (found.kind != STORE_FOUND_NOTHING)
			return false;
	return store_check(b->k->store, NULL, NULL, &health, &err) == 0 &&
	       health.faults == 0;
}

static bool
is_there(struct bench *b, const uint8_t body[UUID_BYTES])
{
	struct buf chunk;
	bool more, has;

	while (store_tidy(b->k->store, &more, NULL) == 0 && more)
		continue;
	buf_init(&chunk, SEAL_CHUNK_MAX);
	has = store_read_chunk(b->k->store, body, 0, &chunk, NULL) == 0;
	buf_clear(&chunk);
	return has;
}

/* cupsd runs a ticket of it: the document makes nothing, and its job goes on. */
static bool
is_passed_over(struct scene *s, uint32_t document)
{
	struct client filter, backend;
	bool passed;

	bench_peer(s->b, &filter, WIRE_FROM_FILTER, 31);
	bench_peer(s->b, &backend, WIRE_FROM_FILTER, 32);
	passed = spend(s->b, &filter, &s->h, document, NULL, &s->err) == -1 &&
		 s->err.kind == ERROR_REFUSED &&
		 produce(s->b, &backend, &s->h, &s->err) == -1 &&
		 s->err.kind == ERROR_CONFLICT;
	client_close(&filter);
	client_close(&backend);
	return passed;
}

static void
let_go(struct scene *s)
{
	hand_commit(s->b, &s->front, &s->h, &s->err);
	bench_rest(s->b);
	s->h.job = cups_job_of(s->b, s->h.uuid)->id;
	release(s->b, &s->front, &s->h, s->h.text, 0, &s->err);
	bench_rest(s->b);
}

static void
a_cancelled_document_is_not_made(struct bench *b)
{
	struct scene s;
	struct order o;

	open_order(&s, b, &(struct wish){.documents = 4});
	TAP_OK(is_there(b, s.h.body[1]) && cancel(&s, 1) == 0 && cancel(&s, 4) == 0,
	       "of four documents two are cancelled %s", s.err.text);
	TAP_OK(!is_there(b, s.h.body[0]) && !is_there(b, s.h.body[3]) &&
		       is_there(b, s.h.body[1]),
	       "which frees what they took");
	TAP_OK(cancel(&s, 4) == -1 && s.err.kind == ERROR_CONFLICT, "once: %s",
	       s.err.text);
	TAP_OK(cancel(&s, 5) == -1 && s.err.kind == ERROR_ABSENT &&
		       cancel(&s, 0) == -1 && change(&s, 2, 9, "") == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "what is not there is not cancelled: %s", s.err.text);
	let_go(&s);
	TAP_OK(is_sound(b), "the store is sound");
	order_of(b, &s.h, &o);
	TAP_OK(o.document_count == 4 && o.documents[0].state == DOCUMENT_CANCELED &&
		       order_bytes(&o) == 2 * s.h.bytes,
	       "they keep their numbers, and count for nothing");
	order_clear(&o);
	TAP_OK(cancel(&s, 2) == -1 && s.err.kind == ERROR_ABSENT,
	       "an order that is whole is open no more: %s", s.err.text);
	TAP_OK(is_passed_over(&s, 1), "the first is passed over: %s", s.err.text);
	TAP_OK(make(b, &s.h, 2) && make(b, &s.h, 3) &&
		       state_of(b, &s.h) == ORDER_COMPLETED,
	       "the others are made, and that is all of it");
	TAP_OK(is_passed_over(&s, 4), "the last, too: %s", s.err.text);
	TAP_OK(is_sound(b), "the store is sound");
	close_scene(&s);
}

static void
nor_when_it_begins_anew(struct bench *b)
{
	struct wire_change c = {.verb = WIRE_RESTART, .user = "ada"};
	struct scene s;

	open_order(&s, b, &(struct wish){.documents = 2, .storage = ORDER_STORE_MADE});
	cancel(&s, 1);
	let_go(&s);
	TAP_OK(make(b, &s.h, 2) && state_of(b, &s.h) == ORDER_STORED && is_sound(b),
	       "an order without its first document is made, and stored");
	cups_job_of(b, s.h.uuid)->state = 9;
	memcpy(c.order.bytes, s.h.uuid, UUID_BYTES);
	TAP_OK(client_ask(b, &s.front, WIRE_TYPE_change, &c, WIRE_TYPE_order_info, NULL,
			  &s.err) == 0,
	       "and restarted");
	bench_rest(b);
	client_close(&s.front);
	bench_restart(b);
	bench_channel(b, &s.front);
	bench_rest(b);
	s.h.job = cups_job_of(b, s.h.uuid)->id;
	release(b, &s.front, &s.h, s.h.text, 0, &s.err);
	bench_rest(b);
	TAP_OK(is_passed_over(&s, 1) && make(b, &s.h, 2) &&
		       state_of(b, &s.h) == ORDER_STORED,
	       "it is made again without");
	close_scene(&s);
}

static void
an_order_needs_one(struct bench *b)
{
	struct scene s;
	struct order o;

	open_order(&s, b, &(struct wish){.documents = 1});
	cancel(&s, 1);
	TAP_OK(hand_commit(b, &s.front, &s.h, &s.err) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "an order of cancelled documents only is none: %s", s.err.text);
	close_scene(&s);
	open_order(&s, b, &(struct wish){.documents = 1});
	cancel(&s, 1);
	TAP_OK(hand_document(b, &s.front, &s.h, 1, &s.err) == 0 &&
		       hand_commit(b, &s.front, &s.h, &s.err) == 0,
	       "with another one it is");
	order_of(b, &s.h, &o);
	TAP_OK(o.document_count == 2 && is_sound(b), "with two numbers");
	order_clear(&o);
	close_scene(&s);
	open_order(&s, b, &(struct wish){.documents = 2});
	cancel(&s, 2);
	close_scene(&s);
	client_close(&b->control);
	bench_restart(b);
	TAP_OK(!is_there(b, s.h.body[0]) && is_sound(b),
	       "what front leaves behind is collected");
}

static void
a_document_is_described_anew(struct bench *b)
{
	struct scene s;
	struct order o;

	open_order(&s, b, &(struct wish){.documents = 2});
	TAP_OK(change(&s, 2, WIRE_DOCUMENT_SET, "front\nback") == 0,
	       "a document is described anew");
	hand_commit(b, &s.front, &s.h, &s.err);
	order_of(b, &s.h, &o);
	TAP_OK(strcmp(o.documents[1].name, "front?back") == 0 &&
		       o.documents[1].attributes_len == 5 &&
		       memcmp(o.documents[1].attributes, "attri", 5) == 0 &&
		       o.documents[0].attributes_len == 0,
	       "and no other");
	order_clear(&o);
	close_scene(&s);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	a_cancelled_document_is_not_made(&b);
	nor_when_it_begins_anew(&b);
	an_order_needs_one(&b);
	a_document_is_described_anew(&b);
	bench_close(&b);
	return tap_done();
}
