/*
 * usage.c - how much is alive, and how much may be (`spoolctl status`).
 */
#include "lib/base/text.h"
#include "spoold/keep/query.h"

static void
say(struct peer *p, const struct store_usage *used, struct wire_usage_info *u)
{
	u->orders = used->orders;
	u->bytes = used->bytes;
	peer_say(p, WIRE_TYPE_usage_info, u);
}

static int
say_printer(struct peer *p, const struct settings_printer *printer, struct error *err)
{
	struct wire_usage_info u = {.of = WIRE_OF_PRINTER};
	struct settings_limits l;
	struct store_usage used;

	if (store_usage_printer(p->keep->store, printer->name, &used, err) != 0)
		return -1;
	settings_limits(p->keep->settings, printer->name, "", "", &l);
	text_copy(u.name, sizeof(u.name), printer->name);
	u.max_orders = l.printer_orders;
	u.max_bytes = l.printer_bytes;
	say(p, &used, &u);
	return 0;
}

static void
say_customer(const struct order *o, const struct store_usage *used, void *context)
{
	struct wire_usage_info u = {.of = WIRE_OF_CUSTOMER};
	struct peer *p = context;
	struct settings_limits l;

	settings_limits(p->keep->settings, o->printer, o->user, o->host, &l);
	text_copy(u.name, sizeof(u.name), o->user);
	text_copy(u.host, sizeof(u.host), o->host);
	u.max_orders = l.user_orders;
	u.max_bytes = l.user_bytes;
	say(p, used, &u);
}

int
query_usage(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct settings *s = p->keep->settings;
	struct store_usage used = store_alive(p->keep->store);
	struct wire_usage_info all = {.of = WIRE_OF_SHOP,
				      .max_orders = s->max_orders,
				      .max_bytes = s->max_bytes};

	say(p, &used, &all);
	for (uint32_t i = 0; i < s->printer_count; i++)
		if (say_printer(p, &s->printers[i], err) != 0)
			return -1;
	if (store_usage_most(p->keep->store, m->usage.customers, say_customer, p,
			     err) != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_end);
	return 0;
}
