/*
 * gate.h - what every backend of ours does with keep, and what it says on the queue.
 *
 * The order of calls is the promise "produced at most once, only if identified":
 *
 *	gate_init        names the job; no connection yet
 *	gate_read        the first bytes of standard input (the filters have then spent
 *			 the grant, or nobody has)
 *	gate_produce     may I send anything? Nothing leaves before this said yes
 *	gate_read ...    everything is digested on its way to the device
 *	gate_verify      is it that order's, and whole? BEFORE the device learns that
 *			 its data ended; if not, abort the device job
 *	gate_outcome     the truth about the order, durable when it returns 0
 *	gate_exit        one table: cause -> exit status, and a sentence for the queue
 *			 where keep has told none of its own about the order
 *
 * End of input before the first byte is the refusal of the gate (or a filter that
 * failed before it wrote anything): gate_empty tells which.
 */
#ifndef CC_BACKEND_GATE_H
#define CC_BACKEND_GATE_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/seal/seal.h"
#include "lib/wire/wire.h"

/* Why a backend ends. Exit statuses are those of backend(7); all but DONE, CANCELED and
 * USAGE hold the job again and leave the queue up: keep, not cupsd, starts it again. */
enum gate_end {
	GATE_DONE,	   /* 0: produced, and keep knows it durably */
	GATE_NOTHING,	   /* 0: empty input, and keep says nothing is to be done */
	GATE_UNIDENTIFIED, /* 3: empty input: no identification yet */
	GATE_RAW,	   /* 3: data came that no grant stands behind */
	GATE_UNREACHABLE,  /* 3: keep does not answer */
	GATE_FILTER,	   /* 3: what came is not whole */
	GATE_DEVICE,	   /* 3: the device, or its backend, failed */
	GATE_BUSY,	   /* 3: the device does not take anything now */
	GATE_STOPPED,	   /* 3: SIGTERM: canceled, or the queue or cupsd stopped */
	GATE_UNRECORDED,   /* 3: produced, but keep could not be told */
	GATE_CANCELED,	   /* 5: canceled at the device */
	GATE_USAGE,	   /* 1: called wrongly: bad arguments or device URI */
	GATE_ENDS
};

struct gate {
	struct wire_peer keep; /* fd -1 until the first call */
	int32_t job;	       /* CUPS job-id */
	char queue[ORDER_QUEUE_MAX];
	struct seal_digest *digest;
	uint64_t received;	     /* bytes read so far */
	struct wire_producing order; /* set by gate_produce */
	/* what the job is to say, from keep; "": the table's */
	char sentence[ORDER_TEXT_MAX];
};

/* job: argv[1] as it came; the queue is taken from PRINTER. ERROR_INPUT if either is
 * missing or strange. Ignores SIGPIPE. */
int gate_init(struct gate *g, const char *job, struct error *err);
/* Closes the connection. Accepts a gate that was zeroed with keep.fd = -1. */
void gate_clear(struct gate *g);

/* read(2) with the digest kept: >0 bytes, 0 at the end, -1 with errno (EINTR is given
 * to the caller, who may have been asked to stop). */
ssize_t gate_read(struct gate *g, int fd, void *data, size_t size);

/* ERROR_REFUSED (the text is the order's sentence) or ERROR_ABSENT when no grant was spent
 * for this job; ERROR_LATER or ERROR_SYSTEM when keep does not answer. */
int gate_produce(struct gate *g, struct error *err);
/* Input ended before its first byte: GATE_UNIDENTIFIED; GATE_NOTHING (messages.h says
 * when, at `produce`); or, when a grant was spent and the filters still wrote nothing,
 * GATE_FILTER (the order is then set to stopped). */
enum gate_end gate_empty(struct gate *g, struct error *err);
/* Which end a failed gate_produce is. */
enum gate_end gate_produce_end(const struct error *err);
/* Once, after the last gate_read. -1: not whole, or keep does not answer. */
int gate_verify(struct gate *g, struct error *err);
/* Never fails: progress may be lost. percent 0 to 100, or 255; text is for people. */
void gate_progress(struct gate *g, uint32_t impressions, uint8_t percent,
		   const char *text);
/* 0 once it is durable. Tries again over a restart of spoold for GATE_OUTCOME_WAIT_S.
 * reason: an IPP job-state-reasons keyword, or "". */
#define GATE_OUTCOME_WAIT_S 60
int gate_outcome(struct gate *g, enum wire_result result, const char *reason,
		 const char *text, struct error *err);
/* An order that had begun and did not end well: outcome STOPPED with the reason of the
 * table; what keep answers to it changes nothing for the backend. */
void gate_stop(struct gate *g, enum gate_end end, const struct error *why);

/* Says on stderr for cupsd what the job is to show: the order's sentence if keep told it,
 * else that of `end` (and why, if given; nobody needs a reason why he was not identified).
 * Returns the backend's exit status. */
int gate_exit(const struct gate *g, enum gate_end end, const struct error *why);
/* The IPP job-state-reasons keyword that goes with it, "" for none. */
const char *gate_reason(enum gate_end end);

#endif
