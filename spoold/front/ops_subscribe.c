/*
 * ops_subscribe.c - Create-Printer-Subscriptions, Create-Job-Subscriptions,
 * Get-Subscriptions, Get-Subscription-Attributes, Renew-Subscription and
 * Cancel-Subscription (RFC 3995 11). A subscription belongs to who made it
 * (subscribe.h); to everybody else but operators it is not there.
 */
#include <cups/cups.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/subscribe.h"

static void
bad_request(struct request *r, const char *what)
{
	request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST, what, NULL);
}

void
ops_create_printer_subscriptions(struct request *r)
{
	if (subscribe_take(r, r->printer->name, 0) == 0)
		bad_request(r, "subscription-attributes");
}

void
ops_create_job_subscriptions(struct request *r)
{
	struct jobs_one one = {0};
	int job = request_int(r, "notify-job-id", 0);

	if (job > 0)
		r->job = (uint32_t)job;
	if (r->job == 0) {
		bad_request(r, "notify-job-id");
		return;
	}
	if (jobs_find(r, &one) != 0)
		return;
	if (!owner_may_see(r, &one.info))
		request_answer(r, IPP_STATUS_ERROR_NOT_AUTHORIZED, TEXTS_NOT_YOURS,
			       NULL, NULL);
	else if (order_has_ended((enum order_state)one.info.state))
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_SUBSCRIPTIONS,
			       NULL, NULL);
	else if (subscribe_take(r, one.info.printer, r->job) == 0)
		bad_request(r, "subscription-attributes");
	jobs_one_clear(&one);
}

/* The request's own; false after it was answered. */
static bool
own(struct request *r, struct subscription *s)
{
	int id = request_int(r, "notify-subscription-id", 0);
	char number[16];

	if (id <= 0) {
		bad_request(r, "notify-subscription-id");
		return false;
	}
	if (subscribe_find(r, (uint32_t)id, s))
		return true;
	request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_SUBSCRIPTION,
		       request_number(number, (uint32_t)id), NULL);
	return false;
}

/* --- telling --- */

static void
add_integer(struct request *r, cups_array_t *wanted, const char *name, int value)
{
	if (request_wants(wanted, name))
		ippAddInteger(r->out, IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER, name,
			      value);
}

static void
add_string(struct request *r, cups_array_t *wanted, ipp_tag_t tag, const char *name,
	   const char *value)
{
	if (request_wants(wanted, name))
		ippAddString(r->out, IPP_TAG_SUBSCRIPTION, tag, name, NULL, value);
}

static void
add_events(struct request *r, cups_array_t *wanted, const struct subscription *s)
{
	ipp_attribute_t *attr = NULL;
	const char *name;

	for (unsigned i = 0; (name = subscriptions_name(i)) != NULL; i++) {
		if ((s->what & 1u << i) == 0 || !request_wants(wanted, "notify-events"))
			continue;
		if (attr == NULL)
			attr = ippAddString(r->out, IPP_TAG_SUBSCRIPTION,
					    IPP_TAG_KEYWORD, "notify-events", NULL,
					    name);
		else
			ippSetString(r->out, &attr, ippGetCount(attr), name);
	}
}

static void
add_subscription(struct request *r, cups_array_t *wanted, const struct subscription *s)
{
	char uri[REQUEST_URI_MAX];

	request_printer_uri(r, request_scheme(r), s->printer, uri);
	add_integer(r, wanted, "notify-subscription-id", (int)s->id);
	add_integer(r, wanted, "notify-sequence-number", (int)s->sequence);
	add_integer(r, wanted, "notify-printer-up-time", (int)time(NULL));
	add_integer(r, wanted, "notify-time-interval", s->interval_s);
	add_string(r, wanted, IPP_TAG_URI, "notify-printer-uri", uri);
	add_string(r, wanted, IPP_TAG_NAME, "notify-subscriber-user-name", s->user);
	add_string(r, wanted, IPP_TAG_KEYWORD, "notify-pull-method", "ippget");
	add_string(r, wanted, IPP_TAG_CHARSET, "notify-charset", "utf-8");
	add_string(r, wanted, IPP_TAG_LANGUAGE, "notify-natural-language",
		   texts_tag((enum texts_language)s->language));
	add_events(r, wanted, s);
	if (s->job != 0) {
		add_integer(r, wanted, "notify-job-id", (int)s->job);
	} else {
		add_integer(r, wanted, "notify-lease-duration", s->lease_s);
		add_integer(r, wanted, "notify-lease-expiration-time", (int)s->until);
	}
	if (s->user_data_len > 0 && request_wants(wanted, "notify-user-data"))
		ippAddOctetString(r->out, IPP_TAG_SUBSCRIPTION, "notify-user-data",
				  s->user_data, s->user_data_len);
}

void
ops_get_subscription_attributes(struct request *r)
{
	struct subscription s;
	cups_array_t *wanted;

	if (!own(r, &s))
		return;
	wanted = request_wanted(r);
	add_subscription(r, wanted, &s);
	cupsArrayDelete(wanted);
}

/* --- Get-Subscriptions --- */

struct listing {
	const struct request *r;
	uint32_t job; /* 0: those of the printer, or of all printers */
};

static bool
is_listed(const struct subscription *s, void *context)
{
	const struct listing *l = context;
	const struct request *r = l->r;

	return s->job == l->job && subscribe_is_listed(r, s) &&
	       (r->printer == NULL || strcmp(r->printer->name, s->printer) == 0) &&
	       (!request_bool(r, "my-subscriptions", false) ||
		strcmp(s->user, r->user) == 0);
}

/* Without requested-attributes only the id is told (RFC 3995 11.2.5.1). */
static cups_array_t *
wanted_of_list(const struct request *r)
{
	static char id[] = "notify-subscription-id";
	cups_array_t *few;

	if (ippFindAttribute(r->in, "requested-attributes", IPP_TAG_ZERO) != NULL)
		return request_wanted(r);
	few = cupsArrayNew((cups_array_func_t)(void (*)(void))strcmp, NULL);
	cupsArrayAdd(few, id);
	return few;
}

void
ops_get_subscriptions(struct request *r)
{
	int job = request_int(r, "notify-job-id", (int)r->job);
	int limit = request_int(r, "limit", SUBSCRIPTIONS_MAX);
	struct listing listing = {.r = r, .job = job > 0 ? (uint32_t)job : 0};
	struct subscription *found = calloc(SUBSCRIPTIONS_MAX, sizeof(*found));
	cups_array_t *wanted = wanted_of_list(r);
	size_t count;

	INVARIANT(found != NULL);
	count = subscriptions_list(is_listed, &listing, found, SUBSCRIPTIONS_MAX);
	for (size_t i = 0; i < count && (int)i < limit; i++) {
		if (i > 0)
			ippAddSeparator(r->out);
		add_subscription(r, wanted, &found[i]);
	}
	cupsArrayDelete(wanted);
	free(found);
}

/* --- changing --- */

void
ops_renew_subscription(struct request *r)
{
	int32_t lease = subscribe_lease(
		ippFindAttribute(r->in, "notify-lease-duration", IPP_TAG_INTEGER));
	struct subscription s;

	if (!own(r, &s))
		return;
	if (s.job != 0) {
		request_answer(r, IPP_STATUS_ERROR_NOT_POSSIBLE, TEXTS_JOB_LEASE, NULL,
			       NULL);
		return;
	}
	subscriptions_renew(s.id, lease);
	ippAddInteger(r->out, IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER,
		      "notify-lease-duration", lease);
}

void
ops_cancel_subscription(struct request *r)
{
	struct subscription s;

	if (own(r, &s))
		subscriptions_cancel(s.id);
}
