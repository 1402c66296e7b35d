/*
 * station.c - spoolctl station: terminals on other machines. keep has them; what a station
 * must know of the service besides, its certificate, lies in STATE/tls.
 */
#include <cups/cups.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "tools/jsontext.h"
#include "tools/station/key.h"
#include "tools/store/shop.h"

#define TLS_FOLDER "tls"
#define ENDING	   ".crt"

static int
read_request(int argc, char *argv[], struct wire_stations *request, struct error *err)
{
	if (argc == 1 && strcmp(argv[0], "list") == 0)
		request->verb = WIRE_STATION_LIST;
	else if (argc == 2 && strcmp(argv[0], "add") == 0)
		request->verb = WIRE_STATION_ADD;
	else if (argc == 2 && strcmp(argv[0], "revoke") == 0)
		request->verb = WIRE_STATION_REVOKE;
	else
		return error_set(err, ERROR_INPUT,
				 "station list, add NAME, or revoke NAME");
	if (argc == 2 && text_copy(request->name, sizeof(request->name), argv[1]) != 0)
		return error_set(err, ERROR_INPUT, "that name is too long");
	return 0;
}

/* The name of the one certificate that spoold shows. */
static int
find_certificate(const char *folder, char *name, size_t size, struct error *err)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	int found = 0;

	if (d == NULL)
		return error_errno(err, "cannot look for the certificate in %s",
				   folder);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name), ending = strlen(ENDING);

		if (e->d_name[0] == '.' || len <= ending ||
		    strcmp(e->d_name + len - ending, ENDING) != 0)
			continue;
		found++;
		snprintf(name, size, "%.*s", (int)(len - ending), e->d_name);
	}
	closedir(d);
	if (found == 1)
		return 0;
	return error_set(err, ERROR_ABSENT, "%d certificates are in %s, not one", found,
			 folder);
}

static int
read_certificate(const struct control *c, char certificate[KEY_HEX], struct error *err)
{
	struct shop shop;
	char folder[SHOP_PATH_MAX], name[256];
	cups_array_t *chain = NULL;
	const http_credential_t *first = NULL;
	int rc = shop_open(&shop, c, err);

	if (rc != 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s/" TLS_FOLDER,
		 shop.settings.state_directory);
	rc = find_certificate(folder, name, sizeof(name), err);
	if (rc == 0 && httpLoadCredentials(folder, &chain, name) == 0)
		first = cupsArrayFirst(chain);
	if (first != NULL)
		key_print(first->data, first->datalen, certificate);
	else if (rc == 0)
		rc = error_set(err, ERROR_ABSENT, "there is no certificate in %s",
			       folder);
	httpFreeCredentials(chain);
	shop_close(&shop);
	return rc;
}

static void
date_text(char text[32], int64_t seconds)
{
	text_copy(text, 32, "-");
	if (seconds != 0)
		control_date(text, seconds);
}

static void
print_row(const struct wire_station_info *s)
{
	char created[32], seen[32];

	date_text(created, s->created);
	date_text(seen, s->seen);
	printf("%-32s added %s  seen %s\n", s->name, created, seen);
}

static json_t *
row_json(const struct wire_station_info *s)
{
	json_t *row = json_object();

	json_object_set_new(row, "name", jsontext(s->name));
	json_object_set_new(row, "created", json_integer(s->created));
	json_object_set_new(row, "seen", json_integer(s->seen));
	return row;
}

/* The line of its key file: it is told this once. */
static void
print_key(const struct wire_station_info *s, const char *certificate)
{
	char secret[KEY_HEX] = "";

	if (s->secret.len == SEAL_KEY_BYTES)
		text_hex(secret, s->secret.data, SEAL_KEY_BYTES);
	printf(KEY_WORD " %s %s %s\n", s->name, secret, certificate);
	seal_wipe(secret, sizeof(secret));
}

static int
ask(const struct control *c, struct wire_peer *keep,
    const struct wire_stations *request, const char *certificate, struct error *err)
{
	json_t *rows =
		c->json && request->verb == WIRE_STATION_LIST ? json_array() : NULL;
	union wire_any item;
	int got;

	if (wire_send(keep, WIRE_TYPE_stations, request, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_station_info, 0, NULL, &item, err)) > 0)
		if (request->verb == WIRE_STATION_ADD)
			print_key(&item.station_info, certificate);
		else if (rows != NULL)
			json_array_append_new(rows, row_json(&item.station_info));
		else
			print_row(&item.station_info);
	seal_wipe(&item, sizeof(item));
	if (got == 0 && rows != NULL)
		jsontext_print(json_incref(rows), 2);
	json_decref(rows);
	return got;
}

int
control_station(const struct control *c, int argc, char *argv[])
{
	struct wire_peer keep = {.fd = -1};
	struct wire_stations request = {.verb = 0};
	char certificate[KEY_HEX] = "";
	struct error err;
	int rc = read_request(argc, argv, &request, &err);

	if (rc == 0 && request.verb == WIRE_STATION_ADD)
		rc = read_certificate(c, certificate, &err);
	if (rc == 0)
		rc = control_connect(c, &keep, &err);
	if (rc == 0)
		rc = ask(c, &keep, &request, certificate, &err);
	wire_peer_close(&keep);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
