#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "spoold/keep/calendar.h"
#include "spoold/keep/life.h"
#include "spoold/keep/scrub.h"

#define DAY_S INT64_C(86400)

struct scrub {
	struct event *timer;
	struct store_scrub at;
	int64_t saved; /* calendar_now */
	bool known;    /* at is what the store says */
	bool walking;
	int64_t walk_ms; /* when the next walk of the tree begins; keep_mono_ms */
};

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	scrub_slice(context);
}

int
scrub_open(struct keep *k, struct error *err)
{
	static const struct timeval tick = {0, SCRUB_TICK_MS * 1000};
	struct scrub *s = calloc(1, sizeof(*s));

	k->scrub = s;
	if (s == NULL)
		return error_errno(err, "cannot read the store through");
	s->walk_ms = keep_mono_ms(k) + SCRUB_WALK_FIRST_MS;
	if (k->settings->scrub_days == 0)
		return 0;
	s->timer = event_new(k->base, -1, EV_PERSIST, on_timer, k);
	if (s->timer != NULL && event_add(s->timer, &tick) == 0)
		return 0;
	return error_set(err, ERROR_SYSTEM, "cannot make timers");
}

void
scrub_close(struct keep *k)
{
	if (k->scrub != NULL && k->scrub->timer != NULL)
		event_free(k->scrub->timer);
	free(k->scrub);
	k->scrub = NULL;
}

static bool
is_on(const struct scrub *s)
{
	return s->at.began > s->at.ended;
}

static void
save(struct keep *k)
{
	struct error err;

	k->scrub->saved = calendar_now(k);
	if (store_put_scrub(k->store, &k->scrub->at, &err) == 0)
		k->dirty = true;
	else
		log_error("how far the store was read can't be written down: %s",
			  err.text);
}

/* A date to come is of a clock that was wrong. */
static bool
is_due(const struct keep *k)
{
	const struct scrub *s = k->scrub;
	int64_t ago = calendar_now(k) - s->at.began;

	return ago < 0 || ago >= k->settings->scrub_days * DAY_S;
}

static void
begin(struct keep *k)
{
	struct store_scrub *at = &k->scrub->at;

	*at = (struct store_scrub){.began = calendar_now(k),
				   .ended = at->ended,
				   .found_before = at->found_before};
	if (at->ended >= at->began)
		at->ended = at->began - 1;
	save(k);
}

static void
end(struct keep *k)
{
	struct store_scrub *at = &k->scrub->at;
	struct error err;

	if (store_scrub_head(k->store, &err) != 0) {
		at->found++;
		log_error("the head of the store is damaged: %s", err.text);
	}
	at->ended = calendar_now(k);
	if (at->ended < at->began)
		at->ended = at->began;
	at->found_before = at->found;
	if (at->found > 0)
		log_notice("the store was read through: %" PRIu64
			   " faults (spoolctl -S corrupt orders, spoolctl check)",
			   at->found);
	else
		log_info("the store was read through, and is sound");
	save(k);
}

static void
set_aside(struct keep *k, const struct store_found *found)
{
	char text[ORDER_TEXT_MAX];
	struct order o;
	struct error err = {0};
	int rc = life_get_number(k, found->number, &o, &err); /* a record: does it */

	if (rc != 0)
		log_error("order %u is damaged but cannot be set aside: %s",
			  found->number, err.text);
	if (rc != 0)
		return;
	if (found->kind == STORE_FOUND_DOCUMENT && !order_is_over(o.state)) {
		snprintf(text, sizeof(text),
			 "%s; restore it from a backup, or cancel the order",
			 found->text);
		if (life_set_corrupt(k, &o, text, &err) != 0)
			log_error("order %u is damaged but cannot be set aside: %s",
				  o.number, err.text);
	}
	order_clear(&o);
	k->dirty = true;
}

static void
index_again(struct keep *k, uint32_t number)
{
	struct error err;

	if (store_index_again(k->store, number, &err) != 0)
		log_error("order %u cannot get its row again: %s", number, err.text);
	k->dirty = true;
}

static void
tell(struct keep *k, const struct store_found *found)
{
	bool told = k->scrub->at.found++ < SCRUB_TOLD_MAX;

	if (told && found->kind == STORE_FOUND_RECORD)
		log_error("found damaged: %s", found->text); /* names its order */
	else if (told)
		log_error("found damaged: order %u: %s%s", found->number,
			  found->kind == STORE_FOUND_INDEX
				  ? "it gets its row again in the index "
				  : "",
			  found->text);
	if (found->kind == STORE_FOUND_INDEX)
		index_again(k, found->number);
	else
		set_aside(k, found);
}

/* So that a round takes half of its days at most, however large the store is. */
static uint64_t
share(const struct keep *k)
{
	uint64_t bytes = store_alive(k->store).bytes;
	uint64_t need = 2 * bytes / ((uint64_t)k->settings->scrub_days * DAY_S);

	return (need > SCRUB_BYTES_S ? need : SCRUB_BYTES_S) * SCRUB_TICK_MS / 1000;
}

static void
look(struct keep *k)
{
	struct scrub *s = k->scrub;
	uint64_t left = share(k);
	struct store_found found;
	struct error err;

	while (left > 0) {
		int rc = store_scrub(k->store, &s->at, &found, &err);

		if (rc < 0) {
			/* of the tree: nobody can walk over it */
			log_error("the store can't be read through: %s", err.text);
			s->at.found++;
		}
		if (rc <= 0) {
			end(k);
			return;
		}
		if (found.kind != STORE_FOUND_NOTHING)
			tell(k, &found);
		left -= found.bytes + SCRUB_STEP < left ? found.bytes + SCRUB_STEP
							: left;
	}
	if (calendar_now(k) - s->saved >= SCRUB_SAVE_S)
		save(k);
}

static void
begin_walk(struct keep *k)
{
	struct scrub *s = k->scrub;
	struct error err;

	if (keep_mono_ms(k) < s->walk_ms)
		return;
	s->walk_ms = keep_mono_ms(k) + SCRUB_WALK_MS;
	s->walking = store_walk_begin(k->store, &err) == 0;
	if (!s->walking)
		log_error("the tree of the store cannot be looked over: %s", err.text);
}

/* Damage found is the end of this keep: flush. */
static void
end_walk(struct keep *k)
{
	struct scrub *s = k->scrub;
	char first[STORE_FOUND_TEXT];
	uint64_t faults;
	struct error err;
	int rc = store_walk_end(k->store, &faults, first, &err);

	s->walking = rc == 0;
	if (rc < 0)
		log_error("the tree of the store cannot be looked over: %s", err.text);
	if (faults == 0)
		return;
	log_error("found damaged: %s (%" PRIu64 " fault%s in the tree of the store)",
		  first, faults, faults == 1 ? "" : "s");
	k->dirty = true;
}

void
scrub_slice(struct keep *k)
{
	struct scrub *s = k->scrub;
	struct error err;

	if (store_in_doubt(k->store))
		return;
	if (s->walking)
		end_walk(k);
	else
		begin_walk(k);
	calendar_tick(k);
	if (!s->known && store_get_scrub(k->store, &s->at, &err) != 0)
		log_error("%s; it begins again", err.text);
	s->known = true;
	if (!is_on(s) && is_due(k))
		begin(k);
	if (is_on(s))
		look(k);
}

static void
format_date(char text[32], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(text, 32, "%F %H:%M UTC", &tm) == 0)
		text[0] = '\0';
}

void
scrub_say(const struct keep *k, char *text, size_t size)
{
	const struct store_scrub *at = &k->scrub->at;
	char date[32];
	size_t len;

	text[0] = '\0';
	if (k->settings->scrub_days == 0)
		return;
	format_date(date, at->ended);
	if (at->ended <= 0)
		text_copy(text, size, "not yet, all of it");
	else
		snprintf(text, size, "last %s, %" PRIu64 " fault%s", date,
			 at->found_before, at->found_before == 1 ? "" : "s");
	len = strlen(text);
	if (is_on(k->scrub))
		snprintf(text + len, size - len,
			 "; now at order %u, %" PRIu64 " so far", at->number,
			 at->found);
}
