#include <string.h>

#include "lib/base/log.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/expire.h"
#include "spoold/keep/life.h"
#include "spoold/keep/run.h"

struct batch {
	uint8_t orders[EXPIRE_BATCH][UUID_BYTES];
	unsigned count, moved;
};

static int
visit(const struct order *o, void *context)
{
	struct batch *b = context;

	memcpy(b->orders[b->count++], o->uuid, UUID_BYTES);
	return b->count == EXPIRE_BATCH;
}

static bool
is_busy(const struct keep *k, const char *queue)
{
	const struct run *r;

	TAILQ_FOREACH(r, k->runs, link)
		if (r->backend != NULL && strcmp(r->queue, queue) == 0)
			return true;
	return false;
}

static int
run_out(struct keep *k, struct order *o, struct error *err)
{
	if (!is_busy(k, o->queue))
		return life_withdraw(k, o,
				     "Was released, but nothing printed it in time",
				     "its date", err);
	return life_prolong(k, o, err);
}

static int
come_due(struct keep *k, struct order *o, struct error *err)
{
	switch (o->state) {
	case ORDER_RELEASED:
		return run_out(k, o, err);
	case ORDER_HELD:
	case ORDER_STOPPED:
		return life_end(k, o, ORDER_EXPIRED, "job-canceled-after-timeout",
				"Was not fetched in time", "its date", err);
	case ORDER_COMPLETED:
	case ORDER_CANCELED:
	case ORDER_EXPIRED:
		audit_note(k, o, "removed", "its retention is over");
		return store_remove(k->store, o->uuid, err);
	default: /* nothing has a date here: out of the index with it */
		return life_set_due(k, o, LIFE_NEVER, err);
	}
}

bool
expire_slice(struct keep *k)
{
	struct batch b = {.count = 0};
	struct order o;
	struct error err;

	calendar_tick(k);
	if (store_scan_due(k->store, calendar_now(k), EXPIRE_BATCH, visit, &b, &err) !=
	    0) {
		log_error("what is due cannot be found: %s", err.text);
		return false;
	}
	for (unsigned i = 0; i < b.count; i++) {
		if (store_get(k->store, b.orders[i], &o, &err) != 0)
			continue;
		if (come_due(k, &o, &err) == 0)
			b.moved++;
		else
			log_error("order %u is due but cannot move: %s", o.number,
				  err.text);
		order_clear(&o);
	}
	if (b.moved > 0)
		k->dirty = true;
	return b.count == EXPIRE_BATCH && b.moved > 0;
}

static void
on_expire(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval soon = {0, EXPIRE_PAUSE_MS * 1000};
	static const struct timeval later = {1, 0};
	struct keep *k = context;

	(void)fd;
	(void)what;
	event_add(k->expire, expire_slice(k) ? &soon : &later);
}

int
expire_open(struct keep *k, struct error *err)
{
	static const struct timeval second = {1, 0};

	k->expire = event_new(k->base, -1, 0, on_expire, k);
	if (k->expire != NULL && event_add(k->expire, &second) == 0)
		return 0;
	return error_set(err, ERROR_SYSTEM, "cannot make timers");
}

void
expire_close(struct keep *k)
{
	if (k->expire != NULL)
		event_free(k->expire);
	k->expire = NULL;
}
