#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/ticket.h"
#include "spoold/courier/heldjob.h"
#include "spoold/courier/options.h"

const char *const heldjob_wanted[] = {"job-id",
				      "job-name",
				      "job-state",
				      "job-printer-uri",
				      "number-of-documents",
				      "job-originating-user-name"};
const int heldjob_wanted_count = sizeof(heldjob_wanted) / sizeof(heldjob_wanted[0]);

static const char *const looked_at[] = {"job-id",
					"job-name",
					"job-state",
					"job-printer-uri",
					"number-of-documents",
					"job-originating-user-name",
					"time-at-processing",
					"job-printer-state-message"};

struct raw {
	struct heldjob *job;
	bool named, owned;
	const struct cupsd *c;
};

static void
take_queue(struct heldjob *job, const char *uri)
{
	const char *slash = strrchr(uri, '/');

	if (slash != NULL)
		text_copy(job->queue, sizeof(job->queue), slash + 1);
}

static void
take(struct raw *raw, ipp_attribute_t *attr)
{
	const char *name = ippGetName(attr), *text = ippGetString(attr, 0, NULL);
	struct heldjob *job = raw->job;

	if (strcmp(name, "job-id") == 0)
		job->id = ippGetInteger(attr, 0);
	else if (strcmp(name, "job-state") == 0)
		job->state = ippGetInteger(attr, 0);
	else if (strcmp(name, "number-of-documents") == 0)
		job->documents = (unsigned)ippGetInteger(attr, 0);
	else if (strcmp(name, "time-at-processing") == 0)
		job->has_run = ippGetValueTag(attr) != IPP_TAG_NOVALUE;
	else if (text == NULL)
		return;
	else if (strcmp(name, "job-name") == 0)
		raw->named = ticket_from_job_name(job->order, text) == 0;
	else if (strcmp(name, "job-originating-user-name") == 0)
		raw->owned = strcmp(text, raw->c->user) == 0;
	else if (strcmp(name, "job-printer-uri") == 0)
		take_queue(job, text);
	else if (strcmp(name, "job-printer-state-message") == 0)
		text_copy(job->message, sizeof(job->message), text);
}

bool
heldjob_read(const struct cupsd *c, ipp_t *answer, ipp_attribute_t **at,
	     struct heldjob *job)
{
	struct raw raw = {.job = job, .c = c};

	*job = (struct heldjob){.has_run = true};
	for (; *at != NULL && ippGetGroupTag(*at) == IPP_TAG_JOB;
	     *at = ippNextAttribute(answer))
		if (ippGetName(*at) != NULL)
			take(&raw, *at);
	return raw.named && raw.owned && job->id > 0;
}

static ipp_attribute_t *
first_of_job(ipp_t *answer)
{
	ipp_attribute_t *at = ippFirstAttribute(answer);

	while (at != NULL && ippGetGroupTag(at) != IPP_TAG_JOB)
		at = ippNextAttribute(answer);
	return at;
}

int
heldjob_look(struct cupsd *c, int id, const uint8_t order[UUID_BYTES],
	     struct heldjob *job, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_GET_JOB_ATTRIBUTES, id);
	ipp_t *answer = NULL;
	ipp_attribute_t *at;
	bool ours;

	cupsd_want(request, looked_at, sizeof(looked_at) / sizeof(looked_at[0]));
	if (cupsd_ask(c, request, NULL, &answer, err) != 0)
		return -1;
	at = first_of_job(answer);
	ours = heldjob_read(c, answer, &at, job);
	ippDelete(answer);
	if (!ours || job->id != id || memcmp(job->order, order, UUID_BYTES) != 0)
		return error_set(err, ERROR_ABSENT,
				 "job %d in cupsd is not this order's", id);
	return 0;
}

int
heldjob_create(struct cupsd *c, const struct wire_job_want *want, int *id,
	       struct error *err)
{
	ipp_t *request = cupsd_queue_request(c, IPP_OP_CREATE_JOB, want->queue);
	ipp_t *answer = NULL;
	ipp_attribute_t *attr;
	char name[128];

	ticket_job_name(name, want->number, want->order.bytes);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
	ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL,
		     "indefinite");
	if (want->message[0] != '\0')
		ippAddString(request, IPP_TAG_JOB, IPP_TAG_TEXT,
			     "job-printer-state-message", NULL, want->message);
	if (options_copy(request, want->attributes.data, want->attributes.len, err) !=
	    0) {
		ippDelete(request);
		return -1;
	}
	if (cupsd_ask(c, request, NULL, &answer, err) != 0)
		return -1;
	attr = ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER);
	*id = attr != NULL ? ippGetInteger(attr, 0) : 0;
	ippDelete(answer);
	if (*id <= 0)
		return error_set(err, ERROR_SYSTEM,
				 "cupsd made a job without a number");
	return 0;
}

static int
send_ticket(struct cupsd *c, const struct wire_job_want *want, int id,
	    unsigned document, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_SEND_DOCUMENT, id);
	struct ticket ticket = {.document = document};
	char text[TICKET_TEXT_MAX], name[32];

	memcpy(ticket.order, want->order.bytes, UUID_BYTES);
	ticket_write(text, &ticket);
	snprintf(name, sizeof(name), "Document %u", document);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "document-name", NULL,
		     name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format",
		     NULL, TICKET_MIME_TYPE);
	ippAddBoolean(request, IPP_TAG_OPERATION, "last-document", 0);
	return cupsd_ask(c, request, text, NULL, err);
}

int
heldjob_send(struct cupsd *c, const struct wire_job_want *want, int id, unsigned first,
	     struct error *err)
{
	for (unsigned n = first; n <= want->documents; n++)
		if (send_ticket(c, want, id, n, err) != 0)
			return error_prefix(err, "ticket %u of %u", n, want->documents);
	return 0;
}

int
heldjob_hold(struct cupsd *c, int id, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_HOLD_JOB, id);

	ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL,
		     "indefinite");
	return cupsd_ask(c, request, NULL, NULL, err);
}

int
heldjob_move(struct cupsd *c, int id, const char *queue, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_CUPS_MOVE_JOB, id);
	char uri[HTTP_MAX_URI];

	httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof(uri), "ipp", NULL,
			 "localhost", 0, "/printers/%s", queue);
	ippAddString(request, IPP_TAG_JOB, IPP_TAG_URI, "job-printer-uri", NULL, uri);
	return cupsd_ask(c, request, NULL, NULL, err);
}

int
heldjob_say(struct cupsd *c, int id, const char *message, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_SET_JOB_ATTRIBUTES, id);

	ippAddString(request, IPP_TAG_JOB, IPP_TAG_TEXT, "job-printer-state-message",
		     NULL, message);
	return cupsd_ask(c, request, NULL, NULL, err);
}

int
heldjob_copies(struct cupsd *c, int id, int copies, struct error *err)
{
	ipp_t *request = cupsd_job_request(c, IPP_OP_SET_JOB_ATTRIBUTES, id);

	ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", copies);
	return cupsd_ask(c, request, NULL, NULL, err);
}

int
heldjob_release(struct cupsd *c, int id, struct error *err)
{
	return cupsd_ask(c, cupsd_job_request(c, IPP_OP_RELEASE_JOB, id), NULL, NULL,
			 err);
}

int
heldjob_cancel(struct cupsd *c, int id, struct error *err)
{
	return cupsd_ask(c, cupsd_job_request(c, IPP_OP_CANCEL_JOB, id), NULL, NULL,
			 err);
}

bool
heldjob_has_ended(const struct heldjob *job)
{
	return job->state >= IPP_JSTATE_CANCELED;
}
