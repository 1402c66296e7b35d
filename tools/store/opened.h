/*
 * opened.h - an order's key, by the shop's recovery key.
 */
#ifndef CC_TOOLS_STORE_OPENED_H
#define CC_TOOLS_STORE_OPENED_H

#include "lib/seal/seal.h"

#include "tools/store/shop.h"

/* Reads c->recovery_file, asks for its passphrase, opens the shop's settings into *shop,
 * becomes spoold's user for ever (connect to keep before, for keep to know who asks), and
 * opens the order's key. ERROR_ABSENT: no such order; ERROR_REFUSED: it was taken in without
 * a recovery key, or with another. *key is the caller's: seal_key_free. */
int opened_by_recovery(const struct control *c, struct shop *shop, uint32_t number,
		       struct seal_key **key, struct error *err);

#endif
