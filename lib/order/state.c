/*
 * The table of order.h, as data: a row a state, a bit for each state it may move to.
 */
#include <string.h>

#include "lib/order/order.h"

#define TO(state) (1u << ORDER_##state)

static const struct {
	const char *name;
	int ipp; /* RFC 8011 5.3.7 */
	unsigned may;
} states[ORDER_STATES] = {
	[ORDER_INCOMING] = {"incoming", 4, TO(HELD) | TO(STORED) | TO(CANCELED)},
	[ORDER_HELD] = {"held", 4,
			TO(RELEASED) | TO(CANCELED) | TO(EXPIRED) | TO(CORRUPT)},
	[ORDER_RELEASED] = {"released", 3,
			    TO(HELD) | TO(PRODUCING) | TO(STOPPED) | TO(CANCELED) |
				    TO(CORRUPT)},
	[ORDER_PRODUCING] = {"producing", 5,
			     TO(COMPLETED) | TO(STOPPED) | TO(HELD) | TO(CANCELED) |
				     TO(CORRUPT) | TO(STORED)},
	[ORDER_STOPPED] = {"stopped", 6,
			   TO(RELEASED) | TO(HELD) | TO(CANCELED) | TO(EXPIRED) |
				   TO(CORRUPT)},
	[ORDER_COMPLETED] = {"completed", 9, 0},
	[ORDER_CANCELED] = {"canceled", 7, 0},
	[ORDER_EXPIRED] = {"expired", 7, 0},
	[ORDER_CORRUPT] = {"corrupt", 8, TO(CANCELED)},
	[ORDER_STORED] = {"stored", 9,
			  TO(HELD) | TO(COMPLETED) | TO(CANCELED) | TO(CORRUPT)},
};

static bool
is_state(enum order_state state)
{
	return state >= ORDER_INCOMING && state < ORDER_STATES;
}

bool
order_may_move(enum order_state from, enum order_state to)
{
	if (!is_state(from) || !is_state(to))
		return false;
	return from == to || (states[from].may & 1u << to) != 0;
}

const char *
order_state_name(enum order_state state)
{
	return is_state(state) ? states[state].name : "unknown";
}

enum order_state
order_state_from_name(const char *name)
{
	for (enum order_state s = ORDER_INCOMING; s < ORDER_STATES; s++)
		if (strcmp(states[s].name, name) == 0)
			return s;
	return 0;
}

int
order_ipp_state(enum order_state state)
{
	return is_state(state) ? states[state].ipp : states[ORDER_CORRUPT].ipp;
}

bool
order_is_over(enum order_state state)
{
	return state == ORDER_COMPLETED || state == ORDER_CANCELED ||
	       state == ORDER_EXPIRED;
}

bool
order_has_ended(enum order_state state)
{
	return order_is_over(state) || state == ORDER_STORED;
}
