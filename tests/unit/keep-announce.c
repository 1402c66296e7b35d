/*
 * keep-announce.c - what is told of printers goes from front to the herald, its name in
 * the network goes back, and both outlive either process.
 */
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/announce.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

static void
herald_comes(struct bench *b, struct client *c)
{
	bench_peer(b, c, WIRE_FROM_HERALD, 1);
	announce_set_herald(b->k, TAILQ_LAST(&b->k->peers, peer_list));
	bench_turn(b);
}

static void
front_tells(struct bench *b, struct client *front, const char *printer,
	    const char *model)
{
	struct wire_announce m = {.color = 1};

	text_copy(m.printer, sizeof(m.printer), printer);
	text_copy(m.model, sizeof(m.model), model);
	client_send(b, front, WIRE_TYPE_announce, &m);
	bench_turn(b);
}

static void
herald_names(struct bench *b, struct client *herald, const char *name)
{
	struct wire_announced m = {0};

	text_copy(m.printer, sizeof(m.printer), "photo");
	text_copy(m.name, sizeof(m.name), name);
	client_send(b, herald, WIRE_TYPE_announced, &m);
	bench_turn(b);
}

/* The name that front hears next, past what else keep pushes; NULL in vain. */
static const char *
front_hears(struct bench *b)
{
	static union wire_any m;

	for (;;) {
		int type = client_next(b, &b->control, &m);
		if (type <= 0)
			return NULL;
		if (type == WIRE_TYPE_announced)
			return m.announced.name;
	}
}

static bool
hears(struct bench *b, struct client *herald, const char *model)
{
	union wire_any m;

	return client_next(b, herald, &m) == WIRE_TYPE_announce &&
	       strcmp(m.announce.model, model) == 0 && m.announce.color == 1;
}

static void
words_go_both_ways(struct bench *b)
{
	struct client herald, second;
	const char *name;

	front_tells(b, &b->control, "photo", "told before");
	herald_comes(b, &herald);
	TAP_OK(hears(b, &herald, "told before"),
	       "a herald that comes later hears what was told");
	front_tells(b, &b->control, "photo", "changed");
	TAP_OK(hears(b, &herald, "changed"), "and what changes");
	herald_names(b, &herald, "Photographs #2");
	name = front_hears(b);
	TAP_OK(name != NULL && strcmp(name, "Photographs #2") == 0,
	       "front hears the name: %s", name != NULL ? name : "none");
	client_close(&herald);
	bench_turn(b);
	name = front_hears(b);
	TAP_OK(name != NULL && name[0] == '\0', "and that it is gone with the herald");
	herald_comes(b, &second);
	TAP_OK(hears(b, &second, "changed"), "the next herald hears it all again");
	client_close(&second);
}

static void
strangers_announce_nothing(struct bench *b)
{
	struct client channel, herald;
	union wire_any m;

	bench_channel(b, &channel);
	front_tells(b, &channel, "photo", "another");
	TAP_OK(client_next(b, &channel, &m) == 0,
	       "a channel that is not front's control channel is dropped");
	client_close(&channel);
	herald_comes(b, &herald);
	TAP_OK(hears(b, &herald, "changed"), "and nobody hears of it");
	client_close(&herald);
	front_tells(b, &b->control, "no-such-printer", "x");
	TAP_OK(front_hears(b) == NULL && b->control.closed,
	       "a front that announces what is not there is dropped");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "ram");
	words_go_both_ways(&b);
	strangers_announce_nothing(&b);
	bench_close(&b);
	return tap_done();
}
