/*
 * tries.h - wrong identifications, counted: a growing delay, then a lock.
 *
 * A try is taken before it is known whether it is right, and given back when it proves
 * to be. What is counted: the order number that was named, the user that was named, the
 * station, the host; whether they exist or not, so that all strangers meet the same
 * delays.
 *
 *   - the first half of the allowed tries is free; each further one must wait 1, 2, 4,
 *     ... seconds after the one before
 *   - with the last allowed one (tries-per-order, also for a user; tries-per-station,
 *     also for a host) comes a lock of lockout-s; of an order or a user the next locks
 *     last twice as long each, up to TRIES_LOCK_MAX_S, until a success or a day of rest
 *   - tries are forgotten one by one: all of a station or host within lockout-s, all of
 *     an order or a user within a day, so that patience helps no more than haste; who
 *     proves an order clears its count
 *
 * The counters are TRIES_SLOTS a kind, addressed by a hash with a key of their
 * own: nothing that a stranger sends makes the table grow or pushes a lock out of it. Two
 * names that share a slot share their tries (1 in 65,536). They are in a file, too, of
 * 8 MiB from its beginning: to kill keep or to switch the machine off gives no new tries.
 *
 * What guessing costs: a PIN of d digits and t tries an order, locks doubling to a day:
 * about t * (log2(86400 / lockout-s) + 1) guesses in the first day, t a day after it,
 * of 10^d. A claim code of 12 symbols has 55 random bits; with S stations and hosts at
 * 2 * tries-per-station in lockout-s each, and 100,000 orders waiting, one hit is due
 * after 2^55 / 100,000 guesses, which takes 170,000 years at 20 in 300 s from one
 * station.
 */
#ifndef CC_KEEP_TRIES_H
#define CC_KEEP_TRIES_H

#include "spoold/keep/room.h"

#define TRIES_SLOTS	 65536
#define TRIES_LOCK_MAX_S 86400

enum tries_kind { TRIES_ORDER, TRIES_USER, TRIES_STATION, TRIES_HOST, TRIES_KINDS };

int tries_open(struct keep *k, struct error *err);
void tries_close(struct keep *k);
/* Milliseconds until a try may be made; 0 = now. */
int64_t tries_wait_ms(struct keep *k, enum tries_kind kind, const char *name);
/* Of that, what is a lock; 0 = none. */
int64_t tries_locked_ms(struct keep *k, enum tries_kind kind, const char *name);
/* True if this one brought a lock. */
bool tries_take(struct keep *k, enum tries_kind kind, const char *name);
/* Each second: has the disk begin with what it has not yet. */
void tries_tick(struct keep *k);
/* It was right. locked: what tries_take said of it; the lock goes with it. */
void tries_give_back(struct keep *k, enum tries_kind kind, const char *name,
		     bool locked);

#endif
