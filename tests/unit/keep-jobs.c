/*
 * keep-jobs.c - cupsd's jobs and the store, brought together again whatever happened to
 * cupsd.
 */
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/reconcile.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static void
hand_in_some(struct bench *b, struct handed *h, unsigned count)
{
	struct client c;

	bench_channel(b, &c);
	for (unsigned i = 0; i < count; i++)
		hand_in_and_rest(b, &c, &(struct wish){0}, &h[i]);
	client_close(&c);
}

static int
let_go(struct bench *b, const struct handed *h)
{
	struct client c;
	struct error err = {0};
	int rc;

	b->clock.skew_s += 1000; /* tries of other tests */
	bench_channel(b, &c);
	rc = release(b, &c, h, h->text, 0, &err);
	if (rc != 0)
		tap_diag("%s", err.text);
	client_close(&c);
	bench_rest(b);
	return rc;
}

static void
reconcile(struct bench *b)
{
	bench_pass(b, b->settings.reconcile_s + 1);
	bench_rest(b);
}

static int
job_state(struct bench *b, const struct handed *h)
{
	struct fake_job *j = cups_job_of(b, h->uuid);

	return j != NULL ? j->state : 0;
}

static void
cupsd_down_delays_no_submission(struct bench *b)
{
	struct handed h[5];

	b->cups.up = false;
	hand_in_some(b, h, 5);
	TAP_OK(state_of(b, &h[4]) == ORDER_HELD && job_state(b, &h[4]) == 0,
	       "taken in while cupsd is down");
	b->cups.up = true;
	bench_pass(b, 2);
	for (int i = 0; i < 5; i++) {
		TAP_OK(job_state(b, &h[i]) == 4, "its job is made when cupsd is back");
		handed_clear(&h[i]);
	}
}

/* Turns, with no time passing. */
static void
turn_some(struct bench *b)
{
	for (int i = 0; i < 50; i++)
		bench_turn(b);
}

static void
an_outage_ends_at_once(struct bench *b)
{
	struct handed h;
	uint32_t rounds;

	hand_in_some(b, &h, 1);
	reconcile(b);
	cups_say_up(b, false);
	turn_some(b);
	cups_job_of(b, h.uuid)->state = 0; /* lost in the fall */
	rounds = b->cups.rounds;
	cups_say_up(b, true);
	turn_some(b);
	TAP_OK(b->cups.rounds == rounds + 1,
	       "cupsd is back, and jobs are compared at once, not %u s later",
	       b->settings.reconcile_s);
	bench_rest(b);
	TAP_OK(job_state(b, &h) == 4, "what it lost is there again");
	b->cups.slow = true;
	b->clock.skew_s += b->settings.reconcile_s + 1;
	reconcile_tick(b->k);
	turn_some(b);
	rounds = b->cups.rounds;
	cups_say_up(b, false);
	cups_say_up(b, true);
	b->cups.slow = false;
	cups_list(b);
	turn_some(b);
	reconcile_tick(b->k);
	turn_some(b);
	TAP_OK(b->cups.rounds == rounds + 1,
	       "back in the middle of a round, it is followed by another at once");
	handed_clear(&h);
}

static void
a_round_is_bounded(struct bench *b)
{
	uint32_t rounds = b->cups.rounds;

	b->cups.slow = true;
	reconcile(b);
	TAP_OK(b->cups.rounds == rounds + 1, "a round begins, and cupsd is slow");
	bench_pass(b, RECONCILE_ROUND_S - 30);
	TAP_OK(b->cups.rounds == rounds + 1, "it is waited for");
	bench_pass(b, 60);
	bench_pass(b, RECONCILE_ROUND_S - 30);
	TAP_OK(b->cups.rounds == rounds + 1,
	       "after ten minutes it is given up, and cupsd has a rest");
	bench_pass(b, 60);
	TAP_OK(b->cups.rounds == rounds + 2,
	       "of ten minutes, and not of four times ten");
	b->cups.slow = false;
	cups_list(b);
	bench_rest(b);
}

static void
a_lost_spool_is_made_again(struct bench *b)
{
	struct handed h[3];
	struct order o;

	hand_in_some(b, h, 3);
	let_go(b, &h[2]);
	memset(b->cups.jobs, 0, sizeof(b->cups.jobs)); /* cupsd knows none of them */
	b->cups.count = 0;
	b->cups.next_id = 1;
	reconcile(b);
	for (int i = 0; i < 2; i++)
		TAP_OK(job_state(b, &h[i]) == 4 && state_of(b, &h[i]) == ORDER_HELD,
		       "a held order's job is made again");
	TAP_OK(job_state(b, &h[2]) == 5 && state_of(b, &h[2]) == ORDER_RELEASED,
	       "a released one's is made and released");
	order_of(b, &h[2], &o);
	h[2].job = o.cups_job;
	order_clear(&o);
	TAP_OK(make(b, &h[2], 1), "under its new number it prints");
	for (int i = 0; i < 3; i++)
		handed_clear(&h[i]);
}

static void
who_still_waits_for_a_job_is_not_mended(struct bench *b)
{
	const uint32_t rate = b->settings.hold_rate;
	struct handed h[10];
	struct client c;
	struct error err;
	struct order o;
	int waiting = 0, touched = 0;
	int64_t before;

	b->settings.hold_rate = 1;
	b->clock.skew_s += 2; /* what was saved up is cut down to the new rate */
	bench_turn(b);
	bench_channel(b, &c);
	for (int i = 0; i < 10; i++)
		hand_in(b, &c, &(struct wish){0}, &h[i], &err);
	client_close(&c);
	b->clock.skew_s += b->settings.reconcile_s + 1;
	before = reconcile_last(b->k);
	reconcile_tick(b->k);
	for (int i = 0; i < 100 && reconcile_last(b->k) == before; i++)
		bench_turn(b);
	TAP_OK(reconcile_last(b->k) != before, "cupsd and the orders are compared");
	for (int i = 0; i < 10; i++) {
		order_of(b, &h[i], &o);
		waiting += o.cups_job == 0;
		touched += o.cups_job == 0 && o.revision != 1;
		order_clear(&o);
	}
	TAP_OK(waiting >= 3 && touched == 0,
	       "after a burst %d orders still wait for their jobs; %d were touched",
	       waiting, touched);
	b->settings.hold_rate = rate;
	bench_pass(b, 2);
	for (int i = 0; i < 10; i++) {
		waiting -= job_state(b, &h[i]) == 4;
		handed_clear(&h[i]);
	}
	TAP_OK(waiting <= 0, "and get them");
}

static void
an_operators_cancel_cancels_the_order(struct bench *b)
{
	struct handed h[2];
	struct order o;

	hand_in_some(b, h, 2);
	cups_job_of(b, h[0].uuid)->state = 7;
	cups_job_of(b, h[1].uuid)->state = 8;
	reconcile(b);
	order_of(b, &h[0], &o);
	TAP_OK(o.state == ORDER_CANCELED &&
		       strcmp(o.reason, "job-canceled-by-operator") == 0,
	       "cancelled in cupsd: %s", o.message);
	order_clear(&o);
	TAP_OK(state_of(b, &h[1]) == ORDER_HELD && job_state(b, &h[1]) == 4,
	       "aborted in cupsd is nobody's will: the job is made again");
	handed_clear(&h[0]);
	handed_clear(&h[1]);
}

/* What spoolctl status says was mended last. */
static void
mended(struct bench *b, char text[ORDER_TEXT_MAX])
{
	struct wire_status_info info = {0};

	bench_status(b, &info);
	text_copy(text, ORDER_TEXT_MAX, info.mended_text);
}

static void
a_purged_job_is_no_cancel(struct bench *b)
{
	char text[ORDER_TEXT_MAX];
	struct handed h;

	hand_in_some(b, &h, 1);
	cups_job_of(b, h.uuid)->state = 0; /* cancel -x: cupsd knows it no more */
	reconcile(b);
	TAP_OK(state_of(b, &h) == ORDER_HELD && job_state(b, &h) == 4,
	       "its job is made again, as if cupsd had lost it");
	mended(b, text);
	TAP_OK(strstr(text, "1 missing and made again") != NULL,
	       "and the operator can read so: %s", text);
	handed_clear(&h);
}

/* Two jobs of one number, after a crash: cupsd lists the one and cancels the other. */
static void
a_ghost_is_told_of_once(struct bench *b)
{
	struct fake_job *ghost;
	struct handed h[2];
	struct order o;
	struct error err;
	char text[ORDER_TEXT_MAX];

	hand_in_some(b, h, 2);
	ghost = cups_job_of(b, h[0].uuid);
	order_of(b, &h[0], &o);
	o.state = ORDER_CANCELED;
	TAP_OK(store_update(b->k->store, &o, false, &err) == 0, "an order is over");
	order_clear(&o);
	for (int round = 0; round < 4; round++) {
		ghost->state = 4;
		if (round == 3) /* and something else is mended beside it */
			cups_job_of(b, h[1].uuid)->state = 0;
		reconcile(b);
		if (round == 0) {
			mended(b, text);
			TAP_OK(strstr(text, "1 cancelled") != NULL,
			       "its job is cancelled: %s", text);
		}
	}
	mended(b, text);
	TAP_OK(strstr(text, "1 missing") != NULL &&
		       strstr(text, "cancelled,") == NULL &&
		       strstr(text, "1 cancelled") == NULL,
	       "one that is listed all the same is not told of again: %s", text);
	ghost->state = 7;
	handed_clear(&h[0]);
	handed_clear(&h[1]);
}

static void
an_order_of_a_date_to_come_is_looked_after(struct bench *b)
{
	const int64_t right = b->clock.jump_s;
	struct handed h;

	b->clock.jump_s = right + 31536000;
	hand_in_some(b, &h, 1);
	b->clock.jump_s = right;
	cups_job_of(b, h.uuid)->state = 0;
	reconcile(b);
	TAP_OK(job_state(b, &h) == 4, "its job, lost since, is made again");
	handed_clear(&h);
}

/* The settings put another queue behind a printer; orders that wait follow. */
static void
an_order_goes_where_its_printer_goes(struct bench *b)
{
	char *queue = b->settings.printers[0].queue;
	struct handed h[2];
	struct order o;

	hand_in_some(b, h, 2);
	cups_job_of(b, h[1].uuid)->state = 0; /* one went with its queue */
	text_copy(queue, ORDER_QUEUE_MAX, "new-queue");
	for (int i = 0; i < 4; i++)
		reconcile(b);
	for (int i = 0; i < 2; i++) {
		order_of(b, &h[i], &o);
		TAP_OK(o.state == ORDER_HELD && strcmp(o.queue, "new-queue") == 0 &&
			       job_state(b, &h[i]) == 4 &&
			       strcmp(cups_job_of(b, o.uuid)->queue, "new-queue") == 0,
		       "it is %s, in %s, its job %d", order_state_name(o.state),
		       o.queue, job_state(b, &h[i]));
		order_clear(&o);
		handed_clear(&h[i]);
	}
	text_copy(queue, ORDER_QUEUE_MAX, "photo-queue");
	for (int i = 0; i < 4; i++)
		reconcile(b);
}

static void
unknown_tickets_are_cancelled_in_our_queues_only(struct bench *b)
{
	struct fake_job *mine = &b->cups.jobs[b->cups.count++];
	struct fake_job *foreign = &b->cups.jobs[b->cups.count++];

	*mine = (struct fake_job){.id = 9001, .queue = "photo-queue", .state = 4};
	*foreign = (struct fake_job){.id = 9002, .queue = "elsewhere", .state = 4};
	uuid_make(mine->order);
	uuid_make(foreign->order);
	reconcile(b);
	TAP_OK(mine->state == 7, "a ticket without an order goes");
	TAP_OK(foreign->state == 4, "another shop's queue is not ours to clean");
	foreign->state = 0;
}

static void
a_second_job_of_an_order_goes(struct bench *b)
{
	struct fake_job *second = &b->cups.jobs[b->cups.count++];
	struct handed h;

	hand_in_some(b, &h, 1);
	*second = (struct fake_job){.id = 9100, .queue = "photo-queue", .state = 4};
	memcpy(second->order, h.uuid, UUID_BYTES);
	reconcile(b);
	TAP_OK(second->state == 7 && job_state(b, &h) == 4 &&
		       cups_job_of(b, h.uuid)->id == h.job,
	       "the one that the order knows stays");
	cups_job_of(b, h.uuid)->state = 0; /* restored from a backup: another number */
	second->state = 4;
	reconcile(b);
	TAP_OK(cups_job_of(b, h.uuid) == second && state_of(b, &h) == ORDER_HELD,
	       "a job that is the only one is taken over");
	handed_clear(&h);
}

static void
a_held_order_that_runs_is_held_again(struct bench *b)
{
	static const uint8_t states[] = {3, 5, 6};
	struct handed h;

	hand_in_some(b, &h, 1);
	for (int i = 0; i < 3; i++) {
		cups_job_of(b, h.uuid)->state = states[i];
		reconcile(b);
		TAP_OK(job_state(b, &h) == 4 && state_of(b, &h) == ORDER_HELD,
		       "job-state %d is made held", states[i]);
	}
	handed_clear(&h);
}

static void
a_moved_job_takes_its_order_along(struct bench *b)
{
	struct handed h;
	struct order o;

	hand_in_some(b, &h, 1);
	text_copy(cups_job_of(b, h.uuid)->queue, ORDER_QUEUE_MAX, "plate-queue");
	reconcile(b);
	order_of(b, &h, &o);
	TAP_OK(strcmp(o.queue, "plate-queue") == 0 && o.state == ORDER_HELD,
	       "lpmove to another queue of ours");
	order_clear(&o);
	text_copy(cups_job_of(b, h.uuid)->queue, ORDER_QUEUE_MAX, "renamed");
	reconcile(b);
	order_of(b, &h, &o);
	TAP_OK(strcmp(o.queue, "plate-queue") == 0 && o.state == ORDER_HELD &&
		       job_state(b, &h) == 4,
	       "a queue that is none of ours changes nothing");
	order_clear(&o);
	handed_clear(&h);
}

static void
an_order_whose_job_ended_without_a_word_is_stopped(struct bench *b)
{
	struct handed h[3];
	struct client filter, backend;
	struct error err = {0};

	hand_in_some(b, h, 3);
	for (int i = 0; i < 3; i++) {
		let_go(b, &h[i]);
		bench_peer(b, &filter, WIRE_FROM_FILTER, 50);
		spend(b, &filter, &h[i], 1, NULL, &err);
		client_close(&filter);
	}
	bench_peer(b, &backend, WIRE_FROM_FILTER, 51);
	produce(b, &backend, &h[1], &err);
	cups_job_of(b, h[1].uuid)->state = 4;
	cups_job_of(b, h[2].uuid)->state = 9;
	reconcile(b);
	TAP_OK(state_of(b, &h[0]) == ORDER_PRODUCING,
	       "its job still runs: filters may take their time");
	TAP_OK(state_of(b, &h[1]) == ORDER_PRODUCING,
	       "its job does not, but its backend is still here");
	TAP_OK(state_of(b, &h[2]) == ORDER_STOPPED, "completed, says cupsd: stopped");
	client_close(&backend);
	bench_turn(b);
	reconcile(b);
	TAP_OK(state_of(b, &h[1]) == ORDER_STOPPED, "the backend is gone: stopped");
	for (int i = 0; i < 3; i++)
		handed_clear(&h[i]);
}

static void
a_list_that_is_not_whole_decides_nothing(struct bench *b)
{
	struct handed h;
	struct fake_job *job;

	hand_in_some(b, &h, 1);
	job = cups_job_of(b, h.uuid);
	job->state = 7;
	b->cups.up = false;
	reconcile(b);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "cupsd did not answer to the end");
	b->cups.up = true;
	reconcile(b);
	TAP_OK(state_of(b, &h) == ORDER_CANCELED, "when it does, the cancel is seen");
	handed_clear(&h);
}

static void
half_a_list_stops_nothing_that_is_being_made(struct bench *b)
{
	struct client filter;
	struct handed h;
	struct error err = {0};

	hand_in_some(b, &h, 1);
	let_go(b, &h);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 50);
	spend(b, &filter, &h, 1, NULL, &err);
	client_close(&filter);
	bench_turn(b);
	b->cups.torn = true;
	reconcile(b);
	b->cups.torn = false;
	TAP_OK(state_of(b, &h) == ORDER_PRODUCING, "its job was not in the half");
	cups_job_of(b, h.uuid)->state = 4;
	reconcile(b);
	TAP_OK(state_of(b, &h) == ORDER_STOPPED, "a whole list tells that it ended");
	handed_clear(&h);
}

static void
a_queue_that_is_missing_blocks_no_other(struct bench *b)
{
	struct handed h[2];
	uint32_t wants;

	b->cups.no_queue = true;
	hand_in_some(b, &h[0], 1);
	wants = b->cups.wants;
	bench_rest(b);
	TAP_OK(b->cups.wants == wants, "it is not asked for over and over");
	b->cups.no_queue = false;
	hand_in_some(b, &h[1], 1);
	TAP_OK(job_state(b, &h[1]) == 4, "the next order's job is made");
	reconcile(b);
	TAP_OK(job_state(b, &h[0]) == 4, "and the first one's when its queue is there");
	handed_clear(&h[0]);
	handed_clear(&h[1]);
}

static void
a_completed_orders_job_may_end_by_itself(struct bench *b)
{
	struct handed h;

	hand_in_some(b, &h, 1);
	let_go(b, &h);
	make(b, &h, 1);
	bench_rest(b);
	TAP_OK(state_of(b, &h) == ORDER_COMPLETED && job_state(b, &h) == 5,
	       "cupsd has yet to see the backend's exit");
	reconcile(b);
	TAP_OK(job_state(b, &h) == 5, "it is given time to");
	reconcile(b);
	reconcile(b);
	TAP_OK(job_state(b, &h) == 0, "if it never ends it is taken away");
	handed_clear(&h);
}

/* However slow this machine is: no more than time has paid for, and one burst. */
static bool
is_measured(struct bench *b, uint32_t made, int64_t since_ms)
{
	int64_t paid =
		(keep_mono_ms(b->k) - since_ms) * b->k->settings->hold_rate / 1000;

	return made <= paid + b->k->settings->hold_rate / 4 + JOBS_IN_FLIGHT;
}

static void
a_release_overtakes(struct bench *b)
{
	struct handed h[300];
	struct client c;
	struct error err = {0};
	int64_t since;
	uint32_t before;
	int turns;

	hand_in_some(b, h, 1);
	bench_channel(b, &c);
	since = keep_mono_ms(b->k);
	before = cups_jobs_alive(b);
	for (int i = 1; i < 300; i++)
		hand_in(b, &c, &(struct wish){0}, &h[i], &err);
	TAP_OK(is_measured(b, cups_jobs_alive(b) - before, since),
	       "jobs are made at a measured pace");
	release(b, &c, &h[0], h[0].text, 0, &err);
	for (turns = 0; turns < 10 && job_state(b, &h[0]) != 5; turns++)
		bench_turn(b);
	TAP_OK(job_state(b, &h[0]) == 5, "a release does not wait for them (%d turns)",
	       turns);
	bench_rest(b);
	TAP_OK(job_state(b, &h[299]) == 4, "all are made in the end");
	for (int i = 0; i < 300; i++)
		handed_clear(&h[i]);
	client_close(&c);
}

static void
cupsd_emptied_under_many_orders(struct bench *b)
{
	uint32_t before = cups_jobs_alive(b);

	for (uint32_t i = 0; i < b->cups.count; i++)
		b->cups.jobs[i].state = 0;
	b->cups.count = 0;
	reconcile(b);
	reconcile(b);
	TAP_OK(cups_jobs_alive(b) == before, "%u jobs are there again, none twice",
	       before);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	cupsd_down_delays_no_submission(&b);
	an_outage_ends_at_once(&b);
	a_round_is_bounded(&b);
	a_lost_spool_is_made_again(&b);
	who_still_waits_for_a_job_is_not_mended(&b);
	an_operators_cancel_cancels_the_order(&b);
	a_purged_job_is_no_cancel(&b);
	a_ghost_is_told_of_once(&b);
	an_order_of_a_date_to_come_is_looked_after(&b);
	an_order_goes_where_its_printer_goes(&b);
	unknown_tickets_are_cancelled_in_our_queues_only(&b);
	a_second_job_of_an_order_goes(&b);
	a_held_order_that_runs_is_held_again(&b);
	a_moved_job_takes_its_order_along(&b);
	an_order_whose_job_ended_without_a_word_is_stopped(&b);
	a_list_that_is_not_whole_decides_nothing(&b);
	half_a_list_stops_nothing_that_is_being_made(&b);
	a_queue_that_is_missing_blocks_no_other(&b);
	a_completed_orders_job_may_end_by_itself(&b);
	a_release_overtakes(&b);
	cupsd_emptied_under_many_orders(&b);
	bench_close(&b);
	return tap_done();
}
