/*
 * room.h - what the files of this room share: the keep itself, its peers, its turns.
 *
 * Turns. All that arrives while the loop goes round once is handled, the store is
 * flushed, and only then do the answers leave (keep_turn). A turn in which nothing but
 * chunks came is not ended yet. So a handler changes the
 * store, queues its answer with peer_say and returns; it neither flushes nor sends. If
 * the flush fails, every request of that turn is answered with the flush's error, what
 * it changed in the store has not happened, and the files that keep something in
 * memory beside the store undo it (intake_flushed, audit_flushed).
 *
 * What is in memory is of three kinds: orders still being submitted (lost with keep, as
 * promised), counters (tries; a file has them, too), and hints that the store or cupsd can give again (runs,
 * jobs in flight). Nothing else.
 */
#ifndef CC_KEEP_ROOM_H
#define CC_KEEP_ROOM_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lib/seal/seal.h"
#include "lib/wire/wire.h"
#include "spoold/settings.h"
#include "spoold/store/store.h"

/* calendar.h; all in unix seconds, but where it says running */
struct calendar {
	bool open;
	int64_t date, at;   /* the date that counted when the machine ran for `at` */
	int64_t wall, seen; /* what the clock said last, and when (running) */
	int64_t doubted;    /* by the clock, since when it is in doubt; 0: it is not */
	int64_t saved;	    /* date as the store has it */
};

/* What is added to the machine's clocks, so that tests make time pass: to all of them, and to
 * the one of dates alone. Zeroes but in tests. */
struct keep_clock {
	int64_t skew_s, jump_s;
};

struct peer;
TAILQ_HEAD(peer_list, peer);

struct keep {
	const struct settings *settings; /* not owned */
	struct store *store;
	struct seal_site *site;
	struct event_base *base;
	struct event *tick; /* each second */
	struct event *tidy; /* while the store has work left over */
	struct event *expire;
	struct store_due expire_after; /* expire.c: where it goes on, */
	int64_t expire_again_ms;       /* until then; 0: from the first one */
	struct calendar calendar;
	struct peer_list peers;
	uint32_t peer_count;
	struct doors *doors;
	struct intake *intake;
	struct tries *tries;
	struct stations *stations;
	struct quota *quota;
	struct runs *runs;
	struct queues *queues;
	struct controls *controls;
	struct announce *announce;
	struct reconcile *reconcile;
	struct jobs *jobs;
	struct peer *crier; /* NULL: none; warn.h */
	uint32_t crier_has; /* orders */
	struct audit *audit;
	struct events *events;
	struct scrub *scrub;
	uint64_t turn;	 /* counts turns, from 1 */
	int64_t started; /* unix seconds */
	const struct keep_clock *clock;
	uint32_t faults; /* flushes that failed in a row */
	bool dirty;	 /* something waits for the end of the turn */
	bool leaving;	 /* SIGTERM, or the supervisor is gone */
	uint32_t front_starts;
};

/* Unix seconds; a date to be written down. What is due is judged by calendar_now. */
int64_t keep_now(const struct keep *k);
/* Milliseconds that never go back; not a date. */
int64_t keep_mono_ms(const struct keep *k);

/* The file of the site's secrets. */
#define KEEP_PATH_MAX (SETTINGS_PATH_MAX + 32)
void keep_secrets_path(const struct keep *k, char path[KEEP_PATH_MAX]);

struct keep_fds;
/* What keep_run does before and after its loop; tests call these themselves. engine:
 * "lmdb" or "ram". The descriptors are taken over, -1 for one that is not there. clock
 * is not owned, and may change. NULL with *err. */
struct keep *keep_open(const struct settings *settings, const char *engine,
		       const struct keep_fds *fds, const struct keep_clock *clock,
		       struct error *err);
/* One turn: waits for something to happen if `wait`, handles it, flushes, answers. */
void keep_turn(struct keep *k, bool wait);
/* In the middle of a turn that has grown too large: as at its end. */
void keep_settle(struct keep *k);
void keep_close(struct keep *k);

#endif
