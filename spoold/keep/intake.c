#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/control.h"
#include "spoold/keep/events.h"
#include "spoold/keep/incoming.h"
#include "spoold/keep/info.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/warn.h"
#include "spoold/keep/quota.h"

int
intake_order_begin(struct peer *p, const union wire_any *m, struct error *err)
{
	struct keep *k = p->keep;
	const struct settings_printer *printer;
	struct wire_order_begun begun;
	struct incoming *in;

	printer = settings_printer(k->settings, m->order_begin.printer);
	if (printer == NULL)
		return error_set(err, ERROR_ABSENT, "there is no printer '%s'",
				 m->order_begin.printer);
	if (control_named(k, printer->name)->closed ||
	    control_named(k, printer->name)->shut)
		return error_set(err, ERROR_LATER,
				 "printer '%s' takes no orders at present",
				 printer->name);
	if (m->order_begin.storage > ORDER_STORE_ONLY)
		return error_set(err, ERROR_INPUT, "unknown storage %u",
				 m->order_begin.storage);
	in = incoming_add(k, &m->order_begin, printer, err);
	if (in == NULL)
		return -1;
	memcpy(begun.order.bytes, in->order.uuid, UUID_BYTES);
	begun.number = in->order.number;
	begun.created = in->order.created;
	peer_say(p, WIRE_TYPE_order_begun, &begun);
	return 0;
}

static int
key_of_code(struct keep *k, struct order *o, const struct wire_bytes *text,
	    struct error *err)
{
	char code[SEAL_PIN_MAX + 1] = {0};
	struct order other;
	int rc;

	memcpy(code, text->data, text->len);
	rc = seal_code_key(k->site, o->sealing.secret, code, o->key, err);
	seal_wipe(code, sizeof(code));
	if (rc != 0)
		return -1;
	if (store_get_key(k->store, o->key, &other, NULL) != 0)
		return 0;
	order_clear(&other);
	return error_set(err, ERROR_CONFLICT, "that claim code is taken");
}

static int
identify(struct keep *k, struct order *o, const struct wire_identify_new *m,
	 struct wire_blinded *blinded, struct error *err)
{
	int rc;

	o->sealing.secret = seal_site_current(k->site);
	if (m->kind == SEAL_CODE)
		rc = key_of_code(k, o, &m->text, err);
	else
		rc = seal_user_key(k->site, o->sealing.secret,
				   m->name[0] != '\0' ? m->name : o->user, m->text.data,
				   m->text.len, o->user_key, err);
	if (rc == 0)
		rc = seal_blind(k->site, o->sealing.secret, m->kind, o->uuid,
				m->text.data, m->text.len, blinded->blinded.bytes, err);
	if (rc == 0)
		o->identification = m->kind == SEAL_CODE ? ORDER_ID_CODE : ORDER_ID_PIN;
	return rc;
}

int
intake_identify_new(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_identify_new *request = &m->identify_new;
	struct incoming *in = incoming_get(p->keep, request->order.bytes, err);
	struct wire_blinded blinded;

	if (in == NULL)
		return -1;
	if (request->kind != SEAL_CODE && request->kind != SEAL_PIN)
		return error_set(err, ERROR_INPUT, "identification of kind %u",
				 request->kind);
	if (request->text.len == 0)
		return error_set(err, ERROR_INPUT, "an empty identification");
	if (in->order.identification != ORDER_ID_NONE)
		return error_set(err, ERROR_CONFLICT,
				 "the order has its identification already");
	if (identify(p->keep, &in->order, request, &blinded, err) != 0)
		return -1;
	peer_say(p, WIRE_TYPE_blinded, &blinded);
	seal_wipe(&blinded, sizeof(blinded));
	return 0;
}

static int
check_commit(const struct incoming *in, const struct wire_order_commit *m,
	     struct error *err)
{
	uint32_t bodies = 0;

	for (uint32_t i = 0; i < in->order.document_count; i++)
		bodies += order_has_body(&in->order.documents[i]);
	if (in->upload_count > 0)
		return error_set(err, ERROR_CONFLICT,
				 "a document of the order is still coming");
	if (bodies == 0)
		return error_set(err, ERROR_INPUT, "the order has no document");
	if (m->recovery.len == 0 &&
	    (m->wrapped.len == 0 || in->order.identification == ORDER_ID_NONE))
		return error_set(err, ERROR_INPUT,
				 "nothing could ever identify the order");
	return 0;
}

static void
complete(struct keep *k, struct order *o, const struct wire_order_commit *m)
{
	struct order_sealing *s = &o->sealing;

	memcpy(s->cipher, m->cipher, sizeof(s->cipher));
	memcpy(s->kdf, m->kdf, sizeof(s->kdf));
	memcpy(s->salt, m->salt.bytes, sizeof(s->salt));
	memcpy(s->commitment, m->commitment.bytes, sizeof(s->commitment));
	if (m->wrapped.len > 0)
		memcpy(s->wrapped, m->wrapped.data, m->wrapped.len);
	s->wrapped_len = (uint16_t)m->wrapped.len;
	if (m->recovery.len > 0)
		memcpy(s->recovery, m->recovery.data, m->recovery.len);
	s->recovery_len = (uint16_t)m->recovery.len;
	text_copy(o->warning, sizeof(o->warning), m->warning);
	text_strip_controls(o->warning);
	o->state = ORDER_HELD;
	if (control_named(k, o->printer)->hold_new)
		o->held_by_operator = ORDER_HOLD_NEW;
	o->changed = keep_now(k);
	o->due = warn_next_date(k, o);
	if (o->storage == ORDER_STORE_ONLY)
		life_store(k, o);
}

int
intake_order_commit(struct peer *p, const union wire_any *m, struct error *err)
{
	struct keep *k = p->keep;
	struct incoming *in = incoming_get(k, m->order_commit.order.bytes, err);
	char by[AUDIT_BY_MAX];
	struct order *o;

	if (in == NULL || check_commit(in, &m->order_commit, err) != 0)
		return -1;
	o = &in->order;
	complete(k, o, &m->order_commit);
	if (store_insert(k->store, o, err) != 0) {
		o->state = ORDER_INCOMING;
		return -1;
	}
	in->committed = true;
	k->intake->committed++;
	quota_leave(k, &in->claim); /* the store counts it from now on */
	jobs_wake(k);
	events_say(k, o, WIRE_ORDER_MADE);
	snprintf(by, sizeof(by), "user %s at %s", o->user, o->host);
	audit_note(k, o, AUDIT_SUBMITTED, by, "%u documents", o->document_count);
	info_say(p, o, false);
	return 0;
}

int
intake_order_abort(struct peer *p, const union wire_any *m, struct error *err)
{
	if (!intake_remove(p->keep, m->order_abort.order.bytes))
		return error_set(err, ERROR_ABSENT,
				 "there is no such order being handed in");
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}
