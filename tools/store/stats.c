/*
 * stats.c - spoolctl stats: orders, waiting time, time at the printer and failures, for each
 * day and printer, from the audit alone.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "tools/control/when.h"
#include "tools/jsontext.h"

#include "tools/store/audit.h"
#include "tools/store/stats.h"

#define BARS_WIDTH 80

/* What is known of an order on its way. */
struct life {
	uint32_t number; /* 0: this place is free */
	int64_t came, first_release, last_release;
};

struct gathering {
	const struct control *c;
	int64_t since, until;
	struct stats stats;
	struct life *lives; /* by number, open addressing; a power of two */
	size_t life_count, life_cap;
};

/* --- orders --- */

static struct life *
place_of(struct life *lives, size_t cap, uint32_t number)
{
	size_t at = (number * UINT32_C(2654435761)) & (cap - 1);

	while (lives[at].number != 0 && lives[at].number != number)
		at = (at + 1) & (cap - 1);
	return &lives[at];
}

static void
grow(struct gathering *g)
{
	const size_t cap = g->life_cap == 0 ? 1024 : 2 * g->life_cap;
	struct life *lives = calloc(cap, sizeof(*lives));

	INVARIANT(lives != NULL);
	for (size_t i = 0; i < g->life_cap; i++)
		if (g->lives[i].number != 0)
			*place_of(lives, cap, g->lives[i].number) = g->lives[i];
	free(g->lives);
	g->lives = lives;
	g->life_cap = cap;
}

static struct life *
life_of(struct gathering *g, uint32_t number)
{
	struct life *life;

	if (2 * (g->life_count + 1) > g->life_cap)
		grow(g);
	life = place_of(g->lives, g->life_cap, number);
	if (life->number == 0) {
		life->number = number;
		g->life_count++;
	}
	return life;
}

/* --- days --- */

static int
by_day(const void *a, const void *b)
{
	const struct stats_row *x = a, *y = b;
	int order = strcmp(x->day, y->day);

	return order != 0 ? order : strcmp(x->printer, y->printer);
}

/* Entries come by date, so the row is among the last ones. */
static struct stats_row *
row_of(struct stats *s, const char *day, const char *printer)
{
	for (size_t i = s->count; i-- > 0 && strcmp(s->rows[i].day, day) == 0;)
		if (strcmp(s->rows[i].printer, printer) == 0)
			return &s->rows[i];
	if (s->count == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		s->rows = reallocarray(s->rows, s->cap, sizeof(*s->rows));
		INVARIANT(s->rows != NULL);
	}
	s->rows[s->count] = (struct stats_row){.orders = 0};
	text_copy(s->rows[s->count].day, STATS_DAY, day);
	text_copy(s->rows[s->count].printer, ORDER_QUEUE_MAX, printer);
	return &s->rows[s->count++];
}

static void
add_time(struct stats_time *t, int64_t from, int64_t to)
{
	const uint64_t seconds = from != 0 && to > from ? (uint64_t)(to - from) : 0;

	if (from == 0)
		return;
	t->sum += seconds;
	t->count++;
	if (seconds > t->longest)
		t->longest = seconds;
}

static void
add_release(struct stats_row *row, struct life *life, int64_t when)
{
	row->released++;
	if (life->first_release == 0) {
		life->first_release = when;
		add_time(&row->waiting, life->came, when);
	}
	life->last_release = when;
}

static void
add_event(struct stats_row *row, struct life *life, const struct audit_entry *e)
{
	switch (e->event) {
	case AUDIT_SUBMITTED:
		life->came = e->time;
		row->orders++;
		break;
	case AUDIT_RELEASED:
		add_release(row, life, e->time);
		break;
	case AUDIT_COMPLETED:
		row->made++;
		add_time(&row->printing, life->last_release, e->time);
		break;
	case AUDIT_CANCELED:
		row->canceled++;
		break;
	case AUDIT_EXPIRED:
		row->expired++;
		break;
	case AUDIT_STOPPED:
	case AUDIT_CORRUPT:
		row->failures++;
		break;
	default:
		break;
	}
}

static bool
is_counted(uint8_t event)
{
	switch (event) {
	case AUDIT_SUBMITTED:
	case AUDIT_RELEASED:
	case AUDIT_COMPLETED:
	case AUDIT_CANCELED:
	case AUDIT_EXPIRED:
	case AUDIT_STOPPED:
	case AUDIT_CORRUPT:
	case AUDIT_TRIED:
		return true;
	default:
		return false;
	}
}

static int
gather(uint64_t number, const struct audit_entry *e, void *context)
{
	struct gathering *g = context;
	struct stats_row unwanted = {.orders = 0}, *row = &unwanted;
	const time_t when = (time_t)e->time;
	char day[STATS_DAY];
	struct tm tm;

	(void)number;
	if (!is_counted(e->event) || localtime_r(&when, &tm) == NULL)
		return 0;
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	/* what came before the first day counts for the waiting of what is made on it */
	if (e->time >= g->since && e->time <= g->until &&
	    (g->c->printer == NULL || strcmp(e->printer, g->c->printer) == 0))
		row = row_of(&g->stats, day, e->printer);
	if (e->event == AUDIT_TRIED)
		row->tries += e->count;
	else
		add_event(row, life_of(g, e->number), e);
	return 0;
}

double
stats_mean(const struct stats_time *t)
{
	return t->count == 0 ? 0 : (double)t->sum / (double)t->count;
}

/* --- said --- */

static json_t *
time_json(const struct stats_time *t)
{
	json_t *row = json_object();

	json_object_set_new(row, "count", json_integer((json_int_t)t->count));
	json_object_set_new(row, "mean_s", json_real(stats_mean(t)));
	json_object_set_new(row, "longest_s", json_integer((json_int_t)t->longest));
	return row;
}

static void
say_json(const struct stats *s)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < s->count; i++) {
		const struct stats_row *r = &s->rows[i];
		json_t *row = json_object();
		json_object_set_new(row, "day", jsontext(r->day));
		json_object_set_new(row, "printer", jsontext(r->printer));
		json_object_set_new(row, "orders", json_integer((json_int_t)r->orders));
		json_object_set_new(row, "released",
				    json_integer((json_int_t)r->released));
		json_object_set_new(row, "made", json_integer((json_int_t)r->made));
		json_object_set_new(row, "canceled",
				    json_integer((json_int_t)r->canceled));
		json_object_set_new(row, "expired",
				    json_integer((json_int_t)r->expired));
		json_object_set_new(row, "failures",
				    json_integer((json_int_t)r->failures));
		json_object_set_new(row, "tries", json_integer((json_int_t)r->tries));
		json_object_set_new(row, "waiting", time_json(&r->waiting));
		json_object_set_new(row, "production", time_json(&r->printing));
		json_array_append_new(rows, row);
	}
	jsontext_print(rows, 2);
}

/* "41 s", "3.2 h" */
static void
span_text(char text[16], const struct stats_time *t)
{
	const double s = stats_mean(t);

	if (t->count == 0)
		snprintf(text, 16, "-");
	else if (s < 120)
		snprintf(text, 16, "%.0f s", s);
	else if (s < 7200)
		snprintf(text, 16, "%.0f min", s / 60);
	else if (s < 2 * 86400)
		snprintf(text, 16, "%.1f h", s / 3600);
	else
		snprintf(text, 16, "%.1f d", s / 86400);
}

static void
say_text(const struct stats *s)
{
	char waiting[16], printing[16];

	printf("%-10s  %-16s %7s %7s %8s %8s %8s %7s %9s %10s\n", "day", "printer",
	       "orders", "made", "canceled", "expired", "failures", "tries", "waiting",
	       "production");
	for (size_t i = 0; i < s->count; i++) {
		const struct stats_row *r = &s->rows[i];
		span_text(waiting, &r->waiting);
		span_text(printing, &r->printing);
		printf("%-10s  %-16s %7llu %7llu %8llu %8llu %8llu %7llu %9s %10s\n",
		       r->day, r->printer[0] != '\0' ? r->printer : "-",
		       (unsigned long long)r->orders, (unsigned long long)r->made,
		       (unsigned long long)r->canceled, (unsigned long long)r->expired,
		       (unsigned long long)r->failures, (unsigned long long)r->tries,
		       waiting, printing);
	}
}

static unsigned
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return BARS_WIDTH;
	return size.ws_col;
}

static int
read_dates(struct gathering *g, struct error *err)
{
	const int64_t now = (int64_t)time(NULL);

	g->until = INT64_MAX;
	if (g->c->since != NULL && when_date(g->c->since, now, &g->since, err) != 0)
		return -1;
	return g->c->until != NULL ? when_date(g->c->until, now, &g->until, err) : 0;
}

/* The file is opened before we become spoold's user, who may not write there. */
static int
stats(struct gathering *g, struct error *err)
{
	FILE *svg = NULL;
	int rc = read_dates(g, err);

	if (rc == 0 && g->c->svg != NULL) {
		svg = fopen(g->c->svg, "we");
		if (svg == NULL)
			rc = error_errno(err, "cannot make '%s'", g->c->svg);
	}
	if (rc == 0)
		rc = audit_read(g->c, gather, g, err);
	if (rc == 0 && g->stats.count > 1)
		qsort(g->stats.rows, g->stats.count, sizeof(*g->stats.rows), by_day);
	if (rc == 0 && svg != NULL)
		stats_svg(svg, &g->stats);
	if (svg != NULL && (ferror(svg) | fclose(svg)) != 0 && rc == 0)
		rc = error_errno(err, "cannot write '%s'", g->c->svg);
	if (rc == 0 && g->c->json)
		say_json(&g->stats);
	else if (rc == 0 && g->c->bars)
		stats_bars(stdout, &g->stats, terminal_width());
	else if (rc == 0)
		say_text(&g->stats);
	return rc;
}

int
control_stats(const struct control *c, int argc, char *argv[])
{
	struct gathering g = {.c = c};
	struct error err = {0};
	int rc;

	(void)argv;
	if (argc != 0)
		return CONTROL_USAGE;
	rc = stats(&g, &err);
	free(g.lives);
	free(g.stats.rows);
	return rc == 0 ? CONTROL_OK : control_fault(&err);
}
