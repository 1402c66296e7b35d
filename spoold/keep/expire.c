#include <string.h>

#include "lib/base/log.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/expire.h"
#include "spoold/keep/life.h"
#include "spoold/keep/run.h"

struct batch {
	uint8_t orders[EXPIRE_BATCH][UUID_BYTES];
	unsigned count;
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

void
expire_tick(struct keep *k)
{
	struct batch b = {.count = 0};
	struct order o;
	struct error err;

	if (store_scan_due(k->store, keep_now(k), EXPIRE_BATCH, visit, &b, &err) != 0) {
		log_error("what is due cannot be found: %s", err.text);
		return;
	}
	for (unsigned i = 0; i < b.count; i++) {
		if (store_get(k->store, b.orders[i], &o, &err) != 0)
			continue;
		if (come_due(k, &o, &err) != 0)
			log_error("order %u is due but cannot move: %s", o.number,
				  err.text);
		order_clear(&o);
	}
	if (b.count > 0)
		k->dirty = true;
}
