/*
 * change.c - spoolctl cancel, expire, extend.
 */
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/control/control.h"
#include "tools/control/orders.h"
#include "tools/control/when.h"

void
control_user(char name[ORDER_NAME_MAX])
{
	const struct passwd *pw = getpwuid(getuid());

	text_copy(name, ORDER_NAME_MAX, pw != NULL ? pw->pw_name : "root");
}

int
control_find(struct wire_peer *keep, uint32_t number, struct wire_order_info *info,
	     struct error *err)
{
	struct wire_find find = {.number = number};
	union wire_any item;
	int got;

	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err)) > 0) {
		*info = item.order_info;
		info->attributes = (struct wire_bytes){NULL, 0}; /* its memory ends */
	}
	return got;
}

static void
say(const struct control *c, const struct wire_order_info *o, enum wire_verb verb)
{
	char when[32];

	if (c->json) {
		jsontext_print(orders_json(o), 2);
	} else if (verb == WIRE_EXTEND) {
		control_date(when, o->due);
		printf("Order %u waits until %s.\n", o->number, when);
	} else {
		printf("Order %u is %s.\n", o->number,
		       order_state_name((enum order_state)o->state));
	}
}

static int
change(const struct control *c, uint32_t number, enum wire_verb verb, int64_t until)
{
	struct wire_change request = {
		.verb = (uint8_t)verb, .operator= 1, .until = until};
	struct wire_peer keep = {.fd = -1};
	struct wire_order_info info;
	union wire_any answer;
	struct error err;
	int rc = control_connect(c, &keep, &err);

	control_user(request.user);
	if (rc == 0)
		rc = control_find(&keep, number, &info, &err);
	if (rc == 0) {
		request.order = info.order;
		rc = wire_call(&keep, WIRE_TYPE_change, &request, WIRE_TYPE_order_info,
			       &answer, &err);
	}
	if (rc == 0)
		say(c, &answer.order_info, verb);
	wire_peer_close(&keep);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}

int
control_cancel(const struct control *c, int argc, char *argv[])
{
	struct error err;
	uint32_t number;

	if (orders_number(argc, argv, &number, &err) != 0)
		return control_fault(&err);
	return change(c, number, WIRE_CANCEL, 0);
}

int
control_expire(const struct control *c, int argc, char *argv[])
{
	struct error err;
	uint32_t number;

	if (orders_number(argc, argv, &number, &err) != 0)
		return control_fault(&err);
	return change(c, number, WIRE_EXPIRE, 0);
}

/* A date, or how long from now. */
static int
read_until(const char *text, int64_t *until, struct error *err)
{
	const int64_t now = (int64_t)time(NULL);
	int64_t span;

	if (when_span(text, &span, NULL) == 0) {
		*until = now + span;
		return 0;
	}
	if (when_date(text, now, until, NULL) == 0)
		return 0;
	return error_set(
		err, ERROR_INPUT,
		"'%.40s' is neither a date (2026-11-23) nor a span of time from "
		"now (7d, 12h)",
		text);
}

int
control_extend(const struct control *c, int argc, char *argv[])
{
	struct error err;
	uint32_t number;
	int64_t until;

	if (argc != 2)
		return CONTROL_USAGE;
	if (orders_number(1, argv, &number, &err) != 0 ||
	    read_until(argv[1], &until, &err) != 0)
		return control_fault(&err);
	return change(c, number, WIRE_EXTEND, until);
}
