/*
 * server.c - receives lines, forks a checker for each, buries the dead.
 *
 * A checker that will not die (taken over, it ignores the end of its line) costs one of
 * PREFLIGHT_CHECKERS_MAX places. When all are taken and none becomes free for STUCK_MS,
 * the server ends: the supervisor kills the whole process group and starts a new one.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "spoold/preflight/checker.h"
#include "spoold/preflight/preflight.h"

#define STUCK_MS 30000

struct server {
	int lines;
	int children; /* a signalfd for SIGCHLD */
	unsigned alive;
};

/* The line that came, or -1. */
static int
receive_line(int lines)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec into = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &into,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct cmsghdr *head;
	int line;

	if (recvmsg(lines, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return -1;
	head = CMSG_FIRSTHDR(&message);
	if (head == NULL || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&line, CMSG_DATA(head), sizeof(line));
	return line;
}

static int
checker_main(struct server *s, int line, pid_t server)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != server)
		return 1;
	close(s->lines);
	close(s->children);
	checker_run(line);
	return 0;
}

static void
start_checker(struct server *s, int line)
{
	pid_t server = getpid(), pid = fork();

	if (pid == 0)
		_exit(checker_main(s, line, server));
	if (pid < 0)
		log_error("cannot start a checker: %s", strerror(errno));
	else
		s->alive++;
	close(line);
}

static void
say_death(pid_t pid, int status)
{
	if (WIFSIGNALED(status))
		log_notice("checker %d was ended by signal %d", (int)pid,
			   WTERMSIG(status));
}

static void
bury(struct server *s)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	if (read(s->children, &info, sizeof(info)) < 0 && errno != EAGAIN)
		log_error("cannot read a signal: %s", strerror(errno));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		s->alive--;
		say_death(pid, status);
	}
}

static int
open_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
preflight_run(int lines)
{
	struct server s = {.lines = lines, .children = open_children()};
	int line;

	if (s.children < 0) {
		log_error("cannot wait for checkers: %s", strerror(errno));
		return 1;
	}
	log_info("preflight checks documents");
	for (;;) {
		bool full = s.alive >= PREFLIGHT_CHECKERS_MAX;
		struct pollfd p[2] = {{.fd = s.children, .events = POLLIN},
				      {.fd = full ? -1 : lines, .events = POLLIN}};
		int ready = poll(p, 2, full ? STUCK_MS : -1);

		if (ready == 0) {
			log_error("%u checkers do not end", s.alive);
			return 1;
		}
		if (ready > 0 && p[0].revents != 0)
			bury(&s);
		if (ready > 0 && p[1].revents != 0 && (line = receive_line(lines)) >= 0)
			start_checker(&s, line);
	}
}
