#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/quota.h"

#define QUOTA_BUCKETS 4096

/* A customer with orders alive. */
struct customer {
	LIST_ENTRY(customer) link;
	uint32_t count;
	char user[]; /* zero-terminated */
};

LIST_HEAD(customers, customer);

struct quota {
	uint32_t total;
	uint32_t of_printer[SETTINGS_PRINTERS_MAX]; /* in the order of settings */
	struct customers buckets[QUOTA_BUCKETS];
	bool doubted;
};

static uint32_t
hash(const char *text)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	while (*text != '\0')
		h = (h ^ (uint8_t)*text++) * 16777619u;
	return h;
}

static struct customers *
bucket(struct quota *q, const char *user)
{
	return &q->buckets[hash(user) % QUOTA_BUCKETS];
}

static struct customer *
find(struct quota *q, const char *user)
{
	struct customer *c;

	LIST_FOREACH(c, bucket(q, user), link)
		if (strcmp(c->user, user) == 0)
			return c;
	return NULL;
}

static uint32_t *
printer_count(struct keep *k, const char *printer)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].name, printer) == 0)
			return &k->quota->of_printer[i];
	return NULL;
}

static void
forget_all(struct quota *q)
{
	struct customer *c;

	for (unsigned i = 0; i < QUOTA_BUCKETS; i++)
		while ((c = LIST_FIRST(&q->buckets[i])) != NULL) {
			LIST_REMOVE(c, link);
			free(c);
		}
	q->total = 0;
	memset(q->of_printer, 0, sizeof(q->of_printer));
}

void
quota_add(struct keep *k, const struct order *o)
{
	uint32_t *of_printer = printer_count(k, o->printer);
	struct customer *c = find(k->quota, o->user);
	size_t len = strlen(o->user) + 1;

	k->quota->total++;
	if (of_printer != NULL)
		*of_printer += 1;
	if (c == NULL) {
		c = calloc(1, sizeof(*c) + len);
		if (c == NULL)
			return; /* counts one too few for this customer */
		memcpy(c->user, o->user, len);
		LIST_INSERT_HEAD(bucket(k->quota, o->user), c, link);
	}
	c->count++;
}

void
quota_remove(struct keep *k, const struct order *o)
{
	uint32_t *of_printer = printer_count(k, o->printer);
	struct customer *c = find(k->quota, o->user);

	if (k->quota->total > 0)
		k->quota->total--;
	if (of_printer != NULL && *of_printer > 0)
		*of_printer -= 1;
	if (c != NULL && --c->count == 0) {
		LIST_REMOVE(c, link);
		free(c);
	}
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

	forget_all(k->quota);
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
	return count_all(k, err);
}

void
quota_close(struct keep *k)
{
	if (k->quota != NULL)
		forget_all(k->quota);
	free(k->quota);
	k->quota = NULL;
}

void
quota_doubt(struct keep *k)
{
	k->quota->doubted = true;
}

int
quota_check(struct keep *k, const char *printer, const char *user, struct error *err)
{
	const struct settings *s = k->settings;
	const uint32_t *of_printer;
	const struct customer *c;

	if (k->quota->doubted && count_all(k, err) != 0)
		return -1;
	if (k->quota->total >= s->max_orders)
		return error_set(err, ERROR_FULL,
				 "%u orders are waiting; no more are taken in",
				 k->quota->total);
	of_printer = printer_count(k, printer);
	if (s->max_orders_per_printer > 0 && of_printer != NULL &&
	    *of_printer >= s->max_orders_per_printer)
		return error_set(err, ERROR_FULL,
				 "%u orders are waiting for %s; no more are taken in",
				 *of_printer, printer);
	c = find(k->quota, user);
	if (s->max_orders_per_user > 0 && c != NULL &&
	    c->count >= s->max_orders_per_user)
		return error_set(err, ERROR_FULL,
				 "%u orders of %s are waiting; fetch or cancel one "
				 "first",
				 c->count, user);
	return 0;
}
