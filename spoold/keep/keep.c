/*
 * keep.c - keep(8): the sole owner of store and secrets.
 *
 * One thread, one loop. Everything that arrived while the loop went round is handled;
 * then one flush makes it durable; then the answers go out. Where only chunks of
 * documents came nobody waits for an answer, and the turn goes on, up to 8 MiB: a flush
 * for each 256 KiB would cost as much as the writing. While the disk is busy with
 * a flush, more arrives and shares the next one: group commit costs nothing but order.
 *
 * Diagnostics: problems are logged once, with the order's number. What makes a start
 * senseless (no secret for the orders that are there, a damaged store) ends with
 * KEEP_EXIT_HOPELESS. A flush that finds no room does not end anything: that turn's
 * requests fail, and the next turn tries again. After one that the disk failed nobody
 * knows what the disk has (a sync that failed is not one to try again: the second one may
 * succeed without what the first one lost): that turn's requests fail, too, and keep
 * leaves, to be started anew upon what can be read from the disk. A page that can't be so ends
 * it, too: who comes next looks the store over first, and saves what is whole (mend.h).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "spoold/keep/announce.h"
#include "spoold/keep/audit.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/control.h"
#include "spoold/keep/events.h"
#include "spoold/keep/doors.h"
#include "spoold/keep/expire.h"
#include "spoold/keep/identify.h"
#include "spoold/keep/intake.h"
#include "spoold/keep/jobs.h"
#include "spoold/keep/mend.h"
#include "spoold/keep/query.h"
#include "spoold/keep/quota.h"
#include "spoold/keep/reconcile.h"
#include "spoold/keep/run.h"
#include "spoold/keep/scrub.h"
#include "spoold/keep/stations.h"
#include "spoold/keep/tries.h"
#include "spoold/keep/warn.h"

#define KEEP_SECRETS "site-secrets"
#define KEEP_TURN_BYTES                                                                \
	(8 * 1024 * 1024) /* of chunks; a flush of more takes too long */
#define KEEP_TIDY_MS 20
#define DAMAGE_ADVICE                                                                  \
	"; with spoold stopped, `spoolctl check --repair` saves what has its sum and " \
	"keeps the old file, `spoolctl restore` takes the last backup"

int64_t
keep_mono_ms(const struct keep *k)
{
	return clock_mono_ms() + k->clock->skew_s * 1000;
}

/* --- the end of a turn --- */

static void
reap(struct keep *k)
{
	struct peer *p, *next;
	bool again = true;

	/* a peer that ends may take others with it (front its channels) */
	while (again) {
		again = false;
		for (p = TAILQ_FIRST(&k->peers); p != NULL; p = next) {
			next = TAILQ_NEXT(p, link);
			if (!p->doomed)
				continue;
			reconcile_peer_gone(p);
			jobs_peer_gone(p);
			query_peer_gone(p);
			control_peer_gone(p);
			events_peer_gone(p);
			announce_peer_gone(p);
			warn_peer_gone(p);
			run_peer_gone(p);
			identify_peer_gone(p);
			intake_peer_gone(p);
			doors_peer_gone(p);
			peer_free(p);
			again = true;
			break;
		}
	}
}

static void
say_fault(struct keep *k, const struct error *failed)
{
	if (failed != NULL && k->faults++ == 0)
		log_error("nothing can be made durable: %s", failed->text);
	if (failed != NULL && store_in_doubt(k->store))
		log_error("the disk failed in the middle of a turn: what was not "
			  "acknowledged is refused, and keep starts anew to read what "
			  "the disk has. Look at the disk, and at the kernel's log");
	if (store_is_damaged(k->store) && !k->leaving)
		log_error(
			"the store is damaged: keep starts anew to save what is whole");
	if (failed == NULL && k->faults > 0) {
		log_notice("the store takes changes again; %u turns had failed",
			   k->faults);
		k->faults = 0;
	}
}

static void
flush(struct keep *k)
{
	struct error err, *failed = NULL;
	struct peer *p;

	audit_seal(k);
	if (store_flush(k->store, &err) != 0)
		failed = &err;
	say_fault(k, failed);
	intake_flushed(k, failed);
	audit_flushed(k, failed == NULL);
	events_flushed(k, failed == NULL);
	if (failed != NULL) {
		jobs_doubt(k);
	}
	TAILQ_FOREACH(p, &k->peers, link)
		peer_flushed(p, failed);
	k->turn++;
	k->leaving |= store_in_doubt(k->store) || store_is_damaged(k->store);
}

void
keep_settle(struct keep *k)
{
	if (store_unflushed(k->store) >= KEEP_TURN_BYTES)
		flush(k);
}

void
keep_turn(struct keep *k, bool wait)
{
	bool due;

	/* What was left to do by the end of the last turn does not wait for news. ONCE
	 * with NONBLOCK, too: without it libevent goes round until nothing is active,
	 * and a busy peer would keep the turn from ending. */
	event_base_loop(k->base, wait && !k->dirty ? EVLOOP_ONCE
						   : EVLOOP_ONCE | EVLOOP_NONBLOCK);
	due = k->dirty || store_unflushed(k->store) >= KEEP_TURN_BYTES;
	k->dirty = false;
	reap(k);
	if (due || k->dirty)
		flush(k);
	jobs_pump(k);
}

/* --- timers --- */

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct keep *k = context;

	(void)fd;
	(void)what;
	k->dirty = true; /* chunks wait for no longer than this */
	calendar_tick(k);
	intake_expire(k);
	reconcile_tick(k);
	query_tick(k);
	control_tick(k);
	doors_tick(k);
	tries_tick(k);
	audit_tick(k);
}

static void
on_tidy(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval soon = {0, KEEP_TIDY_MS * 1000};
	static const struct timeval later = {1, 0};
	struct keep *k = context;
	bool more = false;
	struct error err;

	(void)fd;
	(void)what;
	k->dirty = true;
	if (store_tidy(k->store, &more, &err) != 0)
		log_error("space cannot be given back: %s", err.text);
	event_add(k->tidy, more ? &soon : &later);
}

static int
open_timers(struct keep *k, struct error *err)
{
	static const struct timeval second = {1, 0};

	k->tick = event_new(k->base, -1, EV_PERSIST, on_tick, k);
	k->tidy = event_new(k->base, -1, 0, on_tidy, k);
	if (k->tick == NULL || k->tidy == NULL || event_add(k->tick, &second) != 0 ||
	    event_add(k->tidy, &second) != 0)
		return error_set(err, ERROR_SYSTEM, "cannot make timers");
	return 0;
}

/* --- start and end --- */

static int
open_store(struct keep *k, const char *engine, bool fell, struct error *err)
{
	const struct settings *s = k->settings;
	char folder[SETTINGS_PATH_MAX + 32];
	const struct store_options options = {
		.engine = engine,
		.folder = folder,
		.map_bytes = (uint64_t)s->map_gb << 30,
		.reserve_bytes = (uint64_t)s->disk_reserve_mb << 20,
	};

	snprintf(folder, sizeof(folder), "%s/" KEEP_STORE_FOLDER, s->state_directory);
	if (fell && mend_after_fall(&options, err) != 0)
		return -1;
	if (store_open(&options, &k->store, err) == 0)
		return 0;
	if (err->kind != ERROR_CORRUPT)
		return -1;
	log_error("%s", err->text);
	if (mend_closed(&options, err) != 0)
		return -1;
	return store_open(&options, &k->store, err);
}

void
keep_secrets_path(const struct keep *k, char path[KEEP_PATH_MAX])
{
	snprintf(path, KEEP_PATH_MAX, "%s/" KEEP_KEEP_FOLDER "/" KEEP_SECRETS,
		 k->settings->state_directory);
}

static int
open_secrets(struct keep *k, struct error *err)
{
	char path[KEEP_PATH_MAX];
	struct store_health h;

	if (store_count(k->store, &h, err) != 0)
		return -1;
	keep_secrets_path(k, path);
	return seal_site_open(path, store_orders(&h) == 0, &k->site, err);
}

static int
open_rooms(struct keep *k, const char *engine, const struct keep_fds *fds,
	   struct error *err)
{
	k->base = event_base_new();
	if (k->base == NULL)
		return error_set(err, ERROR_SYSTEM, "cannot make an event loop");
	if (open_store(k, engine, fds->fell, err) != 0 || open_secrets(k, err) != 0 ||
	    audit_open(k, err) != 0 || events_open(k, err) != 0 ||
	    quota_open(k, err) != 0 || intake_open(k, err) != 0 ||
	    tries_open(k, err) != 0 || stations_open(k, err) != 0 ||
	    run_open(k, err) != 0 || jobs_open(k, err) != 0 ||
	    query_open(k, err) != 0 || control_open(k, err) != 0 ||
	    announce_open(k, err) != 0 || reconcile_open(k, err) != 0 ||
	    open_timers(k, err) != 0 || expire_open(k, err) != 0 ||
	    scrub_open(k, err) != 0)
		return -1;
	return doors_open(k, fds, err);
}

struct keep *
keep_open(const struct settings *settings, const char *engine,
	  const struct keep_fds *fds, const struct keep_clock *clock, struct error *err)
{
	struct keep *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		error_errno(err, "cannot start");
		return NULL;
	}
	k->settings = settings;
	k->clock = clock;
	TAILQ_INIT(&k->peers);
	k->turn = 1;
	k->started = keep_now(k);
	if (open_rooms(k, engine, fds, err) == 0)
		return k;
	keep_close(k);
	return NULL;
}

static void
free_timers(struct keep *k)
{
	if (k->tick != NULL)
		event_free(k->tick);
	if (k->tidy != NULL)
		event_free(k->tidy);
	expire_close(k);
	scrub_close(k);
}

void
keep_close(struct keep *k)
{
	struct peer *p;

	if (k == NULL)
		return;
	while ((p = TAILQ_FIRST(&k->peers)) != NULL) {
		run_peer_gone(p);
		identify_peer_gone(p);
		intake_peer_gone(p);
		peer_free(p);
	}
	doors_close(k);
	reconcile_close(k);
	query_close(k);
	control_close(k);
	announce_close(k);
	jobs_close(k);
	run_close(k);
	tries_close(k);
	stations_close(k);
	intake_close(k);
	quota_close(k);
	events_close(k);
	audit_close(k);
	free_timers(k);
	seal_site_close(k->site);
	store_close(k->store);
	if (k->base != NULL)
		event_base_free(k->base);
	free(k);
}

/* --- the process --- */

static void
on_signal(evutil_socket_t number, short what, void *context)
{
	struct keep *k = context;

	(void)what;
	log_info("signal %d: leaving", (int)number);
	k->leaving = true;
}

/* Each channel is a descriptor; the soft limit of 1,024 would be met. */
static void
raise_limits(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &files) != 0)
			log_info("the limit of descriptors stays as it is: %s",
				 strerror(errno));
	}
}

static void
serve(struct keep *k)
{
	struct event *term = evsignal_new(k->base, SIGTERM, on_signal, k);
	struct event *interrupt = evsignal_new(k->base, SIGINT, on_signal, k);
	sigset_t ours;

	if (term != NULL)
		event_add(term, NULL);
	if (interrupt != NULL)
		event_add(interrupt, NULL);
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
	while (!k->leaving)
		keep_turn(k, true);
	if (term != NULL)
		event_free(term);
	if (interrupt != NULL)
		event_free(interrupt);
}

/* Whether a new start could help. */
static int
exit_status(const struct error *err)
{
	switch (err->kind) {
	case ERROR_SYSTEM:
	case ERROR_LATER:
	case ERROR_FULL:
		return 1;
	default:
		return KEEP_EXIT_HOPELESS;
	}
}

int
keep_run(const struct settings *settings, const struct keep_fds *fds)
{
	static const struct keep_clock right = {.skew_s = 0};
	struct keep *k = NULL;
	struct error err;
	bool in_doubt, damaged;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	raise_limits();
	if (seal_start(&err) == 0)
		k = keep_open(settings, "lmdb", fds, &right, &err);
	if (k == NULL) {
		log_error("cannot keep orders: %s%s", err.text,
			  err.kind == ERROR_CORRUPT ? DAMAGE_ADVICE : "");
		return exit_status(&err);
	}
	log_info("keeping orders in %s", settings->state_directory);
	calendar_tick(k);
	serve(k);
	in_doubt = store_in_doubt(k->store);
	damaged = store_is_damaged(k->store);
	if (!in_doubt && !damaged) {
		identify_end(k);
		audit_end(k);
	}
	keep_close(k);
	if (damaged)
		return KEEP_EXIT_DAMAGED;
	return in_doubt ? 1 : 0;
}
