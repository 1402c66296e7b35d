#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/order/code.h"
#include "lib/order/order.h"
#include "spoold/front/account.h"
#include "spoold/front/derive.h"
#include "spoold/front/document.h"
#include "spoold/front/findings.h"
#include "spoold/front/owner.h"
#include "spoold/front/pin.h"
#include "spoold/front/station_key.h"
#include "spoold/front/unlock.h"
#include "spoold/front/wish.h"

struct candidate {
	struct wire_candidate from_keep;
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	struct seal_key *key; /* NULL until it is open */
};

struct unlocking {
	struct request *r;
	struct wire_peer *keep;
	struct pin pin;
	struct wish wish;
	char name[ORDER_NAME_MAX]; /* of the user, or of the account */
	enum wire_how how;
	struct candidate candidates[UNLOCK_CANDIDATES];
	size_t count, open;
};

bool
unlock_is_asked(const struct request *r)
{
	return ippFindAttribute(r->in, "job-password", IPP_TAG_ZERO) != NULL;
}

/* --- what was typed --- */

static bool
refuse(struct request *r, enum texts_id id)
{
	request_answer(r,
		       id == TEXTS_MISTYPED ? IPP_STATUS_ERROR_BAD_REQUEST
					    : IPP_STATUS_ERROR_NOT_AUTHORIZED,
		       id, NULL, NULL);
	return false;
}

/* The typed code in canonical form as the octets; false when it is mistyped. */
static bool
take_code(struct unlocking *u)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	bool fine = code_read(canonical, (char *)u->pin.clear, NULL) == 0;

	if (fine) {
		u->pin.len = strlen(canonical);
		memcpy(u->pin.octets, canonical, u->pin.len);
	}
	seal_wipe(canonical, sizeof(canonical));
	return fine || refuse(u->r, TEXTS_MISTYPED);
}

/* The digest as which an order's PIN came, when it was not the standard one. */
static void
encryption_of(const struct wire_order_info *info, char name[64])
{
	ipp_t *own = NULL;
	ipp_attribute_t *attr;

	text_copy(name, 64, PIN_STANDARD);
	if (ipp_bounds_decode(&IPP_LIMITS_OWN, info->attributes.data,
			      info->attributes.len, &own, NULL) != 0)
		return;
	attr = ippFindAttribute(own, PIN_ATTRIBUTE, IPP_TAG_KEYWORD);
	if (attr != NULL)
		text_copy(name, 64, ippGetString(attr, 0, NULL));
	ippDelete(own);
}

/* By number: the order tells whether it has a code or a PIN, and which digest. */
static bool
fit_to_order(struct unlocking *u)
{
	struct jobs_one one = {0};
	char encryption[64];
	bool fine = true;

	if (strcmp(u->pin.encryption, "none") != 0 || jobs_look(u->r, &one, NULL) != 0)
		return true;
	if (one.info.identification == ORDER_ID_CODE) {
		fine = take_code(u);
	} else {
		encryption_of(&one.info, encryption);
		pin_as(&u->pin, encryption);
	}
	jobs_one_clear(&one);
	return fine;
}

static bool
take_typed(struct unlocking *u)
{
	if (pin_read(u->r->in, &u->pin, NULL) != 0)
		return refuse(u->r, TEXTS_WRONG);
	if (u->r->job != 0) {
		u->how = WIRE_BY_NUMBER;
		return fit_to_order(u);
	}
	if (strcmp(u->pin.encryption, "none") == 0 &&
	    code_looks_like((char *)u->pin.clear)) {
		u->how = WIRE_BY_CODE;
		return take_code(u);
	}
	u->how = WIRE_BY_USER;
	if (account_name(u->r->in, u->name))
		return true;
	text_copy(u->name, sizeof(u->name), u->r->user);
	/* the name that all guests have would try a PIN on all their orders at once */
	return !owner_is_guest(u->r->user) || refuse(u->r, TEXTS_GUEST_PIN);
}

/* --- candidates --- */

static void
take_candidate(struct unlocking *u, const struct wire_candidate *from)
{
	struct candidate *c;

	if (u->count == UNLOCK_CANDIDATES || from->wrapped.len > ORDER_WRAPPED_MAX)
		return;
	c = &u->candidates[u->count++];
	c->from_keep = *from;
	memcpy(c->wrapped, from->wrapped.data, from->wrapped.len);
	c->from_keep.wrapped.data = c->wrapped;
}

/* Whose tries count together, beside a station's. Who is at the station socket has no
 * address: what strangers try from this machine must not lock the station out. */
static const char *
address_of(const struct client *c)
{
	return c->station ? "" : c->host;
}

static int
identify(struct unlocking *u, struct error *err)
{
	struct wire_identify identify = {.how = (uint8_t)u->how, .number = u->r->job};
	union wire_any item;
	int got;

	text_copy(identify.station, sizeof(identify.station), u->r->client->where);
	text_copy(identify.host, sizeof(identify.host), address_of(u->r->client));
	text_copy(identify.user, sizeof(identify.user), u->name);
	identify.text.data = u->pin.octets;
	identify.text.len = (uint32_t)u->pin.len;
	if (wire_send(u->keep, WIRE_TYPE_identify, &identify, err) != 0)
		return -1;
	while ((got = wire_next(u->keep, WIRE_TYPE_candidate, 0, NULL, &item, err)) > 0)
		take_candidate(u, &item.candidate);
	seal_wipe(&item, sizeof(item));
	return got;
}

/* Opens what the derived key opens. */
static int
open_candidates(struct unlocking *u, struct error *err)
{
	for (size_t i = 0; i < u->count; i++) {
		struct candidate *c = &u->candidates[i];
		struct seal_key *wrapping = seal_key_new(), *key = seal_key_new();
		int rc = derive(c->from_keep.kdf, c->from_keep.blinded.bytes,
				c->from_keep.salt.bytes, wrapping, err);
		if (rc == 0 &&
		    seal_unwrap(wrapping, c->from_keep.order.bytes, c->wrapped,
				c->from_keep.wrapped.len, key, NULL) == 0) {
			c->key = key;
			key = NULL;
			u->open++;
		}
		seal_key_free(wrapping);
		seal_key_free(key);
		if (rc != 0)
			return -1;
	}
	return 0;
}

/* Shows keep the key. The order and its documents follow; *one is the caller's. */
static int
prove(struct unlocking *u, const struct candidate *c, enum wire_action action,
      struct jobs_one *one, struct error *err)
{
	struct wire_prove prove = {.action = (uint8_t)action};
	union wire_any answer;
	int rc;

	if (action == WIRE_RELEASE)
		wish_fill(&u->wish, &prove);
	memcpy(prove.order.bytes, c->from_keep.order.bytes, UUID_BYTES);
	memcpy(prove.key.bytes, c->key->bytes, SEAL_KEY_BYTES);
	text_copy(prove.station, sizeof(prove.station), u->r->client->where);
	text_copy(prove.host, sizeof(prove.host), address_of(u->r->client));
	rc = wire_call(u->keep, WIRE_TYPE_prove, &prove, WIRE_TYPE_order_info, &answer,
		       err);
	seal_wipe(&prove, sizeof(prove));
	if (rc == 0)
		jobs_copy(one, &answer.order_info);
	return rc;
}

/* --- answers --- */

static ipp_t *
document_collection(const struct wire_document_info *d)
{
	ipp_t *col = ippNew();

	ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "document-number",
		      (int)d->document);
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_NAME, "document-name", NULL, d->name);
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_MIMETYPE, "document-format", NULL,
		     d->format);
	ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "k-octets",
		      (int)((d->length + 1023) / 1024));
	document_add_progress(col, IPP_TAG_ZERO, d, NULL);
	findings_show(col, &d->attributes);
	return col;
}

/* Reads the documents that follow a proof, and adds them to the last job group. */
static int
add_documents(struct unlocking *u, uint32_t count, struct error *err)
{
	ipp_attribute_t *attr = NULL;

	for (uint32_t i = 0; i < count; i++) {
		union wire_any item;
		ipp_t *col;
		if (wire_next(u->keep, WIRE_TYPE_document_info, 0, NULL, &item, err) !=
		    1)
			return -1;
		col = document_collection(&item.document_info);
		if (attr == NULL)
			attr = ippAddCollection(u->r->out, IPP_TAG_JOB,
						"claimcheck-documents", col);
		else
			ippSetCollection(u->r->out, &attr, ippGetCount(attr), col);
		ippDelete(col);
	}
	return 0;
}

static int
add_proved(struct unlocking *u, const struct candidate *c, enum wire_action action,
	   struct error *err)
{
	struct jobs_one one = {0};
	int rc;

	if (prove(u, c, action, &one, err) != 0)
		return -1;
	if (ippFindAttribute(u->r->out, "job-id", IPP_TAG_ZERO) != NULL)
		ippAddSeparator(u->r->out);
	jobs_add(u->r, u->r->out, &one.info, NULL, true);
	rc = add_documents(u, one.info.documents, err);
	log_info("order %u: identified at %s%s", one.info.number, u->r->client->where,
		 action == WIRE_RELEASE ? ", released" : "");
	jobs_one_clear(&one);
	return rc;
}

/* Whether what is wished can be had, before anything is released. 1, 0 after the request
 * was answered, -1. */
static int
check_wish(struct unlocking *u, const struct candidate *c, struct error *err)
{
	struct jobs_one one = {0};
	union wire_any item;
	bool fits;

	if (u->wish.printer[0] == '\0' && u->wish.copies == 0)
		return 1;
	if (prove(u, c, WIRE_SHOW, &one, err) != 0)
		return -1;
	fits = wish_fits_order(u->r, &u->wish, &one.info);
	for (uint32_t i = 0; i < one.info.documents; i++) {
		if (wire_next(u->keep, WIRE_TYPE_document_info, 0, NULL, &item, err) !=
		    1) {
			jobs_one_clear(&one);
			return -1;
		}
		fits = fits && wish_fits_document(u->r, &u->wish, &item.document_info);
	}
	jobs_one_clear(&one);
	return fits;
}

/* The one open candidate, with its wish. */
static int
release_open(struct unlocking *u, struct error *err)
{
	const struct candidate *c = u->candidates;
	int fits;

	while (c->key == NULL)
		c++;
	fits = check_wish(u, c, err);
	return fits > 0 ? add_proved(u, c, WIRE_RELEASE, err) : fits;
}

/* Every open candidate; ended orders are not in the way of those that wait. */
static int
show_open(struct unlocking *u, struct error *err)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->candidates[i].key != NULL &&
		    add_proved(u, &u->candidates[i], WIRE_SHOW, err) != 0)
			return -1;
	return 0;
}

/* --- the whole of it --- */

/* False after the request was answered. */
static bool
is_station(struct request *r)
{
	const struct client *c = r->client;

	if (c->station || (c->loopback && c->settings->release_over_tcp))
		return true;
	return station_key_check(r);
}

static void
unlock_clear(struct unlocking *u)
{
	for (size_t i = 0; i < u->count; i++)
		seal_key_free(u->candidates[i].key);
	seal_wipe(u, sizeof(*u));
	free(u);
}

/* 0 with at least one open candidate; -1 after the request was answered. */
static int
unlock(struct unlocking *u)
{
	struct error err;

	if (!take_typed(u))
		return -1;
	u->keep = client_keep(u->r->client, &err);
	if (u->keep == NULL || identify(u, &err) != 0 ||
	    open_candidates(u, &err) != 0) {
		request_answer_error(u->r, &err);
		return -1;
	}
	if (u->open == 0)
		refuse(u->r, TEXTS_WRONG);
	return u->open > 0 ? 0 : -1;
}

static struct unlocking *
unlock_new(struct request *r)
{
	struct unlocking *u = calloc(1, sizeof(*u));

	INVARIANT(u != NULL);
	u->r = r;
	return u;
}

void
unlock_show(struct request *r)
{
	struct unlocking *u = unlock_new(r);
	struct error err;

	if (is_station(r) && unlock(u) == 0 && show_open(u, &err) != 0)
		request_answer_error(r, &err);
	unlock_clear(u);
}

void
unlock_release(struct request *r)
{
	struct unlocking *u = unlock_new(r);
	struct error err;

	if (is_station(r) && wish_read(r, &u->wish) && unlock(u) == 0) {
		/* several: each is proven, so that no try is counted */
		if ((u->open > 1 ? show_open(u, &err) : release_open(u, &err)) != 0)
			request_answer_error(r, &err);
		else if (u->open > 1)
			request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_SEVERAL,
				       NULL, NULL);
	}
	unlock_clear(u);
}

/* Its documents may be read on this connection's channel from now on. */
static int
open_stored(struct unlocking *u, struct unlocked *out, struct error *err)
{
	const struct candidate *c = u->candidates;
	union wire_any item;

	while (c->key == NULL)
		c++;
	if (prove(u, c, WIRE_OPEN, &out->one, err) != 0)
		return -1;
	for (uint32_t i = 0; i < out->one.info.documents; i++)
		if (wire_next(u->keep, WIRE_TYPE_document_info, 0, NULL, &item, err) !=
		    1)
			return -1;
	out->key = seal_key_new();
	memcpy(out->key->bytes, c->key->bytes, SEAL_KEY_BYTES);
	out->pin = u->pin;
	return 0;
}

/* A station, or, from elsewhere, who may see the order at all: tries are not for
 * everybody. */
static bool
may_try(struct request *r)
{
	struct jobs_one one = {0};
	bool may;

	if (!jobs_number(r) || jobs_find(r, &one) != 0)
		return false;
	may = owner_may_see(r, &one.info) || is_station(r);
	jobs_one_clear(&one);
	return may;
}

bool
unlock_stored(struct request *r, struct unlocked *out)
{
	struct unlocking *u = unlock_new(r);
	struct error err;
	bool opened = false;

	*out = (struct unlocked){.key = NULL};
	if (!unlock_is_asked(r))
		refuse(r, TEXTS_NO_IDENTIFICATION);
	else if (may_try(r) && unlock(u) == 0) {
		opened = open_stored(u, out, &err) == 0;
		if (!opened)
			request_answer_error(r, &err);
	}
	unlock_clear(u);
	return opened;
}

void
unlocked_clear(struct unlocked *out)
{
	seal_key_free(out->key);
	jobs_one_clear(&out->one);
	pin_clear(&out->pin);
	*out = (struct unlocked){.key = NULL};
}
