/*
 * keep-restart.c - an order that stopped, or is stored, begins anew: under its number, held
 * until it is identified, and as a whole; nobody else's, and none whose documents are gone.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/keep-desk.h"

#define DAY INT64_C(86400)

static int
change(struct scene *s, enum wire_verb verb, const char *user)
{
	struct wire_change c = {.verb = (uint8_t)verb};

	memcpy(c.order.bytes, s->h.uuid, UUID_BYTES);
	memcpy(c.user, user, strlen(user));
	return client_ask(s->b, &s->front, WIRE_TYPE_change, &c, WIRE_TYPE_order_info,
			  NULL, &s->err);
}

static bool
is_refused(struct scene *s, const char *user, enum error_kind kind)
{
	enum order_state was = (enum order_state)state_of(s->b, &s->h);

	return change(s, WIRE_RESTART, user) == -1 && s->err.kind == kind &&
	       state_of(s->b, &s->h) == (int)was;
}

/* Released by its customer; cupsd has a job of it, which may be another one. */
static bool
let_go(struct scene *s)
{
	bench_rest(s->b);
	if (release(s->b, &s->front, &s->h, s->h.text, 0, &s->err) != 0)
		return false;
	bench_rest(s->b);
	s->h.job = cups_job_of(s->b, s->h.uuid)->id;
	return true;
}

/* One of two documents is made, and the other stops. */
static void
stop_in_the_middle(struct scene *s)
{
	struct client filter, backend;
	struct wire_granted granted;

	let_go(s);
	make(s->b, &s->h, 1);
	bench_peer(s->b, &filter, WIRE_FROM_FILTER, 31);
	bench_peer(s->b, &backend, WIRE_FROM_FILTER, 32);
	spend(s->b, &filter, &s->h, 2, &granted, &s->err);
	produce(s->b, &backend, &s->h, &s->err);
	outcome(s->b, &backend, &s->h, WIRE_STOPPED, "no paper", &s->err);
	client_close(&filter);
	client_close(&backend);
	bench_rest(s->b);
	cups_job_of(s->b, s->h.uuid)->state = 4; /* as cupsd does, when told */
}

static void
what_stopped_begins_anew(struct bench *b)
{
	struct scene s;
	struct order o;

	open_scene(&s, b, &(struct wish){.documents = 2});
	TAP_OK(is_refused(&s, "ada", ERROR_CONFLICT), "what waits is not restarted: %s",
	       s.err.text);
	stop_in_the_middle(&s);
	TAP_OK(state_of(b, &s.h) == ORDER_STOPPED, "an order stops in the middle");
	TAP_OK(is_refused(&s, "eve", ERROR_REFUSED), "nobody else restarts it: %s",
	       s.err.text);
	TAP_OK(change(&s, WIRE_RESTART, "ada") == 0 && state_of(b, &s.h) == ORDER_HELD,
	       "its customer does: it waits");
	order_of(b, &s.h, &o);
	TAP_OK(o.documents[0].state == DOCUMENT_WAITING &&
		       o.documents[1].state == DOCUMENT_WAITING && o.restarted &&
		       o.number == s.h.number && o.grant.wrapped_len == 0,
	       "all of it, under its number, and it is told");
	order_clear(&o);
	TAP_OK(!make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_HELD,
	       "without a release nothing is made");
	client_close(&s.front);
	bench_restart(b);
	bench_channel(b, &s.front);
	TAP_OK(state_of(b, &s.h) == ORDER_HELD, "killed, it waits still");
	TAP_OK(let_go(&s) && is_refused(&s, "ada", ERROR_CONFLICT),
	       "released, it is not restarted: %s", s.err.text);
	TAP_OK(make(b, &s.h, 1) && make(b, &s.h, 2) &&
		       state_of(b, &s.h) == ORDER_COMPLETED,
	       "and made, both documents");
	TAP_OK(!make(b, &s.h, 1), "once");
	TAP_OK(is_refused(&s, "ada", ERROR_CONFLICT), "what is over is gone: %s",
	       s.err.text);
	order_of(b, &s.h, &o);
	TAP_OK(!o.restarted, "nothing more is told of a restart");
	order_clear(&o);
	close_scene(&s);
}

static void
what_is_stored_begins_anew(struct bench *b, uint8_t storage)
{
	struct scene s;
	struct order o;
	int64_t stored_until;

	open_scene(&s, b, &(struct wish){.storage = storage});
	if (storage == ORDER_STORE_MADE) {
		let_go(&s);
		make(b, &s.h, 1);
		cups_job_of(b, s.h.uuid)->state = 9;
	}
	order_of(b, &s.h, &o);
	stored_until = o.due;
	order_clear(&o);
	TAP_OK(state_of(b, &s.h) == ORDER_STORED &&
		       change(&s, WIRE_RESTART_HELD, "ada") == 0,
	       "a stored order is restarted, on hold %s", s.err.text);
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_HELD && o.ended == 0 && o.extended >= stored_until &&
		       o.held_by_operator == ORDER_HOLD_ONE &&
		       o.restarted == (storage == ORDER_STORE_MADE),
	       "it waits no shorter than it would have been kept");
	order_clear(&o);
	TAP_OK(!let_go(&s) && s.err.kind == ERROR_CONFLICT, "the hold holds: %s",
	       s.err.text);
	TAP_OK(change(&s, WIRE_UNHOLD, "ada") == 0 && let_go(&s),
	       "lifted, its customer has it");
	TAP_OK(make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_STORED,
	       "made, it is stored again");
	close_scene(&s);
}

/* cupsd lists the last production's job as cancelled: that was not the order. */
static void
an_old_job_ends_nothing(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_MADE});
	let_go(&s);
	make(b, &s.h, 1);
	cups_job_of(b, s.h.uuid)->state = 7;
	TAP_OK(change(&s, WIRE_RESTART, "ada") == 0, "it is restarted");
	bench_pass(b, 200);
	TAP_OK(state_of(b, &s.h) == ORDER_HELD && cups_job_of(b, s.h.uuid) != NULL,
	       "it waits, with a job of its own");
	TAP_OK(let_go(&s) && make(b, &s.h, 1), "and is made");
	close_scene(&s);
}

static void
it_waits_from_then_on(struct bench *b)
{
	const int64_t due = (int64_t)b->settings.due_days * DAY;
	struct scene s;

	open_scene(&s, b, &(struct wish){.storage = ORDER_STORE_ONLY});
	bench_pass(b, due + DAY);
	TAP_OK(change(&s, WIRE_RESTART, "ada") == 0, "an old one is restarted");
	bench_pass(b, due - 60);
	TAP_OK(state_of(b, &s.h) == ORDER_HELD, "it waits for due-days from then on");
	bench_pass(b, (int64_t)b->settings.stored_days * DAY);
	TAP_OK(state_of(b, &s.h) == ORDER_EXPIRED, "and then no more");
	close_scene(&s);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	what_stopped_begins_anew(&b);
	what_is_stored_begins_anew(&b, ORDER_STORE_MADE);
	what_is_stored_begins_anew(&b, ORDER_STORE_ONLY);
	an_old_job_ends_nothing(&b);
	it_waits_from_then_on(&b);
	bench_close(&b);
	return tap_done();
}
