#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/crier/hook.h"

#define VARIABLE (ORDER_NAME_MAX + 32)
#define LOOK_MS	 50

/* --- in the child --- */

static void
set_limit(int what, uint64_t value)
{
	const struct rlimit limit = {value, value};

	setrlimit(what, &limit);
}

/* Nothing of ours: no descriptor but these three, no variable, no signal's setting. */
static void
become_hook(const char *path, uint32_t timeout_s, const struct wire_warn *o, int out)
{
	static char number[16], variables[8][VARIABLE];
	char *arguments[] = {NULL, number, NULL};
	char *environment[] = {variables[0], variables[1], variables[2],
			       variables[3], variables[4], variables[5],
			       variables[6], variables[7], NULL};
	const time_t due = (time_t)o->due;
	char date[32] = "";
	sigset_t none;
	struct tm tm;
	int null = open("/dev/null", O_RDONLY);

	if (gmtime_r(&due, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(number, sizeof(number), "%u", o->number);
	snprintf(variables[0], VARIABLE, "PATH=/usr/local/bin:/usr/bin:/bin");
	snprintf(variables[1], VARIABLE, "LANG=C.UTF-8");
	snprintf(variables[2], VARIABLE, "CLAIMCHECK_ORDER=%u", o->number);
	snprintf(variables[3], VARIABLE, "CLAIMCHECK_PRINTER=%s", o->printer);
	snprintf(variables[4], VARIABLE, "CLAIMCHECK_USER=%s", o->user);
	snprintf(variables[5], VARIABLE, "CLAIMCHECK_HOST=%s", o->host);
	snprintf(variables[6], VARIABLE, "CLAIMCHECK_LANGUAGE=%s", o->language);
	snprintf(variables[7], VARIABLE, "CLAIMCHECK_DUE=%s", date);
	for (char **v = environment; *v != NULL; v++)
		text_strip_controls(*v);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	set_limit(RLIMIT_CPU, timeout_s);
	set_limit(RLIMIT_AS, HOOK_MEMORY_MAX);
	set_limit(RLIMIT_FSIZE, HOOK_FILE_MAX);
	set_limit(RLIMIT_CORE, 0);
	if (chdir("/") != 0)
		_exit(126);
	arguments[0] = strdup(path);
	execve(path, arguments, environment);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

/* --- beside it --- */

struct running {
	pid_t pid;
	int out;
	int64_t until_ms;
	char said[HOOK_OUTPUT_MAX];
	size_t said_len;
	bool cancelled;
};

/* What is more than fits is read and forgotten, so that nobody waits for a reader. */
static void
take_output(struct running *r)
{
	char part[512];
	ssize_t n;

	while ((n = read(r->out, part, sizeof(part))) > 0)
		for (ssize_t i = 0; i < n && r->said_len < sizeof(r->said) - 1; i++)
			r->said[r->said_len++] = part[i];
}

/* The exit status of waitpid, or -1: it is not over. */
static int
wait_a_moment(struct running *r, int cancel_fd)
{
	struct pollfd fds[] = {{.fd = r->out, .events = POLLIN},
			       {.fd = cancel_fd, .events = POLLIN}};
	int status;

	poll(fds, 2, LOOK_MS);
	r->cancelled = r->cancelled || fds[1].revents != 0;
	take_output(r);
	if (fds[0].revents & POLLHUP) /* it closed its output, and may go on */
		poll(NULL, 0, LOOK_MS / 5);
	return waitpid(r->pid, &status, WNOHANG) == r->pid ? status : -1;
}

static int
wait_for(struct running *r, int cancel_fd, bool *late)
{
	int status = -1;

	while (status == -1 && !r->cancelled && clock_mono_ms() < r->until_ms)
		status = wait_a_moment(r, cancel_fd);
	*late = status == -1;
	/* with all that it started: nothing of it outlives its time */
	kill(-r->pid, SIGKILL);
	if (status == -1)
		waitpid(r->pid, &status, 0);
	take_output(r);
	return status;
}

static int
judge(const struct running *r, int status, bool late, uint32_t timeout_s,
      struct error *err)
{
	if (r->cancelled)
		return error_set(err, ERROR_LATER, "it was broken off, as spoold ends");
	if (late)
		return error_set(err, ERROR_LATER,
				 "it took more than %u s and was killed", timeout_s);
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_SYSTEM, "it was ended by signal %d",
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, ERROR_SYSTEM, "it ended with status %d",
				 WEXITSTATUS(status));
	return 0;
}

int
hook_run(const char *path, uint32_t timeout_s, int cancel_fd,
	 const struct wire_warn *order, struct error *err)
{
	struct running r = {.until_ms = clock_mono_ms() + timeout_s * INT64_C(1000)};
	int ends[2], status;
	bool late;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return error_errno(err, "cannot make a pipe");
	r.out = ends[0];
	r.pid = fork();
	if (r.pid == 0) {
		fcntl(ends[1], F_SETFL, 0); /* its output may block */
		become_hook(path, timeout_s, order, ends[1]);
	}
	close(ends[1]);
	if (r.pid < 0) {
		close(ends[0]);
		return error_errno(err, "cannot start it");
	}
	setpgid(r.pid, r.pid);
	status = wait_for(&r, cancel_fd, &late);
	close(ends[0]);
	text_strip_controls(r.said);
	if (r.said[0] != '\0')
		log_info("order %u: the hook says: %s", order->number, r.said);
	return judge(&r, status, late, timeout_s, err);
}
