/*
 * health.c - spoolctl status.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tools/jsontext.h"

#include "tools/control/control.h"
#include "tools/control/usage.h"

static const struct {
	const char *name;
	const char *meaning;
	size_t at;
} counts[] = {
#define COUNT(field, meaning)                                                          \
	{                                                                              \
#field, meaning, offsetof(struct wire_status_info, field)              \
	}
	COUNT(held, "wait for their customers"),
	COUNT(released, "are released"),
	COUNT(producing, "are being produced"),
	COUNT(stopped, "stopped"),
	COUNT(stored, "are stored, for new orders"),
	COUNT(over, "are over, their records kept"),
	COUNT(corrupt, "are damaged, and set aside"),
	COUNT(bodies, "documents stored"),
	COUNT(bytes, "bytes stored"),
	COUNT(outbox, "changes that cupsd must still hear of"),
	COUNT(room, "bytes of room left"),
};
#define COUNTS (sizeof(counts) / sizeof(*counts))

static uint64_t
count_of(const struct wire_status_info *s, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)s + counts[i].at, sizeof(value));
	return value;
}

static json_t *
status_json(const struct wire_status_info *s)
{
	json_t *row = json_object();

	for (size_t i = 0; i < COUNTS; i++)
		json_object_set_new(row, counts[i].name,
				    json_integer((json_int_t)count_of(s, i)));
	json_object_set_new(row, "cupsd", json_boolean(s->cupsd));
	json_object_set_new(row, "cupsd_text", jsontext(s->cupsd_text));
	json_object_set_new(row, "queues_text", jsontext(s->queues_text));
	json_object_set_new(row, "mended_text", jsontext(s->mended_text));
	json_object_set_new(row, "clock_text", jsontext(s->clock_text));
	json_object_set_new(row, "scrub_text", jsontext(s->scrub_text));
	json_object_set_new(row, "started", json_integer(s->started));
	json_object_set_new(row, "compared", json_integer(s->compared));
	json_object_set_new(row, "front_starts", json_integer(s->front_starts));
	return row;
}

static void
print_status(const struct wire_status_info *s)
{
	char when[32];

	control_date(when, s->started);
	printf("spoold runs since %s; front was started %u times\n", when,
	       s->front_starts);
	printf("cupsd %s%s%s\n", s->cupsd ? "answers" : "does not answer",
	       s->cupsd_text[0] != '\0' ? ": " : "", s->cupsd_text);
	if (s->compared != 0) {
		control_date(when, s->compared);
		printf("its jobs were last compared with the orders %s\n", when);
	}
	if (s->queues_text[0] != '\0')
		printf("queues: %s\n", s->queues_text);
	if (s->mended_text[0] != '\0')
		printf("last mended in cupsd: %s\n", s->mended_text);
	if (s->clock_text[0] != '\0')
		printf("clock: %s\n", s->clock_text);
	if (s->scrub_text[0] != '\0')
		printf("store read through: %s\n", s->scrub_text);
	for (size_t i = 0; i < COUNTS; i++)
		printf("%16llu  %s\n", (unsigned long long)count_of(s, i),
		       counts[i].meaning);
}

static int
say_json(struct wire_peer *keep, const struct wire_status_info *s, struct error *err)
{
	json_t *row = status_json(s), *usage = json_array();
	int rc = usage_say(keep, usage, err);

	json_object_set_new(row, "usage", usage);
	if (rc == 0)
		jsontext_print(row, 2);
	else
		json_decref(row);
	return rc;
}

int
control_status(const struct control *c, int argc, char *argv[])
{
	struct wire_peer keep;
	union wire_any answer;
	struct error err;
	int rc;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	rc = control_connect(c, &keep, &err);
	if (rc == 0)
		rc = wire_call(&keep, WIRE_TYPE_status, &(struct wire_status){},
			       WIRE_TYPE_status_info, &answer, &err);
	if (rc == 0 && c->json)
		rc = say_json(&keep, &answer.status_info, &err);
	else if (rc == 0) {
		print_status(&answer.status_info);
		rc = usage_say(&keep, NULL, &err);
	}
	wire_peer_close(&keep);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
