/*
 * keep-races.c - one winner: two releases, a release and a cancel, a release and the
 * due date, a thousand times each, in the same turn.
 */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define RACES 1000

enum rival { RIVAL_RELEASE, RIVAL_CANCEL, RIVAL_EXPIRY };

struct race {
	struct bench *b;
	struct client one, two, third;
	int released, lost_to, both, neither, strange;
};

static void
send_prove(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_prove p = {.action = WIRE_RELEASE};

	memcpy(p.order.bytes, h->uuid, UUID_BYTES);
	memcpy(p.key.bytes, h->key->bytes, SEAL_KEY_BYTES);
	client_send(b, c, WIRE_TYPE_prove, &p);
}

static void
send_cancel(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_change m = {.verb = WIRE_CANCEL, .user = "ada"};

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	client_send(b, c, WIRE_TYPE_change, &m);
}

/* 1 it went through, 0 conflict, -1 anything else. */
static int
result(struct bench *b, struct client *c)
{
	union wire_any m;
	int type = client_next(b, c, &m);
	uint32_t documents;

	if (type == WIRE_TYPE_failed)
		return m.failed.kind == ERROR_CONFLICT ? 0 : -1;
	if (type != WIRE_TYPE_order_info)
		return -1;
	documents = m.order_info.state == ORDER_RELEASED ? m.order_info.documents : 0;
	while (documents-- > 0)
		client_next(b, c, &m);
	return 1;
}

static void
count(struct race *r, int first, int second)
{
	if (first < 0 || second < 0)
		r->strange++;
	else if (first && second)
		r->both++;
	else if (!first && !second)
		r->neither++;
	else if (first)
		r->released++;
	else
		r->lost_to++;
}

static void
race(struct race *r, enum rival rival, bool rival_first)
{
	struct handed h;
	struct error err;
	int state, first, second;

	if (hand_in(r->b, &r->third, &(struct wish){.bytes = 10}, &h, &err) != 0) {
		r->strange++;
		return;
	}
	if (!rival_first)
		send_prove(r->b, &r->one, &h);
	if (rival == RIVAL_RELEASE)
		send_prove(r->b, &r->two, &h);
	else
		send_cancel(r->b, &r->two, &h);
	if (rival_first)
		send_prove(r->b, &r->one, &h);
	first = result(r->b, &r->one);
	second = result(r->b, &r->two);
	/* a cancel may follow a release: then the order is canceled, and not printed */
	state = state_of(r->b, &h);
	if (rival == RIVAL_CANCEL && first == 1 && second == 1 &&
	    state == ORDER_CANCELED)
		first = 0;
	count(r, first, second);
	if (state != (first == 1 || (second == 1 && rival == RIVAL_RELEASE)
			      ? ORDER_RELEASED
			      : ORDER_CANCELED))
		r->strange++;
	handed_clear(&h);
}

static void
run_races(struct bench *b, enum rival rival, const char *what)
{
	struct race r = {.b = b};

	bench_channel(b, &r.one);
	bench_channel(b, &r.two);
	bench_channel(b, &r.third);
	for (int i = 0; i < RACES; i++) {
		struct client swap = r.one;

		/* of two that are ready the kernel tells the same one first each time */
		r.one = r.two;
		r.two = swap;
		race(&r, rival, i % 4 > 1);
	}
	TAP_OK(r.both == 0 && r.neither == 0 && r.strange == 0,
	       "%s: never both, never neither (%d, %d, %d)", what, r.both, r.neither,
	       r.strange);
	TAP_OK(r.released + r.lost_to == RACES && r.lost_to > 0,
	       "one winner each time: %d and %d", r.released, r.lost_to);
	client_close(&r.one);
	client_close(&r.two);
	client_close(&r.third);
}

static void
release_and_expiry(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;
	int strange = 0, released = 0, expired = 0;

	bench_channel(b, &c);
	for (int i = 0; i < RACES; i++) {
		int rc;

		hand_in(b, &c, &(struct wish){.bytes = 10}, &h, &err);
		b->clock.skew_s += b->settings.due_days * 86400 - (i % 2 == 0) * 100;
		send_prove(b, &c, &h);
		if (i % 2 == 1)
			bench_pass(b, 1); /* its date comes in the same turn */
		rc = result(b, &c);
		if (i % 2 == 0)
			bench_pass(b, 101);
		released += rc == 1;
		expired += rc == 0 && state_of(b, &h) == ORDER_EXPIRED;
		strange += rc < 0 || (rc == 1 && state_of(b, &h) != ORDER_RELEASED);
		handed_clear(&h);
	}
	TAP_OK(strange == 0 && released + expired == RACES && released > 0 &&
		       expired > 0,
	       "release and due date: one winner each time: %d and %d", released,
	       expired);
	client_close(&c);
}

static void
two_spends(struct bench *b)
{
	struct client front, one, two;
	struct handed h;
	union wire_any m;
	int wrong = 0;

	bench_channel(b, &front);
	bench_peer(b, &one, WIRE_FROM_FILTER, 1);
	bench_peer(b, &two, WIRE_FROM_FILTER, 2);
	b->clock.skew_s += 1000;
	for (int i = 0; i < RACES / 4; i++) {
		struct wire_spend s = {.document = 1, .queue = "photo-queue"};
		int granted = 0;

		hand_in_and_rest(b, &front, &(struct wish){.bytes = 10}, &h);
		send_prove(b, &front, &h);
		result(b, &front);
		bench_rest(b);
		s.cups_job = h.job;
		memcpy(s.order.bytes, h.uuid, UUID_BYTES);
		client_send(b, &one, WIRE_TYPE_spend, &s);
		client_send(b, &two, WIRE_TYPE_spend, &s);
		granted += client_next(b, &one, &m) == WIRE_TYPE_granted;
		granted += client_next(b, &two, &m) == WIRE_TYPE_granted;
		wrong += granted != 1;
		handed_clear(&h);
	}
	TAP_OK(wrong == 0, "two filters spend one grant: one gets it, %d times",
	       RACES / 4);
	client_close(&front);
	client_close(&one);
	client_close(&two);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	run_races(&b, RIVAL_RELEASE, "two releases");
	run_races(&b, RIVAL_CANCEL, "release and cancel");
	release_and_expiry(&b);
	two_spends(&b);
	bench_close(&b);
	return tap_done();
}
