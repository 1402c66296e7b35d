/*
 * ops_printer.c - Get-Printer-Attributes, CUPS-Get-Printers, CUPS-Get-Default,
 * Identify-Printer: the printer's own attributes, and what depends on who asks and when.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/announce.h"
#include "spoold/front/operations.h"
#include "spoold/front/pages.h"
#include "spoold/front/queued.h"

/* media-col-database is long, and only told to who names it (PWG 5100.7). */
struct choice {
	cups_array_t *wanted; /* NULL: all */
	bool database;
};

static int
chosen(void *context, ipp_t *unused, ipp_attribute_t *attr)
{
	const struct choice *choice = context;
	const char *name = ippGetName(attr);

	(void)unused;
	if (name == NULL)
		return 0;
	if (strcmp(name, "media-col-database") == 0)
		return choice->database;
	return request_wants(choice->wanted, name);
}

static struct choice
choose(const struct request *r)
{
	ipp_attribute_t *requested =
		ippFindAttribute(r->in, "requested-attributes", IPP_TAG_KEYWORD);

	return (struct choice){
		.wanted = request_wanted(r),
		.database = requested != NULL &&
			    ippContainsString(requested, "media-col-database"),
	};
}

struct dynamic {
	const struct request *r;
	struct printer *p;
	ipp_t *to;
	cups_array_t *wanted;
};

static bool
wants(const struct dynamic *d, const char *name)
{
	return request_wants(d->wanted, name);
}

static void
add_strings(const struct dynamic *d, ipp_tag_t tag, const char *name, int count,
	    const char *const *values)
{
	if (wants(d, name))
		ippAddStrings(d->to, IPP_TAG_PRINTER, tag, name, count, NULL, values);
}

static void
add_integer(const struct dynamic *d, const char *name, int64_t value)
{
	if (wants(d, name))
		ippAddInteger(d->to, IPP_TAG_PRINTER, IPP_TAG_INTEGER, name,
			      (int)value);
}

static void
add_date(const struct dynamic *d, const char *name, int64_t seconds)
{
	if (wants(d, name))
		ippAddDate(d->to, IPP_TAG_PRINTER, name,
			   ippTimeToDate((time_t)seconds));
}

/* One uri only, the one by which the client came: libcups' lp (2.4) joins several into
 * one string, and then asks for a printer of that name. */
static void
add_uris(const struct dynamic *d)
{
	static const char *const user[] = {"requesting-user-name"};
	const char *security[] = {httpIsEncrypted(d->r->client->http) ? "tls" : "none"};
	char uri[REQUEST_URI_MAX];
	const char *uris[] = {uri};

	request_printer_uri(d->r, request_scheme(d->r), d->p->name, uri);
	add_strings(d, IPP_TAG_URI, "printer-uri-supported", 1, uris);
	add_strings(d, IPP_TAG_KEYWORD, "uri-security-supported", 1, security);
	add_strings(d, IPP_TAG_KEYWORD, "uri-authentication-supported", 1, user);
}

static void
add_pages(const struct dynamic *d)
{
	const char *scheme = httpIsEncrypted(d->r->client->http) ? "https" : "http";
	char info[REQUEST_URI_MAX], icon[REQUEST_URI_MAX];
	const char *values[1] = {info};

	snprintf(info, sizeof(info), "%s://%s/ipp/print/%s", scheme, d->r->authority,
		 d->p->name);
	add_strings(d, IPP_TAG_URI, "printer-more-info", 1, values);
	add_strings(d, IPP_TAG_URI, "printer-supply-info-uri", 1, values);
	snprintf(icon, sizeof(icon), "%s://%s" PAGES_ICON, scheme, d->r->authority);
	values[0] = icon;
	add_strings(d, IPP_TAG_URI, "printer-icons", 1, values);
}

static void
add_dns_sd_name(const struct dynamic *d)
{
	char name[64];
	const char *values[1] = {name};

	announce_name(d->p, name);
	add_strings(d, IPP_TAG_NAME, "printer-dns-sd-name", 1, values);
}

/* The reasons come as one string with commas. */
static void
add_reasons(const struct dynamic *d)
{
	static const char name[] = "printer-state-reasons";
	ipp_attribute_t *attr = NULL;
	char list[ORDER_TEXT_MAX], *save = NULL;

	if (!wants(d, name))
		return;
	memcpy(list, d->p->reasons, sizeof(list));
	for (char *one = strtok_r(list, ", ", &save); one != NULL;
	     one = strtok_r(NULL, ", ", &save))
		if (attr == NULL)
			attr = ippAddString(d->to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					    name, NULL, one);
		else
			ippSetString(d->to, &attr, ippGetCount(attr), one);
	if (attr == NULL)
		ippAddString(d->to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, name, NULL,
			     "none");
}

static void
add_state(const struct dynamic *d)
{
	int64_t now = time(NULL);
	char words[ORDER_TEXT_MAX];
	const char *message[1] = {words};

	/* cupsd's and the device's words are as they are */
	if (d->p->known)
		text_copy(words, sizeof(words), d->p->message);
	else
		texts_say(words, sizeof(words), d->r->language, TEXTS_PRINTER_NOT_READY,
			  NULL, NULL);
	if (wants(d, "printer-state"))
		ippAddInteger(d->to, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state",
			      d->p->state);
	add_reasons(d);
	add_strings(d, IPP_TAG_TEXT, "printer-state-message", 1, message);
	message[0] = d->p->notice;
	add_strings(d, IPP_TAG_TEXT, "printer-message-from-operator", 1, message);
	if (wants(d, "printer-is-accepting-jobs"))
		ippAddBoolean(d->to, IPP_TAG_PRINTER, "printer-is-accepting-jobs",
			      d->p->accepting);
	add_integer(d, "printer-up-time", now);
	add_date(d, "printer-current-time", now);
	add_integer(d, "printer-state-change-time", d->p->state_changed);
	add_date(d, "printer-state-change-date-time", d->p->state_changed);
	add_integer(d, "printer-config-change-time", d->p->config_changed);
	add_date(d, "printer-config-change-date-time", d->p->config_changed);
	if (wants(d, "queued-job-count"))
		add_integer(d, "queued-job-count", queued_count(d->r, d->p->name));
}

/* What libcups' clients ask for: a remote, real printer that takes what it is sent. */
static void
add_cups(const struct dynamic *d)
{
	ipp_attribute_t *color =
		ippFindAttribute(d->p->attributes, "color-supported", IPP_TAG_BOOLEAN);
	unsigned type = 0;

	if (!wants(d, "printer-type"))
		return;
	if (color != NULL && ippGetBoolean(color, 0))
		type |= CUPS_PRINTER_COLOR;
	if (d->p->is_default)
		type |= CUPS_PRINTER_DEFAULT;
	ippAddInteger(d->to, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-type", (int)type);
}

static void
add_printer(const struct request *r, struct printer *p, ipp_t *to,
	    struct choice *choice)
{
	const struct dynamic d = {.r = r, .p = p, .to = to, .wanted = choice->wanted};

	printer_lock(p);
	ippCopyAttributes(to, p->attributes, 0, chosen, choice);
	ippCopyAttributes(to, p->status, 0, chosen, choice);
	add_cups(&d);
	printer_unlock(p);
	add_uris(&d);
	add_pages(&d);
	add_dns_sd_name(&d);
	add_state(&d);
}

static void
answer_printer(struct request *r, struct printer *p)
{
	struct choice choice = choose(r);

	add_printer(r, p, r->out, &choice);
	cupsArrayDelete(choice.wanted);
}

void
ops_get_printer_attributes(struct request *r)
{
	if (r->printer == NULL) {
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_JOBS_HERE, NULL,
			       NULL);
		return;
	}
	answer_printer(r, r->printer);
}

void
ops_get_default(struct request *r)
{
	struct printer *p = printers_get("");

	if (p == NULL)
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_PRINTER, "",
			       NULL);
	else
		answer_printer(r, p);
	printers_put(p);
}

void
ops_get_printers(struct request *r)
{
	struct printer *all[SETTINGS_PRINTERS_MAX];
	size_t count = printers_all(all);
	struct choice choice = choose(r);
	int limit = request_int(r, "limit", SETTINGS_PRINTERS_MAX);

	for (size_t i = 0; i < count; i++) {
		if ((int)i < limit) {
			if (i > 0)
				ippAddSeparator(r->out);
			add_printer(r, all[i], r->out, &choice);
		}
		printers_put(all[i]);
	}
	cupsArrayDelete(choice.wanted);
}

/* There are none; `lpstat -t` asks. */
void
ops_get_classes(struct request *r)
{
	(void)r;
}

/* Nothing here can light up; but the operator sees it in the log. */
void
ops_identify_printer(struct request *r)
{
	log_notice("printer %s: '%s' at %s asks it to identify itself",
		   r->printer->name, r->user, r->client->where);
}
