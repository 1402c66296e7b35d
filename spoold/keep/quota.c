#include <stdlib.h>
#include <string.h>

#include "spoold/keep/quota.h"

#define QUOTA_BUCKETS 256

/* Lives as long as one of its orders is on its way in. */
struct quota_owner {
	LIST_ENTRY(quota_owner) link;
	char user[ORDER_NAME_MAX], host[ORDER_NAME_MAX];
	struct quota_share share;
};

LIST_HEAD(quota_owners, quota_owner);

struct quota {
	struct quota_share all;
	struct quota_share of_printer[SETTINGS_PRINTERS_MAX]; /* as in settings */
	struct quota_owners owners[QUOTA_BUCKETS];
};

int
quota_open(struct keep *k, struct error *err)
{
	k->quota = calloc(1, sizeof(*k->quota));
	return k->quota != NULL ? 0 : error_errno(err, "cannot count orders");
}

void
quota_close(struct keep *k)
{
	free(k->quota); /* intake is closed: it has no owners */
	k->quota = NULL;
}

static struct quota_owners *
bucket(struct keep *k, const char *user)
{
	unsigned hash = 5381;

	for (const char *at = user; *at != '\0'; at++)
		hash = hash * 33 + (unsigned char)*at;
	return &k->quota->owners[hash % QUOTA_BUCKETS];
}

/* Made if there is none; NULL when there is no memory. */
static struct quota_owner *
owner_of(struct keep *k, const struct order *o)
{
	struct quota_owners *all = bucket(k, o->user);
	struct quota_owner *owner;

	LIST_FOREACH(owner, all, link)
		if (strcmp(owner->user, o->user) == 0 &&
		    strcmp(owner->host, o->host) == 0)
			return owner;
	owner = calloc(1, sizeof(*owner));
	if (owner == NULL)
		return NULL;
	memcpy(owner->user, o->user, sizeof(owner->user));
	memcpy(owner->host, o->host, sizeof(owner->host));
	LIST_INSERT_HEAD(all, owner, link);
	return owner;
}

/* --- who may have how much --- */

enum whose { OF_SHOP, OF_PRINTER, OF_USER };

static int
refuse(struct error *err, enum whose whose, const char *what, uint64_t most)
{
	static const char *const who[] = {"the shop holds", "the printer's orders have",
					  "the customer's orders have"};

	return error_set(err, ERROR_FULL, "%s the most %s allowed, %llu", who[whose],
			 what, (unsigned long long)most);
}

/* What is alive in the store; read only where a bound is set. */
static int
alive(struct keep *k, const struct quota_claim *claim, enum whose whose,
      struct store_usage *usage, struct error *err)
{
	switch (whose) {
	case OF_SHOP:
		*usage = store_alive(k->store);
		return 0;
	case OF_PRINTER:
		return store_usage_printer(k->store, claim->printer->name, usage, err);
	default:
		return store_usage_owner(k->store, claim->owner->user,
					 claim->owner->host, usage, err);
	}
}

static struct quota_share *
coming(const struct keep *k, const struct quota_claim *claim, enum whose whose)
{
	if (whose == OF_SHOP)
		return &k->quota->all;
	if (whose == OF_USER)
		return &claim->owner->share;
	return &k->quota->of_printer[claim->printer - k->settings->printers];
}

static int
check_orders(struct keep *k, const struct quota_claim *claim, enum whose whose,
	     uint64_t most, struct error *err)
{
	static const unsigned char details[] = {WIRE_FULL_SHOP, WIRE_FULL_PRINTER,
						WIRE_FULL_USER_ORDERS};
	struct store_usage usage;

	if (most == 0)
		return 0;
	if (alive(k, claim, whose, &usage, err) != 0)
		return -1;
	if (usage.orders + coming(k, claim, whose)->orders < most)
		return 0;
	refuse(err, whose, "orders", most);
	return error_detail(err, details[whose]);
}

/* covered: so many of the bytes were expected, and are counted for the owner. */
static int
check_bytes(struct keep *k, const struct quota_claim *claim, enum whose whose,
	    uint64_t most, uint64_t bytes, uint64_t covered, struct error *err)
{
	static const unsigned char details[] = {WIRE_FULL_SHOP, WIRE_FULL_PRINTER,
						WIRE_FULL_USER_BYTES};
	const struct quota_share *share = coming(k, claim, whose);
	const uint64_t alone = claim->bytes + bytes;
	struct store_usage usage;

	if (most == 0)
		return 0;
	if (alive(k, claim, whose, &usage, err) != 0)
		return -1;
	if (whose == OF_USER)
		bytes -= covered;
	if (usage.bytes + share->bytes + share->expected + bytes <= most)
		return 0;
	refuse(err, whose, "bytes", most);
	return error_detail(err, alone > most ? WIRE_FULL_QUOTA : details[whose]);
}

static int
check_all_bytes(struct keep *k, const struct quota_claim *claim, uint64_t bytes,
		uint64_t covered, struct error *err)
{
	const uint64_t most[] = {k->settings->max_bytes, claim->limits.printer_bytes,
				 claim->limits.user_bytes};

	for (int whose = OF_USER; whose >= OF_SHOP; whose--)
		if (check_bytes(k, claim, (enum whose)whose, most[whose], bytes,
				covered, err) != 0)
			return -1;
	return 0;
}

/* --- what comes and goes --- */

/* Unsigned numbers wrap: what is taken away is added as its complement. */
static void
count(struct keep *k, struct quota_claim *claim, uint64_t orders, uint64_t bytes)
{
	for (int whose = OF_SHOP; whose <= OF_USER; whose++) {
		struct quota_share *share = coming(k, claim, (enum whose)whose);
		share->orders += orders;
		share->bytes += bytes;
	}
	claim->bytes += bytes;
}

static void
drop_unused(struct quota_owner *owner)
{
	if (owner->share.orders != 0)
		return;
	LIST_REMOVE(owner, link);
	free(owner);
}

int
quota_enter(struct keep *k, struct quota_claim *claim, const struct order *o,
	    const struct settings_printer *printer, struct error *err)
{
	*claim = (struct quota_claim){.owner = owner_of(k, o), .printer = printer};
	if (claim->owner == NULL)
		return error_set(err, ERROR_LATER, "no memory for the order");
	settings_limits(k->settings, o->printer, o->user, o->host, &claim->limits);
	if (check_orders(k, claim, OF_USER, claim->limits.user_orders, err) == 0 &&
	    check_orders(k, claim, OF_PRINTER, claim->limits.printer_orders, err) ==
		    0 &&
	    check_orders(k, claim, OF_SHOP, k->settings->max_orders, err) == 0) {
		count(k, claim, 1, 0);
		return 0;
	}
	drop_unused(claim->owner);
	*claim = (struct quota_claim){0};
	return -1;
}

void
quota_leave(struct keep *k, struct quota_claim *claim)
{
	if (claim->owner == NULL)
		return;
	claim->owner->share.expected -= claim->expected;
	count(k, claim, (uint64_t)-1, -claim->bytes);
	drop_unused(claim->owner);
	*claim = (struct quota_claim){0};
}

int
quota_expect(struct keep *k, struct quota_claim *claim, uint64_t bytes,
	     struct error *err)
{
	if (bytes == 0)
		return 0;
	if (check_all_bytes(k, claim, bytes, 0, err) != 0)
		return -1;
	claim->expected += bytes;
	claim->owner->share.expected += bytes;
	return 0;
}

void
quota_settle(struct quota_claim *claim, uint64_t *expected)
{
	if (claim->owner != NULL) {
		claim->expected -= *expected;
		claim->owner->share.expected -= *expected;
	}
	*expected = 0;
}

int
quota_take(struct keep *k, struct quota_claim *claim, uint64_t *expected,
	   uint64_t bytes, struct error *err)
{
	uint64_t covered = bytes < *expected ? bytes : *expected;

	if (check_all_bytes(k, claim, bytes, covered, err) != 0)
		return -1;
	*expected -= covered;
	quota_settle(claim, &covered);
	count(k, claim, 0, bytes);
	return 0;
}

void
quota_give_back(struct keep *k, struct quota_claim *claim, uint64_t bytes)
{
	if (claim->owner != NULL)
		count(k, claim, 0, -bytes);
}
