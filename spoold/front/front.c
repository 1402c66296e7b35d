/*
 * front.c - the start, the listeners, and the end.
 *
 * The main thread accepts; a thread a connection serves (client.c); one thread listens to
 * keep (link.c); the watchdog keeps deadlines (admission.c). On SIGTERM the listeners
 * close, requests under way may finish for STOP_MS, then all connections are shut down.
 * When keep is gone nothing can finish any more: only what is being answered just then may
 * be, for GONE_MS, since all wait for the next front meanwhile.
 */
#include <cups/cups.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/front/admission.h"
#include "spoold/front/certificate.h"
#include "spoold/front/client.h"
#include "spoold/front/front.h"
#include "spoold/front/intake.h"
#include "spoold/front/link.h"
#include "spoold/front/printers.h"

#define STOP_MS	       5000 /* for requests under way at the end */
#define GONE_MS	       100
#define SWEEP_MS       5000
#define LISTENERS_MAX  (SETTINGS_LISTEN_MAX * 2 + 1)
#define NO_FDS_WAIT_MS 200 /* when the process has no descriptors left */

static char host_name[256] = "localhost";

int
front_prepare(const struct settings *settings, struct error *err)
{
	(void)settings;
	if (gethostname(host_name, sizeof(host_name) - 1) != 0)
		return error_errno(err, "cannot learn this machine's name");
	tzset();
	return 0;
}

struct front {
	const struct settings *settings;
	const struct front_fds *fds;
	int gone_fd;   /* keep is gone */
	int signal_fd; /* SIGTERM */
};

static int
open_signals(struct front *f, struct error *err)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	/* threads inherit the mask: only the descriptor tells of them */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	f->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	f->gone_fd = eventfd(0, EFD_CLOEXEC);
	if (f->signal_fd < 0 || f->gone_fd < 0)
		return error_errno(err, "cannot wait for signals");
	return 0;
}

static int
start(struct front *f, struct error *err)
{
	if (open_signals(f, err) != 0 || seal_start(err) != 0 ||
	    certificate_start(f->fds, err) != 0)
		return -1;
	printers_start(f->settings, host_name);
	preflight_start(f->settings, f->fds->preflight);
	if (admission_start(f->settings, err) != 0)
		return -1;
	return link_start(f->fds->keep, f->gone_fd, err);
}

static void
accept_one(struct front *f, int listener, bool station)
{
	http_t *http = httpAcceptConnection(listener, 1);
	struct error err;

	if (http == NULL) {
		if (errno == EMFILE || errno == ENFILE) {
			log_error("no descriptors left for a connection");
			poll(NULL, 0, NO_FDS_WAIT_MS);
		}
		return;
	}
	if (client_start(http, f->settings, f->fds, station, &err) != 0)
		log_notice("%s", err.text);
}

/* Until SIGTERM or keep's end; returns how long requests under way may take. */
static int
serve(struct front *f)
{
	struct pollfd p[LISTENERS_MAX + 2] = {
		{.fd = f->signal_fd, .events = POLLIN},
		{.fd = f->gone_fd, .events = POLLIN},
		{.fd = f->fds->station, .events = POLLIN}};
	nfds_t count = 3;

	for (uint32_t i = 0; i < f->fds->tcp_count; i++)
		p[count++] = (struct pollfd){.fd = f->fds->tcp[i], .events = POLLIN};
	for (;;) {
		int ready = poll(p, count, SWEEP_MS);
		if (ready == 0)
			intake_sweep((int64_t)f->settings->incoming_timeout_s * 1000);
		preflight_sweep(clock_mono_ms());
		certificate_watch(f->fds);
		if (ready <= 0)
			continue;
		if (p[1].revents != 0)
			return GONE_MS;
		if (p[0].revents != 0)
			return STOP_MS;
		for (nfds_t i = 2; i < count; i++)
			if (p[i].revents != 0)
				accept_one(f, p[i].fd, i == 2);
	}
}

static void
stop(const struct front *f, int wait_ms)
{
	for (uint32_t i = 0; i < f->fds->tcp_count; i++)
		close(f->fds->tcp[i]);
	close(f->fds->station);
	admission_stop(wait_ms);
	admission_expire_all();
}

int
front_run(const struct settings *settings, const struct front_fds *fds)
{
	struct front f = {.settings = settings, .fds = fds};
	struct error err;
	int wait_ms;

	if (start(&f, &err) != 0) {
		log_error("front cannot start: %s", err.text);
		return 1;
	}
	log_info("front serves on %u addresses and the station socket", fds->tcp_count);
	wait_ms = serve(&f);
	log_info("front stops");
	stop(&f, wait_ms);
	return 0;
}
