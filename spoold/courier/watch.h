/*
 * watch.h - the queues that keep wants to hear about: asked every few seconds, told
 * when they changed. What changes by itself (clocks, counters) is left out.
 */
#ifndef CC_COURIER_WATCH_H
#define CC_COURIER_WATCH_H

#include "lib/wire/wire.h"
#include "spoold/courier/cupsd.h"

#define WATCH_MAX	SETTINGS_PRINTERS_MAX
#define WATCH_PERIOD_MS 3000

struct watch_queue {
	char name[ORDER_QUEUE_MAX];
	struct buf told; /* the last message, packed; empty: none */
};

struct watch {
	struct watch_queue queues[WATCH_MAX];
	unsigned count;
};

void watch_clear(struct watch *w);
/* ERROR_FULL past WATCH_MAX. A name that is watched already is told again. */
int watch_add(struct watch *w, const char *queue, struct error *err);
/* Asks cupsd about each queue, sends `queue` to keep where something changed. 0, -1
 * when cupsd does not answer (*keep_gone 0), or keep does not take it (*keep_gone 1).
 */
int watch_ask(struct watch *w, struct cupsd *c, struct wire_peer *keep, int *keep_gone,
	      struct error *err);

#endif
