/*
 * orders.c - spoolctl orders, show: orders as keep tells them.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/control/control.h"
#include "tools/control/orders.h"
#include "tools/control/when.h"

/* What is shown comes from customers: never as it is. */
static const char *
clean(char *to, size_t size, const char *from)
{
	text_copy(to, size, from);
	text_strip_controls(to);
	return to;
}

static void
set(json_t *row, const char *name, json_t *value)
{
	INVARIANT(json_object_set_new(row, name, value) == 0);
}

static const char *
identification(const struct wire_order_info *o)
{
	switch (o->identification) {
	case ORDER_ID_CODE:
		return "code";
	case ORDER_ID_PIN:
		return "pin";
	default:
		return "none";
	}
}

json_t *
orders_json(const struct wire_order_info *o)
{
	json_t *row = json_object();
	char uuid[UUID_TEXT];

	uuid_format(uuid, o->order.bytes);
	set(row, "number", json_integer(o->number));
	set(row, "uuid", jsontext(uuid));
	set(row, "state", jsontext(order_state_name((enum order_state)o->state)));
	set(row, "identification", jsontext(identification(o)));
	set(row, "held_by_operator", json_boolean(o->held_by_operator));
	set(row, "printer", jsontext(o->printer));
	set(row, "queue", jsontext(o->queue));
	set(row, "cups_job", json_integer(o->cups_job));
	set(row, "user", jsontext(o->user));
	set(row, "host", jsontext(o->host));
	set(row, "name", jsontext(o->name));
	set(row, "reason", jsontext(o->reason));
	set(row, "message", jsontext(o->message));
	set(row, "warning", jsontext(o->warning));
	set(row, "created", json_integer(o->created));
	set(row, "changed", json_integer(o->changed));
	set(row, "ended", json_integer(o->ended));
	set(row, "due", json_integer(o->due));
	set(row, "releases", json_integer(o->attempts));
	set(row, "documents", json_integer(o->documents));
	set(row, "bytes", json_integer((json_int_t)o->bytes));
	set(row, "impressions", json_integer(o->impressions));
	return row;
}

static const char *
document_state(uint8_t state)
{
	static const char *const names[] = {"waiting", "spent", "produced"};

	return state < sizeof(names) / sizeof(*names) ? names[state] : "unknown";
}

static json_t *
document_json(const struct wire_document_info *d)
{
	json_t *row = json_object();

	set(row, "document", json_integer(d->document));
	set(row, "name", jsontext(d->name));
	set(row, "format", jsontext(d->format));
	set(row, "bytes", json_integer((json_int_t)d->length));
	set(row, "state", jsontext(document_state(d->state)));
	return row;
}

/* --- orders --- */

static void
print_row(const struct wire_order_info *o)
{
	char when[32], user[24], name[64];

	control_date(when, o->created);
	printf("%8u  %-10s %-12s %-16s %-12s %s\n", o->number,
	       order_state_name((enum order_state)o->state), o->printer, when,
	       clean(user, sizeof(user), o->user), clean(name, sizeof(name), o->name));
}

/* By age and by what is left of it, beside what keep was asked for. */
struct ages {
	int64_t now, older, younger, due; /* seconds; -1: any */
};

static int
read_ages(const struct control *c, struct ages *a, struct error *err)
{
	*a = (struct ages){(int64_t)time(NULL), -1, -1, -1};
	if ((c->older != NULL && when_span(c->older, &a->older, err) != 0) ||
	    (c->younger != NULL && when_span(c->younger, &a->younger, err) != 0) ||
	    (c->due != NULL && when_span(c->due, &a->due, err) != 0))
		return -1;
	return 0;
}

static bool
is_wanted(const struct control *c, const struct ages *a,
	  const struct wire_order_info *o)
{
	const bool waits = o->state == ORDER_HELD || o->state == ORDER_STOPPED;

	if (c->state != 0 && o->state != c->state)
		return false;
	if (a->older >= 0 && a->now - o->created < a->older)
		return false;
	if (a->younger >= 0 && a->now - o->created > a->younger)
		return false;
	return a->due < 0 || (waits && o->due != 0 && o->due <= a->now + a->due);
}

static int
list(const struct control *c, struct wire_peer *keep, json_t *rows, struct error *err)
{
	struct wire_find find = {.which = c->all ? WIRE_WHICH_ANY : WIRE_WHICH_ALIVE};
	union wire_any item;
	struct ages ages;
	int got;

	if (read_ages(c, &ages, err) != 0)
		return -1;
	text_copy(find.printer, sizeof(find.printer), c->printer ? c->printer : "");
	text_copy(find.user, sizeof(find.user), c->user ? c->user : "");
	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err)) > 0) {
		if (!is_wanted(c, &ages, &item.order_info))
			continue;
		if (rows != NULL)
			json_array_append_new(rows, orders_json(&item.order_info));
		else
			print_row(&item.order_info);
	}
	return got;
}

int
control_orders(const struct control *c, int argc, char *argv[])
{
	json_t *rows = c->json ? json_array() : NULL;
	struct wire_peer keep;
	struct error err;
	int rc;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	rc = control_connect(c, &keep, &err);
	if (rc == 0)
		rc = list(c, &keep, rows, &err);
	wire_peer_close(&keep);
	if (rc == 0 && rows != NULL)
		jsontext_print(json_incref(rows), 2);
	json_decref(rows);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}

/* --- show --- */

static void
print_order(const struct wire_order_info *o)
{
	char uuid[UUID_TEXT], when[3][32], text[ORDER_TEXT_MAX], user[256], host[256];

	uuid_format(uuid, o->order.bytes);
	control_date(when[0], o->created);
	control_date(when[1], o->due);
	control_date(when[2], o->ended);
	printf("Order %u: %s\n", o->number, clean(text, sizeof(text), o->name));
	printf("  uuid        %s\n", uuid);
	printf("  state       %s%s\n", order_state_name((enum order_state)o->state),
	       o->held_by_operator ? ", on hold by an operator" : "");
	if (o->reason[0] != '\0')
		printf("  reason      %s\n", clean(text, sizeof(text), o->reason));
	if (o->message[0] != '\0')
		printf("  message     %s\n", clean(text, sizeof(text), o->message));
	if (o->warning[0] != '\0')
		printf("  warning     %s\n", clean(text, sizeof(text), o->warning));
	printf("  customer    %s from %s, identified by %s\n",
	       clean(user, sizeof(user), o->user), clean(host, sizeof(host), o->host),
	       identification(o));
	printf("  printer     %s (queue %s, job %d)\n", o->printer, o->queue,
	       (int)o->cups_job);
	printf("  came        %s\n  due         %s\n", when[0], when[1]);
	if (o->ended != 0)
		printf("  ended       %s\n", when[2]);
	printf("  releases    %u\n", o->attempts);
	if (o->impressions > 0) /* a device counts them, or says nothing */
		printf("  pages       %u\n", o->impressions);
	printf("  documents   %u, %llu bytes\n", o->documents,
	       (unsigned long long)o->bytes);
}

static void
print_document(const struct wire_document_info *d)
{
	char name[ORDER_NAME_MAX];

	printf("  %3u  %-9s %12llu  %-24s %s\n", d->document, document_state(d->state),
	       (unsigned long long)d->length, d->format,
	       clean(name, sizeof(name), d->name));
}

int
orders_number(int argc, char *argv[], uint32_t *number, struct error *err)
{
	int64_t value;

	if (argc != 1 || text_number(argv[0], 1, UINT32_MAX, &value) != 0)
		return error_set(err, ERROR_INPUT, "an order's number is needed");
	*number = (uint32_t)value;
	return 0;
}

static int
show(const struct control *c, struct wire_peer *keep, uint32_t number,
     struct error *err)
{
	struct wire_find find = {.number = number, .documents = 1};
	json_t *row = NULL, *documents = json_array();
	union wire_any item;
	int got, type;

	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, WIRE_TYPE_document_info,
				&type, &item, err)) > 0) {
		if (type == WIRE_TYPE_order_info && c->json)
			row = orders_json(&item.order_info);
		else if (type == WIRE_TYPE_order_info)
			print_order(&item.order_info);
		else if (c->json)
			json_array_append_new(documents,
					      document_json(&item.document_info));
		else
			print_document(&item.document_info);
	}
	if (got == 0 && row != NULL) {
		set(row, "document", json_incref(documents));
		jsontext_print(json_incref(row), 2);
	}
	json_decref(row);
	json_decref(documents);
	return got;
}

int
control_show(const struct control *c, int argc, char *argv[])
{
	struct wire_peer keep = {.fd = -1};
	struct error err;
	uint32_t number = 0;
	int rc = orders_number(argc, argv, &number, &err);

	if (rc == 0)
		rc = control_connect(c, &keep, &err);
	if (rc == 0)
		rc = show(c, &keep, number, &err);
	wire_peer_close(&keep);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
