/*
 * link.h - front's ways to keep: the control channel, and a channel of its own for each
 * connection that needs one.
 *
 * On the control channel a thread listens for what keep pushes (`printer`); other
 * threads send `channel` with one end of a new socketpair. When the control channel
 * ends keep is gone, and front leaves, too.
 */
#ifndef CC_FRONT_LINK_H
#define CC_FRONT_LINK_H

#include "lib/wire/wire.h"

#define LINK_TIMEOUT_MS 60000 /* for one message to or from keep */

/* control: owned by link from now on. Asks keep for its printers and starts the thread
 * that listens; gone_fd (an eventfd) becomes readable when keep is gone. */
int link_start(int control, int gone_fd, struct error *err);
/* A channel of one's own; wire_peer_close it. */
int link_open(struct wire_peer *peer, struct error *err);

/* A message on the control channel, which is not answered. */
int link_say(enum wire_type type, const void *message, struct error *err);

#endif
