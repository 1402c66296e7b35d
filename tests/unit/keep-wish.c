/*
 * keep-wish.c - a release of less than all, of other copies, elsewhere, or of the rest.
 */
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-scene.h"

/* only: a bit a document, 0 for all */
static int
let_go(struct scene *s, struct wire_prove wish, uint8_t only)
{
	union wire_any m;

	memcpy(wish.order.bytes, s->h.uuid, UUID_BYTES);
	memcpy(wish.key.bytes, s->h.key->bytes, SEAL_KEY_BYTES);
	wish.action = WIRE_RELEASE;
	if (only != 0)
		wish.only = (struct wire_bytes){&only, 1};
	text_copy(wish.station, sizeof(wish.station), "counter-1");
	text_copy(wish.host, sizeof(wish.host), "local");
	if (client_ask(s->b, &s->front, WIRE_TYPE_prove, &wish, WIRE_TYPE_order_info,
		       &m, &s->err) != 0)
		return -1;
	for (uint32_t left = m.order_info.documents; left > 0; left--)
		client_next(s->b, &s->front, &m);
	bench_rest(s->b);
	return 0;
}

static bool
spend_fails(struct scene *s, uint32_t document)
{
	return spend(s->b, &s->filter, &s->h, document, NULL, &s->err) == -1 &&
	       s->err.kind == ERROR_REFUSED;
}

static struct wire_wishes
of_job(struct scene *s)
{
	struct wire_wishes job = {.cups_job = cups_job_of(s->b, s->h.uuid)->id};

	text_copy(job.queue, sizeof(job.queue), cups_job_of(s->b, s->h.uuid)->queue);
	return job;
}

static void
ask_wishes(struct scene *s, union wire_any *m)
{
	const struct wire_wishes ask = of_job(s);

	memset(m, 0, sizeof(*m));
	client_ask(s->b, &s->filter, WIRE_TYPE_wishes, &ask, WIRE_TYPE_wished, m,
		   &s->err);
}

static void
what_is_left_out_waits(struct bench *b)
{
	struct scene s;
	struct order o;

	open_scene(&s, b, 3);
	TAP_OK(let_go(&s, (struct wire_prove){0}, 8) == -1 &&
		       s.err.kind == ERROR_INPUT && state_of(b, &s.h) == ORDER_HELD,
	       "a fourth document of three: %s", s.err.text);
	TAP_OK(let_go(&s, (struct wire_prove){0}, 5) == 0, "the first and the third");
	TAP_OK(make(b, &s.h, 1), "the first is made");
	TAP_OK(spend_fails(&s, 2), "the second is not: %s", s.err.text);
	TAP_OK(state_of(b, &s.h) == ORDER_PRODUCING, "the order goes on");
	TAP_OK(make(b, &s.h, 3), "the third is made");
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_HELD && o.grant.wrapped_len == 0 &&
		       strstr(o.message, "1 of 3 documents wait") != NULL,
	       "then it waits: %s", o.message);
	order_clear(&o);
	TAP_OK(spend_fails(&s, 2), "and nothing is given out: %s", s.err.text);
	TAP_OK(let_go(&s, (struct wire_prove){0}, 0) == 0 && spend_fails(&s, 1) &&
		       spend_fails(&s, 3),
	       "the next release does not make twice: %s", s.err.text);
	TAP_OK(make(b, &s.h, 2) && state_of(b, &s.h) == ORDER_COMPLETED,
	       "but what was left");
	close_scene(&s);
}

static void
a_release_of_the_rest_that_nobody_spends_leaves_it_waiting(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 2);
	let_go(&s, (struct wire_prove){0}, 1);
	make(b, &s.h, 1);
	let_go(&s, (struct wire_prove){0}, 0);
	bench_pass(b, b->settings.grant_timeout_s + 2);
	TAP_OK(state_of(b, &s.h) == ORDER_HELD,
	       "not stopped: nothing of it is in doubt");
	let_go(&s, (struct wire_prove){0}, 0);
	TAP_OK(make(b, &s.h, 2) && state_of(b, &s.h) == ORDER_COMPLETED, "it is made");
	close_scene(&s);
}

static void
who_names_a_document_gets_it_again(struct bench *b)
{
	struct scene s;

	open_scene(&s, b, 2);
	let_go(&s, (struct wire_prove){0}, 1);
	make(b, &s.h, 1);
	TAP_OK(let_go(&s, (struct wire_prove){0}, 1) == 0 && make(b, &s.h, 1) &&
		       state_of(b, &s.h) == ORDER_HELD,
	       "the first is made a second time");
	close_scene(&s);
}

static void
copies_are_of_one_release(struct bench *b)
{
	struct scene s;
	union wire_any m;

	open_scene(&s, b, 2);
	TAP_OK(let_go(&s, (struct wire_prove){.copies = 10000}, 1) == -1 &&
		       s.err.kind == ERROR_INPUT,
	       "too many: %s", s.err.text);
	let_go(&s, (struct wire_prove){.copies = 3}, 1);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	ask_wishes(&s, &m);
	TAP_OK(m.wished.copies == 3 && m.wished.skip == 0, "the filter is told of 3");
	close_scene(&s);

	open_scene(&s, b, 2);
	let_go(&s, (struct wire_prove){.copies = 3}, 1);
	make(b, &s.h, 1);
	let_go(&s, (struct wire_prove){0}, 0);
	spend(b, &s.filter, &s.h, 2, NULL, &s.err);
	ask_wishes(&s, &m);
	TAP_OK(m.wished.document == 2 && m.wished.copies == 0,
	       "the next release makes as many as were ordered");
	close_scene(&s);
}

static void
another_printer_gets_the_order(struct bench *b)
{
	struct scene s;
	struct order o;
	struct wire_prove to = {.printer = "nowhere"};

	open_scene(&s, b, 1);
	TAP_OK(let_go(&s, to, 0) == -1 && s.err.kind == ERROR_ABSENT, "%s", s.err.text);
	text_copy(to.printer, sizeof(to.printer), "plate");
	TAP_OK(let_go(&s, to, 0) == 0, "one that there is");
	order_of(b, &s.h, &o);
	TAP_OK(strcmp(o.printer, "plate") == 0 && strcmp(o.queue, "plate-queue") == 0,
	       "is its printer from now on");
	order_clear(&o);
	TAP_OK(spend_fails(&s, 1), "its old queue gets nothing: %s", s.err.text);
	close_scene(&s);
}

/* Made up to page `made` of `all`, then it stops. */
static void
stop_at(struct scene *s, uint32_t made, uint32_t all)
{
	const struct wire_wishes job = of_job(s);
	struct wire_pages pages = {.cups_job = job.cups_job, .pages = all};
	struct wire_progress progress = {
		.cups_job = job.cups_job, .impressions = made, .percent = 255};

	text_copy(pages.queue, sizeof(pages.queue), job.queue);
	text_copy(progress.queue, sizeof(progress.queue), job.queue);
	spend(s->b, &s->filter, &s->h, 1, NULL, &s->err);
	client_ask(s->b, &s->filter, WIRE_TYPE_pages, &pages, WIRE_TYPE_ok, NULL,
		   &s->err);
	produce(s->b, &s->backend, &s->h, &s->err);
	client_send(s->b, &s->backend, WIRE_TYPE_progress, &progress);
	outcome(s->b, &s->backend, &s->h, WIRE_STOPPED, "Out of paper", &s->err);
	bench_rest(s->b);
}

static void
the_rest_goes_on_behind_what_came_out(struct bench *b)
{
	struct scene s;
	struct order o;
	union wire_any m;

	open_scene(&s, b, 1);
	let_go(&s, (struct wire_prove){0}, 0);
	stop_at(&s, 13, 40);
	order_of(b, &s.h, &o);
	TAP_OK(o.state == ORDER_STOPPED &&
		       strcmp(o.message,
			      "Out of paper; 13 of 40 pages came out; it may "
			      "have been printed in part") == 0,
	       "%s", o.message);
	order_clear(&o);
	TAP_OK(let_go(&s, (struct wire_prove){.again = WIRE_REST}, 0) == 0, "the rest");
	stop_at(&s, 20, 40);
	order_of(b, &s.h, &o);
	TAP_OK(strstr(o.message, "33 of 40 pages came out") != NULL,
	       "stops again, and what came out is added up: %s", o.message);
	order_clear(&o);
	let_go(&s, (struct wire_prove){.again = WIRE_REST}, 0);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	ask_wishes(&s, &m);
	TAP_OK(m.wished.skip == 33, "the filter skips %u", m.wished.skip);
	close_scene(&s);

	open_scene(&s, b, 1);
	let_go(&s, (struct wire_prove){0}, 0);
	stop_at(&s, 13, 40);
	let_go(&s, (struct wire_prove){.again = WIRE_AGAIN}, 0);
	spend(b, &s.filter, &s.h, 1, NULL, &s.err);
	ask_wishes(&s, &m);
	TAP_OK(m.wished.skip == 0, "again is from the first page on");
	close_scene(&s);

	open_scene(&s, b, 1);
	let_go(&s, (struct wire_prove){0}, 0);
	stop_at(&s, 40, 40);
	TAP_OK(let_go(&s, (struct wire_prove){.again = WIRE_REST}, 0) == -1 &&
		       s.err.kind == ERROR_CONFLICT &&
		       state_of(b, &s.h) == ORDER_STOPPED,
	       "of all there is no rest: %s", s.err.text);
	close_scene(&s);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	what_is_left_out_waits(&b);
	a_release_of_the_rest_that_nobody_spends_leaves_it_waiting(&b);
	who_names_a_document_gets_it_again(&b);
	copies_are_of_one_release(&b);
	another_printer_gets_the_order(&b);
	the_rest_goes_on_behind_what_came_out(&b);
	bench_close(&b);
	return tap_done();
}
