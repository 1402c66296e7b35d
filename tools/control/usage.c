/*
 * usage.c - who has how much alive, and how much they may: a part of spoolctl status.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/control/usage.h"

#define USAGE_CUSTOMERS 5 /* those who have most */

static const char *const kinds[] = {"", "all", "printer", "customer"};

static const char *
kind_of(const struct wire_usage_info *u)
{
	return u->of <= WIRE_OF_CUSTOMER ? kinds[u->of] : "";
}

static json_t *
row_json(const struct wire_usage_info *u)
{
	json_t *row = json_object();

	json_object_set_new(row, "of", jsontext(kind_of(u)));
	json_object_set_new(row, "name", jsontext(u->name));
	json_object_set_new(row, "host", jsontext(u->host));
	json_object_set_new(row, "orders", json_integer((json_int_t)u->orders));
	json_object_set_new(row, "bytes", json_integer((json_int_t)u->bytes));
	json_object_set_new(row, "max_orders", json_integer((json_int_t)u->max_orders));
	json_object_set_new(row, "max_bytes", json_integer((json_int_t)u->max_bytes));
	return row;
}

/* "12 of 100", "12" without a bound. */
static void
print_share(uint64_t used, uint64_t most, const char *unit)
{
	if (most != 0)
		printf("  %" PRIu64 " of %" PRIu64 " %s", used, most, unit);
	else
		printf("  %" PRIu64 " %s", used, unit);
}

static void
print_row(struct wire_usage_info *u)
{
	text_strip_controls(u->name);
	text_strip_controls(u->host);
	printf("%s%s%s%s%s:", kind_of(u), u->name[0] != '\0' ? " " : "", u->name,
	       u->host[0] != '\0' ? " at " : "", u->host);
	print_share(u->orders, u->max_orders, "orders");
	print_share(u->bytes, u->max_bytes, "bytes");
	printf("\n");
}

int
usage_say(struct wire_peer *keep, json_t *rows, struct error *err)
{
	const struct wire_usage ask = {.customers = USAGE_CUSTOMERS};
	union wire_any item;
	int got;

	if (wire_send(keep, WIRE_TYPE_usage, &ask, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_usage_info, 0, NULL, &item, err)) > 0)
		if (rows != NULL)
			json_array_append_new(rows, row_json(&item.usage_info));
		else
			print_row(&item.usage_info);
	return got;
}
