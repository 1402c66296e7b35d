/*
 * claimcheck.c - the gate before any CUPS backend: claimcheck:ipp://host/ipp/print
 *
 * Standard input goes to the wrapped backend through a pipe and through the digest.
 * What a reader could not guess: the pipe's end is the only thing that tells the device
 * "this was all", so it is held open until keep has said that what went through is the
 * whole of a released order. Where it is not, the backend is killed with its input still
 * open, and the device job is aborted, not completed. (The manual page is
 * doc/claimcheck.8.)
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cups/backend.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

#include "backend/child.h"
#include "backend/devlock.h"
#include "backend/gate.h"
#include "backend/statusline.h"

#define BLOCK_BYTES	 65536
#define ABORT_GRACE_MS	 5000 /* from SIGTERM to SIGKILL; cupsd's own is 30 s */
#define PROGRESS_EACH_MS 250
#define UNKNOWN_PERCENT	 255

struct work {
	struct gate gate;
	struct child child;
	const char *inner_uri;
	struct statusline_reader said;
	uint8_t block[BLOCK_BYTES];
	size_t have, at; /* bytes in block, and how many of them are passed on */
	bool input_ended;
	bool verified;
	uint32_t pages;
	int64_t progress_due_ms;
	char last_error[ERROR_TEXT_MAX / 2]; /* the device backend's last ERROR: */
	char device_state
		[32]; /* of the job in the device, as its backend saw it last */
};

static volatile sig_atomic_t stop_asked;

static void
on_term(int signal)
{
	(void)signal;
	stop_asked = 1;
}

static void
on_child(int signal)
{
	(void)signal; /* only there to end ppoll */
}

static void
catch_signals(void)
{
	struct sigaction term = {.sa_handler = on_term};
	struct sigaction child = {.sa_handler = on_child};

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGCHLD, &child, NULL);
}

/* From here on both arrive only inside wait_for, so that none is missed. */
static void
block_signals(void)
{
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGCHLD);
	sigprocmask(SIG_BLOCK, &both, NULL);
}

static int
wait_for(struct pollfd *fds, nfds_t count, int64_t until_ms)
{
	struct timespec left = {0};
	sigset_t none;
	int64_t ms = until_ms - clock_mono_ms();

	sigemptyset(&none);
	if (ms > 0)
		left = (struct timespec){ms / 1000, (ms % 1000) * 1000000};
	return ppoll(fds, count, until_ms > 0 ? &left : NULL, &none);
}

static void
tell_progress(struct work *w, const char *text, bool at_once)
{
	int64_t now = clock_mono_ms();

	if (!at_once && now < w->progress_due_ms)
		return;
	w->progress_due_ms = now + PROGRESS_EACH_MS;
	gate_progress(&w->gate, w->pages, UNKNOWN_PERCENT, text);
}

/* CUPS's ipp backend ends with status 0 also when the printer refused the document,
 * aborted the job, or had it canceled at its panel (ipp.c of 2.4.2: job_canceled > 0, and
 * a failed Send-Document whose job is then pending-held). What it last saw of the job is
 * only told in its debugging lines, in two forms. */
static void
note_device_state(struct work *w, const char *text)
{
	static const char *const forms[] = {"(monitor) job-state = ",
					    "job-state enum "};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strncmp(text, forms[i], strlen(forms[i])) == 0)
			text_copy(w->device_state, sizeof(w->device_state),
				  text + strlen(forms[i]));
}

/* One line of the device backend: on to cupsd, and into what keep and the order learn.
 */
static void
relay_line(void *context, const struct statusline *line)
{
	struct work *w = context;
	struct iovec parts[2] = {
		{.iov_base = (void *)(uintptr_t)line->line,
		 .iov_len = strlen(line->line)},
		{.iov_base = (void *)(uintptr_t) "\n", .iov_len = 1},
	};

	if (writev(STDERR_FILENO, parts, 2) < 0)
		errno = 0; /* cupsd is gone; the production still counts */
	switch (line->kind) {
	case STATUSLINE_PAGE:
		w->pages = line->total ? line->pages : w->pages + line->pages;
		tell_progress(w, "pages", true);
		break;
	case STATUSLINE_ERROR:
		text_copy(w->last_error, sizeof(w->last_error), line->text);
		tell_progress(w, line->text, true);
		break;
	case STATUSLINE_INFO:
	case STATUSLINE_STATE:
		tell_progress(w, line->text, false);
		break;
	case STATUSLINE_OTHER:
		note_device_state(w, line->text);
		break;
	case STATUSLINE_ATTR:
		break;
	}
}

/* All that is there now; closes our end when the backend closed its own. */
static void
relay_said(struct work *w)
{
	char said[4096];
	ssize_t n = 1;

	while (w->child.err >= 0 && n > 0) {
		n = read(w->child.err, said, sizeof(said));
		if (n > 0)
			statusline_feed(&w->said, said, (size_t)n, relay_line, w);
	}
	if (w->child.err >= 0 && n == 0) {
		statusline_flush(&w->said, relay_line, w);
		close(w->child.err);
		w->child.err = -1;
	}
}

static int
take_input(struct work *w, struct error *err)
{
	ssize_t n = gate_read(&w->gate, STDIN_FILENO, w->block, sizeof(w->block));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN
			       ? 0
			       : error_errno(err, "cannot read from the filters");
	w->have = (size_t)n;
	w->at = 0;
	w->input_ended = n == 0;
	return 0;
}

/* A backend that closed its input will say why by its status: nothing to do here. */
static void
pass_on(struct work *w)
{
	ssize_t n = write(w->child.in, w->block + w->at, w->have - w->at);

	if (n > 0)
		w->at += (size_t)n;
	else if (n < 0 && errno == EPIPE) {
		close(w->child.in);
		w->child.in = -1;
	}
}

/* Everything went through: now, and only now, may the device learn that it has ended.
 */
static int
release_the_end(struct work *w, struct error *err)
{
	if (gate_verify(&w->gate, err) != 0)
		return -1;
	w->verified = true;
	child_end_input(&w->child);
	tell_progress(w, "all data sent, waiting for the device", true);
	return 0;
}

static void
turn(struct work *w, struct pollfd fds[3], int64_t until_ms)
{
	bool empty = w->at == w->have;

	fds[0] = (struct pollfd){-1, POLLIN, 0};
	fds[1] = (struct pollfd){-1, POLLOUT, 0};
	fds[2] = (struct pollfd){w->child.err, POLLIN, 0};
	if (until_ms == 0 && empty && !w->input_ended)
		fds[0].fd = STDIN_FILENO;
	if (until_ms == 0 && !empty)
		fds[1].fd = w->child.in;
	if (wait_for(fds, 3, until_ms) < 0)
		fds[0].revents = fds[1].revents = fds[2].revents = 0;
	relay_said(w);
}

/* Ends the device backend. While its data has not ended it is killed at once, and its
 * connection breaks in the middle: told by SIGTERM, CUPS's ipp backend would first end
 * the request in good order, and the printer would print the half that it has; usb and
 * socket ignore SIGTERM. Behind the end SIGTERM lets it cancel the device's job. */
static void
abort_device(struct work *w)
{
	int64_t until_ms = clock_mono_ms() + ABORT_GRACE_MS;
	struct pollfd fds[3];

	child_signal(&w->child, w->verified ? SIGTERM : SIGKILL);
	while (!child_reap(&w->child) && clock_mono_ms() < until_ms)
		turn(w, fds, until_ms);
	child_signal(&w->child, SIGKILL);
	while (!child_reap(&w->child))
		turn(w, fds, clock_mono_ms() + ABORT_GRACE_MS);
	relay_said(w);
}

/* Status 0 is not enough where more is known. */
static int
check_device(const struct work *w, struct error *err)
{
	const char *waits = strstr(w->inner_uri, "waitjob=");
	bool told = w->device_state[0] != '\0' &&
		    (waits == NULL || strncmp(waits, "waitjob=false", 13) != 0);

	if (!w->verified)
		return error_set(err, ERROR_SYSTEM,
				 "it ended before it had taken all data");
	if (told && strcmp(w->device_state, "completed") != 0)
		return error_set(err, ERROR_SYSTEM, "its job there is %s%s%s",
				 w->device_state, w->last_error[0] != '\0' ? ": " : "",
				 w->last_error);
	if (!told && w->last_error[0] != '\0')
		return error_set(err, ERROR_SYSTEM, "%s", w->last_error);
	return 0;
}

/* CUPS's ipp backend says "canceled" also of a job that the printer aborted, when its paper
 * was out in the middle, say, and of one that it refused (ipp.c of 2.4.2: job_canceled < 0).
 * Nobody wanted that: the order stops, and its customer may have the rest. */
static enum gate_end
judge_cancel(const struct work *w, struct error *err)
{
	if (strcmp(w->device_state, "canceled") == 0 ||
	    (w->device_state[0] == '\0' && w->last_error[0] == '\0'))
		return GATE_CANCELED;
	if (w->device_state[0] != '\0')
		error_set(err, ERROR_SYSTEM, "the printer ended it: %s",
			  w->device_state);
	else
		error_set(err, ERROR_SYSTEM, "%s", w->last_error);
	return GATE_DEVICE;
}

static enum gate_end
judge_ending(struct work *w, struct error *err)
{
	int status = w->child.status;

	if (WIFEXITED(status) && WEXITSTATUS(status) == CUPS_BACKEND_CANCEL)
		return judge_cancel(w, err);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		if (check_device(w, err) == 0)
			return GATE_DONE;
		return strcmp(w->device_state, "canceled") == 0 ? GATE_CANCELED
								: GATE_DEVICE;
	}
	child_ending(&w->child, w->inner_uri, err);
	if (w->last_error[0] != '\0')
		error_prefix(err, "%s", w->last_error);
	return GATE_DEVICE;
}

/* From the filters to the device, until the device backend ends. */
static enum gate_end
pump(struct work *w, struct error *err)
{
	struct pollfd fds[3];

	while (!child_reap(&w->child)) {
		if (stop_asked) {
			abort_device(w);
			return GATE_STOPPED;
		}
		if (w->input_ended && w->child.in >= 0 &&
		    release_the_end(w, err) != 0) {
			abort_device(w);
			return GATE_FILTER;
		}
		turn(w, fds, 0);
		if (fds[1].revents != 0)
			pass_on(w);
		if (fds[0].revents != 0 && take_input(w, err) != 0) {
			abort_device(w);
			return GATE_FILTER;
		}
	}
	relay_said(w);
	return judge_ending(w, err);
}

static int
first_bytes(struct work *w, struct error *err)
{
	struct pollfd in = {STDIN_FILENO, POLLIN, 0};

	while (w->have == 0 && !w->input_ended) {
		if (stop_asked)
			return error_set(err, ERROR_LATER, "before any data came");
		if (wait_for(&in, 1, 0) > 0 && take_input(w, err) != 0)
			return -1;
	}
	return 0;
}

/* The device backend ran and ended; what it means for the order. */
static enum gate_end
conclude(struct work *w, enum gate_end end, struct error *err)
{
	if (end != GATE_DONE) {
		gate_stop(&w->gate, end, err->kind != ERROR_NONE ? err : NULL);
		if (w->pages > 0 && err->kind != ERROR_NONE)
			error_prefix(err, "%u pages came out", w->pages);
		return end;
	}
	return gate_outcome(&w->gate, WIRE_COMPLETED, gate_reason(end), "", err) == 0
		       ? GATE_DONE
		       : GATE_UNRECORDED;
}

static enum gate_end
produce(struct work *w, char *argv[], int argc, struct error *err)
{
	enum gate_end end;

	if (first_bytes(w, err) != 0)
		return stop_asked ? GATE_STOPPED : GATE_FILTER;
	if (w->input_ended)
		return gate_empty(&w->gate, err);
	if (gate_produce(&w->gate, err) != 0)
		return gate_produce_end(err);
	if (child_start(&w->child, w->inner_uri, argv, argc, err) != 0)
		return conclude(w, GATE_DEVICE, err);
	tell_progress(w, "sending to the device", true);
	end = pump(w, err);
	child_clear(&w->child);
	return conclude(w, end, err);
}

static enum gate_end
run(struct work *w, char *argv[], int argc, struct error *err)
{
	w->child = (struct child){.in = -1, .err = -1, .leash = -1};
	w->gate.keep.fd = -1;
	if (argc == 7)
		return error_set(err, ERROR_REFUSED,
				 "a file that went past the filters"),
		       GATE_RAW;
	if (argc != 6)
		return error_set(err, ERROR_INPUT,
				 "claimcheck job-id user title copies options"),
		       GATE_USAGE;
	w->inner_uri = child_inner_uri(getenv("DEVICE_URI"), err);
	if (w->inner_uri == NULL || seal_start(err) != 0 ||
	    gate_init(&w->gate, argv[1], err) != 0)
		return GATE_USAGE;
	catch_signals();
	if (devlock_take(w->inner_uri, &stop_asked, err) < 0)
		return stop_asked ? GATE_STOPPED : GATE_DEVICE;
	block_signals();
	return produce(w, argv, argc, err);
}

int
main(int argc, char *argv[])
{
	static struct work work;
	struct error err = {0};
	enum gate_end end;

	log_open("claimcheck", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc == 1) {
		puts("network claimcheck \"Unknown\" "
		     "\"Claimcheck: released orders only, to the device behind it\"");
		return fflush(stdout) == 0 ? CUPS_BACKEND_OK : CUPS_BACKEND_FAILED;
	}
	end = run(&work, argv, argc, &err);
	gate_clear(&work.gate);
	return gate_exit(&work.gate, end, &err);
}
