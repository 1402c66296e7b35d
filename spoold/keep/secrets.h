/*
 * secrets.h - the site's secrets, changed while orders wait.
 *
 * A new secret is for orders that come from then on; those that wait keep the one that their
 * keys are made with, and are found by it. An old one is retired when no order names it: not
 * a record, not one that is still being handed in. Records are looked through in pieces,
 * between turns; none can come to name an old secret meanwhile.
 */
#ifndef CC_KEEP_SECRETS_H
#define CC_KEEP_SECRETS_H

#include "spoold/keep/peer.h"

/* Handler. */
int secrets_secrets(struct peer *p, const union wire_any *m, struct error *err);

#endif
