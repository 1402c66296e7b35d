/*
 * talk.c - plays keep for the courier: commands from standard input, answers as lines.
 *
 *	talk CUPS-SERVER
 *
 *	want held|released|gone UUID NUMBER JOB QUEUE DOCUMENTS [WORDS]
 *	jobs ROUND
 *	watch QUEUE
 *	end
 *
 * The courier is forked as the user "daemon" where we are root, as spoold does it, in the
 * same sandbox but for the paths.
 */
#include <cups/ipp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipp/ipp_bounds.h"
#include "lib/sandbox/sandbox.h"
#include "lib/wire/wire.h"
#include "spoold/courier/courier.h"

/* As a customer could ask: some of it must not reach cupsd. */
static int
order_attributes(struct buf *out)
{
	ipp_t *ipp = ippNewRequest(IPP_OP_CREATE_JOB);
	int rc;

	ippAddInteger(ipp, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", 2);
	ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL,
		     "iso_a4_210x297mm");
	ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", NULL,
		     "no-hold");
	ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_NAME, "job-sheets", NULL, "standard");
	ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_TEXT, "print-scaling", NULL,
		     "not-a-word");
	ippAddString(ipp, IPP_TAG_JOB, IPP_TAG_NAME, "job-account-id", NULL,
		     "SECRET-4711");
	rc = ipp_bounds_encode(ipp, out, NULL);
	ippDelete(ipp);
	return rc;
}

/* The next word of the line; "" at its end. */
static const char *
word(char **line)
{
	const char *got = strtok_r(NULL, " \n", line);

	return got != NULL ? got : "";
}

static uint32_t
number(char **line)
{
	int64_t n = 0;

	text_number(word(line), 0, UINT32_MAX, &n);
	return (uint32_t)n;
}

static uint8_t
want_named(const char *name)
{
	if (strcmp(name, "held") == 0)
		return WIRE_JOB_HELD;
	return strcmp(name, "released") == 0 ? WIRE_JOB_RELEASED : WIRE_JOB_GONE;
}

static int
say_want(struct wire_peer *courier, char *line)
{
	struct wire_job_want m = {.revision = 1};
	struct buf attributes;
	int rc;

	m.want = want_named(word(&line));
	if (uuid_parse(m.order.bytes, word(&line)) != 0)
		return -1;
	m.number = number(&line);
	m.cups_job = (int32_t)number(&line);
	text_copy(m.queue, sizeof(m.queue), word(&line));
	m.documents = number(&line);
	text_copy(m.message, sizeof(m.message), line != NULL ? line : "");
	m.message[strcspn(m.message, "\n")] = '\0';
	buf_init(&attributes, ORDER_ATTRIBUTES_MAX);
	if (order_attributes(&attributes) != 0)
		return -1;
	m.attributes = (struct wire_bytes){attributes.data, (uint32_t)attributes.len};
	rc = wire_send(courier, WIRE_TYPE_job_want, &m, NULL);
	buf_clear(&attributes);
	return rc;
}

static int
say(struct wire_peer *courier, char *line)
{
	struct wire_queue_watch watch = {.queue = ""};
	struct wire_jobs jobs = {.round = 0};
	char *rest = NULL;
	const char *verb = strtok_r(line, " \n", &rest);

	if (verb == NULL)
		return -1;
	if (strcmp(verb, "want") == 0)
		return say_want(courier, rest);
	if (strcmp(verb, "jobs") == 0) {
		jobs.round = number(&rest);
		return wire_send(courier, WIRE_TYPE_jobs, &jobs, NULL);
	}
	if (strcmp(verb, "watch") == 0) {
		text_copy(watch.queue, sizeof(watch.queue), word(&rest));
		return wire_send(courier, WIRE_TYPE_queue_watch, &watch, NULL);
	}
	return -1;
}

static void
print(int type, const union wire_any *m)
{
	char uuid[UUID_TEXT];

	switch (type) {
	case WIRE_TYPE_job_done:
		uuid_format(uuid, m->job_done.order.bytes);
		printf("done %s want=%u job=%d state=%u kind=%s %s\n", uuid,
		       m->job_done.want, m->job_done.cups_job, m->job_done.state,
		       error_kind_name(m->job_done.kind), m->job_done.text);
		break;
	case WIRE_TYPE_job_seen:
		uuid_format(uuid, m->job_seen.order.bytes);
		printf("seen %s round=%u job=%d state=%u queue=%s\n", uuid,
		       m->job_seen.round, m->job_seen.cups_job, m->job_seen.state,
		       m->job_seen.queue);
		break;
	case WIRE_TYPE_jobs_end:
		printf("end round=%u complete=%u %s\n", m->jobs_end.round,
		       m->jobs_end.complete, m->jobs_end.text);
		break;
	case WIRE_TYPE_queue:
		printf("queue %s known=%u state=%u accepting=%u bytes=%u %s %s\n",
		       m->queue.queue, m->queue.known, m->queue.state,
		       m->queue.accepting, m->queue.attributes.len, m->queue.reasons,
		       m->queue.message);
		break;
	case WIRE_TYPE_cupsd:
		printf("cupsd up=%u %s\n", m->cupsd.up, m->cupsd.text);
		break;
	default:
		printf("strange %d\n", type);
	}
	fflush(stdout);
}

static int
run_courier(const char *server, int fd)
{
	static struct settings settings;
	struct sandbox_user daemon_user;
	const struct sandbox_path paths[] = {{"/", false}, {NULL, false}};
	struct error err = {0};

	settings_defaults(&settings);
	text_copy(settings.cups_server, sizeof(settings.cups_server), server);
	log_open("courier", LOG_STYLE_DAEMON, LOG_LEVEL_DEBUG);
	if (sandbox_find_user("daemon", &daemon_user, &err) != 0 ||
	    (geteuid() == 0 && sandbox_drop(&daemon_user, NULL, &err) != 0) ||
	    sandbox_close(SANDBOX_READ_FILES | SANDBOX_CALL | SANDBOX_MEMORY_FILES,
			  paths, &err) != 0) {
		log_error("%s", err.text);
		return 1;
	}
	return courier_run(&settings, fd);
}

/* Lines and messages as they come; a line "end" or the end of input ends it. */
static void
converse(struct wire_peer *courier)
{
	static union wire_any message;
	struct pollfd in[2] = {{.fd = 0, .events = POLLIN},
			       {.fd = courier->fd, .events = POLLIN}};
	char line[1024];

	for (;;) {
		if (poll(in, 2, -1) < 0)
			return;
		if (in[1].revents != 0) {
			int type = wire_receive(courier, &message, NULL);
			if (type < 0)
				return;
			print(type, &message);
		}
		if (in[0].revents != 0) {
			if (fgets(line, sizeof(line), stdin) == NULL ||
			    strcmp(line, "end\n") == 0)
				return;
			if (say(courier, line) != 0)
				printf("strange line: %s", line);
		}
	}
}

int
main(int argc, char **argv)
{
	struct wire_peer courier;
	int pair[2], status = 0;
	pid_t pid;

	setvbuf(stdin, NULL, _IONBF, 0); /* poll must see what is left to read */
	if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		exit(run_courier(argv[1], pair[1]));
	}
	close(pair[1]);
	wire_peer_init(&courier, pair[0], 0);
	converse(&courier);
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	wire_peer_close(&courier);
	printf("courier status=%d\n", status);
	return status == 0 ? 0 : 1;
}
