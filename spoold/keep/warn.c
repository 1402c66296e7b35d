#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/life.h"
#include "spoold/keep/warn.h"

void
warn_set_crier(struct keep *k, struct peer *p)
{
	k->crier = p;
	k->crier_has = 0;
}

void
warn_peer_gone(struct peer *p)
{
	if (p->keep->crier == p)
		warn_set_crier(p->keep, NULL);
}

static bool
is_warned(const struct order *o, int64_t expiry)
{
	return o->warned != 0 && expiry - o->warned < WARN_SAME_S;
}

int64_t
warn_next_date(const struct keep *k, const struct order *o)
{
	const int64_t expiry = life_expiry(k, o);
	struct settings_limits l;

	settings_limits(k->settings, o->printer, o->user, o->host, &l);
	if (k->settings->warning_hook[0] == '\0' || l.warning_days == 0 ||
	    is_warned(o, expiry))
		return expiry;
	return expiry - l.warning_days * LIFE_DAY_S;
}

static int
look_again(struct keep *k, struct order *o, int64_t seconds, struct error *err)
{
	const int64_t expiry = life_expiry(k, o), again = calendar_now(k) + seconds;

	return life_set_due(k, o, again < expiry ? again : expiry, err);
}

/* Tries are counted before they are made: a crier that dies of one has tried, too. */
static int
ask_crier(struct keep *k, struct order *o, int64_t expiry, struct error *err)
{
	struct wire_warn w = {.number = o->number, .due = expiry};

	o->warnings++;
	if (look_again(k, o, WARN_AGAIN_S, err) != 0)
		return -1;
	memcpy(w.order.bytes, o->uuid, UUID_BYTES);
	text_copy(w.printer, sizeof(w.printer), o->printer);
	text_copy(w.user, sizeof(w.user), o->user);
	text_copy(w.host, sizeof(w.host), o->host);
	text_copy(w.language, sizeof(w.language), o->language);
	peer_say(k->crier, WIRE_TYPE_warn, &w);
	k->crier_has++;
	return 0;
}

int
warn_due(struct keep *k, struct order *o, struct error *err)
{
	const int64_t expiry = life_expiry(k, o);

	if (warn_next_date(k, o) == expiry)
		return life_set_due(k, o, expiry, err);
	if (calendar_now(k) < warn_next_date(k, o))
		return life_set_due(k, o, warn_next_date(k, o), err);
	if (o->warnings >= WARN_TRIES) {
		o->warned = expiry; /* nobody can say that it was not tried */
		audit_note(k, o, AUDIT_WARNING_FAILED, "crier",
			   "given up after %d tries", WARN_TRIES);
		return life_set_due(k, o, expiry, err);
	}
	if (k->crier == NULL || k->crier_has >= WARN_AT_ONCE)
		return look_again(k, o, WARN_BUSY_S, err);
	return ask_crier(k, o, expiry, err);
}

static int
note(struct keep *k, struct order *o, const struct wire_warned *w, struct error *err)
{
	if (o->state != ORDER_HELD && o->state != ORDER_STOPPED)
		return 0; /* it was fetched meanwhile */
	if (w->well != 0) {
		o->warned = w->due;
		if (life_set_due(k, o, life_expiry(k, o), err) != 0)
			return -1;
		audit_note(k, o, AUDIT_WARNED, "crier", "try %u", o->warnings);
		return 0;
	}
	audit_note(k, o, AUDIT_WARNING_FAILED, "crier", "try %u of %d: %.200s",
		   o->warnings, WARN_TRIES, w->text);
	return 0;
}

int
warn_warned(struct peer *p, const union wire_any *m, struct error *err)
{
	struct keep *k = p->keep;
	struct order o;
	int rc;

	if (k->crier != p || k->crier_has == 0)
		return error_set(err, ERROR_INPUT, "nobody asked it to warn");
	k->crier_has--;
	if (store_get(k->store, m->warned.order.bytes, &o, NULL) != 0)
		return 0; /* gone meanwhile */
	rc = note(k, &o, &m->warned, err);
	order_clear(&o);
	if (rc != 0) { /* it is looked at again when it is due */
		log_error("a warning cannot be noted: %s", err->text);
		error_clear(err);
	}
	return 0;
}
