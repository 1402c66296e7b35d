#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "spoold/front/station_key.h"

#define TEXT_MAX 256 /* name:key, and some */

/* "Basic" and base64 of "name:key". The caller wipes the message. */
static bool
read_shown(struct request *r, struct wire_station *shown,
	   uint8_t secret[SEAL_KEY_BYTES])
{
	const char *field = httpGetField(r->client->http, HTTP_FIELD_AUTHORIZATION);
	char text[TEXT_MAX + 1], *colon;
	int len = TEXT_MAX;
	bool fine;

	if (strncmp(field, "Basic ", 6) != 0 ||
	    strlen(field + 6) > (size_t)TEXT_MAX * 4 / 3 ||
	    httpDecode64_2(text, &len, field + 6) == NULL || len <= 0 || len > TEXT_MAX)
		return false;
	text[len] = '\0';
	colon = strchr(text, ':');
	if (colon != NULL)
		*colon++ = '\0';
	fine = colon != NULL &&
	       text_copy(shown->name, sizeof(shown->name), text) == 0 &&
	       strlen(colon) == 2 * SEAL_KEY_BYTES &&
	       text_unhex(secret, SEAL_KEY_BYTES, colon) == 0;
	seal_wipe(text, sizeof(text));
	shown->secret = (struct wire_bytes){secret, SEAL_KEY_BYTES};
	return fine;
}

static bool
ask_keep(struct request *r, struct wire_station *shown)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);

	text_copy(shown->host, sizeof(shown->host), r->client->host);
	if (keep != NULL &&
	    wire_call(keep, WIRE_TYPE_station, shown, WIRE_TYPE_ok, NULL, &err) == 0)
		return true;
	if (err.kind == ERROR_REFUSED)
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NO_STATION,
			       NULL, NULL);
	else
		request_answer_error(r, &err);
	return false;
}

bool
station_key_check(struct request *r)
{
	struct wire_station shown = {.name = ""};
	uint8_t secret[SEAL_KEY_BYTES];
	bool may = false;

	if (httpIsEncrypted(r->client->http) == 0 || !read_shown(r, &shown, secret))
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NO_STATION,
			       NULL, NULL);
	else
		may = ask_keep(r, &shown);
	seal_wipe(secret, sizeof(secret));
	if (may)
		snprintf(r->client->where, sizeof(r->client->where), "station %s",
			 shown.name);
	return may;
}
