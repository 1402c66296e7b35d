/*
 * change.h - cancel, hold, unhold: by who handed the order in, or an operator.
 */
#ifndef CC_KEEP_CHANGE_H
#define CC_KEEP_CHANGE_H

#include "spoold/keep/peer.h"

int change_change(struct peer *p, const union wire_any *m, struct error *err);

#endif
