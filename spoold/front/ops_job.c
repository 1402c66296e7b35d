/*
 * ops_job.c - Get-Jobs, Get-Job-Attributes, Get-Documents, Get-Document-Attributes.
 *
 * A list is streamed: keep is asked for a page of orders at a time, and each order's group
 * is on its way before the next is looked at, so a hundred thousand orders take no more
 * memory than one.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/order/order.h"
#include "spoold/front/document.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/unlock.h"

#define PAGE	       100  /* orders asked of keep at once */
#define OVER_MAX       1000 /* ended orders told of in one answer, newest first */
#define OVER_GROUP_MAX (128 * 1024)

void
ops_get_job_attributes(struct request *r)
{
	struct jobs_one one = {0};
	cups_array_t *wanted;

	if (jobs_find(r, &one) != 0)
		return;
	wanted = request_wanted(r);
	jobs_add(r, r->out, &one.info, wanted, false);
	cupsArrayDelete(wanted);
	jobs_one_clear(&one);
}

/* --- Get-Jobs --- */

struct listing {
	struct request *r;
	cups_array_t *wanted;
	const char *which;
	const char *user;	  /* "" for any */
	bool mine;		  /* my-jobs */
	ipp_attribute_t *numbers; /* job-ids; NULL for any */
	uint32_t after, last, left;
	/* ended orders, newest last: a ring of encoded groups */
	struct buf ring[OVER_MAX];
	size_t ring_at, ring_len, ring_max;
};

/* which-jobs (PWG 5100.7 6.1.?): what keep is asked for, and a state within it. */
static const struct which {
	const char *name;
	enum wire_which of_keep;
	int state;  /* IPP job-state, 0: any */
	bool owned; /* only the requester's own */
	bool proofed; /* those whose proof is made, and whose customer has to look at it */
} whichs[] = {
	{"not-completed", WIRE_WHICH_ALIVE, 0, false, false},
	{"completed", WIRE_WHICH_OVER, 0, false, false},
	{"all", WIRE_WHICH_ANY, 0, false, false},
	{"aborted", WIRE_WHICH_ANY, IPP_JSTATE_ABORTED, false, false},
	{"canceled", WIRE_WHICH_OVER, IPP_JSTATE_CANCELED, false, false},
	{"pending", WIRE_WHICH_ALIVE, IPP_JSTATE_PENDING, false, false},
	{"pending-held", WIRE_WHICH_ALIVE, IPP_JSTATE_HELD, false, false},
	{"processing", WIRE_WHICH_ALIVE, IPP_JSTATE_PROCESSING, false, false},
	{"processing-stopped", WIRE_WHICH_ALIVE, IPP_JSTATE_STOPPED, false, false},
	{"proof-print", WIRE_WHICH_ALIVE, IPP_JSTATE_HELD, false, true},
	{"proof-and-suspend", WIRE_WHICH_ALIVE, IPP_JSTATE_HELD, false, true},
	{"stored-owner", WIRE_WHICH_STORED, 0, true, false},
};

static const struct which *
which_named(const char *name)
{
	for (size_t i = 0; i < sizeof(whichs) / sizeof(whichs[0]); i++)
		if (strcmp(whichs[i].name, name) == 0)
			return &whichs[i];
	return NULL;
}

/* Without requested-attributes Get-Jobs tells uri and id (RFC 8011 4.2.6.1). */
static cups_array_t *
wanted_of_jobs(const struct request *r)
{
	static char uri[] = "job-uri", id[] = "job-id";
	cups_array_t *few;

	if (ippFindAttribute(r->in, "requested-attributes", IPP_TAG_ZERO) != NULL)
		return request_wanted(r);
	few = cupsArrayNew((cups_array_func_t)(void (*)(void))strcmp, NULL);
	cupsArrayAdd(few, uri);
	cupsArrayAdd(few, id);
	return few;
}

static ipp_t *
job_group(const struct listing *l, const struct wire_order_info *info)
{
	ipp_t *group = ippNew();

	jobs_add(l->r, group, info, l->wanted, false);
	return group;
}

/* Keeps the group instead of sending it; the oldest one makes room. */
static int
keep_for_later(struct listing *l, ipp_t *group)
{
	struct buf *slot = &l->ring[l->ring_at];

	buf_clear(slot);
	buf_init(slot, OVER_GROUP_MAX);
	if (ipp_bounds_encode(group, slot, NULL) != 0)
		return 0;
	l->ring_at = (l->ring_at + 1) % l->ring_max;
	if (l->ring_len < l->ring_max)
		l->ring_len++;
	return 0;
}

static int
send_ring(struct listing *l)
{
	int rc = 0;

	for (size_t i = 0; i < l->ring_len && rc == 0; i++) {
		size_t at = (l->ring_at + l->ring_max - 1 - i) % l->ring_max;
		rc = request_stream_bytes(l->r, l->ring[at].data + IPP_BOUNDS_HEAD,
					  l->ring[at].len - IPP_BOUNDS_HEAD - 1);
	}
	return rc;
}

static int
list_one(struct listing *l, const struct which *which,
	 const struct wire_order_info *info)
{
	ipp_t *group;
	int rc;

	l->after = info->number;
	if (info->number > l->last) {
		l->left = 0;
		return 0;
	}
	if (l->numbers != NULL && !ippContainsInteger(l->numbers, (int)info->number))
		return 0;
	if (which->state != 0 && jobs_ipp_state(info) != which->state)
		return 0;
	if (which->proofed && info->proofs == 0)
		return 0;
	/* somebody of that name elsewhere, or another guest */
	if (l->mine && !owner_may_see(l->r, info))
		return 0;
	group = job_group(l, info);
	if (which->of_keep == WIRE_WHICH_OVER) {
		rc = keep_for_later(l, group);
	} else {
		rc = request_stream(l->r, group);
		l->left--;
	}
	ippDelete(group);
	return rc;
}

/* One page from keep: 1 if there may be more, 0 at the end, -1. */
static int
list_page(struct listing *l, const struct which *which, struct error *err)
{
	struct wire_find find = {
		.which = which->of_keep, .after = l->after, .limit = PAGE};
	struct wire_peer *keep = client_keep(l->r->client, err);
	union wire_any item;
	int got, count = 0, rc = 0;

	if (keep == NULL)
		return -1;
	text_copy(find.user, sizeof(find.user), l->user);
	if (l->r->printer != NULL)
		text_copy(find.printer, sizeof(find.printer), l->r->printer->name);
	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err)) > 0) {
		count++;
		if (rc == 0 && l->left > 0)
			rc = list_one(l, which, &item.order_info);
	}
	if (rc != 0)
		return error_set(err, ERROR_LATER, "the client is gone");
	return got < 0 ? -1 : count == PAGE && l->left > 0;
}

static void
list_all(struct listing *l, const struct which *which)
{
	struct error err;
	int more;

	if (request_stream_begin(l->r) != 0)
		return;
	while ((more = list_page(l, which, &err)) > 0)
		continue;
	if (more < 0) {
		/* too late for a status: the connection ends without the end tag */
		log_info("%s: Get-Jobs: %s", l->r->client->where, err.text);
		client_keep_close(l->r->client);
		return;
	}
	if (send_ring(l) == 0)
		request_stream_end(l->r);
}

static bool
check_which(struct request *r, const struct which *which, const char *name)
{
	if (which != NULL)
		return true;
	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_ATTRIBUTES,
		       "which-jobs", NULL);
	ippAddString(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_KEYWORD, "which-jobs",
		     NULL, name);
	return false;
}

/* job-ids (PWG 5100.7): only these are looked at, from the least to the largest. */
static void
bound_numbers(struct listing *l, ipp_attribute_t *numbers)
{
	int least = INT32_MAX, most = 0;

	for (int i = 0; i < ippGetCount(numbers); i++) {
		int number = ippGetInteger(numbers, i);
		least = number < least ? number : least;
		most = number > most ? number : most;
	}
	if (least > 0 && (uint32_t)least - 1 > l->after)
		l->after = (uint32_t)least - 1;
	l->last = (uint32_t)most;
	l->numbers = numbers;
}

static void
list(struct request *r)
{
	ipp_attribute_t *numbers = ippFindAttribute(r->in, "job-ids", IPP_TAG_INTEGER);
	const char *name = request_string(r, "which-jobs", IPP_TAG_KEYWORD);
	const struct which *which = which_named(name != NULL	  ? name
						: numbers != NULL ? "all"
								  : "not-completed");
	int limit = request_int(r, "limit", 0);
	int first = request_int(r, "first-job-id", 1);
	struct listing *l;

	if (!check_which(r, which, name))
		return;
	l = calloc(1, sizeof(*l));
	INVARIANT(l != NULL);
	l->r = r;
	l->wanted = wanted_of_jobs(r);
	l->mine = which->owned || request_bool(r, "my-jobs", false);
	l->user = l->mine ? r->user : "";
	l->after = first > 1 ? (uint32_t)first - 1 : 0;
	l->left = limit > 0 ? (uint32_t)limit : UINT32_MAX;
	l->last = UINT32_MAX;
	if (numbers != NULL)
		bound_numbers(l, numbers);
	l->ring_max = limit > 0 && limit < OVER_MAX ? (size_t)limit : OVER_MAX;
	list_all(l, which);
	for (size_t i = 0; i < l->ring_max; i++)
		buf_clear(&l->ring[i]);
	cupsArrayDelete(l->wanted);
	free(l);
}

void
ops_get_jobs(struct request *r)
{
	if (unlock_is_asked(r))
		unlock_show(r);
	else
		list(r);
}

/* --- documents --- */

/* What it was handed in with for itself. */
static void
add_own(struct request *r, const struct wire_document_info *d, cups_array_t *wanted)
{
	ipp_t *own = NULL;

	if (d->attributes.len == 0 ||
	    ipp_bounds_decode(&IPP_LIMITS_OWN, d->attributes.data, d->attributes.len,
			      &own, NULL) != 0)
		return;
	for (ipp_attribute_t *a = ippFirstAttribute(own); a != NULL;
	     a = ippNextAttribute(own))
		if (ippGetName(a) != NULL && request_wants(wanted, ippGetName(a))) {
			ipp_attribute_t *copy = ippCopyAttribute(r->out, a, 0);

			ippSetGroupTag(r->out, &copy, IPP_TAG_DOCUMENT);
		}
	ippDelete(own);
}

static void
add_document(struct request *r, const struct wire_document_info *d,
	     cups_array_t *wanted)
{
	struct {
		const char *name;
		int value;
	} numbers[] = {
		{"document-number", (int)d->document},
		{"k-octets", (int)((d->length + 1023) / 1024)},
		{"document-job-id", (int)r->job},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (request_wants(wanted, numbers[i].name))
			ippAddInteger(r->out, IPP_TAG_DOCUMENT, IPP_TAG_INTEGER,
				      numbers[i].name, numbers[i].value);
	if (request_wants(wanted, "document-name"))
		ippAddString(r->out, IPP_TAG_DOCUMENT, IPP_TAG_NAME, "document-name",
			     NULL, d->name);
	if (request_wants(wanted, "document-format"))
		ippAddString(r->out, IPP_TAG_DOCUMENT, IPP_TAG_MIMETYPE,
			     "document-format", NULL, d->format);
	document_add_progress(r->out, IPP_TAG_DOCUMENT, d, wanted);
	add_own(r, d, wanted);
}

/* The request's job with its documents; number 0: all of them. Answers. */
static void
tell_documents(struct request *r, uint32_t number)
{
	struct wire_find find = {.number = r->job, .documents = 1, .limit = 1};
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);
	cups_array_t *wanted = request_wanted(r);
	union wire_any item;
	int got = -1, type, told = 0;
	bool may = false;

	if (keep != NULL && wire_send(keep, WIRE_TYPE_find, &find, &err) == 0)
		while ((got = wire_next(keep, WIRE_TYPE_order_info,
					WIRE_TYPE_document_info, &type, &item, &err)) >
		       0) {
			if (type == WIRE_TYPE_order_info) {
				may = owner_may_see(r, &item.order_info);
				continue;
			}
			if (!may ||
			    (number != 0 && item.document_info.document != number))
				continue;
			if (told++ > 0)
				ippAddSeparator(r->out);
			add_document(r, &item.document_info, wanted);
		}
	cupsArrayDelete(wanted);
	if (got < 0)
		request_answer_error(r, &err);
	else if (!may)
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
	else if (number != 0 && told == 0)
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_DOCUMENTS, NULL,
			       NULL);
}

void
ops_get_documents(struct request *r)
{
	tell_documents(r, 0);
}

void
ops_get_document_attributes(struct request *r)
{
	int number = request_int(r, "document-number", 0);

	if (number <= 0)
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "document-number", NULL);
	else
		tell_documents(r, (uint32_t)number);
}
