#include <cups/cups.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/order/ticket.h"
#include "lib/wire/wire.h"
#include "spoold/store/store.h"
#include "tests/crash/inspect.h"
#include "tests/crash/platemaker.h"

#define PATIENCE_MS 10000

static void
add_sight(struct evidence *e, const struct wire_order_info *o)
{
	struct sight *s;

	if ((e->sight_count & (e->sight_count - 1)) == 0) {
		unsigned size = e->sight_count > 0 ? 2 * e->sight_count : 1;
		e->sights = realloc(e->sights, size * sizeof(*e->sights));
		INVARIANT(e->sights != NULL);
	}
	s = &e->sights[e->sight_count++];
	*s = (struct sight){.number = o->number,
			    .state = o->state,
			    .documents = o->documents,
			    .attempts = o->attempts,
			    .proofs = o->proofs,
			    .created = o->created,
			    .ended = o->ended};
	memcpy(s->uuid, o->order.bytes, UUID_BYTES);
	text_copy(s->name, sizeof(s->name), o->name);
	text_copy(s->words, sizeof(s->words), o->message);
}

/* All of them, or one by its number. */
static int
see_orders(struct inspect *i, uint32_t number, struct error *err)
{
	static _Thread_local union wire_any item;
	struct wire_peer keep;
	int got = -1;

	i->e.sight_count = 0;
	if (wire_connect(&keep, i->keep, PATIENCE_MS, err) != 0)
		return -1;
	if (wire_send(&keep, WIRE_TYPE_find, &(struct wire_find){.number = number},
		      err) == 0)
		while ((got = wire_next(&keep, WIRE_TYPE_order_info, 0, NULL, &item,
					err)) > 0)
			add_sight(&i->e, &item.order_info);
	wire_peer_close(&keep);
	return got;
}

/* Whole lines only: the next look begins with what is being written now. */
static int
see_takes(struct inspect *i, struct error *err)
{
	FILE *log = fopen(i->device_log, "re");
	char line[256];

	if (log == NULL || fseek(log, i->log_at, SEEK_SET) != 0)
		return error_errno(err, "cannot read '%s'", i->device_log);
	while (fgets(line, sizeof(line), log) != NULL && strchr(line, '\n') != NULL) {
		i->log_at = ftell(log);
		if (take_note(&i->e.takes, &i->e.take_count, line) != 0)
			fprintf(stderr, "# strange line in the device's log: %s", line);
	}
	fclose(log);
	return 0;
}

static bool
take_set(const struct plate_set *set, void *context)
{
	struct inspect *i = context;
	const uint8_t nobody[UUID_BYTES] = {0};
	const struct sight *s = NULL;

	for (unsigned n = 0; n < i->e.sight_count && s == NULL; n++)
		if (i->e.sights[n].number == set->number)
			s = &i->e.sights[n];
	if (s == NULL && set->number != 0)
		return false; /* handed in since the orders were looked at */
	if (!set->whole)
		fprintf(stderr, "# %s: %s\n", set->name, set->fault);
	take_set_note(&i->e.takes, &i->e.take_count, s != NULL ? s->uuid : nobody,
		      set->document, set->whole);
	return true;
}

static int
see_sets(struct inspect *i, struct error *err)
{
	return i->hot != NULL ? platemaker_look(i->hot, i->plates, take_set, i, err)
			      : 0;
}

int
inspect_look(struct inspect *i, struct error *err)
{
	return see_orders(i, 0, err) != 0 || see_takes(i, err) != 0 ||
			       see_sets(i, err) != 0
		       ? -1
		       : 0;
}

int
inspect_order(struct inspect *i, uint32_t number, struct error *err)
{
	return see_orders(i, number, err);
}

void
inspect_clear(struct inspect *i)
{
	free(i->e.sights);
	free(i->e.takes);
}

struct saying {
	ledger_say_fn *say;
	void *context;
};

static void
say_fault(const char *sentence, void *context)
{
	const struct saying *s = context;

	s->say(BREACH_STORE, sentence, s->context);
}

/* As spoolctl check does it: beside keep, whatever becomes of keep meanwhile. */
int
inspect_store(struct inspect *i, ledger_say_fn *say, void *context, struct error *err)
{
	const struct store_options look = {
		.engine = "lmdb", .folder = i->store, .read_only = true};
	struct saying saying = {say, context};
	struct store_health health;
	struct store *s;
	int rc;

	if (store_open(&look, &s, err) != 0)
		return -1;
	rc = store_check(s, say_fault, &saying, &health, err);
	store_close(s);
	return rc;
}

int
inspect_remains(struct inspect *i, ledger_say_fn *say, void *context, struct error *err)
{
	static union wire_any answer;
	struct wire_peer keep;
	uint64_t documents = 0;
	char text[128];
	int rc;

	if (wire_connect(&keep, i->keep, PATIENCE_MS, err) != 0)
		return -1;
	rc = wire_call(&keep, WIRE_TYPE_status, &(struct wire_status){},
		       WIRE_TYPE_status_info, &answer, err);
	wire_peer_close(&keep);
	if (rc != 0 || see_orders(i, 0, err) != 0)
		return -1;
	for (unsigned n = 0; n < i->e.sight_count; n++)
		if (!order_is_over((enum order_state)i->e.sights[n].state))
			documents += i->e.sights[n].documents;
	if (answer.status_info.bodies == documents)
		return 0;
	snprintf(text, sizeof(text), "%llu documents are stored, of orders with %llu",
		 (unsigned long long)answer.status_info.bodies,
		 (unsigned long long)documents);
	say(BREACH_REMAINS, text, context);
	return 0;
}

/* --- cupsd's jobs --- */

struct job {
	int id, state;
	uint8_t order[UUID_BYTES];
	bool ours;
};

/* Jobs that have not ended, or one job by its number. */
static ipp_t *
ask_jobs(const struct inspect *i, int id, struct error *err)
{
	static const char *const wanted[] = {"job-id", "job-name", "job-state"};
	http_t *http = httpConnect2(i->cupsd, 0, NULL, AF_UNSPEC,
				    HTTP_ENCRYPTION_IF_REQUESTED, 1, PATIENCE_MS, NULL);
	ipp_t *request =
		ippNewRequest(id == 0 ? IPP_OP_GET_JOBS : IPP_OP_GET_JOB_ATTRIBUTES);
	ipp_t *answer = NULL;
	char uri[64];

	if (id == 0)
		text_copy(uri, sizeof(uri), "ipp://localhost/");
	else
		snprintf(uri, sizeof(uri), "ipp://localhost/jobs/%d", id);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI,
		     id == 0 ? "printer-uri" : "job-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name",
		     NULL, i->cups_user);
	if (id == 0)
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs",
			     NULL, "not-completed");
	ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		      "requested-attributes", 3, NULL, wanted);
	if (http != NULL)
		answer = cupsDoRequest(http, request, "/");
	else
		ippDelete(request);
	httpClose(http);
	if (answer == NULL)
		error_set(err, ERROR_LATER, "cupsd does not list its jobs");
	return answer;
}

/* One job group; *at moves behind it. */
static struct job
read_job(ipp_t *answer, ipp_attribute_t **at)
{
	struct job job = {.id = 0};

	for (; *at != NULL && ippGetGroupTag(*at) == IPP_TAG_JOB;
	     *at = ippNextAttribute(answer)) {
		const char *name = ippGetName(*at);
		if (name != NULL && strcmp(name, "job-id") == 0)
			job.id = ippGetInteger(*at, 0);
		else if (name != NULL && strcmp(name, "job-state") == 0)
			job.state = ippGetInteger(*at, 0);
		else if (name != NULL && strcmp(name, "job-name") == 0)
			job.ours = ticket_from_job_name(
					   job.order, ippGetString(*at, 0, NULL)) == 0;
	}
	return job;
}

static const struct sight *
sight_of(const struct inspect *i, const uint8_t uuid[UUID_BYTES])
{
	for (unsigned n = 0; n < i->e.sight_count; n++)
		if (memcmp(i->e.sights[n].uuid, uuid, UUID_BYTES) == 0)
			return &i->e.sights[n];
	return NULL;
}

/* After a crash cupsd may list a job that has ended under the same number: it can't be
 * told to end it, and it prints nothing. */
static bool
is_phantom(const struct inspect *i, int id)
{
	ipp_t *answer = ask_jobs(i, id, NULL);
	ipp_attribute_t *state = ippFindAttribute(answer, "job-state", IPP_TAG_ENUM);
	bool phantom = state != NULL && ippGetInteger(state, 0) >= IPP_JSTATE_CANCELED;

	ippDelete(answer);
	return phantom;
}

static bool
waits(const struct sight *s)
{
	return s->state == ORDER_HELD || s->state == ORDER_STOPPED;
}

/* -1 if the job is not as it should be, else how many orders it stands for. */
static int
judge_job(const struct inspect *i, const struct job *job, struct error *err)
{
	const struct sight *s = job->ours ? sight_of(i, job->order) : NULL;

	if (!job->ours)
		return 0;
	if ((s == NULL || !waits(s)) && is_phantom(i, job->id))
		return 0;
	if (s == NULL || !waits(s)) {
		error_set(err, ERROR_CONFLICT,
			  "job %d stands for order %u, which is %s", job->id,
			  s != NULL ? s->number : 0,
			  s != NULL ? order_state_name((enum order_state)s->state)
				    : "not there");
		return -1;
	}
	if (job->state != IPP_JSTATE_HELD) {
		error_set(err, ERROR_CONFLICT, "job %d of order %u is not held",
			  job->id, s->number);
		return -1;
	}
	return 1;
}

int
inspect_jobs(struct inspect *i, struct error *err)
{
	unsigned jobs = 0, orders = 0;
	ipp_t *answer = NULL;
	ipp_attribute_t *at;
	int rc = 0;

	if (see_orders(i, 0, err) != 0 || (answer = ask_jobs(i, 0, err)) == NULL)
		return 0;
	for (unsigned n = 0; n < i->e.sight_count; n++)
		orders += waits(&i->e.sights[n]);
	at = ippFirstAttribute(answer);
	while (rc >= 0 && at != NULL) {
		struct job job;
		if (ippGetGroupTag(at) != IPP_TAG_JOB) {
			at = ippNextAttribute(answer);
			continue;
		}
		job = read_job(answer, &at);
		rc = judge_job(i, &job, err);
		jobs += rc > 0;
	}
	ippDelete(answer);
	if (rc >= 0 && jobs == orders)
		return 1;
	if (rc >= 0)
		error_set(err, ERROR_CONFLICT, "%u orders wait, and cupsd has %u jobs",
			  orders, jobs);
	return 0;
}
