/*
 * tickettodoc.c - from the ticket of a held job to the customer's document.
 *
 * The first filter of every order, and the gate: it asks keep to spend the grant that a
 * release made, once. Where there is none it writes nothing and exits 0, because a
 * filter can't hold a job: the backend sees empty input and holds it (backend(7) status
 * 3), the queue stays up. Every fault before the first byte ends that way. A fault
 * after it exits 1 without attesting, so that what was written never counts as whole.
 *
 * Nothing is spent for a queue whose device is not behind one of our backends: nobody
 * there would look whether the stream is whole. (The manual page is doc/tickettodoc.8.)
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/order/ticket.h"
#include "lib/seal/seal.h"
#include "lib/wire/wire.h"

#include "filters/attest.h"

#define KEEP_SOCKET	"/run/claimcheck/keep.sock"
#define KEEP_TIMEOUT_MS 30000
/* Two windows are on the way at any time: one is unsealed while the other is read. */
#define WINDOW (WIRE_READ_CHUNKS / 2)

struct opening {
	struct wire_peer keep;
	struct wire_spend request;
	struct wire_granted grant; /* its key is wiped once the stream is open */
	struct seal_stream *seal;
	uint8_t *clear;	 /* SEAL_CHUNK_CLEAR bytes */
	uint64_t length; /* bytes unsealed so far */
	uint32_t asked;	 /* chunks asked for so far */
};

/* The ticket, from the file that cupsd names or from standard input. */
static int
read_ticket(struct ticket *ticket, const char *path, struct error *err)
{
	char text[TICKET_TEXT_MAX + 1];
	int fd = STDIN_FILENO;
	ssize_t len;

	if (path != NULL)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_errno(err, "cannot open the ticket '%s'", path);
	len = fs_read_full(fd, text, sizeof(text));
	if (fd != STDIN_FILENO)
		close(fd);
	if (len < 0)
		return error_errno(err, "cannot read the ticket");
	return ticket_read(ticket, text, (size_t)len, err);
}

static int
fill_request(struct wire_spend *request, char *argv[], int argc, struct error *err)
{
	const char *queue = getenv("PRINTER");
	const char *device = getenv("DEVICE_URI");
	struct ticket ticket = {.document = 0};
	int64_t job;

	if (text_number(argv[1], 1, INT32_MAX, &job) != 0)
		return error_set(err, ERROR_INPUT, "the job-id is not a number");
	if (queue == NULL ||
	    text_copy(request->queue, sizeof(request->queue), queue) != 0)
		return error_set(err, ERROR_INPUT, "PRINTER does not name a queue");
	if (device == NULL || (strncmp(device, "claimcheck:", 11) != 0 &&
			       strncmp(device, "platesetter:", 12) != 0))
		return error_set(
			err, ERROR_REFUSED,
			"the device of queue '%s' is not behind claimcheck: or "
			"platesetter:, so no order is opened for it",
			queue);
	if (read_ticket(&ticket, argc == 7 ? argv[6] : NULL, err) != 0)
		return -1;
	request->cups_job = (int32_t)job;
	request->document = ticket.document;
	memcpy(request->order.bytes, ticket.order, UUID_BYTES);
	return 0;
}

static int
spend(struct opening *o, struct error *err)
{
	const char *path = getenv("CLAIMCHECK_SOCKET");
	union wire_any answer;

	if (wire_connect(&o->keep, path != NULL ? path : KEEP_SOCKET, KEEP_TIMEOUT_MS,
			 err) != 0)
		return -1;
	if (wire_call(&o->keep, WIRE_TYPE_spend, &o->request, WIRE_TYPE_granted,
		      &answer, err) != 0)
		return -1;
	o->grant = answer.granted;
	seal_wipe(&answer, sizeof(answer));
	return 0;
}

static int
open_seal(struct opening *o, struct error *err)
{
	struct seal_key *key = seal_key_new();
	int rc;

	memcpy(key->bytes, o->grant.document_key.bytes, SEAL_KEY_BYTES);
	seal_wipe(&o->grant.document_key, sizeof(o->grant.document_key));
	rc = seal_stream_open(o->grant.cipher, key, o->request.order.bytes, &o->seal,
			      err);
	seal_key_free(key);
	if (rc == 0 && o->grant.chunks == 0)
		rc = error_set(err, ERROR_CORRUPT, "the stored document has no chunks");
	o->clear = malloc(SEAL_CHUNK_CLEAR);
	INVARIANT(o->clear != NULL);
	return rc;
}

/* Keeps two windows on the way; called before each chunk is received. */
static int
ask_ahead(struct opening *o, uint32_t next, struct error *err)
{
	while (o->asked < o->grant.chunks && o->asked < next + WIRE_READ_CHUNKS &&
	       (o->asked <= next + WINDOW)) {
		struct wire_read window = {.body = o->grant.body, .first = o->asked};
		uint32_t left = o->grant.chunks - o->asked;

		window.count = left < WINDOW ? left : WINDOW;
		if (wire_send(&o->keep, WIRE_TYPE_read, &window, err) != 0)
			return -1;
		o->asked += window.count;
	}
	return 0;
}

static int
check_chunk(const struct opening *o, const struct wire_chunk *chunk, uint32_t number,
	    struct error *err)
{
	if (chunk->chunk != number ||
	    memcmp(&chunk->body, &o->grant.body, sizeof(chunk->body)) != 0)
		return error_set(err, ERROR_CORRUPT, "chunk %u of another place came",
				 (unsigned)chunk->chunk);
	if (chunk->data.len < SEAL_OVERHEAD || chunk->data.len > SEAL_CHUNK_MAX)
		return error_set(err, ERROR_CORRUPT, "chunk %u has %u bytes",
				 (unsigned)number, (unsigned)chunk->data.len);
	return 0;
}

static int
receive_chunk(struct opening *o, uint32_t number, struct attest *out, struct error *err)
{
	union wire_any message;
	size_t clear_len;
	int type = wire_receive(&o->keep, &message, err);

	if (type < 0)
		return -1;
	if (type == WIRE_TYPE_failed)
		return error_set(err, message.failed.kind, "%s", message.failed.text);
	if (type != WIRE_TYPE_chunk)
		return error_set(err, ERROR_SYSTEM, "spoold answered 'read' with '%s'",
				 wire_name((unsigned)type));
	if (check_chunk(o, &message.chunk, number, err) != 0)
		return -1;
	clear_len = message.chunk.data.len - SEAL_OVERHEAD;
	if (seal_stream_unseal(o->seal, number + 1 == o->grant.chunks,
			       message.chunk.data.data, message.chunk.data.len,
			       o->clear, err) != 0)
		return -1;
	o->length += clear_len;
	return attest_write(out, o->clear, clear_len, err);
}

static int
copy_document(struct opening *o, struct attest *out, struct error *err)
{
	for (uint32_t i = 0; i < o->grant.chunks; i++)
		if (ask_ahead(o, i, err) != 0 || receive_chunk(o, i, out, err) != 0)
			return -1;
	if (o->length != o->grant.length)
		return error_set(err, ERROR_CORRUPT,
				 "the stored document has %llu bytes, its record says "
				 "%llu",
				 (unsigned long long)o->length,
				 (unsigned long long)o->grant.length);
	return 0;
}

static void
opening_clear(struct opening *o)
{
	if (o->clear != NULL)
		seal_wipe(o->clear, SEAL_CHUNK_CLEAR);
	free(o->clear);
	seal_stream_close(o->seal);
	seal_wipe(&o->grant, sizeof(o->grant));
	wire_peer_close(&o->keep);
}

/* The grant is spent: from here on a fault stops the order, and says so by status 1. */
static int
deliver(struct opening *o, const char *job, struct error *err)
{
	struct attest *out;

	if (attest_open(&out, "tickettodoc", job, STDOUT_FILENO, err) != 0)
		return -1;
	if (open_seal(o, err) != 0 || copy_document(o, out, err) != 0) {
		attest_fail(out, "job-data-insufficient", err);
		return -1;
	}
	return attest_close(out, err);
}

int
main(int argc, char *argv[])
{
	struct opening o = {.keep.fd = -1};
	struct error err;
	int status = 0;

	log_open("tickettodoc", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc != 6 && argc != 7) {
		log_error("usage: tickettodoc job-id user title copies options [file]");
		return 1;
	}
	if (seal_start(&err) != 0 || fill_request(&o.request, argv, argc, &err) != 0 ||
	    spend(&o, &err) != 0) {
		/* the backend says it on the queue; this is for the log */
		log_info("nothing is produced: %s", err.text);
	} else if (deliver(&o, argv[1], &err) != 0) {
		log_error("%s", err.text);
		status = 1;
	}
	opening_clear(&o);
	return status;
}
