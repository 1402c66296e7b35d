#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/audit.h"

#define AUDIT_EVENTS 512 /* of one turn; what comes after is counted, not kept */
#define AUDIT_LINE   512

struct audit {
	char (*lines)[AUDIT_LINE];
	unsigned count, lost;
};

int
audit_open(struct keep *k, struct error *err)
{
	struct audit *a = calloc(1, sizeof(*a));

	k->audit = a;
	if (a != NULL)
		a->lines = calloc(AUDIT_EVENTS, sizeof(*a->lines));
	if (a == NULL || a->lines == NULL)
		return error_errno(err, "cannot keep an audit");
	return 0;
}

void
audit_close(struct keep *k)
{
	if (k->audit != NULL)
		free(k->audit->lines);
	free(k->audit);
	k->audit = NULL;
}

void
audit_note(struct keep *k, const struct order *order, const char *verb, const char *fmt,
	   ...)
{
	struct audit *a = k->audit;
	char facts[AUDIT_LINE / 2];
	char uuid[UUID_TEXT] = "-";
	va_list ap;

	if (a->count == AUDIT_EVENTS) {
		a->lost++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(facts, sizeof(facts), fmt, ap);
	va_end(ap);
	if (order != NULL)
		uuid_format(uuid, order->uuid);
	snprintf(a->lines[a->count++], AUDIT_LINE, "order %u %s %s: %s",
		 order != NULL ? order->number : 0, uuid, verb, facts);
}

void
audit_flushed(struct keep *k, bool durable)
{
	struct audit *a = k->audit;

	for (unsigned i = 0; durable && i < a->count; i++)
		log_info("%s", a->lines[i]);
	if (a->lost > 0)
		log_notice("%u more events in the same moment", a->lost);
	a->count = a->lost = 0;
}
