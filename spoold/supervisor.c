/*
 * supervisor.c - one loop: wait for a signal or for the next time that something is
 * due, note who died, then let the phase decide. Nothing here may block: keep's socket
 * is written without waiting.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "spoold/keep/keep.h"
#include "spoold/process.h"
#include "spoold/supervisor.h"

#define DELAY_LEAST_MS 100
#define DELAY_MOST_MS  30000
#define LIFE_LONG_MS   60000 /* lived that long: the delay starts anew */
#define FALLS_MAX      5     /* of keep, each soon after the one before */

enum phase {
	RUNNING,
	RESTARTING, /* keep died: the others are being ended */
	STOPPING
};

struct life {
	pid_t pid; /* 0: not alive */
	int64_t started, restart_at;
	int64_t kill_at; /* asked to end: when to insist; 0: not asked */
	int delay_ms;
	int falls; /* by a fault of its own, each soon after the one before */
};

struct supervisor {
	const struct house *house;
	struct life lives[PROCESS_ROLES];
	int keep; /* our end of keep's control channel, -1 without keep */
	enum phase phase;
	int status;
};

/* How long each may take to end, before SIGKILL: front has answers under way, keep a
 * store to flush. */
static const int patience_ms[PROCESS_ROLES] = {
	[PROCESS_KEEP] = 30000,	 [PROCESS_COURIER] = 5000, [PROCESS_PREFLIGHT] = 1000,
	[PROCESS_FRONT] = 10000, [PROCESS_HERALD] = 5000,  [PROCESS_CRIER] = 5000};
static const enum process_role stop_order[PROCESS_ROLES] = {
	PROCESS_CRIER,	   PROCESS_HERALD,  PROCESS_FRONT,
	PROCESS_PREFLIGHT, PROCESS_COURIER, PROCESS_KEEP};

/* How keep is told whose channel it gets. */
static const char letters[PROCESS_ROLES] = {[PROCESS_COURIER] = 'C',
					    [PROCESS_FRONT] = 'F',
					    [PROCESS_HERALD] = 'H',
					    [PROCESS_CRIER] = 'W'};

/* --- channels --- */

static int
make_pair(int pair[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_errno(err, "cannot make a channel");
	return 0;
}

static void
close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++) {
		if (pair[i] >= 0)
			close(pair[i]);
		pair[i] = -1;
	}
}

/* One byte says whose end it is; the descriptor goes with it. */
static int
hand_to_keep(int keep, char whose, int fd, struct error *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct iovec byte = {.iov_base = &whose, .iov_len = 1};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	if (sendmsg(keep, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != 1)
		return error_errno(err, "cannot hand a channel to keep");
	return 0;
}

/* --- starting --- */

static void
born(struct supervisor *s, enum process_role role, pid_t pid)
{
	struct life *life = &s->lives[role];

	life->pid = pid;
	life->started = clock_mono_ms();
	life->kill_at = 0;
	log_info("%s runs as pid %d", process_name(role), (int)pid);
}

/* One of the others, with its end of a channel whose other end keep has or gets;
 * preflight has none. */
static int
start_with(struct supervisor *s, enum process_role role, int keep_end,
	   struct error *err)
{
	const struct process_ends ends = {
		.supervisor = -1, .front = -1, .courier = -1, .keep = keep_end};
	pid_t pid = process_start(role, s->house, &ends, err);

	if (pid < 0)
		return -1;
	born(s, role, pid);
	return 0;
}

static int
start_one(struct supervisor *s, enum process_role role, struct error *err)
{
	int pair[2], rc;

	if (role == PROCESS_PREFLIGHT)
		return start_with(s, role, -1, err);
	if (make_pair(pair, err) != 0)
		return -1;
	rc = hand_to_keep(s->keep, letters[role], pair[0], err);
	if (rc == 0)
		rc = start_with(s, role, pair[1], err);
	close_pair(pair);
	return rc;
}

static int
start_all(struct supervisor *s, struct error *err)
{
	int control[2] = {-1, -1}, front[2] = {-1, -1}, courier[2] = {-1, -1}, rc = -1;
	pid_t pid;

	if (make_pair(control, err) != 0 || make_pair(front, err) != 0 ||
	    make_pair(courier, err) != 0)
		goto out;
	pid = process_start(
		PROCESS_KEEP, s->house,
		&(struct process_ends){.supervisor = control[1],
				       .front = front[0],
				       .courier = courier[0],
				       .keep = -1,
				       .fell = s->lives[PROCESS_KEEP].falls > 0},
		err);
	if (pid < 0)
		goto out;
	born(s, PROCESS_KEEP, pid);
	s->keep = control[0];
	control[0] = -1;
	if (start_with(s, PROCESS_COURIER, courier[1], err) == 0 &&
	    start_with(s, PROCESS_PREFLIGHT, -1, err) == 0 &&
	    start_with(s, PROCESS_FRONT, front[1], err) == 0)
		rc = 0;
out:
	close_pair(control);
	close_pair(front);
	close_pair(courier);
	return rc;
}

/* --- dying --- */

static void
set_delay(struct life *life)
{
	int64_t now = clock_mono_ms();

	if (life->delay_ms == 0 || now - life->started > LIFE_LONG_MS)
		life->delay_ms = DELAY_LEAST_MS;
	else if (life->delay_ms < DELAY_MOST_MS / 2)
		life->delay_ms *= 2;
	else
		life->delay_ms = DELAY_MOST_MS;
	life->restart_at = now + life->delay_ms;
}

static void
ask_to_end(struct supervisor *s, enum process_role role)
{
	struct life *life = &s->lives[role];

	if (life->pid == 0 || life->kill_at != 0)
		return;
	kill(life->pid, SIGTERM);
	life->kill_at = clock_mono_ms() + patience_ms[role];
}

static void
insist(struct supervisor *s, enum process_role role)
{
	struct life *life = &s->lives[role];

	if (life->pid == 0 || life->kill_at == 0 || clock_mono_ms() < life->kill_at)
		return;
	log_error("%s did not end in %d ms: killed", process_name(role),
		  patience_ms[role]);
	kill(life->pid, SIGKILL);
	life->kill_at = INT64_MAX;
}

static void
say_end(enum process_role role, int status, bool asked)
{
	if (WIFSIGNALED(status))
		log_error("%s was ended by signal %d", process_name(role),
			  WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_error("%s ended with status %d", process_name(role),
			  WEXITSTATUS(status));
	else if (!asked) /* Ctrl-C, or a SIGTERM to all: ours may come last */
		log_notice("%s ended in order: somebody else asked it to",
			   process_name(role));
	else
		log_info("%s ended", process_name(role));
}

/* A signal that a program brings upon itself (SIGKILL is somebody else's), or keep met what
 * would have been one. */
static bool
fell(int status)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (WIFSIGNALED(status) && WTERMSIG(status) == faults[i])
			return true;
	return WIFEXITED(status) && WEXITSTATUS(status) == KEEP_EXIT_DAMAGED;
}

static void
count_falls(struct life *life, int status)
{
	if (!fell(status))
		life->falls = 0;
	else if (clock_mono_ms() - life->started > LIFE_LONG_MS)
		life->falls = 1;
	else
		life->falls++;
}

static void
stop(struct supervisor *s, int status)
{
	if (s->phase != STOPPING)
		s->status = status;
	s->phase = STOPPING;
}

static void
buried(struct supervisor *s, enum process_role role, int status)
{
	struct life *life = &s->lives[role];
	bool asked = life->kill_at != 0;

	/* its checkers, even one that was taken over */
	if (role == PROCESS_PREFLIGHT)
		kill(-life->pid, SIGKILL);
	say_end(role, status, asked || s->phase == STOPPING);
	count_falls(life, status);
	life->pid = 0;
	life->kill_at = 0;
	if (!asked)
		set_delay(life);
	if (role == PROCESS_KEEP && s->keep >= 0) {
		close(s->keep);
		s->keep = -1;
	}
	if (s->phase == STOPPING)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == KEEP_EXIT_HOPELESS) {
		log_error("%s cannot run here; spoold ends", process_name(role));
		stop(s, 1);
	} else if (role == PROCESS_KEEP && life->falls == FALLS_MAX) {
		log_error("keep fell %d times in a row, and its store is whole: this "
			  "is a fault of the program; spoold ends. Nothing that was "
			  "acknowledged is lost. Please report the lines above",
			  FALLS_MAX);
		stop(s, KEEP_EXIT_HOPELESS);
	} else if (role == PROCESS_KEEP) {
		s->phase = RESTARTING;
	}
}

static void
bury_the_dead(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int role = 0; role < PROCESS_ROLES; role++)
			if (s->lives[role].pid == pid)
				buried(s, role, status);
}

/* --- the phases --- */

static bool
anybody_alive(const struct supervisor *s)
{
	for (int role = 0; role < PROCESS_ROLES; role++)
		if (s->lives[role].pid != 0)
			return true;
	return false;
}

static void
tick_running(struct supervisor *s)
{
	struct error err;

	for (int role = PROCESS_COURIER; role < PROCESS_ROLES; role++) {
		struct life *life = &s->lives[role];
		if (life->pid != 0 || clock_mono_ms() < life->restart_at)
			continue;
		if (start_one(s, role, &err) != 0) {
			log_error("cannot start %s again: %s", process_name(role),
				  err.text);
			set_delay(life);
		}
	}
}

/* Whether all began; else it is tried again later. */
static void
begin(struct supervisor *s)
{
	struct error err;

	if (start_all(s, &err) == 0) {
		s->phase = RUNNING;
		return;
	}
	log_error("cannot start: %s", err.text);
	set_delay(&s->lives[PROCESS_KEEP]);
	s->phase = RESTARTING;
}

static void
tick_restarting(struct supervisor *s)
{
	for (int role = 0; role < PROCESS_ROLES; role++) {
		ask_to_end(s, role);
		insist(s, role);
	}
	if (!anybody_alive(s) && clock_mono_ms() >= s->lives[PROCESS_KEEP].restart_at)
		begin(s);
}

/* The next in order is asked when the one before is gone. */
static void
tick_stopping(struct supervisor *s)
{
	for (int i = 0; i < PROCESS_ROLES; i++) {
		if (s->lives[stop_order[i]].pid == 0)
			continue;
		ask_to_end(s, stop_order[i]);
		insist(s, stop_order[i]);
		return;
	}
}

static void
tick(struct supervisor *s)
{
	switch (s->phase) {
	case RUNNING:
		tick_running(s);
		break;
	case RESTARTING:
		tick_restarting(s);
		break;
	case STOPPING:
		tick_stopping(s);
		break;
	}
}

/* Milliseconds to the next thing that is due, -1: only a signal can change anything. */
static int
next_due(const struct supervisor *s)
{
	int64_t due = INT64_MAX, now = clock_mono_ms();

	for (int role = 0; role < PROCESS_ROLES; role++) {
		const struct life *life = &s->lives[role];
		int64_t at = life->pid != 0 ? life->kill_at : life->restart_at;
		if (life->pid == 0 && s->phase == STOPPING)
			continue;
		if (life->pid != 0 && life->kill_at == 0)
			continue;
		/* after keep's death the others wait for keep, not for their own time
		 */
		if (life->pid == 0 && s->phase == RESTARTING &&
		    (role != PROCESS_KEEP || anybody_alive(s)))
			continue;
		if (at < due)
			due = at;
	}
	if (due == INT64_MAX)
		return -1;
	return due <= now ? 0 : (int)(due - now);
}

/* libcups reads key and certificate at each handshake; but who put new ones there may not
 * have given them to front. */
static void
take_certificate(const struct supervisor *s)
{
	char name[CREDENTIALS_NAME_MAX];
	struct error err;

	log_notice("settings are read at the start only: restart spoold for new ones");
	if (credentials_make(s->house->settings, &s->house->front_user, name, &err) !=
	    0)
		log_error("the TLS certificate cannot be taken: %s", err.text);
	else
		log_notice("the TLS certificate of %s is taken", name);
}

static void
take_signal(struct supervisor *s, int fd)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT:
			log_notice("asked to stop");
			stop(s, 0);
			break;
		case SIGHUP:
			take_certificate(s);
			break;
		default:
			bury_the_dead(s);
		}
	}
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* sd_notify(3), for Type=notify, without its library: one datagram. */
static void
tell_systemd(const char *words)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof(at.sun_path))
		return;
	memcpy(at.sun_path, path, len);
	if (at.sun_path[0] == '@')
		at.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, words, strlen(words), MSG_NOSIGNAL, (struct sockaddr *)&at,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		log_notice("cannot tell systemd: %s", strerror(errno));
	close(fd);
}

int
supervisor_run(const struct house *house)
{
	struct supervisor s = {.house = house, .keep = -1, .phase = RUNNING};
	struct pollfd signals = {.fd = open_signals(), .events = POLLIN};

	if (signals.fd < 0) {
		log_error("cannot wait for signals: %s", strerror(errno));
		return 1;
	}
	if (house->place_count == 0)
		s.lives[PROCESS_HERALD].restart_at = INT64_MAX;
	if (house->settings->warning_hook[0] == '\0')
		s.lives[PROCESS_CRIER].restart_at = INT64_MAX;
	begin(&s);
	tell_systemd("READY=1");
	while (s.phase != STOPPING || anybody_alive(&s)) {
		if (poll(&signals, 1, next_due(&s)) > 0)
			take_signal(&s, signals.fd);
		tick(&s);
	}
	if (s.keep >= 0)
		close(s.keep);
	close(signals.fd);
	log_notice("stopped");
	return s.status;
}
