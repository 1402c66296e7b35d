/*
 * process.c - fork without exec: the supervisor has read the settings and holds no
 * secret, so a child needs nothing that it would have to read again. The parent-death
 * signal is set after the change of user, which clears it, and the parent looked for
 * once more, since it may have died before.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/courier/courier.h"
#include "spoold/crier/crier.h"
#include "spoold/front/front.h"
#include "spoold/herald/herald.h"
#include "spoold/keep/keep.h"
#include "spoold/preflight/preflight.h"
#include "spoold/process.h"

#define PATH_ROOM (SETTINGS_PATH_MAX + 16)
#define OWN_MAX	  (HOUSE_TCP_MAX + 8)

static const char *const names[PROCESS_ROLES] = {"keep",  "courier", "preflight",
						 "front", "herald",  "crier"};

const char *
process_name(enum process_role role)
{
	return names[role];
}

/* --- descriptors --- */

struct own {
	int fds[OWN_MAX];
	unsigned count;
};

static void
own(struct own *o, int fd)
{
	INVARIANT(o->count < OWN_MAX);
	if (fd >= 0)
		o->fds[o->count++] = fd;
}

static void
list_own(struct own *o, enum process_role role, const struct house *h,
	 const struct process_ends *ends)
{
	if (role == PROCESS_KEEP) {
		own(o, ends->supervisor);
		own(o, ends->front);
		own(o, ends->courier);
		own(o, h->keep_listener);
		own(o, h->lock.state); /* held until keep is gone, too */
		return;
	}
	if (role == PROCESS_PREFLIGHT) {
		own(o, h->preflight[0]);
		return;
	}
	own(o, ends->keep);
	if (role == PROCESS_FRONT) {
		own(o, h->preflight[1]);
		own(o, h->station_listener);
		for (unsigned i = 0; i < h->tcp_count; i++)
			own(o, h->tcp[i]);
	}
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void
close_others(struct own *o)
{
	unsigned next = STDERR_FILENO + 1;

	qsort(o->fds, o->count, sizeof(o->fds[0]), by_number);
	for (unsigned i = 0; i < o->count; i++) {
		if ((unsigned)o->fds[i] > next)
			close_range(next, (unsigned)o->fds[i] - 1, 0);
		next = (unsigned)o->fds[i] + 1;
	}
	close_range(next, ~0U, 0);
}

/* --- the sandbox of each --- */

static int
close_keep(const struct house *h, struct error *err)
{
	char store[PATH_ROOM], keep[PATH_ROOM];
	const struct sandbox_path paths[] = {
		{store, true},
		{keep, true},
		{"/dev/urandom", false},
		{"/proc/self/statm", false},
		{"/dev/null", true}, /* what is read ahead */
		{NULL, false}};

	snprintf(store, sizeof(store), "%s/" KEEP_STORE_FOLDER,
		 h->settings->state_directory);
	snprintf(keep, sizeof(keep), "%s/" KEEP_KEEP_FOLDER,
		 h->settings->state_directory);
	return sandbox_close(SANDBOX_THREADS | SANDBOX_READ_FILES |
				     SANDBOX_WRITE_FILES | SANDBOX_FOLDERS |
				     SANDBOX_SERVE,
			     paths, err);
}

static int
close_courier(const struct house *h, struct error *err)
{
	/* libcups asks for client.conf, passwd, hosts and its catalogues */
	const struct sandbox_path paths[] = {
		{"/etc", false}, {"/usr/share", false},	  {"/usr/lib", false},
		{"/lib", false}, {"/run/systemd", false}, {"/dev/null", true},
		{NULL, false}};

	(void)h;
	return sandbox_close(SANDBOX_READ_FILES | SANDBOX_CALL | SANDBOX_MEMORY_FILES,
			     paths, err);
}

/* Started as root, front has the TLS folder as its root folder. */
static void
tls_folder(char path[PATH_ROOM], const struct house *h)
{
	if (h->front_user.uid != h->keep_user.uid)
		text_copy(path, PATH_ROOM, "/");
	else
		snprintf(path, PATH_ROOM, "%s/" FRONT_TLS_FOLDER,
			 h->settings->state_directory);
}

static int
close_front(const struct house *h, struct error *err)
{
	char tls[PATH_ROOM];
	const struct sandbox_path paths[] = {{tls, false}, {NULL, false}};

	tls_folder(tls, h);
	return sandbox_close(SANDBOX_THREADS | SANDBOX_READ_FILES | SANDBOX_SERVE,
			     paths, err);
}

static int
close_herald(const struct house *h, struct error *err)
{
	static const struct sandbox_path paths[] = {{"/dev/urandom", false},
						    {NULL, false}};

	(void)h;
	return sandbox_close(SANDBOX_READ_FILES | SANDBOX_CALL_LOCAL, paths, err);
}

static int
close_preflight(const struct house *h, struct error *err)
{
	(void)h;
	/* all that it starts ends with it: the supervisor kills the group */
	if (setpgid(0, 0) != 0)
		return error_errno(err, "cannot lead a process group");
	return sandbox_close(SANDBOX_FORK | SANDBOX_MEMORY_FILES, NULL, err);
}

/* No more than its user: what it starts must find its libraries and the network. */
static int
close_crier(const struct house *h, struct error *err)
{
	(void)h;
	(void)err;
	return 0;
}

static const struct sandbox_user *
user_of(enum process_role role, const struct house *h)
{
	if (role == PROCESS_CRIER)
		return &h->hook_user;
	return role == PROCESS_FRONT || role == PROCESS_PREFLIGHT ? &h->front_user
								  : &h->keep_user;
}

static int
give_up(enum process_role role, const struct house *h, pid_t supervisor,
	struct error *err)
{
	static int (*const closers[PROCESS_ROLES])(
		const struct house *, struct error *) = {close_keep,	  close_courier,
							 close_preflight, close_front,
							 close_herald,	  close_crier};
	bool front = role == PROCESS_FRONT || role == PROCESS_PREFLIGHT;
	char tls[PATH_ROOM];

	snprintf(tls, sizeof(tls), "%s/" FRONT_TLS_FOLDER,
		 h->settings->state_directory);
	if (sandbox_drop(user_of(role, h), front ? tls : NULL, err) != 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return error_errno(err, "cannot bind to the supervisor's life");
	if (getppid() != supervisor)
		return error_set(err, ERROR_LATER, "the supervisor is gone");
	return closers[role](h, err);
}

/* --- the loops --- */

static int
run_keep(const struct house *h, const struct process_ends *ends)
{
	const struct keep_fds fds = {.supervisor = ends->supervisor,
				     .listener = h->keep_listener,
				     .front = ends->front,
				     .courier = ends->courier,
				     .fell = ends->fell,
				     .filter_uid = h->filter_uid};

	return keep_run(h->settings, &fds);
}

static int
run_front(const struct house *h, const struct process_ends *ends)
{
	struct front_fds fds = {.keep = ends->keep,
				.preflight = h->preflight[1],
				.station = h->station_listener,
				.tcp_count = h->tcp_count};

	memcpy(fds.tcp, h->tcp, sizeof(h->tcp));
	text_copy(fds.tls_name, sizeof(fds.tls_name), h->tls_name);
	tls_folder(fds.tls_folder, h);
	return front_run(h->settings, &fds);
}

static int
run(enum process_role role, const struct house *h, const struct process_ends *ends)
{
	switch (role) {
	case PROCESS_KEEP:
		return run_keep(h, ends);
	case PROCESS_COURIER:
		return courier_run(h->settings, ends->keep);
	case PROCESS_PREFLIGHT:
		return preflight_run(h->preflight[0]);
	case PROCESS_FRONT:
		return run_front(h, ends);
	case PROCESS_HERALD:
		return herald_run(h->places, h->place_count, ends->keep);
	case PROCESS_CRIER:
		return crier_run(h->settings, ends->keep);
	case PROCESS_ROLES:
		break;
	}
	return KEEP_EXIT_HOPELESS;
}

/* Signals as a program finds them at its start, but for those that say what a failed
 * write says, too: a reader that went, a limit of file sizes. */
static void
reset_signals(void)
{
	static const int handled[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	sigset_t none;

	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		signal(handled[i], SIG_DFL);
	signal(SIGHUP, SIG_IGN); /* a closed terminal ends nobody but the supervisor */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
child(enum process_role role, const struct house *h, const struct process_ends *ends,
      pid_t supervisor)
{
	char title[16];
	struct own mine = {.count = 0};
	struct error err = {0};

	snprintf(title, sizeof(title), "spoold-%s", names[role]);
	prctl(PR_SET_NAME, title);
	log_open(names[role], LOG_STYLE_DAEMON, h->settings->log_level);
	list_own(&mine, role, h, ends);
	close_others(&mine);
	reset_signals();
	tzset();
	if ((role == PROCESS_FRONT && front_prepare(h->settings, &err) != 0) ||
	    give_up(role, h, supervisor, &err) != 0) {
		log_error("cannot start: %s", err.text);
		return KEEP_EXIT_HOPELESS;
	}
	log_info("started");
	return run(role, h, ends);
}

pid_t
process_start(enum process_role role, const struct house *house,
	      const struct process_ends *ends, struct error *err)
{
	pid_t supervisor = getpid(), pid = fork();

	if (pid == 0)
		exit(child(role, house, ends, supervisor));
	if (pid < 0)
		return error_errno(err, "cannot start %s", names[role]);
	return pid;
}
