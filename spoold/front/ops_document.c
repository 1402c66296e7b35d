/*
 * ops_document.c - Cancel-Document, Set-Document-Attributes (PWG 5100.5): what can be done
 * to a document of an order that is still open, between Create-Job and its last document.
 * Afterwards the order is one sealed thing, which is made as it was acknowledged.
 *
 * A set is all or nothing (RFC 3380 4.2): what it does not name stays, delete-attribute
 * takes back what the document had for itself. Paper, scaling and crop are what the picture
 * was looked at for, and priced for, when it came: they are not set.
 */
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/operations.h"
#include "spoold/front/submit.h"

/* The request's document of an open order, for this request alone. */
struct target {
	struct request *r;
	struct intake *in;
	uint32_t number;
	char name[ORDER_NAME_MAX];
	ipp_t *own; /* what it asks for itself */
};

static bool
refuse(struct request *r, ipp_status_t status, enum texts_id id, uint32_t document)
{
	char number[16];

	request_answer(r, status, id, request_number(number, document), NULL);
	return false;
}

/* 1 with the document, 0: there is none, -1. */
static int
find(struct target *t, uint8_t *state, struct error *err)
{
	struct wire_find find = {.documents = 1, .limit = 1};
	struct wire_peer *keep = client_keep(t->r->client, err);
	union wire_any item;
	int got, type, found = 0;

	memcpy(find.order.bytes, t->in->order, UUID_BYTES);
	if (keep == NULL || wire_send(keep, WIRE_TYPE_find, &find, err) != 0)
		return -1;
	while ((got = wire_next(keep, WIRE_TYPE_order_info, WIRE_TYPE_document_info,
				&type, &item, err)) > 0) {
		const struct wire_document_info *d = &item.document_info;

		if (type != WIRE_TYPE_document_info || d->document != t->number)
			continue;
		found = 1;
		*state = d->state;
		text_copy(t->name, sizeof(t->name), d->name);
		if (d->attributes.len > 0 && t->own == NULL &&
		    ipp_bounds_decode(&IPP_LIMITS_OWN, d->attributes.data,
				      d->attributes.len, &t->own, err) != 0)
			found = -1;
	}
	return got < 0 ? -1 : found;
}

static bool
look_up(struct target *t)
{
	struct error err;
	uint8_t state = 0;
	int found = find(t, &state, &err);

	if (found < 0)
		request_answer_error(t->r, &err);
	else if (found == 0)
		refuse(t->r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_DOCUMENT, t->number);
	else if (state == DOCUMENT_CANCELED)
		refuse(t->r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_DOCUMENT_CANCELED,
		       t->number);
	else
		return true;
	return false;
}

/* False after the request was answered. */
static bool
target_take(struct target *t, struct request *r)
{
	int number = request_int(r, "document-number", 0);

	*t = (struct target){.r = r, .number = (uint32_t)number};
	if (number <= 0) {
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "document-number", NULL);
		return false;
	}
	t->in = submit_take_open(r, TEXTS_SEALED);
	return t->in != NULL && look_up(t);
}

static void
target_give_back(struct target *t)
{
	ippDelete(t->own);
	if (t->in != NULL)
		intake_park_again(t->in);
}

static bool
tell_keep(struct target *t, enum wire_document_verb verb, const struct buf *own)
{
	struct wire_document_change c = {.document = t->number, .verb = (uint8_t)verb};
	struct error err;
	struct wire_peer *keep = client_keep(t->r->client, &err);

	memcpy(c.order.bytes, t->in->order, UUID_BYTES);
	text_copy(c.name, sizeof(c.name), t->name);
	if (own != NULL)
		c.attributes = (struct wire_bytes){own->data, (uint32_t)own->len};
	if (keep == NULL || wire_call(keep, WIRE_TYPE_document_change, &c, WIRE_TYPE_ok,
				      NULL, &err) != 0) {
		request_answer_error(t->r, &err);
		return false;
	}
	log_info("order %u: %s %u by '%s' at %s", t->in->number,
		 ippOpString(ippGetOperation(t->r->in)), t->number, t->r->user,
		 t->r->client->where);
	return true;
}

void
ops_cancel_document(struct request *r)
{
	struct target t;

	if (target_take(&t, r) && tell_keep(&t, WIRE_DOCUMENT_CANCEL, NULL))
		t.in->canceled++;
	target_give_back(&t);
}

/* --- Set-Document-Attributes --- */

/* What is asked for, apart: of the document's name, what it is to be; what is to go; the
 * rest, which is judged as with Send-Document. False: there is nothing. */
static bool
sort_out(struct target *t, ipp_t *wanted, ipp_t *gone)
{
	bool any = false;

	for (ipp_attribute_t *a = ippFirstAttribute(t->r->in); a != NULL;
	     a = ippNextAttribute(t->r->in)) {
		bool delete = ippGetValueTag(a) == IPP_TAG_DELETEATTR;

		if (ippGetGroupTag(a) != IPP_TAG_DOCUMENT || ippGetName(a) == NULL)
			continue;
		any = true;
		if (strcmp(ippGetName(a), "document-name") == 0 &&
		    (delete || ippGetString(a, 0, NULL) != NULL))
			text_copy(t->name, sizeof(t->name),
				  delete ? "" : ippGetString(a, 0, NULL));
		else
			ippCopyAttribute(delete ? gone : wanted, a, 0);
	}
	return any;
}

static void
keep_others(ipp_t *taken, ipp_t *own, ipp_t *gone)
{
	ipp_t *add = ippNew();

	for (ipp_attribute_t *a = ippFirstAttribute(own); a != NULL;
	     a = ippNextAttribute(own))
		if (ippGetName(a) != NULL &&
		    !template_is_replaced(taken, ippGetName(a)) &&
		    ippFindAttribute(gone, ippGetName(a), IPP_TAG_ZERO) == NULL)
			ippCopyAttribute(add, a, 0);
	ippCopyAttributes(taken, add, 0, NULL, NULL);
	ippDelete(add);
}

/* Another paper, or another part of the picture, than what was looked at when it came. */
static bool
is_otherwise_placed(const struct target *t, ipp_t *taken, struct printer *p)
{
	struct paper was = t->in->paper, is = t->in->paper;

	if (t->own != NULL)
		paper_amend(&was, t->own, p);
	paper_amend(&is, taken, p);
	return was.width_in != is.width_in || was.height_in != is.height_in ||
	       was.borderless != is.borderless || was.scaling != is.scaling ||
	       was.layout != is.layout ||
	       memcmp(&was.crop, &is.crop, sizeof(was.crop)) != 0;
}

static void
put(struct target *t, ipp_t *taken, struct printer *p)
{
	struct error err;
	struct buf own;

	buf_init(&own, ORDER_ATTRIBUTES_MAX);
	if (is_otherwise_placed(t, taken, p))
		refuse(t->r, IPP_STATUS_ERROR_ATTRIBUTES_NOT_SETTABLE,
		       TEXTS_DOCUMENT_PLACED, t->number);
	else if (ippFirstAttribute(taken) != NULL &&
		 ipp_bounds_encode(taken, &own, &err) != 0)
		request_answer_error(t->r, &err);
	else
		tell_keep(t, WIRE_DOCUMENT_SET, &own);
	buf_clear(&own);
}

static void
judge_and_put(struct target *t, ipp_t *wanted, ipp_t *gone, struct printer *p)
{
	struct template_result result;

	template_judge_document(wanted, p, &result);
	if (result.names[0] != '\0') {
		request_answer(t->r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
			       TEXTS_ATTRIBUTES, result.names, NULL);
		ippCopyAttributes(t->r->out, result.unsupported, 0, NULL, NULL);
	} else {
		keep_others(result.taken, t->own, gone);
		put(t, result.taken, p);
	}
	template_result_clear(&result);
}

void
ops_set_document_attributes(struct request *r)
{
	ipp_t *wanted = ippNew(), *gone = ippNew();
	struct printer *p = NULL;
	struct target t;

	if (target_take(&t, r)) {
		p = printers_get(t.in->printer);
		if (!sort_out(&t, wanted, gone))
			request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST,
				       TEXTS_BAD_REQUEST, "document-attributes", NULL);
		else if (p == NULL)
			request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_PRINTER,
				       t.in->printer, NULL);
		else
			judge_and_put(&t, wanted, gone, p);
	}
	printers_put(p);
	target_give_back(&t);
	ippDelete(wanted);
	ippDelete(gone);
}
