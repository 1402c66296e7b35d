/*
 * request.c - from bytes to an operation, and its answer back: the checks of RFC 8011
 * 4.1 in their order, then the operation's row decides what its target must be.
 */
#include <cups/cups.h>
#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/ipp/ipp_valid.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/status.h"

#define SELDOM_MS  1000
#define ANSWER_MAX (16 * 1024 * 1024) /* bytes of an answer that is not streamed */

ipp_t *
request_new_answer(const struct request *r)
{
	ipp_t *out = ippNew();
	int minor, major = r->in != NULL ? ippGetVersion(r->in, &minor) : 0;

	if (major == 1 || major == 2)
		ippSetVersion(out, major, minor);
	else
		ippSetVersion(out, 2, 0);
	ippSetRequestId(out, r->in != NULL ? ippGetRequestId(r->in) : 1);
	ippSetStatusCode(out, IPP_STATUS_OK);
	ippAddString(out, IPP_TAG_OPERATION, IPP_TAG_CHARSET, "attributes-charset",
		     NULL, "utf-8");
	ippAddString(out, IPP_TAG_OPERATION, IPP_TAG_LANGUAGE,
		     "attributes-natural-language", NULL, texts_tag(r->language));
	return out;
}

/* Begins the answer again: what was added before does not belong to a refusal, and
 * operation attributes come first. */
static void
answer_words(struct request *r, ipp_status_t status, const char *words)
{
	ippDelete(r->out);
	r->out = request_new_answer(r);
	log_debug("%s: %s: %s", r->client->where, ippErrorString(status), words);
	ippSetStatusCode(r->out, status);
	ippAddString(r->out, IPP_TAG_OPERATION, IPP_TAG_TEXT, "status-message", NULL,
		     words);
}

void
request_answer(struct request *r, ipp_status_t status, enum texts_id id,
	       const char *value1, const char *value2)
{
	char words[ORDER_TEXT_MAX];

	texts_say(words, sizeof(words), r->language, id, value1, value2);
	answer_words(r, status, words);
}

/* Who is told to come later may ask at full speed: of these, a line a second. */
static bool
is_worth_a_line(const struct error *err)
{
	static _Atomic int64_t last_ms;
	int64_t now = clock_mono_ms(), last = last_ms;

	if (err->kind != ERROR_LATER)
		return true;
	return now - last >= SELDOM_MS &&
	       atomic_compare_exchange_strong(&last_ms, &last, now);
}

void
request_answer_error(struct request *r, const struct error *err)
{
	ipp_status_t status = status_of_error(err->kind);
	enum texts_id full;

	if (is_worth_a_line(err))
		log_info("%s: %s: %s", r->client->where,
			 ippOpString(ippGetOperation(r->in)), err->text);
	if (err->kind == ERROR_LATER || err->kind == ERROR_SYSTEM)
		client_keep_close(r->client); /* it may be in the middle of an answer */
	if (err->kind == ERROR_SYSTEM || err->kind == ERROR_CORRUPT) {
		request_answer(r, status, TEXTS_INTERNAL, NULL, NULL);
		return;
	}
	if (err->kind == ERROR_FULL) {
		status = status_of_full(err->detail, &full);
		request_answer(r, status, full, NULL, NULL);
		return;
	}
	answer_words(r, status, err->text);
}

const char *
request_number(char text[16], uint32_t number)
{
	snprintf(text, 16, "%u", number);
	return text;
}

static ipp_attribute_t *
operation_attribute(const struct request *r, const char *name, ipp_tag_t tag)
{
	ipp_attribute_t *attr = ippFindAttribute(r->in, name, tag);

	return attr != NULL && ippGetGroupTag(attr) == IPP_TAG_OPERATION &&
			       ippGetCount(attr) == 1
		       ? attr
		       : NULL;
}

const char *
request_string(const struct request *r, const char *name, ipp_tag_t tag)
{
	ipp_attribute_t *attr = operation_attribute(r, name, tag);

	return attr != NULL ? ippGetString(attr, 0, NULL) : NULL;
}

bool
request_bool(const struct request *r, const char *name, bool otherwise)
{
	ipp_attribute_t *attr = operation_attribute(r, name, IPP_TAG_BOOLEAN);

	return attr != NULL ? ippGetBoolean(attr, 0) != 0 : otherwise;
}

int
request_int(const struct request *r, const char *name, int otherwise)
{
	ipp_attribute_t *attr = operation_attribute(r, name, IPP_TAG_INTEGER);

	return attr != NULL ? ippGetInteger(attr, 0) : otherwise;
}

cups_array_t *
request_wanted(const struct request *r)
{
	ipp_attribute_t *requested =
		ippFindAttribute(r->in, "requested-attributes", IPP_TAG_KEYWORD);

	/* libcups' array for "all" among others has the standard's names only */
	if (requested != NULL && ippContainsString(requested, "all"))
		return NULL;
	return ippCreateRequestedArray(r->in);
}

bool
request_wants(cups_array_t *wanted, const char *name)
{
	union {
		const char *ours;
		void *of_cups;
	} key = {.ours = name};

	return wanted == NULL || cupsArrayFind(wanted, key.of_cups) != NULL;
}

const char *
request_scheme(const struct request *r)
{
	return httpIsEncrypted(r->client->http) ? "ipps" : "ipp";
}

void
request_printer_uri(const struct request *r, const char *scheme, const char *printer,
		    char uri[REQUEST_URI_MAX])
{
	snprintf(uri, REQUEST_URI_MAX, "%s://%s/ipp/print/%s", scheme, r->authority,
		 printer);
}

void
request_job_uri(const struct request *r, uint32_t number, char uri[REQUEST_URI_MAX])
{
	snprintf(uri, REQUEST_URI_MAX, "%s://%s/jobs/%u", request_scheme(r),
		 r->authority, number);
}

void
request_order_uri(const struct request *r, const char *scheme,
		  const uint8_t order[UUID_BYTES], char uri[REQUEST_URI_MAX])
{
	char uuid[UUID_TEXT];

	uuid_format(uuid, order);
	snprintf(uri, REQUEST_URI_MAX, "%s://%s/jobs/%s", scheme, r->authority, uuid);
}

/* --- reading --- */

static ssize_t
read_body(void *source, void *data, size_t len)
{
	return client_read(source, data, len);
}

/* "host:port" as the client calls us, if it is well formed; it goes into our uris. */
static void
find_authority(struct request *r)
{
	const char *host = httpGetField(r->client->http, HTTP_FIELD_HOST);
	const char *listen = r->client->settings->listen[0];
	const char *port = strrchr(listen, ':');
	size_t len = strlen(host);

	text_copy(r->authority, sizeof(r->authority), host);
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)host[i]) &&
		    strchr("-._:[]", host[i]) == NULL)
			len = 0;
	if (len == 0 || len > 255 || r->client->station)
		snprintf(r->authority, sizeof(r->authority), "localhost%s",
			 port != NULL ? port : "");
}

static bool
is_string_attribute(ipp_attribute_t *attr, const char *name, ipp_tag_t tag)
{
	return attr != NULL && ippGetName(attr) != NULL &&
	       strcmp(ippGetName(attr), name) == 0 && ippGetValueTag(attr) == tag &&
	       ippGetGroupTag(attr) == IPP_TAG_OPERATION && ippGetCount(attr) == 1;
}

/* Groups must not come in a falling order of tags (RFC 8011 4.1.4: operation, job). */
static bool
groups_in_order(ipp_t *in)
{
	ipp_tag_t last = IPP_TAG_OPERATION;

	for (ipp_attribute_t *a = ippFirstAttribute(in); a != NULL;
	     a = ippNextAttribute(in)) {
		ipp_tag_t group = ippGetGroupTag(a);
		if (group < last && group != IPP_TAG_ZERO)
			return false;
		last = group != IPP_TAG_ZERO ? group : last;
	}
	return true;
}

static bool
check_head(struct request *r)
{
	int minor, major = ippGetVersion(r->in, &minor);

	if ((major != 1 && major != 2) || minor > (major == 1 ? 1 : 2)) {
		request_answer(r, IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED, TEXTS_VERSION,
			       NULL, NULL);
		return false;
	}
	if (ippGetRequestId(r->in) <= 0) {
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "request-id", NULL);
		return false;
	}
	return true;
}

static bool
check_language(struct request *r)
{
	ipp_attribute_t *charset = ippFirstAttribute(r->in);
	ipp_attribute_t *language = ippNextAttribute(r->in);
	const char *name;

	if (!is_string_attribute(charset, "attributes-charset", IPP_TAG_CHARSET) ||
	    !is_string_attribute(language, "attributes-natural-language",
				 IPP_TAG_LANGUAGE) ||
	    !groups_in_order(r->in)) {
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "attributes-charset, attributes-natural-language", NULL);
		return false;
	}
	name = ippGetString(charset, 0, NULL);
	if (strcasecmp(name, "utf-8") != 0 && strcasecmp(name, "us-ascii") != 0) {
		request_answer(r, IPP_STATUS_ERROR_CHARSET, TEXTS_CHARSET, NULL, NULL);
		return false;
	}
	r->language = texts_language(ippGetString(language, 0, NULL));
	ippDelete(r->out);
	r->out = request_new_answer(r);
	return true;
}

/* Which attribute libcups complained of; its words go on with the value, which may be a
 * job-password of the wrong type. */
static void
complaint(char *to, size_t size)
{
	char *end;

	text_copy(to, size, cupsLastErrorString());
	end = to[0] == '"' ? strchr(to + 1, '"') : NULL;
	if (end != NULL)
		end[1] = '\0';
	else
		to[0] = '\0';
}

static bool
check_values(struct request *r)
{
	char name[IPP_BOUNDS_NAME + 3];

	if (ipp_valid(r->in))
		return true;
	complaint(name, sizeof(name));
	request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST, name, NULL);
	return false;
}

/* --- the target --- */

static bool
no_target(struct request *r, enum texts_id id, const char *value)
{
	request_answer(r,
		       id == TEXTS_NO_TARGET ? IPP_STATUS_ERROR_BAD_REQUEST
					     : IPP_STATUS_ERROR_NOT_FOUND,
		       id, value, NULL);
	return false;
}

static bool
find_printer(struct request *r, const char *name)
{
	r->printer = printers_get(name);
	return r->printer != NULL || no_target(r, TEXTS_NO_PRINTER, name);
}

/* By its number, or by its uuid, which only its owner knows. */
static bool
take_job(struct request *r, const char *digits)
{
	int64_t number;

	if (uuid_parse(r->order, digits) == 0) {
		r->knows_order = true;
		return jobs_number(r);
	}
	if (text_number(digits, 1, UINT32_MAX, &number) != 0)
		return no_target(r, TEXTS_NO_JOB, digits);
	r->job = (uint32_t)number;
	return true;
}

static bool
take_path(struct request *r, const char *path)
{
	if (strcmp(path, "/") == 0 || path[0] == '\0')
		return true;
	if (strcmp(path, "/ipp/print") == 0 || strcmp(path, "/ipp/print/") == 0)
		return find_printer(r, "");
	if (strncmp(path, "/ipp/print/", 11) == 0)
		return find_printer(r, path + 11);
	if (strncmp(path, "/printers/", 10) == 0)
		return find_printer(r, path + 10);
	if (strncmp(path, "/jobs/", 6) == 0)
		return take_job(r, path + 6);
	return no_target(r, TEXTS_NO_JOBS_HERE, NULL);
}

/* The uri's host is whatever the client calls us. */
static bool
take_uri(struct request *r, const char *uri)
{
	char scheme[32], user[64], host[256], path[HTTP_MAX_URI];
	int port;

	if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof(scheme), user,
			    sizeof(user), host, sizeof(host), &port, path,
			    sizeof(path)) < HTTP_URI_STATUS_OK)
		return no_target(r, TEXTS_NO_JOBS_HERE, NULL);
	return take_path(r, path);
}

static bool
check_target(struct request *r, const struct operation *op)
{
	const char *uri = request_string(r, "printer-uri", IPP_TAG_URI);
	const char *job_uri = request_string(r, "job-uri", IPP_TAG_URI);
	int job = request_int(r, "job-id", 0);

	/* CUPS' own lists have none */
	bool optional = op->id == IPP_OP_CUPS_GET_PRINTERS ||
			op->id == IPP_OP_CUPS_GET_CLASSES ||
			op->id == IPP_OP_CUPS_GET_DEFAULT;

	if (uri == NULL && job_uri == NULL && !optional)
		return no_target(r, TEXTS_NO_TARGET, NULL);
	if (uri != NULL && !take_uri(r, uri))
		return false;
	if (job_uri != NULL && uri == NULL && !take_uri(r, job_uri))
		return false;
	if (job > 0)
		r->job = (uint32_t)job;
	if (op->need == NEED_PRINTER && r->printer == NULL)
		return no_target(r, TEXTS_NO_TARGET, NULL);
	if (op->need == NEED_JOB && r->job == 0)
		return no_target(r, TEXTS_NO_TARGET, NULL);
	return true;
}

static void
find_user(struct request *r)
{
	const char *name = request_string(r, "requesting-user-name", IPP_TAG_NAME);

	if (name == NULL)
		name = request_string(r, "requesting-user-name", IPP_TAG_NAMELANG);
	text_copy(r->user, sizeof(r->user),
		  name != NULL && name[0] != '\0' ? name : "anonymous");
	text_strip_controls(r->user);
	r->is_operator = r->client->station;
}

static void
run(struct request *r)
{
	const struct operation *op = operations_find(ippGetOperation(r->in));

	if (!check_head(r) || !check_language(r))
		return;
	if (op == NULL) {
		request_answer(r, IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED,
			       operations_refusal(ippGetOperation(r->in)), NULL, NULL);
		return;
	}
	if (!check_values(r) || !check_target(r, op))
		return;
	find_user(r);
	op->run(r);
}

/* --- writing --- */

static int
write_head(struct request *r, size_t length)
{
	http_t *http = r->client->http;
	char text[32];

	httpClearFields(http);
	httpSetField(http, HTTP_FIELD_CONTENT_TYPE, "application/ipp");
	if (length > 0) {
		snprintf(text, sizeof(text), "%zu", length);
		httpSetField(http, HTTP_FIELD_CONTENT_LENGTH, text);
	} else {
		httpSetField(http, HTTP_FIELD_TRANSFER_ENCODING, "chunked");
	}
	return httpWriteResponse(http, HTTP_STATUS_OK);
}

static int
write_answer(struct request *r)
{
	struct buf out;
	struct error err;
	int rc = -1;

	buf_init(&out, ANSWER_MAX);
	if (ipp_bounds_encode(r->out, &out, &err) != 0)
		log_error("cannot encode an answer: %s", err.text);
	else if (write_head(r, out.len) == 0 &&
		 httpWrite2(r->client->http, (char *)out.data, out.len) ==
			 (ssize_t)out.len &&
		 httpFlushWrite(r->client->http) >= 0)
		rc = 0;
	buf_clear(&out); /* a claim code may be in it: wiped */
	return rc;
}

int
request_stream_bytes(struct request *r, const void *groups, size_t len)
{
	return httpWrite2(r->client->http, groups, len) == (ssize_t)len ? 0 : -1;
}

int
request_stream(struct request *r, ipp_t *piece)
{
	struct buf out;
	int rc = -1;

	buf_init(&out, ANSWER_MAX);
	/* without its head, and without its end tag */
	if (ipp_bounds_encode(piece, &out, NULL) == 0)
		rc = request_stream_bytes(r, out.data + IPP_BOUNDS_HEAD,
					  out.len - IPP_BOUNDS_HEAD - 1);
	buf_clear(&out);
	return rc;
}

int
request_stream_begin(struct request *r)
{
	struct buf out;
	int rc = -1;

	r->sent = true;
	buf_init(&out, ANSWER_MAX);
	if (ipp_bounds_encode(r->out, &out, NULL) == 0 && write_head(r, 0) == 0)
		rc = request_stream_bytes(r, out.data, out.len - 1);
	buf_clear(&out);
	return rc;
}

int
request_stream_end(struct request *r)
{
	static const char end = IPP_TAG_END;

	if (request_stream_bytes(r, &end, 1) != 0)
		return -1;
	return httpWrite2(r->client->http, "", 0) < 0 ||
			       httpFlushWrite(r->client->http) < 0
		       ? -1
		       : 0;
}

/* --- the whole of it --- */

static bool
read_attributes(struct request *r)
{
	struct client *c = r->client;
	const struct ipp_limits limits = {
		.bytes = c->settings->max_attributes_bytes,
		.depth = c->settings->max_collection_depth,
		.attributes = c->settings->max_attributes,
		.values = c->settings->max_values,
	};
	struct error err;

	if (ipp_bounds_read(&limits, read_body, c, &r->in, &err) == 0)
		return true;
	log_info("%s: refused: %s", c->where, err.text);
	if (err.kind == ERROR_LATER)
		return false; /* the connection itself failed */
	r->out = request_new_answer(r);
	request_answer(r,
		       err.kind == ERROR_FULL ? IPP_STATUS_ERROR_REQUEST_ENTITY
					      : IPP_STATUS_ERROR_BAD_REQUEST,
		       err.kind == ERROR_FULL ? TEXTS_TOO_MUCH : TEXTS_BAD_REQUEST,
		       err.text, NULL);
	write_answer(r);
	return false;
}

bool
request_serve(struct client *c)
{
	struct request r = {.client = c};
	bool go_on = false;

	if (!read_attributes(&r))
		goto out;
	admission_deadline(c->slot, (int64_t)c->settings->request_timeout_s * 1000 -
					    (clock_mono_ms() - c->started));
	c->in_document = true;
	r.out = request_new_answer(&r);
	find_authority(&r);
	run(&r);
	log_debug("%s: %s by '%s' for %s, order %u: %s", c->where,
		  ippOpString(ippGetOperation(r.in)), r.user,
		  r.printer != NULL ? r.printer->name : "/", r.job,
		  r.sent ? "sent" : ippErrorString(ippGetStatusCode(r.out)));
	if (r.sent) {
		go_on = httpGetState(c->http) == HTTP_STATE_WAITING;
	} else {
		go_on = client_drain(c);
		go_on = write_answer(&r) == 0 && go_on;
	}
out:
	printers_put(r.printer);
	ippDelete(r.in);
	ippDelete(r.out);
	return go_on;
}
