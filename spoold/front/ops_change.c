/*
 * ops_change.c - Cancel-Job, Cancel-Jobs, Cancel-My-Jobs, Hold-Job, Restart-Job. Whose order it is
 * keep decides; front says who asks, and whether over the station socket.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/order/order.h"
#include "spoold/front/change.h"
#include "spoold/front/intake.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/subscriptions.h"

#define CANCEL_PAGE    100
#define CANCEL_NUMBERS 1000 /* job-ids of one request */

/* owner: who it is told to be; front has seen that the order is this request's */
static int
change(struct request *r, const wire_c_uuid *order, const char *owner,
       enum wire_verb verb, struct error *err)
{
	struct wire_change change = {
		.order = *order, .verb = (uint8_t)verb, .operator= r->is_operator };
	struct wire_peer *keep = client_keep(r->client, err);
	union wire_any info;

	if (keep == NULL)
		return -1;
	text_copy(change.user, sizeof(change.user), r->is_operator ? r->user : owner);
	text_copy(change.host, sizeof(change.host), r->client->where);
	return wire_call(keep, WIRE_TYPE_change, &change, WIRE_TYPE_order_info, &info,
			 err);
}

/* An order that waits for documents: gone, in keep and here. */
static void
cancel_incoming(struct request *r, struct intake *in)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);

	if (!owner_may(r, in->order, in->user, in->host)) {
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
		intake_park_again(in);
		return;
	}
	if (keep != NULL)
		intake_abort(keep, in);
	subscriptions_job_gone(in->number);
	intake_drop(in);
}

static void
change_one(struct request *r, enum wire_verb verb)
{
	struct jobs_one one = {0};
	struct error err;

	if (jobs_find(r, &one) != 0)
		return;
	if (!owner_may_see(r, &one.info))
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
	else if (change(r, &one.info.order, one.info.user, verb, &err) != 0)
		request_answer_error(r, &err);
	else
		log_info("order %u: %s by '%s' at %s", one.info.number,
			 ippOpString(ippGetOperation(r->in)), r->user,
			 r->client->where);
	jobs_one_clear(&one);
}

void
ops_cancel_job(struct request *r)
{
	struct error err;
	struct intake *in = intake_take(r->job, &err);

	if (in != NULL)
		cancel_incoming(r, in);
	else
		change_one(r, WIRE_CANCEL);
}

void
ops_hold_job(struct request *r)
{
	change_one(r, WIRE_HOLD);
}

/* RFC 3998: what Suspend-Current-Job stopped; keep lets only operators. */
void
ops_resume_job(struct request *r)
{
	if (operate_may(r))
		change_one(r, WIRE_GO_ON);
}

void
change_unhold(struct request *r)
{
	struct jobs_one one = {0};

	if (jobs_find(r, &one) != 0)
		return;
	if (one.info.held_by_operator)
		change_one(r, WIRE_UNHOLD);
	else
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_NOT_HELD, NULL,
			       NULL);
	jobs_one_clear(&one);
}

bool
change_wants_hold(struct request *r)
{
	const char *until = request_string(r, "job-hold-until", IPP_TAG_ZERO);

	if (until == NULL || strcmp(until, "no-hold") == 0)
		return false;
	if (strcmp(until, "indefinite") == 0)
		return true;
	ippSetStatusCode(r->out, IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED);
	ippAddString(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_KEYWORD,
		     "job-hold-until", NULL, until);
	return false;
}

/* RFC 2911 3.3.7: an order that stopped, or is stored, waits for its customer again, with
 * the number and the name that it has. */
void
ops_restart_job(struct request *r)
{
	struct jobs_one one = {0};
	char number[16];

	if (jobs_find(r, &one) != 0)
		return;
	if (!owner_may_see(r, &one.info))
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
	else if (one.info.state != ORDER_STOPPED && one.info.state != ORDER_STORED)
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE,
			       order_is_over((enum order_state)one.info.state)
				       ? TEXTS_NOTHING_LEFT
				       : TEXTS_NO_RESTART,
			       request_number(number, one.info.number), NULL);
	else
		change_one(r, change_wants_hold(r) ? WIRE_RESTART_HELD : WIRE_RESTART);
	jobs_one_clear(&one);
}

/* --- many --- */

struct many {
	struct request *r;
	const char *user;	  /* whose; "" for all */
	ipp_attribute_t *numbers; /* job-ids; NULL for all */
	wire_c_uuid orders[CANCEL_PAGE];
	uint32_t after;
};

/* The next page of orders to cancel: how many, or -1. *more: there may be another. */
static int
next_page(struct many *m, bool *more, struct error *err)
{
	struct wire_find find = {
		.which = WIRE_WHICH_ALIVE, .after = m->after, .limit = CANCEL_PAGE};
	struct wire_peer *keep = client_keep(m->r->client, err);
	union wire_any item;
	int got, count = 0, seen = 0;

	if (keep == NULL)
		return -1;
	text_copy(find.user, sizeof(find.user), m->user);
	if (m->r->printer != NULL)
		text_copy(find.printer, sizeof(find.printer), m->r->printer->name);
	if (wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, 0, NULL, &item, err)) > 0) {
		m->after = item.order_info.number;
		if (seen++ < CANCEL_PAGE && owner_may_see(m->r, &item.order_info) &&
		    (m->numbers == NULL ||
		     ippContainsInteger(m->numbers, (int)item.order_info.number)))
			m->orders[count++] = item.order_info.order;
	}
	*more = seen >= CANCEL_PAGE;
	return got < 0 ? -1 : count;
}

/* One of job-ids that can't be cancelled: none is, and this one is told. */
static bool
refuse_number(struct request *r, ipp_status_t status, enum texts_id id)
{
	char number[16];

	request_answer(r, status, id, request_number(number, r->job), NULL);
	ippAddInteger(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_INTEGER, "job-ids",
		      (int)r->job);
	return false;
}

static bool
check_number(struct request *r)
{
	struct jobs_one one = {0};
	bool over, may;

	if (jobs_look(r, &one, NULL) != 0)
		return refuse_number(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_JOB);
	over = order_is_over((enum order_state)one.info.state);
	may = owner_may_see(r, &one.info);
	jobs_one_clear(&one);
	if (!may)
		return refuse_number(r, IPP_STATUS_ERROR_NOT_AUTHORIZED,
				     TEXTS_NOT_YOURS);
	return !over || refuse_number(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_NOT_OPEN);
}

/* All of job-ids, before any is cancelled (PWG 5100.7). */
static bool
check_numbers(struct request *r, ipp_attribute_t *numbers)
{
	if (ippGetCount(numbers) > CANCEL_NUMBERS) {
		request_answer(r, IPP_STATUS_ERROR_REQUEST_ENTITY, TEXTS_TOO_MUCH,
			       "job-ids", NULL);
		return false;
	}
	for (int i = 0; i < ippGetCount(numbers); i++) {
		r->job = (uint32_t)ippGetInteger(numbers, i);
		if (!check_number(r))
			return false;
	}
	return true;
}

static void
cancel_many(struct request *r, const char *user)
{
	struct many *m = calloc(1, sizeof(*m));
	struct error err;
	bool more = true;
	int count = 0;

	INVARIANT(m != NULL);
	m->r = r;
	m->user = user;
	m->numbers = ippFindAttribute(r->in, "job-ids", IPP_TAG_INTEGER);
	if (m->numbers != NULL && !check_numbers(r, m->numbers))
		more = false;
	while (more && (count = next_page(m, &more, &err)) >= 0)
		for (int i = 0; i < count; i++)
			if (change(r, &m->orders[i], r->user, WIRE_CANCEL, &err) != 0)
				log_info("%s: cancel: %s", r->client->where, err.text);
	if (count < 0)
		request_answer_error(r, &err);
	free(m);
}

/* cancel -u NAME -a of CUPS: Cancel-Jobs with its old my-jobs. */
static bool
wants_own(struct request *r)
{
	ipp_attribute_t *mine = ippFindAttribute(r->in, "my-jobs", IPP_TAG_BOOLEAN);

	return mine != NULL && ippGetBoolean(mine, 0);
}

void
ops_cancel_jobs(struct request *r)
{
	if (wants_own(r))
		cancel_many(r, r->user);
	else if (!r->is_operator)
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_CANCEL_YOURS,
			       NULL, NULL);
	else
		cancel_many(r, "");
}

void
ops_cancel_my_jobs(struct request *r)
{
	cancel_many(r, r->user);
}
