/*
 * checker.c - question, look, answer. The limits come with the first question and can't be
 * taken back. A checker whose time is up says so itself (SIGXCPU) and ends; one that
 * crashes says nothing, which front reads as "can't be decoded".
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/sandbox/sandbox.h"
#include "spoold/preflight/checker.h"

static int line_of_mine = -1; /* for time_is_up */

struct question {
	struct preflight_ask ask;
	uint8_t document[PREFLIGHT_INLINE_MAX];
};

void
checker_say(struct preflight_answer *answer, enum preflight_verdict verdict,
	    const char *detail)
{
	answer->verdict = verdict;
	text_copy(answer->detail, sizeof(answer->detail), detail);
	text_strip_controls(answer->detail);
}

void
checker_page(struct preflight_answer *answer, uint32_t width, uint32_t height,
	     uint32_t ppi_x, uint32_t ppi_y)
{
	uint64_t now = (uint64_t)width * height,
		 least = (uint64_t)answer->width * answer->height;

	if (answer->pages++ > 0 && now >= least)
		return;
	answer->width = width;
	answer->height = height;
	answer->ppi_x = ppi_x;
	answer->ppi_y = ppi_y;
}

/* A signal handler: nothing but the answer and the end. */
static void
time_is_up(int signal_number)
{
	static const struct preflight_answer answer = {
		.verdict = PREFLIGHT_UNCHECKED,
		.detail = "it takes too long to decode"};

	(void)signal_number;
	if (send(line_of_mine, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
		_exit(1);
	_exit(0);
}

static void
close_in(const struct preflight_ask *ask)
{
	const struct sandbox_limits limits = {.memory_bytes = ask->memory_max,
					      .cpu_s = ask->cpu_s};
	struct error err;

	signal(SIGXCPU, time_is_up);
	if (sandbox_child(&limits, &err) != 0) {
		log_error("cannot bound a checker: %s", err.text);
		_exit(1);
	}
}

/* The descriptor that came along, or -1. */
static int
descriptor_of(struct msghdr *message)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(message);
	int fd;

	if (head == NULL || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* Bytes of the question, 0 at the line's end, -1. *fd: the document's, or -1. */
static ssize_t
receive(int line, struct question *q, int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec into = {.iov_base = q, .iov_len = sizeof(*q)};
	struct msghdr message = {.msg_iov = &into,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	ssize_t n;

	do {
		n = recvmsg(line, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	*fd = n > 0 ? descriptor_of(&message) : -1;
	return n;
}

/* A small document as a file: codecs read descriptors. -1 without memory. */
static int
as_file(const uint8_t *data, size_t len)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	if (fd >= 0 &&
	    (fs_write_all(fd, data, len) != 0 || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool
answer(int line, const struct preflight_ask *ask, int fd)
{
	static checker_look_fn *const looks[PREFLIGHT_FORMATS] = {
		[PREFLIGHT_PICTURE] = look_picture,
		[PREFLIGHT_PDF] = look_pdf,
		[PREFLIGHT_RASTER] = look_raster};
	struct preflight_answer a = {.verdict = PREFLIGHT_SOUND};

	if (ask->format >= PREFLIGHT_FORMATS || looks[ask->format] == NULL)
		return false;
	looks[ask->format](fd, ask, &a);
	return send(line, &a, sizeof(a), MSG_NOSIGNAL) == (ssize_t)sizeof(a);
}

/* True if there may be another question. */
static bool
one_question(int line, struct question *q, bool first)
{
	int fd;
	ssize_t n = receive(line, q, &fd);
	bool small = fd < 0, answered = false;

	if (n >= (ssize_t)sizeof(q->ask) &&
	    (size_t)n - sizeof(q->ask) == q->ask.inline_len) {
		if (first)
			close_in(&q->ask);
		if (small)
			fd = as_file(q->document, q->ask.inline_len);
		answered = fd >= 0 && answer(line, &q->ask, fd);
	}
	if (fd >= 0)
		close(fd);
	return answered && small;
}

void
checker_run(int line)
{
	static struct question q;

	line_of_mine = line;
	if (send(line, "H", 1, MSG_NOSIGNAL) != 1)
		return;
	for (int i = 0; i < PREFLIGHT_LINE_DOCUMENTS; i++)
		if (!one_question(line, &q, i == 0))
			break;
	close(line);
}
