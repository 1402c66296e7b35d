#include <cups/cups.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/guesses.h"
#include "spoold/front/owner.h"
#include "spoold/front/subscribe.h"

#define EVENTS_DEFAULT SUBSCRIPTIONS_JOB_COMPLETED

/* One group as it is read: what it wants, and the first thing that is wrong with it. */
struct group {
	struct subscription wish;
	ipp_status_t fault;
	bool pulls, pushes, ignored;
};

static void
blame(struct group *g, ipp_status_t fault)
{
	if (g->fault == IPP_STATUS_OK)
		g->fault = fault;
}

static void
read_events(struct group *g, ipp_attribute_t *attr)
{
	g->wish.what = 0;
	for (int i = 0; i < ippGetCount(attr); i++) {
		const char *name = ippGetString(attr, i, NULL);
		unsigned bit = name != NULL ? subscriptions_named(name) : 0;
		g->wish.what |= bit;
		g->ignored = g->ignored ||
			     (bit == 0 && name != NULL && strcmp(name, "none") != 0);
	}
	if (g->wish.what == 0)
		blame(g, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES);
}

static void
read_pull(struct group *g, ipp_attribute_t *attr)
{
	const char *method = ippGetString(attr, 0, NULL);

	g->pulls = true;
	if (method == NULL || strcmp(method, "ippget") != 0)
		blame(g, IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES);
}

static void
read_push(struct group *g, ipp_attribute_t *attr)
{
	(void)attr;
	g->pushes = true;
	blame(g, IPP_STATUS_ERROR_URI_SCHEME);
}

static void
read_user_data(struct group *g, ipp_attribute_t *attr)
{
	int len = 0;
	const void *data = ippGetOctetString(attr, 0, &len);

	if (data == NULL || len > SUBSCRIPTIONS_USER_DATA_MAX) {
		blame(g, IPP_STATUS_ERROR_REQUEST_VALUE);
		return;
	}
	memcpy(g->wish.user_data, data, (size_t)len);
	g->wish.user_data_len = (uint8_t)len;
}

static void
read_language(struct group *g, ipp_attribute_t *attr)
{
	g->wish.language = (int)texts_language(ippGetString(attr, 0, NULL));
}

static bool
is_own(const struct request *r, const struct subscription *s)
{
	return r->is_operator ||
	       (strcmp(r->user, s->user) == 0 && strcmp(r->client->host, s->host) == 0);
}

static void
note_made(struct client *c, uint32_t id)
{
	c->subscriptions[c->subscription_count++ % CLIENT_SUBSCRIPTIONS] = id;
}

static bool
was_made_here(const struct client *c, uint32_t id)
{
	for (unsigned i = 0; i < c->subscription_count && i < CLIENT_SUBSCRIPTIONS; i++)
		if (c->subscriptions[i] == id)
			return true;
	return false;
}

bool
subscribe_find(struct request *r, uint32_t id, struct subscription *s)
{
	bool may_guess = owner_is_guest(r->user) && !r->is_operator &&
			 !was_made_here(r->client, id);

	if (may_guess && !guesses_may(r->client->host, clock_mono_ms()))
		return false;
	if (subscriptions_get(id, s) && is_own(r, s))
		return true;
	if (may_guess && guesses_wrong(r->client->host, clock_mono_ms()))
		log_notice("%s: named too many subscriptions that are not its own",
			   r->client->where);
	return false;
}

bool
subscribe_is_listed(const struct request *r, const struct subscription *s)
{
	return is_own(r, s) && (r->is_operator || !owner_is_guest(s->user) ||
				was_made_here(r->client, s->id));
}

int32_t
subscribe_lease(ipp_attribute_t *attr)
{
	int lease = attr != NULL ? ippGetInteger(attr, 0) : SUBSCRIPTIONS_LEASE_DEFAULT;

	return lease <= 0 || lease > SUBSCRIPTIONS_LEASE_MAX ? SUBSCRIPTIONS_LEASE_MAX
							     : lease;
}

static void
read_lease(struct group *g, ipp_attribute_t *attr)
{
	g->wish.lease_s = subscribe_lease(attr);
}

static void
read_interval(struct group *g, ipp_attribute_t *attr)
{
	g->wish.interval_s = ippGetInteger(attr, 0) > 0 ? ippGetInteger(attr, 0) : 0;
}

static void
read_charset(struct group *g, ipp_attribute_t *attr)
{
	const char *name = ippGetString(attr, 0, NULL);

	if (name == NULL ||
	    (strcasecmp(name, "utf-8") != 0 && strcasecmp(name, "us-ascii") != 0))
		blame(g, IPP_STATUS_ERROR_CHARSET);
}

static const struct {
	const char *name;
	ipp_tag_t tag;
	void (*read)(struct group *g, ipp_attribute_t *attr);
} members[] = {
	{"notify-charset", IPP_TAG_CHARSET, read_charset},
	{"notify-events", IPP_TAG_KEYWORD, read_events},
	{"notify-lease-duration", IPP_TAG_INTEGER, read_lease},
	{"notify-natural-language", IPP_TAG_LANGUAGE, read_language},
	{"notify-pull-method", IPP_TAG_KEYWORD, read_pull},
	{"notify-recipient-uri", IPP_TAG_URI, read_push},
	{"notify-time-interval", IPP_TAG_INTEGER, read_interval},
	{"notify-user-data", IPP_TAG_STRING, read_user_data},
};

static void
read_member(struct group *g, ipp_attribute_t *attr)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(members[i].name, ippGetName(attr)) != 0)
			continue;
		if (ippGetValueTag(attr) == members[i].tag)
			members[i].read(g, attr);
		else
			blame(g, IPP_STATUS_ERROR_BAD_REQUEST);
		return;
	}
	g->ignored = true;
}

/* From the first attribute of a group to its end; returns what follows. */
static ipp_attribute_t *
read_group(struct request *r, struct group *g, ipp_attribute_t *attr)
{
	while (attr != NULL && ippGetGroupTag(attr) == IPP_TAG_SUBSCRIPTION) {
		if (ippGetName(attr) != NULL)
			read_member(g, attr);
		attr = ippNextAttribute(r->in);
	}
	if (!g->pulls && !g->pushes)
		blame(g, IPP_STATUS_ERROR_BAD_REQUEST);
	return attr;
}

static void
answer_group(struct request *r, struct group *g, bool first)
{
	struct error err;

	if (g->fault == IPP_STATUS_OK && subscriptions_add(&g->wish, &err) != 0) {
		log_info("%s: subscription: %s", r->client->where, err.text);
		g->fault = IPP_STATUS_ERROR_TOO_MANY_SUBSCRIPTIONS;
	}
	if (g->fault == IPP_STATUS_OK)
		note_made(r->client, g->wish.id);
	if (!first)
		ippAddSeparator(r->out);
	if (g->fault == IPP_STATUS_OK) {
		ippAddInteger(r->out, IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER,
			      "notify-subscription-id", (int)g->wish.id);
		if (g->wish.job == 0)
			ippAddInteger(r->out, IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER,
				      "notify-lease-duration", g->wish.lease_s);
	}
	if (g->fault != IPP_STATUS_OK || g->ignored)
		ippAddInteger(r->out, IPP_TAG_SUBSCRIPTION, IPP_TAG_ENUM,
			      "notify-status-code",
			      (int)(g->fault != IPP_STATUS_OK
					    ? g->fault
					    : IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED));
}

static void
begin_group(const struct request *r, struct group *g, const char *printer, uint32_t job)
{
	*g = (struct group){.fault = IPP_STATUS_OK};
	g->wish.job = job;
	g->wish.what = EVENTS_DEFAULT;
	g->wish.language = (int)r->language;
	g->wish.lease_s = job != 0 ? 0 : SUBSCRIPTIONS_LEASE_DEFAULT;
	text_copy(g->wish.printer, sizeof(g->wish.printer), printer);
	text_copy(g->wish.user, sizeof(g->wish.user), r->user);
	text_copy(g->wish.host, sizeof(g->wish.host), r->client->host);
}

static void
set_status(struct request *r, int groups, int made, uint32_t job)
{
	if (made == groups || ippGetStatusCode(r->out) > IPP_STATUS_OK_EVENTS_COMPLETE)
		return;
	ippSetStatusCode(r->out, made == 0 && job == 0
					 ? IPP_STATUS_ERROR_IGNORED_ALL_SUBSCRIPTIONS
					 : IPP_STATUS_OK_IGNORED_SUBSCRIPTIONS);
}

int
subscribe_take(struct request *r, const char *printer, uint32_t job)
{
	ipp_attribute_t *attr = ippFirstAttribute(r->in);
	int groups = 0, made = 0;

	while (attr != NULL) {
		struct group g;
		if (ippGetGroupTag(attr) != IPP_TAG_SUBSCRIPTION) {
			attr = ippNextAttribute(r->in);
			continue;
		}
		begin_group(r, &g, printer, job);
		attr = read_group(r, &g, attr);
		if (groups == SUBSCRIBE_GROUPS_MAX)
			blame(&g, IPP_STATUS_ERROR_TOO_MANY_SUBSCRIPTIONS);
		answer_group(r, &g, groups++ == 0);
		if (g.fault == IPP_STATUS_OK)
			made++;
		if (groups > SUBSCRIBE_GROUPS_MAX)
			break;
	}
	set_status(r, groups, made, job);
	return groups;
}

void
subscribe_add_supported(ipp_t *to)
{
	ipp_attribute_t *attr =
		ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
			     "notify-events-supported", NULL, subscriptions_name(0));

	for (unsigned i = 1; subscriptions_name(i) != NULL; i++)
		ippSetString(to, &attr, ippGetCount(attr), subscriptions_name(i));
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "notify-events-default",
		     NULL, "job-completed");
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		     "notify-pull-method-supported", NULL, "ippget");
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
		      "notify-lease-duration-default", SUBSCRIPTIONS_LEASE_DEFAULT);
	ippAddRange(to, IPP_TAG_PRINTER, "notify-lease-duration-supported", 1,
		    SUBSCRIPTIONS_LEASE_MAX);
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
		      "notify-max-events-supported", ippGetCount(attr));
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "ippget-event-life",
		      SUBSCRIPTIONS_EVENT_LIFE_S);
}
