#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"

#include "backend/child.h"

#define CHILD_PREFIX	"claimcheck:"
#define CHILD_ARGS	6 /* job user title copies options, and the name */
#define CHILD_NO_EXEC	127
#define CHILD_LAST_CUPS 4 /* back channel 3, side channel 4 */

static size_t
scheme_length(const char *uri)
{
	size_t n = 0;

	while (islower((unsigned char)uri[n]) || isdigit((unsigned char)uri[n]))
		n++;
	return uri[n] == ':' && n < CHILD_SCHEME_MAX ? n : 0;
}

const char *
child_inner_uri(const char *device_uri, struct error *err)
{
	const char *inner;

	if (device_uri == NULL ||
	    strncmp(device_uri, CHILD_PREFIX, strlen(CHILD_PREFIX)) != 0) {
		error_set(err, ERROR_INPUT,
			  "the device URI must be claimcheck: and "
			  "the URI of the device behind it");
		return NULL;
	}
	inner = device_uri + strlen(CHILD_PREFIX);
	if (scheme_length(inner) == 0 || strncmp(inner, "claimcheck:", 11) == 0 ||
	    strncmp(inner, "platesetter:", 12) == 0) {
		error_set(err, ERROR_INPUT,
			  "claimcheck: needs the URI of a device "
			  "behind it, as claimcheck:ipp://host/...");
		return NULL;
	}
	return inner;
}

static int
find_program(const char *inner_uri, char path[PATH_MAX], struct stat *st,
	     struct error *err)
{
	const char *bin = getenv("CUPS_SERVERBIN");

	snprintf(path, PATH_MAX, "%s/backend/%.*s",
		 bin != NULL ? bin : CC_CUPS_SERVERBIN, (int)scheme_length(inner_uri),
		 inner_uri);
	if (stat(path, st) != 0)
		return error_errno(err, "there is no backend '%s'", path);
	if (!S_ISREG(st->st_mode))
		return error_set(err, ERROR_INPUT, "'%s' is no program", path);
	if (geteuid() == 0 &&
	    (st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH | S_ISUID))))
		return error_set(err, ERROR_REFUSED,
				 "'%s' must be root's, not setuid, and writable by "
				 "root alone",
				 path);
	return 0;
}

/* cupsd's own rule: who everybody may run needs no root. The group is cupsd's already.
 */
static int
give_up_root(const struct stat *st)
{
	const struct passwd *pw;

	if (geteuid() != 0 || !(st->st_mode & S_IXOTH))
		return 0;
	pw = getpwnam(CC_CUPS_USER);
	return pw != NULL && setuid(pw->pw_uid) == 0 ? 0 : -1;
}

static void
restore_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child. Never returns. It waits for the guard: `start` ends without a byte if
 * we are gone before there is one. */
static void
become(const char *path, const struct stat *st, const char *inner_uri, char *args[],
       int in, int err_fd, int start)
{
	char byte;

	restore_signals();
	if (read(start, &byte, 1) != 1 || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(err_fd, STDERR_FILENO) < 0 || give_up_root(st) != 0 ||
	    setenv("DEVICE_URI", inner_uri, 1) != 0)
		_exit(CHILD_NO_EXEC);
	args[0] = getenv("DEVICE_URI");
	execv(path, args);
	dprintf(STDERR_FILENO, "ERROR: cannot run '%s': %s\n", path, strerror(errno));
	_exit(CHILD_NO_EXEC);
}

/* Both ends close themselves on exec and lie above CUPS's own descriptors. */
static int
make_pipe(int ends[2], struct error *err)
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, "cannot make a pipe");
	for (int i = 0; i < 2; i++) {
		int high = fcntl(ends[i], F_DUPFD_CLOEXEC, CHILD_LAST_CUPS + 1);
		close(ends[i]);
		ends[i] = high;
	}
	if (ends[0] < 0 || ends[1] < 0)
		return error_errno(err, "cannot move a pipe");
	return 0;
}

static void
close_pipe(int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

/* In the guard: holds the write end of the backend's input until we say a byte, or
 * until the backend is dead. Never returns. */
static void
guard(int leash, int in, int backend)
{
	struct pollfd gone = {backend, POLLIN, 0};
	int last = leash > in ? leash : in;
	sigset_t all;
	char byte;
	ssize_t n;

	if (backend > last)
		last = backend;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int fd = 0; fd < last; fd++)
		if (fd != leash && fd != in && fd != backend)
			close(fd);
	close_range((unsigned)last + 1, ~0U, 0);
	do
		n = read(leash, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	pidfd_send_signal(backend, SIGKILL, NULL, 0);
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int
start_guard(struct child *c, struct error *err)
{
	int leash[2], backend = pidfd_open(c->pid, 0);
	pid_t pid = -1;

	if (backend < 0)
		return error_errno(err, "cannot watch the backend");
	if (make_pipe(leash, err) == 0) {
		pid = fork();
		if (pid < 0)
			error_errno(err, "cannot start the backend's guard");
		if (pid == 0)
			close(leash[1]), guard(leash[0], c->in, backend);
		close(leash[0]);
		c->leash = leash[1];
	}
	close(backend);
	return pid < 0 ? -1 : 0;
}

/* The backend begins only when its guard watches. */
static int
guard_and_go(struct child *c, int start[2], struct error *err)
{
	int rc = start_guard(c, err);

	if (rc == 0 && write(start[1], "g", 1) != 1)
		rc = error_errno(err, "cannot start the backend");
	close_pipe(start);
	if (rc == 0)
		return 0;
	child_signal(c, SIGKILL);
	child_clear(c);
	return -1;
}

int
child_start(struct child *c, const char *inner_uri, char *argv[], int argc,
	    struct error *err)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, start[2] = {-1, -1};
	char path[PATH_MAX], *args[CHILD_ARGS + 1] = {NULL};
	struct stat st;

	*c = (struct child){.in = -1, .err = -1, .leash = -1};
	INVARIANT(argc == CHILD_ARGS);
	for (int i = 1; i < argc; i++)
		args[i] = argv[i];
	if (find_program(inner_uri, path, &st, err) != 0 || make_pipe(in, err) != 0 ||
	    make_pipe(out, err) != 0 || make_pipe(start, err) != 0)
		goto failed;
	c->pid = fork();
	if (c->pid < 0) {
		error_errno(err, "cannot start '%s'", path);
		goto failed;
	}
	if (c->pid == 0) {
		close(start[1]);
		become(path, &st, inner_uri, args, in[0], out[1], start[0]);
	}
	close(in[0]);
	close(out[1]);
	c->in = in[1];
	c->err = out[0];
	fcntl(c->in, F_SETFL, O_NONBLOCK);
	fcntl(c->err, F_SETFL, O_NONBLOCK);
	return guard_and_go(c, start, err);
failed:
	close_pipe(in);
	close_pipe(out);
	close_pipe(start);
	c->pid = 0;
	return -1;
}

void
child_signal(const struct child *c, int signal)
{
	if (c->pid > 0 && !c->ended)
		kill(c->pid, signal);
}

bool
child_reap(struct child *c)
{
	if (!c->ended && c->pid > 0 && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->ended = true;
	return c->ended;
}

void
child_ending(const struct child *c, const char *inner_uri, struct error *err)
{
	int n = (int)scheme_length(inner_uri);

	if (WIFSIGNALED(c->status))
		error_set(err, ERROR_SYSTEM, "backend '%.*s' was ended by signal %d", n,
			  inner_uri, WTERMSIG(c->status));
	else
		error_set(err, ERROR_SYSTEM, "backend '%.*s' ended with status %d", n,
			  inner_uri, WEXITSTATUS(c->status));
}

void
child_end_input(struct child *c)
{
	if (c->leash >= 0 && write(c->leash, "e", 1) != 1)
		errno = 0; /* the guard is dead, and holds nothing open */
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
}

void
child_clear(struct child *c)
{
	int *const ends[] = {&c->leash, &c->in, &c->err};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (*ends[i] >= 0)
			close(*ends[i]);
		*ends[i] = -1;
	}
}
