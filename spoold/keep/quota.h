/*
 * quota.h - how many orders may be alive: in all, of one customer, for one printer.
 *
 * Alive is what is not over: held, released, producing, stopped, corrupt. In all and of
 * a customer the store knows; of a printer it is counted here, if the setting
 * max-orders-per-printer asks for it: from the store at start and after a failed flush,
 * and by those who insert and end orders.
 */
#ifndef CC_KEEP_QUOTA_H
#define CC_KEEP_QUOTA_H

#include "spoold/keep/room.h"

int quota_open(struct keep *k, struct error *err);
void quota_close(struct keep *k);
/* ERROR_FULL with words when one more order would be too many. */
int quota_check(struct keep *k, const char *printer, const char *user, const char *host,
		struct error *err);
void quota_add(struct keep *k, const struct order *o);
void quota_remove(struct keep *k, const struct order *o);
/* A flush failed: count again before the next answer. */
void quota_doubt(struct keep *k);

#endif
