/*
 * owner.h - whose order it is, as far as a name can tell.
 *
 * requesting-user-name is a claim, not a proof. It is believed from the host that the order
 * came from, if it is somebody's: guests have no name, or one that all guests have
 * (owner_is_guest), and two of them may share an address. A guest's order is told to
 *
 *   the connection that handed it in,
 *   and who knows its job-uuid, 122 random bits that only its owner is told: requests whose
 *   job-uri ends in it (the job-uri that the owner was answered with does).
 *
 * Both hold for orders of people with names, too.
 */
#ifndef CC_FRONT_OWNER_H
#define CC_FRONT_OWNER_H

#include "spoold/front/request.h"

bool owner_is_guest(const char *name);
/* The order was begun over this connection. The last CLIENT_ORDERS of them count. */
void owner_note(struct client *c, const uint8_t order[UUID_BYTES]);
/* Its owner, or an operator. */
bool owner_may(const struct request *r, const uint8_t order[UUID_BYTES],
	       const char *user, const char *host);
/* The same of an order as keep tells it. */
bool owner_may_see(const struct request *r, const struct wire_order_info *info);

#endif
