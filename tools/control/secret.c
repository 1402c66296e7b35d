/*
 * secret.c - spoolctl site-secret: the site's secrets, by number; keep has them, and shows
 * none.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"

#include "tools/control/control.h"

static int
read_request(int argc, char *argv[], struct wire_secrets *request, struct error *err)
{
	int64_t number = 0;

	if (argc == 1 && strcmp(argv[0], "list") == 0)
		request->verb = WIRE_SECRET_LIST;
	else if (argc == 1 && strcmp(argv[0], "new") == 0)
		request->verb = WIRE_SECRET_NEW;
	else if (argc == 2 && strcmp(argv[0], "retire") == 0 &&
		 text_number(argv[1], 1, UINT32_MAX, &number) == 0)
		request->verb = WIRE_SECRET_RETIRE;
	else
		return error_set(err, ERROR_INPUT,
				 "site-secret list, new, or retire NUMBER");
	request->number = (uint32_t)number;
	return 0;
}

static void
print_secret(const struct wire_secret *s)
{
	printf("%6u  %10llu orders%s\n", s->number, (unsigned long long)s->orders,
	       s->current	? ", and all new ones"
	       : s->orders == 0 ? ", may be retired"
				: "");
}

static json_t *
secret_json(const struct wire_secret *s)
{
	json_t *row = json_object();

	json_object_set_new(row, "number", json_integer(s->number));
	json_object_set_new(row, "orders", json_integer((json_int_t)s->orders));
	json_object_set_new(row, "current", json_boolean(s->current));
	return row;
}

static int
list(const struct control *c, struct wire_peer *keep,
     const struct wire_secrets *request, struct error *err)
{
	json_t *rows = c->json ? json_array() : NULL;
	union wire_any item;
	int got;

	if (wire_send(keep, WIRE_TYPE_secrets, request, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_secret, 0, NULL, &item, err)) > 0)
		if (rows != NULL)
			json_array_append_new(rows, secret_json(&item.secret));
		else
			print_secret(&item.secret);
	if (got == 0 && rows != NULL)
		jsontext_print(json_incref(rows), 2);
	json_decref(rows);
	return got;
}

int
control_site_secret(const struct control *c, int argc, char *argv[])
{
	struct wire_peer keep = {.fd = -1};
	struct wire_secrets request = {.verb = 0};
	struct error err;
	int rc = read_request(argc, argv, &request, &err);

	if (rc == 0)
		rc = control_connect(c, &keep, &err);
	if (rc == 0)
		rc = list(c, &keep, &request, &err);
	wire_peer_close(&keep);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
