/*
 * gate.c - the backends' side of the gate. A connection is made when it is first needed
 * and made again when it was lost: spoold may be started again while a print runs for
 * minutes, and the outcome must reach it all the same.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cups/backend.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

#include "backend/gate.h"

#define GATE_SOCKET	"/run/claimcheck/keep.sock"
#define GATE_TIMEOUT_MS 30000
#define GATE_RETRY_MS	500

/* One row an end. sentence: what the queue shows (job-printer-state-message) where keep
 * tells no other. */
static const struct gate_row {
	int status;
	enum log_level level;
	const char *reason;
	const char *sentence;
} gate_table[GATE_ENDS] = {
	[GATE_DONE] = {CUPS_BACKEND_OK, LOG_LEVEL_INFO, "", "produced"},
	[GATE_NOTHING] = {CUPS_BACKEND_OK, LOG_LEVEL_INFO, "", "nothing to produce"},
	[GATE_UNIDENTIFIED] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "job-password-wait",
			       "waiting for the customer's identification"},
	[GATE_RAW] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "job-password-wait",
		      "refused: this data belongs to no order that was released"},
	[GATE_UNREACHABLE] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "",
			      "spoold does not answer; the job goes on when it does"},
	[GATE_FILTER] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "job-data-insufficient",
			 "the data from the filters is not whole; nothing counts as "
			 "produced"},
	[GATE_DEVICE] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "printer-stopped",
			 "the device did not take the job"},
	[GATE_BUSY] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "printer-stopped-partly",
		       "the device is busy"},
	[GATE_STOPPED] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR,
			  "processing-to-stop-point", "stopped before the end"},
	[GATE_UNRECORDED] = {CUPS_BACKEND_HOLD, LOG_LEVEL_ERROR, "",
			     "produced, but spoold could not be told; look before you "
			     "release it again"},
	[GATE_CANCELED] = {CUPS_BACKEND_CANCEL, LOG_LEVEL_INFO,
			   "job-canceled-at-device", "canceled at the device"},
	[GATE_USAGE] = {CUPS_BACKEND_FAILED, LOG_LEVEL_ERROR, "", "cannot start"},
};

int
gate_init(struct gate *g, const char *job, struct error *err)
{
	const char *queue = getenv("PRINTER");
	int64_t number;

	*g = (struct gate){.keep.fd = -1};
	if (text_number(job, 1, INT32_MAX, &number) != 0)
		return error_set(err, ERROR_INPUT, "the job-id is not a number");
	if (queue == NULL || text_copy(g->queue, sizeof(g->queue), queue) != 0)
		return error_set(err, ERROR_INPUT, "PRINTER does not name a queue");
	g->job = (int32_t)number;
	g->digest = seal_digest_new();
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

void
gate_clear(struct gate *g)
{
	uint8_t unused[SEAL_KEY_BYTES];

	if (g->digest != NULL)
		seal_digest_end(g->digest, unused);
	g->digest = NULL;
	wire_peer_close(&g->keep);
}

ssize_t
gate_read(struct gate *g, int fd, void *data, size_t size)
{
	ssize_t n = read(fd, data, size);

	if (n > 0) {
		seal_digest_add(g->digest, data, (size_t)n);
		g->received += (uint64_t)n;
	}
	return n;
}

static int
reach_keep(struct gate *g, struct error *err)
{
	const char *path = getenv("CLAIMCHECK_SOCKET");

	if (g->keep.fd >= 0)
		return 0;
	return wire_connect(&g->keep, path != NULL ? path : GATE_SOCKET,
			    GATE_TIMEOUT_MS, err);
}

/* ERROR_LATER and ERROR_SYSTEM are the connection's own faults: it is closed, and made
 * anew by the next call. The rest is keep's considered answer. */
static bool
is_connection_fault(const struct error *err)
{
	return err->kind == ERROR_LATER || err->kind == ERROR_SYSTEM;
}

static int
ask_once(struct gate *g, enum wire_type type, const void *request, enum wire_type want,
	 union wire_any *answer, struct error *err)
{
	if (reach_keep(g, err) != 0)
		return -1;
	if (wire_call(&g->keep, type, request, want, answer, err) == 0)
		return 0;
	if (is_connection_fault(err))
		wire_peer_close(&g->keep);
	return -1;
}

static int
ask_until(struct gate *g, int64_t deadline, enum wire_type type, const void *request,
	  enum wire_type want, union wire_any *answer, struct error *err)
{
	for (;;) {
		if (ask_once(g, type, request, want, answer, err) == 0)
			return 0;
		if (!is_connection_fault(err) || clock_mono_ms() >= deadline)
			return -1;
		poll(NULL, 0, GATE_RETRY_MS);
	}
}

int
gate_produce(struct gate *g, struct error *err)
{
	struct wire_produce request = {.cups_job = g->job};
	union wire_any answer;

	text_copy(request.queue, sizeof(request.queue), g->queue);
	if (ask_once(g, WIRE_TYPE_produce, &request, WIRE_TYPE_producing, &answer,
		     err) != 0)
		return -1;
	g->order = answer.producing;
	return 0;
}

enum gate_end
gate_produce_end(const struct error *err)
{
	return is_connection_fault(err) ? GATE_UNREACHABLE : GATE_RAW;
}

enum gate_end
gate_empty(struct gate *g, struct error *err)
{
	enum gate_end end;

	if (gate_produce(g, err) != 0) {
		end = gate_produce_end(err);
		if (end == GATE_RAW)
			end = err->kind == ERROR_CONFLICT ? GATE_NOTHING
							  : GATE_UNIDENTIFIED;
		if (err->kind == ERROR_REFUSED)
			text_copy(g->sentence, sizeof(g->sentence), err->text);
		return end;
	}
	if (gate_verify(g, err) == 0) /* can't be: nothing is ever attested as empty */
		error_set(err, ERROR_INPUT, "the filters wrote nothing");
	gate_stop(g, GATE_FILTER, err);
	return GATE_FILTER;
}

int
gate_verify(struct gate *g, struct error *err)
{
	struct wire_verify request = {.cups_job = g->job, .length = g->received};

	text_copy(request.queue, sizeof(request.queue), g->queue);
	seal_digest_end(g->digest, request.digest.bytes);
	g->digest = NULL;
	return ask_until(g, clock_mono_ms() + GATE_TIMEOUT_MS, WIRE_TYPE_verify,
			 &request, WIRE_TYPE_ok, NULL, err);
}

void
gate_progress(struct gate *g, uint32_t impressions, uint8_t percent, const char *text)
{
	struct wire_progress note = {
		.cups_job = g->job, .impressions = impressions, .percent = percent};
	struct error ignored;

	text_copy(note.queue, sizeof(note.queue), g->queue);
	text_copy(note.text, sizeof(note.text), text);
	text_strip_controls(note.text);
	if (reach_keep(g, &ignored) != 0 ||
	    wire_send(&g->keep, WIRE_TYPE_progress, &note, &ignored) != 0)
		wire_peer_close(&g->keep);
}

int
gate_outcome(struct gate *g, enum wire_result result, const char *reason,
	     const char *text, struct error *err)
{
	struct wire_outcome word = {.cups_job = g->job, .result = (uint8_t)result};
	union wire_any answer;

	text_copy(word.queue, sizeof(word.queue), g->queue);
	text_copy(word.reason, sizeof(word.reason), reason);
	text_copy(word.text, sizeof(word.text), text);
	text_strip_controls(word.text);
	if (ask_until(g, clock_mono_ms() + GATE_OUTCOME_WAIT_S * INT64_C(1000),
		      WIRE_TYPE_outcome, &word, WIRE_TYPE_recorded, &answer, err) != 0)
		return -1;
	text_copy(g->sentence, sizeof(g->sentence), answer.recorded.sentence);
	return 0;
}

void
gate_stop(struct gate *g, enum gate_end end, const struct error *why)
{
	char text[ORDER_TEXT_MAX];
	struct error err;

	snprintf(text, sizeof(text), "%s%s%s", gate_table[end].sentence,
		 why != NULL ? ": " : "", why != NULL ? why->text : "");
	if (gate_outcome(g, end == GATE_CANCELED ? WIRE_CANCELED : WIRE_STOPPED,
			 gate_table[end].reason, text, &err) != 0)
		log_info("spoold was not told that the job stopped: %s", err.text);
}

int
gate_exit(const struct gate *g, enum gate_end end, const struct error *why)
{
	const struct gate_row *row = &gate_table[end];

	if (g->sentence[0] != '\0')
		log_line(row->level, "%s", g->sentence);
	else if (why != NULL && why->kind != ERROR_NONE && end != GATE_UNIDENTIFIED &&
		 end != GATE_NOTHING)
		log_line(row->level, "%s: %s", row->sentence, why->text);
	else
		log_line(row->level, "%s", row->sentence);
	return row->status;
}

const char *
gate_reason(enum gate_end end)
{
	return gate_table[end].reason;
}
