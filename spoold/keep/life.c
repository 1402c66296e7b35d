#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/events.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/life.h"
#include "spoold/keep/warn.h"
#include "spoold/keep/run.h"

int64_t
life_expiry(const struct keep *k, const struct order *o)
{
	int64_t soonest = o->changed + LIFE_STOPPED_DAYS * LIFE_DAY_S;
	struct settings_limits l;
	int64_t due;

	settings_limits(k->settings, o->printer, o->user, o->host, &l);
	due = o->created + l.due_days * LIFE_DAY_S;
	if (o->fetch_until != 0 && o->fetch_until < due)
		due = o->fetch_until;
	if (o->extended != 0)
		due = o->extended;
	return (o->state == ORDER_STOPPED || o->proofs > 0) && due < soonest ? soonest
									     : due;
}

static void
take_grant(struct order *o)
{
	seal_wipe(&o->grant, sizeof(o->grant));
}

static int
save(struct keep *k, struct order *o, bool touch, struct error *err)
{
	o->changed = keep_now(k);
	if (store_update(k->store, o, touch, err) != 0)
		return error_prefix(err, "order %u", o->number);
	events_say(k, o, WIRE_ORDER_MOVED);
	if (touch)
		jobs_wake(k);
	return 0;
}

static void
set_state(struct order *o, enum order_state state, const char *reason,
	  const char *message)
{
	o->state = (uint8_t)state;
	text_copy(o->reason, sizeof(o->reason), reason);
	text_copy(o->message, sizeof(o->message), message);
	text_strip_controls(o->reason);
	text_strip_controls(o->message);
}

static bool
any_document(const struct order *o, enum document_state state)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (o->documents[i].state == state)
			return true;
	return false;
}

static bool
any_begun(const struct order *o)
{
	return any_document(o, DOCUMENT_SPENT) || any_document(o, DOCUMENT_PRODUCED);
}

bool
life_is_begun(const struct order *o)
{
	return !o->proof_begun && any_begun(o);
}

static uint32_t
copies_of_a_proof(const struct order *o)
{
	return o->proof_copies > 0 ? o->proof_copies : LIFE_PROOF_COPIES;
}

uint32_t
life_proof_copies(const struct order *o)
{
	bool proof = o->proof;

	if (o->state == ORDER_HELD)
		proof = o->proof_copies > 0 && o->proofs == 0 && !life_is_begun(o);
	else if (o->state == ORDER_STOPPED)
		proof = o->proof_begun;
	return proof && !order_is_over(o->state) ? copies_of_a_proof(o) : 0;
}

/* The first document of a release that makes something else than what was begun. */
static bool
begins_anew(const struct order *o)
{
	return o->state == ORDER_RELEASED && o->proof != o->proof_begun;
}

bool
life_is_made(const struct order *o, uint32_t index)
{
	const struct order_document *d = &o->documents[index];

	return !order_has_body(d) || (d->state == DOCUMENT_PRODUCED && !begins_anew(o));
}

/* Of the documents that the present release is for. */
static bool
any_chosen(const struct order *o, enum document_state state)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		if (!o->documents[i].left_out && o->documents[i].state == state)
			return true;
	return false;
}

static bool
is_named(const struct life_wish *wish, uint32_t index)
{
	return wish->only.len > index / 8 &&
	       (wish->only.data[index / 8] & 1u << index % 8) != 0;
}

static int
check_named(const struct order *o, const struct life_wish *wish, struct error *err)
{
	for (uint32_t i = o->document_count; i < wish->only.len * 8; i++)
		if (is_named(wish, i))
			return error_set(err, ERROR_INPUT,
					 "order %u has no document %u", o->number,
					 i + 1);
	return 0;
}

/* A document that stopped keeps its state until the grant is spent, so that an order that
 * is given back unspent is still known to have been printed in part. */
static void
choose_document(struct order_document *d, const struct life_wish *wish, bool named,
		bool anew)
{
	d->left_out = wish->only.len > 0 && !named && order_has_body(d);
	d->skip = 0;
	if (d->left_out || anew)
		return;
	if (named && d->state == DOCUMENT_PRODUCED)
		d->state = DOCUMENT_WAITING;
	if (wish->rest && d->state == DOCUMENT_SPENT)
		d->skip = d->made;
	if (d->skip > 0 && d->pages > 0 && d->skip >= d->pages)
		d->state = DOCUMENT_PRODUCED; /* the device had all of it */
}

static int
choose(struct order *o, const struct life_wish *wish, struct error *err)
{
	bool anew = wish->proof != o->proof_begun;

	if (check_named(o, wish, err) != 0)
		return -1;
	for (uint32_t i = 0; i < o->document_count; i++)
		choose_document(&o->documents[i], wish, is_named(wish, i), anew);
	o->proof = wish->proof;
	o->release_copies = wish->copies;
	if (wish->proof && wish->copies == 0)
		o->release_copies = copies_of_a_proof(o);
	if (any_chosen(o, DOCUMENT_WAITING) || any_chosen(o, DOCUMENT_SPENT) ||
	    (anew && any_chosen(o, DOCUMENT_PRODUCED)))
		return 0;
	if (wish->rest)
		return error_set(err, ERROR_CONFLICT,
				 "order %u: the printer says that all of it came out; "
				 "nothing is left to be made",
				 o->number);
	return error_set(err, ERROR_INPUT, "order %u: no document is to be made",
			 o->number);
}

int
life_release(struct keep *k, struct order *o, const struct seal_key *key,
	     const struct life_wish *wish, const char *who, struct error *err)
{
	if (choose(o, wish, err) != 0)
		return -1;
	if (wish->printer != NULL) {
		text_copy(o->printer, sizeof(o->printer), wish->printer->name);
		text_copy(o->queue, sizeof(o->queue), wish->printer->queue);
	}
	set_state(o, ORDER_RELEASED, "",
		  o->proof ? "Released for a proof; waits for its turn at the printer"
			   : "Released; waits for its turn at the printer");
	seal_grant_wrap(k->site, o->uuid, key, o->grant.wrapped, &o->grant.wrapped_len);
	o->grant.until = calendar_now(k) + k->settings->grant_timeout_s;
	o->due = o->grant.until;
	if (o->attempts < UINT8_MAX)
		o->attempts++;
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_RELEASED, who, "release %u of it%s", o->attempts,
		   o->proof ? ", for a proof" : "");
	return 0;
}

static void
leave_none_out(struct order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++)
		o->documents[i].left_out = false;
}

/* What an earlier release began stays in the documents' states until the next one is
 * spent: so an order that is given back still knows that it was printed in part. */
int
life_withdraw(struct keep *k, struct order *o, const char *why, const char *who,
	      struct error *err)
{
	if (life_is_suspended(o))
		o->held_by_operator = ORDER_HOLD_NONE;
	if (any_document(o, DOCUMENT_SPENT) || (o->proof_begun && any_begun(o)))
		return life_stop(k, o, "", why, who, err);
	take_grant(o);
	leave_none_out(o);
	o->proof = false;
	set_state(o, ORDER_HELD, "", why);
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_WITHDRAWN, who, "%s", "");
	return 0;
}

bool
life_is_suspended(const struct order *o)
{
	return o->state == ORDER_RELEASED &&
	       o->held_by_operator == ORDER_HOLD_SUSPENDED;
}

static int
set_grant(struct keep *k, struct order *o, int64_t lasts_s, struct error *err)
{
	o->grant.until = o->due = calendar_now(k) + lasts_s;
	return save(k, o, true, err);
}

int
life_suspend(struct keep *k, struct order *o, const char *who, struct error *err)
{
	if (o->state != ORDER_RELEASED)
		return error_set(err, ERROR_CONFLICT,
				 "order %u is %s and can't be suspended", o->number,
				 order_state_name(o->state));
	o->held_by_operator = ORDER_HOLD_SUSPENDED;
	if (set_grant(k, o, LIFE_SUSPENDED_S, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_SUSPENDED, who, "%s", "");
	return 0;
}

int
life_go_on(struct keep *k, struct order *o, const char *who, struct error *err)
{
	if (!life_is_suspended(o))
		return error_set(err, ERROR_CONFLICT, "order %u is not suspended",
				 o->number);
	o->held_by_operator = ORDER_HOLD_NONE;
	if (set_grant(k, o, k->settings->grant_timeout_s, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_WENT_ON, who, "%s", "");
	return 0;
}

static void
begin_again(struct order *o)
{
	bool anew = begins_anew(o);

	/* what a proof had produced counts for nothing when the order itself begins */
	for (uint32_t i = 0; i < o->document_count; i++)
		if (order_has_body(&o->documents[i]) &&
		    (anew || (o->documents[i].state == DOCUMENT_SPENT &&
			      !o->documents[i].left_out)))
			o->documents[i].state = DOCUMENT_WAITING;
	o->proof_begun = o->proof;
	o->restarted = false;
}

int
life_spend(struct keep *k, struct order *o, uint32_t index, struct error *err)
{
	if (o->state == ORDER_RELEASED)
		begin_again(o);
	INVARIANT(index < o->document_count &&
		  o->documents[index].state == DOCUMENT_WAITING);
	o->documents[index].state = DOCUMENT_SPENT;
	o->documents[index].made = o->documents[index].skip;
	o->documents[index].pages = 0;
	if (!any_chosen(o, DOCUMENT_WAITING))
		take_grant(o);
	set_state(o, ORDER_PRODUCING, "job-printing",
		  o->proof_begun ? "Its proof is being made" : "Is being made");
	o->due = LIFE_NEVER;
	if (save(k, o, false, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_SPENT, "filter", "document %u of %u, job %d of queue %s",
		   index + 1, o->document_count, o->cups_job, o->queue);
	return 0;
}

/* Documents of a stored order, or a record, are kept so many days, or less where the
 * customer asked for that. */
static int64_t
kept_until(const struct order *o, int64_t from, uint32_t days)
{
	int64_t until = from + days * LIFE_DAY_S;

	if (o->retain_s != 0 && from + o->retain_s < until)
		until = from + o->retain_s;
	if (o->retain_until != 0 && o->retain_until < until)
		until = o->retain_until;
	return until > 0 ? until : 1; /* 0 would be never */
}

static int64_t
retained_until(const struct keep *k, const struct order *o)
{
	struct settings_limits l;

	settings_limits(k->settings, o->printer, o->user, o->host, &l);
	return kept_until(o, keep_now(k), l.retention_days);
}

static enum audit_event
end_event(const struct order *o)
{
	return o->state == ORDER_COMPLETED ? AUDIT_COMPLETED
	       : o->state == ORDER_EXPIRED ? AUDIT_EXPIRED
					   : AUDIT_CANCELED;
}

/* An order that is over. The CUPS job of a completed one ends by itself: to take it
 * away now would meet cupsd while the backend has yet to exit. */
static int
finish(struct keep *k, struct order *o, const char *who, struct error *err)
{
	bool was_stored = o->ended != 0; /* it ended when it was stored */

	take_grant(o);
	if (o->held_by_operator == ORDER_HOLD_SUSPENDED)
		o->held_by_operator = ORDER_HOLD_NONE;
	if (!was_stored)
		o->ended = keep_now(k);
	o->due = retained_until(k, o);
	if (save(k, o, o->state != ORDER_COMPLETED && o->cups_job != 0, err) != 0)
		return -1;
	audit_note(k, o,
		   was_stored && o->state == ORDER_COMPLETED ? AUDIT_UNSTORED
							     : end_event(o),
		   who, "%s", o->reason);
	log_info("order %u: %s", o->number, o->message);
	return 0;
}

void
life_store(struct keep *k, struct order *o)
{
	take_grant(o);
	o->held_by_operator = 0; /* there is nothing to hold */
	set_state(o, ORDER_STORED, "job-stored",
		  o->attempts > 0 ? "Made, and stored" : "Stored");
	o->ended = keep_now(k);
	o->due = kept_until(o, o->ended, k->settings->stored_days);
}

/* Its CUPS job ends by itself, as that of a completed one. */
static int
store_made(struct keep *k, struct order *o, struct error *err)
{
	life_store(k, o);
	if (save(k, o, false, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_COMPLETED, "backend", "%s", o->reason);
	audit_note(k, o, AUDIT_STORED, "backend", "%s", "");
	return 0;
}

static uint32_t
left_over(const struct order *o)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < o->document_count; i++)
		count += o->documents[i].left_out &&
			 o->documents[i].state != DOCUMENT_PRODUCED;
	return count;
}

/* What was chosen is made; what was left out waits, as if it had been handed in alone. */
static int
keep_rest(struct keep *k, struct order *o, struct error *err)
{
	const uint32_t left_out = left_over(o);
	char text[ORDER_TEXT_MAX];

	snprintf(text, sizeof(text),
		 "Made in part, as it was released; %u of %u documents wait still",
		 left_out, o->document_count);
	leave_none_out(o);
	if (any_document(o, DOCUMENT_SPENT))
		return life_stop(k, o, "", text, "backend", err);
	take_grant(o);
	set_state(o, ORDER_HELD, "", text);
	o->changed = keep_now(k);
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_WITHDRAWN, "backend", "%u documents wait still",
		   left_out);
	return 0;
}

/* Its proof is made: as if it had never been released, but that this is known. Its CUPS
 * job ends by itself, and the next one is made when it has. */
static int
give_back(struct keep *k, struct order *o, struct error *err)
{
	leave_none_out(o);
	if (any_document(o, DOCUMENT_SPENT)) /* of an earlier try, and left out now */
		return life_stop(k, o, "",
				 "Its proof was made in part, as it was released",
				 "backend", err);
	for (uint32_t i = 0; i < o->document_count; i++) {
		if (order_has_body(&o->documents[i]))
			o->documents[i].state = DOCUMENT_WAITING;
		o->documents[i].made = o->documents[i].skip = 0;
	}
	o->proof = o->proof_begun = false;
	if (o->proofs < UINT8_MAX)
		o->proofs++;
	take_grant(o);
	set_state(o, ORDER_HELD, "", "");
	o->changed = keep_now(k);
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_PROOFED, "backend", "proof %u of it", o->proofs);
	return 0;
}

int
life_produced(struct keep *k, struct order *o, uint32_t index, struct error *err)
{
	INVARIANT(index < o->document_count &&
		  o->documents[index].state == DOCUMENT_SPENT);
	o->documents[index].state = DOCUMENT_PRODUCED;
	if (!any_chosen(o, DOCUMENT_WAITING) && !any_chosen(o, DOCUMENT_SPENT)) {
		if (o->proof_begun)
			return give_back(k, o, err);
		if (left_over(o))
			return keep_rest(k, o, err);
	}
	if (!any_document(o, DOCUMENT_WAITING) && !any_document(o, DOCUMENT_SPENT)) {
		if (o->storage != ORDER_STORE_NOT)
			return store_made(k, o, err);
		set_state(o, ORDER_COMPLETED, "job-completed-successfully",
			  "Made, and with the printer");
		return finish(k, o, "backend", err);
	}
	if (save(k, o, false, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_PRODUCED, "backend", "document %u of %u", index + 1,
		   o->document_count);
	return 0;
}

/* How much of the document came out that was being made, as far as the device told: into
 * its record, and as words. */
static void
count_made(struct keep *k, struct order *o, char *words, size_t size)
{
	const struct run *r = run_of_order(k, o->uuid);
	struct order_document *d;

	words[0] = '\0';
	if (o->state != ORDER_PRODUCING || r == NULL || !r->granted ||
	    r->document == 0 || r->document > o->document_count)
		return;
	d = &o->documents[r->document - 1];
	if (d->state != DOCUMENT_SPENT || d->skip + r->pages == 0)
		return;
	d->made = d->skip + r->pages;
	d->pages = r->all_pages;
	if (d->pages > 0)
		snprintf(words, size, "; %u of %u pages came out", d->made, d->pages);
	else
		snprintf(words, size, "; %u pages came out", d->made);
}

int
life_stop(struct keep *k, struct order *o, const char *reason, const char *text,
	  const char *who, struct error *err)
{
	char message[ORDER_TEXT_MAX], count[80];

	count_made(k, o, count, sizeof(count));
	if (strstr(text, LIFE_IN_PART) != NULL)
		snprintf(message, sizeof(message), "%.900s%s", text, count);
	else
		snprintf(message, sizeof(message), "%.800s%s; %s " LIFE_IN_PART,
			 text[0] != '\0' ? text : "Stopped", count,
			 o->proof_begun ? "its proof" : "it");
	take_grant(o);
	set_state(o, ORDER_STOPPED, reason[0] != '\0' ? reason : "job-stopped",
		  message);
	o->changed = keep_now(k);
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_STOPPED, who, "%s", o->reason);
	log_info("order %u: %s", o->number, message);
	return 0;
}

int
life_end(struct keep *k, struct order *o, enum order_state state, const char *reason,
	 const char *message, const char *who, struct error *err)
{
	set_state(o, state, reason, message);
	return finish(k, o, who, err);
}

int
life_set_corrupt(struct keep *k, struct order *o, const char *text, struct error *err)
{
	take_grant(o);
	set_state(o, ORDER_CORRUPT, "job-data-insufficient", text);
	o->due = LIFE_NEVER;
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_CORRUPT, "keep", "%s", o->reason);
	log_info("order %u: %s", o->number, text);
	return 0;
}

int
life_get_number(struct keep *k, uint32_t number, struct order *o, struct error *err)
{
	struct error own;

	if (store_get_number(k->store, number, o, &own) == 0)
		return 0;
	if (err != NULL)
		*err = own;
	if (own.kind != ERROR_CORRUPT || store_set_aside(k->store, number, NULL) != 0)
		return -1;
	k->dirty = true;
	if (store_get_number(k->store, number, o, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_CORRUPT, "keep", "its record was damaged");
	log_info("order %u: %s", o->number, own.text);
	return 0;
}

int
life_set_due(struct keep *k, struct order *o, int64_t due, struct error *err)
{
	o->due = due;
	return store_update(k->store, o, false, err);
}

int
life_extend(struct keep *k, struct order *o, int64_t until, const char *who,
	    struct error *err)
{
	char date[32];
	time_t when = (time_t)until;
	struct tm tm;

	o->extended = until;
	o->warned = 0;
	o->warnings = 0;
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	gmtime_r(&when, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &tm);
	audit_note(k, o, AUDIT_EXTENDED, who, "until %s", date);
	return 0;
}

static int
may_restart(const struct order *o, struct error *err)
{
	if (o->state == ORDER_STOPPED || o->state == ORDER_STORED)
		return 0;
	if (order_is_over(o->state))
		return error_set(err, ERROR_CONFLICT,
				 "order %u is over and its documents are gone",
				 o->number);
	return error_set(err, ERROR_CONFLICT, "order %u is %s and can't be restarted",
			 o->number, order_state_name(o->state));
}

/* As it was handed in; what was made of it before counts for nothing. */
static void
forget_production(struct order *o)
{
	for (uint32_t i = 0; i < o->document_count; i++) {
		struct order_document *d = &o->documents[i];

		if (order_has_body(d))
			d->state = DOCUMENT_WAITING;
		d->left_out = false;
		d->pages = d->made = d->skip = 0;
	}
	o->proof = o->proof_begun = false;
	o->proofs = 0;
	o->ended = 0;
	o->restarted = o->attempts > 0;
}

static int64_t
waits_anew_until(const struct keep *k, const struct order *o)
{
	int64_t was = o->state == ORDER_STORED ? o->due : life_expiry(k, o), until;
	struct settings_limits l;

	settings_limits(k->settings, o->printer, o->user, o->host, &l);
	until = calendar_now(k) + l.due_days * LIFE_DAY_S;
	return was > until ? was : until;
}

int
life_restart(struct keep *k, struct order *o, bool hold, const char *who,
	     struct error *err)
{
	const char *was = order_state_name(o->state);

	if (may_restart(o, err) != 0)
		return -1;
	o->extended = waits_anew_until(k, o);
	o->warned = 0;
	o->warnings = 0;
	if (o->state == ORDER_STORED)
		o->cups_job = 0; /* that of its last production has ended, or will */
	if (hold)
		o->held_by_operator = ORDER_HOLD_ONE;
	forget_production(o);
	set_state(o, ORDER_HELD, "", "");
	o->due = warn_next_date(k, o);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_RESTARTED, who, "was %s", was);
	return 0;
}

int
life_purge(struct keep *k, struct order *o, struct error *err)
{
	o->purged = true;
	return store_update(k->store, o, false, err);
}

int
life_reissue(struct keep *k, struct order *o, const char *who, const char *why,
	     struct error *err)
{
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, AUDIT_REISSUED, who, "%s", why);
	return 0;
}

int
life_prolong(struct keep *k, struct order *o, struct error *err)
{
	o->grant.until = calendar_now(k) + k->settings->grant_timeout_s;
	return life_set_due(k, o, o->grant.until, err);
}

int
life_set_operator_hold(struct keep *k, struct order *o, bool hold, const char *who,
		       struct error *err)
{
	o->held_by_operator = hold ? ORDER_HOLD_ONE : ORDER_HOLD_NONE;
	if (o->state == ORDER_RELEASED)
		return life_withdraw(k, o, "", who, err);
	if (save(k, o, true, err) != 0)
		return -1;
	audit_note(k, o, hold ? AUDIT_OPERATOR_HOLD : AUDIT_OPERATOR_LIFT, who, "%s",
		   "");
	return 0;
}

int
life_set_job(struct keep *k, struct order *o, int32_t cups_job, const char *queue,
	     bool touch, struct error *err)
{
	o->cups_job = cups_job;
	if (queue != o->queue)
		text_copy(o->queue, sizeof(o->queue), queue);
	if (store_update(k->store, o, touch, err) != 0)
		return -1;
	if (touch)
		jobs_wake(k);
	return 0;
}

int
life_touch(struct keep *k, struct order *o, struct error *err)
{
	return life_set_job(k, o, o->cups_job, o->queue, true, err);
}

void
life_sentence(const struct order *o, char *sentence, size_t size)
{
	if (life_is_suspended(o))
		snprintf(sentence, size,
			 "Suspended by the operator: order %u is made when an operator "
			 "lets it go on",
			 o->number);
	else if (o->held_by_operator)
		snprintf(sentence, size,
			 "Held by the operator: order %u can't be claimed until the "
			 "hold is lifted",
			 o->number);
	else if (o->state == ORDER_STOPPED)
		snprintf(sentence, size,
			 "%.700s. Claim order %u again at the release station to go "
			 "on, or cancel it",
			 o->message, o->number);
	else if (o->state == ORDER_CORRUPT)
		snprintf(sentence, size, "Order %u is damaged and set aside: %.700s",
			 o->number, o->message);
	else if (o->state == ORDER_RELEASED)
		snprintf(sentence, size, "Order %u was claimed and is to be printed",
			 o->number);
	else if (o->identification == ORDER_ID_PIN)
		snprintf(sentence, size,
			 "%s for the customer: PIN with order number %u",
			 o->proofs > 0 ? "Its proof was made; the rest waits" : "Waits",
			 o->number);
	else if (o->identification == ORDER_ID_CODE)
		snprintf(sentence, size,
			 "%s for the customer: claim code at the release station",
			 o->proofs > 0 ? "Its proof was made; the rest waits"
				       : "Waits");
	else
		snprintf(sentence, size,
			 "Waits for the owner: order %u has no code and no PIN",
			 o->number);
}
