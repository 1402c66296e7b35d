#include <stdlib.h>
#include <string.h>

#include "spoold/keep/quota.h"

struct quota {
	uint32_t of_printer[SETTINGS_PRINTERS_MAX]; /* in the order of settings */
	bool doubted;
};

static uint32_t *
count_of(struct keep *k, const char *printer)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].name, printer) == 0)
			return &k->quota->of_printer[i];
	return NULL;
}

void
quota_add(struct keep *k, const struct order *o)
{
	uint32_t *count = count_of(k, o->printer);

	if (count != NULL)
		*count += 1;
}

void
quota_remove(struct keep *k, const struct order *o)
{
	uint32_t *count = count_of(k, o->printer);

	if (count != NULL && *count > 0)
		*count -= 1;
}

static int
visit(const struct order *o, void *context)
{
	quota_add(context, o);
	return 0;
}

static int
count_all(struct keep *k, struct error *err)
{
	static const enum order_state alive[] = {ORDER_HELD, ORDER_RELEASED,
						 ORDER_PRODUCING, ORDER_STOPPED,
						 ORDER_CORRUPT};

	memset(k->quota->of_printer, 0, sizeof(k->quota->of_printer));
	for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++)
		if (store_scan(k->store, alive[i], 0, 0, visit, k, err) != 0)
			return -1;
	k->quota->doubted = false;
	return 0;
}

int
quota_open(struct keep *k, struct error *err)
{
	k->quota = calloc(1, sizeof(*k->quota));
	if (k->quota == NULL)
		return error_errno(err, "cannot count orders");
	k->quota->doubted = true; /* counted when it is asked for */
	return 0;
}

void
quota_close(struct keep *k)
{
	free(k->quota);
	k->quota = NULL;
}

void
quota_doubt(struct keep *k)
{
	k->quota->doubted = true;
}

static int
check_all(struct keep *k, struct error *err)
{
	struct store_health h;
	uint64_t alive;

	if (store_count(k->store, &h, err) != 0)
		return -1;
	alive = h.orders[ORDER_HELD] + h.orders[ORDER_RELEASED] +
		h.orders[ORDER_PRODUCING] + h.orders[ORDER_STOPPED] +
		h.orders[ORDER_CORRUPT];
	if (alive < k->settings->max_orders)
		return 0;
	return error_set(err, ERROR_FULL,
			 "%llu orders are waiting; no more are taken in",
			 (unsigned long long)alive);
}

static int
check_printer(struct keep *k, const char *printer, struct error *err)
{
	const uint32_t *count = count_of(k, printer);

	if (k->settings->max_orders_per_printer == 0 || count == NULL)
		return 0;
	if (k->quota->doubted && count_all(k, err) != 0)
		return -1;
	if (*count < k->settings->max_orders_per_printer)
		return 0;
	return error_set(err, ERROR_FULL,
			 "%u orders are waiting for %s; no more are taken in", *count,
			 printer);
}

static int
check_user(struct keep *k, const char *user, const char *host, struct error *err)
{
	struct store_usage usage;

	if (k->settings->max_orders_per_user == 0)
		return 0;
	if (store_usage_owner(k->store, user, host, &usage, err) != 0)
		return -1;
	if (usage.orders < k->settings->max_orders_per_user)
		return 0;
	return error_set(err, ERROR_FULL,
			 "%llu orders of %s are waiting; fetch or cancel one first",
			 (unsigned long long)usage.orders, user);
}

int
quota_check(struct keep *k, const char *printer, const char *user, const char *host,
	    struct error *err)
{
	if (check_all(k, err) != 0 || check_printer(k, printer, err) != 0)
		return -1;
	return check_user(k, user, host, err);
}
