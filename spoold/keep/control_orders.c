#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/change.h"
#include "spoold/keep/control.h"
#include "spoold/keep/life.h"
#include "spoold/keep/run.h"

#define BATCH 64 /* orders looked at in one go */

/* Something is done to all orders of a printer that it is to be done to. */
struct sweep {
	char printer[ORDER_QUEUE_MAX], who[ORDER_NAME_MAX + 16];
	uint32_t after;
	uint8_t verb; /* WIRE_RELEASE_NEW, WIRE_PURGE, WIRE_SHUT */
	/* of one piece */
	uint8_t found[BATCH][UUID_BYTES];
	unsigned count, seen;
};

static bool
is_to_be_swept(const struct sweep *s, const struct order *o)
{
	if (s->verb == WIRE_SHUT)
		return o->state == ORDER_RELEASED;
	return s->verb == WIRE_PURGE ? !o->purged
				     : o->held_by_operator == ORDER_HOLD_NEW;
}

static int
find_swept(const struct order *o, void *context)
{
	struct sweep *s = context;

	s->seen++;
	s->after = o->number;
	if (strcmp(o->printer, s->printer) == 0 && is_to_be_swept(s, o))
		memcpy(s->found[s->count++], o->uuid, UUID_BYTES);
	return 0;
}

static int
sweep_one(struct keep *k, const struct sweep *s, struct order *o, struct error *err)
{
	if (s->verb == WIRE_RELEASE_NEW)
		return life_set_operator_hold(k, o, false, s->who, err);
	if (s->verb == WIRE_SHUT)
		return life_withdraw(k, o, "Its printer was shut down before it began",
				     s->who, err);
	if (!order_is_over(o->state) && change_cancel(k, o, true, s->who, err) != 0)
		return -1;
	return life_purge(k, o, err);
}

static int
sweep_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct sweep *s = state;

	p->depends = true;
	s->count = s->seen = 0;
	if (store_scan(p->keep->store, 0, s->after, BATCH, find_swept, s, err) != 0)
		return -1;
	for (unsigned i = 0; i < s->count; i++) {
		struct order o;
		int rc;

		if (store_get(p->keep->store, s->found[i], &o, err) != 0)
			return -1;
		rc = sweep_one(p->keep, s, &o, err);
		order_clear(&o);
		if (rc != 0)
			return -1;
	}
	*more = s->seen == BATCH;
	if (!*more)
		peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

int
control_sweep(struct peer *p, const struct wire_control *c, const char *who)
{
	struct sweep s = {.verb = c->verb};

	text_copy(s.printer, sizeof(s.printer), c->printer);
	text_copy(s.who, sizeof(s.who), who);
	peer_pump(p, sweep_on, &s, sizeof(s));
	return 0;
}

/* The one that the printer is at; of several, in a queue that makes several at once, the
 * first that began. False: it is not at any, or not at that one. */
static bool
find_current(struct keep *k, const struct wire_control *c, struct order *o)
{
	const char *queue = settings_printer(k->settings, c->printer)->queue;
	const struct run *r;

	TAILQ_FOREACH(r, k->runs, link) {
		if (store_get(k->store, r->order, o, NULL) != 0)
			continue;
		if (o->state == ORDER_PRODUCING && strcmp(o->queue, queue) == 0 &&
		    (c->number == 0 || c->number == o->number))
			return true;
		order_clear(o);
	}
	return false;
}

int
control_cancel_current(struct peer *p, const struct wire_control *c, const char *who,
		       struct error *err)
{
	struct order o;
	int rc;

	if (!find_current(p->keep, c, &o))
		return error_set(err, ERROR_CONFLICT, "%s is not making %s at present",
				 c->printer,
				 c->number == 0 ? "anything" : "that order");
	rc = change_cancel(p->keep, &o, true, who, err);
	order_clear(&o);
	if (rc != 0)
		return -1;
	p->depends = true;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

/* The first that was released for a printer and not begun, or the one that is named. */
struct next {
	const struct wire_control *wanted;
	uint8_t order[UUID_BYTES];
	bool found;
};

static int
visit_next(const struct order *o, void *context)
{
	struct next *n = context;

	n->found = !life_is_suspended(o) &&
		   strcmp(o->printer, n->wanted->printer) == 0 &&
		   (n->wanted->number == 0 || n->wanted->number == o->number);
	if (n->found)
		memcpy(n->order, o->uuid, UUID_BYTES);
	return n->found;
}

/* A sheet that was begun is not stopped and gone on with: what can be suspended is what
 * has its release and waits for its turn. */
int
control_suspend(struct peer *p, const struct wire_control *c, const char *who,
		struct error *err)
{
	struct keep *k = p->keep;
	struct next n = {.wanted = c};
	struct order o;
	int rc;

	if (find_current(k, c, &o)) {
		error_set(
			err, ERROR_CONFLICT,
			"order %u is being made, and can't be stopped and gone on "
			"with; "
			"Pause-Printer stops the printer, Cancel-Current-Job the order",
			o.number);
		order_clear(&o);
		return -1;
	}
	if (store_scan(k->store, ORDER_RELEASED, 0, 0, visit_next, &n, err) != 0)
		return -1;
	if (!n.found)
		return error_set(err, ERROR_CONFLICT,
				 "%s has no order that was released and waits for its "
				 "turn%s",
				 c->printer, c->number == 0 ? "" : " of that number");
	if (store_get(k->store, n.order, &o, err) != 0)
		return -1;
	rc = life_suspend(k, &o, who, err);
	order_clear(&o);
	if (rc != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}
