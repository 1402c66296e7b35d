#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/control.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/query.h"
#include "spoold/keep/run.h"

#define PAUSE_RETRY_MS 5000 /* cupsd did not stop the queue */

/* Somebody waits for cupsd: an operator's peer, or nobody. */
struct waiting {
	uint32_t id; /* 0: the place is free */
	struct peer *asker;
	uint32_t printer;
	uint8_t verb;
	char who[ORDER_NAME_MAX + 16];
	int64_t until_ms;
};

struct controls {
	struct control printers[SETTINGS_PRINTERS_MAX];
	struct waiting waiting[CONTROL_WAITING];
	uint32_t last_id;
	int64_t pause_ms; /* no printer that is pausing is stopped before it */
};

int
control_open(struct keep *k, struct error *err)
{
	k->controls = calloc(1, sizeof(*k->controls));
	if (k->controls == NULL)
		return error_errno(err, "cannot control printers");
	return notices_read(k, k->controls->printers, err);
}

void
control_close(struct keep *k)
{
	free(k->controls);
	k->controls = NULL;
}

const struct control *
control_of(const struct keep *k, uint32_t printer)
{
	return &k->controls->printers[printer];
}

static int
place_of(const struct keep *k, const char *name)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct control *
control_named(const struct keep *k, const char *printer)
{
	static const struct control nothing;
	int place = place_of(k, printer);

	return place < 0 ? &nothing : control_of(k, (uint32_t)place);
}

const char *
control_rests(const struct keep *k, const char *printer, const char *queue)
{
	if (control_named(k, printer)->shut)
		return "was shut down";
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (k->controls->printers[i].pausing &&
		    strcmp(k->settings->printers[i].queue, queue) == 0)
			return "is being paused";
	return NULL;
}

/* All or nothing: what can't be written down has not happened. */
static int
set(struct keep *k, uint32_t printer, const struct control *to, struct error *err)
{
	struct control was = k->controls->printers[printer];

	if (memcmp(&was, to, sizeof(was)) == 0)
		return 0;
	k->controls->printers[printer] = *to;
	if (notices_write(k, k->controls->printers, err) != 0) {
		k->controls->printers[printer] = was;
		return -1;
	}
	query_changed(k, printer);
	return 0;
}

static void
note(struct keep *k, uint32_t printer, uint8_t verb, const char *who)
{
	static const char *const done[WIRE_CONTROLS] = {
		[WIRE_PAUSE] = "paused",
		[WIRE_PAUSE_AFTER] = "to be paused",
		[WIRE_RESUME] = "resumed",
		[WIRE_REJECT] = "closed",
		[WIRE_ACCEPT] = "opened",
		[WIRE_HOLD_NEW] = "holds what is new",
		[WIRE_RELEASE_NEW] = "holds nothing new any more",
		[WIRE_CANCEL_CURRENT] = "what it made was cancelled",
		[WIRE_PURGE] = "purged of all orders",
		[WIRE_SHUT] = "shut down",
		[WIRE_START] = "started",
		[WIRE_START_ANEW] = "started anew",
		[WIRE_SUSPEND] = "what was next was suspended"};

	audit_note(k, NULL, AUDIT_PRINTER, who, "%s: %s",
		   k->settings->printers[printer].name, done[verb]);
}

/* --- what cupsd does --- */

/* Its request was of an earlier turn: it owes an answer anew, that stands on the audit. */
static void
answer(struct keep *k, struct waiting *w, const struct error *failed)
{
	struct peer *asker = w->asker;

	if (failed == NULL)
		note(k, w->printer, w->verb, w->who);
	w->id = 0;
	k->dirty = true;
	if (asker == NULL)
		return;
	asker->owing++;
	asker->depends = true;
	if (failed != NULL)
		peer_say_failed(asker, failed);
	else
		peer_say_plain(asker, WIRE_TYPE_ok);
}

static int
ask_cupsd(struct keep *k, struct peer *asker, uint32_t printer, uint8_t verb,
	  const char *text, const char *who, struct error *err)
{
	struct peer *courier = jobs_courier(k);
	struct wire_queue_control ask = {.verb = verb == WIRE_PAUSE ? WIRE_PAUSE
								    : WIRE_RESUME};
	struct waiting *w = k->controls->waiting;
	unsigned i = 0;

	while (i < CONTROL_WAITING && w[i].id != 0)
		i++;
	if (courier == NULL || i == CONTROL_WAITING)
		return error_set(err, ERROR_LATER, "cupsd is not asked at present");
	if (++k->controls->last_id == 0)
		k->controls->last_id = 1;
	ask.id = k->controls->last_id;
	text_copy(ask.queue, sizeof(ask.queue), k->settings->printers[printer].queue);
	text_copy(ask.text, sizeof(ask.text), text);
	text_strip_controls(ask.text);
	w[i] = (struct waiting){.id = ask.id,
				.asker = asker,
				.printer = printer,
				.verb = verb,
				.until_ms = keep_mono_ms(k) + CONTROL_WAIT_MS};
	text_copy(w[i].who, sizeof(w[i].who), who);
	peer_say(courier, WIRE_TYPE_queue_control, &ask);
	return 0;
}

/* It need not stop when it is done any more. If that can't be written down, the next tick
 * stops it once more. */
static void
is_paused(struct keep *k, uint32_t printer)
{
	struct control to = *control_of(k, printer);
	struct error err;

	to.pausing = false;
	if (set(k, printer, &to, &err) != 0)
		log_error("printer %s: %s", k->settings->printers[printer].name,
			  err.text);
}

int
control_done(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_queue_controlled *done = &m->queue_controlled;
	struct keep *k = p->keep;
	struct error failed = {.kind = (enum error_kind)done->kind};

	(void)err;
	text_copy(failed.text, sizeof(failed.text), done->text);
	for (unsigned i = 0; i < CONTROL_WAITING; i++) {
		struct waiting *w = &k->controls->waiting[i];

		if (done->id == 0 || w->id != done->id)
			continue;
		if (done->kind == ERROR_NONE && w->verb == WIRE_PAUSE)
			is_paused(k, w->printer);
		answer(k, w, done->kind != ERROR_NONE ? &failed : NULL);
	}
	return 0;
}

void
control_peer_gone(struct peer *p)
{
	struct keep *k = p->keep;
	struct error gone = {0};

	error_set(&gone, ERROR_LATER, "cupsd is not asked at present");
	for (unsigned i = 0; i < CONTROL_WAITING; i++) {
		struct waiting *w = &k->controls->waiting[i];

		if (w->asker == p)
			w->asker = NULL;
		if (w->id != 0 && p->role == WIRE_FROM_COURIER)
			answer(k, w, &gone);
	}
}

static bool
is_making(struct keep *k, uint32_t printer)
{
	const char *queue = k->settings->printers[printer].queue;
	const struct run *r;

	TAILQ_FOREACH(r, k->runs, link) {
		struct order o;
		bool makes;

		if (store_get(k->store, r->order, &o, NULL) != 0)
			continue;
		makes = o.state == ORDER_PRODUCING && strcmp(o.queue, queue) == 0;
		order_clear(&o);
		if (makes)
			return true;
	}
	return false;
}

void
control_tick(struct keep *k)
{
	struct controls *c = k->controls;
	int64_t now = keep_mono_ms(k);
	struct error err;

	error_set(&err, ERROR_LATER, "cupsd did not answer in time");
	for (unsigned i = 0; i < CONTROL_WAITING; i++)
		if (c->waiting[i].id != 0 && now > c->waiting[i].until_ms)
			answer(k, &c->waiting[i], &err);
	if (now < c->pause_ms)
		return;
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (c->printers[i].pausing && !query_queue_is_busy(k, i) &&
		    !is_making(k, i)) {
			c->pause_ms = now + PAUSE_RETRY_MS;
			ask_cupsd(k, NULL, i, WIRE_PAUSE, c->printers[i].message,
				  "keep", &err);
		}
}

/* --- what is ours --- */

static int
set_and_say(struct peer *p, uint32_t printer, const struct control *to,
	    struct error *err)
{
	if (set(p->keep, printer, to, err) != 0)
		return -1;
	peer_say_plain(p, WIRE_TYPE_ok);
	return 0;
}

static int
act(struct peer *p, const struct wire_control *c, uint32_t printer, const char *who,
    struct error *err)
{
	struct control to = *control_of(p->keep, printer);

	switch (c->verb) {
	case WIRE_PAUSE:
		return ask_cupsd(p->keep, p, printer, c->verb, c->text, who, err);
	case WIRE_START_ANEW:
		query_watch(p->keep, printer);
		to.shut = false;
		/* fall through */
	case WIRE_RESUME:
		to.pausing = false; /* before, lest a tick stop it again */
		if (set(p->keep, printer, &to, err) != 0)
			return -1;
		return ask_cupsd(p->keep, p, printer, c->verb, c->text, who, err);
	case WIRE_PAUSE_AFTER:
		to.pausing = true;
		return set_and_say(p, printer, &to, err);
	case WIRE_REJECT:
	case WIRE_ACCEPT:
		to.closed = c->verb == WIRE_REJECT;
		return set_and_say(p, printer, &to, err);
	case WIRE_START:
		to.shut = false;
		return set_and_say(p, printer, &to, err);
	case WIRE_SHUT:
		to.shut = true;
		if (set(p->keep, printer, &to, err) != 0)
			return -1;
		return control_sweep(p, c, who);
	case WIRE_SUSPEND:
		return control_suspend(p, c, who, err);
	case WIRE_HOLD_NEW:
		to.hold_new = true;
		return set_and_say(p, printer, &to, err);
	case WIRE_RELEASE_NEW:
		to.hold_new = false;
		if (set(p->keep, printer, &to, err) != 0)
			return -1;
		return control_sweep(p, c, who);
	case WIRE_PURGE:
		intake_remove_of(p->keep, c->printer);
		return control_sweep(p, c, who);
	case WIRE_CANCEL_CURRENT:
		return control_cancel_current(p, c, who, err);
	default:
		return error_set(err, ERROR_INPUT, "unknown verb %u", c->verb);
	}
}

/* The printer's place, or -1: there is none, or it is not an operator who asks. */
static int
admitted(const struct peer *p, const char *name, bool is_operator, struct error *err)
{
	int printer = place_of(p->keep, name);

	if ((p->role & WIRE_FROM_TOOL) == 0 && !is_operator)
		return error_set(err, ERROR_REFUSED,
				 "only operators may do that to a printer");
	if (printer < 0)
		error_set(err, ERROR_ABSENT, "there is no printer '%s'", name);
	return printer;
}

int
control_control(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_control *c = &m->control;
	int printer = admitted(p, c->printer, c->operator, err);
	char who[ORDER_NAME_MAX + 16];

	if (printer < 0)
		return -1;
	snprintf(who, sizeof(who), "operator %s", c->user);
	text_strip_controls(who);
	if (act(p, c, (uint32_t)printer, who, err) != 0)
		return -1;
	if (c->verb == WIRE_PAUSE || c->verb == WIRE_RESUME ||
	    c->verb == WIRE_START_ANEW)
		return 0; /* it has not happened yet */
	p->depends = true;
	note(p->keep, (uint32_t)printer, c->verb, who);
	return 0;
}

static void
take(char to[WIRE_NOTICE_MAX], const char *from)
{
	memset(to, 0, WIRE_NOTICE_MAX);
	text_copy(to, WIRE_NOTICE_MAX, from);
	text_strip_controls(to);
}

int
control_notice(struct peer *p, const union wire_any *m, struct error *err)
{
	const struct wire_notice *n = &m->notice;
	int printer = admitted(p, n->printer, n->operator, err);
	char who[ORDER_NAME_MAX + 16];
	struct control to;

	if (printer < 0)
		return -1;
	to = *control_of(p->keep, (uint32_t)printer);
	if ((n->fields & WIRE_NOTICE_INFO) != 0)
		take(to.info, n->info);
	if ((n->fields & WIRE_NOTICE_LOCATION) != 0)
		take(to.location, n->location);
	if ((n->fields & WIRE_NOTICE_MESSAGE) != 0)
		take(to.message, n->message);
	if (set_and_say(p, (uint32_t)printer, &to, err) != 0)
		return -1;
	p->depends = true;
	snprintf(who, sizeof(who), "operator %s", n->user);
	text_strip_controls(who);
	audit_note(p->keep, NULL, AUDIT_PRINTER, who, "%s: described anew", n->printer);
	return 0;
}
