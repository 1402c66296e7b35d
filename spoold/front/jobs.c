/*
 * jobs.c - a row an attribute: its name, who may see it, and what adds it. Job template
 * attributes are added from the order's own attributes, as they were taken in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/order/order.h"
#include "spoold/front/jobs.h"
#include "spoold/front/owner.h"

struct job {
	const struct request *r;
	const struct wire_order_info *info;
	ipp_t *to;
	bool all; /* its owner asks */
};

typedef void add_fn(const struct job *j, const char *name);

static void
add_string(const struct job *j, const char *name, ipp_tag_t tag, const char *value)
{
	ippAddString(j->to, IPP_TAG_JOB, tag, name, NULL, value);
}

static void
add_integer(const struct job *j, const char *name, int64_t value)
{
	if (value > INT32_MAX)
		value = INT32_MAX;
	ippAddInteger(j->to, IPP_TAG_JOB, IPP_TAG_INTEGER, name, (int)value);
}

/* seconds 0: it has not happened */
static void
add_time(const struct job *j, const char *name, int64_t seconds)
{
	if (seconds == 0)
		ippAddOutOfBand(j->to, IPP_TAG_JOB, IPP_TAG_NOVALUE, name);
	else
		add_integer(j, name, seconds);
}

static void
add_date(const struct job *j, const char *name, int64_t seconds)
{
	if (seconds == 0)
		ippAddOutOfBand(j->to, IPP_TAG_JOB, IPP_TAG_NOVALUE, name);
	else
		ippAddDate(j->to, IPP_TAG_JOB, name, ippTimeToDate((time_t)seconds));
}

/* When production began, as far as the record tells. */
static int64_t
began(const struct wire_order_info *info)
{
	if (info->state == ORDER_PRODUCING || info->state == ORDER_STOPPED)
		return info->changed;
	return info->state == ORDER_COMPLETED || info->state == ORDER_STORED
		       ? info->ended
		       : 0;
}

static void
add_id(const struct job *j, const char *name)
{
	add_integer(j, name, j->info->number);
}

static void
add_uri(const struct job *j, const char *name)
{
	char uri[REQUEST_URI_MAX];

	if (j->all)
		request_order_uri(j->r, request_scheme(j->r), j->info->order.bytes,
				  uri);
	else
		request_job_uri(j->r, j->info->number, uri);
	add_string(j, name, IPP_TAG_URI, uri);
}

static void
add_uuid(const struct job *j, const char *name)
{
	char text[UUID_TEXT], urn[UUID_TEXT + 9];

	uuid_format(text, j->info->order.bytes);
	snprintf(urn, sizeof(urn), "urn:uuid:%s", text);
	add_string(j, name, IPP_TAG_URI, urn);
}

static void
add_printer_uri(const struct job *j, const char *name)
{
	char uri[REQUEST_URI_MAX];

	request_printer_uri(j->r, request_scheme(j->r), j->info->printer, uri);
	add_string(j, name, IPP_TAG_URI, uri);
}

static void
add_more_info(const struct job *j, const char *name)
{
	char uri[REQUEST_URI_MAX];

	request_order_uri(j->r, httpIsEncrypted(j->r->client->http) ? "https" : "http",
			  j->info->order.bytes, uri);
	add_string(j, name, IPP_TAG_URI, uri);
}

static void
add_state(const struct job *j, const char *name)
{
	ippAddInteger(j->to, IPP_TAG_JOB, IPP_TAG_ENUM, name, jobs_ipp_state(j->info));
}

static bool
is_suspended(const struct wire_order_info *info)
{
	return info->state == ORDER_RELEASED && info->held_by_operator;
}

int
jobs_ipp_state(const struct wire_order_info *info)
{
	return is_suspended(info) ? IPP_JSTATE_HELD
				  : order_ipp_state((enum order_state)info->state);
}

/* The reason that the record names, else what its state means. */
static const char *
reason_of(const struct wire_order_info *info)
{
	static const char *const reasons[ORDER_STATES] = {
		[ORDER_INCOMING] = "job-incoming",
		[ORDER_RELEASED] = "none",
		[ORDER_PRODUCING] = "job-printing",
		[ORDER_STOPPED] = "job-stopped",
		[ORDER_COMPLETED] = "job-completed-successfully",
		[ORDER_CANCELED] = "job-canceled-by-user",
		[ORDER_EXPIRED] = "job-canceled-after-timeout",
		[ORDER_CORRUPT] = "job-data-insufficient",
		[ORDER_STORED] = "job-stored",
	};

	if (is_suspended(info))
		return "job-suspended"; /* RFC 3998 */
	if (info->state == ORDER_HELD)
		return info->identification == ORDER_ID_PIN ? "job-password-wait"
							    : "job-held-for-release";
	if (info->reason[0] != '\0')
		return info->reason;
	return info->state < ORDER_STATES && reasons[info->state] != NULL
		       ? reasons[info->state]
		       : "none";
}

/* A claim code is what its owner is authorized by (action.h). How an order is identified,
 * and why it ended, is its owner's affair. */
static void
add_reasons(const struct job *j, const char *name)
{
	const char *all[5];
	int count = 0;

	if (j->info->state == ORDER_HELD)
		all[count++] = "job-hold-until-specified";
	if (j->all)
		all[count++] = reason_of(j->info);
	if (j->all && j->info->state == ORDER_HELD &&
	    j->info->identification != ORDER_ID_PIN)
		all[count++] = "job-held-for-authorization";
	if (j->all && j->info->state == ORDER_HELD && j->info->proofs > 0)
		all[count++] = "job-suspended-for-approval"; /* PWG 5100.11 */
	if (j->all && j->info->state == ORDER_STORED && j->info->attempts > 0)
		all[count++] = "job-printed-successfully"; /* PWG 5100.11 */
	if (j->all && j->info->warning[0] != '\0')
		all[count++] = "warnings-detected"; /* PWG 5100.13 */
	if (count == 0)
		all[count++] = "none";
	ippAddStrings(j->to, IPP_TAG_JOB, IPP_TAG_KEYWORD, name, count, NULL, all);
}

void
jobs_add_proof(const struct request *r, const struct wire_order_info *info,
	       char text[ORDER_TEXT_MAX])
{
	char more[ORDER_TEXT_MAX], copies[16];

	if (info->state == ORDER_HELD && info->proofs > 0) {
		text_copy(more, sizeof(more), text);
		texts_say(text, ORDER_TEXT_MAX, r->language, TEXTS_PROOF_MADE, more,
			  NULL);
	} else if (info->proof_copies > 0) {
		request_number(copies, info->proof_copies);
		texts_say(more, sizeof(more), r->language,
			  info->state == ORDER_HELD ? TEXTS_PROOF_NEXT
						    : TEXTS_PROOF_NOW,
			  copies, NULL);
		jobs_add_warning(text, more);
	}
}

static void
add_lock(const struct request *r, uint32_t locked_s, char text[ORDER_TEXT_MAX])
{
	char minutes[16], lock[256];

	texts_say(lock, sizeof(lock), r->language, TEXTS_LOCKED,
		  request_number(minutes, (locked_s + 59) / 60), NULL);
	jobs_add_warning(text, lock);
}

static void
add_restarted(const struct request *r, char text[ORDER_TEXT_MAX])
{
	char anew[256];

	texts_say(anew, sizeof(anew), r->language, TEXTS_RESTARTED, NULL, NULL);
	jobs_add_warning(text, anew);
}

void
jobs_message(const struct request *r, const struct wire_order_info *info,
	     char text[ORDER_TEXT_MAX])
{
	static const enum texts_id of_state[ORDER_STATES] = {
		[ORDER_INCOMING] = TEXTS_INCOMING, [ORDER_HELD] = TEXTS_WAITS_CODE,
		[ORDER_RELEASED] = TEXTS_RELEASED, [ORDER_PRODUCING] = TEXTS_PRODUCING,
		[ORDER_STOPPED] = TEXTS_STOPPED,   [ORDER_COMPLETED] = TEXTS_COMPLETED,
		[ORDER_CANCELED] = TEXTS_CANCELED, [ORDER_EXPIRED] = TEXTS_EXPIRED,
		[ORDER_CORRUPT] = TEXTS_CORRUPT,   [ORDER_STORED] = TEXTS_STORED,
	};
	enum texts_id id =
		info->state < ORDER_STATES ? of_state[info->state] : TEXTS_CORRUPT;
	char number[16];
	const char *value = info->message;

	if (is_suspended(info)) {
		id = TEXTS_SUSPENDED;
	} else if (info->held_by_operator) {
		id = TEXTS_OPERATOR_HOLD;
	} else if (info->state == ORDER_HELD && info->identification == ORDER_ID_PIN) {
		id = TEXTS_WAITS_PIN;
		value = request_number(number, info->number);
	}
	texts_say(text, ORDER_TEXT_MAX, r->language, id, value, NULL);
	jobs_add_proof(r, info, text);
	if (info->restarted && !order_has_ended((enum order_state)info->state))
		add_restarted(r, text);
	if (info->locked_s > 0)
		add_lock(r, info->locked_s, text);
	if (info->warning[0] != '\0' && !order_has_ended((enum order_state)info->state))
		jobs_add_warning(text, info->warning);
}

void
jobs_add_warning(char text[ORDER_TEXT_MAX], const char *warning)
{
	size_t used = strlen(text);

	if (used + 1 + strlen(warning) < ORDER_TEXT_MAX)
		snprintf(text + used, ORDER_TEXT_MAX - used, " %s", warning);
}

static void
add_message(const struct job *j, const char *name)
{
	char text[ORDER_TEXT_MAX];

	jobs_message(j->r, j->info, text);
	add_string(j, name, IPP_TAG_TEXT, text);
}

static void
add_name(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_NAME, j->info->name);
}

static void
add_user(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_NAME, j->info->user);
}

static void
add_host(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_NAME, j->info->host);
}

static void
add_octets(const struct job *j, const char *name)
{
	add_integer(j, name, (int64_t)((j->info->bytes + 1023) / 1024));
}

static void
add_documents(const struct job *j, const char *name)
{
	add_integer(j, name, j->info->documents);
}

static void
add_impressions(const struct job *j, const char *name)
{
	add_integer(j, name, j->info->impressions);
}

static void
add_created(const struct job *j, const char *name)
{
	add_time(j, name, j->info->created);
}

static void
add_began(const struct job *j, const char *name)
{
	add_time(j, name, began(j->info));
}

static void
add_ended(const struct job *j, const char *name)
{
	add_time(j, name, j->info->ended);
}

static void
add_date_created(const struct job *j, const char *name)
{
	add_date(j, name, j->info->created);
}

static void
add_date_began(const struct job *j, const char *name)
{
	add_date(j, name, began(j->info));
}

static void
add_date_ended(const struct job *j, const char *name)
{
	add_date(j, name, j->info->ended);
}

static void
add_up_time(const struct job *j, const char *name)
{
	add_integer(j, name, time(NULL));
}

static void
add_charset(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_CHARSET, "utf-8");
}

static void
add_language(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_LANGUAGE,
		   j->info->language[0] != '\0' ? j->info->language : "en");
}

static void
add_identification(const struct job *j, const char *name)
{
	add_string(j, name, IPP_TAG_KEYWORD,
		   j->info->identification == ORDER_ID_PIN    ? "pin"
		   : j->info->identification == ORDER_ID_CODE ? "code"
							      : "none");
}

static void
add_again(const struct job *j, const char *name)
{
	ippAddBoolean(j->to, IPP_TAG_JOB, name, j->info->state == ORDER_STOPPED);
}

static void
add_next_proof(const struct job *j, const char *name)
{
	if (j->info->proof_copies > 0)
		add_integer(j, name, j->info->proof_copies);
}

static void
add_proofs(const struct job *j, const char *name)
{
	add_integer(j, name, j->info->proofs);
}

static void
add_warning(const struct job *j, const char *name)
{
	if (j->info->warning[0] != '\0')
		add_string(j, name, IPP_TAG_TEXT, j->info->warning);
}

static const struct row {
	const char *name;
	bool of_all; /* everybody may see it */
	add_fn *add;
} rows[] = {
	{"attributes-charset", false, add_charset},
	{"attributes-natural-language", false, add_language},
	{"claimcheck-identification", false, add_identification},
	{"claimcheck-proof-copies", false, add_next_proof},
	{"claimcheck-proofs", false, add_proofs},
	{"claimcheck-release-again", false, add_again},
	{"claimcheck-warning", false, add_warning},
	{"date-time-at-completed", false, add_date_ended},
	{"date-time-at-creation", false, add_date_created},
	{"date-time-at-processing", false, add_date_began},
	{"job-id", true, add_id},
	{"job-impressions", false, add_impressions},
	{"job-impressions-completed", false, add_impressions},
	{"job-k-octets", false, add_octets},
	{"job-more-info", false, add_more_info},
	{"job-name", false, add_name},
	{"job-originating-host-name", false, add_host},
	{"job-originating-user-name", false, add_user},
	{"job-printer-state-message", false, add_message},
	{"job-printer-up-time", true, add_up_time},
	{"job-printer-uri", true, add_printer_uri},
	{"job-state", true, add_state},
	{"job-state-message", false, add_message},
	{"job-state-reasons", true, add_reasons},
	{"job-uri", true, add_uri},
	{"job-uuid", false, add_uuid},
	{"number-of-documents", false, add_documents},
	{"time-at-completed", false, add_ended},
	{"time-at-creation", false, add_created},
	{"time-at-processing", false, add_began},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
is_row(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return true;
	return false;
}

/* Whether something is wanted that only the order's own attributes can tell. */
static bool
wants_template(cups_array_t *wanted)
{
	if (wanted == NULL)
		return true;
	for (const char *name = cupsArrayFirst(wanted); name != NULL;
	     name = cupsArrayNext(wanted))
		if (!is_row(name))
			return true;
	return false;
}

static void
add_template(const struct job *j, cups_array_t *wanted)
{
	ipp_t *own = NULL;
	struct error err;

	if (j->info->attributes.len == 0 || !wants_template(wanted))
		return;
	if (ipp_bounds_decode(&IPP_LIMITS_OWN, j->info->attributes.data,
			      j->info->attributes.len, &own, &err) != 0) {
		log_error("order %u: its attributes are unreadable: %s",
			  j->info->number, err.text);
		return;
	}
	for (ipp_attribute_t *a = ippFirstAttribute(own); a != NULL;
	     a = ippNextAttribute(own))
		if (ippGetName(a) != NULL && request_wants(wanted, ippGetName(a)))
			ippCopyAttribute(j->to, a, 0);
	ippDelete(own);
}

void
jobs_add(const struct request *r, ipp_t *to, const struct wire_order_info *info,
	 cups_array_t *wanted, bool all)
{
	struct job job = {.r = r, .info = info, .to = to};

	all = all || owner_may_see(r, info);
	job.all = all;
	for (size_t i = 0; i < ROWS; i++)
		if ((all || rows[i].of_all) && request_wants(wanted, rows[i].name))
			rows[i].add(&job, rows[i].name);
	if (all)
		add_template(&job, wanted);
}

void
jobs_copy(struct jobs_one *one, const struct wire_order_info *info)
{
	one->info = *info;
	one->attributes = NULL;
	if (info->attributes.len == 0)
		return;
	one->attributes = malloc(info->attributes.len);
	INVARIANT(one->attributes != NULL);
	memcpy(one->attributes, info->attributes.data, info->attributes.len);
	one->info.attributes.data = one->attributes;
}

void
jobs_one_clear(struct jobs_one *one)
{
	free(one->attributes);
	*one = (struct jobs_one){0};
}

/* A list of at most one. 1, 0, or -1. */
static int
find_one(struct wire_peer *keep, const struct request *r, struct jobs_one *one,
	 struct error *err)
{
	struct wire_find find = {.number = r->job, .limit = 1};
	union wire_any item;
	int got, end;

	if (r->job == 0 && r->knows_order)
		memcpy(find.order.bytes, r->order, UUID_BYTES);
	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err);
	if (got <= 0)
		return got;
	jobs_copy(one, &item.order_info);
	end = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err);
	if (end == 0)
		return 1;
	jobs_one_clear(one);
	return end < 0 ? -1
		       : error_set(err, ERROR_SYSTEM, "keep found order %u twice",
				   find.number);
}

int
jobs_look(struct request *r, struct jobs_one *one, struct error *err)
{
	struct error unwanted;
	struct wire_peer *keep;
	int got;

	if (err == NULL)
		err = &unwanted;
	keep = client_keep(r->client, err);
	got = keep != NULL ? find_one(keep, r, one, err) : -1;
	if (got > 0)
		return 0;
	return got == 0 ? error_set(err, ERROR_ABSENT, "there is no order %u", r->job)
			: -1;
}

int
jobs_find(struct request *r, struct jobs_one *one)
{
	struct error err;
	char number[16];

	if (jobs_look(r, one, &err) == 0)
		return 0;
	if (err.kind == ERROR_ABSENT)
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND,
			       r->job != 0 ? TEXTS_NO_JOB : TEXTS_NO_JOBS_HERE,
			       request_number(number, r->job), NULL);
	else
		request_answer_error(r, &err);
	return -1;
}

bool
jobs_number(struct request *r)
{
	struct jobs_one one = {0};

	if (jobs_find(r, &one) != 0)
		return false;
	r->job = one.info.number;
	jobs_one_clear(&one);
	return true;
}
