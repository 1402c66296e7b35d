/*
 * front_wire.c - what keep can say to front: any bytes as its answers to every kind of
 * request, and as what it pushes. The other direction is keep_wire.c.
 *
 * Input: u8 which request, then pieces of u8 where, u16 length, bytes. A piece for the
 * control channel (where is odd) is pushed before the request. The others are keep's
 * whole side of the channels that front opens, one each, in their order.
 */
#include <cups/cups.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "spoold/front/printers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/stranger.h"

#define PIECES_MAX 16

static struct {
	pthread_mutex_t lock;
	struct {
		const uint8_t *data;
		size_t len;
	} pieces[PIECES_MAX];
	size_t count, used;
} script = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- requests --- */

/* clang-format off */
static const struct request_row {
	ipp_op_t op;
	bool job;		/* of STRANGER_NUMBER, else of the printer */
	const char *password;	/* NULL: none */
	const char *more;	/* NAME=VALUE, an operation attribute; NULL: none */
	bool document, last;
	bool goes_on;		/* the next row belongs to the same connection */
} requests[] = {
	{IPP_OP_GET_PRINTER_ATTRIBUTES, false, NULL, NULL, false, false, false},
	{IPP_OP_GET_JOBS, false, NULL, NULL, false, false, false},
	{IPP_OP_GET_JOBS, false, NULL, "which-jobs=completed", false, false, false},
	{IPP_OP_GET_JOBS, false, "24680135", NULL, false, false, false},
	{IPP_OP_GET_JOB_ATTRIBUTES, true, NULL, NULL, false, false, false},
	{IPP_OP_GET_DOCUMENTS, true, NULL, NULL, false, false, false},
	{IPP_OP_PRINT_JOB, false, NULL, NULL, true, true, false},
	{IPP_OP_PRINT_JOB, false, "24680135", NULL, true, true, false},
	{IPP_OP_CREATE_JOB, false, "24680135", NULL, false, false, true},
	{IPP_OP_SEND_DOCUMENT, true, NULL, NULL, true, false, true},
	{IPP_OP_CLOSE_JOB, true, NULL, NULL, false, false, false},
	{IPP_OP_CANCEL_JOB, true, NULL, NULL, false, false, false},
	{IPP_OP_RELEASE_JOB, true, "24680135", NULL, false, false, false},
	{IPP_OP_RELEASE_JOB, false, "7Q4K2M9XRT0D", NULL, false, false, false},
	{IPP_OP_SET_JOB_ATTRIBUTES, true, NULL, NULL, false, false, false},
	{IPP_OP_CANCEL_MY_JOBS, false, NULL, NULL, false, false, false},
	{IPP_OP_HOLD_JOB, true, NULL, NULL, false, false, false},
	{IPP_OP_CUPS_GET_PRINTERS, false, NULL, NULL, false, false, false},
	{IPP_OP_VALIDATE_JOB, false, NULL, NULL, false, false, false},
};
/* clang-format on */
#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

static const char document[] = "%PDF-1.4\n1 0 obj\nstartxref\n9\n%%EOF\n";

static void
add_more(ipp_t *ipp, const char *more)
{
	char name[64];
	const char *equals = strchr(more, '=');

	snprintf(name, sizeof(name), "%.*s", (int)(equals - more), more);
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, name, NULL, equals + 1);
}

static ipp_t *
make_ipp(const struct request_row *row)
{
	ipp_t *ipp = ippNewRequest(row->op);

	ippSetVersion(ipp, 2, 0);
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL,
		     "ipp://localhost/ipp/print/" STRANGER_PRINTER);
	if (row->job)
		ippAddInteger(ipp, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
			      STRANGER_NUMBER);
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
		     "ada");
	if (row->password != NULL) {
		ippAddOctetString(ipp, IPP_TAG_OPERATION, "job-password", row->password,
				  (int)strlen(row->password));
		ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
			     "job-password-encryption", NULL, "none");
	}
	if (row->op == IPP_OP_SEND_DOCUMENT)
		ippAddBoolean(ipp, IPP_TAG_OPERATION, "last-document", row->last);
	if (row->more != NULL)
		add_more(ipp, row->more);
	if (row->op == IPP_OP_SET_JOB_ATTRIBUTES)
		ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL,
			     "indefinite");
	return ipp;
}

static void
append_request(const struct request_row *row, struct buf *to)
{
	ipp_t *ipp = make_ipp(row);
	size_t len = row->document ? sizeof(document) - 1 : 0;
	struct buf bytes;
	char head[256];

	buf_init(&bytes, STRANGER_INPUT);
	INVARIANT(ipp_bounds_encode(ipp, &bytes, NULL) == 0);
	snprintf(head, sizeof(head),
		 "POST /ipp/print/" STRANGER_PRINTER " HTTP/1.1\r\nHost: localhost\r\n"
		 "Content-Type: application/ipp\r\nContent-Length: %zu\r\n\r\n",
		 bytes.len + len);
	INVARIANT(buf_append(to, head, strlen(head), NULL) == 0 &&
		  buf_append(to, bytes.data, bytes.len, NULL) == 0 &&
		  buf_append(to, document, len, NULL) == 0);
	buf_clear(&bytes);
	ippDelete(ipp);
}

/* --- keep --- */

static void
say_next_piece(struct wire_peer *front, struct settings *settings)
{
	size_t n;

	(void)settings;
	pthread_mutex_lock(&script.lock);
	n = script.used;
	script.used += n < script.count;
	pthread_mutex_unlock(&script.lock);
	if (n < script.count)
		send(front->fd, script.pieces[n].data, script.pieces[n].len,
		     MSG_NOSIGNAL);
}

/* As link.c takes it from the control channel. */
static void
push(const uint8_t *data, size_t len)
{
	static union wire_any message;
	unsigned type;
	size_t body_len;

	if (wire_head(data, len, &type, &body_len, NULL) == 1 &&
	    body_len == len - WIRE_HEAD_BYTES && type == WIRE_TYPE_printer &&
	    wire_unpack(type, data + WIRE_HEAD_BYTES, body_len, &message, NULL) == 0)
		printers_take(&message.printer);
}

static void
take_pieces(const uint8_t *data, size_t size)
{
	script.count = script.used = 0;
	while (size >= 3 && script.count < PIECES_MAX) {
		bool pushed = data[0] % 2 != 0;
		size_t len = (size_t)data[1] << 8 | data[2];

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		if (pushed) {
			push(data, len);
		} else {
			script.pieces[script.count].data = data;
			script.pieces[script.count++].len = len;
		}
		data += len;
		size -= len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf request, answer;
	struct wire_printer printer;
	size_t which;

	if (size < 1)
		return 0;
	stranger_start(say_next_piece);
	stranger_printer(&printer);
	printers_take(&printer);
	take_pieces(data + 1, size - 1);
	buf_init(&request, STRANGER_INPUT);
	buf_init(&answer, STRANGER_ANSWERED);
	for (which = data[0] % REQUESTS; which < REQUESTS; which++) {
		append_request(&requests[which], &request);
		if (!requests[which].goes_on)
			break;
	}
	stranger_connect(true, request.data, request.len, &answer);
	if (answer.len >= 7 && memcmp(answer.data, "HTTP/1.", 7) != 0)
		abort();
	buf_clear(&request);
	buf_clear(&answer);
	return 0;
}
