#include <string.h>
#include <strings.h>

#include "spoold/front/owner.h"

/* What clients say for want of a name. */
static const char *const guests[] = {
	"", "anonymous", "guest", "mobile", "unknown", "android",
};

bool
owner_is_guest(const char *name)
{
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++)
		if (strcasecmp(guests[i], name) == 0)
			return true;
	return false;
}

void
owner_note(struct client *c, const uint8_t order[UUID_BYTES])
{
	memcpy(c->orders[c->order_count++ % CLIENT_ORDERS], order, UUID_BYTES);
}

static bool
came_by(const struct client *c, const uint8_t order[UUID_BYTES])
{
	for (unsigned i = 0; i < c->order_count && i < CLIENT_ORDERS; i++)
		if (memcmp(c->orders[i], order, UUID_BYTES) == 0)
			return true;
	return false;
}

bool
owner_may(const struct request *r, const uint8_t order[UUID_BYTES], const char *user,
	  const char *host)
{
	if (r->is_operator || came_by(r->client, order))
		return true;
	if (r->knows_order && memcmp(r->order, order, UUID_BYTES) == 0)
		return true;
	return !owner_is_guest(user) && strcmp(r->user, user) == 0 &&
	       strcmp(r->client->host, host) == 0;
}

bool
owner_may_see(const struct request *r, const struct wire_order_info *info)
{
	return owner_may(r, info->order.bytes, info->user, info->host);
}
