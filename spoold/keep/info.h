/*
 * info.h - an order as the wire shows it.
 */
#ifndef CC_KEEP_INFO_H
#define CC_KEEP_INFO_H

#include "spoold/keep/peer.h"

/* Byte rows point into o. */
void info_fill(struct keep *k, const struct order *o, struct wire_order_info *info);
/* order_info, and with documents as many document_infos as it says. */
void info_say(struct peer *p, const struct order *o, bool documents);

#endif
