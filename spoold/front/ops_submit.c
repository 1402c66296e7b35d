/*
 * ops_submit.c - Validate-Job, Print-Job, Create-Job, Send-Document, Close-Job.
 *
 * All that can be refused is refused before an order begins. submitted.c has the answers
 * of those that were taken, document_fault.c of those that came and were not.
 */
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/account.h"
#include "spoold/front/action.h"
#include "spoold/front/document_fault.h"
#include "spoold/front/findings.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/storage.h"
#include "spoold/front/submit.h"
#include "spoold/front/submitted.h"
#include "spoold/front/subscribe.h"
#include "spoold/front/template.h"
#include "spoold/front/upload.h"

static const char octets[] = "application/octet-stream";

static bool
is_compression(const char *name)
{
	return strcmp(name, "none") == 0 || strcmp(name, "gzip") == 0 ||
	       strcmp(name, "deflate") == 0;
}

static void
add_unsupported(struct request *r, ipp_tag_t tag, const char *name, const char *value)
{
	ippAddString(r->out, IPP_TAG_UNSUPPORTED_GROUP, tag, name, NULL, value);
}

/* compression and document-format of the request; false after it was answered. */
static bool
check_document(struct request *r)
{
	const char *compression = request_string(r, "compression", IPP_TAG_KEYWORD);
	const char *format = request_string(r, "document-format", IPP_TAG_MIMETYPE);

	if (compression != NULL && !is_compression(compression)) {
		request_answer(r, IPP_STATUS_ERROR_COMPRESSION_NOT_SUPPORTED,
			       TEXTS_COMPRESSION, compression, NULL);
		add_unsupported(r, IPP_TAG_KEYWORD, "compression", compression);
		return false;
	}
	if (format != NULL && strcasecmp(format, octets) != 0 &&
	    !printer_takes(r->printer, sniff_from_mime(format))) {
		request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
			       TEXTS_DOC_FORMAT, format, NULL);
		add_unsupported(r, IPP_TAG_MIMETYPE, "document-format", format);
		return false;
	}
	return true;
}

static bool
check_pin(struct request *r, struct pin *pin)
{
	const char *encryption =
		request_string(r, "job-password-encryption", IPP_TAG_KEYWORD);
	struct error err;

	if (encryption != NULL && !pin_knows(encryption)) {
		request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
			       TEXTS_ATTRIBUTES, PIN_ATTRIBUTE, NULL);
		add_unsupported(r, IPP_TAG_KEYWORD, PIN_ATTRIBUTE, encryption);
		return false;
	}
	if (pin_read(r->in, pin, &err) == 0)
		return true;
	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_PASSWORD,
		       err.text, NULL);
	ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_UNSUPPORTED_VALUE,
			"job-password");
	return false;
}

/* What can't be had goes back; refused if it is vital, or if the client insists. */
bool
submit_tell_unsupported(struct request *r, const struct template_result *result)
{
	bool insist = request_bool(r, "ipp-attribute-fidelity", false);
	bool refuse;

	if (result->names[0] == '\0')
		return true;
	refuse = result->refuse || insist;
	if (refuse)
		request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
			       TEXTS_ATTRIBUTES, result->names, NULL);
	else
		ippSetStatusCode(r->out, IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED);
	ippCopyAttributes(r->out, result->unsupported, 0, NULL, NULL);
	return !refuse;
}

static bool
check_template(struct request *r, struct template_result *result)
{
	template_judge(r->in, r->printer, result);
	return submit_tell_unsupported(r, result);
}

/* What the document wants for itself, encoded, and the paper that it then is for; false
 * after the request was answered. */
static bool
check_own(struct request *r, struct buf *own, struct paper *paper)
{
	struct template_result result;
	struct error err;
	bool fine;

	template_judge_document(r->in, r->printer, &result);
	fine = submit_tell_unsupported(r, &result);
	if (fine && ippFirstAttribute(result.taken) != NULL &&
	    ipp_bounds_encode(result.taken, own, &err) != 0) {
		request_answer_error(r, &err);
		fine = false;
	}
	paper_amend(paper, result.taken, r->printer);
	template_result_clear(&result);
	return fine;
}

/* All that Validate-Job can say. */
static bool
check_all(struct request *r, struct pin *pin, enum action *action,
	  enum order_storage *storage, struct template_result *result)
{
	if (!r->printer->accepting) {
		request_answer(r, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS,
			       TEXTS_NOT_ACCEPTING, NULL, NULL);
		return false;
	}
	return check_document(r) && check_pin(r, pin) && action_read(r, pin, action) &&
	       storage_read(r, storage) && check_template(r, result);
}

void
ops_validate_job(struct request *r)
{
	struct pin pin = {0};
	struct template_result result = {0};
	enum order_storage storage;
	enum action action;

	check_all(r, &pin, &action, &storage, &result);
	pin_clear(&pin);
	template_result_clear(&result);
}

/* --- beginning --- */

static void
find_name(const struct request *r, char name[ORDER_NAME_MAX])
{
	const char *given = request_string(r, "job-name", IPP_TAG_NAME);

	if (given == NULL || given[0] == '\0')
		given = request_string(r, "document-name", IPP_TAG_NAME);
	text_copy(name, ORDER_NAME_MAX,
		  given != NULL && given[0] != '\0' ? given : "Untitled");
	text_strip_controls(name);
}

static struct intake *
begin_with(struct request *r, struct wire_peer *keep, const struct pin *pin,
	   enum action action, enum order_storage storage,
	   const struct template_result *result, struct error *err)
{
	char name[ORDER_NAME_MAX], account[ORDER_NAME_MAX];
	struct buf attributes;
	struct intake *in = NULL;
	const char *language =
		request_string(r, "attributes-natural-language", IPP_TAG_LANGUAGE);
	struct intake_wish wish = {
		.printer = r->printer->name,
		.user = r->user,
		.host = r->client->host,
		.name = name,
		.language = language != NULL ? language : "en",
		.attributes = &attributes,
		.account = account_name(result->taken, account) ? account : "",
		.pin = pin,
		.hold = result->hold,
		.at_once = action == ACTION_NONE,
		.storage = storage,
	};

	find_name(r, name);
	paper_find(&wish.paper, result->taken, r->printer);
	terms_read(result->taken, time(NULL), &wish.terms);
	ippAddString(result->taken, IPP_TAG_JOB, IPP_TAG_KEYWORD, ACTION_ATTRIBUTE,
		     NULL, action_name(action));
	storage_add(result->taken, storage);
	if (pin->len > 0 && strcmp(pin->encryption, "none") != 0)
		ippAddString(result->taken, IPP_TAG_JOB, IPP_TAG_KEYWORD, PIN_ATTRIBUTE,
			     NULL, pin->encryption);
	buf_init(&attributes, ORDER_ATTRIBUTES_MAX);
	if (ipp_bounds_encode(result->taken, &attributes, err) == 0)
		intake_begin(keep, r->client->settings, &wish, &in, err);
	else
		error_set(err, ERROR_INPUT, "the order's attributes are too large");
	buf_clear(&attributes);
	return in;
}

/* Checks everything and begins an order; NULL after the request was answered. */
static struct intake *
begin(struct request *r)
{
	struct pin pin = {0};
	struct template_result result = {0};
	struct intake *in = NULL;
	struct wire_peer *keep;
	enum order_storage storage;
	enum action action;
	struct error err;

	if (check_all(r, &pin, &action, &storage, &result)) {
		keep = client_keep(r->client, &err);
		if (keep != NULL)
			in = begin_with(r, keep, &pin, action, storage, &result, &err);
		if (in == NULL)
			request_answer_error(r, &err);
		else
			owner_note(r->client, in->order);
	}
	pin_clear(&pin);
	template_result_clear(&result);
	return in;
}

/* --- a document --- */

static int
end_document(struct request *r, struct wire_peer *keep, const struct intake *in,
	     const struct upload *u, const struct buf *own, struct error *err)
{
	struct wire_document_end end = {.length = u->length,
					.chunks = u->chunks,
					.attributes = {own->data, (uint32_t)own->len}};
	const char *name = request_string(r, "document-name", IPP_TAG_NAME);

	memcpy(end.order.bytes, in->order, UUID_BYTES);
	memcpy(end.body.bytes, u->body, UUID_BYTES);
	text_copy(end.format, sizeof(end.format), sniff_mime(u->sniff.format));
	text_copy(end.name, sizeof(end.name), name != NULL ? name : "");
	text_strip_controls(end.name);
	return wire_call(keep, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL, err);
}

/* Takes the request's document into the order. False after the request was answered; a
 * body that was begun then dies with the channel. */
static bool
take_with(struct request *r, const struct printer *p, struct intake *in,
	  struct buf *own, const struct paper *paper)
{
	const char *compression = request_string(r, "compression", IPP_TAG_KEYWORD);
	struct upload u = {0};
	struct findings found;
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);
	enum upload_end end = UPLOAD_FAILED;

	if (compression != NULL && strcmp(compression, "none") == 0)
		compression = NULL;
	if (keep != NULL)
		end = upload_run(r->client, keep, in, compression, &u, &err);
	if (!document_fault_answer(r, p, &u, end, &err) ||
	    !findings_judge(r, in, paper, &u, &found)) {
		client_keep_close(r->client);
		return false;
	}
	if (findings_add(&found, r->client->settings, own, &err) != 0 ||
	    end_document(r, keep, in, &u, own, &err) != 0) {
		request_answer_error(r, &err);
		return false;
	}
	in->documents++;
	return true;
}

static bool
take_document(struct request *r, const struct printer *p, struct intake *in)
{
	struct paper paper = in->paper;
	struct buf own;
	bool taken;

	buf_init(&own, ORDER_ATTRIBUTES_MAX);
	taken = check_own(r, &own, &paper) && take_with(r, p, in, &own, &paper);
	buf_clear(&own);
	return taken;
}

/* --- ending --- */

void
ops_print_job(struct request *r)
{
	struct intake *in = begin(r);

	if (in == NULL)
		return;
	if (!take_document(r, r->printer, in))
		submitted_give_up(r, in);
	else if (submitted_finish(r, in))
		subscribe_take(r, in->printer, in->number);
	intake_free(in);
}

void
ops_create_job(struct request *r)
{
	struct intake *in = begin(r);
	uint32_t number;
	struct error err;

	if (in == NULL)
		return;
	/* Once it is parked it may be another thread's, and gone. */
	number = in->number;
	submitted_tell_incoming(r, in);
	if (intake_park(in, &err) != 0) {
		request_answer_error(r, &err);
		submitted_give_up(r, in);
		intake_free(in);
		return;
	}
	subscribe_take(r, r->printer->name, number);
}

struct intake *
submit_take_open(struct request *r, enum texts_id closed)
{
	struct error err;
	struct intake *in = intake_take(r->job, &err);
	struct jobs_one one = {0};
	char number[16];

	request_number(number, r->job);
	if (in == NULL && err.kind == ERROR_LATER) {
		request_answer(r, IPP_STATUS_ERROR_BUSY, TEXTS_BUSY_JOB, number, NULL);
	} else if (in == NULL && jobs_find(r, &one) == 0) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, closed, number, NULL);
	} else if (in != NULL && !owner_may(r, in->order, in->user, in->host)) {
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
		intake_park_again(in);
		in = NULL;
	}
	jobs_one_clear(&one);
	return in;
}

/* Send-Document without data only closes (RFC 8011 4.3.1). */
static bool
has_data(struct request *r)
{
	char sink[1];

	return httpGetState(r->client->http) == HTTP_STATE_POST_RECV &&
	       httpPeek(r->client->http, sink, sizeof(sink)) > 0;
}

/* One more document into a parked order; false after the request was answered. */
static bool
add_document(struct request *r, struct intake *in)
{
	struct printer *p = printers_get(in->printer);
	char most[16];
	bool taken = false;

	if (p == NULL) {
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_PRINTER,
			       in->printer, NULL);
	} else if (in->documents >= r->client->settings->max_documents) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_DOC_COUNT,
			       request_number(most, r->client->settings->max_documents),
			       NULL);
	} else {
		printers_put(r->printer);
		r->printer = p;
		p = NULL;
		taken = check_document(r) && take_document(r, r->printer, in);
	}
	printers_put(p);
	return taken;
}

/* Closes a parked order: commits it, or says why not. True if it is gone from the
 * table. */
static bool
close_parked(struct request *r, struct intake *in)
{
	if (in->documents == in->canceled) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_NO_DOCUMENTS,
			       NULL, NULL);
		return false;
	}
	submitted_finish(r, in);
	intake_drop(in);
	return true;
}

void
ops_send_document(struct request *r)
{
	ipp_attribute_t *last =
		ippFindAttribute(r->in, "last-document", IPP_TAG_BOOLEAN);
	struct intake *in;

	if (last == NULL) {
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "last-document", NULL);
		return;
	}
	in = submit_take_open(r, TEXTS_NOT_OPEN);
	if (in == NULL)
		return;
	if (has_data(r) || !ippGetBoolean(last, 0)) {
		if (!add_document(r, in)) {
			intake_park_again(in);
			return;
		}
	}
	if (ippGetBoolean(last, 0)) {
		if (!close_parked(r, in))
			intake_park_again(in);
		return;
	}
	submitted_tell_incoming(r, in);
	intake_park_again(in);
}

void
ops_close_job(struct request *r)
{
	struct intake *in = submit_take_open(r, TEXTS_NOT_OPEN);

	if (in != NULL && !close_parked(r, in))
		intake_park_again(in);
}
