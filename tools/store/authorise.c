/*
 * authorise.c - spoolctl authorise: the shop's owner stands for a customer who has lost code or
 * PIN. The recovery key opens the order's key in this process; keep is shown that and nothing
 * else, and releases the order as if its customer had come. Who did it and why is in the
 * audit.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "tools/control/orders.h"
#include "tools/jsontext.h"
#include "tools/station/typed.h"

#include "tools/store/opened.h"

static int
ask_release(const struct control *c, struct wire_peer *keep,
	    const struct wire_order_info *info, const struct seal_key *key,
	    const char *user, struct error *err)
{
	struct wire_authorise ask = {.order = info->order, .again = c->again};
	union wire_any answer;
	int rc;

	memcpy(ask.key.bytes, key->bytes, SEAL_KEY_BYTES);
	text_copy(ask.user, sizeof(ask.user), user);
	text_copy(ask.why, sizeof(ask.why), c->why);
	text_strip_controls(ask.why);
	rc = wire_call(keep, WIRE_TYPE_authorise, &ask, WIRE_TYPE_order_info, &answer,
		       err);
	seal_wipe(&ask, sizeof(ask));
	if (rc == 0 && c->json)
		jsontext_print(orders_json(&answer.order_info), 2);
	else if (rc == 0)
		printf("Order %u is released.\n", answer.order_info.number);
	return rc;
}

static int
authorise(const struct control *c, uint32_t number, struct error *err)
{
	static struct shop shop;
	struct wire_peer keep = {.fd = -1};
	struct wire_order_info info;
	struct seal_key *key = NULL;
	char user[ORDER_NAME_MAX];
	int rc;

	control_user(user);
	rc = typed_start(err);
	if (rc == 0)
		rc = control_connect(c, &keep, err);
	if (rc == 0)
		rc = control_find(&keep, number, &info, err);
	if (rc == 0)
		rc = opened_by_recovery(c, &shop, number, &key, err);
	if (rc == 0)
		rc = ask_release(c, &keep, &info, key, user, err);
	seal_key_free(key);
	wire_peer_close(&keep);
	return rc;
}

int
control_authorise(const struct control *c, int argc, char *argv[])
{
	struct error err = {0};
	uint32_t number;
	int rc = orders_number(argc, argv, &number, &err);

	if (rc == 0 && (c->why == NULL || c->why[0] == '\0'))
		rc = error_set(&err, ERROR_INPUT,
			       "say why, for the audit: --why 'lost her telephone'");
	if (rc == 0)
		rc = authorise(c, number, &err);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
