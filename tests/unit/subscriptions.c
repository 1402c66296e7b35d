/*
 * subscriptions.c - facts about front's table of subscriptions and its ring of events:
 * whose an event is, how it is numbered, what is forgotten, and what is too much.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/front/link.h"
#include "spoold/front/guesses.h"
#include "spoold/front/subscriptions.h"
#include "tests/tap.h"

static unsigned watches;

/* Instead of link.c: keep is asked to tell. */
int
link_say(enum wire_type type, const void *message, struct error *err)
{
	(void)message;
	(void)err;
	watches += type == WIRE_TYPE_watch;
	return 0;
}

static struct subscription
made(const char *user, uint32_t job, unsigned what)
{
	struct subscription s = {.job = job, .what = what, .lease_s = 3600};
	struct error err;

	text_copy(s.printer, sizeof(s.printer), "photo");
	text_copy(s.user, sizeof(s.user), user);
	text_copy(s.host, sizeof(s.host), "localhost");
	if (subscriptions_add(&s, &err) != 0)
		s.id = 0;
	return s;
}

static void
happens(uint32_t order, enum wire_event what, enum order_state state)
{
	struct wire_order_event e = {
		.number = order, .what = (uint8_t)what, .state = (uint8_t)state};

	text_copy(e.printer, sizeof(e.printer), "photo");
	subscriptions_order(&e);
}

struct seen {
	unsigned count, what;
	uint32_t first, last;
	bool gap;
};

static void
see(const struct subscription *s, const struct subscriptions_event *e,
    uint32_t sequence, void *context)
{
	struct seen *seen = context;

	(void)s;
	if (seen->count++ == 0)
		seen->first = sequence;
	else
		seen->gap = seen->gap || sequence != seen->last + 1;
	seen->last = sequence;
	seen->what = e->what;
}

static struct seen
events_of(const struct subscription *s, uint32_t from)
{
	struct seen seen = {0};

	if (!subscriptions_events(s->id, from, see, &seen))
		seen.count = (unsigned)-1;
	return seen;
}

static void
an_event_is_told_to_those_who_asked_for_it(void)
{
	struct subscription all = made("ada", 0, SUBSCRIPTIONS_OF_JOBS);
	struct subscription ends = made("ada", 0, SUBSCRIPTIONS_JOB_COMPLETED);
	struct subscription one = made("ada", 8, SUBSCRIPTIONS_JOB_STATE);
	struct seen seen;

	TAP_OK(watches == 1, "keep is asked once to tell of orders");
	TAP_OK(events_of(&all, 1).count == 0, "nothing has happened yet");
	happens(7, WIRE_ORDER_MADE, ORDER_HELD);
	happens(8, WIRE_ORDER_MADE, ORDER_HELD);
	happens(7, WIRE_ORDER_MOVED, ORDER_RELEASED);
	happens(7, WIRE_ORDER_MOVED, ORDER_PRODUCING);
	happens(7, WIRE_ORDER_MOVED, ORDER_PRODUCING);
	seen = events_of(&all, 1);
	TAP_OK(seen.count == 5 && seen.first == 1 && seen.last == 5 && !seen.gap &&
		       seen.what == SUBSCRIPTIONS_JOB_PROGRESS,
	       "who wants all gets all, numbered; a record that moved and says the "
	       "same is progress");
	happens(7, WIRE_ORDER_MOVED, ORDER_COMPLETED);
	seen = events_of(&ends, 1);
	TAP_OK(seen.count == 1 && seen.first == 1,
	       "who wants the end gets that alone, as its first");
	TAP_OK(events_of(&one, 1).count == 1, "who wants one order gets that one");
	TAP_OK(events_of(&all, 6).count == 1 && events_of(&all, 7).count == 0,
	       "from a number on");
	happens(9, WIRE_ORDER_MADE, ORDER_HELD);
	TAP_OK(events_of(&(struct subscription){.id = made("ada", 0, 31).id}, 1)
			       .count == 0,
	       "what was before a subscription is not its own");
	subscriptions_cancel(all.id);
	subscriptions_cancel(ends.id);
	subscriptions_cancel(one.id);
	TAP_OK(events_of(&all, 1).count == (unsigned)-1, "cancelled, it is not there");
}

static void
a_jobs_own_ends_with_the_job(void)
{
	struct subscription own = made("eve", 20, SUBSCRIPTIONS_JOB_COMPLETED), copy;

	happens(20, WIRE_ORDER_MADE, ORDER_HELD);
	happens(20, WIRE_ORDER_MOVED, ORDER_CANCELED);
	TAP_OK(subscriptions_get(own.id, &copy) && copy.job_over &&
		       events_of(&own, 1).count == 1,
	       "its end is told, and that it is the last");
	subscriptions_skew(SUBSCRIPTIONS_EVENT_LIFE_S + 1);
	TAP_OK(!subscriptions_get(own.id, &copy), "then it is gone");
}

static void
the_old_is_forgotten_and_counted(void)
{
	struct subscription s = made("bob", 0, SUBSCRIPTIONS_JOB_CREATED);
	struct seen seen;

	for (uint32_t i = 0; i < SUBSCRIPTIONS_EVENTS + 100; i++)
		happens(1000 + i, WIRE_ORDER_MADE, ORDER_HELD);
	seen = events_of(&s, 1);
	TAP_OK(seen.count == SUBSCRIPTIONS_EVENTS && seen.first == 101 && !seen.gap,
	       "the ring is full: the first number says that 100 were missed");
	subscriptions_skew(SUBSCRIPTIONS_EVENT_LIFE_S + 1);
	TAP_OK(events_of(&s, 1).count == 0, "after its life an event is gone");
	happens(5000, WIRE_ORDER_MADE, ORDER_HELD);
	seen = events_of(&s, 1);
	TAP_OK(seen.count == 1 && seen.first == SUBSCRIPTIONS_EVENTS + 101,
	       "the next one goes on counting");
	subscriptions_skew(3600);
	TAP_OK(!subscriptions_get(s.id, &s), "a lease ends");
}

static void
there_are_not_too_many(void)
{
	char user[32];
	unsigned own = 0, all = 0;

	while (own <= SUBSCRIPTIONS_MAX && made("carl", 0, 1).id != 0)
		own++;
	TAP_OK(own == SUBSCRIPTIONS_PER_OWNER, "one owner has %u at most", own);
	for (unsigned i = 0; i < SUBSCRIPTIONS_MAX + 1; i++) {
		snprintf(user, sizeof(user), "user %u", i / 10);
		all += made(user, 0, 1).id != 0;
	}
	TAP_OK(all == SUBSCRIPTIONS_MAX - own, "and all together %u", all + own);
	subscriptions_skew(3601);
	TAP_OK(made("carl", 0, 1).id != 0, "those that have ended make room");
}

static void
guesses_are_counted_by_address(void)
{
	const int64_t t = 1000000;
	char host[32];
	bool said = false;

	for (int i = 0; i < GUESSES_MAX - 1; i++)
		said = guesses_wrong("192.0.2.1", t) || said;
	TAP_OK(!said && guesses_may("192.0.2.1", t), "99 wrong ids are forgiven");
	TAP_OK(guesses_wrong("192.0.2.1", t) && !guesses_may("192.0.2.1", t),
	       "the 100th is one too many, which is said");
	TAP_OK(!guesses_wrong("192.0.2.1", t), "once");
	TAP_OK(guesses_may("192.0.2.2", t), "another address may go on");
	TAP_OK(!guesses_may("192.0.2.1", t + GUESSES_TIME_S * 1000 - 1) &&
		       guesses_may("192.0.2.1", t + GUESSES_TIME_S * 1000),
	       "after a minute, and not before, so may it");
	for (int i = 0; i < GUESSES_HOSTS - 1; i++) {
		snprintf(host, sizeof(host), "198.51.100.%d", i);
		guesses_wrong(host, t + 1);
	}
	TAP_OK(!guesses_may("192.0.2.1", t + 1), "it is remembered beside 255 others");
	guesses_wrong("203.0.113.1", t + 2);
	TAP_OK(guesses_may("192.0.2.1", t + 2), "and the first to be forgotten");
}

int
main(void)
{
	an_event_is_told_to_those_who_asked_for_it();
	subscriptions_skew(4000);
	a_jobs_own_ends_with_the_job();
	the_old_is_forgotten_and_counted();
	there_are_not_too_many();
	guesses_are_counted_by_address();
	return tap_done();
}
