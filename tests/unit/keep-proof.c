/*
 * keep-proof.c - a proof is made of an identified order, once for each asking, and gives
 * the order back; the rest is made by another release, once.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/keep-desk.h"

static void
open_for_proof(struct scene *s, struct bench *b, uint32_t proof_copies,
	       uint32_t documents)
{
	open_desk(s, b);
	hand_in_and_rest(
		b, &s->front,
		&(struct wish){.documents = documents, .proof_copies = proof_copies},
		&s->h);
}

/* As a station does; its job may be another one than before. */
static int
let_go(struct scene *s, enum wire_make make, uint8_t again)
{
	struct wire_prove p = {.action = WIRE_RELEASE,
			       .again = again,
			       .make = (uint8_t)make,
			       .station = "counter-1",
			       .host = "local"};
	union wire_any m;
	uint32_t documents;

	bench_rest(s->b);
	memcpy(p.order.bytes, s->h.uuid, UUID_BYTES);
	memcpy(p.key.bytes, s->h.key->bytes, SEAL_KEY_BYTES);
	if (client_ask(s->b, &s->front, WIRE_TYPE_prove, &p, WIRE_TYPE_order_info, &m,
		       &s->err) != 0)
		return -1;
	documents = m.order_info.documents;
	for (uint32_t i = 0; i < documents; i++)
		client_next(s->b, &s->front, &m);
	bench_rest(s->b);
	s->h.job = cups_job_of(s->b, s->h.uuid)->id;
	return 0;
}

static bool
is(struct scene *s, enum order_state state, unsigned proofs, uint32_t next_proof)
{
	struct wire_find find = {.number = s->h.number};
	union wire_any m;
	bool right;

	if (client_ask(s->b, &s->front, WIRE_TYPE_find, &find, WIRE_TYPE_order_info, &m,
		       &s->err) != 0)
		return false;
	right = m.order_info.state == state && m.order_info.proofs == proofs &&
		m.order_info.proof_copies == next_proof;
	if (!right)
		tap_diag("state %u, %u proofs, %u copies next", m.order_info.state,
			 m.order_info.proofs, m.order_info.proof_copies);
	client_next(s->b, &s->front, &m);
	return right;
}

/* cupsd ends the job when its backend has; here keep had found it held before. */
static void
job_ends(struct scene *s)
{
	struct fake_job *job = cups_job_of(s->b, s->h.uuid);

	if (job != NULL)
		job->state = 9;
	for (int round = 0; round < 3; round++)
		bench_pass(s->b, s->b->settings.reconcile_s + 1);
}

/* That the release makes; 0: what was ordered. */
static uint32_t
copies_of(struct scene *s)
{
	struct order o;
	uint32_t copies;

	order_of(s->b, &s->h, &o);
	copies = o.release_copies;
	order_clear(&o);
	return copies;
}

/* Documents first to last are made; -1 if one can't be. */
static int
make_all(struct scene *s, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		if (!make(s->b, &s->h, i))
			return -1;
	return 0;
}

static void
a_proof_comes_first_and_the_rest_is_asked_for(struct bench *b)
{
	struct scene s;
	int32_t job;

	open_for_proof(&s, b, 2, 2);
	TAP_OK(is(&s, ORDER_HELD, 0, 2), "it waits, and a proof in two copies is next");
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == 0 && copies_of(&s) == 2,
	       "it is released for two");
	TAP_OK(cups_job_of(b, s.h.uuid)->copies == WIRE_COPIES_ONE,
	       "which the filter makes, and not the job");
	job = s.h.job;
	TAP_OK(make(b, &s.h, 1) && is(&s, ORDER_PRODUCING, 0, 2),
	       "the first document's proof is made");
	b->cups.stubborn = true;
	TAP_OK(make(b, &s.h, 2) && is(&s, ORDER_HELD, 1, 0),
	       "with the last one's it is held again");
	TAP_OK(!make(b, &s.h, 1) && is(&s, ORDER_HELD, 1, 0), "nothing more is made");
	for (int i = 0; i < 20; i++)
		bench_turn(b);
	TAP_OK(cups_job_of(b, s.h.uuid)->id == job, "as long as the job runs it stays");
	cups_job_of(b, s.h.uuid)->state = 9;
	bench_rest(b);
	b->cups.stubborn = false;
	TAP_OK(cups_job_of(b, s.h.uuid) != NULL &&
		       cups_job_of(b, s.h.uuid)->id != job &&
		       cups_job_of(b, s.h.uuid)->state == 4,
	       "then it has a new one");
	TAP_OK(strstr(cups_job_of(b, s.h.uuid)->message, "proof was made") != NULL,
	       "which says: %s", cups_job_of(b, s.h.uuid)->message);
	s.h.job = job;
	TAP_OK(!make(b, &s.h, 1), "the old one opens nothing");
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == 0 && copies_of(&s) == 0,
	       "released again it makes what was ordered");
	TAP_OK(cups_job_of(b, s.h.uuid)->copies == WIRE_COPIES_ORDERED, "by its job");
	TAP_OK(make_all(&s, 1, 2) == 0 && is(&s, ORDER_COMPLETED, 1, 0),
	       "and is completed");
	close_scene(&s);
}

static void
a_station_may_ask_for_a_proof_or_for_none(struct bench *b)
{
	struct scene s;

	open_for_proof(&s, b, 0, 1);
	TAP_OK(is(&s, ORDER_HELD, 0, 0), "no proof was ordered");
	for (unsigned i = 1; i <= 2; i++) {
		TAP_OK(let_go(&s, WIRE_MAKE_PROOF, 0) == 0 && copies_of(&s) == 1 &&
			       make(b, &s.h, 1) && is(&s, ORDER_HELD, i, 0),
		       "proof %u is made in one copy", i);
		job_ends(&s);
	}
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == 0 && make(b, &s.h, 1) &&
		       is(&s, ORDER_COMPLETED, 2, 0),
	       "then the order");
	close_scene(&s);

	open_for_proof(&s, b, 3, 1);
	TAP_OK(let_go(&s, WIRE_MAKE_ALL, 0) == 0 && copies_of(&s) == 0 &&
		       make(b, &s.h, 1) && is(&s, ORDER_COMPLETED, 0, 0),
	       "who wants none of the proof that was ordered gets all at once");
	close_scene(&s);

	open_for_proof(&s, b, 3, 1);
	TAP_OK(let_go(&s, (enum wire_make)7, 0) == -1 && s.err.kind == ERROR_INPUT,
	       "%s", s.err.text);
	close_scene(&s);
}

static void
stop(struct scene *s, uint32_t document)
{
	struct client filter, backend;

	bench_peer(s->b, &filter, WIRE_FROM_FILTER, 51);
	bench_peer(s->b, &backend, WIRE_FROM_FILTER, 52);
	spend(s->b, &filter, &s->h, document, NULL, &s->err);
	produce(s->b, &backend, &s->h, &s->err);
	outcome(s->b, &backend, &s->h, WIRE_STOPPED, "Jam", &s->err);
	client_close(&filter);
	client_close(&backend);
	bench_rest(s->b);
}

static void
a_proof_that_stopped_is_made_again_or_all_is(struct bench *b)
{
	struct scene s;
	struct order o;

	open_for_proof(&s, b, 1, 2);
	let_go(&s, WIRE_MAKE_NEXT, 0);
	make(b, &s.h, 1);
	stop(&s, 2);
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_STOPPED &&
		       strcmp(o.message, "Jam; its proof may have been printed in "
					 "part") == 0,
	       "%s", o.message);
	order_clear(&o);
	TAP_OK(is(&s, ORDER_STOPPED, 0, 1), "what stopped is the proof");
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == -1 && s.err.kind == ERROR_CONFLICT &&
		       let_go(&s, WIRE_MAKE_ALL, 0) == -1 &&
		       s.err.kind == ERROR_CONFLICT,
	       "neither it nor all goes on unasked: %s", s.err.text);
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 1) == 0 && !make(b, &s.h, 1) &&
		       make(b, &s.h, 2) && is(&s, ORDER_HELD, 1, 0),
	       "asked for again, what it lacks is made");
	job_ends(&s);
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == 0 && make_all(&s, 1, 2) == 0 &&
		       is(&s, ORDER_COMPLETED, 1, 0),
	       "and then all of the order");
	close_scene(&s);

	open_for_proof(&s, b, 1, 2);
	let_go(&s, WIRE_MAKE_NEXT, 0);
	make(b, &s.h, 1);
	stop(&s, 2);
	TAP_OK(let_go(&s, WIRE_MAKE_ALL, 1) == 0 && copies_of(&s) == 0,
	       "all, in spite of the proof");
	TAP_OK(make_all(&s, 1, 2) == 0 && is(&s, ORDER_COMPLETED, 0, 0),
	       "is all of it: what the proof had made, too");
	close_scene(&s);
}

static void
what_was_begun_is_not_proofed(struct bench *b)
{
	struct scene s;

	open_for_proof(&s, b, 1, 2);
	let_go(&s, WIRE_MAKE_ALL, 0);
	make(b, &s.h, 1);
	stop(&s, 2);
	TAP_OK(is(&s, ORDER_STOPPED, 0, 0), "what stopped is the order");
	TAP_OK(let_go(&s, WIRE_MAKE_PROOF, 1) == -1 && s.err.kind == ERROR_CONFLICT,
	       "%s", s.err.text);
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 1) == 0 && !make(b, &s.h, 1) &&
		       make(b, &s.h, 2) && is(&s, ORDER_COMPLETED, 0, 0),
	       "it is made to its end");
	close_scene(&s);
}

static void
a_release_that_nobody_prints_changes_nothing(struct bench *b)
{
	struct scene s;

	open_for_proof(&s, b, 2, 1);
	b->cups.silent = true;
	let_go(&s, WIRE_MAKE_NEXT, 0);
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(is(&s, ORDER_HELD, 0, 2), "the proof is still next");
	b->cups.silent = false;
	TAP_OK(let_go(&s, WIRE_MAKE_NEXT, 0) == 0, "it is released");
	stop(&s, 1);
	b->cups.silent = true;
	let_go(&s, WIRE_MAKE_ALL, 1);
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(is(&s, ORDER_STOPPED, 0, 2),
	       "all, released and not printed, is the proof that stopped");
	b->cups.silent = false;
	close_scene(&s);
}

static void
an_order_whose_proof_was_looked_at_has_time(struct bench *b)
{
	struct scene s;
	struct order o;

	open_for_proof(&s, b, 1, 1);
	bench_pass(b, (int64_t)b->settings.due_days * 86400 - 60);
	let_go(&s, WIRE_MAKE_NEXT, 0);
	make(b, &s.h, 1);
	job_ends(&s);
	bench_pass(b, 86400);
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_HELD, "a day behind its date it waits still");
	order_clear(&o);
	bench_pass(b, 3 * 86400);
	TAP_OK(state_of(b, &s.h) == ORDER_EXPIRED, "for three days, and no more");
	close_scene(&s);
}

/* keep is killed between any two steps: what was flushed is there, and no other. */
static void
killed_at_any_step_nothing_is_made_twice(struct bench *b)
{
	struct scene s;
	struct client filter, backend;
	unsigned made = 0;

	for (int step = 0; step < 5; step++) {
		open_for_proof(&s, b, 1, 1);
		let_go(&s, WIRE_MAKE_NEXT, 0);
		bench_peer(b, &filter, WIRE_FROM_FILTER, 51);
		bench_peer(b, &backend, WIRE_FROM_FILTER, 52);
		if (step > 0)
			spend(b, &filter, &s.h, 1, NULL, &s.err);
		if (step > 1)
			produce(b, &backend, &s.h, &s.err);
		if (step > 2)
			attest(b, &filter, &s.h, 10, 3, &s.err);
		if (step > 3 && verify(b, &backend, &s.h, 10, 3, &s.err) == 0)
			made += outcome(b, &backend, &s.h, WIRE_COMPLETED, "",
					&s.err) == 0;
		client_close(&filter);
		client_close(&backend);
		client_close(&s.front);
		bench_restart(b);
		bench_channel(b, &s.front);
		TAP_OK(step == 0   ? is(&s, ORDER_RELEASED, 0, 1)
		       : step == 4 ? is(&s, ORDER_HELD, 1, 0)
				   : is(&s, ORDER_PRODUCING, 0, 1),
		       "killed after step %d it is where it was", step);
		TAP_OK(step == 0 || !make(b, &s.h, 1),
		       "what was given out is not given out again");
		job_ends(&s);
		bench_pass(b, 120);
		bench_pass(b, 120);
		TAP_OK(step == 0   ? state_of(b, &s.h) != ORDER_COMPLETED
		       : step == 4 ? is(&s, ORDER_HELD, 1, 0)
				   : is(&s, ORDER_STOPPED, 0, 1),
		       "and a person is asked");
		close_scene(&s);
	}
	TAP_OK(made == 1, "one proof of five was made");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	a_proof_comes_first_and_the_rest_is_asked_for(&b);
	a_station_may_ask_for_a_proof_or_for_none(&b);
	a_proof_that_stopped_is_made_again_or_all_is(&b);
	what_was_begun_is_not_proofed(&b);
	a_release_that_nobody_prints_changes_nothing(&b);
	an_order_whose_proof_was_looked_at_has_time(&b);
	killed_at_any_step_nothing_is_made_twice(&b);
	bench_close(&b);
	return tap_done();
}
