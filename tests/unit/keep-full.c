/*
 * keep-full.c - a full disk stops what comes in and nothing else: orders of every state
 * are released, made, stopped, cancelled, expired and removed on it.
 *
 * The store is on a small disk, mounted where only this process sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define DAY 86400

enum { HELD, AGAIN, STOPPED, RELEASED, PRODUCING, CANCELED, EXPIRING, ORDERS };

static char disk[160], junk[192];

/* As another program would. */
static void
fill_disk(void)
{
	static const char zeros[1 << 16];
	int fd = open(junk, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	while (fs_write_all(fd, zeros, sizeof(zeros)) == 0)
		;
	while (write(fd, zeros, 512) > 0)
		;
	close(fd);
}

/* Orders of 3 MB until one is refused; how many went in. */
static int
fill_store(struct bench *b, struct client *c, struct error *err)
{
	struct wire_order_abort abort_it;
	struct handed h;
	int n = 0;

	while (n < 60 &&
	       hand_in(b, c, &(struct wish){.user = "fills", .bytes = 3000000}, &h,
		       err) == 0) {
		handed_clear(&h);
		n++;
	}
	memcpy(abort_it.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, c, WIRE_TYPE_order_abort, &abort_it, WIRE_TYPE_ok, NULL, NULL);
	handed_clear(&h);
	return n;
}

static int
cancel(struct bench *b, struct client *c, const struct handed *h, struct error *err)
{
	struct wire_change m = {.verb = WIRE_CANCEL};

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	text_copy(m.user, sizeof(m.user), h->user);
	return client_ask(b, c, WIRE_TYPE_change, &m, WIRE_TYPE_order_info, NULL, err);
}

/* An order of each state. */
static void
prepare(struct bench *b, struct client *c, struct handed h[ORDERS])
{
	struct client filter;
	struct error err = {0};

	for (int i = 0; i < ORDERS; i++)
		hand_in_and_rest(
			b, c,
			&(struct wish){.fetch_until = i == EXPIRING
							      ? keep_now(b->k) + DAY
							      : 0},
			&h[i]);
	release(b, c, &h[STOPPED], h[STOPPED].text, 0, &err);
	release(b, c, &h[RELEASED], h[RELEASED].text, 0, &err);
	release(b, c, &h[PRODUCING], h[PRODUCING].text, 0, &err);
	bench_rest(b);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 1);
	spend(b, &filter, &h[STOPPED], 1, NULL, &err);
	produce(b, &filter, &h[STOPPED], &err);
	outcome(b, &filter, &h[STOPPED], WIRE_STOPPED, "Jam", &err);
	client_close(&filter);
	bench_rest(b);
}

static void
every_state_goes_on(struct bench *b, struct client *c, struct handed h[ORDERS])
{
	struct client filter;
	struct wire_granted granted;
	struct error err = {0};

	bench_peer(b, &filter, WIRE_FROM_FILTER, 2);
	TAP_OK(release(b, c, &h[HELD], h[HELD].text, 0, &err) == 0 &&
		       state_of(b, &h[HELD]) == ORDER_RELEASED,
	       "what is held is released: %s", err.text);
	bench_rest(b);
	TAP_OK(make(b, &h[HELD], 1) && state_of(b, &h[HELD]) == ORDER_COMPLETED,
	       "made, and completed");
	TAP_OK(make(b, &h[RELEASED], 1) && state_of(b, &h[RELEASED]) == ORDER_COMPLETED,
	       "what was released before is made, and completed");
	TAP_OK(spend(b, &filter, &h[PRODUCING], 1, &granted, &err) == 0 &&
		       read_whole(b, &filter, &h[PRODUCING], 1, &granted) == 0 &&
		       produce(b, &filter, &h[PRODUCING], &err) == 0 &&
		       outcome(b, &filter, &h[PRODUCING], WIRE_STOPPED, "Jam", &err) ==
			       0 &&
		       state_of(b, &h[PRODUCING]) == ORDER_STOPPED,
	       "what is being made may stop, and say why: %s", err.text);
	TAP_OK(release(b, c, &h[STOPPED], h[STOPPED].text, 1, &err) == 0 &&
		       state_of(b, &h[STOPPED]) == ORDER_RELEASED,
	       "what stopped is released again: %s", err.text);
	TAP_OK(cancel(b, c, &h[STOPPED], &err) == 0 &&
		       cancel(b, c, &h[CANCELED], &err) == 0 &&
		       state_of(b, &h[CANCELED]) == ORDER_CANCELED,
	       "orders are cancelled: %s", err.text);
	TAP_OK(release(b, c, &h[AGAIN], h[AGAIN].text, 0, &err) == 0, "a release");
	bench_pass(b, b->settings.grant_timeout_s + 1);
	TAP_OK(state_of(b, &h[AGAIN]) == ORDER_HELD, "that nobody spends runs out");
	bench_pass(b, DAY);
	TAP_OK(state_of(b, &h[EXPIRING]) == ORDER_EXPIRED, "what is due expires");
	bench_pass(b, (int64_t)b->settings.retention_days * DAY + 1);
	TAP_OK(state_of(b, &h[EXPIRING]) == 0, "and records go");
	client_close(&filter);
}

static void
a_full_disk_stops_what_comes_in_and_nothing_else(struct bench *b)
{
	struct handed h[ORDERS], coming, last;
	struct client c, other;
	struct error err = {0};
	struct store_health health;
	int taken;

	bench_channel(b, &c);
	bench_channel(b, &other);
	prepare(b, &c, h);
	hand_begin(b, &other, &(struct wish){.bytes = 3000000}, &coming, &err);
	hand_document(b, &other, &coming, 0, &err);
	fill_disk();
	taken = fill_store(b, &c, &err);
	TAP_OK(taken < 60 && err.kind == ERROR_FULL && err.detail == 0,
	       "after %d orders of 3 MB: %s", taken, err.text);
	TAP_OK(hand_commit(b, &other, &coming, &err) == 0,
	       "an order whose documents are there is taken: %s", err.text);
	every_state_goes_on(b, &c, h);
	TAP_OK(fill_store(b, &c, &err) < 5 && err.kind == ERROR_FULL,
	       "still there is no room for more");
	hand_in_and_rest(b, &c, &(struct wish){.bytes = 10}, &last);
	bench_restart(b);
	client_close(&c);
	client_close(&other);
	bench_channel(b, &c);
	TAP_OK(state_of(b, &last) == ORDER_HELD &&
		       release(b, &c, &last, last.text, 0, &err) == 0,
	       "after a restart on the full disk what is held is released");
	bench_rest(b);
	TAP_OK(make(b, &last, 1), "and made");
	unlink(junk);
	TAP_OK(fill_store(b, &c, &err) > 0,
	       "with room again orders are taken, at once");
	TAP_OK(store_check(b->k->store, NULL, NULL, &health, &err) == 0 &&
		       health.faults == 0,
	       "no invariant is broken");
	for (int i = 0; i < ORDERS; i++)
		handed_clear(&h[i]);
	handed_clear(&coming);
	handed_clear(&last);
	client_close(&c);
}

int
main(void)
{
	static struct bench b;

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/tmp", "tmpfs", 0, "size=64m") != 0) {
		tap_skip("a full disk: cannot mount a small disk here: %s",
			 strerror(errno));
		return tap_done();
	}
	bench_open(&b, "lmdb");
	snprintf(disk, sizeof(disk), "%s", b.folder);
	snprintf(junk, sizeof(junk), "%s/junk", disk);
	a_full_disk_stops_what_comes_in_and_nothing_else(&b);
	bench_close(&b);
	return tap_done();
}
