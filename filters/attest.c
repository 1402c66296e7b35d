/*
 * attest.c - the word of a filter. The order matters: digest what was really written,
 * tell keep, and only then close, because the close is what lets the next filter (or
 * the backend) end and speak after us.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/seal/seal.h"
#include "lib/wire/wire.h"

#include "filters/attest.h"

#define ATTEST_SOCKET "/run/claimcheck/keep.sock"
#define ATTEST_TIMEOUT_MS                                                              \
	30000 /* keep answers in milliseconds; a restart in seconds                    \
	       */

struct attest {
	const char *filter;
	int fd;
	bool active;
	struct wire_peer keep;
	struct wire_stream word;
	struct seal_digest *digest;    /* NULL when not active */
	struct seal_digest *in_digest; /* NULL while attest_took was not called */
	struct error failed;	       /* the first fault; kind ERROR_NONE while well */
};

static bool
device_is_ours(void)
{
	const char *uri = getenv("DEVICE_URI");

	return uri != NULL && (strncmp(uri, "claimcheck:", 11) == 0 ||
			       strncmp(uri, "platesetter:", 12) == 0);
}

static int
reach_keep(struct attest *a, struct error *err)
{
	const char *path = getenv("CLAIMCHECK_SOCKET");

	return wire_connect(&a->keep, path != NULL ? path : ATTEST_SOCKET,
			    ATTEST_TIMEOUT_MS, err);
}

static int
activate(struct attest *a, const char *job, struct error *err)
{
	const char *queue = getenv("PRINTER");
	int64_t number;

	if (seal_start(err) != 0)
		return -1;
	if (job == NULL || text_number(job, 1, INT32_MAX, &number) != 0)
		return error_set(err, ERROR_INPUT, "the job-id is not a number");
	if (queue == NULL ||
	    text_copy(a->word.queue, sizeof(a->word.queue), queue) != 0)
		return error_set(err, ERROR_INPUT, "PRINTER does not name a queue");
	a->word.cups_job = (int32_t)number;
	text_copy(a->word.filter, sizeof(a->word.filter), a->filter);
	if (reach_keep(a, err) != 0)
		return -1;
	a->digest = seal_digest_new();
	a->active = true;
	return 0;
}

int
attest_open(struct attest **out, const char *filter, const char *job, int fd,
	    struct error *err)
{
	struct attest *a = calloc(1, sizeof(*a));

	*out = NULL;
	INVARIANT(a != NULL);
	a->filter = filter;
	a->fd = fd;
	a->keep.fd = -1;
	signal(SIGPIPE, SIG_IGN);
	if (device_is_ours() && activate(a, job, err) != 0) {
		attest_abandon(a);
		return -1;
	}
	*out = a;
	return 0;
}

int
attest_wishes(struct attest *a, struct buf *own, struct buf *order,
	      struct attest_release *release, struct error *err)
{
	struct wire_wishes ask = {.cups_job = a->word.cups_job};
	union wire_any m;
	struct error why = {0};

	*release = (struct attest_release){0};
	if (!a->active)
		return 0;
	text_copy(ask.queue, sizeof(ask.queue), a->word.queue);
	if (wire_call(&a->keep, WIRE_TYPE_wishes, &ask, WIRE_TYPE_wished, &m, &why) ==
	    0) {
		release->copies = m.wished.copies;
		release->skip = m.wished.skip;
		release->document = m.wished.document;
		if (buf_append(own, m.wished.attributes.data, m.wished.attributes.len,
			       err) != 0)
			return -1;
		return buf_append(order, m.wished.order.data, m.wished.order.len, err);
	}
	if (why.kind == ERROR_REFUSED) /* the gate, not we, has to say so */
		return 0;
	*err = why;
	return -1;
}

void
attest_pages(struct attest *a, uint32_t pages)
{
	struct wire_pages word = {.cups_job = a->word.cups_job, .pages = pages};
	struct error err;

	text_copy(word.queue, sizeof(word.queue), a->word.queue);
	if (a->active &&
	    wire_call(&a->keep, WIRE_TYPE_pages, &word, WIRE_TYPE_ok, NULL, &err) != 0)
		log_info("spoold was not told of %u pages: %s", pages, err.text);
}

int
attest_write(struct attest *a, const void *data, size_t len, struct error *err)
{
	if (a->failed.kind == ERROR_NONE && fs_write_all(a->fd, data, len) != 0)
		error_errno(&a->failed, "%s cannot write its output", a->filter);
	if (a->failed.kind != ERROR_NONE) {
		if (err != NULL)
			*err = a->failed;
		return -1;
	}
	if (a->active)
		seal_digest_add(a->digest, data, len);
	a->word.length += len;
	return 0;
}

ssize_t
attest_raster_write(void *ctx, unsigned char *data, size_t len)
{
	return attest_write(ctx, data, len, NULL) == 0 ? (ssize_t)len : -1;
}

void
attest_took(struct attest *a, const void *data, size_t len)
{
	if (!a->active)
		return;
	if (a->in_digest == NULL)
		a->in_digest = seal_digest_new();
	seal_digest_add(a->in_digest, data, len);
	a->word.in_length += len;
}

uint64_t
attest_length(const struct attest *a)
{
	return a->word.length;
}

bool
attest_is_active(const struct attest *a)
{
	return a->active;
}

/* Bytes behind what a filter needed (behind a JPEG's end, say) are no fault, but the
 * filter that writes them must be able to finish and give its word before us. */
static int
drain_input(struct attest *a, struct error *err)
{
	uint8_t rest[16384];
	ssize_t n;

	while ((n = fs_read_full(STDIN_FILENO, rest, sizeof(rest))) > 0)
		if (a->in_digest != NULL)
			attest_took(a, rest, (size_t)n);
	if (n < 0 && errno != EBADF)
		return error_errno(err, "%s cannot read its input to the end",
				   a->filter);
	return 0;
}

/* Keep may have been started again since attest_open: a lost connection is made once
 * more. Refusals are final. */
static int
give_word(struct attest *a, struct error *err)
{
	seal_digest_end(a->digest, a->word.digest.bytes);
	a->digest = NULL;
	if (a->in_digest != NULL)
		seal_digest_end(a->in_digest, a->word.in_digest.bytes);
	a->in_digest = NULL;
	if (wire_call(&a->keep, WIRE_TYPE_stream, &a->word, WIRE_TYPE_ok, NULL, err) ==
	    0)
		return 0;
	if (err->kind != ERROR_LATER && err->kind != ERROR_SYSTEM)
		return -1;
	wire_peer_close(&a->keep);
	if (reach_keep(a, err) != 0)
		return -1;
	return wire_call(&a->keep, WIRE_TYPE_stream, &a->word, WIRE_TYPE_ok, NULL, err);
}

static void
attest_free(struct attest *a)
{
	uint8_t unused[SEAL_KEY_BYTES];

	if (a->digest != NULL)
		seal_digest_end(a->digest, unused);
	if (a->in_digest != NULL)
		seal_digest_end(a->in_digest, unused);
	wire_peer_close(&a->keep);
	free(a);
}

int
attest_close(struct attest *a, struct error *err)
{
	struct error why = a->failed;
	int rc = why.kind == ERROR_NONE ? 0 : -1;

	if (rc == 0 && a->active && a->word.length > 0 &&
	    (drain_input(a, &why) != 0 || give_word(a, &why) != 0))
		rc = -1;
	if (close(a->fd) != 0 && rc == 0)
		rc = error_errno(&why, "%s cannot close its output", a->filter);
	attest_free(a);
	if (rc != 0 && err != NULL)
		*err = why;
	return rc;
}

void
attest_fail(struct attest *a, const char *reason, const struct error *why)
{
	struct wire_give_up word = {.cups_job = a->word.cups_job};
	struct error err;

	text_copy(word.queue, sizeof(word.queue), a->word.queue);
	text_copy(word.filter, sizeof(word.filter), a->filter);
	text_copy(word.reason, sizeof(word.reason), reason);
	text_copy(word.text, sizeof(word.text), why->text);
	text_strip_controls(word.text);
	/* the backend says it last, with what to do about it: cupsd shows the first ERROR */
	log_line(a->active ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR, "%s", why->text);
	if (a->active && wire_call(&a->keep, WIRE_TYPE_give_up, &word, WIRE_TYPE_ok,
				   NULL, &err) != 0)
		log_info("spoold was not told why %s stops: %s", a->filter, err.text);
	attest_abandon(a);
}

void
attest_abandon(struct attest *a)
{
	if (a == NULL)
		return;
	close(a->fd);
	attest_free(a);
}
