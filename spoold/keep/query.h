/*
 * query.h - looking: orders, printers, the state of the house.
 *
 * What cupsd shows of the queues behind our printers is cached here as the courier
 * reports it, and handed to front whenever it changes.
 */
#ifndef CC_KEEP_QUERY_H
#define CC_KEEP_QUERY_H

#include "spoold/keep/peer.h"

#define QUERY_BATCH 64 /* orders of one piece of a list */

int query_open(struct keep *k, struct error *err);
void query_close(struct keep *k);
/* A (new) front: it hears of all printers. */
void query_set_front(struct keep *k, struct peer *p);
/* A (new) courier: it is asked to watch all queues. */
void query_set_courier(struct keep *k, struct peer *p);
/* How this printer's queue is, is told anew though nothing changed. */
void query_watch(struct keep *k, uint32_t printer);
/* Front hears of all of them anew: what is told of a queue depends on cupsd, too. */
void query_say_all(struct keep *k);
/* Each second, and when a queue changed: what front has not heard yet. */
void query_tick(struct keep *k);
void query_peer_gone(struct peer *p);
/* What keep says of a printer (by its place) has changed. */
void query_changed(struct keep *k, uint32_t printer);
/* The queue behind it is at a job, as far as cupsd has told. */
bool query_queue_is_busy(const struct keep *k, uint32_t printer);
/* cupsd says that there is no such queue: its orders wait for it. */
bool query_queue_is_missing(const struct keep *k, const char *queue);
/* One sentence about missing queues for the operator; "" when there are none. */
void query_say_queues(const struct keep *k, char *text, size_t size);

/* Handlers. */
int query_find(struct peer *p, const union wire_any *m, struct error *err);
int query_printers(struct peer *p, const union wire_any *m, struct error *err);
int query_status(struct peer *p, const union wire_any *m, struct error *err);
int query_usage(struct peer *p, const union wire_any *m, struct error *err);
int query_queue(struct peer *p, const union wire_any *m, struct error *err);

#endif
