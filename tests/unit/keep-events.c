/*
 * keep-events.c - front hears what happens to orders, once it asked, in the order in
 * which it happened, and never of what did not happen.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static void
watch(struct bench *b, struct client *c, uint8_t on)
{
	client_send(b, c, WIRE_TYPE_watch, &(struct wire_watch){.on = on});
	bench_turn(b);
}

/* The next event that front hears, past what else keep pushes; false when there is none. */
static bool
hears(struct bench *b, struct wire_order_event *e)
{
	union wire_any m;
	int type;

	bench_rest(b);
	while ((type = client_poll(&b->control, &m)) > 0)
		if (type == WIRE_TYPE_order_event) {
			*e = m.order_event;
			return true;
		}
	return false;
}

static void
nothing_is_told_before_it_is_asked(struct bench *b, struct client *front)
{
	struct wire_order_event e;
	struct handed h;

	hand_in_and_rest(b, front, &(struct wish){0}, &h);
	TAP_OK(!hears(b, &e), "a front that does not watch hears nothing");
	handed_clear(&h);
}

static void
an_order_is_told_from_its_making_to_its_end(struct bench *b, struct client *front)
{
	struct wire_order_event e = {0};
	struct error err;
	struct handed h;

	watch(b, &b->control, 1);
	hand_in_and_rest(b, front, &(struct wish){.user = "ada"}, &h);
	TAP_OK(hears(b, &e) && e.what == WIRE_ORDER_MADE && e.number == h.number &&
		       e.state == ORDER_HELD && strcmp(e.user, "ada") == 0,
	       "its making is told, with whose it is");
	TAP_OK(release(b, front, &h, h.text, 0, &err) == 0 && hears(b, &e) &&
		       e.what == WIRE_ORDER_MOVED && e.state == ORDER_RELEASED,
	       "its release is told");
	TAP_OK(make(b, &h, 1) && hears(b, &e) && e.state == ORDER_PRODUCING,
	       "that it is being made");
	TAP_OK(hears(b, &e) && e.state == ORDER_COMPLETED && e.ended > 0 &&
		       !hears(b, &e),
	       "that it is completed, and nothing behind that");
	handed_clear(&h);
}

/* TAP lines go to a file, too: the fact is said when the disk is back. */
static void
what_did_not_happen_is_not_told(struct bench *b, struct client *front)
{
	struct wire_order_event e;
	struct rlimit before, none;
	struct error err;
	struct handed h;
	int rc;

	INVARIANT(hand_begin(b, front, &(struct wish){0}, &h, &err) == 0 &&
		  hand_document(b, front, &h, 0, &err) == 0);
	getrlimit(RLIMIT_FSIZE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
	rc = hand_commit(b, front, &h, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	TAP_OK(rc == -1 && !hears(b, &e),
	       "an order that did not become durable is not told of");
	handed_clear(&h);
}

static void
only_the_control_channel_may_watch(struct bench *b, struct client *front)
{
	union wire_any m;

	watch(b, front, 1);
	TAP_OK(client_next(b, front, &m) == 0, "a channel that watches is dropped");
	client_close(front);
	bench_channel(b, front);
}

static void
it_ends_when_front_says_so(struct bench *b, struct client *front)
{
	struct wire_order_event e;
	struct handed h;

	watch(b, &b->control, 0);
	hand_in_and_rest(b, front, &(struct wish){0}, &h);
	TAP_OK(!hears(b, &e), "a front that watches no more hears nothing");
	handed_clear(&h);
}

int
main(void)
{
	static struct bench b;
	struct client front;

	signal(SIGXFSZ, SIG_IGN);
	bench_open(&b, "lmdb");
	bench_channel(&b, &front);
	nothing_is_told_before_it_is_asked(&b, &front);
	an_order_is_told_from_its_making_to_its_end(&b, &front);
	what_did_not_happen_is_not_told(&b, &front);
	only_the_control_channel_may_watch(&b, &front);
	it_ends_when_front_says_so(&b, &front);
	client_close(&front);
	bench_close(&b);
	return tap_done();
}
