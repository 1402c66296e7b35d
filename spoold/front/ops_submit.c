/*
 * ops_submit.c - Validate-Job, Print-Job, Create-Job, Send-Document, Close-Job.
 *
 * All that can be refused is refused before an order begins. The answer that completes a
 * submission is the only place where a claim code is ever written: as
 * claimcheck-claim-code, and in words in job-state-message.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/action.h"
#include "spoold/front/findings.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
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
static bool
check_template(struct request *r, struct template_result *result)
{
	bool insist = request_bool(r, "ipp-attribute-fidelity", false);
	bool refuse;

	template_judge(r->in, r->printer, result);
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

/* All that Validate-Job can say. */
static bool
check_all(struct request *r, struct pin *pin, enum action *action,
	  struct template_result *result)
{
	if (!r->printer->accepting) {
		request_answer(r, IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS,
			       TEXTS_NOT_ACCEPTING, NULL, NULL);
		return false;
	}
	return check_document(r) && check_pin(r, pin) && action_read(r, pin, action) &&
	       check_template(r, result);
}

void
ops_validate_job(struct request *r)
{
	struct pin pin = {0};
	struct template_result result = {0};
	enum action action;

	check_all(r, &pin, &action, &result);
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
	   enum action action, const struct template_result *result, struct error *err)
{
	char name[ORDER_NAME_MAX];
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
		.pin = pin,
		.hold = result->hold,
		.at_once = action == ACTION_NONE,
	};

	find_name(r, name);
	paper_find(&wish.paper, result->taken, r->printer);
	terms_read(result->taken, time(NULL), &wish.terms);
	ippAddString(result->taken, IPP_TAG_JOB, IPP_TAG_KEYWORD, ACTION_ATTRIBUTE,
		     NULL, action_name(action));
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
	enum action action;
	struct error err;

	if (check_all(r, &pin, &action, &result)) {
		keep = client_keep(r->client, &err);
		if (keep != NULL)
			in = begin_with(r, keep, &pin, action, &result, &err);
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

static void
list_formats(const struct printer *p, char *to, size_t size)
{
	to[0] = '\0';
	for (int f = SNIFF_UNKNOWN + 1; f < SNIFF_FORMATS; f++) {
		size_t used = strlen(to);
		if (printer_takes(p, (enum sniff_format)f))
			snprintf(to + used, size - used, "%s%s", used > 0 ? ", " : "",
				 sniff_mime((enum sniff_format)f));
	}
}

/* In words what is wrong with a document. */
static void
answer_fault(struct request *r, const struct printer *p, const struct sniff *s)
{
	static const enum texts_id texts[] = {
		[SNIFF_EMPTY] = TEXTS_DOC_EMPTY,
		[SNIFF_NOT_KNOWN] = TEXTS_DOC_NOT_KNOWN,
		[SNIFF_CUT_OFF] = TEXTS_DOC_CUT_OFF,
		[SNIFF_DAMAGED] = TEXTS_DOC_DAMAGED,
		[SNIFF_TOO_LARGE] = TEXTS_DOC_TOO_LARGE,
		[SNIFF_ENCRYPTED] = TEXTS_DOC_ENCRYPTED,
	};
	char value[256];

	text_copy(value, sizeof(value),
		  s->format != SNIFF_UNKNOWN ? sniff_mime(s->format) : "");
	if (s->fault == SNIFF_NOT_KNOWN)
		list_formats(p, value, sizeof(value));
	if (s->fault == SNIFF_TOO_LARGE)
		snprintf(value, sizeof(value), "%u x %u", s->width, s->height);
	request_answer(r,
		       s->fault == SNIFF_ENCRYPTED
			       ? IPP_STATUS_ERROR_DOCUMENT_PASSWORD
			       : IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR,
		       texts[s->fault], value, NULL);
}

/* Announced as one thing, but another; or a thing that is not taken here. */
static bool
check_sniffed(struct request *r, const struct printer *p, enum sniff_format is)
{
	const char *declared = request_string(r, "document-format", IPP_TAG_MIMETYPE);

	if (!printer_takes(p, is)) {
		request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
			       TEXTS_DOC_FORMAT, sniff_mime(is), NULL);
		return false;
	}
	if (declared == NULL || strcasecmp(declared, octets) == 0 ||
	    sniff_from_mime(declared) == is)
		return true;
	request_answer(r, IPP_STATUS_ERROR_DOCUMENT_FORMAT_ERROR, TEXTS_DOC_OTHER,
		       declared, sniff_mime(is));
	return false;
}

static bool
answer_upload(struct request *r, const struct printer *p, const struct upload *u,
	      enum upload_end end, const struct error *err)
{
	char bytes[32];

	switch (end) {
	case UPLOAD_WHOLE:
		return check_sniffed(r, p, u->sniff.format);
	case UPLOAD_REFUSED:
		answer_fault(r, p, &u->sniff);
		return false;
	case UPLOAD_TOO_LARGE:
		snprintf(bytes, sizeof(bytes), "%llu",
			 (unsigned long long)r->client->settings->max_document_bytes);
		request_answer(r, IPP_STATUS_ERROR_REQUEST_ENTITY, TEXTS_DOC_BYTES,
			       bytes, NULL);
		return false;
	case UPLOAD_BAD_COMPRESSION:
		request_answer(r, IPP_STATUS_ERROR_COMPRESSION_ERROR,
			       TEXTS_BAD_COMPRESSION,
			       request_string(r, "compression", IPP_TAG_KEYWORD), NULL);
		return false;
	case UPLOAD_GONE:
		request_answer(r, IPP_STATUS_ERROR_TIMEOUT, TEXTS_BUSY, NULL, NULL);
		return false;
	default:
		request_answer_error(r, err);
		return false;
	}
}

static int
end_document(struct request *r, struct wire_peer *keep, const struct intake *in,
	     const struct upload *u, struct error *err)
{
	struct wire_document_end end = {.length = u->length, .chunks = u->chunks};
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
take_document(struct request *r, const struct printer *p, struct intake *in)
{
	const char *compression = request_string(r, "compression", IPP_TAG_KEYWORD);
	struct upload u = {0};
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);
	enum upload_end end = UPLOAD_FAILED;

	if (compression != NULL && strcmp(compression, "none") == 0)
		compression = NULL;
	if (keep != NULL)
		end = upload_run(r->client, keep, in, compression, &u, &err);
	if (!answer_upload(r, p, &u, end, &err) || !findings_judge(r, in, &u)) {
		client_keep_close(r->client);
		return false;
	}
	if (end_document(r, keep, in, &u, &err) != 0) {
		request_answer_error(r, &err);
		return false;
	}
	in->documents++;
	return true;
}

/* --- ending --- */

/* On hold besides: the customer asked for job-hold-until=indefinite. The order is
 * durable already, so a fault here is only logged. */
static void
put_on_hold(struct wire_peer *keep, const struct intake *in, union wire_any *info)
{
	struct wire_change change = {.verb = WIRE_HOLD};
	struct error err;

	memcpy(change.order.bytes, in->order, UUID_BYTES);
	text_copy(change.user, sizeof(change.user), in->user);
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
add_code(struct request *r, const struct intake *in)
{
	char text[ORDER_TEXT_MAX];

	ippAddString(r->out, IPP_TAG_JOB, IPP_TAG_TEXT, "claimcheck-claim-code", NULL,
		     in->code);
	texts_say(text, sizeof(text), r->language, TEXTS_COLLECT_CODE, in->code, NULL);
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

static void
give_up(struct request *r, struct intake *in)
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

/* The last document is in; the answer tells how to collect the order. False: it tells why
 * there is none. */
static bool
finish(struct request *r, struct intake *in)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);
	union wire_any info;
	struct jobs_one one;

	if (keep == NULL ||
	    intake_commit(keep, r->client->settings, in, &info, &err) != 0) {
		request_answer_error(r, &err);
		give_up(r, in);
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
		add_code(r, in);
	jobs_one_clear(&one);
	return true;
}

void
ops_print_job(struct request *r)
{
	struct intake *in = begin(r);

	if (in == NULL)
		return;
	if (!take_document(r, r->printer, in))
		give_up(r, in);
	else if (finish(r, in))
		subscribe_take(r, in->printer, in->number);
	intake_free(in);
}

/* What a client gets to see of an order that waits for documents. */
static void
add_incoming(struct request *r, const struct intake *in)
{
	struct wire_order_info info = {
		.number = in->number, .state = ORDER_INCOMING, .created = in->created};

	memcpy(info.order.bytes, in->order, UUID_BYTES);
	text_copy(info.printer, sizeof(info.printer), in->printer);
	text_copy(info.warning, sizeof(info.warning), in->warning);
	say_warning(r, in);
	add_job(r, &info, true);
}

void
ops_create_job(struct request *r)
{
	struct intake *in = begin(r);
	uint32_t number;
	struct error err;

	if (in == NULL)
		return;
	number = in->number;
	if (intake_park(in, &err) != 0) {
		request_answer_error(r, &err);
		give_up(r, in);
		intake_free(in);
		return;
	}
	add_incoming(r, in);
	subscribe_take(r, r->printer->name, number);
}

/* The request's order, for this request alone; NULL after it was answered. */
static struct intake *
take_parked(struct request *r)
{
	struct error err;
	struct intake *in = intake_take(r->job, &err);
	struct jobs_one one = {0};
	char number[16];

	request_number(number, r->job);
	if (in == NULL && err.kind == ERROR_LATER) {
		request_answer(r, IPP_STATUS_ERROR_BUSY, TEXTS_BUSY_JOB, number, NULL);
	} else if (in == NULL && jobs_find(r, &one) == 0) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_NOT_OPEN, number,
			       NULL);
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
	if (in->documents == 0) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_NO_DOCUMENTS,
			       NULL, NULL);
		return false;
	}
	finish(r, in);
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
	in = take_parked(r);
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
	add_incoming(r, in);
	intake_park_again(in);
}

void
ops_close_job(struct request *r)
{
	struct intake *in = take_parked(r);

	if (in != NULL && !close_parked(r, in))
		intake_park_again(in);
}
