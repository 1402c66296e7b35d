/*
 * keep-stored.c - an order that was made, or is not to be, keeps its documents: for its
 * owner to hand in anew, until its date or a cancel; nothing of it is ever made again.
 */
#include <string.h>

#include "lib/order/audit.h"
#include "spoold/keep/life.h"
#include "tests/tap.h"
#include "tests/unit/keep-desk.h"

static int
show_key(struct scene *s, struct client *c, const struct seal_key *key)
{
	return prove(s->b, c, &s->h, key, WIRE_OPEN, 0, &s->err);
}

static int
open_document(struct scene *s, struct client *c, uint32_t document,
	      struct wire_opened *opened)
{
	struct wire_open ask = {.document = document};
	union wire_any m;

	memcpy(ask.order.bytes, s->h.uuid, UUID_BYTES);
	if (client_ask(s->b, c, WIRE_TYPE_open, &ask, WIRE_TYPE_opened, &m, &s->err) !=
	    0)
		return -1;
	*opened = m.opened;
	return 0;
}

static int
read_first(struct scene *s, struct client *c, const struct wire_opened *opened)
{
	struct wire_read ask = {.body = opened->body, .count = 1};

	return client_ask(s->b, c, WIRE_TYPE_read, &ask, WIRE_TYPE_chunk, NULL,
			  &s->err);
}

static uint64_t
bytes_of(struct scene *s)
{
	struct store_usage usage;

	store_usage_owner(s->b->k->store, "ada", "192.0.2.7", &usage, NULL);
	return usage.bytes;
}

static int
cancel(struct scene *s, const char *user)
{
	struct wire_change c = {.verb = WIRE_CANCEL};

	memcpy(c.order.bytes, s->h.uuid, UUID_BYTES);
	memcpy(c.user, user, strlen(user));
	return client_ask(s->b, &s->front, WIRE_TYPE_change, &c, WIRE_TYPE_order_info,
			  NULL, &s->err);
}

struct tally {
	uint32_t number;
	enum audit_event event;
	unsigned entries;
};

static int
visit(uint64_t number, const uint8_t link[SEAL_KEY_BYTES], const void *entry,
      size_t len, void *context)
{
	struct tally *t = context;
	struct audit_entry e;

	(void)number;
	(void)link;
	t->entries += audit_decode(&e, entry, len, NULL) == 0 &&
		      e.number == t->number && e.event == t->event;
	return 0;
}

static unsigned
entries(struct bench *b, uint32_t number, enum audit_event event)
{
	struct tally t = {.number = number, .event = event};

	store_audit_scan(b->k->store, 0, visit, &t, NULL);
	return t.entries;
}

static bool
has_documents(struct scene *s)
{
	struct buf chunk;
	bool more, has;

	while (store_tidy(s->b->k->store, &more, NULL) == 0 && more)
		continue;
	buf_init(&chunk, SEAL_CHUNK_MAX);
	has = store_read_chunk(s->b->k->store, s->h.body[0], 0, &chunk, NULL) == 0;
	buf_clear(&chunk);
	return has;
}

static void
what_was_made_is_stored(struct bench *b)
{
	struct scene s;
	struct order o;

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_MADE, .documents = 2});
	TAP_OK(state_of(b, &s.h) == ORDER_HELD, "it waits as any other");
	TAP_OK(show_key(&s, &s.front, s.h.key) == -1 && s.err.kind == ERROR_CONFLICT,
	       "and is not stored yet: %s", s.err.text);
	release(b, &s.front, &s.h, s.h.text, 0, &s.err);
	bench_rest(b);
	TAP_OK(show_key(&s, &s.front, s.h.key) == -1 && s.err.kind == ERROR_CONFLICT,
	       "nor while it is to be made: %s", s.err.text);
	TAP_OK(make(b, &s.h, 1) && make(b, &s.h, 2) &&
		       state_of(b, &s.h) == ORDER_STORED,
	       "made, it is stored");
	order_of(b, &s.h, &o);
	TAP_OK(o.grant.wrapped_len == 0 && o.ended > 0 && has_documents(&s),
	       "without a grant, with its documents");
	order_clear(&o);
	TAP_OK(entries(b, s.h.number, AUDIT_COMPLETED) == 1 &&
		       entries(b, s.h.number, AUDIT_STORED) == 1,
	       "and the audit has both");
	TAP_OK(bytes_of(&s) == 2 * s.h.bytes, "which count for its customer");
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 1, &s.err) == -1 &&
		       s.err.kind == ERROR_CONFLICT,
	       "it can't be released: %s", s.err.text);
	TAP_OK(!make(b, &s.h, 1), "and makes nothing more");
	bench_pass(b, 120);
	TAP_OK(cups_job_of(b, s.h.uuid) == NULL && state_of(b, &s.h) == ORDER_STORED,
	       "cupsd has no job for it");
	close_scene(&s);
}

/* A release for the proof, one for the rest: then it is stored. */
static void
a_proof_of_it_stores_nothing(struct bench *b)
{
	struct scene s;
	struct order o;

	open_scene(&s, b,
		   &(struct wish){.storage = ORDER_STORE_MADE, .proof_copies = 1});
	release(b, &s.front, &s.h, s.h.text, 0, &s.err);
	bench_rest(b);
	TAP_OK(make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_HELD,
	       "its proof is made, and it waits");
	order_of(b, &s.h, &o);
	TAP_OK(o.proofs == 1 && o.ended == 0 && o.grant.wrapped_len == 0 &&
		       entries(b, s.h.number, AUDIT_STORED) == 0,
	       "and is not stored");
	order_clear(&o);
	cups_job_of(b, s.h.uuid)->state = 9;
	bench_pass(b, 200);
	s.h.job = cups_job_of(b, s.h.uuid) != NULL ? cups_job_of(b, s.h.uuid)->id : 0;
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 0, &s.err) == 0,
	       "released again: %s", s.err.text);
	bench_rest(b);
	TAP_OK(make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_STORED &&
		       has_documents(&s),
	       "it is made, and stored");
	close_scene(&s);
}

/* The filter that made it, and an operator who held it meanwhile. */
static void
nothing_of_its_making_is_left(struct bench *b)
{
	struct client filter, backend;
	struct wire_granted granted;
	struct wire_opened opened;
	struct scene s;
	struct order o;

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_MADE});
	release(b, &s.front, &s.h, s.h.text, 0, &s.err);
	bench_rest(b);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 1000);
	bench_peer(b, &backend, WIRE_FROM_FILTER, 1001);
	TAP_OK(spend(b, &filter, &s.h, 1, &granted, &s.err) == 0 &&
		       read_whole(b, &filter, &s.h, 1, &granted) == 0,
	       "its filter reads it: %s", s.err.text);
	order_of(b, &s.h, &o);
	TAP_OK(life_set_operator_hold(b->k, &o, true, "operator", &s.err) == 0,
	       "it is held as it is being made");
	order_clear(&o);
	attest(b, &filter, &s.h, 5000, 1, &s.err);
	produce(b, &backend, &s.h, &s.err);
	verify(b, &backend, &s.h, 5000, 1, &s.err);
	TAP_OK(outcome(b, &backend, &s.h, WIRE_COMPLETED, "", &s.err) == 0 &&
		       state_of(b, &s.h) == ORDER_STORED,
	       "made, it is stored: %s", s.err.text);
	order_of(b, &s.h, &o);
	TAP_OK(o.held_by_operator == ORDER_HOLD_NONE, "and held no more");
	order_clear(&o);
	opened = (struct wire_opened){.body = granted.body};
	TAP_OK(read_first(&s, &filter, &opened) == -1 && s.err.kind == ERROR_REFUSED,
	       "its filter reads nothing any more: %s", s.err.text);
	client_close(&filter);
	client_close(&backend);
	close_scene(&s);
}

static void
what_is_only_to_be_stored_has_no_job(struct bench *b)
{
	struct scene s;
	uint32_t before = b->cups.count;

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_ONLY});
	TAP_OK(state_of(b, &s.h) == ORDER_STORED && b->cups.count == before,
	       "it is stored at once");
	bench_pass(b, 120);
	TAP_OK(b->cups.count == before, "and cupsd never hears of it");
	TAP_OK(hand_in(b, &s.front, &(struct wish){.storage = 3}, &s.h, &s.err) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "%s", s.err.text);
	close_scene(&s);
}

static void
only_who_has_its_key_reads_it(struct bench *b)
{
	struct scene s;
	struct client other;
	struct seal_key *wrong = seal_key_random();
	struct wire_opened opened = {.chunks = 0};

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_ONLY, .documents = 2});
	bench_channel(b, &other);
	TAP_OK(open_document(&s, &s.front, 1, &opened) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "nobody without a proof: %s", s.err.text);
	TAP_OK(show_key(&s, &s.front, wrong) == -1 && s.err.kind == ERROR_REFUSED &&
		       open_document(&s, &s.front, 1, &opened) == -1,
	       "nor with a wrong key: %s", s.err.text);
	TAP_OK(show_key(&s, &s.front, s.h.key) == 0 &&
		       open_document(&s, &s.front, 2, &opened) == 0 &&
		       opened.length == s.h.bytes && opened.chunks == 1,
	       "with the right one it is opened");
	TAP_OK(memcmp(opened.body.bytes, s.h.body[1], UUID_BYTES) == 0 &&
		       read_first(&s, &s.front, &opened) == 0,
	       "and read");
	TAP_OK(open_document(&s, &s.front, 3, &opened) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "what it has: %s", s.err.text);
	open_document(&s, &s.front, 1, &opened);
	TAP_OK(open_document(&s, &other, 1, &opened) == -1 &&
		       s.err.kind == ERROR_REFUSED &&
		       read_first(&s, &other, &opened) == -1,
	       "another connection reads nothing: %s", s.err.text);
	TAP_OK(cancel(&s, "ada") == 0 && read_first(&s, &s.front, &opened) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "nor this one what was cancelled: %s", s.err.text);
	seal_key_free(wrong);
	client_close(&other);
	close_scene(&s);
}

static void
it_goes_by_its_date_or_a_cancel(struct bench *b)
{
	struct scene s;
	struct order stored, over;
	uint64_t before = bytes_of(&(struct scene){.b = b});

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_ONLY});
	TAP_OK(cancel(&s, "eve") == -1 && s.err.kind == ERROR_REFUSED,
	       "nobody else cancels it: %s", s.err.text);
	TAP_OK(cancel(&s, "ada") == 0 && state_of(b, &s.h) == ORDER_CANCELED &&
		       !has_documents(&s) && bytes_of(&s) == before,
	       "its customer does, and its documents go");
	close_scene(&s);

	b->settings.stored_days = 5;
	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_ONLY});
	bench_pass(b, 5 * 86400 - 60);
	TAP_OK(state_of(b, &s.h) == ORDER_STORED, "it is stored for stored-days");
	order_of(b, &s.h, &stored);
	bench_pass(b, 120);
	order_of(b, &s.h, &over);
	TAP_OK(over.ended == stored.ended, "it ended when it was stored");
	order_clear(&stored);
	order_clear(&over);
	TAP_OK(state_of(b, &s.h) == ORDER_COMPLETED && !has_documents(&s),
	       "and then over");
	bench_pass(b, (int64_t)b->settings.retention_days * 86400 - 600);
	TAP_OK(state_of(b, &s.h) == ORDER_COMPLETED, "its record is kept");
	bench_pass(b, 1200);
	TAP_OK(state_of(b, &s.h) == 0, "for its retention");
	close_scene(&s);

	open_scene(&s, b,
		   &(struct wish){.storage = ORDER_STORE_ONLY, .retain_s = 3600});
	bench_pass(b, 3700);
	TAP_OK(state_of(b, &s.h) == ORDER_COMPLETED, "or for less, if that was asked");
	close_scene(&s);
}

static void
killed_at_any_step_it_is_made_once_and_kept(struct bench *b)
{
	struct scene s;

	for (int step = 0; step < 3; step++) {
		open_scene(&s, b,
			   &(struct wish){.storage = ORDER_STORE_MADE, .documents = 2});
		release(b, &s.front, &s.h, s.h.text, 0, &s.err);
		bench_rest(b);
		for (int i = 1; i <= step; i++)
			make(b, &s.h, (uint32_t)i);
		client_close(&s.front);
		bench_restart(b);
		bench_channel(b, &s.front);
		TAP_OK(state_of(b, &s.h) == (step == 0	 ? ORDER_RELEASED
					     : step == 1 ? ORDER_PRODUCING
							 : ORDER_STORED),
		       "killed after %d of 2 documents it is where it was", step);
		TAP_OK(step == 0 || !make(b, &s.h, (uint32_t)step),
		       "what was made is not made again");
		if (cups_job_of(b, s.h.uuid) != NULL)
			cups_job_of(b, s.h.uuid)->state = 9;
		bench_pass(b, 200);
		bench_pass(b, 200);
		TAP_OK(has_documents(&s) &&
			       (step < 2 || state_of(b, &s.h) == ORDER_STORED),
		       "and its documents are there");
		close_scene(&s);
	}
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	what_was_made_is_stored(&b);
	a_proof_of_it_stores_nothing(&b);
	nothing_of_its_making_is_left(&b);
	what_is_only_to_be_stored_has_no_job(&b);
	only_who_has_its_key_reads_it(&b);
	killed_at_any_step_it_is_made_once_and_kept(&b);
	it_goes_by_its_date_or_a_cancel(&b);
	bench_close(&b);
	return tap_done();
}
