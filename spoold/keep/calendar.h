/*
 * calendar.h - which date it is, on a machine whose clock may be wrong.
 *
 * Orders expire by date. A clock that jumps a month ahead, or a machine that comes up in
 * 2099, must not end them all; one that comes up in 1970 must not give new orders a date
 * that is long over when the clock is set right.
 *
 * So there is a date that counts. It goes on with the machine's running time (that of
 * sleep included), and the store remembers it. As long as the clock agrees with it within
 * an hour (four days at a start: nobody knows how long the machine was off), it follows
 * the clock. A clock that disagrees is doubted, with a line in the log: the date goes on
 * from where it was, until the clock agrees again, or has itself gone on evenly for
 * clock-doubt-h hours and is believed.
 *
 * What is due is judged by calendar_now. Dates of orders are the later one of it and the
 * clock (keep_now): a wrong clock makes an order live longer, never shorter.
 */
#ifndef CC_KEEP_CALENDAR_H
#define CC_KEEP_CALENDAR_H

#include "spoold/keep/room.h"

#define CALENDAR_STEP_S 3600		     /* while keep runs */
#define CALENDAR_AWAY_S (INT64_C(4) * 86400) /* at a start */
#define CALENDAR_SAVE_S 600		     /* how often the store is told */

/* Each second, and before dates are judged; the first time it asks the store. */
void calendar_tick(struct keep *k);
int64_t calendar_now(const struct keep *k);
/* One sentence for the operator while the clock is doubted; else "". */
void calendar_say(const struct keep *k, char *text, size_t size);

#endif
