/*
 * change.h - cancel, hold, unhold, restart: by who handed the order in, or an operator.
 */
#ifndef CC_KEEP_CHANGE_H
#define CC_KEEP_CHANGE_H

#include "spoold/keep/peer.h"

/* -> canceled: documents are dropped. who: for the audit. */
int change_cancel(struct keep *k, struct order *o, bool by_operator, const char *who,
		  struct error *err);

/* Handler. */
int change_change(struct peer *p, const union wire_any *m, struct error *err);

#endif
