#include <pthread.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/base/uuid.h"
#include "spoold/front/link.h"
#include "spoold/front/subscriptions.h"

static struct {
	pthread_mutex_t lock;
	struct subscription rows[SUBSCRIPTIONS_MAX]; /* id 0: free */
	struct subscriptions_event ring[SUBSCRIPTIONS_EVENTS];
	uint64_t last_event;
	int64_t skew_s;
	bool watching; /* keep was asked */
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *const names[] = {"job-created",	     "job-completed",
				    "job-stopped",	     "job-state-changed",
				    "job-progress",	     "printer-stopped",
				    "printer-state-changed", "printer-config-changed"};
#define NAMES (sizeof(names) / sizeof(names[0]))

const char *
subscriptions_name(unsigned index)
{
	return index < NAMES ? names[index] : NULL;
}

unsigned
subscriptions_named(const char *keyword)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (strcmp(names[i], keyword) == 0)
			return 1u << i;
	return 0;
}

static int64_t
now(void)
{
	return (int64_t)time(NULL) + all.skew_s;
}

void
subscriptions_skew(int64_t seconds)
{
	pthread_mutex_lock(&all.lock);
	all.skew_s += seconds;
	pthread_mutex_unlock(&all.lock);
}

/* --- subscriptions --- */

static bool
is_alive(const struct subscription *s)
{
	return s->id != 0 && s->until > now();
}

/* The live one of an id; NULL. */
static struct subscription *
find(uint32_t id)
{
	for (size_t i = 0; id != 0 && i < SUBSCRIPTIONS_MAX; i++)
		if (all.rows[i].id == id)
			return is_alive(&all.rows[i]) ? &all.rows[i] : NULL;
	return NULL;
}

static bool
same_owner(const struct subscription *a, const struct subscription *b)
{
	return strcmp(a->user, b->user) == 0 && strcmp(a->host, b->host) == 0;
}

/* A free place for it; NULL when there are too many, in all or of its owner. */
static struct subscription *
place_for(const struct subscription *s)
{
	struct subscription *place = NULL;
	unsigned own = 0;

	for (size_t i = 0; i < SUBSCRIPTIONS_MAX; i++) {
		if (!is_alive(&all.rows[i]))
			place = &all.rows[i];
		else if (same_owner(&all.rows[i], s))
			own++;
	}
	return own < SUBSCRIPTIONS_PER_OWNER ? place : NULL;
}

/* Not to be guessed, since a guest's is his by knowing it; of no other row. Lock held. */
static uint32_t
new_id(void)
{
	uint8_t random[UUID_BYTES];
	uint32_t id;
	bool taken;

	do {
		uuid_make(random);
		memcpy(&id, random, sizeof(id));
		id &= INT32_MAX;
		taken = id == 0;
		for (size_t i = 0; i < SUBSCRIPTIONS_MAX; i++)
			taken = taken || all.rows[i].id == id;
	} while (taken);
	return id;
}

int
subscriptions_add(struct subscription *s, struct error *err)
{
	static const struct wire_watch watch = {.on = 1};
	struct subscription *place;
	bool ask;

	pthread_mutex_lock(&all.lock);
	place = place_for(s);
	if (place != NULL) {
		s->id = new_id();
		s->sequence = 0;
		s->since = all.last_event + 1;
		s->until = now() + (s->job != 0 ? SUBSCRIPTIONS_JOB_S : s->lease_s);
		*place = *s;
	}
	ask = place != NULL && !all.watching;
	all.watching = all.watching || ask;
	pthread_mutex_unlock(&all.lock);
	if (place == NULL)
		return error_set(err, ERROR_FULL, "too many subscriptions");
	return ask ? link_say(WIRE_TYPE_watch, &watch, err) : 0;
}

bool
subscriptions_get(uint32_t id, struct subscription *copy)
{
	struct subscription *s;

	pthread_mutex_lock(&all.lock);
	s = find(id);
	if (s != NULL)
		*copy = *s;
	pthread_mutex_unlock(&all.lock);
	return s != NULL;
}

bool
subscriptions_renew(uint32_t id, int32_t lease_s)
{
	struct subscription *s;

	pthread_mutex_lock(&all.lock);
	s = find(id);
	if (s != NULL) {
		s->lease_s = lease_s;
		s->until = now() + lease_s;
	}
	pthread_mutex_unlock(&all.lock);
	return s != NULL;
}

bool
subscriptions_cancel(uint32_t id)
{
	struct subscription *s;

	pthread_mutex_lock(&all.lock);
	s = find(id);
	if (s != NULL)
		s->id = 0;
	pthread_mutex_unlock(&all.lock);
	return s != NULL;
}

void
subscriptions_job_gone(uint32_t job)
{
	pthread_mutex_lock(&all.lock);
	for (size_t i = 0; i < SUBSCRIPTIONS_MAX; i++)
		if (all.rows[i].id != 0 && all.rows[i].job == job)
			all.rows[i].id = 0;
	pthread_mutex_unlock(&all.lock);
}

size_t
subscriptions_list(subscriptions_want_fn *want, void *context, struct subscription *to,
		   size_t max)
{
	size_t count = 0;

	pthread_mutex_lock(&all.lock);
	for (size_t i = 0; i < SUBSCRIPTIONS_MAX && count < max; i++)
		if (is_alive(&all.rows[i]) && want(&all.rows[i], context))
			to[count++] = all.rows[i];
	pthread_mutex_unlock(&all.lock);
	return count;
}

/* --- events --- */

static bool
is_own(const struct subscription *s, const struct subscriptions_event *e)
{
	return e->number >= s->since && (s->what & e->what) != 0 &&
	       strcmp(s->printer, e->printer) == 0 &&
	       (s->job == 0 || s->job == e->order.number);
}

static struct subscriptions_event *
event_numbered(uint64_t number)
{
	struct subscriptions_event *e = &all.ring[number % SUBSCRIPTIONS_EVENTS];

	return number > 0 && e->number == number ? e : NULL;
}

/* A place in the ring, counted; the oldest event makes room. */
static struct subscriptions_event *
next_event(const char *printer, unsigned what)
{
	uint64_t number = ++all.last_event;
	struct subscriptions_event *e = &all.ring[number % SUBSCRIPTIONS_EVENTS];

	memset(e, 0, sizeof(*e));
	e->number = number;
	e->what = what;
	e->when = now();
	text_copy(e->printer, sizeof(e->printer), printer);
	return e;
}

/* Whose it is count it. A job's own subscription ends with the job; what it has not
 * fetched yet it may still fetch while the event lives. */
static void
count_event(const struct subscriptions_event *e)
{
	bool over = (e->what & SUBSCRIPTIONS_JOB_COMPLETED) != 0;

	for (size_t i = 0; i < SUBSCRIPTIONS_MAX; i++) {
		struct subscription *s = &all.rows[i];
		if (!is_alive(s))
			continue;
		if (is_own(s, e))
			s->sequence++;
		if (over && s->job != 0 && s->job == e->order.number && !s->job_over) {
			s->job_over = true;
			s->until = e->when + SUBSCRIPTIONS_EVENT_LIFE_S;
		}
	}
}

/* The last that was told of an order; NULL when the ring knows it no more. */
static const struct subscriptions_event *
last_of(uint32_t order)
{
	struct subscriptions_event *e;

	for (uint64_t n = all.last_event; (e = event_numbered(n)) != NULL; n--)
		if (e->order.number == order && order != 0)
			return e;
	return NULL;
}

/* What a change of a record is to a subscriber. */
static unsigned
what_of(const struct wire_order_event *told)
{
	const struct subscriptions_event *before = last_of(told->number);

	if (told->what == WIRE_ORDER_MADE)
		return SUBSCRIPTIONS_JOB_CREATED | SUBSCRIPTIONS_JOB_STATE;
	if (before != NULL && before->order.state == told->state &&
	    before->order.held_by_operator == told->held_by_operator &&
	    strcmp(before->order.reason, told->reason) == 0)
		return SUBSCRIPTIONS_JOB_PROGRESS;
	if (order_has_ended((enum order_state)told->state) ||
	    told->state == ORDER_CORRUPT)
		return SUBSCRIPTIONS_JOB_COMPLETED | SUBSCRIPTIONS_JOB_STATE;
	if (told->state == ORDER_STOPPED)
		return SUBSCRIPTIONS_JOB_STOPPED | SUBSCRIPTIONS_JOB_STATE;
	return SUBSCRIPTIONS_JOB_STATE;
}

void
subscriptions_order(const struct wire_order_event *told)
{
	struct subscriptions_event *e;
	unsigned what;

	pthread_mutex_lock(&all.lock);
	what = what_of(told);
	e = next_event(told->printer, what);
	e->order = *told;
	count_event(e);
	pthread_mutex_unlock(&all.lock);
}

void
subscriptions_printer(const struct printer *old, const struct printer *new)
{
	struct subscriptions_event *e;
	unsigned what = 0;

	if (old == NULL)
		return;
	if (old->state != new->state || strcmp(old->reasons, new->reasons) != 0)
		what |= SUBSCRIPTIONS_PRINTER_STATE;
	if (old->state != new->state &&new->state == IPP_PSTATE_STOPPED)
		what |= SUBSCRIPTIONS_PRINTER_STOPPED;
	if (old->known != new->known)
		what |= SUBSCRIPTIONS_PRINTER_CONFIG;
	if (what == 0)
		return;
	pthread_mutex_lock(&all.lock);
	e = next_event(new->name, what);
	e->printer_state = new->state;
	e->accepting = new->accepting;
	text_copy(e->reasons, sizeof(e->reasons), new->reasons);
	count_event(e);
	pthread_mutex_unlock(&all.lock);
}

/* Backwards from the newest, which has the subscription's own count as its number. */
bool
subscriptions_events(uint32_t id, uint32_t from, subscriptions_visit_fn *visit,
		     void *context)
{
	struct subscription *s;
	struct subscriptions_event *e;
	int64_t oldest = now() - SUBSCRIPTIONS_EVENT_LIFE_S;
	uint64_t first;
	uint32_t sequence;

	pthread_mutex_lock(&all.lock);
	s = find(id);
	if (s == NULL) {
		pthread_mutex_unlock(&all.lock);
		return false;
	}
	first = all.last_event + 1;
	sequence = s->sequence + 1;
	while ((e = event_numbered(first - 1)) != NULL && e->number >= s->since &&
	       e->when >= oldest && sequence > from) {
		first--;
		if (is_own(s, e))
			sequence--;
	}
	for (; (e = event_numbered(first)) != NULL; first++)
		if (is_own(s, e))
			visit(s, e, sequence++, context);
	pthread_mutex_unlock(&all.lock);
	return true;
}
