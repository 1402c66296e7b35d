#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/courier/watch.h"

void
watch_clear(struct watch *w)
{
	while (w->count > 0)
		buf_clear(&w->queues[--w->count].told);
}

int
watch_add(struct watch *w, const char *queue, struct error *err)
{
	struct watch_queue *q;

	for (unsigned i = 0; i < w->count; i++)
		if (strcmp(w->queues[i].name, queue) == 0) {
			w->queues[i].told.len = 0;
			return 0;
		}
	if (w->count == WATCH_MAX)
		return error_set(err, ERROR_FULL, "more than %d queues", WATCH_MAX);
	q = &w->queues[w->count++];
	text_copy(q->name, sizeof(q->name), queue);
	buf_init(&q->told, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX);
	return 0;
}

/* What differs at each asking says nothing new. */
static void
drop(ipp_t *answer, const char *name)
{
	ipp_attribute_t *attr = ippFindAttribute(answer, name, IPP_TAG_ZERO);

	if (attr != NULL)
		ippDeleteAttribute(answer, attr);
}

static void
drop_restless(ipp_t *answer)
{
	static const char *const restless[] = {"printer-up-time",
					       "printer-current-time",
					       "queued-job-count",
					       "marker-change-time",
					       "printer-state-change-time",
					       "printer-state-change-date-time",
					       "printer-config-change-time",
					       "printer-config-change-date-time"};

	for (size_t i = 0; i < sizeof(restless) / sizeof(restless[0]); i++)
		drop(answer, restless[i]);
	ippSetRequestId(answer, 1);
}

static int
encode(ipp_t *answer, const char *queue, struct buf *out)
{
	struct error err;

	if (ipp_bounds_encode(answer, out, &err) == 0)
		return 0;
	/* a driver with thousands of sizes: the short list of sizes is there, too */
	log_notice("queue %s: %s; media-col-database is left out", queue, err.text);
	out->len = 0;
	drop(answer, "media-col-database");
	return ipp_bounds_encode(answer, out, &err);
}

static void
join_reasons(ipp_t *answer, char *to, size_t size)
{
	ipp_attribute_t *attr =
		ippFindAttribute(answer, "printer-state-reasons", IPP_TAG_KEYWORD);
	size_t used = 0;

	to[0] = '\0';
	for (int i = 0; i < ippGetCount(attr); i++) {
		const char *reason = ippGetString(attr, i, NULL);
		size_t len = reason != NULL ? strlen(reason) : 0;
		if (len == 0 || used + len + 2 > size)
			continue;
		if (used > 0)
			to[used++] = ',';
		memcpy(to + used, reason, len + 1);
		used += len;
	}
}

static void
fill(struct wire_queue *m, ipp_t *answer)
{
	ipp_attribute_t *attr;
	const char *text;

	m->known = 1;
	attr = ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM);
	m->state =
		(uint8_t)(attr != NULL ? ippGetInteger(attr, 0) : IPP_PSTATE_STOPPED);
	attr = ippFindAttribute(answer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
	m->accepting = attr == NULL || ippGetBoolean(attr, 0);
	join_reasons(answer, m->reasons, sizeof(m->reasons));
	attr = ippFindAttribute(answer, "printer-state-message", IPP_TAG_TEXT);
	text = attr != NULL ? ippGetString(attr, 0, NULL) : NULL;
	text_copy(m->message, sizeof(m->message), text != NULL ? text : "");
}

static int
ask(struct cupsd *c, const char *queue, ipp_t **answer, struct error *err)
{
	static const char *const wanted[] = {"all", "media-col-database"};
	ipp_t *request = cupsd_queue_request(c, IPP_OP_GET_PRINTER_ATTRIBUTES, queue);

	cupsd_want(request, wanted, 2);
	return cupsd_ask(c, request, NULL, answer, err);
}

static int
tell(struct watch_queue *q, const struct wire_queue *m, struct wire_peer *keep,
     struct error *err)
{
	struct buf now;
	int rc = 0;

	buf_init(&now, WIRE_HEAD_BYTES + WIRE_MESSAGE_MAX);
	if (wire_pack(WIRE_TYPE_queue, m, &now, err) != 0) {
		rc = -1;
	} else if (now.len != q->told.len ||
		   memcmp(now.data, q->told.data, now.len) != 0) {
		rc = wire_send(keep, WIRE_TYPE_queue, m, err);
		q->told.len = 0;
		if (rc == 0)
			rc = buf_append(&q->told, now.data, now.len, err);
	}
	buf_clear(&now);
	return rc;
}

static int
ask_one(struct watch_queue *q, struct cupsd *c, struct wire_peer *keep, int *keep_gone,
	struct error *err)
{
	struct wire_queue m = {.known = 0};
	ipp_t *answer = NULL;
	struct buf attributes;
	int rc = ask(c, q->name, &answer, err);

	if (rc != 0 && err->kind == ERROR_LATER)
		return -1;
	text_copy(m.queue, sizeof(m.queue), q->name);
	buf_init(&attributes, WIRE_QUEUE_BLOB);
	if (rc == 0) {
		fill(&m, answer);
		drop_restless(answer);
		if (encode(answer, q->name, &attributes) == 0)
			m.attributes = (struct wire_bytes){attributes.data,
							   (uint32_t)attributes.len};
	} else {
		text_copy(m.message, sizeof(m.message), err->text);
	}
	ippDelete(answer);
	rc = tell(q, &m, keep, err);
	*keep_gone = rc != 0;
	buf_clear(&attributes);
	return rc;
}

int
watch_ask(struct watch *w, struct cupsd *c, struct wire_peer *keep, int *keep_gone,
	  struct error *err)
{
	*keep_gone = 0;
	for (unsigned i = 0; i < w->count; i++)
		if (ask_one(&w->queues[i], c, keep, keep_gone, err) != 0)
			return -1;
	return 0;
}
