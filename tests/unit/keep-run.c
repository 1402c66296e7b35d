/*
 * keep-run.c - keep as the supervisor runs it: a process, killed and started again, with
 * peers known by their credentials.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

/* The order as `find` shows it; state 0 if it is not there. */
static struct wire_order_info
look(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_find find = {0};
	struct error err;
	union wire_any m, end;

	memcpy(find.order.bytes, h->uuid, UUID_BYTES);
	memset(&m, 0, sizeof(m));
	if (client_ask(b, c, WIRE_TYPE_find, &find, WIRE_TYPE_order_info, &m, &err) !=
	    0)
		memset(&m, 0, sizeof(m));
	else
		client_next(b, c, &end);
	return m.order_info;
}

static bool
becomes(struct bench *b, struct client *c, const struct handed *h, int state)
{
	int64_t deadline = clock_mono_ms() + BENCH_WAIT_MS;

	while (clock_mono_ms() < deadline) {
		if (look(b, c, h).state == state)
			return true;
		bench_turn(b);
	}
	return false;
}

/* cupsd's job is there and in this state, and the record knows its number. */
static bool
job_becomes(struct bench *b, struct client *c, struct handed *h, uint8_t state)
{
	int64_t deadline = clock_mono_ms() + BENCH_WAIT_MS;

	while (clock_mono_ms() < deadline) {
		const struct fake_job *j = cups_job_of(b, h->uuid);

		if (j != NULL && j->state == state && look(b, c, h).cups_job == j->id) {
			h->job = j->id;
			return true;
		}
		bench_turn(b);
	}
	return false;
}

static void
restart(struct bench *b, struct client *front)
{
	client_close(front);
	bench_kill(b, SIGKILL);
	bench_fork_again(b);
	bench_channel(b, front);
}

static void
what_was_acknowledged_survives_a_kill(struct bench *b)
{
	struct client front, filter;
	struct handed h, unfinished;
	struct wire_granted granted;
	struct error err = {0};

	bench_channel(b, &front);
	hand_in(b, &front, &(struct wish){.bytes = 700000}, &h, &err);
	hand_begin(b, &front, &(struct wish){0}, &unfinished, &err);
	hand_document(b, &front, &unfinished, 0, &err);
	restart(b, &front);
	TAP_OK(look(b, &front, &h).state == ORDER_HELD,
	       "an order is held after kill -9");
	TAP_OK(look(b, &front, &unfinished).state == 0 &&
		       hand_commit(b, &front, &unfinished, &err) == -1,
	       "one that was still coming is gone: %s", err.text);
	TAP_OK(job_becomes(b, &front, &h, 4), "its job is made");
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0, "released: %s", err.text);
	restart(b, &front);
	TAP_OK(look(b, &front, &h).state == ORDER_RELEASED &&
		       job_becomes(b, &front, &h, 5),
	       "after another kill it is released still, and its job runs");
	bench_connect(b, &filter);
	TAP_OK(spend(b, &filter, &h, 1, &granted, &err) == 0 &&
		       read_whole(b, &filter, &h, 1, &granted) == 0,
	       "its key has survived, wrapped under the site secret: %s", err.text);
	restart(b, &front);
	client_close(&filter);
	bench_connect(b, &filter);
	TAP_OK(spend(b, &filter, &h, 1, &granted, &err) == -1,
	       "what was given out is not given out again: %s", err.text);
	TAP_OK(becomes(b, &front, &h, ORDER_STOPPED), "and the order is stopped");
	handed_clear(&h);
	handed_clear(&unfinished);
	client_close(&front);
	client_close(&filter);
}

static void
a_job_that_ended_while_keep_was_away_is_noticed(struct bench *b)
{
	struct client front, filter;
	struct handed h;
	struct error err = {0};

	bench_channel(b, &front);
	hand_in(b, &front, &(struct wish){0}, &h, &err);
	job_becomes(b, &front, &h, 4);
	release(b, &front, &h, h.text, 0, &err);
	job_becomes(b, &front, &h, 5);
	bench_connect(b, &filter);
	TAP_OK(spend(b, &filter, &h, 1, NULL, &err) == 0, "it is being made");
	client_close(&filter);
	client_close(&front);
	bench_kill(b, SIGKILL);
	cups_job_of(b, h.uuid)->state = 4;
	bench_fork_again(b);
	bench_channel(b, &front);
	TAP_OK(becomes(b, &front, &h, ORDER_STOPPED),
	       "stopped, since nobody says how it ended");
	TAP_OK(strstr(look(b, &front, &h).message, "printed in part") != NULL, "%s",
	       look(b, &front, &h).message);
	handed_clear(&h);
	client_close(&front);
}

/* A process of that user connects and asks for status: 0 answered, 1 dropped. */
static int
ask_status_as(struct bench *b, uid_t uid, enum wire_type type)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct client c;
		struct error err;
		struct wire_produce p = {.cups_job = 1};
		struct bench remote = {0};

		memcpy(remote.folder, b->folder, sizeof(remote.folder));
		remote.cups.silent = true;
		if (setgid(uid) != 0 || setuid(uid) != 0)
			_exit(9);
		bench_connect(&remote, &c);
		if (type == WIRE_TYPE_status)
			_exit(client_ask(&remote, &c, type, &p, WIRE_TYPE_status_info,
					 NULL, &err) == 0
				      ? 0
				      : 1);
		client_ask(&remote, &c, type, &p, WIRE_TYPE_producing, NULL, &err);
		/* no filter of that job has come */
		_exit(err.kind == ERROR_ABSENT ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void
peers_are_who_the_kernel_says(struct bench *b)
{
	if (geteuid() != 0) {
		tap_skip("only root can be several users");
		return;
	}
	TAP_OK(ask_status_as(b, 0, WIRE_TYPE_status) == 0, "root is a tool");
	TAP_OK(ask_status_as(b, 0, WIRE_TYPE_produce) == 0, "and a filter");
	TAP_OK(ask_status_as(b, 7, WIRE_TYPE_produce) == 0, "filter-user is a filter");
	TAP_OK(ask_status_as(b, 7, WIRE_TYPE_status) == 1, "and no tool");
	TAP_OK(ask_status_as(b, 65534, WIRE_TYPE_status) == 1 &&
		       ask_status_as(b, 65534, WIRE_TYPE_produce) == 1,
	       "anybody else is nobody");
}

static void
a_new_front_and_a_new_courier_are_taken_on(struct bench *b)
{
	struct client front, second, courier;
	struct handed h;
	struct error err = {0};
	union wire_any m;
	int type;

	bench_channel(b, &front);
	hand_begin(b, &front, &(struct wish){0}, &h, &err);
	bench_hand_over(b, 'F', &second);
	while ((type = client_next(b, &front, &m)) > 0)
		continue;
	TAP_OK(type == 0, "the old front's channels are closed");
	client_close(&front);
	client_close(&b->control);
	b->control = second;
	bench_channel(b, &front);
	TAP_OK(hand_commit(b, &front, &h, &err) == -1, "its orders are gone: %s",
	       err.text);
	handed_clear(&h);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &h, &err) == 0,
	       "the new one hands in");
	job_becomes(b, &front, &h, 4);
	bench_hand_over(b, 'C', &courier);
	client_close(&b->cups.wire);
	b->cups.wire = courier;
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0 &&
		       job_becomes(b, &front, &h, 5),
	       "a new courier carries on");
	handed_clear(&h);
	client_close(&front);
}

static void
it_leaves_when_asked(struct bench *b)
{
	int status = bench_kill(b, SIGTERM);

	TAP_OK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "SIGTERM: status 0");
	bench_fork_again(b);
	status = bench_kill(b, 0);
	TAP_OK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	       "the supervisor's end: status 0");
}

static void
a_start_that_is_senseless_says_so(struct bench *b)
{
	char path[256], away[256];
	int status;

	snprintf(path, sizeof(path), "%s/keep/site-secrets", b->folder);
	snprintf(away, sizeof(away), "%s/keep/site-secrets.away", b->folder);
	if (rename(path, away) != 0)
		tap_diag("cannot take the secrets away");
	bench_fork_again(b);
	waitpid(b->pid, &status, 0);
	TAP_OK(WIFEXITED(status) && WEXITSTATUS(status) == KEEP_EXIT_HOPELESS,
	       "orders without their site secret: hopeless (%d)", WEXITSTATUS(status));
	TAP_OK(access(path, F_OK) != 0, "and no new secret was made");
	b->pid = 0;
	close(b->supervisor);
}

int
main(void)
{
	static struct bench b;

	bench_fork(&b);
	what_was_acknowledged_survives_a_kill(&b);
	a_job_that_ended_while_keep_was_away_is_noticed(&b);
	peers_are_who_the_kernel_says(&b);
	a_new_front_and_a_new_courier_are_taken_on(&b);
	it_leaves_when_asked(&b);
	a_start_that_is_senseless_says_so(&b);
	bench_close(&b);
	return tap_done();
}
