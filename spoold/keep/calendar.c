#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/log.h"
#include "spoold/keep/calendar.h"

/* Seconds of the machine's running, sleep included. */
static int64_t
running_s(const struct keep *k)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec + k->clock->skew_s;
}

static int64_t
wall_s(const struct keep *k)
{
	return (int64_t)time(NULL) + k->clock->skew_s + k->clock->jump_s;
}

int64_t
calendar_now(const struct keep *k)
{
	const struct calendar *c = &k->calendar;

	return c->open ? c->date + running_s(k) - c->at : wall_s(k);
}

int64_t
keep_now(const struct keep *k)
{
	int64_t wall = wall_s(k), date = calendar_now(k);

	return wall > date ? wall : date;
}

static void
follow(struct keep *k, int64_t wall)
{
	k->calendar.date = wall;
	k->calendar.at = running_s(k);
}

static void
format_date(char text[32], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL || strftime(text, 32, "%F %T UTC", &tm) == 0)
		text[0] = '\0';
}

static void
believe(struct keep *k, int64_t wall, const char *why)
{
	char says[32];

	format_date(says, wall);
	log_notice("the clock is believed, %s: it is %s", why, says);
	follow(k, wall);
	k->calendar.doubted = 0;
	k->calendar.saved = 0;
}

static void
doubt(struct keep *k, int64_t wall)
{
	char says[32], counts[32];

	if (k->settings->clock_doubt_h == 0) {
		believe(k, wall, "as clock-doubt-h says");
		return;
	}
	format_date(says, wall);
	format_date(counts, calendar_now(k));
	log_error("the clock says %s, where %s was expected; until it is set right, or "
		  "has gone on for %u hours, what is due goes by the expected date",
		  says, counts, k->settings->clock_doubt_h);
	k->calendar.doubted = wall;
	k->calendar.saved = 0;
}

void
calendar_say(const struct keep *k, char *text, size_t size)
{
	char says[32], counts[32];

	text[0] = '\0';
	if (k->calendar.doubted == 0)
		return;
	format_date(says, wall_s(k));
	format_date(counts, calendar_now(k));
	snprintf(text, size,
		 "it says %s, where %s was expected, and is doubted: what is due goes "
		 "by "
		 "the expected date. Set it right",
		 says, counts);
}

static bool
agree(int64_t a, int64_t b, int64_t within)
{
	return a > b ? a - b <= within : b - a <= within;
}

/* What the store remembers; nothing in a new one. */
static void
open_it(struct keep *k, int64_t wall)
{
	struct calendar *c = &k->calendar;
	struct store_clock was;
	struct error err;
	bool agrees;

	if (store_get_clock(k->store, &was, &err) != 0) {
		log_error("the date is not known: %s", err.text);
		was = (struct store_clock){0};
	}
	c->open = true;
	c->wall = wall;
	c->seen = running_s(k);
	follow(k, was.calendar != 0 ? was.calendar : wall);
	/* behind, no time at all would have passed */
	agrees = wall >= c->date ? wall - c->date <= CALENDAR_AWAY_S
				 : c->date - wall <= CALENDAR_STEP_S;
	if (agrees)
		follow(k, wall);
	else if (was.doubted != 0 && wall >= was.doubted)
		c->doubted = was.doubted;
	else
		doubt(k, wall);
}

static void
save(struct keep *k)
{
	const struct store_clock now = {.calendar = calendar_now(k),
					.doubted = k->calendar.doubted};

	if (agree(now.calendar, k->calendar.saved, CALENDAR_SAVE_S - 1))
		return;
	k->calendar.saved = now.calendar;
	if (store_put_clock(k->store, &now, NULL) == 0)
		k->dirty = true;
}

void
calendar_tick(struct keep *k)
{
	const int64_t wall = wall_s(k), patience = k->settings->clock_doubt_h * 3600;
	struct calendar *c = &k->calendar;
	bool even;

	if (!c->open)
		open_it(k, wall);
	even = agree(wall - c->wall, running_s(k) - c->seen, CALENDAR_STEP_S);
	if (agree(wall, calendar_now(k), CALENDAR_STEP_S)) {
		if (c->doubted != 0)
			believe(k, wall, "since it was set right");
		follow(k, wall);
	} else if (c->doubted == 0 || !even || wall < c->doubted) {
		doubt(k, wall);
	}
	if (c->doubted != 0 && wall - c->doubted >= patience)
		believe(k, wall, "since it went on evenly");
	c->wall = wall;
	c->seen = running_s(k);
	save(k);
}
