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

#include "filters/attest.h"
#include "filters/opening.h"

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
write_out(void *context, const void *clear, size_t len, struct error *err)
{
	return attest_write(context, clear, len, err);
}

/* The grant is spent: from here on a fault stops the order, and says so by status 1. */
static int
deliver(struct opening *o, const char *job)
{
	struct attest *out;
	struct error err;

	if (attest_open(&out, "tickettodoc", job, STDOUT_FILENO, &err) == 0) {
		if (opening_copy(o, write_out, out, &err) != 0) {
			attest_fail(out, "job-data-insufficient", &err);
			return 1;
		}
		if (attest_close(out, &err) == 0)
			return 0;
	}
	log_error("%s", err.text);
	return 1;
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
	    opening_spend(&o, &err) != 0) {
		/* the backend says it on the queue; this is for the log */
		log_info("nothing is produced: %s", err.text);
	} else {
		status = deliver(&o, argv[1]);
	}
	opening_clear(&o);
	return status;
}
