#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/events.h"
#include "spoold/keep/info.h"
#include "spoold/keep/peer.h"

struct events {
	struct peer *front; /* who watches; NULL: nobody */
	struct buf pending; /* packed messages of this turn */
};

int
events_open(struct keep *k, struct error *err)
{
	k->events = calloc(1, sizeof(*k->events));
	if (k->events == NULL)
		return error_errno(err, "cannot tell of events");
	buf_init(&k->events->pending, EVENTS_TURN_BYTES);
	return 0;
}

void
events_close(struct keep *k)
{
	if (k->events != NULL)
		buf_clear(&k->events->pending);
	free(k->events);
	k->events = NULL;
}

int
events_watch(struct peer *p, const union wire_any *m, struct error *err)
{
	if (!p->passes)
		return error_set(err, ERROR_REFUSED,
				 "only front's control channel may watch");
	p->keep->events->front = m->watch.on != 0 ? p : NULL;
	return 0;
}

static void
fill(struct keep *k, const struct order *o, enum wire_event what,
     struct wire_order_event *e)
{
	struct wire_order_info info;

	info_fill(k, o, &info);
	*e = (struct wire_order_event){
		.order = info.order,
		.number = info.number,
		.what = (uint8_t)what,
		.state = info.state,
		.identification = info.identification,
		.held_by_operator = info.held_by_operator,
		.impressions = info.impressions,
		.created = info.created,
		.changed = info.changed,
		.ended = info.ended,
	};
	text_copy(e->printer, sizeof(e->printer), info.printer);
	text_copy(e->user, sizeof(e->user), info.user);
	text_copy(e->host, sizeof(e->host), info.host);
	text_copy(e->name, sizeof(e->name), info.name);
	text_copy(e->reason, sizeof(e->reason), info.reason);
	text_copy(e->message, sizeof(e->message), info.message);
}

void
events_say(struct keep *k, const struct order *o, enum wire_event what)
{
	struct wire_order_event e;

	if (k->events->front == NULL)
		return;
	fill(k, o, what, &e);
	if (wire_pack(WIRE_TYPE_order_event, &e, &k->events->pending, NULL) != 0)
		log_debug("order %u: too much happens at once to tell of it",
			  o->number);
}

void
events_flushed(struct keep *k, bool durable)
{
	struct events *e = k->events;

	if (durable && e->front != NULL && peer_waiting(e->front) <= PEER_OUT_HIGH)
		peer_say_packed(e->front, &e->pending);
	buf_consume(&e->pending, e->pending.len);
}

void
events_peer_gone(struct peer *p)
{
	if (p->keep->events->front == p)
		p->keep->events->front = NULL;
}
