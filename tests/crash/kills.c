/*
 * kills.c - a shop under load, and SIGKILL at random moments; after each one a judge.
 *
 *   kills -d FOLDER -p PORT -s SPOOLD -c CLOCK.SO [-n KILLS] [-r SEED]
 *
 * kills.sh lays out the folder. Status 0: no promise was broken, and the judge, tried
 * with faults planted into what this very shop showed, found each of them.
 *
 * Between two kills a minute passes for spoold (by clock.so), so that its supervisor does
 * not take them for one illness and wait longer each time; every ROUND kills the street
 * is empty for a moment, what must agree at rest is compared, and then half a day passes,
 * which orders that nobody fetched do not survive. At the end everybody fetches what he
 * still has there: an order that was kept but can't be produced would be found now.
 *
 * The seed makes the load and the victims, not the machine's timing: a run can't be had
 * again, but another one like it.
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

#define ROUND	    8
#define MINUTE_S    70
#define DAY_S	    86400
#define REST_S	    (DAY_S / 2 + 60)
#define BETWEEN_MS  500 /* at most, from one judgement to the next kill */
#define REST_MS	    180000
#define REST_FASTER 3	/* seconds, each 50 ms */
#define LOG_EACH    100 /* kills, a line where nobody looks */
#define SAID_MAX    40	/* breaches told one by one */

struct run {
	struct shop shop;
	struct ledger ledger;
	struct street street;
	struct inspect inspect;
	struct customer customers[CUSTOMERS], last; /* last: fetches the rest */
	uint64_t random;
	unsigned kills, done;
	unsigned by_victim[VICTIMS], breaches[BREACHES], breach_count;
	int64_t begun_ms;
};

static const char *const printers[] = {"photo", "quick", "swift"};

/* How often each is chosen, of 100. */
static const unsigned weight[VICTIMS] = {14, 18, 14, 12, 14, 14, 14};

static void
note_breach(enum breach breach, const char *sentence, void *context)
{
	struct run *r = context;

	r->breaches[breach]++;
	if (r->breach_count++ < SAID_MAX)
		printf("# after kill %u: %s: %s\n", r->done, breach_names[breach],
		       sentence);
	fflush(stdout);
}

/* --- the judge --- */

static unsigned
busy_orders(const struct run *r)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < r->inspect.e.sight_count; i++)
		busy += r->inspect.e.sights[i].state == ORDER_RELEASED ||
			r->inspect.e.sights[i].state == ORDER_PRODUCING;
	return busy;
}

/* keep answers again some time after front does. */
static bool
look(struct run *r)
{
	int64_t until = clock_mono_ms() + SHOP_UP_MS;
	struct error err;

	ledger_mark(&r->ledger);
	while (inspect_look(&r->inspect, &err) != 0) {
		if (clock_mono_ms() > until) {
			note_breach(BREACH_DOWN, err.text, r);
			return false;
		}
		poll(NULL, 0, 5);
	}
	return true;
}

static void
judge(struct run *r)
{
	struct evidence *e = &r->inspect.e;
	struct error err;

	if (!look(r))
		return;
	e->now = shop_date(&r->shop);
	e->mono_ms = clock_mono_ms();
	atomic_store(&r->street.queue, busy_orders(r));
	ledger_judge(&r->ledger, e, note_breach, r);
	while (inspect_store(&r->inspect, note_breach, r, &err) != 0) {
		if (clock_mono_ms() - e->mono_ms > SHOP_UP_MS) {
			note_breach(BREACH_DOWN, err.text, r);
			break;
		}
		poll(NULL, 0, 5);
	}
}

/* --- kills --- */

static enum victim
choose(struct run *r)
{
	unsigned n = (unsigned)(draw(&r->random) % 100);
	enum victim v = 0;

	while (v < VICTIMS - 1 && n >= weight[v])
		n -= weight[v++];
	return v;
}

static void
wait_up(struct run *r)
{
	int64_t until = clock_mono_ms() + SHOP_UP_MS;

	while (!shop_is_up(&r->shop)) {
		if (clock_mono_ms() > until) {
			note_breach(BREACH_DOWN, "the shop does not answer", r);
			return;
		}
		poll(NULL, 0, 10);
	}
}

static void
kill_one(struct run *r)
{
	enum victim v = choose(r);

	poll(NULL, 0, (int)(draw(&r->random) % BETWEEN_MS));
	/* nobody prints just now: then somebody who is always there */
	if (!shop_kill(&r->shop, v, 1500, (unsigned)draw(&r->random))) {
		v = VICTIM_KEEP;
		if (!shop_kill(&r->shop, v, 1500, 0))
			return;
	}
	r->by_victim[v]++;
	shop_pass(&r->shop, MINUTE_S);
	wait_up(r);
	r->done++;
	judge(r);
}

/* --- rest --- */

/* What waits for its time need not be waited for: a minute each second. */
static void
go_by(struct run *r)
{
	poll(NULL, 0, 50);
	shop_pass(&r->shop, REST_FASTER);
}

/* Nobody asks, nothing is made, and cupsd has what it should. */
static void
come_to_rest(struct run *r)
{
	int64_t until = clock_mono_ms() + REST_MS;
	struct error err = {0};

	while (look(r) && busy_orders(r) > 0 && clock_mono_ms() < until)
		go_by(r);
	while (inspect_jobs(&r->inspect, &err) != 1) {
		if (clock_mono_ms() > until) {
			note_breach(BREACH_JOBS, err.text, r);
			break;
		}
		go_by(r);
	}
	if (inspect_remains(&r->inspect, note_breach, r, &err) != 0)
		note_breach(BREACH_DOWN, err.text, r);
	judge(r);
}

static void
rest(struct run *r)
{
	atomic_store(&r->street.paused, true);
	while (atomic_load(&r->street.busy) > 0)
		poll(NULL, 0, 5);
	come_to_rest(r);
	shop_pass(&r->shop, REST_S);
	atomic_store(&r->street.paused, false);
}

/* Whoever has something that opens it fetches it; the operator cancels the rest. */
static unsigned
fetch_waiting(struct run *r)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < r->ledger.count; i++) {
		struct claim *c = r->ledger.claims[i];
		if (c->gone || (c->state != ORDER_HELD && c->state != ORDER_STOPPED))
			continue;
		waiting++;
		if (c->secret[0] == '\0')
			customer_cancel(&r->last, c, true);
		else
			customer_fetch(&r->last, c);
	}
	return waiting;
}

static void
fetch_all(struct run *r)
{
	int64_t until = clock_mono_ms() + 4 * REST_MS;

	come_to_rest(r);
	while (fetch_waiting(r) > 0) {
		come_to_rest(r);
		if (clock_mono_ms() > until) {
			note_breach(BREACH_STUCK, "what waits can't be fetched", r);
			break;
		}
	}
}

/* --- the judge's own trial --- */

/* What is planted into the evidence of a shop that is in order. */
static void
print_twice(struct evidence *e)
{
	for (unsigned i = 0; i < e->take_count; i++)
		for (unsigned p = 0; p < e->takes[i].pictures; p++)
			e->takes[i].picture[p].times += 100;
}

static void
tear_sets(struct evidence *e)
{
	for (unsigned i = 0; i < e->take_count; i++)
		e->takes[i].torn++;
}

/* As if a proof were the whole of it. */
static void
forget_proofs(struct evidence *e)
{
	for (unsigned i = 0; i < e->sight_count; i++)
		e->sights[i].attempts = e->sights[i].proofs;
}

static void
unstore(struct evidence *e)
{
	for (unsigned i = 0; i < e->sight_count; i++)
		if (e->sights[i].state == ORDER_STORED)
			e->sights[i].state = ORDER_HELD;
}

static void
lose_one(struct evidence *e)
{
	if (e->sight_count > 0)
		e->sight_count--;
}

static void
raise_the_dead(struct evidence *e)
{
	for (unsigned i = 0; i < e->sight_count; i++)
		if (order_is_over((enum order_state)e->sights[i].state))
			e->sights[i].state = ORDER_HELD;
}

static void
count_breach(enum breach breach, const char *sentence, void *context)
{
	unsigned *breaches = context;

	(void)sentence;
	breaches[breach]++;
}

static bool
finds(struct run *r, void (*plant)(struct evidence *), enum breach expected)
{
	unsigned breaches[BREACHES] = {0};

	ledger_mark(&r->ledger);
	plant(&r->inspect.e);
	ledger_judge(&r->ledger, &r->inspect.e, count_breach, breaches);
	printf("# tried: %u times '%s' is found\n", breaches[expected],
	       breach_names[expected]);
	return breaches[expected] > 0;
}

/* A short run may have none that are made. */
static bool
has_proofs(const struct run *r)
{
	for (unsigned i = 0; i < r->inspect.e.sight_count; i++)
		if (r->inspect.e.sights[i].proofs > 0 &&
		    r->inspect.e.sights[i].state == ORDER_COMPLETED)
			return true;
	return false;
}

static bool
has_stored(const struct run *r)
{
	for (unsigned i = 0; i < r->inspect.e.sight_count; i++)
		if (r->inspect.e.sights[i].state == ORDER_STORED)
			return true;
	return false;
}

/* Each fault spoils what is seen for the next one, and none is undone: the last thing. */
static bool
try_judge(struct run *r)
{
	return finds(r, print_twice, BREACH_TWICE) &&
	       finds(r, tear_sets, BREACH_HALF) &&
	       (!has_proofs(r) || finds(r, forget_proofs, BREACH_PROOF)) &&
	       (!has_stored(r) || finds(r, unstore, BREACH_UNDEAD)) &&
	       finds(r, raise_the_dead, BREACH_UNDEAD) &&
	       finds(r, lose_one, BREACH_LOST);
}

/* --- what a person sees --- */

static void
show_bar(const struct run *r)
{
	int64_t ms = clock_mono_ms() - r->begun_ms;
	unsigned width = 40, full = r->kills > 0 ? r->done * width / r->kills : 0;
	char bar[64];

	if (!isatty(STDERR_FILENO)) {
		if (r->done % LOG_EACH == 0)
			printf("# %u kills, %u violations\n", r->done, r->breach_count);
		fflush(stdout);
		return;
	}
	memset(bar, '.', width);
	memset(bar, '#', full);
	bar[width] = '\0';
	fprintf(stderr, "\r[%s] %u of %u kills, %" PRId64 " s left, %u violations  ",
		bar, r->done, r->kills,
		r->done > 0 ? ms / r->done * (r->kills - r->done) / 1000 : 0,
		r->breach_count);
}

static void
count_orders(const struct run *r, unsigned states[ORDER_STATES], unsigned *lost,
	     unsigned *asked, unsigned *proofs, unsigned *anew)
{
	for (unsigned i = 0; i < r->ledger.count; i++) {
		const struct claim *c = r->ledger.claims[i];
		states[c->state]++;
		*lost += c->state == 0 && c->submitted == KNOWN_PERHAPS;
		*asked += c->asked;
		*proofs += c->proofs;
		*anew += c->anew;
	}
}

static void
show_table(const struct run *r)
{
	unsigned states[ORDER_STATES] = {0}, unheard = 0, asked = 0, begun = 0,
		 sets = 0, proofs = 0, anew = 0;
	int64_t ms = clock_mono_ms() - r->begun_ms;

	count_orders(r, states, &unheard, &asked, &proofs, &anew);
	for (unsigned i = 0; i < r->inspect.e.take_count; i++)
		begun += r->inspect.e.takes[i].begun,
			sets += r->inspect.e.takes[i].sets;
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	printf("# kills        ");
	for (enum victim v = 0; v < VICTIMS; v++)
		printf(" %s %u", victim_names[v], r->by_victim[v]);
	printf("\n# orders       ");
	for (unsigned s = ORDER_HELD; s < ORDER_STATES; s++)
		if (states[s] > 0)
			printf(" %s %u", order_state_name((enum order_state)s),
			       states[s]);
	printf("\n#               %u asked for, %u streams to devices, "
	       "%u of them sets of plates, %u never acknowledged and not there\n"
	       "#               %u proofs, %u stored ones handed in anew\n"
	       "# violations   ",
	       asked, begun, sets, unheard, proofs, anew);
	for (enum breach b = 0; b < BREACHES; b++)
		if (r->breaches[b] > 0)
			printf(" %s %u", breach_names[b], r->breaches[b]);
	printf(" %u in all\n# %u kills in %" PRId64 " s, %" PRId64 " ms each\n",
	       r->breach_count, r->done, ms / 1000, r->done > 0 ? ms / r->done : 0);
}

/* --- all of it --- */

static void
live(struct run *r)
{
	char name[32];

	for (unsigned i = 0; i < CUSTOMERS; i++) {
		snprintf(name, sizeof(name), "customer%u", i);
		customer_init(&r->customers[i], &r->street, name, draw(&r->random));
		pthread_create(&r->customers[i].thread, NULL, customer_live,
			       &r->customers[i]);
	}
	while (r->done < r->kills) {
		kill_one(r);
		show_bar(r);
		if (r->done % ROUND == 0)
			rest(r);
	}
	atomic_store(&r->street.closed, true);
	for (unsigned i = 0; i < CUSTOMERS; i++)
		pthread_join(r->customers[i].thread, NULL);
	customer_init(&r->last, &r->street, "last", draw(&r->random));
	fetch_all(r);
	for (unsigned i = 0; i < CUSTOMERS; i++)
		customer_clear(&r->customers[i]);
	customer_clear(&r->last);
}

static void
furnish(struct run *r)
{
	r->street.ledger = &r->ledger;
	r->street.host = "localhost";
	r->street.port = r->shop.port;
	r->street.station = r->shop.station;
	r->street.printers = printers;
	r->street.printer_count = sizeof(printers) / sizeof(*printers);
	r->street.plate = "plate";
	r->street.wishes = true;
	r->inspect.keep = r->shop.keep;
	r->inspect.store = r->shop.store;
	r->inspect.device_log = r->shop.taken;
	r->inspect.hot = r->shop.hot;
	r->inspect.plates = r->shop.plates;
	r->inspect.cupsd = r->shop.cupsd_socket;
	r->inspect.cups_user = "daemon";
	r->inspect.e.due_s = DAY_S;
	r->inspect.e.retention_s = DAY_S;
	r->inspect.e.stored_s = DAY_S;
}

int
main(int argc, char *argv[])
{
	static struct run r;
	bool sharp;

	signal(SIGPIPE, SIG_IGN);
	r.random = (uint64_t)time(NULL);
	r.kills = 20;
	if (shop_options(&r.shop, &r.kills, &r.random, argc, argv) != 0)
		return 2;
	printf("# %u kills, seed %" PRIu64 "\n", r.kills, r.random);
	ledger_init(&r.ledger);
	street_init(&r.street);
	furnish(&r);
	r.begun_ms = clock_mono_ms();
	if (shop_open(&r.shop) != 0)
		return 2;
	live(&r);
	show_table(&r);
	sharp = try_judge(&r);
	shop_close(&r.shop);
	inspect_clear(&r.inspect);
	street_clear(&r.street);
	ledger_clear(&r.ledger);
	return r.breach_count == 0 && sharp ? 0 : 1;
}
