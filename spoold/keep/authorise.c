#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/code.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/authorise.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/info.h"
#include "spoold/keep/life.h"
#include "spoold/keep/release.h"

static void
say_who(const struct peer *p, const char *user, char who[AUDIT_BY_MAX])
{
	snprintf(who, AUDIT_BY_MAX, "operator %s, uid %u", user, p->uid);
}

/* The order, if its key is the one shown; the caller clears it. */
static int
open_order(struct peer *p, const wire_c_uuid *order, const wire_c_key *key,
	   const char *who, struct order *o, struct error *err)
{
	struct keep *k = p->keep;

	if (store_get(k->store, order->bytes, o, err) != 0)
		return -1;
	if (release_is_proven(o, true, order, key)) {
		/* a code that led here was right */
		if (p->identified != NULL)
			identify_give_back(k, p->identified);
		return 0;
	}
	audit_count(k, o, 0, AUDIT_TRIED, who, "another order's key, or none");
	error_set(err, ERROR_REFUSED, "that is not the key of order %u", o->number);
	order_clear(o);
	return -1;
}

int
authorise_authorise(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_authorise *a = &m->authorise;
	const struct life_wish all = {.copies = 0};
	struct seal_key *key = seal_key_new();
	char who[AUDIT_BY_MAX];
	struct order o;
	int rc;

	say_who(p, a->user, who);
	rc = open_order(p, &a->order, &a->key, who, &o, err);
	if (rc == 0) {
		memcpy(key->bytes, a->key.bytes, SEAL_KEY_BYTES);
		rc = release_may(&o, a->again != 0, err);
		if (rc == 0)
			rc = life_release(p->keep, &o, key, &all, who, err);
		if (rc == 0) {
			audit_note(p->keep, &o, AUDIT_AUTHORISED, who, "%s", a->why);
			info_say(p, &o, false);
		}
		order_clear(&o);
	}
	seal_key_free(key);
	return rc;
}

/* Only what waits has a code that is good for anything. */
static int
check_reissue(const struct order *o, struct error *err)
{
	if (o->state == ORDER_HELD || o->state == ORDER_STOPPED)
		return 0;
	return error_set(err, ERROR_CONFLICT,
			 "order %u is %s: a claim code would be good for nothing",
			 o->number, order_state_name(o->state));
}

static int
take_code(const struct wire_bytes *text, char code[SEAL_PIN_MAX + 1], struct error *err)
{
	memset(code, 0, SEAL_PIN_MAX + 1);
	memcpy(code, text->data, text->len);
	if (text->len >= CODE_SYMBOLS_MIN && strlen(code) == text->len)
		return 0;
	return error_set(err, ERROR_INPUT, "that is no claim code");
}

int
authorise_renew(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_renew *r = &m->renew;
	const struct seal_site *site = p->keep->site;
	struct wire_blinded blinded;
	char code[SEAL_PIN_MAX + 1], who[AUDIT_BY_MAX];
	struct order o;
	int rc;

	say_who(p, "of spoolctl", who);
	if (take_code(&r->text, code, err) != 0 ||
	    open_order(p, &r->order, &r->key, who, &o, err) != 0)
		return -1;
	rc = check_reissue(&o, err);
	if (rc == 0)
		rc = seal_blind(site, seal_site_current(site), SEAL_CODE, o.uuid, code,
				strlen(code), blinded.blinded.bytes, err);
	if (rc == 0)
		peer_say(p, WIRE_TYPE_blinded, &blinded);
	seal_wipe(&blinded, sizeof(blinded));
	seal_wipe(code, sizeof(code));
	order_clear(&o);
	return rc;
}

/* From now on the order is found and opened by the new code, and by nothing that was. */
static int
change_code(struct keep *k, struct order *o, const struct wire_reissue *r,
	    const char *code, struct error *err)
{
	struct order_sealing *s = &o->sealing;

	if (r->wrapped.len == 0 || r->wrapped.len > sizeof(s->wrapped))
		return error_set(err, ERROR_INPUT, "the new code opens nothing");
	s->secret = seal_site_current(k->site);
	if (seal_code_key(k->site, s->secret, code, o->key, err) != 0)
		return -1;
	memset(o->user_key, 0, sizeof(o->user_key));
	o->identification = ORDER_ID_CODE;
	text_copy(s->kdf, sizeof(s->kdf), r->kdf);
	memcpy(s->salt, r->salt.bytes, sizeof(s->salt));
	memset(s->wrapped, 0, sizeof(s->wrapped));
	memcpy(s->wrapped, r->wrapped.data, r->wrapped.len);
	s->wrapped_len = (uint16_t)r->wrapped.len;
	return 0;
}

int
authorise_reissue(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_reissue *r = &m->reissue;
	char code[SEAL_PIN_MAX + 1], who[AUDIT_BY_MAX];
	struct order o;
	int rc;

	say_who(p, r->user, who);
	if (take_code(&r->text, code, err) != 0 ||
	    open_order(p, &r->order, &r->key, who, &o, err) != 0)
		return -1;
	rc = check_reissue(&o, err);
	if (rc == 0)
		rc = change_code(p->keep, &o, r, code, err);
	if (rc == 0)
		rc = life_reissue(p->keep, &o, who, r->why, err);
	if (rc == 0)
		info_say(p, &o, false);
	seal_wipe(code, sizeof(code));
	order_clear(&o);
	return rc;
}
