#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/life.h"

/* A wrapped key is nonce, key and tag (seal.h); the fake one must not be told by its
 * length. */
#define FAKE_WRAPPED (24 + SEAL_KEY_BYTES + SEAL_TAG_BYTES)
#define FAKE_ROWS    4 /* of 32 bytes: more than uuid, salt and wrapped key */

struct search {
	struct keep *keep;
	struct peer *peer;
	const struct wire_identify *request;
	struct identified *found;
};

static const char *
number_or_user(const struct identified *i)
{
	return i->names[TRIES_USER][0] != '\0'	  ? "user name and PIN"
	       : i->names[TRIES_ORDER][0] != '\0' ? "PIN"
						  : "code";
}

void
identify_by(char by[AUDIT_BY_MAX], const char *station, const char *host)
{
	snprintf(by, AUDIT_BY_MAX, "station %s%s%s", station,
		 host[0] != '\0' ? " at " : "", host);
}

static void
count(struct keep *k, const struct identified *i, const char *how, const char *more)
{
	char by[AUDIT_BY_MAX], detail[AUDIT_DETAIL_MAX];
	int64_t number = 0;

	text_number(i->names[TRIES_ORDER], 1, UINT32_MAX, &number);
	identify_by(by, i->names[TRIES_STATION], i->names[TRIES_HOST]);
	snprintf(detail, sizeof(detail), "%s%s", how, more);
	audit_count(k, NULL, (uint32_t)number, AUDIT_TRIED, by, detail);
}

void
identify_wrong(struct keep *k, struct identified *i)
{
	bool locked = false;

	if (!i->taken)
		return;
	for (enum tries_kind kind = 0; kind < TRIES_KINDS; kind++)
		locked |= i->locked[kind];
	count(k, i, number_or_user(i),
	      locked ? " was wrong, and brought a lock" : " was wrong");
	i->taken = false;
}

void
identify_end(struct keep *k)
{
	struct peer *p;

	TAILQ_FOREACH(p, &k->peers, link)
		if (p->identified != NULL)
			identify_wrong(k, p->identified);
}

void
identify_peer_gone(struct peer *p)
{
	if (p->identified != NULL)
		identify_wrong(p->keep, p->identified);
	if (p->identified != NULL)
		seal_wipe(p->identified, sizeof(*p->identified));
	free(p->identified);
	p->identified = NULL;
}

void
identify_name(struct identified *i, const char *station, const char *host)
{
	text_copy(i->names[TRIES_STATION], ORDER_NAME_MAX, station);
	text_copy(i->names[TRIES_HOST], ORDER_NAME_MAX, host);
}

int
identify_take(struct keep *k, struct identified *i, struct error *err)
{
	static const char *const what[TRIES_KINDS] = {"this order", "this user",
						      "this station", "this address"};
	int64_t wait;

	for (enum tries_kind kind = 0; kind < TRIES_KINDS; kind++) {
		if (i->names[kind][0] == '\0')
			continue;
		wait = tries_wait_ms(k, kind, i->names[kind]);
		if (wait > 0)
			count(k, i, "not looked at: ", "too many before");
		if (wait > 0)
			return error_set(
				err, ERROR_LATER,
				"too many wrong tries for %s; try again in %lld s",
				what[kind], (long long)(wait + 999) / 1000);
	}
	for (enum tries_kind kind = 0; kind < TRIES_KINDS; kind++)
		if (i->names[kind][0] != '\0')
			i->locked[kind] = tries_take(k, kind, i->names[kind]);
	i->taken = true;
	return 0;
}

void
identify_give_back(struct keep *k, struct identified *i)
{
	for (enum tries_kind kind = 0; i->taken && kind < TRIES_KINDS; kind++)
		if (i->names[kind][0] != '\0')
			tries_give_back(k, kind, i->names[kind], i->locked[kind]);
	i->taken = false;
}

static int
say_candidate(struct search *s, const struct order *o, struct error *err)
{
	const struct wire_identify *r = s->request;
	struct wire_candidate c = {
		.wrapped = {o->sealing.wrapped, o->sealing.wrapped_len}};
	enum seal_kind kind = o->identification == ORDER_ID_CODE ? SEAL_CODE : SEAL_PIN;

	if (seal_blind(s->keep->site, o->sealing.secret, kind, o->uuid, r->text.data,
		       r->text.len, c.blinded.bytes, err) != 0)
		return -1;
	memcpy(c.order.bytes, o->uuid, UUID_BYTES);
	memcpy(c.salt.bytes, o->sealing.salt, sizeof(c.salt.bytes));
	text_copy(c.kdf, sizeof(c.kdf), o->sealing.kdf);
	peer_say(s->peer, WIRE_TYPE_candidate, &c);
	memcpy(s->found->orders[s->found->count++], o->uuid, UUID_BYTES);
	seal_wipe(&c, sizeof(c));
	return 0;
}

/* What is asked for, as bytes: the same question gets the same fake. */
static size_t
question(const struct wire_identify *r, uint8_t *bytes, size_t size)
{
	size_t len = 0;

	if (r->how == WIRE_BY_NUMBER)
		return (size_t)snprintf((char *)bytes, size, "number %u", r->number);
	if (r->how == WIRE_BY_USER)
		len = (size_t)snprintf((char *)bytes, size, "user %s", r->user) + 1;
	memcpy(bytes + len, r->text.data, r->text.len);
	return len + r->text.len;
}

/* The site's oldest secret: with the current one a fake would change when a new secret is
 * made, and orders that wait would not. */
static uint32_t
oldest_secret(const struct seal_site *site)
{
	uint32_t secret = seal_site_current(site);

	for (uint32_t older = secret; older != 0; older = seal_site_older(site, older))
		secret = older;
	return secret;
}

static int
say_fake(struct search *s, struct error *err)
{
	const struct settings *settings = s->keep->settings;
	uint8_t bytes[ORDER_NAME_MAX + SEAL_PIN_MAX + 16];
	size_t len = question(s->request, bytes, sizeof(bytes));
	uint32_t secret = oldest_secret(s->keep->site);
	uint8_t rows[FAKE_ROWS][SEAL_KEY_BYTES], row[UUID_BYTES] = {0};
	struct order fake;
	int rc = 0;

	for (uint8_t i = 0; i < FAKE_ROWS && rc == 0; i++) {
		row[0] = i + 1;
		rc = seal_blind(s->keep->site, secret, SEAL_CODE, row, bytes, len,
				rows[i], err);
	}
	order_init(&fake);
	memcpy(fake.uuid, rows[0], UUID_BYTES);
	fake.uuid[6] = (fake.uuid[6] & 0x0f) | 0x40; /* as uuid_make's */
	fake.uuid[8] = (fake.uuid[8] & 0x3f) | 0x80;
	fake.identification =
		s->request->how == WIRE_BY_CODE ? ORDER_ID_CODE : ORDER_ID_PIN;
	fake.sealing.secret = secret;
	memcpy(fake.sealing.salt, rows[0] + UUID_BYTES, ORDER_SALT_BYTES);
	memcpy(fake.sealing.wrapped, rows[1], FAKE_WRAPPED);
	fake.sealing.wrapped_len = FAKE_WRAPPED;
	text_copy(fake.sealing.kdf, sizeof(fake.sealing.kdf), settings->key_derivation);
	if (rc == 0)
		rc = say_candidate(s, &fake, err);
	seal_wipe(bytes, sizeof(bytes));
	order_clear(&fake);
	return rc;
}

static bool
can_be_opened(const struct order *o)
{
	return o->state != ORDER_CORRUPT && o->sealing.wrapped_len > 0;
}

static int
offer(struct search *s, struct order *o, struct error *err)
{
	int rc = 0;

	if (can_be_opened(o))
		rc = say_candidate(s, o, err);
	order_clear(o);
	return rc;
}

/* A code made under an older site secret is found under that secret only. */
static int
search_code(struct search *s, struct error *err)
{
	const struct seal_site *site = s->keep->site;
	char code[SEAL_PIN_MAX + 1] = {0};
	uint8_t key[ORDER_KEY_BYTES];
	struct order o;
	int rc = 0;

	memcpy(code, s->request->text.data, s->request->text.len);
	for (uint32_t n = seal_site_current(site); n != 0;
	     n = seal_site_older(site, n)) {
		if (seal_code_key(site, n, code, key, err) != 0)
			rc = -1;
		else if (store_get_key(s->keep->store, key, &o, NULL) == 0)
			rc = offer(s, &o, err);
		if (rc != 0 || s->found->count > 0)
			break;
	}
	seal_wipe(code, sizeof(code));
	seal_wipe(key, sizeof(key));
	return rc;
}

static int
search_number(struct search *s, struct error *err)
{
	struct order o;

	if (life_get_number(s->keep, s->request->number, &o, NULL) != 0)
		return 0;
	return offer(s, &o, err);
}

static int
visit_user_order(const struct order *o, void *context)
{
	struct search *s = context;

	if (can_be_opened(o) && !order_has_ended(o->state))
		say_candidate(s, o, NULL);
	return s->found->count == IDENTIFY_CANDIDATES;
}

static int
search_user(struct search *s, struct error *err)
{
	const struct seal_site *site = s->keep->site;
	uint8_t key[ORDER_KEY_BYTES];
	int rc = 0;

	for (uint32_t n = seal_site_current(site); n != 0 && rc == 0;
	     n = seal_site_older(site, n)) {
		rc = seal_user_key(site, n, s->request->user, s->request->text.data,
				   s->request->text.len, key, err);
		if (rc == 0 && s->found->count < IDENTIFY_CANDIDATES)
			rc = store_scan_user_key(s->keep->store, key, visit_user_order,
						 s, err);
	}
	seal_wipe(key, sizeof(key));
	return rc;
}

static int
search(struct search *s, struct error *err)
{
	switch (s->request->how) {
	case WIRE_BY_CODE:
		return search_code(s, err);
	case WIRE_BY_NUMBER:
		return search_number(s, err);
	default:
		return search_user(s, err);
	}
}

static int
begin(struct peer *p, const struct wire_identify *r, struct error *err)
{
	if (r->how < WIRE_BY_CODE || r->how > WIRE_BY_USER || r->text.len == 0)
		return error_set(err, ERROR_INPUT, "an empty identification");
	if (p->identified == NULL)
		p->identified = calloc(1, sizeof(*p->identified));
	if (p->identified == NULL)
		return error_set(err, ERROR_LATER, "no memory; try again");
	identify_wrong(p->keep, p->identified); /* the one before, if it was */
	memset(p->identified, 0, sizeof(*p->identified));
	identify_name(p->identified, r->station, r->host);
	if (r->how == WIRE_BY_NUMBER)
		snprintf(p->identified->names[TRIES_ORDER], ORDER_NAME_MAX, "%u",
			 r->number);
	if (r->how == WIRE_BY_USER)
		text_copy(p->identified->names[TRIES_USER], ORDER_NAME_MAX, r->user);
	return 0;
}

int
identify_identify(struct peer *p, const union wire_any *m, struct error *err)
{
	struct search s = {p->keep, p, &m->identify, NULL};

	if (begin(p, &m->identify, err) != 0)
		return -1;
	s.found = p->identified;
	if (identify_take(p->keep, s.found, err) != 0 || search(&s, err) != 0)
		return -1;
	if (s.found->count == 0 && say_fake(&s, err) != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_end);
	return 0;
}
