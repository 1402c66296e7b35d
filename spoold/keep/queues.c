/*
 * queues.c - the printers of query.h: what cupsd shows of the queues behind them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/keep/control.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/query.h"

struct queue {
	bool heard; /* cupsd has told about it */
	bool known; /* ... that it exists */
	uint8_t state, accepting;
	char reasons[ORDER_TEXT_MAX], message[ORDER_TEXT_MAX];
	uint8_t *attributes; /* owned */
	uint32_t attributes_len;
	bool unsaid; /* front has not heard of the change */
};

struct queues {
	struct queue queue[SETTINGS_PRINTERS_MAX]; /* by printer */
	struct peer *front;
};

/* Pieces of a list of printers. */
struct listing {
	uint32_t next;
};

int
query_open(struct keep *k, struct error *err)
{
	k->queues = calloc(1, sizeof(*k->queues));
	return k->queues != NULL ? 0 : error_errno(err, "cannot watch the queues");
}

void
query_close(struct keep *k)
{
	for (unsigned i = 0; k->queues != NULL && i < SETTINGS_PRINTERS_MAX; i++)
		free(k->queues->queue[i].attributes);
	free(k->queues);
	k->queues = NULL;
}

/* Reasons of our own (RFC 8011, RFC 3998), behind the queue's. */
static void
add_reason(char reasons[ORDER_TEXT_MAX], bool is, const char *reason)
{
	size_t len = strlen(reasons);

	if (!is || len + strlen(reason) + 2 > ORDER_TEXT_MAX)
		return;
	if (strcmp(reasons, "none") == 0)
		len = 0;
	snprintf(reasons + len, ORDER_TEXT_MAX - len, "%s%s", len > 0 ? "," : "",
		 reason);
}

/* What operators had it say, else what spoold.conf says. */
static void
describe(struct wire_printer *m, const struct settings_printer *s,
	 const struct control *c)
{
	text_copy(m->info, sizeof(m->info), c->info[0] != '\0' ? c->info : s->info);
	text_copy(m->location, sizeof(m->location),
		  c->location[0] != '\0' ? c->location : s->location);
	text_copy(m->notice, sizeof(m->notice), c->message);
	m->accepting = !c->closed && !c->shut;
	if (c->shut && m->state != 4) {
		m->state = 5;
		text_copy(m->message, sizeof(m->message), "Shut down by the operator");
	}
	add_reason(m->reasons, c->shut, "shutdown");
	add_reason(m->reasons, c->pausing, "moving-to-paused");
	add_reason(m->reasons, c->hold_new, "hold-new-jobs");
}

static void
say_printer(struct peer *p, uint32_t index)
{
	const struct settings_printer *s = &p->keep->settings->printers[index];
	const struct queue *q = &p->keep->queues->queue[index];
	char down[ERROR_TEXT_MAX];
	struct wire_printer m = {
		.state = q->heard && q->known ? q->state : 5,
		.is_default = index == 0,
		.attributes = {q->attributes, q->attributes_len},
	};

	text_copy(m.name, sizeof(m.name), s->name);
	text_copy(m.queue, sizeof(m.queue), s->queue);
	text_copy(m.reasons, sizeof(m.reasons), q->reasons);
	text_copy(m.message, sizeof(m.message), q->message);
	if (q->heard && !jobs_cupsd_is_up(p->keep, down)) {
		m.state = 5;
		text_copy(m.reasons, sizeof(m.reasons), "connecting-to-device");
		text_copy(m.message, sizeof(m.message),
			  "The printing system does not answer; orders wait for it");
	} else if (!q->heard || !q->known) {
		text_copy(m.reasons, sizeof(m.reasons), "connecting-to-device");
		text_copy(m.message, sizeof(m.message),
			  q->heard ? "The queue behind this printer is missing"
				   : "The printing system has not answered yet");
	}
	/* accepting: we take orders in, whatever cupsd does, unless an operator says no */
	describe(&m, s, control_of(p->keep, index));
	peer_say(p, WIRE_TYPE_printer, &m);
}

static int
list_on(struct peer *p, void *state, bool *more, struct error *err)
{
	struct listing *l = state;

	(void)err;
	if (l->next < p->keep->settings->printer_count)
		say_printer(p, l->next++);
	*more = l->next < p->keep->settings->printer_count;
	if (!*more)
		peer_say_plain(p, WIRE_TYPE_end);
	return 0;
}

int
query_printers(struct peer *p, const union wire_any *m, struct error *err)
{
	struct listing state = {0};

	(void)m;
	(void)err;
	peer_pump(p, list_on, &state, sizeof(state));
	return 0;
}

void
query_say_all(struct keep *k)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		k->queues->queue[i].unsaid = true;
}

void
query_tick(struct keep *k)
{
	struct queues *all = k->queues;

	for (uint32_t i = 0; i < k->settings->printer_count; i++) {
		if (all->front == NULL || peer_waiting(all->front) > PEER_OUT_HIGH)
			return;
		if (all->queue[i].unsaid)
			say_printer(all->front, i);
		all->queue[i].unsaid = false;
	}
}

void
query_changed(struct keep *k, uint32_t printer)
{
	k->queues->queue[printer].unsaid = true;
	query_tick(k);
}

bool
query_queue_is_busy(const struct keep *k, uint32_t printer)
{
	const struct queue *q = &k->queues->queue[printer];

	return q->heard && q->known && q->state == 4;
}

void
query_set_front(struct keep *k, struct peer *p)
{
	k->queues->front = p;
	query_say_all(k);
	query_tick(k);
}

static void
say_watch(struct peer *courier, const struct settings_printer *s)
{
	struct wire_queue_watch watch;

	text_copy(watch.queue, sizeof(watch.queue), s->queue);
	peer_say(courier, WIRE_TYPE_queue_watch, &watch);
}

void
query_set_courier(struct keep *k, struct peer *p)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		say_watch(p, &k->settings->printers[i]);
}

void
query_watch(struct keep *k, uint32_t printer)
{
	struct peer *courier = jobs_courier(k);

	if (courier != NULL)
		say_watch(courier, &k->settings->printers[printer]);
}

void
query_peer_gone(struct peer *p)
{
	if (p->keep->queues->front == p)
		p->keep->queues->front = NULL;
}

static bool
is_missing(const struct keep *k, uint32_t i)
{
	return k->queues->queue[i].heard && !k->queues->queue[i].known;
}

bool
query_queue_is_missing(const struct keep *k, const char *queue)
{
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].queue, queue) == 0)
			return is_missing(k, i);
	return false;
}

void
query_say_queues(const struct keep *k, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < k->settings->printer_count && len < size; i++)
		if (is_missing(k, i))
			len += (size_t)snprintf(text + len, size - len, "%s%s",
						len > 0 ? ", " : "missing in cupsd: ",
						k->settings->printers[i].queue);
	if (len > 0 && len < size)
		snprintf(text + len, size - len, "; the orders for it wait");
}

static void
take(struct queue *q, const struct wire_queue *m)
{
	uint8_t *attributes = NULL;

	if (m->attributes.len > 0) {
		attributes = malloc(m->attributes.len);
		if (attributes == NULL)
			return; /* the courier reports again when it changes */
		memcpy(attributes, m->attributes.data, m->attributes.len);
	}
	free(q->attributes);
	q->attributes = attributes;
	q->attributes_len = m->attributes.len;
	q->heard = q->unsaid = true;
	q->known = m->known != 0;
	q->state = m->state;
	q->accepting = m->accepting;
	text_copy(q->reasons, sizeof(q->reasons), m->reasons);
	text_copy(q->message, sizeof(q->message), m->message);
}

int
query_queue(struct peer *p, const union wire_any *m, struct error *err)
{
	struct keep *k = p->keep;

	(void)err;
	for (uint32_t i = 0; i < k->settings->printer_count; i++)
		if (strcmp(k->settings->printers[i].queue, m->queue.queue) == 0)
			take(&k->queues->queue[i], &m->queue);
	query_tick(k);
	return 0;
}
