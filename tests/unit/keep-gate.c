/*
 * keep-gate.c - no bytes without a grant, no grant twice, no "completed" unseen.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-scene.h"

static void
let_go(struct scene *s)
{
	if (release(s->b, &s->front, &s->h, s->h.text, 0, &s->err) != 0)
		tap_diag("cannot release: %s", s->err.text);
	bench_rest(s->b);
}

static bool
spend_fails(struct scene *s, const struct handed *h, uint32_t document)
{
	return spend(s->b, &s->filter, h, document, NULL, &s->err) == -1 &&
	       s->err.kind == ERROR_REFUSED;
}

static void
nothing_is_spent_without_a_release(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 1);
	TAP_OK(spend_fails(&s, &s.h, 1), "a held order's ticket: %s", s.err.text);
	TAP_OK(produce(b, &s.backend, &s.h, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED &&
		       strstr(s.err.text, "for the customer: PIN") != NULL,
	       "its backend may send nothing, and hears what it waits for: %s",
	       s.err.text);
	TAP_OK(verify(b, &s.backend, &s.h, 0, 0, &s.err) == -1 &&
		       outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == -1 &&
		       outcome(b, &s.backend, &s.h, WIRE_CANCELED, "", &s.err) == -1 &&
		       state_of(b, &s.h) == ORDER_HELD,
	       "nor say that it did: %s", s.err.text);
	TAP_OK(make(b, &s.h, 1) == false && state_of(b, &s.h) == ORDER_HELD,
	       "it stays held");
	let_go(&s);
	TAP_OK(make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_COMPLETED,
	       "after its release it is made");
	close_scene(&s);
}

static int
ask_wishes(struct scene *s, union wire_any *m)
{
	struct wire_wishes ask = {.cups_job = s->h.job, .queue = "photo-queue"};
	struct fake_job *job = cups_job_of(s->b, s->h.uuid);

	if (job != NULL)
		ask.cups_job = job->id;
	return client_ask(s->b, &s->filter, WIRE_TYPE_wishes, &ask, WIRE_TYPE_wished, m,
			  &s->err);
}

static void
what_a_document_wants_is_told_to_who_makes_it(struct bench *b)
{
	struct scene s;
	union wire_any m;

	open_scene(&s, b, 2);
	TAP_OK(ask_wishes(&s, &m) == -1 && s.err.kind == ERROR_REFUSED,
	       "not while the order is held: %s", s.err.text);
	let_go(&s);
	TAP_OK(ask_wishes(&s, &m) == -1 && s.err.kind == ERROR_REFUSED,
	       "nor before its grant is spent: %s", s.err.text);
	make(b, &s.h, 1);
	TAP_OK(spend(b, &s.filter, &s.h, 2, NULL, &s.err) == 0 &&
		       ask_wishes(&s, &m) == 0 && m.wished.document == 2,
	       "then of the document that was given out last");
	close_scene(&s);
}

static void
a_ticket_made_by_hand_opens_nothing(struct bench *b)
{
	struct scene s;
	struct handed forged;
	struct wire_spend elsewhere = {.document = 1, .queue = "plate-queue"};

	open_scene(&s, b, 1);
	let_go(&s);
	forged = s.h;
	uuid_make(forged.uuid);
	TAP_OK(spend_fails(&s, &forged, 1), "an order that is none: %s", s.err.text);
	forged = s.h;
	forged.job++;
	TAP_OK(spend_fails(&s, &forged, 1), "another job: %s", s.err.text);
	TAP_OK(spend_fails(&s, &s.h, 2) && spend_fails(&s, &s.h, 0),
	       "a document that it does not have: %s", s.err.text);
	memcpy(elsewhere.order.bytes, s.h.uuid, UUID_BYTES);
	elsewhere.cups_job = s.h.job;
	TAP_OK(client_ask(b, &s.filter, WIRE_TYPE_spend, &elsewhere, WIRE_TYPE_granted,
			  NULL, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "another queue: %s", s.err.text);
	TAP_OK(state_of(b, &s.h) == ORDER_RELEASED, "the order has not moved");
	TAP_OK(make(b, &s.h, 1), "and its own job makes it");
	close_scene(&s);
}

static void
a_grant_is_spent_once(struct bench *b)
{
	struct scene s;
	struct wire_granted granted;
	struct client second;

	open_scene(&s, b, 1);
	let_go(&s);
	bench_peer(b, &second, WIRE_FROM_FILTER, 23);
	TAP_OK(spend(b, &s.filter, &s.h, 1, &granted, &s.err) == 0, "the first time");
	TAP_OK(read_whole(b, &second, &s.h, 1, &granted) == -1,
	       "another connection can't read with it");
	produce(b, &s.backend, &s.h, &s.err);
	TAP_OK(spend(b, &second, &s.h, 1, NULL, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED &&
		       state_of(b, &s.h) == ORDER_PRODUCING,
	       "not a second time while the first run's backend works: %s", s.err.text);
	TAP_OK(produce(b, &second, &s.h, &s.err) == -1 && s.err.kind == ERROR_REFUSED,
	       "nor may a second backend send: %s", s.err.text);
	attest(b, &s.filter, &s.h, 10, 3, &s.err);
	TAP_OK(verify(b, &s.backend, &s.h, 10, 3, &s.err) == 0 &&
		       outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == 0 &&
		       state_of(b, &s.h) == ORDER_COMPLETED,
	       "the first run ends well");
	TAP_OK(spend_fails(&s, &s.h, 1), "and nothing is left to spend: %s",
	       s.err.text);
	client_close(&second);
	close_scene(&s);
}

static void
of_several_documents_each_is_spent_once(struct bench *b)
{
	struct scene s, other;
	struct client second;
	struct wire_granted granted;
	struct wire_read foreign = {.count = 1};

	open_scene(&s, b, 2);
	open_scene(&other, b, 1);
	let_go(&s);
	bench_peer(b, &second, WIRE_FROM_FILTER, 23);
	TAP_OK(spend(b, &s.filter, &s.h, 1, &granted, &s.err) == 0, "the first one");
	memcpy(foreign.body.bytes, other.h.body[0], UUID_BYTES);
	TAP_OK(client_ask(b, &s.filter, WIRE_TYPE_read, &foreign, WIRE_TYPE_chunk, NULL,
			  &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "who may read it may not read another order's: %s", s.err.text);
	foreign.body = granted.body;
	foreign.first = UINT32_MAX;
	TAP_OK(client_ask(b, &s.filter, WIRE_TYPE_read, &foreign, WIRE_TYPE_chunk, NULL,
			  &s.err) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "nor a piece that is not there: %s", s.err.text);
	produce(b, &s.backend, &s.h, &s.err);
	TAP_OK(spend(b, &second, &s.h, 1, NULL, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "it is not given out again while the second waits: %s", s.err.text);
	client_close(&second);
	close_scene(&s);
	close_scene(&other);
}

static void
a_grant_has_its_time(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 1);
	let_go(&s);
	b->clock.skew_s += b->settings.grant_timeout_s + 1; /* nobody has noticed yet */
	TAP_OK(spend_fails(&s, &s.h, 1), "a second too late: %s", s.err.text);
	close_scene(&s);
}

static void
a_damaged_document_sets_its_order_aside(struct bench *b)
{
	struct scene s;
	struct wire_granted granted;
	struct wire_read first = {.count = 1};
	struct handed whole;
	struct order o;
	uint8_t clear[40] = {1};

	open_scene(&s, b, 1);
	hand_in_and_rest(b, &s.front, &(struct wish){0}, &whole);
	/* a document of one piece that carries no sum: front writes what it likes */
	hand_begin(b, &s.front, &(struct wish){.bytes = 8}, &s.h, &s.err);
	hand_raw(b, &s.front, &s.h, clear, sizeof(clear), &s.err);
	hand_commit(b, &s.front, &s.h, &s.err);
	bench_rest(b);
	s.h.job = cups_job_of(b, s.h.uuid)->id;
	let_go(&s);
	spend(b, &s.filter, &s.h, 1, &granted, &s.err);
	first.body = granted.body;
	TAP_OK(client_ask(b, &s.filter, WIRE_TYPE_read, &first, WIRE_TYPE_chunk, NULL,
			  &s.err) == -1 &&
		       s.err.kind == ERROR_CORRUPT,
	       "it is not given out: %s", s.err.text);
	bench_rest(b);
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_CORRUPT && o.grant.wrapped_len == 0, "%s", o.message);
	order_clear(&o);
	TAP_OK(strstr(cups_job_of(b, s.h.uuid)->message, "set aside") != NULL,
	       "the queue says: %s", cups_job_of(b, s.h.uuid)->message);
	bench_pass(b, (int64_t)b->settings.due_days * 86400 - 100);
	TAP_OK(state_of(b, &whole) == ORDER_HELD, "the others go on");
	handed_clear(&whole);
	close_scene(&s);
}

static void
a_job_that_cupsd_runs_again_stops_the_order(struct bench *b)
{
	struct scene s;
	struct client again;

	open_scene(&s, b, 1);
	let_go(&s);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	client_close(&s.filter);
	bench_turn(b);
	bench_peer(b, &again, WIRE_FROM_FILTER, 30);
	TAP_OK(spend(b, &again, &s.h, 1, NULL, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "the second run is refused: %s", s.err.text);
	TAP_OK(state_of(b, &s.h) == ORDER_STOPPED, "the order is stopped");
	TAP_OK(produce(b, &again, &s.h, &s.err) == -1 && s.err.kind == ERROR_REFUSED,
	       "its backend holds the job: %s", s.err.text);
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 0, &s.err) == -1 &&
		       s.err.kind == ERROR_CONFLICT &&
		       strstr(s.err.text, "may print again") != NULL &&
		       strstr(s.err.text, "printed in part") != NULL,
	       "a release must be asked for again: %s", s.err.text);
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 1, &s.err) == 0, "and then is one");
	bench_rest(b);
	TAP_OK(make(b, &s.h, 1) && state_of(b, &s.h) == ORDER_COMPLETED,
	       "which is made");
	client_close(&again);
	close_scene(&s);
}

static void
completed_is_taken_only_for_what_was_verified(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 1);
	let_go(&s);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	TAP_OK(produce(b, &s.backend, &s.h, &s.err) == 0, "the backend may send");
	TAP_OK(verify(b, &s.backend, &s.h, 10, 3, &s.err) == -1 &&
		       s.err.kind == ERROR_REFUSED,
	       "no filter's word, nothing verified: %s", s.err.text);
	TAP_OK(attest(b, &s.filter, &s.h, 10, 3, &s.err) == 0, "the filter's word");
	TAP_OK(verify(b, &s.backend, &s.h, 9, 3, &s.err) == -1, "a byte less: %s",
	       s.err.text);
	TAP_OK(verify(b, &s.backend, &s.h, 10, 4, &s.err) == -1, "other bytes: %s",
	       s.err.text);
	TAP_OK(outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == -1 &&
		       state_of(b, &s.h) == ORDER_PRODUCING,
	       "not completed: %s", s.err.text);
	TAP_OK(outcome(b, &s.backend, &s.h, 9, "", &s.err) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "an outcome that is none: %s", s.err.text);
	TAP_OK(verify(b, &s.backend, &s.h, 10, 3, &s.err) == 0 &&
		       outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == 0,
	       "the whole stream is");
	TAP_OK(outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == 0,
	       "who did not hear the answer may ask again");
	close_scene(&s);
}

static void
what_stopped_is_made_again_and_no_more(struct bench *b)
{
	struct scene s;
	struct order o;

	open_scene(&s, b, 3);
	let_go(&s);
	make(b, &s.h, 1);
	spend(b, &s.filter, &s.h, 2, NULL, &s.err);
	produce(b, &s.backend, &s.h, &s.err);
	TAP_OK(outcome(b, &s.backend, &s.h, WIRE_STOPPED, "Out of paper", &s.err) == 0,
	       "the second of three documents stops");
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_STOPPED && o.grant.wrapped_len == 0 &&
		       strcmp(o.message,
			      "Out of paper; it may have been printed in part") == 0,
	       "%s", o.message);
	order_clear(&o);
	bench_rest(b);
	TAP_OK(strstr(cups_job_of(b, s.h.uuid)->message, "Out of paper") != NULL,
	       "the queue says: %s", cups_job_of(b, s.h.uuid)->message);
	TAP_OK(spend_fails(&s, &s.h, 3), "the third is not given out: %s", s.err.text);
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 1, &s.err) == 0, "released again");
	bench_rest(b);
	TAP_OK(spend_fails(&s, &s.h, 1), "the first is not made again: %s", s.err.text);
	TAP_OK(produce(b, &s.backend, &s.h, &s.err) == -1 &&
		       s.err.kind == ERROR_CONFLICT,
	       "its backend ends well without a byte: %s", s.err.text);
	TAP_OK(make(b, &s.h, 2) && make(b, &s.h, 3) &&
		       state_of(b, &s.h) == ORDER_COMPLETED,
	       "the second and the third are");
	close_scene(&s);
}

static void
a_release_that_nobody_prints_is_taken_back(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 1);
	b->cups.up = false;
	let_go(&s);
	TAP_OK(state_of(b, &s.h) == ORDER_RELEASED, "released while cupsd is down");
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(state_of(b, &s.h) == ORDER_HELD, "held again when its time is over");
	TAP_OK(spend_fails(&s, &s.h, 1), "its grant is gone: %s", s.err.text);
	b->cups.up = true;
	bench_pass(b, 2);
	TAP_OK(cups_job_of(b, s.h.uuid)->state == 4, "the job is held");
	let_go(&s);
	TAP_OK(make(b, &s.h, 1), "a second release is made");
	close_scene(&s);
}

static void
a_second_release_that_nobody_prints_still_knows_of_the_first(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 1);
	let_go(&s);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	produce(b, &s.backend, &s.h, &s.err);
	outcome(b, &s.backend, &s.h, WIRE_STOPPED, "Jam", &s.err);
	b->cups.silent = true;
	release(b, &s.front, &s.h, s.h.text, 1, &s.err);
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(state_of(b, &s.h) == ORDER_STOPPED, "it is stopped, not held");
	TAP_OK(release(b, &s.front, &s.h, s.h.text, 0, &s.err) == -1 &&
		       strstr(s.err.text, "printed in part") != NULL,
	       "and says so: %s", s.err.text);
	b->cups.silent = false;
	close_scene(&s);
}

static void
a_busy_printer_makes_nobody_lose_his_turn(struct bench *b)
{
	struct scene first, second;

	open_scene(&first, b, 1);
	open_scene(&second, b, 1);
	let_go(&first);
	spend(b, &first.filter, &first.h, 1, NULL, &first.err);
	produce(b, &first.backend, &first.h, &first.err);
	let_go(&second);
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(state_of(b, &second.h) == ORDER_RELEASED,
	       "the printer is busy with another order: the release holds");
	attest(b, &first.filter, &first.h, 1, 1, &first.err);
	verify(b, &first.backend, &first.h, 1, 1, &first.err);
	outcome(b, &first.backend, &first.h, WIRE_COMPLETED, "", &first.err);
	TAP_OK(make(b, &second.h, 1), "and is made after it");
	close_scene(&first);
	close_scene(&second);
}

static void
the_roles_hold(struct bench *b)
{
	static const unsigned roles[] = {WIRE_FROM_TOOL, WIRE_FROM_FRONT,
					 WIRE_FROM_COURIER, WIRE_FROM_HERALD};
	struct scene s;
	struct client c;

	open_scene(&s, b, 1);
	let_go(&s);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		bench_peer(b, &c, roles[i], 40);
		TAP_OK(spend(b, &c, &s.h, 1, NULL, &s.err) == -1 &&
			       s.err.kind == ERROR_LATER && c.closed &&
			       state_of(b, &s.h) == ORDER_RELEASED,
		       "role %u can't spend: %s", roles[i], s.err.text);
		client_close(&c);
	}
	bench_peer(b, &c, WIRE_FROM_FILTER | WIRE_FROM_TOOL, 40);
	TAP_OK(release(b, &c, &s.h, s.h.text, 0, &s.err) == -1 && c.closed,
	       "a filter or a tool can't identify: %s", s.err.text);
	client_close(&c);
	close_scene(&s);
}

static void
a_cancelled_order_gives_nothing_more_out(struct bench *b)
{
	struct scene s;
	struct wire_granted granted;
	struct wire_change cancel = {.verb = WIRE_CANCEL, .user = "ada"};

	open_scene(&s, b, 1);
	let_go(&s);
	spend(b, &s.filter, &s.h, 1, &granted, &s.err);
	memcpy(cancel.order.bytes, s.h.uuid, UUID_BYTES);
	TAP_OK(client_ask(b, &s.front, WIRE_TYPE_change, &cancel, WIRE_TYPE_order_info,
			  NULL, &s.err) == 0 &&
		       state_of(b, &s.h) == ORDER_CANCELED,
	       "cancelled while it is being made");
	TAP_OK(read_whole(b, &s.filter, &s.h, 1, &granted) == -1,
	       "the filter reads no further");
	TAP_OK(attest(b, &s.filter, &s.h, 1, 1, &s.err) == -1 &&
		       produce(b, &s.backend, &s.h, &s.err) == -1 &&
		       outcome(b, &s.backend, &s.h, WIRE_COMPLETED, "", &s.err) == -1,
	       "and nobody completes it: %s", s.err.text);
	bench_rest(b);
	TAP_OK(cups_job_of(b, s.h.uuid) == NULL, "its job is gone");
	close_scene(&s);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	nothing_is_spent_without_a_release(&b);
	what_a_document_wants_is_told_to_who_makes_it(&b);
	a_ticket_made_by_hand_opens_nothing(&b);
	a_grant_is_spent_once(&b);
	of_several_documents_each_is_spent_once(&b);
	a_grant_has_its_time(&b);
	a_damaged_document_sets_its_order_aside(&b);
	a_job_that_cupsd_runs_again_stops_the_order(&b);
	completed_is_taken_only_for_what_was_verified(&b);
	what_stopped_is_made_again_and_no_more(&b);
	a_release_that_nobody_prints_is_taken_back(&b);
	a_second_release_that_nobody_prints_still_knows_of_the_first(&b);
	a_busy_printer_makes_nobody_lose_his_turn(&b);
	the_roles_hold(&b);
	a_cancelled_order_gives_nothing_more_out(&b);
	bench_close(&b);
	return tap_done();
}
