#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/info.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/query.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/scrub.h"

/* A list in pieces: after each, the number to go on from. */
struct finding {
	struct wire_find request;
	uint32_t said;
	/* of one piece */
	struct peer *peer;
	uint32_t seen;
	bool full; /* the peer must take some of it first */
};

/* What was purged is told of to tools only. */
static bool
may_be_told(const struct peer *p, const struct order *o)
{
	return !o->purged || (p->role & WIRE_FROM_TOOL) != 0;
}

static bool
fits(const struct wire_find *f, const struct order *o)
{
	if (f->which == WIRE_WHICH_ALIVE && order_has_ended(o->state))
		return false;
	if (f->which == WIRE_WHICH_OVER && !order_has_ended(o->state))
		return false;
	if (f->which == WIRE_WHICH_STORED && o->state != ORDER_STORED)
		return false;
	if (f->printer[0] != '\0' && strcmp(f->printer, o->printer) != 0)
		return false;
	return f->user[0] == '\0' || strcmp(f->user, o->user) == 0;
}

static int
visit(const struct order *o, void *context)
{
	struct finding *f = context;

	f->seen++;
	f->request.after = o->number;
	if (!fits(&f->request, o) || !may_be_told(f->peer, o))
		return 0;
	info_say(f->peer, o, f->request.documents != 0);
	f->said++;
	f->full = peer_waiting(f->peer) > PEER_OUT_HIGH;
	return f->full || f->said == f->request.limit;
}

/* A customer's own are found by an index, not among all. */
static int
scan(struct store *store, struct finding *f, struct error *err)
{
	if (f->request.user[0] != '\0')
		return store_scan_user(store, f->request.user, f->request.after,
				       QUERY_BATCH, visit, f, err);
	return store_scan(store, 0, f->request.after, QUERY_BATCH, visit, f, err);
}

static int
find_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct finding *f = state;

	p->depends = true;
	f->peer = p;
	f->seen = 0;
	f->full = false;
	if (scan(p->keep->store, f, err) != 0)
		return -1;
	*more = (f->full || f->seen == QUERY_BATCH) &&
		(f->request.limit == 0 || f->said < f->request.limit);
	if (!*more)
		peer_say_plain(p, WIRE_TYPE_end);
	return 0;
}

static int
find_one(struct peer *p, const struct wire_find *f, const uint8_t *uuid,
	 struct error *err)
{
	struct keep *k = p->keep;
	const struct order *incoming = intake_find(k, uuid, f->number);
	struct order o;

	if (incoming != NULL)
		info_say(p, incoming, f->documents != 0);
	else if ((uuid != NULL ? store_get(k->store, uuid, &o, err)
			       : life_get_number(k, f->number, &o, err)) != 0)
		return -1;
	else if (!may_be_told(p, &o)) {
		order_clear(&o);
		return error_set(err, ERROR_ABSENT, "there is no such order any more");
	} else {
		info_say(p, &o, f->documents != 0);
		order_clear(&o);
	}
	peer_say_plain(p, WIRE_TYPE_end);
	return 0;
}

int
query_find(struct peer *p, const union wire_any *m, struct error *err)
{
	static const uint8_t none[UUID_BYTES];
	struct finding f = {.request = m->find};
	bool by_uuid = memcmp(m->find.order.bytes, none, UUID_BYTES) != 0;

	if (by_uuid || m->find.number != 0)
		return find_one(p, &m->find, by_uuid ? m->find.order.bytes : NULL, err);
	peer_pump(p, find_on, &f, sizeof(f));
	return 0;
}

static void
say_status(struct peer *p, const struct store_health *h)
{
	const struct keep *k = p->keep;
	struct wire_status_info s = {
		.held = h->orders[ORDER_HELD],
		.released = h->orders[ORDER_RELEASED],
		.producing = h->orders[ORDER_PRODUCING],
		.stopped = h->orders[ORDER_STOPPED],
		.over = h->orders[ORDER_COMPLETED] + h->orders[ORDER_CANCELED] +
			h->orders[ORDER_EXPIRED],
		.corrupt = h->orders[ORDER_CORRUPT],
		.stored = h->orders[ORDER_STORED],
		.bodies = h->bodies,
		.bytes = h->bytes,
		.outbox = h->outbox,
		.room = h->room,
		.started = k->started,
		.front_starts = k->front_starts,
		.compared = reconcile_last(k),
	};
	char text[ERROR_TEXT_MAX];

	s.cupsd = jobs_cupsd_is_up(k, text);
	text_copy(s.cupsd_text, sizeof(s.cupsd_text), text);
	query_say_queues(k, s.queues_text, sizeof(s.queues_text));
	reconcile_say(k, s.mended_text, sizeof(s.mended_text));
	calendar_say(k, s.clock_text, sizeof(s.clock_text));
	scrub_say(k, s.scrub_text, sizeof(s.scrub_text));
	peer_say(p, WIRE_TYPE_status_info, &s);
}

int
query_status(struct peer *p, const union wire_any *m, struct error *err)
{
	struct store_health h;

	(void)m;
	if (store_count(p->keep->store, &h, err) != 0)
		return -1;
	say_status(p, &h);
	return 0;
}
