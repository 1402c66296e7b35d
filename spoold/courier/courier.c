/*
 * courier.c - the loop: take what keep says, do what is most urgent, one thing at a
 * time.
 *
 * cupsd is up from the first request that it answered until one that it did not; keep
 * is told when that changes. While it is down every wish is answered at once with
 * ERROR_LATER (keep has the outbox, and asks again), and the connection is tried again
 * after a growing delay.
 *
 * Making jobs is paced: a burst of thousands would have cupsd write its job cache for
 * seconds, with everybody waiting (reference: doc/decisions/courier.md).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/wire/wire.h"
#include "spoold/courier/courier.h"
#include "spoold/courier/fulfil.h"
#include "spoold/courier/joblist.h"
#include "spoold/courier/watch.h"
#include "spoold/courier/wishes.h"

#define RETRY_LEAST_MS 250
#define RETRY_MOST_MS  10000

struct courier {
	struct wire_peer keep;
	struct cupsd cupsd;
	struct fulfil fulfil;
	struct wishes wishes;
	struct watch watch;
	bool up, told; /* told: keep knows `up` */
	int64_t retry_at, retry_ms;
	int64_t watch_at;
	bool listing; /* keep wants all jobs listed: a page between two wishes */
	bool list_serves_all; /* ... and no job is made until it has ended */
	struct joblist list;
	uint32_t list_round;
	int64_t paced_at;     /* when `holds` was counted */
	int hold_rate, holds; /* made a second, sustained; that may be made now */
	union wire_any message;
};

static volatile sig_atomic_t asked_to_end;

static void
on_term(int signal_number)
{
	(void)signal_number;
	asked_to_end = 1;
	/* nothing is lost with us: the next courier begins by looking at cupsd */
	if (cupsd_is_waiting())
		_exit(0);
}

/* --- up and down --- */

static int
tell_cupsd(struct courier *c, bool up, const char *text, struct error *err)
{
	struct wire_cupsd m = {.up = up};

	if (c->told && c->up == up)
		return 0;
	c->up = up;
	c->told = true;
	text_copy(m.text, sizeof(m.text), text);
	if (up)
		log_notice("cupsd answers at '%s'", c->cupsd.host);
	else
		log_error("%s", text);
	return wire_send(&c->keep, WIRE_TYPE_cupsd, &m, err);
}

static int
went_down(struct courier *c, const struct error *why, struct error *err)
{
	cupsd_close(&c->cupsd);
	c->retry_ms = c->retry_ms == 0 ? RETRY_LEAST_MS : c->retry_ms * 2;
	if (c->retry_ms > RETRY_MOST_MS)
		c->retry_ms = RETRY_MOST_MS;
	c->retry_at = clock_mono_ms() + c->retry_ms;
	return tell_cupsd(c, false, why->text, err);
}

/* Whether there is any use in asking cupsd now; -1 when keep is gone. */
static int
is_up(struct courier *c, struct error *err)
{
	struct error why;

	if (c->cupsd.http != NULL)
		return 1;
	if (!c->up && clock_mono_ms() < c->retry_at)
		return 0;
	if (cupsd_connect(&c->cupsd, &why) != 0)
		return went_down(c, &why, err) == 0 ? 0 : -1;
	return 1;
}

static int
answered(struct courier *c, struct error *err)
{
	c->retry_ms = 0;
	return tell_cupsd(c, true, "", err);
}

/* --- wishes --- */

static int
send_done(struct courier *c, const struct wire_job_done *done, struct error *err)
{
	return wire_send(&c->keep, WIRE_TYPE_job_done, done, err);
}

static int
refuse_wish(struct courier *c, const struct wire_job_want *want, struct error *err)
{
	struct wire_job_done done = {.order = want->order,
				     .revision = want->revision,
				     .want = want->want,
				     .cups_job = want->cups_job,
				     .kind = ERROR_LATER};

	text_copy(done.text, sizeof(done.text), "cupsd does not answer");
	return send_done(c, &done, err);
}

static int
do_wish(struct courier *c, const struct wire_job_want *want, struct error *err)
{
	struct wire_job_done done;
	unsigned lost = c->cupsd.lost;
	struct error why = {0};

	fulfil_want(&c->fulfil, want, &done);
	if (done.kind == ERROR_NONE || c->cupsd.http != NULL) {
		if (answered(c, err) != 0)
			return -1;
	} else if (lost != c->cupsd.lost) {
		error_set(&why, ERROR_LATER, "%s", done.text);
		if (went_down(c, &why, err) != 0)
			return -1;
	}
	return send_done(c, &done, err);
}

static bool
may_hold(struct courier *c)
{
	int64_t now = clock_mono_ms(), due;

	due = (now - c->paced_at) * c->hold_rate / 1000;
	if (due > 0) {
		/* a burst of a second's worth */
		c->holds = due > c->hold_rate - c->holds ? c->hold_rate
							 : c->holds + (int)due;
		c->paced_at = now;
	}
	return c->holds > 0;
}

static bool
walks_for_all(const struct courier *c)
{
	return c->listing && c->list_serves_all;
}

/* 1: one was done, 0: there is none that may be done now, -1: keep is gone. */
static int
next_wish(struct courier *c, struct error *err)
{
	int up = is_up(c, err), rc;
	struct wish *wish;

	if (up < 0)
		return -1;
	/* the walk over a hundred thousand jobs is shared, and releases overtake it */
	wish = wishes_take(&c->wishes, up == 0 || (!walks_for_all(c) && may_hold(c)));
	if (wish == NULL)
		return 0;
	if (up > 0) {
		c->holds -= wish->want.want == WIRE_JOB_HELD;
		rc = do_wish(c, &wish->want, err);
	} else {
		rc = refuse_wish(c, &wish->want, err);
	}
	wishes_free(wish);
	return rc == 0 ? 1 : -1;
}

/* --- lists and queues --- */

struct listing {
	struct courier *c;
	struct error *err;
	bool keep_gone;
};

static int
send_seen(const struct heldjob *job, void *context)
{
	struct listing *l = context;
	struct wire_job_seen seen = {.round = l->c->list_round,
				     .cups_job = job->id,
				     .state = (uint8_t)job->state};

	if (l->c->list_serves_all)
		fulfil_list_job(&l->c->fulfil, job);
	memcpy(seen.order.bytes, job->order, UUID_BYTES);
	text_copy(seen.queue, sizeof(seen.queue), job->queue);
	l->keep_gone = wire_send(&l->c->keep, WIRE_TYPE_job_seen, &seen, l->err) != 0;
	return l->keep_gone ? -1 : 0;
}

static int
end_list(struct courier *c, const struct error *why, struct error *err)
{
	struct wire_jobs_end end = {.round = c->list_round, .complete = why == NULL};

	c->listing = false;
	if (why == NULL && c->list_serves_all)
		fulfil_list_end(&c->fulfil);
	text_copy(end.text, sizeof(end.text), why == NULL ? "" : why->text);
	return wire_send(&c->keep, WIRE_TYPE_jobs_end, &end, err);
}

static int
list_page(struct courier *c, struct error *err)
{
	struct listing l = {.c = c, .err = err};
	struct error why = {0};
	int up = is_up(c, err), rc;

	if (up < 0)
		return -1;
	if (up == 0) {
		error_set(&why, ERROR_LATER, "cupsd does not answer");
		return end_list(c, &why, err);
	}
	rc = joblist_next(&c->list, &c->cupsd, send_seen, &l, &why);
	if (l.keep_gone)
		return -1;
	if (rc >= 0)
		return answered(c, err) != 0 ? -1
		       : rc == 0	     ? end_list(c, NULL, err)
					     : 0;
	if (c->cupsd.http == NULL && went_down(c, &why, err) != 0)
		return -1;
	return end_list(c, &why, err);
}

/* With no queue to ask about: cupsd's default, whatever it is. */
static int
ping(struct courier *c, struct error *err)
{
	struct error why = {0};
	ipp_t *request = ippNewRequest(IPP_OP_CUPS_GET_DEFAULT);

	cupsd_ask(&c->cupsd, request, NULL, NULL, &why);
	if (c->cupsd.http != NULL)
		return answered(c, err);
	return went_down(c, &why, err);
}

/* Also our way to notice that cupsd came or went while keep wants nothing. */
static int
watch_queues(struct courier *c, struct error *err)
{
	struct error why = {0};
	int up = is_up(c, err), keep_gone = 0;

	c->watch_at = clock_mono_ms() + WATCH_PERIOD_MS;
	if (up <= 0)
		return up;
	if (c->watch.count == 0)
		return ping(c, err);
	if (watch_ask(&c->watch, &c->cupsd, &c->keep, &keep_gone, &why) == 0)
		return answered(c, err);
	if (keep_gone) {
		*err = why;
		return -1;
	}
	return went_down(c, &why, err);
}

/* --- operators --- */

static void
control_queue(struct courier *c, const struct wire_queue_control *ask,
	      struct wire_queue_controlled *done)
{
	ipp_op_t op =
		ask->verb == WIRE_PAUSE ? IPP_OP_PAUSE_PRINTER : IPP_OP_RESUME_PRINTER;
	ipp_t *request = cupsd_queue_request(&c->cupsd, op, ask->queue);
	struct error why = {0};

	if (ask->text[0] != '\0')
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_TEXT,
			     "printer-state-message", NULL, ask->text);
	if (cupsd_ask(&c->cupsd, request, NULL, NULL, &why) == 0)
		return;
	done->kind = (uint8_t)why.kind;
	text_copy(done->text, sizeof(done->text), why.text);
}

/* An operator waits. How the queue is then is told first. */
static int
control(struct courier *c, const struct wire_queue_control *ask, struct error *err)
{
	struct wire_queue_controlled done = {.id = ask->id};
	int up = is_up(c, err);

	if (up < 0)
		return -1;
	if (up == 0) {
		done.kind = ERROR_LATER;
		text_copy(done.text, sizeof(done.text), "cupsd does not answer");
	} else {
		control_queue(c, ask, &done);
	}
	if (done.kind == ERROR_NONE && watch_queues(c, err) != 0)
		return -1;
	return wire_send(&c->keep, WIRE_TYPE_queue_controlled, &done, err);
}

/* --- the loop --- */

static int
take_message(struct courier *c, struct error *err)
{
	int type = wire_receive(&c->keep, &c->message, err);

	switch (type) {
	case -1:
		return -1;
	case WIRE_TYPE_job_want:
		wishes_add(&c->wishes, &c->message.job_want);
		return 0;
	case WIRE_TYPE_jobs:
		c->listing = true;
		c->list_round = c->message.jobs.round;
		c->list_serves_all = !fulfil_is_listed(&c->fulfil);
		if (c->list_serves_all)
			fulfil_list_begin(&c->fulfil);
		joblist_begin(&c->list);
		return 0;
	case WIRE_TYPE_queue_control:
		return control(c, &c->message.queue_control, err);
	case WIRE_TYPE_queue_watch:
		c->watch_at = 0;
		return watch_add(&c->watch, c->message.queue_watch.queue, err);
	default:
		return error_set(err, ERROR_INPUT, "keep said '%s' to the courier",
				 wire_name((unsigned)type));
	}
}

/* Milliseconds until something is due, if keep says nothing. */
static int
wait_ms(const struct courier *c)
{
	int64_t now = clock_mono_ms(), due = c->watch_at;
	bool down = !c->up && c->cupsd.http == NULL;

	if (down && c->retry_at > due)
		due = c->retry_at;
	/* only holds that must be paced are left when we come here */
	if (c->wishes.count > 0 && due > now + 1 + 1000 / c->hold_rate)
		due = now + 1 + 1000 / c->hold_rate;
	return due <= now ? 0 : (int)(due - now);
}

/* Everything that keep has said, as far as there is room. */
static int
hear(struct courier *c, int timeout_ms, const sigset_t *mask, struct error *err)
{
	const struct timespec limit = {timeout_ms / 1000,
				       (timeout_ms % 1000) * 1000000L};
	struct pollfd in = {.fd = wishes_are_full(&c->wishes) ? -1 : c->keep.fd,
			    .events = POLLIN};
	int n = ppoll(&in, 1, &limit, mask);

	while (n > 0 && !wishes_are_full(&c->wishes)) {
		if (take_message(c, err) != 0)
			return -1;
		n = poll(&in, 1, 0);
	}
	return n < 0 && errno != EINTR ? error_errno(err, "cannot wait for keep") : 0;
}

/* A wish, then a page or the queues when they are due, so that none starves the others.
 * 1: there may be more to do at once. */
static int
work(struct courier *c, struct error *err)
{
	int more = next_wish(c, err), rc = 0;

	if (more < 0)
		return -1;
	if (c->listing)
		rc = list_page(c, err);
	else if (clock_mono_ms() >= c->watch_at)
		rc = watch_queues(c, err);
	return rc != 0 ? -1 : more > 0 || c->listing;
}

static int
loop(struct courier *c, const sigset_t *mask, struct error *err)
{
	bool busy = true;

	while (!asked_to_end) {
		int rc;
		if (hear(c, busy ? 0 : wait_ms(c), mask, err) != 0)
			return -1;
		rc = work(c, err);
		if (rc < 0)
			return -1;
		busy = rc > 0;
	}
	return 0;
}

static void
catch_term(sigset_t *mask)
{
	struct sigaction act = {.sa_handler = on_term};
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, mask);
	sigdelset(mask, SIGTERM);
	sigaction(SIGTERM, &act, NULL);
}

int
courier_run(const struct settings *settings, int keep_fd)
{
	static struct courier c; /* a union of all messages is large */
	struct error err = {0};
	sigset_t mask;
	int rc;

	catch_term(&mask);
	wire_peer_init(&c.keep, keep_fd, 0);
	wishes_init(&c.wishes);
	c.fulfil.cupsd = &c.cupsd;
	c.hold_rate = (int)settings->hold_rate;
	rc = cupsd_open(&c.cupsd, settings->cups_server, &err);
	if (rc == 0)
		rc = loop(&c, &mask, &err);
	if (rc != 0 && err.kind != ERROR_LATER)
		log_error("%s", err.text);
	wishes_clear(&c.wishes);
	watch_clear(&c.watch);
	fulfil_clear(&c.fulfil);
	cupsd_close(&c.cupsd);
	wire_peer_close(&c.keep);
	return rc != 0 && err.kind != ERROR_LATER ? 1 : 0;
}
