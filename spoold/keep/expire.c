#include <string.h>

#include "lib/base/log.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/expire.h"
#include "spoold/keep/life.h"
#include "spoold/keep/run.h"
#include "spoold/keep/warn.h"

struct batch {
	uint8_t orders[EXPIRE_BATCH][UUID_BYTES];
	struct store_due last;
	unsigned count, moved;
};

static int
visit(const struct order *o, void *context)
{
	struct batch *b = context;

	b->last = (struct store_due){o->due, o->number};
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
	if (life_is_suspended(o) || !is_busy(k, o->queue))
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
		if (calendar_now(k) < life_expiry(k, o))
			return warn_due(k, o, err);
		return life_end(k, o, ORDER_EXPIRED, "job-canceled-after-timeout",
				"Was not fetched in time", "its date", err);
	case ORDER_STORED:
		return life_end(k, o, ORDER_COMPLETED, "job-completed-successfully",
				"Is no longer stored", "its date", err);
	case ORDER_COMPLETED:
	case ORDER_CANCELED:
	case ORDER_EXPIRED:
		audit_note(k, o, AUDIT_REMOVED, "its date", "its retention is over");
		return store_remove(k->store, o->uuid, err);
	default: /* nothing has a date here: out of the index with it */
		return life_set_due(k, o, LIFE_NEVER, err);
	}
}

static bool
move_one(struct keep *k, const uint8_t uuid[UUID_BYTES])
{
	struct order o;
	struct error err;
	int rc;

	if (store_get(k->store, uuid, &o, &err) != 0) {
		log_error("an order is due but cannot be read: %s", err.text);
		return false;
	}
	rc = come_due(k, &o, &err);
	if (rc != 0)
		log_error("order %u is due but cannot move: %s", o.number, err.text);
	order_clear(&o);
	return rc == 0;
}

/* What can't move stays at its place in the index, and would be found first for ever: so
 * the next slice begins behind it, until it is tried again. */
static void
pass_over(struct keep *k, const struct batch *b)
{
	if (b->moved == b->count)
		return;
	if (k->expire_again_ms == 0)
		k->expire_again_ms = keep_mono_ms(k) + EXPIRE_AGAIN_S * 1000;
	k->expire_after = b->last;
}

bool
expire_slice(struct keep *k)
{
	struct batch b = {.count = 0};
	struct error err;

	calendar_tick(k);
	if (k->expire_again_ms != 0 && keep_mono_ms(k) >= k->expire_again_ms)
		k->expire_again_ms = 0;
	if (store_scan_due(k->store, calendar_now(k),
			   k->expire_again_ms != 0 ? &k->expire_after : NULL,
			   EXPIRE_BATCH, visit, &b, &err) != 0) {
		log_error("what is due cannot be found: %s", err.text);
		return false;
	}
	for (unsigned i = 0; i < b.count; i++)
		b.moved += move_one(k, b.orders[i]);
	pass_over(k, &b);
	if (b.moved > 0)
		k->dirty = true;
	return b.count == EXPIRE_BATCH;
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
