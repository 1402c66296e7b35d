/*
 * ops_operate.c - what operators do to a printer (RFC 8011, RFC 3380, RFC 3998, CUPS's own
 * names for two of them). Who comes over the station socket is an operator, as the kernel
 * says who may open it; everybody else is told where that is done. keep does it.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/operations.h"

static const char info[] = "printer-info", location[] = "printer-location",
		  message[] = "printer-message-from-operator";

/* clang-format off */
static const struct {
	ipp_op_t id;
	enum wire_control_verb verb;
} verbs[] = {
	{IPP_OP_PAUSE_PRINTER,			WIRE_PAUSE},
	{IPP_OP_RESUME_PRINTER,			WIRE_RESUME},
	{IPP_OP_ENABLE_PRINTER,			WIRE_ACCEPT},
	{IPP_OP_DISABLE_PRINTER,		WIRE_REJECT},
	{IPP_OP_PAUSE_PRINTER_AFTER_CURRENT_JOB, WIRE_PAUSE_AFTER},
	{IPP_OP_HOLD_NEW_JOBS,			WIRE_HOLD_NEW},
	{IPP_OP_RELEASE_HELD_NEW_JOBS,		WIRE_RELEASE_NEW},
	{IPP_OP_RESTART_PRINTER,		WIRE_START_ANEW},
	{IPP_OP_SHUTDOWN_PRINTER,		WIRE_SHUT},
	{IPP_OP_STARTUP_PRINTER,		WIRE_START},
	{IPP_OP_CANCEL_CURRENT_JOB,		WIRE_CANCEL_CURRENT},
	{IPP_OP_SUSPEND_CURRENT_JOB,		WIRE_SUSPEND},
	{IPP_OP_PURGE_JOBS,			WIRE_PURGE},
	{IPP_OP_CUPS_ACCEPT_JOBS,		WIRE_ACCEPT},
	{IPP_OP_CUPS_REJECT_JOBS,		WIRE_REJECT},
};
/* What can be set, and as which field. */
static const struct {
	const char *name;
	unsigned field;
} settable[] = {
	{info,		WIRE_NOTICE_INFO},
	{location,	WIRE_NOTICE_LOCATION},
	{message,	WIRE_NOTICE_MESSAGE},
};
/* clang-format on */
#define SETTABLE (sizeof(settable) / sizeof(settable[0]))

bool
operate_may(struct request *r)
{
	char socket[SETTINGS_RUN_MAX + 32];

	if (r->is_operator)
		return true;
	snprintf(socket, sizeof(socket), "%s/station.sock",
		 r->client->settings->run_directory);
	request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_OPERATORS, socket,
		       NULL);
	return false;
}

static bool
tell_keep(struct request *r, enum wire_type type, const void *what)
{
	struct error err;
	struct wire_peer *keep = client_keep(r->client, &err);

	if (keep != NULL && wire_call(keep, type, what, WIRE_TYPE_ok, NULL, &err) == 0)
		return true;
	request_answer_error(r, &err);
	return false;
}

static void
begin_notice(struct request *r, struct wire_notice *n)
{
	*n = (struct wire_notice){.operator= r->is_operator };
	text_copy(n->printer, sizeof(n->printer), r->printer->name);
	text_copy(n->user, sizeof(n->user), r->user);
}

/* False: it is longer than the attribute may be. */
static bool
put_notice(struct wire_notice *n, unsigned field, const char *text)
{
	char *to = field == WIRE_NOTICE_INFO	   ? n->info
		   : field == WIRE_NOTICE_LOCATION ? n->location
						   : n->message;

	n->fields |= (uint8_t)field;
	return text_copy(to, WIRE_NOTICE_MAX, text) == 0;
}

/* Such an operation may have a word to everybody with it (RFC 3998). */
static bool
leave_message(struct request *r)
{
	const char *text = request_string(r, message, IPP_TAG_TEXT);
	struct wire_notice n;

	if (text == NULL)
		return true;
	begin_notice(r, &n);
	if (put_notice(&n, WIRE_NOTICE_MESSAGE, text))
		return tell_keep(r, WIRE_TYPE_notice, &n);
	request_answer(r, IPP_STATUS_ERROR_REQUEST_VALUE, TEXTS_TOO_MUCH, message,
		       NULL);
	return false;
}

void
ops_control_printer(struct request *r)
{
	struct wire_control c = {.operator= r->is_operator, .number = r->job};
	const char *why = request_string(r, "printer-state-message", IPP_TAG_TEXT);

	if (!operate_may(r) || !leave_message(r))
		return;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (verbs[i].id == ippGetOperation(r->in))
			c.verb = (uint8_t)verbs[i].verb;
	text_copy(c.printer, sizeof(c.printer), r->printer->name);
	text_copy(c.user, sizeof(c.user), r->user);
	text_copy(c.text, sizeof(c.text), why != NULL ? why : "");
	if (tell_keep(r, WIRE_TYPE_control, &c))
		log_info("printer %s: %s by '%s', %s", c.printer,
			 ippOpString(ippGetOperation(r->in)), r->user,
			 r->client->where);
}

/* All orders of the printer, and nothing less: who names some of them means Cancel-Jobs. */
void
ops_purge_jobs(struct request *r)
{
	static const char *const narrower[] = {"my-jobs", "job-ids"};

	for (size_t i = 0; i < sizeof(narrower) / sizeof(narrower[0]); i++)
		if (ippFindAttribute(r->in, narrower[i], IPP_TAG_ZERO) != NULL) {
			request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES,
				       TEXTS_PURGE_ALL, NULL, NULL);
			ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP,
					IPP_TAG_UNSUPPORTED_VALUE, narrower[i]);
			return;
		}
	ops_control_printer(r);
}

/* --- RFC 3380 --- */

static unsigned
field_of(const char *name)
{
	for (size_t i = 0; i < SETTABLE; i++)
		if (strcmp(settable[i].name, name) == 0)
			return settable[i].field;
	return 0;
}

/* A text, or none: "delete-attribute" takes back what was set. */
static bool
take_attribute(struct request *r, ipp_attribute_t *a, struct wire_notice *n)
{
	unsigned field = field_of(ippGetName(a));
	ipp_tag_t tag = ippGetValueTag(a);

	if (field == 0) {
		request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_NOT_SETTABLE,
			       TEXTS_NOT_OF_PRINTER, NULL, NULL);
		ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_NOTSETTABLE,
				ippGetName(a));
		return false;
	}
	if (tag == IPP_TAG_DELETEATTR)
		return put_notice(n, field, "");
	if ((tag == IPP_TAG_TEXT || tag == IPP_TAG_TEXTLANG) && ippGetCount(a) == 1 &&
	    put_notice(n, field, ippGetString(a, 0, NULL)))
		return true;
	request_answer(r, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES, TEXTS_ATTRIBUTES,
		       ippGetName(a), NULL);
	ippAddOutOfBand(r->out, IPP_TAG_UNSUPPORTED_GROUP, IPP_TAG_UNSUPPORTED_VALUE,
			ippGetName(a));
	return false;
}

void
ops_set_printer_attributes(struct request *r)
{
	struct wire_notice n;

	if (!operate_may(r))
		return;
	begin_notice(r, &n);
	for (ipp_attribute_t *a = ippFirstAttribute(r->in); a != NULL;
	     a = ippNextAttribute(r->in))
		if (ippGetGroupTag(a) == IPP_TAG_PRINTER && ippGetName(a) != NULL &&
		    !take_attribute(r, a, &n))
			return;
	if (n.fields == 0)
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_NOT_OF_PRINTER,
			       NULL, NULL);
	else
		tell_keep(r, WIRE_TYPE_notice, &n);
}

/* Any text is a value: "admin-define" (RFC 3380 4.3). */
void
ops_get_printer_supported_values(struct request *r)
{
	cups_array_t *wanted = request_wanted(r);

	for (size_t i = 0; i < SETTABLE; i++)
		if (request_wants(wanted, settable[i].name))
			ippAddOutOfBand(r->out, IPP_TAG_PRINTER, IPP_TAG_ADMINDEFINE,
					settable[i].name);
	cupsArrayDelete(wanted);
}

void
operate_add_supported(ipp_t *to)
{
	ipp_attribute_t *attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					     "printer-settable-attributes-supported",
					     NULL, settable[0].name);

	for (size_t i = 1; i < SETTABLE; i++)
		ippSetString(to, &attr, ippGetCount(attr), settable[i].name);
}
