/*
 * submitted.c - the answer that completes a submission is the only place where a claim
 * code is ever written: as claimcheck-claim-code, and in words in job-state-message.
 */
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/jobs.h"
#include "spoold/front/submitted.h"

/* On hold besides: the customer asked for job-hold-until=indefinite. The order is
 * durable already, so a fault here is only logged. */
static void
put_on_hold(struct wire_peer *keep, const struct intake *in, union wire_any *info)
{
	struct wire_change change = {.verb = WIRE_HOLD};
	struct error err;

	memcpy(change.order.bytes, in->order, UUID_BYTES);
	text_copy(change.user, sizeof(change.user), in->user);
	text_copy(change.host, sizeof(change.host), in->host);
	if (wire_call(keep, WIRE_TYPE_change, &change, WIRE_TYPE_order_info, info,
		      &err) != 0)
		log_error("order %u: cannot be put on hold: %s", in->number, err.text);
}

/* Nobody is to come: job-release-action is none. The order is durable already; if it can't
 * be released now it waits as any other does. */
static void
release_at_once(struct request *r, struct wire_peer *keep, const struct intake *in,
		uint8_t *state)
{
	struct error err;

	if (intake_release(keep, in, r->client->where, state, &err) != 0) {
		log_error("order %u: cannot be released: %s", in->number, err.text);
		client_keep_close(r->client);
	}
}

/* The code, once; wiped from everywhere but the answer. */
static void
add_code(struct request *r, const struct intake *in, const struct wire_order_info *info)
{
	char text[ORDER_TEXT_MAX];

	ippAddString(r->out, IPP_TAG_JOB, IPP_TAG_TEXT, "claimcheck-claim-code", NULL,
		     in->code);
	texts_say(text, sizeof(text), r->language,
		  info->state == ORDER_STORED ? TEXTS_STORED_CODE : TEXTS_COLLECT_CODE,
		  in->code, NULL);
	jobs_add_proof(r, info, text);
	if (in->warning[0] != '\0')
		jobs_add_warning(text, in->warning);
	ippAddString(r->out, IPP_TAG_JOB, IPP_TAG_TEXT, "job-state-message", NULL,
		     text);
	seal_wipe(text, sizeof(text));
}

static void
add_job(struct request *r, const struct wire_order_info *info, bool with_message)
{
	static const char *const names[] = {"job-id",
					    "job-more-info",
					    "job-state",
					    "job-state-message",
					    "job-state-reasons",
					    "job-uri",
					    "job-uuid"};
	cups_array_t *wanted =
		cupsArrayNew((cups_array_func_t)(void (*)(void))strcmp, NULL);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		union {
			const char *ours;
			void *of_cups;
		} name = {.ours = names[i]};
		if (with_message || strcmp(names[i], "job-state-message") != 0)
			cupsArrayAdd(wanted, name.of_cups);
	}
	jobs_add(r, r->out, info, wanted, true);
	cupsArrayDelete(wanted);
}

void
submitted_give_up(struct request *r, struct intake *in)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);

	if (keep != NULL)
		intake_abort(keep, in);
}

/* Groups come in order: what is in the answer already, and unsupported, comes behind. */
static void
say_warning(struct request *r, const struct intake *in)
{
	ipp_t *out;

	if (in->warning[0] == '\0')
		return;
	out = request_new_answer(r);
	ippSetStatusCode(out, ippGetStatusCode(r->out));
	ippAddString(out, IPP_TAG_OPERATION, IPP_TAG_TEXT, "status-message", NULL,
		     in->warning);
	for (ipp_attribute_t *a = ippFirstAttribute(r->out); a != NULL;
	     a = ippNextAttribute(r->out))
		if (ippGetGroupTag(a) == IPP_TAG_UNSUPPORTED_GROUP)
			ippCopyAttribute(out, a, 0);
	ippDelete(r->out);
	r->out = out;
}

bool
submitted_finish(struct request *r, struct intake *in)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);
	union wire_any info;
	struct jobs_one one;

	if (keep == NULL ||
	    intake_commit(keep, r->client->settings, in, &info, &err) != 0) {
		request_answer_error(r, &err);
		submitted_give_up(r, in);
		return false;
	}
	jobs_copy(&one, &info.order_info);
	if (in->hold)
		put_on_hold(keep, in, &info);
	else if (in->at_once)
		release_at_once(r, keep, in, &one.info.state);
	log_info("order %u: taken from '%s' at %s, %u documents, %llu bytes for %s",
		 in->number, in->user, r->client->host, in->documents,
		 (unsigned long long)one.info.bytes, in->printer);
	say_warning(r, in);
	add_job(r, &one.info, in->code[0] == '\0');
	if (in->code[0] != '\0')
		add_code(r, in, &one.info);
	jobs_one_clear(&one);
	return true;
}

void
submitted_tell_incoming(struct request *r, const struct intake *in)
{
	struct wire_order_info info = {
		.number = in->number, .state = ORDER_INCOMING, .created = in->created};

	memcpy(info.order.bytes, in->order, UUID_BYTES);
	text_copy(info.printer, sizeof(info.printer), in->printer);
	text_copy(info.warning, sizeof(info.warning), in->warning);
	say_warning(r, in);
	add_job(r, &info, true);
}
