/*
 * ops_resubmit.c - Resubmit-Job (PWG 5100.7) and Reprocess-Job (RFC 3998 4.1): a new order
 * from a stored one, by its owner; as it was, or with what the request asks for besides.
 *
 * The request carries the stored order's identification as job-password, as a release does;
 * but nothing is produced: what comes of it is an order as any other, with a number and a
 * job-uuid of its own, that waits for its customer. What opens it is the same PIN with the
 * new number, or a claim code of its own, told once.
 */
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/account.h"
#include "spoold/front/action.h"
#include "spoold/front/change.h"
#include "spoold/front/copydoc.h"
#include "spoold/front/link.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/storage.h"
#include "spoold/front/submit.h"
#include "spoold/front/submitted.h"
#include "spoold/front/unlock.h"

struct resubmission {
	struct request *r;
	bool as_it_was; /* Reprocess-Job: but for a hold, nothing is asked for */
	struct unlocked stored;
	struct pin no_pin;
	enum action action;
	enum order_storage storage;
	struct template_result result;
};

/* Those of the stored order that are about itself, and not about how it is made. */
static bool
is_inherited(const char *name)
{
	static const char *const own[] = {ACTION_ATTRIBUTE, STORAGE_ATTRIBUTE,
					  "parent-job-id", "parent-job-uuid"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(own[i], name) == 0)
			return false;
	return true;
}

static int
add_inherited(struct resubmission *s, struct error *err)
{
	const struct wire_bytes *bytes = &s->stored.one.info.attributes;
	ipp_t *old = NULL, *add = ippNew();

	if (bytes->len > 0 && ipp_bounds_decode(&IPP_LIMITS_OWN, bytes->data,
						bytes->len, &old, err) != 0) {
		ippDelete(add);
		return -1;
	}
	for (ipp_attribute_t *a = ippFirstAttribute(old); a != NULL;
	     a = ippNextAttribute(old))
		if (ippGetName(a) != NULL && is_inherited(ippGetName(a)) &&
		    !template_is_replaced(s->result.taken, ippGetName(a)))
			ippCopyAttribute(add, a, 0);
	ippCopyAttributes(s->result.taken, add, 0, NULL, NULL);
	ippDelete(old);
	ippDelete(add);
	return 0;
}

static void
add_own(struct resubmission *s)
{
	char text[UUID_TEXT], urn[UUID_TEXT + 9];

	uuid_format(text, s->stored.one.info.order.bytes);
	snprintf(urn, sizeof(urn), "urn:uuid:%s", text);
	ippAddString(s->result.taken, IPP_TAG_JOB, IPP_TAG_KEYWORD, ACTION_ATTRIBUTE,
		     NULL, action_name(s->action));
	storage_add(s->result.taken, s->storage);
	ippAddInteger(s->result.taken, IPP_TAG_JOB, IPP_TAG_INTEGER, "parent-job-id",
		      (int)s->stored.one.info.number);
	ippAddString(s->result.taken, IPP_TAG_JOB, IPP_TAG_URI, "parent-job-uuid", NULL,
		     urn);
}

/* All that can be refused, before anything begins. */
static bool
check(struct resubmission *s)
{
	struct request *r = s->r;

	if (!r->printer->accepting) {
		request_answer(r, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS,
			       TEXTS_NOT_ACCEPTING, NULL, NULL);
		return false;
	}
	if (!action_read(r,
			 s->stored.one.info.identification == ORDER_ID_PIN
				 ? &s->stored.pin
				 : &s->no_pin,
			 &s->action) ||
	    !storage_read(r, &s->storage))
		return false;
	template_judge(s->as_it_was ? NULL : r->in, r->printer, &s->result);
	if (s->as_it_was)
		s->result.hold = change_wants_hold(r);
	return submit_tell_unsupported(r, &s->result);
}

static struct intake *
begin(struct resubmission *s, struct wire_peer *to, struct error *err)
{
	const struct wire_order_info *old = &s->stored.one.info;
	const char *name = request_string(s->r, "job-name", IPP_TAG_NAME);
	char account[ORDER_NAME_MAX];
	struct intake *in = NULL;
	struct buf attributes;
	struct intake_wish wish = {
		.printer = s->r->printer->name,
		.user = old->user,
		.host = old->host,
		.name = name != NULL && name[0] != '\0' ? name : old->name,
		.language = old->language,
		.attributes = &attributes,
		.pin = old->identification == ORDER_ID_PIN ? &s->stored.pin
							   : &s->no_pin,
		.hold = s->result.hold,
		.at_once = s->action == ACTION_NONE,
		.storage = s->storage,
	};

	if (add_inherited(s, err) != 0)
		return NULL;
	wish.account = account_name(s->result.taken, account) ? account : "";
	terms_read(s->result.taken, time(NULL), &wish.terms);
	add_own(s);
	buf_init(&attributes, ORDER_ATTRIBUTES_MAX);
	if (ipp_bounds_encode(s->result.taken, &attributes, err) == 0)
		intake_begin(to, s->r->client->settings, &wish, &in, err);
	else
		error_set(err, ERROR_INPUT, "the order's attributes are too large");
	buf_clear(&attributes);
	if (in != NULL)
		text_copy(in->warning, sizeof(in->warning), old->warning);
	return in;
}

static int
copy_documents(struct resubmission *s, struct wire_peer *to, struct intake *in,
	       struct error *err)
{
	struct wire_peer *from = client_keep(s->r->client, err);

	if (from == NULL)
		return -1;
	for (uint32_t i = 1; i <= s->stored.one.info.documents; i++)
		if (copydoc(s->r->client, from, s->stored.one.info.order.bytes,
			    s->stored.key, i, to, in, err) != 0) {
			client_keep_close(
				s->r->client); /* in the middle of a document */
			return -1;
		}
	return 0;
}

static void
hand_in(struct resubmission *s)
{
	struct wire_peer to;
	struct intake *in;
	struct error err;

	if (link_open(&to, &err) != 0) {
		request_answer_error(s->r, &err);
		return;
	}
	in = begin(s, &to, &err);
	if (in == NULL) {
		request_answer_error(s->r, &err);
	} else if (copy_documents(s, &to, in, &err) != 0) {
		request_answer_error(s->r, &err);
		submitted_give_up(s->r, in);
	} else {
		owner_note(s->r->client, in->order);
		if (submitted_finish(s->r, in))
			log_info("order %u: handed in anew from stored order %u",
				 in->number, s->stored.one.info.number);
	}
	intake_free(in);
	wire_peer_close(&to);
}

static void
resubmit(struct request *r, bool as_it_was)
{
	struct resubmission s = {.r = r, .as_it_was = as_it_was};
	struct printer *p;

	if (!unlock_stored(r, &s.stored))
		return;
	p = printers_get(s.stored.one.info.printer);
	if (p == NULL) {
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_PRINTER,
			       s.stored.one.info.printer, NULL);
	} else {
		printers_put(r->printer);
		r->printer = p;
		if (check(&s))
			hand_in(&s);
	}
	template_result_clear(&s.result);
	unlocked_clear(&s.stored);
}

void
ops_resubmit_job(struct request *r)
{
	resubmit(r, false);
}

void
ops_reprocess_job(struct request *r)
{
	resubmit(r, true);
}
