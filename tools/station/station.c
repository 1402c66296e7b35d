#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tools/station/station.h"

#define ANSWER_MS 30000

/* --- asking --- */

static http_t *
connect_to(const struct station *s, struct error *err)
{
	const char *where = s->where;
	char host[256];
	char *colon;
	http_t *http;
	int64_t port = 0;

	text_copy(host, sizeof(host), where);
	colon = where[0] == '/' ? NULL : strrchr(host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (text_number(colon + 1, 1, 65535, &port) != 0) {
			error_set(err, ERROR_INPUT, "'%s' names no port", host);
			return NULL;
		}
	}
	http = httpConnect2(
		host, (int)port, NULL, where[0] == '/' ? AF_LOCAL : AF_UNSPEC,
		s->key != NULL ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED,
		1, ANSWER_MS, NULL);
	if (http == NULL)
		error_set(err, ERROR_SYSTEM, "cannot reach the service at '%s': %s",
			  where, strerror(errno));
	else
		httpSetTimeout(http, ANSWER_MS / 1000.0, NULL, NULL);
	if (http != NULL && s->key != NULL && key_show(s->key, http, err) != 0) {
		httpClose(http);
		http = NULL;
	}
	return http;
}

/* IPP status to what the customer can do about it. */
static int
judge(ipp_t *answer, struct error *err)
{
	static const struct {
		ipp_status_t status;
		enum error_kind kind;
	} rows[] = {
		{IPP_STATUS_ERROR_BAD_REQUEST, ERROR_INPUT},
		{IPP_STATUS_ERROR_NOT_AUTHORIZED, ERROR_REFUSED},
		{IPP_STATUS_ERROR_FORBIDDEN, ERROR_REFUSED},
		{IPP_STATUS_ERROR_NOT_FOUND, ERROR_ABSENT},
		{IPP_STATUS_ERROR_NOT_POSSIBLE, ERROR_CONFLICT},
		{IPP_STATUS_ERROR_BUSY, ERROR_LATER},
		{IPP_STATUS_ERROR_TEMPORARY, ERROR_LATER},
		{IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, ERROR_FULL},
		{IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, ERROR_FULL},
		{IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS, ERROR_FULL},
	};
	ipp_status_t status = ippGetStatusCode(answer);
	ipp_attribute_t *said =
		ippFindAttribute(answer, "status-message", IPP_TAG_TEXT);
	enum error_kind kind = ERROR_SYSTEM;

	if (status <= IPP_STATUS_OK_CONFLICTING)
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].status == status)
			kind = rows[i].kind;
	error_set(err, kind, "%s",
		  said != NULL ? ippGetString(said, 0, NULL) : ippErrorString(status));
	text_strip_controls(err->text);
	return -1;
}

static void
wipe_secret(ipp_t *request)
{
	ipp_attribute_t *attr =
		ippFindAttribute(request, "job-password", IPP_TAG_STRING);
	int len;
	void *octets = attr != NULL ? ippGetOctetString(attr, 0, &len) : NULL;

	if (octets != NULL)
		seal_wipe(octets, (size_t)len);
}

/* Frees the request, its secret wiped. The answer, or NULL. */
static ipp_t *
ask(const struct station *s, ipp_t *request, const char *resource, struct error *err)
{
	http_t *http = connect_to(s, err);
	ipp_t *answer = NULL;

	if (http != NULL && cupsSendRequest(http, request, resource,
					    ippLength(request)) == HTTP_STATUS_CONTINUE)
		answer = cupsGetResponse(http, resource);
	if (http != NULL && answer == NULL)
		error_set(err, ERROR_SYSTEM, "the service does not answer: %s",
			  cupsLastErrorString());
	wipe_secret(request);
	ippDelete(request);
	httpClose(http);
	if (answer != NULL && judge(answer, err) != 0) {
		ippDelete(answer);
		answer = NULL;
	}
	return answer;
}

static ipp_t *
new_request(ipp_op_t op, const char *printer, uint32_t number, const char *user)
{
	ipp_t *request = ippNewRequest(op);
	const struct passwd *pw = getpwuid(getuid());
	char uri[512];

	if (printer != NULL)
		snprintf(uri, sizeof(uri), "ipp://localhost/ipp/print/%s", printer);
	else
		snprintf(uri, sizeof(uri), "ipp://localhost/");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	if (number != 0)
		ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
			      (int)number);
	if (user == NULL || *user == '\0')
		user = pw != NULL ? pw->pw_name : "station";
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, user);
	return request;
}

/* Of one order, by its job-uuid: who knows that is its owner to the service. */
static ipp_t *
new_about(ipp_op_t op, const char *uuid)
{
	static const char urn[] = "urn:uuid:";
	ipp_t *request = ippNewRequest(op);
	char uri[512];

	if (strncmp(uuid, urn, strlen(urn)) == 0)
		uuid += strlen(urn);
	snprintf(uri, sizeof(uri), "ipp://localhost/jobs/%s", uuid);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "job-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, "station");
	return request;
}

static ipp_t *
new_presented(ipp_op_t op, const struct presented *p)
{
	ipp_t *request = new_request(op, NULL, p->number, p->user);

	if (p->account[0] != '\0')
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-account-id",
			     NULL, p->account);
	ippAddOctetString(request, IPP_TAG_OPERATION, "job-password", p->secret.text,
			  (int)p->secret.len);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		     "job-password-encryption", NULL, "none");
	return request;
}

/* --- answers --- */

static void
take_text(char *to, size_t size, ipp_attribute_t *attr)
{
	const char *value = ippGetString(attr, 0, NULL);

	text_copy(to, size, value != NULL ? value : "");
	text_strip_controls(to);
}

/* Every value, with commas. */
static void
take_list(char *to, size_t size, ipp_attribute_t *attr)
{
	ippAttributeString(attr, to, size);
	text_strip_controls(to);
}

/* "ipp://host/ipp/print/photo" -> "photo" */
static void
take_printer(char *to, size_t size, ipp_attribute_t *attr)
{
	const char *uri = ippGetString(attr, 0, NULL);
	const char *slash = uri != NULL ? strrchr(uri, '/') : NULL;

	text_copy(to, size, slash != NULL ? slash + 1 : "");
	text_strip_controls(to);
}

/* What was found in it as it was handed in. */
static void
take_found(struct station_document *d, const char *name, ipp_attribute_t *attr)
{
	if (strcmp(name, "claimcheck-ppi") == 0)
		d->ppi = ippGetInteger(attr, 0);
	else if (strcmp(name, "claimcheck-warning") == 0)
		take_text(d->warning, sizeof(d->warning), attr);
	else if (strcmp(name, "claimcheck-price") == 0)
		d->price = ippGetInteger(attr, 0);
	else if (strcmp(name, "claimcheck-currency") == 0)
		take_text(d->currency, sizeof(d->currency), attr);
}

static void
take_document(struct station_document *d, ipp_attribute_t *attr)
{
	const char *name = ippGetName(attr);

	if (strcmp(name, "document-number") == 0)
		d->number = (uint32_t)ippGetInteger(attr, 0);
	else if (strcmp(name, "document-name") == 0)
		take_text(d->name, sizeof(d->name), attr);
	else if (strcmp(name, "document-format") == 0)
		take_text(d->format, sizeof(d->format), attr);
	else if (strcmp(name, "k-octets") == 0)
		d->k_octets = ippGetInteger(attr, 0);
	else if (strcmp(name, "document-state") == 0)
		d->state = ippGetInteger(attr, 0);
	else if (strcmp(name, "document-state-reasons") == 0)
		take_list(d->reasons, sizeof(d->reasons), attr);
	else if (strcmp(name, "impressions") == 0)
		d->pages = ippGetInteger(attr, 0);
	else if (strcmp(name, "impressions-completed") == 0)
		d->pages_done = ippGetInteger(attr, 0);
	else if (strcmp(name, "copies") == 0)
		d->copies = ippGetInteger(attr, 0);
	else
		take_found(d, name, attr);
}

static struct station_document *
add_document(struct station_order *o)
{
	struct station_document *more;

	if (o->document_count == STATION_DOCUMENTS_MAX)
		return NULL;
	more = realloc(o->documents, (o->document_count + 1) * sizeof(*more));
	INVARIANT(more != NULL);
	o->documents = more;
	more += o->document_count++;
	*more = (struct station_document){0};
	return more;
}

static void
take_collections(struct station_order *o, ipp_attribute_t *attr)
{
	for (int i = 0; i < ippGetCount(attr); i++) {
		ipp_t *col = ippGetCollection(attr, i);
		struct station_document *d = add_document(o);

		for (ipp_attribute_t *a = ippFirstAttribute(col);
		     a != NULL && d != NULL; a = ippNextAttribute(col))
			take_document(d, a);
	}
}

/* What was ordered, for people: the attributes that say how it will look. */
static void
take_template(struct station_order *o, ipp_attribute_t *attr)
{
	static const char *const telling[] = {"media",
					      "media-type",
					      "print-scaling",
					      "print-quality",
					      "print-color-mode",
					      "printer-resolution",
					      "finishings",
					      "sides",
					      "print-rendering-intent",
					      "page-ranges"};
	const char *name = ippGetName(attr);
	char value[256];
	size_t used = strlen(o->template);

	for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
		if (strcmp(name, telling[i]) != 0)
			continue;
		take_list(value, sizeof(value), attr);
		snprintf(o->template + used, sizeof(o->template) - used, "%s%s %s",
			 used > 0 ? ", " : "", name, value);
	}
}

static void
take_attribute(struct station_order *o, ipp_attribute_t *attr)
{
	static const struct {
		const char *name;
		size_t at, size;
		void (*take)(char *to, size_t size, ipp_attribute_t *attr);
	} texts[] = {
#define TEXT(name, field, take)                                                        \
	{name, offsetof(struct station_order, field),                                  \
	 sizeof(((struct station_order *)0)->field), take}
		TEXT("job-uuid", uuid, take_text),
		TEXT("job-state-reasons", reasons, take_list),
		TEXT("job-state-message", message, take_text),
		TEXT("job-originating-user-name", user, take_text),
		TEXT("job-name", name, take_text),
		TEXT("job-printer-uri", printer, take_printer),
	};
	static const struct {
		const char *name;
		size_t at;
	} numbers[] = {
		{"job-state", offsetof(struct station_order, state)},
		{"copies", offsetof(struct station_order, copies)},
		{"claimcheck-proof-copies",
		 offsetof(struct station_order, proof_copies)},
		{"claimcheck-proofs", offsetof(struct station_order, proofs)},
		{"job-impressions", offsetof(struct station_order, pages)},
		{"job-impressions-completed",
		 offsetof(struct station_order, pages_done)},
	};
	const char *name = ippGetName(attr);

	if (strcmp(name, "job-id") == 0)
		o->number = (uint32_t)ippGetInteger(attr, 0);
	else if (strcmp(name, "claimcheck-warning") == 0)
		take_text(o->warning, sizeof(o->warning), attr);
	else if (strcmp(name, "claimcheck-release-again") == 0)
		o->again = ippGetBoolean(attr, 0);
	else if (strcmp(name, "claimcheck-documents") == 0)
		take_collections(o, attr);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			texts[i].take((char *)o + texts[i].at, texts[i].size, attr);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strcmp(name, numbers[i].name) == 0)
			*(int *)(void *)((char *)o + numbers[i].at) =
				ippGetInteger(attr, 0);
	take_template(o, attr);
}

/* One order a job group; a group ends where an attribute has no name. */
static void
take_orders(struct station_orders *orders, ipp_t *answer)
{
	struct station_order *o = NULL;

	for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL;
	     a = ippNextAttribute(answer)) {
		if (ippGetName(a) == NULL || ippGetGroupTag(a) != IPP_TAG_JOB) {
			o = NULL;
			continue;
		}
		if (o == NULL) {
			if (orders->count == STATION_ORDERS_MAX)
				return;
			o = &orders->list[orders->count++];
			*o = (struct station_order){0};
		}
		take_attribute(o, a);
	}
}

static int
ask_orders(const struct station *s, ipp_t *request, struct station_orders *orders,
	   struct error *err)
{
	ipp_t *answer = ask(s, request, "/", err);

	station_orders_clear(orders);
	if (answer == NULL)
		return -1;
	take_orders(orders, answer);
	ippDelete(answer);
	return 0;
}

/* --- the calls --- */

int
station_find(const struct station *s, const struct presented *p,
	     struct station_orders *orders, struct error *err)
{
	return ask_orders(s, new_presented(IPP_OP_GET_JOBS, p), orders, err);
}

static void
add_wish(ipp_t *request, const struct station_wish *wish)
{
	ipp_attribute_t *only = NULL;

	if (wish->again)
		ippAddBoolean(request, IPP_TAG_OPERATION, "claimcheck-release-again",
			      1);
	if (wish->rest)
		ippAddBoolean(request, IPP_TAG_OPERATION, "claimcheck-release-rest", 1);
	if (wish->make != STATION_NEXT)
		ippAddBoolean(request, IPP_TAG_OPERATION, "claimcheck-release-proof",
			      wish->make == STATION_PROOF);
	if (wish->copies > 0)
		ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER,
			      "claimcheck-release-copies", (int)wish->copies);
	if (wish->to != NULL)
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME,
			     "claimcheck-release-printer", NULL, wish->to);
	for (uint32_t i = 0; i < wish->only_count; i++)
		if (only == NULL)
			only = ippAddInteger(
				request, IPP_TAG_OPERATION, IPP_TAG_INTEGER,
				"claimcheck-release-documents", (int)wish->only[i]);
		else
			ippSetInteger(request, &only, (int)i, (int)wish->only[i]);
}

int
station_release(const struct station *s, const struct presented *p,
		const struct station_wish *wish, struct station_orders *orders,
		struct error *err)
{
	ipp_t *request = new_presented(IPP_OP_RELEASE_JOB, p);

	add_wish(request, wish);
	return ask_orders(s, request, orders, err);
}

int
station_look(const struct station *s, const char *uuid, struct station_orders *orders,
	     struct error *err)
{
	return ask_orders(s, new_about(IPP_OP_GET_JOB_ATTRIBUTES, uuid), orders, err);
}

int
station_documents(const struct station *s, struct station_order *order,
		  struct error *err)
{
	ipp_t *answer = ask(s, new_about(IPP_OP_GET_DOCUMENTS, order->uuid), "/", err);
	struct station_document *d = NULL;

	if (answer == NULL)
		return -1;
	order->document_count = 0;
	for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL;
	     a = ippNextAttribute(answer)) {
		if (ippGetName(a) == NULL || ippGetGroupTag(a) != IPP_TAG_DOCUMENT)
			d = NULL;
		else if (d != NULL || (d = add_document(order)) != NULL)
			take_document(d, a);
	}
	ippDelete(answer);
	return 0;
}

int
station_printer(const struct station *s, const char *name,
		struct station_printer *printer, struct error *err)
{
	static const char *const wanted[] = {"printer-info", "printer-state",
					     "printer-state-reasons",
					     "printer-state-message"};
	ipp_t *request = new_request(IPP_OP_GET_PRINTER_ATTRIBUTES, name, 0, NULL);
	ipp_t *answer;

	*printer = (struct station_printer){0};
	text_copy(printer->name, sizeof(printer->name), name);
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		      "requested-attributes", sizeof(wanted) / sizeof(*wanted), NULL,
		      wanted);
	answer = ask(s, request, "/", err);
	if (answer == NULL)
		return -1;
	for (ipp_attribute_t *a = ippFirstAttribute(answer); a != NULL;
	     a = ippNextAttribute(answer)) {
		const char *is = ippGetName(a) != NULL ? ippGetName(a) : "";

		if (strcmp(is, wanted[0]) == 0)
			take_text(printer->info, sizeof(printer->info), a);
		else if (strcmp(is, wanted[1]) == 0)
			printer->state = ippGetInteger(a, 0);
		else if (strcmp(is, wanted[2]) == 0)
			take_list(printer->reasons, sizeof(printer->reasons), a);
		else if (strcmp(is, wanted[3]) == 0)
			take_text(printer->message, sizeof(printer->message), a);
	}
	ippDelete(answer);
	return 0;
}

void
station_orders_clear(struct station_orders *orders)
{
	for (size_t i = 0; i < orders->count; i++)
		free(orders->list[i].documents);
	orders->count = 0;
}
