/*
 * orders.h - an order as spoolctl's commands say it.
 */
#ifndef CC_TOOLS_CONTROL_ORDERS_H
#define CC_TOOLS_CONTROL_ORDERS_H

#include <jansson.h>

#include "lib/wire/wire.h"

json_t *orders_json(const struct wire_order_info *o);
/* The one operand, an order's number: ERROR_INPUT. */
int orders_number(int argc, char *argv[], uint32_t *number, struct error *err);

#endif
