/*
 * keep-calendar.c - no clock ends orders by being wrong; and what is due does not keep
 * others waiting.
 *
 * An argument is how many orders come due at once; `make check-due` says 50,000.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/expire.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define HOUR INT64_C(3600)
#define DAY  (24 * HOUR)
#define YEAR (365 * DAY)

#define STUCK (EXPIRE_BATCH + 20)

/* So many seconds pass, a tick each hour, as if keep ran all the time. */
static void
go_on(struct bench *b, int64_t seconds)
{
	for (; seconds > 0; seconds -= HOUR)
		bench_pass(b, seconds < HOUR ? seconds : HOUR);
}

static void
a_clock_that_jumps_ahead_ends_nothing(struct bench *b)
{
	struct client c;
	struct handed before, meanwhile;
	struct order o;
	struct error err = {0};

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &before);
	go_on(b, 2 * HOUR);
	b->clock.jump_s = 70 * YEAR;
	bench_pass(b, 1);
	TAP_OK(state_of(b, &before) == ORDER_HELD && b->k->calendar.doubted != 0,
	       "seventy years at once are doubted");
	hand_in_and_rest(b, &c, &(struct wish){0}, &meanwhile);
	TAP_OK(state_of(b, &meanwhile) == ORDER_HELD, "orders are taken in");
	TAP_OK(release(b, &c, &before, before.text, 0, &err) == 0, "and released: %s",
	       err.text);
	bench_rest(b);
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(state_of(b, &before) == ORDER_HELD,
	       "a release that nobody spends ends in its time");
	go_on(b, 20 * HOUR);
	b->clock.jump_s = 0;
	bench_pass(b, 1);
	TAP_OK(b->k->calendar.doubted == 0 && state_of(b, &before) == ORDER_HELD &&
		       state_of(b, &meanwhile) == ORDER_HELD,
	       "set right within a day, nothing has happened");
	order_of(b, &before, &o);
	TAP_OK(o.due < keep_now(b->k) + b->settings.due_days * DAY, "dates are right");
	order_clear(&o);
	go_on(b, b->settings.due_days * DAY);
	TAP_OK(state_of(b, &before) == ORDER_EXPIRED, "and come when they should");
	handed_clear(&before);
	handed_clear(&meanwhile);
	client_close(&c);
}

static void
a_clock_that_goes_on_is_believed(struct bench *b)
{
	struct client c;
	struct handed h;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	b->clock.jump_s = 30 * DAY;
	go_on(b, 12 * HOUR);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "half a day after a jump of a month");
	b->clock.jump_s = 31 * DAY;
	go_on(b, 20 * HOUR);
	TAP_OK(state_of(b, &h) == ORDER_HELD,
	       "a clock that jumps again is doubted from the beginning");
	go_on(b, 5 * HOUR);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED && b->k->calendar.doubted == 0,
	       "a day after that it is believed, and what is due goes");
	b->settings.clock_doubt_h = 0;
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	b->clock.jump_s = 61 * DAY;
	bench_pass(b, 1);
	bench_pass(b, 1);
	TAP_OK(state_of(b, &h) == ORDER_EXPIRED, "or at once, where the shop wants so");
	b->settings.clock_doubt_h = 24;
	handed_clear(&h);
	client_close(&c);
}

static void
a_machine_that_comes_up_in_another_year(struct bench *b)
{
	struct client c;
	struct handed before, meanwhile;
	const int64_t right = b->clock.jump_s;
	int64_t doubted;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &before);
	go_on(b, HOUR);
	b->clock.jump_s = right - 56 * YEAR;
	bench_restart(b);
	client_close(&c);
	bench_channel(b, &c);
	bench_pass(b, 1);
	hand_in_and_rest(b, &c, &(struct wish){0}, &meanwhile);
	b->clock.jump_s = right;
	bench_pass(b, 1);
	TAP_OK(b->k->calendar.doubted == 0 && state_of(b, &before) == ORDER_HELD &&
		       state_of(b, &meanwhile) == ORDER_HELD,
	       "1970 for a while: what came then is as old as it is");
	b->clock.jump_s = right + 73 * YEAR;
	bench_restart(b);
	bench_pass(b, 1);
	TAP_OK(state_of(b, &before) == ORDER_HELD, "2099 after a start ends nothing");
	go_on(b, 10 * HOUR);
	doubted = b->k->calendar.doubted;
	bench_restart(b);
	bench_pass(b, 1);
	TAP_OK(doubted != 0 && b->k->calendar.doubted == doubted,
	       "a restart does not begin the day again");
	go_on(b, 13 * HOUR);
	TAP_OK(state_of(b, &before) == ORDER_HELD, "an hour is left");
	go_on(b, 2 * HOUR);
	TAP_OK(state_of(b, &before) == ORDER_EXPIRED, "then it is 2099");
	b->clock.jump_s = right;
	go_on(b, 26 * HOUR);
	TAP_OK(b->k->calendar.doubted == 0 &&
		       calendar_now(b->k) < time(NULL) + b->clock.skew_s + right + DAY,
	       "and a day after the clock was set back it is today");
	handed_clear(&before);
	handed_clear(&meanwhile);
	client_close(&c);
}

static void
a_weekend_off_is_no_jump(struct bench *b)
{
	struct client c;
	struct handed h;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){.fetch_until = keep_now(b->k) + DAY},
			 &h);
	go_on(b, HOUR);
	b->clock.jump_s += 3 * DAY;
	bench_restart(b);
	bench_pass(b, 1);
	TAP_OK(b->k->calendar.doubted == 0 && state_of(b, &h) == ORDER_EXPIRED,
	       "three days off, and what came due then goes");
	handed_clear(&h);
	client_close(&c);
}

/* --- many at once --- */

static void
fill(struct bench *b, uint32_t many)
{
	struct store *s = b->k->store;
	struct order o;
	struct error err = {0};

	for (uint32_t i = 0; i < many; i++) {
		order_init(&o);
		uuid_make(o.uuid);
		uuid_make(o.key);
		o.state = ORDER_HELD;
		text_copy(o.printer, sizeof(o.printer), "photo");
		text_copy(o.queue, sizeof(o.queue), "photo");
		text_copy(o.user, sizeof(o.user), "many");
		o.created = keep_now(b->k);
		o.fetch_until = keep_now(b->k) + DAY;
		o.due = o.fetch_until;
		if (store_next_number(s, &o.number, &err) != 0 ||
		    store_insert(s, &o, &err) != 0 ||
		    store_outbox_done(s, o.uuid, o.revision, &err) != 0) {
			tap_diag("%s", err.text);
			exit(99);
		}
		order_clear(&o);
		if ((i % 1000 == 999 || i + 1 == many) && store_flush(s, &err) != 0)
			exit(99);
	}
}

static uint64_t
expired(struct bench *b)
{
	struct store_health h;
	struct error err = {0};

	store_count(b->k->store, &h, &err);
	return h.orders[ORDER_EXPIRED];
}

static void
many_due_at_once_keep_nobody_waiting(struct bench *b, uint32_t many)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	uint64_t first, before, most = 0;
	int64_t began = clock_mono_ms();
	unsigned taken = 0, refused = 0;

	fill(b, many);
	tap_diag("%u orders made in %d ms", many, (int)(clock_mono_ms() - began));
	first = expired(b);
	b->clock.skew_s += DAY + 1;
	began = clock_mono_ms();
	bench_channel(b, &c);
	while (expired(b) - first < many && clock_mono_ms() - began < 120000) {
		before = expired(b);
		if (hand_in(b, &c, &(struct wish){.bytes = 10}, &h, &err) == 0)
			taken++;
		else
			refused++;
		handed_clear(&h);
		if (expired(b) - before > most)
			most = expired(b) - before;
	}
	TAP_OK(expired(b) - first == many, "%u orders due at once all expire", many);
	tap_diag("in %d ms, %u orders were handed in meanwhile",
		 (int)(clock_mono_ms() - began), taken);
	TAP_OK(taken > many / (10 * EXPIRE_BATCH) && refused == 0,
	       "others are served between the slices, all of them");
	/* an order handed in is five messages, each may meet a slice */
	TAP_OK(most <= 8 * EXPIRE_BATCH,
	       "none of them waits for more than a few slices: %u orders",
	       (unsigned)most);
	client_close(&c);
}

/* --- some that can't move --- */

/* Takes the row away that leads from their name to them, or puts it back. */
static void
cut_off(struct bench *b, const struct handed *h, unsigned count, bool off)
{
	struct store *s = b->k->store;

	for (unsigned i = 0; i < count; i++) {
		struct key name = key_of_bytes(h[i].uuid, UUID_BYTES);
		struct key number = key_of_u32(h[i].number);
		if (change_begin(s, NULL) != 0 ||
		    change_end(s,
			       off ? kv_del(s->kv, KV_UUID, key_span(&name), NULL)
				   : kv_put(s->kv, KV_UUID, key_span(&name),
					    key_span(&number), NULL),
			       NULL) != 0)
			exit(99);
	}
	store_flush(s, NULL);
}

static void
what_cannot_move_is_in_nobodys_way(struct bench *b)
{
	static struct handed stuck[STUCK], other[3];
	struct client c;
	struct error err = {0};
	uint64_t before = expired(b);

	bench_channel(b, &c);
	for (int i = 0; i < STUCK; i++)
		hand_in(b, &c,
			&(struct wish){.bytes = 10,
				       .fetch_until = keep_now(b->k) + DAY},
			&stuck[i], &err);
	for (int i = 0; i < 3; i++)
		hand_in(b, &c,
			&(struct wish){.bytes = 10,
				       .fetch_until =
					       keep_now(b->k) + DAY + 600 * (i + 1)},
			&other[i], &err);
	bench_rest(b);
	cut_off(b, stuck, STUCK, true);
	bench_pass(b, DAY + 601);
	TAP_OK(state_of(b, &other[0]) == ORDER_EXPIRED,
	       "behind %d that can't move one expires", STUCK);
	bench_pass(b, 600);
	TAP_OK(state_of(b, &other[1]) == ORDER_EXPIRED, "and later another one");
	cut_off(b, stuck, STUCK, false);
	TAP_OK(expired(b) == before + 2, "they themselves have not moved");
	bench_pass(b, 600);
	TAP_OK(expired(b) == before + 3 + STUCK, "when they can, they do");
	for (int i = 0; i < STUCK; i++)
		handed_clear(&stuck[i]);
	for (int i = 0; i < 3; i++)
		handed_clear(&other[i]);
	client_close(&c);
}

int
main(int argc, char **argv)
{
	static struct bench b;
	uint32_t many = argc > 1 ? (uint32_t)atoi(argv[1]) : 3000;

	bench_open(&b, "lmdb");
	if (argc == 1) {
		a_clock_that_jumps_ahead_ends_nothing(&b);
		a_clock_that_goes_on_is_believed(&b);
		a_machine_that_comes_up_in_another_year(&b);
		a_weekend_off_is_no_jump(&b);
		what_cannot_move_is_in_nobodys_way(&b);
	}
	many_due_at_once_keep_nobody_waiting(&b, many);
	bench_close(&b);
	return tap_done();
}
