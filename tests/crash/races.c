/*
 * races.c - races over the real way: IPP to the station socket, front, keep. One winner.
 *
 *   races -d FOLDER -p PORT -s SPOOLD -c CLOCK.SO [-n RACES] [-r SEED]
 *
 *   two stations release one order        one is told yes, one no; it is released, once
 *   a station releases, somebody cancels  it is canceled in the end; the station may have
 *                                         been faster, and then it was released before
 *   a station releases, the date comes    yes, and it is released; or no, and expired
 *
 * races.sh lays out the folder; its queues are stopped, so that what is released stays so.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/crash/customer.h"
#include "tests/crash/inspect.h"
#include "tests/crash/shop.h"

#define BATCH	 20 /* orders whose date comes at once, and races between two looks */
#define DUE_S	 86400
#define LATE_MS	 2500 /* at most, from a second before the date */
#define SAID_MAX 20

enum kind { RACE_RELEASE, RACE_CANCEL, RACE_DATE, RACES };

static const char *const kinds[RACES] = {"two stations", "a station and a cancel",
					 "a station and the date"};

struct races;

struct runner {
	struct races *all;
	struct customer person;
	struct claim *claim;
	bool cancels;
	unsigned late_ms;
	enum known heard;
	pthread_t thread;
};

struct races {
	struct shop shop;
	struct ledger ledger;
	struct street street;
	struct inspect inspect;
	struct customer giver;
	struct runner runners[BATCH];
	pthread_barrier_t start;
	uint64_t random;
	unsigned count, wrong, won[RACES]; /* won: by the (first) station */
};

static const char *const printers[] = {"photo", "quick", "swift"};

static void
wrong(struct races *r, enum kind kind, const struct claim *c, const char *what)
{
	if (r->wrong++ < SAID_MAX)
		printf("# %s, order %u (%s): %s\n", kinds[kind], c->number, c->name,
		       what);
	fflush(stdout);
}

static void *
run(void *context)
{
	struct runner *me = context;

	pthread_barrier_wait(&me->all->start);
	poll(NULL, 0, (int)me->late_ms);
	me->heard = me->cancels ? customer_cancel(&me->person, me->claim, true)
				: customer_fetch(&me->person, me->claim);
	return NULL;
}

/* The first `count` runners, at once. */
static void
run_all(struct races *r, unsigned count)
{
	pthread_barrier_init(&r->start, NULL, count);
	for (unsigned i = 0; i < count; i++)
		pthread_create(&r->runners[i].thread, NULL, run, &r->runners[i]);
	for (unsigned i = 0; i < count; i++)
		pthread_join(r->runners[i].thread, NULL);
	pthread_barrier_destroy(&r->start);
}

static struct claim *
new_order(struct races *r)
{
	struct claim *c;

	do
		c = customer_hand_in(&r->giver);
	while (c->submitted != KNOWN_YES);
	return c;
}

static const struct sight *
sight_of(const struct races *r, const struct claim *c)
{
	const struct evidence *e = &r->inspect.e;

	for (unsigned i = 0; i < e->sight_count; i++)
		if (e->sights[i].number == c->number)
			return &e->sights[i];
	return NULL;
}

static void
expect(struct races *r, enum kind kind, const struct claim *c, enum order_state state,
       unsigned attempts)
{
	const struct sight *s = sight_of(r, c);
	char what[128];

	if (s != NULL && s->state == (int)state && s->attempts == attempts)
		return;
	snprintf(what, sizeof(what), "it is %s, released %u times; expected %s, %u",
		 s != NULL ? order_state_name((enum order_state)s->state) : "not there",
		 s != NULL ? s->attempts : 0, order_state_name(state), attempts);
	wrong(r, kind, c, what);
}

static void
look(struct races *r)
{
	struct error err;

	while (inspect_look(&r->inspect, &err) != 0)
		poll(NULL, 0, 20);
}

/* --- two at once --- */

static void
race_two(struct races *r, enum kind kind)
{
	struct runner *one = &r->runners[0], *two = &r->runners[1];
	struct error err;

	one->claim = two->claim = new_order(r);
	two->cancels = kind == RACE_CANCEL;
	/* now one is a little late, and now the other */
	one->late_ms = (unsigned)(draw(&r->random) % 4);
	two->late_ms = (unsigned)(draw(&r->random) % (kind == RACE_CANCEL ? 40 : 4));
	run_all(r, 2);
	while (inspect_order(&r->inspect, one->claim->number, &err) != 0)
		poll(NULL, 0, 20);
	r->won[kind] += one->heard == KNOWN_YES;
	if (kind == RACE_RELEASE) {
		if (one->heard + two->heard != KNOWN_YES + KNOWN_NO ||
		    one->heard == two->heard)
			wrong(r, kind, one->claim, "not one yes and one no");
		expect(r, kind, one->claim, ORDER_RELEASED, 1);
		customer_cancel(&r->giver, one->claim, true);
		return;
	}
	if (two->heard != KNOWN_YES || one->heard == KNOWN_PERHAPS)
		wrong(r, kind, one->claim, "the cancel was not heard");
	expect(r, kind, one->claim, ORDER_CANCELED, one->heard == KNOWN_YES);
}

/* --- the date --- */

static void
race_date(struct races *r)
{
	for (unsigned i = 0; i < BATCH; i++) {
		r->runners[i].claim = new_order(r);
		r->runners[i].cancels = false;
		r->runners[i].late_ms = (unsigned)(draw(&r->random) % LATE_MS);
	}
	shop_pass(&r->shop, DUE_S - 1);
	run_all(r, BATCH);
	look(r);
	for (unsigned i = 0; i < BATCH; i++) {
		const struct runner *one = &r->runners[i];
		r->won[RACE_DATE] += one->heard == KNOWN_YES;
		if (one->heard == KNOWN_PERHAPS)
			wrong(r, RACE_DATE, one->claim, "the station was told neither");
		else if (one->heard == KNOWN_YES)
			expect(r, RACE_DATE, one->claim, ORDER_RELEASED, 1);
		else
			expect(r, RACE_DATE, one->claim, ORDER_EXPIRED, 0);
	}
}

/* --- all of it --- */

static void
race(struct races *r)
{
	for (unsigned i = 0; i < r->count; i++)
		race_two(r, RACE_RELEASE);
	for (unsigned i = 0; i < r->count; i++)
		race_two(r, RACE_CANCEL);
	for (unsigned i = 0; i < r->count; i += BATCH)
		race_date(r);
	printf("# of %u each, the (first) station was faster: ", r->count);
	for (enum kind k = 0; k < RACES; k++)
		printf("%s%s %u", k > 0 ? ", " : "", kinds[k], r->won[k]);
	printf("; %u wrong\n", r->wrong);
}

static void
furnish(struct races *r)
{
	char name[32];

	r->street.ledger = &r->ledger;
	r->street.host = "localhost";
	r->street.port = r->shop.port;
	r->street.station = r->shop.station;
	r->street.printers = printers;
	r->street.printer_count = sizeof(printers) / sizeof(*printers);
	r->inspect.keep = r->shop.keep;
	r->inspect.device_log = r->shop.taken;
	customer_init(&r->giver, &r->street, "giver", draw(&r->random));
	for (unsigned i = 0; i < BATCH; i++) {
		snprintf(name, sizeof(name), "station%u", i);
		customer_init(&r->runners[i].person, &r->street, name,
			      draw(&r->random));
		r->runners[i].all = r;
	}
}

int
main(int argc, char *argv[])
{
	static struct races r;

	signal(SIGPIPE, SIG_IGN);
	r.random = (uint64_t)time(NULL);
	r.count = BATCH;
	if (shop_options(&r.shop, &r.count, &r.random, argc, argv) != 0)
		return 2;
	printf("# %u races of each kind, seed %" PRIu64 "\n", r.count, r.random);
	fflush(stdout);
	ledger_init(&r.ledger);
	street_init(&r.street);
	furnish(&r);
	if (shop_open(&r.shop) != 0)
		return 2;
	race(&r);
	shop_close(&r.shop);
	customer_clear(&r.giver);
	for (unsigned i = 0; i < BATCH; i++)
		customer_clear(&r.runners[i].person);
	inspect_clear(&r.inspect);
	street_clear(&r.street);
	ledger_clear(&r.ledger);
	return r.wrong == 0 ? 0 : 1;
}
