#include <cups/cups.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/crash/shop.h"

#define FOUND_MAX 64
#define ASK_MS	  3000

const char *const victim_names[VICTIMS] = {"spoold", "keep",   "front",	 "courier",
					   "cupsd",  "filter", "backend"};

/* --- starting --- */

static void
become(const struct shop *s, const char *log_name, char *const argv[])
{
	char log[SHOP_PATH + 32];
	int fd;

	snprintf(log, sizeof(log), "%s/log/%s.out", s->folder, log_name);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* a shop does not outlive its test */
	execv(argv[0], argv);
	_exit(127);
}

static void
start_spoold(struct shop *s)
{
	char conf[SHOP_PATH + 32], page[SHOP_PATH + 32], program[SHOP_PATH];
	char *argv[] = {program, (char[]){"-c"}, conf, NULL};

	snprintf(conf, sizeof(conf), "%s/spoold.conf", s->folder);
	snprintf(page, sizeof(page), "%s/clock", s->folder);
	snprintf(program, sizeof(program), "%s", s->spoold);
	s->spoold_pid = fork();
	if (s->spoold_pid != 0)
		return;
	setenv(CLOCK_ENV, page, 1);
	setenv("LD_PRELOAD", s->preload, 1);
	become(s, "spoold", argv);
}

static void
start_cupsd(struct shop *s)
{
	char conf[SHOP_PATH + 32], files[SHOP_PATH + 32];
	char *argv[] = {(char[]){"/usr/sbin/cupsd"},
			(char[]){"-f"},
			(char[]){"-c"},
			conf,
			(char[]){"-s"},
			files,
			NULL};

	snprintf(conf, sizeof(conf), "%s/cups/etc/cupsd.conf", s->folder);
	snprintf(files, sizeof(files), "%s/cups/etc/cups-files.conf", s->folder);
	unlink(s->cupsd_socket);
	s->cupsd_pid = fork();
	if (s->cupsd_pid == 0)
		become(s, "cupsd", argv);
}

static int
map_clock(struct shop *s, struct error *err)
{
	char path[SHOP_PATH + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/clock", s->folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof(*s->clock)) != 0)
		return error_errno(err, "cannot make '%s'", path);
	s->clock = mmap(NULL, sizeof(*s->clock), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			0);
	close(fd);
	return s->clock != MAP_FAILED ? 0 : error_errno(err, "cannot map '%s'", path);
}

static bool
still_runs(pid_t *pid)
{
	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == 0)
		return true;
	*pid = 0;
	return false;
}

static bool
answers(const char *host, int port, ipp_op_t op, const char *uri)
{
	http_t *http = httpConnect2(host, port, NULL, AF_UNSPEC,
				    HTTP_ENCRYPTION_IF_REQUESTED, 1, ASK_MS, NULL);
	ipp_t *request, *answer = NULL;
	bool well;

	if (http == NULL)
		return false;
	httpSetTimeout(http, ASK_MS / 1000.0, NULL, NULL);
	request = ippNewRequest(op);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
		     "requested-attributes", NULL, "printer-state");
	if (cupsSendRequest(http, request, "/", ippLength(request)) ==
	    HTTP_STATUS_CONTINUE)
		answer = cupsGetResponse(http, "/");
	well = answer != NULL &&
	       ippGetStatusCode(answer) < IPP_STATUS_ERROR_BAD_REQUEST;
	ippDelete(answer);
	ippDelete(request);
	httpClose(http);
	return well;
}

bool
shop_is_up(struct shop *s)
{
	if (!still_runs(&s->cupsd_pid))
		start_cupsd(s);
	if (!still_runs(&s->spoold_pid))
		start_spoold(s);
	return answers(s->cupsd_socket, 0, IPP_OP_GET_PRINTER_ATTRIBUTES,
		       "ipp://localhost/printers/quick") &&
	       answers("localhost", s->port, IPP_OP_GET_PRINTER_ATTRIBUTES,
		       "ipp://localhost/ipp/print/quick");
}

static void
name_paths(struct shop *s)
{
	const char *f = s->folder;

	snprintf(s->cupsd_socket, SHOP_PATH, "%.200s/cups/sock", f);
	snprintf(s->station, SHOP_PATH, "%.200s/run/station.sock", f);
	snprintf(s->keep, SHOP_PATH, "%.200s/run/keep.sock", f);
	snprintf(s->store, SHOP_PATH, "%.200s/state/store", f);
	snprintf(s->taken, SHOP_PATH, "%.200s/taken", f);
	snprintf(s->hot, SHOP_PATH, "%.200s/hot", f);
	snprintf(s->plates, SHOP_PATH, "%.200s/plates", f);
}

int
shop_options(struct shop *s, unsigned *count, uint64_t *seed, int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "d:p:s:c:n:r:")) != -1)
		switch (option) {
		case 'd':
			text_copy(s->folder, 200, optarg);
			break;
		case 'p':
			s->port = atoi(optarg);
			break;
		case 's':
			s->spoold = optarg;
			break;
		case 'c':
			s->preload = optarg;
			break;
		case 'n':
			*count = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			*seed = strtoull(optarg, NULL, 10);
			break;
		default:
			return -1; /* getopt has said why */
		}
	name_paths(s);
	if (s->folder[0] != '\0' && s->port > 0 && s->spoold != NULL &&
	    s->preload != NULL)
		return 0;
	fprintf(stderr, "usage: see %s.sh\n", argv[0]);
	return -1;
}

int
shop_open(struct shop *s)
{
	int64_t until = clock_mono_ms() + SHOP_UP_MS;
	struct error err = {0};
	int rc = map_clock(s, &err);

	while (rc == 0 && !shop_is_up(s))
		if (clock_mono_ms() > until)
			rc = error_set(&err, ERROR_LATER, "the shop does not open");
	if (rc == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	shop_close(s);
	return -1;
}

static void
end(pid_t *pid)
{
	int64_t until = clock_mono_ms() + 10000;

	if (*pid <= 0)
		return;
	kill(*pid, SIGTERM);
	while (still_runs(pid) && clock_mono_ms() < until)
		poll(NULL, 0, 10);
	if (*pid > 0 && kill(*pid, SIGKILL) == 0)
		waitpid(*pid, NULL, 0);
	*pid = 0;
}

void
shop_close(struct shop *s)
{
	end(&s->spoold_pid);
	end(&s->cupsd_pid);
}

/* --- killing --- */

static bool
read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? fs_read_full(fd, text, size - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* keep, front or courier: a child of the supervisor, by the name that it gave itself. */
static unsigned
find_child(const struct shop *s, const char *name, pid_t found[FOUND_MAX])
{
	char path[64], list[1024], comm[64], *at, *rest = NULL;
	unsigned count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)s->spoold_pid,
		 (int)s->spoold_pid);
	if (s->spoold_pid <= 0 || !read_text(path, list, sizeof(list)))
		return 0;
	for (at = strtok_r(list, " ", &rest); at != NULL;
	     at = strtok_r(NULL, " ", &rest)) {
		snprintf(path, sizeof(path), "/proc/%.20s/comm", at);
		if (read_text(path, comm, sizeof(comm)) && strstr(comm, name) != NULL &&
		    count < FOUND_MAX)
			found[count++] = (pid_t)strtol(at, NULL, 10);
	}
	return count;
}

/* cupsd's children: our programs in this shop's own folder. */
static unsigned
find_program(const struct shop *s, const char *kind, pid_t found[FOUND_MAX])
{
	char path[64], exe[PATH_MAX], under[SHOP_PATH + 32];
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	unsigned count = 0;

	snprintf(under, sizeof(under), "%s/cups/bin/%s/", s->folder, kind);
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		ssize_t n;
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/exe", entry->d_name);
		n = readlink(path, exe, sizeof(exe) - 1);
		exe[n > 0 ? n : 0] = '\0';
		if (strncmp(exe, under, strlen(under)) == 0 && count < FOUND_MAX)
			found[count++] = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (proc != NULL)
		closedir(proc);
	return count;
}

static unsigned
find(const struct shop *s, enum victim victim, pid_t found[FOUND_MAX])
{
	switch (victim) {
	case VICTIM_SPOOLD:
		found[0] = s->spoold_pid;
		return s->spoold_pid > 0;
	case VICTIM_CUPSD:
		found[0] = s->cupsd_pid;
		return s->cupsd_pid > 0;
	case VICTIM_FILTER:
	case VICTIM_BACKEND:
		return find_program(s, victim_names[victim], found);
	default:
		return find_child(s, victim_names[victim], found);
	}
}

/* A zombie is gone, too. */
static bool
is_gone(pid_t pid)
{
	char path[64], stat[512];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (!read_text(path, stat, sizeof(stat)))
		return true;
	state = strrchr(stat, ')');
	return state != NULL && (state[2] == 'Z' || state[2] == 'X');
}

/* The supervisor's end is its children's, but not in the same moment. */
static void
wait_gone(const pid_t *pids, unsigned count, int64_t until)
{
	for (unsigned i = 0; i < count; i++)
		while (!is_gone(pids[i]) && clock_mono_ms() < until)
			poll(NULL, 0, 1);
}

bool
shop_kill(struct shop *s, enum victim victim, int wait_ms, unsigned pick)
{
	int64_t until = clock_mono_ms() + wait_ms;
	pid_t found[FOUND_MAX], others[FOUND_MAX];
	unsigned count, other_count = 0;

	while ((count = find(s, victim, found)) == 0 && clock_mono_ms() < until)
		poll(NULL, 0, 2);
	if (victim == VICTIM_SPOOLD)
		other_count = find_child(s, "spoold-", others);
	if (count == 0 || kill(found[pick % count], SIGKILL) != 0)
		return false;
	until = clock_mono_ms() + SHOP_UP_MS;
	wait_gone(&found[pick % count], 1, until);
	wait_gone(others, other_count, until);
	return true;
}

/* --- time --- */

void
shop_pass(struct shop *s, int64_t seconds)
{
	atomic_fetch_add(&s->clock->passed_s, seconds);
}

int64_t
shop_date(const struct shop *s)
{
	return (int64_t)time(NULL) + s->clock->passed_s + s->clock->leap_s;
}
