/*
 * ops_notify.c - Get-Notifications (RFC 3996): the events of one's own subscriptions that
 * are still kept. Nobody waits in it: a connection that waits is a thread, and a stranger
 * could have all of them wait; notify-get-interval says when to ask again.
 *
 * Of an order an event says what Get-Jobs would say to the same client: somebody else's
 * has a number and a state, and no name.
 */
#include <cups/cups.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "spoold/front/jobs.h"
#include "spoold/front/operations.h"
#include "spoold/front/owner.h"
#include "spoold/front/subscribe.h"

#define IDS_MAX	   SUBSCRIPTIONS_PER_OWNER
#define EVENTS_MAX SUBSCRIPTIONS_EVENTS /* in one answer */

struct telling {
	struct request *r;
	cups_array_t *wanted; /* of an order */
	int told;	      /* events, in all */
	bool more;	      /* there were too many for one answer */
};

static void
add_string(struct request *r, ipp_tag_t tag, const char *name, const char *value)
{
	ippAddString(r->out, IPP_TAG_EVENT_NOTIFICATION, tag, name, NULL, value);
}

static void
add_integer(struct request *r, ipp_tag_t tag, const char *name, int value)
{
	ippAddInteger(r->out, IPP_TAG_EVENT_NOTIFICATION, tag, name, value);
}

/* The first of the subscribed names that the event bears. */
static const char *
subscribed_name(const struct subscription *s, const struct subscriptions_event *e)
{
	unsigned i = 0;

	while ((s->what & e->what & 1u << i) == 0)
		i++;
	return subscriptions_name(i);
}

static void
info_of(const struct wire_order_event *e, struct wire_order_info *info)
{
	*info = (struct wire_order_info){
		.order = e->order,
		.number = e->number,
		.state = e->state,
		.identification = e->identification,
		.held_by_operator = e->held_by_operator,
		.impressions = e->impressions,
		.created = e->created,
		.changed = e->changed,
		.ended = e->ended,
	};
	text_copy(info->printer, sizeof(info->printer), e->printer);
	text_copy(info->user, sizeof(info->user), e->user);
	text_copy(info->host, sizeof(info->host), e->host);
	text_copy(info->name, sizeof(info->name), e->name);
	text_copy(info->reason, sizeof(info->reason), e->reason);
	text_copy(info->message, sizeof(info->message), e->message);
}

static void
add_text(struct request *r, const struct subscription *s, enum texts_id id,
	 const char *value1, const char *value2)
{
	char text[ORDER_TEXT_MAX];

	texts_say(text, sizeof(text), (enum texts_language)s->language, id, value1,
		  value2);
	add_string(r, IPP_TAG_TEXT, "notify-text", text);
}

static void
add_order(struct telling *t, const struct subscription *s,
	  const struct wire_order_event *e)
{
	struct request in_language = *t->r;
	struct wire_order_info info;
	char number[16], message[ORDER_TEXT_MAX];
	ipp_t *told = ippNew();

	info_of(e, &info);
	jobs_add(t->r, told, &info, t->wanted, false);
	add_integer(t->r, IPP_TAG_INTEGER, "notify-job-id", (int)e->number);
	for (ipp_attribute_t *a = ippFirstAttribute(told); a != NULL;
	     a = ippNextAttribute(told)) {
		ipp_attribute_t *copy = ippCopyAttribute(t->r->out, a, 0);
		ippSetGroupTag(t->r->out, &copy, IPP_TAG_EVENT_NOTIFICATION);
	}
	ippDelete(told);
	in_language.language = (enum texts_language)s->language;
	jobs_message(&in_language, &info, message);
	add_text(t->r, s,
		 owner_may_see(t->r, &info) ? TEXTS_EVENT_ORDER : TEXTS_EVENT_OTHERS,
		 request_number(number, e->number), message);
}

static void
add_printer(struct request *r, const struct subscription *s,
	    const struct subscriptions_event *e)
{
	char reasons[ORDER_TEXT_MAX], *save = NULL;
	ipp_attribute_t *attr = NULL;

	add_integer(r, IPP_TAG_ENUM, "printer-state", e->printer_state);
	ippAddBoolean(r->out, IPP_TAG_EVENT_NOTIFICATION, "printer-is-accepting-jobs",
		      e->accepting);
	text_copy(reasons, sizeof(reasons),
		  e->reasons[0] != '\0' ? e->reasons : "none");
	for (char *one = strtok_r(reasons, ", ", &save); one != NULL;
	     one = strtok_r(NULL, ", ", &save))
		if (attr == NULL)
			attr = ippAddString(r->out, IPP_TAG_EVENT_NOTIFICATION,
					    IPP_TAG_KEYWORD, "printer-state-reasons",
					    NULL, one);
		else
			ippSetString(r->out, &attr, ippGetCount(attr), one);
	add_text(r, s,
		 e->printer_state == IPP_PSTATE_STOPPED	     ? TEXTS_EVENT_STOPPED
		 : e->printer_state == IPP_PSTATE_PROCESSING ? TEXTS_EVENT_BUSY
							     : TEXTS_EVENT_IDLE,
		 e->printer, NULL);
}

static void
add_event(const struct subscription *s, const struct subscriptions_event *e,
	  uint32_t sequence, void *context)
{
	struct telling *t = context;
	struct request *r = t->r;
	char uri[REQUEST_URI_MAX];

	t->more = t->more || t->told == EVENTS_MAX;
	if (t->more)
		return;
	if (t->told++ > 0)
		ippAddSeparator(r->out);
	request_printer_uri(r, request_scheme(r), s->printer, uri);
	add_integer(r, IPP_TAG_INTEGER, "notify-subscription-id", (int)s->id);
	add_integer(r, IPP_TAG_INTEGER, "notify-sequence-number", (int)sequence);
	add_string(r, IPP_TAG_KEYWORD, "notify-subscribed-event",
		   subscribed_name(s, e));
	add_string(r, IPP_TAG_CHARSET, "notify-charset", "utf-8");
	add_string(r, IPP_TAG_LANGUAGE, "notify-natural-language",
		   texts_tag((enum texts_language)s->language));
	add_string(r, IPP_TAG_URI, "notify-printer-uri", uri);
	add_integer(r, IPP_TAG_INTEGER, "printer-up-time", (int)e->when);
	if (s->user_data_len > 0)
		ippAddOctetString(r->out, IPP_TAG_EVENT_NOTIFICATION,
				  "notify-user-data", s->user_data, s->user_data_len);
	if ((e->what & SUBSCRIPTIONS_OF_JOBS) != 0)
		add_order(t, s, &e->order);
	else
		add_printer(r, s, e);
}

/* What is asked for and is the asker's own, in `found`: how many; 0 after the request was
 * answered. *lost: some are not there. */
static int
find_own(struct request *r, ipp_attribute_t *ids, struct subscription found[IDS_MAX],
	 bool *lost)
{
	char number[16];
	int count = 0, asked = ippGetCount(ids);

	*lost = false;
	for (int i = 0; i < asked && count < IDS_MAX; i++) {
		struct subscription *s = &found[count];
		if (subscribe_find(r, (uint32_t)ippGetInteger(ids, i), s))
			count++;
		else
			*lost = true;
	}
	if (count == 0)
		request_answer(r, IPP_STATUS_ERROR_NOT_FOUND, TEXTS_NO_SUBSCRIPTION,
			       request_number(number, (uint32_t)ippGetInteger(ids, 0)),
			       NULL);
	return count;
}

/* notify-sequence-numbers goes with notify-subscription-ids, place by place. */
static uint32_t
first_wanted(const struct request *r, ipp_attribute_t *ids, uint32_t id)
{
	ipp_attribute_t *numbers =
		ippFindAttribute(r->in, "notify-sequence-numbers", IPP_TAG_INTEGER);

	for (int i = 0; i < ippGetCount(ids) && i < ippGetCount(numbers); i++)
		if (ippGetInteger(ids, i) == (int)id && ippGetInteger(numbers, i) > 0)
			return (uint32_t)ippGetInteger(numbers, i);
	return 1;
}

static void
tell(struct request *r, ipp_attribute_t *ids, const struct subscription *own, int count)
{
	static const char *const names[] = {"job-impressions-completed", "job-name",
					    "job-state", "job-state-reasons",
					    "job-uuid"};
	struct telling t = {.r = r,
			    .wanted = cupsArrayNew(
				    (cups_array_func_t)(void (*)(void))strcmp, NULL)};
	bool complete = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		union {
			const char *ours;
			void *of_cups;
		} name = {.ours = names[i]};
		cupsArrayAdd(t.wanted, name.of_cups);
	}
	ippAddInteger(r->out, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "printer-up-time",
		      (int)time(NULL));
	for (int i = 0; i < count; i++)
		complete = complete && own[i].job_over;
	if (!complete)
		ippAddInteger(r->out, IPP_TAG_OPERATION, IPP_TAG_INTEGER,
			      "notify-get-interval", SUBSCRIPTIONS_GET_S);
	for (int i = 0; i < count; i++)
		subscriptions_events(own[i].id, first_wanted(r, ids, own[i].id),
				     add_event, &t);
	if (t.more)
		ippSetStatusCode(r->out, IPP_STATUS_OK_TOO_MANY_EVENTS);
	else if (complete)
		ippSetStatusCode(r->out, IPP_STATUS_OK_EVENTS_COMPLETE);
	cupsArrayDelete(t.wanted);
}

void
ops_get_notifications(struct request *r)
{
	ipp_attribute_t *ids =
		ippFindAttribute(r->in, "notify-subscription-ids", IPP_TAG_INTEGER);
	struct subscription own[IDS_MAX];
	bool lost;
	int count;

	if (ids == NULL) {
		request_answer(r, IPP_STATUS_ERROR_BAD_REQUEST, TEXTS_BAD_REQUEST,
			       "notify-subscription-ids", NULL);
		return;
	}
	count = find_own(r, ids, own, &lost);
	if (count == 0)
		return;
	tell(r, ids, own, count);
	if (lost && ippGetStatusCode(r->out) == IPP_STATUS_OK)
		ippSetStatusCode(r->out, IPP_STATUS_OK_IGNORED_SUBSCRIPTIONS);
}
