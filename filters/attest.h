/*
 * attest.h - a filter's output, and its word that the output is whole.
 *
 * cupsd calls a job complete even when a filter was killed half-way (SIGKILL, SIGTERM
 * and SIGPIPE are no errors to it), so the backend can't know from its input's end that
 * it has everything. Therefore each of our filters writes through here: the output is
 * digested, and after the last byte, before the descriptor is closed, keep is told
 * length and digest (`stream`). The backend compares with what it received (`verify`).
 * A filter that dies says nothing, and nothing that it wrote counts as whole. The last
 * filter's word counts, since it is told last: it closes only after its input has
 * ended.
 *
 * It is active only where DEVICE_URI begins with claimcheck: or platesetter:. On any
 * other queue it merely writes. An empty output is never attested: it is how a refusal
 * passes through the chain.
 *
 *	attest_open(&out, "doctophoto", argv[1], STDOUT_FILENO, &err)
 *	attest_write(out, ...)  or  cupsRasterOpenIO(attest_raster_write, out, mode)
 *	attest_close(out, &err) == 0  -> exit 0
 *	anything failed               -> attest_fail(out, reason, &err), exit 1
 */
#ifndef CC_FILTERS_ATTEST_H
#define CC_FILTERS_ATTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

struct attest;

/* filter: our name for the log, kept by reference. job: argv[1] as it came. fd: where
 * the output goes; taken over, closed by _close and _abandon. Reads DEVICE_URI, PRINTER
 * and CLAIMCHECK_SOCKET from the environment. Where it is active it connects to keep at
 * once, so that a filter may go into its sandbox afterwards; ERROR_LATER when keep does
 * not answer. Ignores SIGPIPE: a reader that went away is a failed write. */
int attest_open(struct attest **a, const char *filter, const char *job, int fd,
		struct error *err);

/* What the release asks for of the document that is being made. */
struct attest_release {
	uint32_t copies;   /* 0: as the order or the document has them */
	uint32_t skip;	   /* pages that came out before, copies counted: not these */
	uint32_t document; /* its number */
};

/* What the document that is being made wants for itself, and what its order has, as IPP
 * attributes, appended to `own` and `order`: nothing where it is not active. Once the
 * input has begun. */
int attest_wishes(struct attest *a, struct buf *own, struct buf *order,
		  struct attest_release *release, struct error *err);
/* So many pages the document has, copies counted, for people who watch; a word that keep
 * does not take is no fault. */
void attest_pages(struct attest *a, uint32_t pages);

/* All of it, or -1; after a failure every further call fails with the same error. */
int attest_write(struct attest *a, const void *data, size_t len, struct error *err);

/* The shape of cups_raster_iocb_t: ctx is the struct attest. len, or -1; the error is
 * then given again by attest_close. */
ssize_t attest_raster_write(void *ctx, unsigned char *data, size_t len);

/* What was read from standard input, if a filter can say it exactly: keep then compares
 * it with what the filter before says it wrote. All of it, or never call it. */
void attest_took(struct attest *a, const void *data, size_t len);

/* Bytes written so far; true if keep will be told. */
uint64_t attest_length(const struct attest *a);
bool attest_is_active(const struct attest *a);

/* Reads what is left of standard input (where active), tells keep, closes the output,
 * frees a. -1 if a write failed before, if keep did not
 * take the word, or if the output could not be closed: exit 1 then. */
int attest_close(struct attest *a, struct error *err);
/* What came in can't be turned into what goes out: tells keep that the order stops and
 * why (so that whoever looks at the order reads it, not only the log), logs it, closes
 * the output, frees a. reason: an IPP job-state-reasons keyword, "document-format-error",
 * "job-data-insufficient" ... */
void attest_fail(struct attest *a, const char *reason, const struct error *why);
/* Closes the output without a word to keep, frees a. Accepts NULL. */
void attest_abandon(struct attest *a);

#endif
