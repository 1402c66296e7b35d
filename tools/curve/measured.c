#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#include "tools/curve/measured.h"

#define BISECTIONS 40

/* --- reading --- */

struct reader {
	struct measured *m;
	struct curve *now; /* NULL before the first ink */
	double tvi;	   /* of the inks that follow */
	unsigned line;
	struct error *err;
};

static int
wrong(const struct reader *r, const char *what)
{
	return error_set(r->err, ERROR_INPUT, "line %u: %s", r->line, what);
}

static int
end_ink(const struct reader *r)
{
	return r->now == NULL ? 0 : curve_check(r->now, r->err);
}

static int
begin_ink(struct reader *r, const char *name)
{
	struct measured *m = r->m;

	if (end_ink(r) != 0)
		return -1;
	if (m->count == CURVE_INKS_MAX)
		return wrong(r, "too many inks");
	m->tvi[m->count] = r->tvi;
	r->now = &m->printed[m->count++];
	if (*name == '\0' || text_copy(r->now->ink, sizeof(r->now->ink), name) != 0)
		return wrong(r, "an ink's name is missing or too long");
	return 0;
}

static int
read_number(const struct reader *r, const char *text, double max, double *to)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !(v >= 0 && v <= max))
		return wrong(r, "a number is missing or out of its range");
	*to = v;
	return 0;
}

static int
read_pair(struct reader *r, const char *line)
{
	struct curve_point p;
	char *middle, *end;

	p.tint = strtod(line, &middle);
	p.plate = strtod(middle, &end);
	if (middle == line || *middle != ' ' || end == middle || *end != '\0')
		return wrong(r, "two numbers are wanted: the tint on the plate, and "
				"what was measured, in percent");
	if (r->now == NULL)
		begin_ink(r, "*");
	INVARIANT(r->now != NULL);
	if (r->now->count == CURVE_POINTS_MAX)
		return wrong(r, "too many tints of an ink");
	r->now->point[r->now->count++] = p;
	return 0;
}

static const char *
after(const char *line, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(line, word, len) != 0 || line[len] != ' ')
		return NULL;
	line += len;
	return line + strspn(line, " ");
}

static int
read_line(struct reader *r, char *line)
{
	const char *rest;

	line[strcspn(line, "#\r")] = '\0';
	for (char *c = line; *c != '\0'; c++)
		*c = *c == '\t' ? ' ' : *c;
	for (size_t n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
		line[n - 1] = '\0';
	line += strspn(line, " ");
	if (*line == '\0')
		return 0;
	if ((rest = after(line, "title")) != NULL) {
		text_copy(r->m->title, sizeof(r->m->title), rest);
		return 0;
	}
	if ((rest = after(line, "ink")) != NULL)
		return begin_ink(r, rest);
	if ((rest = after(line, "tvi")) != NULL)
		return read_number(r, rest, MEASURED_TVI_MAX,
				   r->now != NULL && r->now->count == 0
					   ? &r->m->tvi[r->m->count - 1]
					   : &r->tvi);
	if ((rest = after(line, "ruling")) != NULL)
		return r->now == NULL ? wrong(r, "an ink comes before its ruling")
				      : read_number(r, rest, 1000, &r->now->ruling_lpi);
	return read_pair(r, line);
}

int
measured_read(struct measured *m, const void *text, size_t len, struct error *err)
{
	struct reader r = {.m = m, .err = err};
	const char *at = text, *end = at + len;
	char line[MEASURED_LINE_MAX];

	memset(m, 0, sizeof(*m));
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop != NULL ? stop : end) - at);

		r.line++;
		if (n >= sizeof(line))
			return wrong(&r, "it is too long");
		memcpy(line, at, n);
		line[n] = '\0';
		if (read_line(&r, line) != 0)
			return -1;
		at += n + 1;
	}
	if (m->count == 0)
		return error_set(err, ERROR_INPUT, "nothing was measured");
	return end_ink(&r);
}

/* --- the curves --- */

double
measured_target(double tvi, double tint)
{
	return fmin(tint + 4 * tvi / 100 * tint * (1 - tint), 1);
}

/* The tint on the plate that the press prints as `tone`. */
static double
tint_for(const struct curve *printed, double tone)
{
	double low = 0, high = 1;

	for (int i = 0; i < BISECTIONS; i++) {
		double middle = (low + high) / 2;

		if (curve_at(printed, middle) < tone)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

void
measured_curves(const struct measured *m, struct curve_set *set)
{
	memset(set, 0, sizeof(*set));
	text_copy(set->title, sizeof(set->title), m->title);
	set->count = m->count;
	for (size_t i = 0; i < m->count; i++) {
		struct curve *c = &set->curve[i];

		text_copy(c->ink, sizeof(c->ink), m->printed[i].ink);
		c->ruling_lpi = m->printed[i].ruling_lpi;
		c->count = MEASURED_STEPS + 1;
		for (size_t k = 1; k <= MEASURED_STEPS; k++) {
			double tint = (double)k / MEASURED_STEPS;
			double tone = measured_target(m->tvi[i], tint);

			c->point[k].tint = 100 * tint;
			c->point[k].plate =
				k == MEASURED_STEPS
					? 100
					: 100 * tint_for(&m->printed[i], tone);
		}
	}
}
