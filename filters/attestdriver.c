/*
 * attestdriver.c - the filter `attest`: a printer driver of another house, attested.
 *
 * The PPD names this filter where it named the driver's, and the driver in *ccDriver.
 * What the driver reads and writes passes through here: the input is compared, by keep,
 * with what the filter before wrote, and the output is attested only when the driver
 * ended well. What a reader could not guess: the driver is not started before the first
 * byte came. Drivers answer empty input with a reset sequence, or with an error, and
 * either would spoil the gate's refusal. (The manual page is doc/attest.8.)
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cups/cups.h>
#include <cups/ppd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"

#include "filters/attest.h"

#define BLOCK_BYTES    65536
#define DRIVER_ARGS    6 /* name, job, user, title, copies, options */
#define DRIVER_NO_EXEC 127
#define LAST_CUPS_FD   4 /* back channel 3, side channel 4 */

struct driver {
	char path[PATH_MAX];
	pid_t pid;
	int in, out;		    /* our ends; in is non-blocking; -1 closed */
	uint8_t block[BLOCK_BYTES]; /* input on its way to the driver */
	size_t have, at;
};

/* *ccDriver: a program of ServerBin/filter, or an absolute path. */
static int
find_driver(struct driver *d, struct error *err)
{
	const char *bin = getenv("CUPS_SERVERBIN"), *ppd_path = getenv("PPD");
	ppd_file_t *ppd = ppd_path != NULL ? ppdOpenFile(ppd_path) : NULL;
	ppd_attr_t *attr = ppd != NULL ? ppdFindAttr(ppd, "ccDriver", NULL) : NULL;
	const char *name = attr != NULL ? attr->value : NULL;
	int n = 0;

	if (name == NULL || *name == '\0')
		error_set(err, ERROR_INPUT, "the PPD names no driver in *ccDriver");
	else if (*name != '/' && strchr(name, '/') != NULL)
		error_set(err, ERROR_INPUT,
			  "*ccDriver must be a name or an absolute "
			  "path, not '%s'",
			  name);
	else if (*name == '/')
		n = snprintf(d->path, sizeof(d->path), "%s", name);
	else
		n = snprintf(d->path, sizeof(d->path), "%s/filter/%s",
			     bin != NULL ? bin : CC_CUPS_SERVERBIN, name);
	if (n >= (int)sizeof(d->path))
		n = error_set(err, ERROR_INPUT, "*ccDriver is too long");
	ppdClose(ppd);
	return n > 0 ? 0 : -1;
}

/* cupsd looks at the filters it starts in this way; this one it does not see. */
static int
check_driver(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_errno(err, "there is no driver '%s'", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH | S_ISUID)) != 0 ||
	    (st.st_uid != 0 && st.st_uid != geteuid()))
		return error_set(err, ERROR_REFUSED,
				 "the driver '%s' must be a program of root's that "
				 "nobody else may write",
				 path);
	return 0;
}

static int
make_pipe(int ends[2], struct error *err)
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, "cannot make a pipe");
	for (int i = 0; i < 2; i++) {
		int high = fcntl(ends[i], F_DUPFD_CLOEXEC, LAST_CUPS_FD + 1);
		close(ends[i]);
		ends[i] = high;
	}
	if (ends[0] < 0 || ends[1] < 0)
		return error_errno(err, "cannot move a pipe");
	return 0;
}

/* In the child. Never returns. The driver ends with us: it is cupsd's grandchild, and
 * cupsd cancels a job by ending its own children. */
static void
become(struct driver *d, char *argv[], int in, int out, pid_t parent)
{
	char *args[DRIVER_ARGS + 1] = {argv[0], argv[1], argv[2], argv[3],
				       argv[4], argv[5], NULL};

	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(DRIVER_NO_EXEC);
	execv(d->path, args);
	log_error("cannot run the driver '%s': %s", d->path, strerror(errno));
	_exit(DRIVER_NO_EXEC);
}

static int
start_driver(struct driver *d, char *argv[], struct error *err)
{
	int in[2], out[2];
	pid_t parent = getpid();

	if (find_driver(d, err) != 0 || check_driver(d->path, err) != 0 ||
	    make_pipe(in, err) != 0 || make_pipe(out, err) != 0)
		return -1;
	d->pid = fork();
	if (d->pid < 0)
		return error_errno(err, "cannot start the driver");
	if (d->pid == 0)
		become(d, argv, in[0], out[1], parent);
	close(in[0]);
	close(out[1]);
	d->in = in[1];
	d->out = out[0];
	fcntl(d->in, F_SETFL, O_NONBLOCK);
	return 0;
}

static void
close_input(struct driver *d)
{
	if (d->in >= 0)
		close(d->in);
	d->in = -1;
}

/* Up to a block of input; 0 at its end. */
static ssize_t
take_input(struct driver *d, struct attest *a, struct error *err)
{
	ssize_t n;

	do
		n = read(STDIN_FILENO, d->block, sizeof(d->block));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, "cannot read the input");
	attest_took(a, d->block, (size_t)n);
	d->have = (size_t)n;
	d->at = 0;
	return n;
}

/* A driver that has read enough may close its input: attest_close reads the rest. */
static void
pass_input(struct driver *d)
{
	ssize_t n = write(d->in, d->block + d->at, d->have - d->at);

	if (n > 0)
		d->at += (size_t)n;
	else if (n < 0 && errno == EPIPE)
		close_input(d);
}

/* Bytes written, 0 at the end of the driver's output. */
static ssize_t
take_output(struct driver *d, struct attest *a, struct error *err)
{
	uint8_t out[BLOCK_BYTES];
	ssize_t n;

	do
		n = read(d->out, out, sizeof(out));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, "cannot read the driver's output");
	return n == 0 || attest_write(a, out, (size_t)n, err) == 0 ? n : -1;
}

static int
pump(struct driver *d, struct attest *a, struct error *err)
{
	ssize_t n = 1;

	while (n > 0) {
		bool full = d->at < d->have;
		struct pollfd fds[3] = {
			{d->in >= 0 && !full ? STDIN_FILENO : -1, POLLIN, 0},
			{full ? d->in : -1, POLLOUT, 0},
			{d->out, POLLIN, 0},
		};

		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return error_errno(err, "cannot wait for the driver");
		if (fds[1].revents != 0)
			pass_input(d);
		if (fds[0].revents != 0) {
			n = take_input(d, a, err);
			if (n == 0)
				close_input(d);
			if (n < 0)
				return -1;
		}
		n = fds[2].revents != 0 ? take_output(d, a, err) : 1;
	}
	return (int)n;
}

static int
end_driver(struct driver *d, struct error *err)
{
	int status;

	close_input(d);
	close(d->out);
	while (waitpid(d->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot wait for the driver");
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_SYSTEM,
				 "the driver '%s' was ended by signal %d", d->path,
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_SYSTEM,
				 "the driver '%s' ended with status %d", d->path,
				 WEXITSTATUS(status));
	return 0;
}

static int
drive(struct driver *d, struct attest *a, char *argv[], struct error *err)
{
	struct error ignored;

	if (start_driver(d, argv, err) != 0)
		return -1;
	if (pump(d, a, err) != 0) {
		kill(d->pid, SIGTERM);
		end_driver(d, &ignored);
		return -1;
	}
	return end_driver(d, err);
}

/* 1 after a fault that was told to keep, and logged. */
static int
run(struct driver *d, char *argv[], int argc, struct error *err)
{
	struct attest *a;
	int fd, rc;

	if (argc == DRIVER_ARGS + 1) {
		fd = open(argv[DRIVER_ARGS], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
			return error_errno(err, "cannot open the input");
		close(fd);
	}
	if (attest_open(&a, "attest", argv[1], STDOUT_FILENO, err) != 0)
		return -1;
	rc = (int)take_input(d, a, err);
	if (rc == 0) {
		attest_abandon(a); /* the refusal passes through */
		return 0;
	}
	if (rc < 0 || drive(d, a, argv, err) != 0) {
		attest_fail(a, "job-data-insufficient", err);
		return 1;
	}
	return attest_close(a, err);
}

int
main(int argc, char *argv[])
{
	static struct driver driver = {.in = -1, .out = -1};
	struct error err;
	int rc;

	log_open("attest", LOG_STYLE_CUPS, LOG_LEVEL_DEBUG);
	if (argc != DRIVER_ARGS && argc != DRIVER_ARGS + 1) {
		log_error("usage: attest job-id user title copies options [file]");
		return 1;
	}
	rc = run(&driver, argv, argc, &err);
	if (rc < 0)
		log_error("%s", err.text);
	return rc != 0;
}
