#include <stdio.h>
#include <string.h>

#include "spoold/keep/audit.h"
#include "spoold/keep/control.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/info.h"
#include "spoold/keep/life.h"
#include "spoold/keep/release.h"

static bool
was_offered(const struct identified *i, const uint8_t order[UUID_BYTES])
{
	for (uint32_t n = 0; i != NULL && n < i->count; n++)
		if (memcmp(i->orders[n], order, UUID_BYTES) == 0)
			return i->taken;
	return false;
}

/* The work is the same whether there is such an order or not. */
bool
release_is_proven(const struct order *o, bool known, const wire_c_uuid *order,
		  const wire_c_key *shown)
{
	struct seal_key *key = seal_key_new();
	uint8_t commitment[SEAL_KEY_BYTES];
	bool equal;

	memcpy(key->bytes, shown->bytes, SEAL_KEY_BYTES);
	seal_commitment(key, order->bytes, commitment);
	equal = seal_equal(commitment, o->sealing.commitment, SEAL_KEY_BYTES);
	seal_key_free(key);
	return equal && known;
}

static int
refuse_state(const struct order *o, struct error *err)
{
	switch (o->state) {
	case ORDER_RELEASED:
		if (life_is_suspended(o))
			return error_set(
				err, ERROR_CONFLICT,
				"order %u was released, and is suspended by the "
				"operator; ask at the counter",
				o->number);
		return error_set(err, ERROR_CONFLICT,
				 "order %u was released a moment ago", o->number);
	case ORDER_PRODUCING:
		return error_set(err, ERROR_CONFLICT, "order %u is being made",
				 o->number);
	case ORDER_STOPPED:
		return error_set(err, ERROR_CONFLICT,
				 "order %u stopped: %.200s; releasing it may print "
				 "again",
				 o->number, o->message);
	case ORDER_STORED:
		return error_set(err, ERROR_CONFLICT,
				 "order %u is stored; it is made when it is handed in "
				 "anew (Resubmit-Job)",
				 o->number);
	case ORDER_COMPLETED:
		return error_set(err, ERROR_CONFLICT, "order %u was made already",
				 o->number);
	case ORDER_CANCELED:
		return error_set(err, ERROR_CONFLICT, "order %u was cancelled",
				 o->number);
	case ORDER_EXPIRED:
		return error_set(err, ERROR_CONFLICT,
				 "order %u was not fetched in time and is gone",
				 o->number);
	default:
		return error_set(err, ERROR_CONFLICT,
				 "order %u is damaged; ask at the counter", o->number);
	}
}

/* What the release makes: ERROR_CONFLICT where that can't be. */
static int
read_make(const struct order *o, uint8_t make, bool *proof, struct error *err)
{
	*proof = make == WIRE_MAKE_PROOF ||
		 (make == WIRE_MAKE_NEXT && life_proof_copies(o) > 0);
	if (make > WIRE_MAKE_ALL)
		return error_set(err, ERROR_INPUT, "a release cannot make %u", make);
	if (*proof && life_is_begun(o))
		return error_set(err, ERROR_CONFLICT,
				 "order %u was begun already: there is no proof of it "
				 "any more",
				 o->number);
	return 0;
}

int
release_may(const struct order *o, bool again, struct error *err)
{
	if (o->state != ORDER_HELD && !(o->state == ORDER_STOPPED && again))
		return refuse_state(o, err);
	if (o->held_by_operator)
		return error_set(err, ERROR_CONFLICT,
				 "order %u is held by the operator; ask at the counter",
				 o->number);
	return 0;
}

static int
read_wish(struct keep *k, const struct wire_prove *m, struct life_wish *wish,
	  struct error *err)
{
	*wish = (struct life_wish){
		.copies = m->copies, .only = m->only, .rest = m->again == WIRE_REST};
	if (m->copies > RELEASE_COPIES_MAX)
		return error_set(err, ERROR_INPUT, "%u copies are too many", m->copies);
	if (m->printer[0] == '\0')
		return 0;
	wish->printer = settings_printer(k->settings, m->printer);
	return wish->printer != NULL
		       ? 0
		       : error_set(err, ERROR_ABSENT, "there is no printer '%s'",
				   m->printer);
}

static int
release(struct peer *p, struct order *o, const struct wire_prove *m, struct error *err)
{
	struct seal_key *key;
	struct life_wish wish;
	char who[AUDIT_BY_MAX];
	const char *printer, *rests;
	int rc;

	if (m->again > WIRE_REST)
		return error_set(err, ERROR_INPUT, "unknown again %u", m->again);
	if (release_may(o, m->again != 0, err) != 0)
		return -1;
	if (read_wish(p->keep, m, &wish, err) != 0 ||
	    read_make(o, m->make, &wish.proof, err) != 0)
		return -1;
	printer = wish.printer != NULL ? wish.printer->name : o->printer;
	rests = control_rests(p->keep, printer,
			      wish.printer != NULL ? wish.printer->queue : o->queue);
	if (rests != NULL)
		return error_set(err, ERROR_CONFLICT,
				 "printer '%s' %s; ask at the counter", printer, rests);
	identify_by(who, m->station, m->host);
	key = seal_key_new();
	memcpy(key->bytes, m->key.bytes, SEAL_KEY_BYTES);
	rc = life_release(p->keep, o, key, &wish, who, err);
	seal_key_free(key);
	return rc;
}

/* Its documents may be read on this channel, to be sealed anew. */
static int
open_stored(struct peer *p, const struct order *o, const struct wire_prove *m,
	    struct error *err)
{
	char who[AUDIT_BY_MAX];

	if (o->state == ORDER_HELD)
		return error_set(err, ERROR_CONFLICT,
				 "order %u is not stored; it waits to be released",
				 o->number);
	if (o->state != ORDER_STORED)
		return refuse_state(o, err);
	identify_by(who, m->station, m->host);
	memcpy(p->opened.bytes, o->uuid, UUID_BYTES);
	audit_note(p->keep, o, AUDIT_OPENED, who, "to be handed in anew");
	return 0;
}

static int
act(struct peer *p, struct order *o, const struct wire_prove *m, struct error *err)
{
	if (m->action == WIRE_RELEASE) {
		if (release(p, o, m, err) != 0)
			return -1;
	} else if (m->action == WIRE_OPEN) {
		if (open_stored(p, o, m, err) != 0)
			return -1;
	} else if (m->action != WIRE_SHOW)
		return error_set(err, ERROR_INPUT, "unknown action %u", m->action);
	info_say(p, o, true);
	return 0;
}

/* A proof without an identification before it on this channel: a try of its own. */
static int
take_try(struct keep *k, struct identified *own, const struct order *o, bool known,
	 const struct wire_prove *m, struct error *err)
{
	identify_name(own, m->station, m->host);
	if (known)
		snprintf(own->names[TRIES_ORDER], ORDER_NAME_MAX, "%u", o->number);
	return identify_take(k, own, err);
}

int
release_prove(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_prove *proof = &m->prove;
	struct keep *k = p->keep;
	struct identified own = {0}, *account = p->identified;
	struct order o;
	bool known;
	int rc = -1;

	order_init(&o);
	known = store_get(k->store, proof->order.bytes, &o, NULL) == 0;
	if (!was_offered(account, proof->order.bytes)) {
		account = &own;
		if (take_try(k, account, &o, known, proof, err) != 0)
			goto out;
	}
	if (!release_is_proven(&o, known, &proof->order, &proof->key)) {
		identify_wrong(k, account);
		error_set(err, ERROR_REFUSED,
			  "no order is opened by that identification");
		goto out;
	}
	identify_give_back(k, account);
	rc = act(p, &o, proof, err);
out:
	order_clear(&o);
	return rc;
}
