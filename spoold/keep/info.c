#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/info.h"
#include "spoold/keep/life.h"
#include "spoold/keep/query.h"
#include "spoold/keep/run.h"
#include "spoold/keep/tries.h"

static const char *
standing_reason(const struct order *o)
{
	switch (o->state) {
	case ORDER_INCOMING:
		return "job-incoming";
	case ORDER_HELD:
		if (o->held_by_operator)
			return "job-hold-until-specified";
		return o->identification == ORDER_ID_NONE ? "job-held-for-release"
							  : "job-password-wait";
	case ORDER_RELEASED:
		return life_is_suspended(o) ? "job-suspended" : "none";
	default:
		return "";
	}
}

/* An order whose queue is gone can wait, and be released in vain. */
static void
add_missing_queue(struct keep *k, const struct order *o, struct wire_order_info *info)
{
	size_t len = strlen(info->message);

	if (order_has_ended(o->state) || !query_queue_is_missing(k, o->queue))
		return;
	snprintf(info->message + len, sizeof(info->message) - len,
		 "%scupsd has no queue '%s': it can't be printed before that is back",
		 len > 0 ? "; " : "", o->queue);
}

/* When it expires, or its record goes; the index of dates may have an earlier one. */
static int64_t
due_of(const struct keep *k, const struct order *o)
{
	return o->state == ORDER_HELD || o->state == ORDER_STOPPED ? life_expiry(k, o)
								   : o->due;
}

/* What stopped came out so far, as far as the device told. */
static uint32_t
made(const struct order *o)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < o->document_count; i++)
		sum += o->documents[i].made;
	return sum;
}

static enum wire_phase
phase_of(const struct run *r)
{
	if (r->verified == r->document)
		return WIRE_PRINTING;
	return r->backend != NULL ? WIRE_SENDING : WIRE_RENDERING;
}

/* The document that is being made, as its run tells. */
static void
fill_run(struct keep *k, const struct order *o, struct wire_document_info *info)
{
	const struct run *r = run_of_order(k, o->uuid);

	if (o->state != ORDER_PRODUCING || info->state != DOCUMENT_SPENT || r == NULL ||
	    !r->granted || r->document != info->document)
		return;
	info->phase = (uint8_t)phase_of(r);
	info->pages = r->all_pages;
	info->made = o->documents[r->document - 1].skip + r->pages;
}

/* Where the record says nothing of its own, the state speaks; while it is being made,
 * the backend's last word. */
static void
fill_words(struct keep *k, const struct order *o, struct wire_order_info *info)
{
	const struct run *run = run_of_order(k, o->uuid);

	text_copy(info->reason, sizeof(info->reason),
		  o->reason[0] != '\0' ? o->reason : standing_reason(o));
	info->impressions = run != NULL ? run->impressions : made(o);
	if (o->state == ORDER_PRODUCING && run != NULL && run->text[0] != '\0')
		text_copy(info->message, sizeof(info->message), run->text);
	else if (o->message[0] != '\0')
		text_copy(info->message, sizeof(info->message), o->message);
	else if (o->state == ORDER_HELD)
		life_sentence(o, info->message, sizeof(info->message));
	add_missing_queue(k, o, info);
}

/* Its owner sees that somebody guesses, and for how long it can't be opened. */
static uint32_t
locked_s(struct keep *k, const struct order *o)
{
	char number[16];

	if (o->state != ORDER_HELD && o->state != ORDER_STOPPED)
		return 0;
	snprintf(number, sizeof(number), "%u", o->number);
	return (uint32_t)((tries_locked_ms(k, TRIES_ORDER, number) + 999) / 1000);
}

void
info_fill(struct keep *k, const struct order *o, struct wire_order_info *info)
{
	*info = (struct wire_order_info){
		.number = o->number,
		.state = o->state,
		.identification = o->identification,
		.created = o->created,
		.changed = o->changed,
		.ended = o->ended,
		.due = due_of(k, o),
		.cups_job = o->cups_job,
		.attempts = o->attempts,
		.held_by_operator = o->held_by_operator != ORDER_HOLD_NONE,
		.locked_s = locked_s(k, o),
		.documents = o->document_count,
		.bytes = order_bytes(o),
		.proof_copies = life_proof_copies(o),
		.proofs = o->proofs,
		.restarted = o->restarted,
		.attributes = {o->attributes, o->attributes_len},
	};
	memcpy(info->order.bytes, o->uuid, UUID_BYTES);
	text_copy(info->printer, sizeof(info->printer), o->printer);
	text_copy(info->queue, sizeof(info->queue), o->queue);
	text_copy(info->user, sizeof(info->user), o->user);
	text_copy(info->host, sizeof(info->host), o->host);
	text_copy(info->name, sizeof(info->name), o->name);
	text_copy(info->language, sizeof(info->language), o->language);
	text_copy(info->warning, sizeof(info->warning), o->warning);
	fill_words(k, o, info);
}

static void
say_document(struct peer *p, const struct order *o, uint32_t index)
{
	const struct order_document *d = &o->documents[index];
	struct wire_document_info info = {
		.document = index + 1,
		.length = d->length,
		.state = d->state,
		.pages = d->pages,
		.made = d->made,
		.attributes = {d->attributes, d->attributes_len},
	};

	memcpy(info.order.bytes, o->uuid, UUID_BYTES);
	text_copy(info.format, sizeof(info.format), d->format);
	text_copy(info.name, sizeof(info.name), d->name);
	fill_run(p->keep, o, &info);
	peer_say(p, WIRE_TYPE_document_info, &info);
}

void
info_say(struct peer *p, const struct order *o, bool documents)
{
	struct wire_order_info info;

	info_fill(p->keep, o, &info);
	peer_say(p, WIRE_TYPE_order_info, &info);
	for (uint32_t i = 0; documents && i < o->document_count; i++)
		say_document(p, o, i);
}
