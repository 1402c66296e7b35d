/*
 * plot.c - the days of spoolctl stats as bars: in the terminal, and as SVG.
 */
#include <string.h>

#include "tools/store/stats.h"
#include "tools/svg.h"

#define WIDTH	    920
#define PANEL	    150 /* height of one, with its title */
#define LEFT	    60
#define RIGHT	    180
#define BAR_HEIGHT  100
#define BAR_COLUMNS 30 /* beside the bar in the terminal */

static const char *const colours[STATS_COLOURS] = {"#0060a0", "#c06000", "#208040",
						   "#a03060", "#806000", "#6040a0",
						   "#408080", "#606060"};

typedef double measure_fn(const struct stats_row *r);

static double
orders(const struct stats_row *r)
{
	return (double)r->orders;
}

static double
hours_waited(const struct stats_row *r)
{
	return stats_mean(&r->waiting) / 3600;
}

static double
seconds_made(const struct stats_row *r)
{
	return stats_mean(&r->printing);
}

static double
failures(const struct stats_row *r)
{
	return (double)r->failures;
}

static double
most_of(const struct stats *s, measure_fn *measure)
{
	double most = 0;

	for (size_t i = 0; i < s->count; i++)
		if (measure(&s->rows[i]) > most)
			most = measure(&s->rows[i]);
	return most;
}

/* --- the terminal --- */

void
stats_bars(FILE *to, const struct stats *s, unsigned width)
{
	const double most = most_of(s, orders);
	const unsigned room = width > BAR_COLUMNS + 10 ? width - BAR_COLUMNS - 8 : 10;

	for (size_t i = 0; i < s->count; i++) {
		const struct stats_row *r = &s->rows[i];
		unsigned bar = most > 0 ? (unsigned)(orders(r) * room / most + 0.5) : 0;
		fprintf(to, "%-10s  %-16.16s %6llu ", r->day,
			r->printer[0] != '\0' ? r->printer : "-",
			(unsigned long long)r->orders);
		while (bar-- > 0)
			fputc('#', to);
		fputc('\n', to);
	}
}

/* --- SVG --- */

/* The printers, each once, in the order in which they come; the rest share a colour. */
struct legend {
	const char *names[STATS_COLOURS];
	unsigned count;
};

static unsigned
colour_of(struct legend *l, const char *printer)
{
	for (unsigned i = 0; i < l->count; i++)
		if (strcmp(l->names[i], printer) == 0)
			return i;
	if (l->count < STATS_COLOURS)
		l->names[l->count++] = printer;
	return l->count - 1;
}

static size_t
count_days(const struct stats *s, size_t from)
{
	size_t days = 0;

	for (size_t i = from; i < s->count; i++)
		days += i == from || strcmp(s->rows[i].day, s->rows[i - 1].day) != 0;
	return days;
}

/* The first row of the last STATS_DAYS_MAX days. */
static size_t
first_row(const struct stats *s)
{
	size_t at = s->count, days = 0;

	while (at > 0) {
		if (at == s->count || strcmp(s->rows[at].day, s->rows[at - 1].day) != 0)
			if (++days > STATS_DAYS_MAX)
				break;
		at--;
	}
	return at;
}

static size_t
rows_of_day(const struct stats *s, size_t at)
{
	size_t n = 1;

	while (at + n < s->count && strcmp(s->rows[at].day, s->rows[at + n].day) == 0)
		n++;
	return n;
}

static void
draw_axis(FILE *to, int bottom, double most, const char *title)
{
	fprintf(to, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>\n", LEFT,
		bottom - BAR_HEIGHT - 14, title);
	fprintf(to, "<path d=\"M%d %dh%d\" stroke=\"#888\"/>\n", LEFT, bottom,
		WIDTH - LEFT - RIGHT);
	fprintf(to, "<path d=\"M%d %dh%d\" stroke=\"#ddd\"/>\n", LEFT,
		bottom - BAR_HEIGHT, WIDTH - LEFT - RIGHT);
	fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.4g</text>\n",
		LEFT - 6, bottom - BAR_HEIGHT + 4, most);
	fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n", LEFT - 6,
		bottom + 4);
}

static void
draw_panel(FILE *to, const struct stats *s, struct legend *l, int bottom,
	   const char *title, measure_fn *measure)
{
	const double most = most_of(s, measure);
	size_t at = first_row(s), day = 0;
	const double step =
		(WIDTH - LEFT - RIGHT) / (double)(s->count > 0 ? count_days(s, at) : 1);

	draw_axis(to, bottom, most, title);
	for (size_t n; at < s->count; at += n, day++) {
		n = rows_of_day(s, at);
		for (size_t i = 0; i < n; i++) {
			const double value = measure(&s->rows[at + i]);
			const double height = most > 0 ? BAR_HEIGHT * value / most : 0;
			fprintf(to,
				"<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
				"height=\"%.2f\" fill=\"%s\"/>\n",
				LEFT + step * ((double)day + 0.1 +
					       0.8 * (double)i / (double)n),
				bottom - height, 0.8 * step / (double)n, height,
				colours[colour_of(l, s->rows[at + i].printer)]);
		}
	}
}

static void
draw_legend(FILE *to, const struct legend *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		fprintf(to,
			"<rect x=\"%d\" y=\"%u\" width=\"10\" height=\"10\" "
			"fill=\"%s\"/><text x=\"%d\" y=\"%u\">",
			WIDTH - RIGHT + 20, 40 + 20 * i, colours[i], WIDTH - RIGHT + 36,
			49 + 20 * i);
		svg_text(to, l->names[i][0] != '\0' ? l->names[i] : "-");
		fputs("</text>\n", to);
	}
}

void
stats_svg(FILE *to, const struct stats *s)
{
	static const struct {
		const char *title;
		measure_fn *measure;
	} panels[] = {{"Orders a day", orders},
		      {"Waiting time, mean, hours", hours_waited},
		      {"Time at the printer, mean, seconds", seconds_made},
		      {"Failures a day", failures}};
	const int count = (int)(sizeof(panels) / sizeof(*panels));
	struct legend legend = {.count = 0};
	const int height = count * PANEL + 40;

	svg_begin(to, WIDTH, (unsigned)height);
	for (int i = 0; i < count; i++)
		draw_panel(to, s, &legend, (i + 1) * PANEL - 10, panels[i].title,
			   panels[i].measure);
	if (s->count > 0) {
		fprintf(to, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, height - 20,
			s->rows[first_row(s)].day);
		fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
			WIDTH - RIGHT, height - 20, s->rows[s->count - 1].day);
	}
	draw_legend(to, &legend);
	fputs("</svg>\n", to);
}
