#include <jansson.h>

#include "tools/jsontext.h"
#include "tools/station/report.h"
#include "tools/station/show.h"

static const char *
state_keyword(int state)
{
	return ippEnumString("job-state", state);
}

static void
set(json_t *row, const char *name, json_t *value)
{
	INVARIANT(json_object_set_new(row, name, value) == 0);
}

static json_t *
document_json(const struct station_document *d)
{
	json_t *row = json_object();

	set(row, "document-number", json_integer(d->number));
	set(row, "document-name", jsontext(d->name));
	set(row, "document-format", jsontext(d->format));
	set(row, "k-octets", json_integer(d->k_octets));
	if (d->state != 0)
		set(row, "document-state",
		    jsontext(ippEnumString("document-state", d->state)));
	if (d->reasons[0] != '\0')
		set(row, "document-state-reasons", jsontext(d->reasons));
	if (d->pages > 0)
		set(row, "impressions", json_integer(d->pages));
	set(row, "impressions-completed", json_integer(d->pages_done));
	if (d->ppi > 0)
		set(row, "claimcheck-ppi", json_integer(d->ppi));
	if (d->warning[0] != '\0')
		set(row, "claimcheck-warning", jsontext(d->warning));
	return row;
}

static json_t *
order_json(const struct station_order *o, const struct station_wish *wish)
{
	char price[PRICE_TEXT_MAX];
	json_t *row = json_object(), *documents = json_array();

	for (uint32_t i = 0; i < o->document_count; i++)
		json_array_append_new(documents, document_json(&o->documents[i]));
	set(row, "job-id", json_integer(o->number));
	set(row, "job-uuid", jsontext(o->uuid));
	set(row, "job-state", jsontext(state_keyword(o->state)));
	set(row, "job-state-reasons", jsontext(o->reasons));
	set(row, "job-state-message", jsontext(o->message));
	if (o->warning[0] != '\0')
		set(row, "claimcheck-warning", jsontext(o->warning));
	set(row, "job-originating-user-name", jsontext(o->user));
	set(row, "job-name", jsontext(o->name));
	set(row, "printer", jsontext(o->printer));
	set(row, "release-again", json_boolean(o->again));
	set(row, "copies", json_integer(o->copies > 0 ? o->copies : 1));
	show_price(o, wish, false, price);
	if (price[0] != '\0')
		set(row, "price", jsontext(price));
	set(row, "job-impressions-completed", json_integer(o->pages_done));
	set(row, "documents", documents);
	return row;
}

void
report_order(const struct station_order *o, const struct station_wish *wish)
{
	jsontext_print(order_json(o, wish), 0);
}

void
report_orders(const struct station_orders *orders, const struct station_wish *wish)
{
	json_t *list = json_array();

	for (size_t i = 0; i < orders->count; i++)
		json_array_append_new(list, order_json(&orders->list[i], wish));
	jsontext_print(list, 0);
}
