/*
 * screen.c - making a tile, and finding the place in it.
 */
#include <math.h>
#include <stdlib.h>

#include "lib/screen/row.h"
#include "lib/screen/screen.h"

#define STRIDE_MIN 1024 /* pixels of a stored row: runs of 128 bytes and more */

struct pixel {
	double value; /* of the spot function */
	double order; /* of equal values: which cell's turn it is */
	uint32_t at;  /* y * width + x in the tile */
};

static long
modulo(long v, long m)
{
	v %= m;
	return v < 0 ? v + m : v;
}

/* g = gcd(a, b) = i*a + j*b. */
static long
gcd(long a, long b, long *i, long *j)
{
	long s, t, g;

	if (b == 0) {
		*i = 1;
		*j = 0;
		return a;
	}
	g = gcd(b, a % b, &s, &t);
	*i = t;
	*j = s - a / b * t;
	return g;
}

/* The lattice of supercells is spanned by (a, -b) and (b, a), y down. It has points in
 * every gcd(a, b)th row only; the one in row `height` tells the shift. */
static void
lay_out(struct screen *s)
{
	long a = s->cell.a, b = s->cell.b, i, j, g;

	g = gcd(a, b, &i, &j);
	s->height = (size_t)g;
	s->width = (size_t)(cell_pixels(&s->cell) / g);
	/* i*a + j*b = g: i times (b, a) less j times (a, -b) ends in row g. */
	s->shift = (size_t)modulo(i * b - j * a, (long)s->width);
}

/* Points that fill the unit interval evenly (M. Roberts, 2018): the plastic number's
 * powers; neighbours in either direction come far apart in the order. */
static double
turn_of(long i, long j)
{
	return fmod((double)i * 0.7548776662466927 + (double)j * 0.5698402909980532,
		    1.0);
}

static void
value_at(const struct screen *s, long x, long y, struct pixel *p)
{
	long n = s->cell.n, all = cell_pixels(&s->cell);
	/* From pixel centres, doubled to stay whole: u = U / (2 all). */
	long u = modulo(n * (s->cell.a * (2 * x + 1) - s->cell.b * (2 * y + 1)),
			2 * all * n);
	long v = modulo(n * (s->cell.b * (2 * x + 1) + s->cell.a * (2 * y + 1)),
			2 * all * n);

	p->value = dot_value(s->shape, (double)(u % (2 * all)) / (2.0 * (double)all),
			     (double)(v % (2 * all)) / (2.0 * (double)all));
	/* Values that differ by rounding only are equal. */
	p->value = nearbyint(p->value * 0x1p40) * 0x1p-40;
	/* Within a cell, equal pixels turn dark in four rounds, one a quarter. */
	p->order = turn_of(u / (2 * all), v / (2 * all)) + (u % (2 * all) >= all) +
		   2 * (v % (2 * all) >= all);
}

static int
darker_first(const void *left, const void *right)
{
	const struct pixel *l = left, *r = right;

	if (l->value != r->value)
		return l->value < r->value ? -1 : 1;
	if (l->order != r->order)
		return l->order < r->order ? -1 : 1;
	return l->at < r->at ? -1 : l->at > r->at;
}

static void
repeat(struct screen *s)
{
	for (size_t y = 0; y < s->height; y++) {
		uint8_t *row = s->paper + y * s->stride;

		for (size_t x = s->width; x < s->stride; x++)
			row[x] = row[x - s->width];
	}
}

/* The level of ink, 1 to 255, from which on rank r of `all` is dark; `from` is that of the
 * rank before. */
static unsigned
level_of(size_t r, size_t all, const double *area, unsigned from)
{
	if (area == NULL)
		return (unsigned)(1 + r * (SCREEN_LEVELS - 1) / all);
	while (from < SCREEN_LEVELS - 1 && (double)r >= area[from] * (double)all)
		from++;
	return from;
}

static int
rank(struct screen *s, const double *area, struct error *err)
{
	size_t all = s->width * s->height;
	struct pixel *pixels = calloc(all, sizeof(*pixels));
	unsigned level = 1;

	s->stride = s->width * ((STRIDE_MIN + s->width - 1) / s->width) + ROW_TAIL;
	s->paper = malloc(s->stride * s->height);
	if (pixels == NULL || s->paper == NULL) {
		free(pixels);
		return error_set(err, ERROR_FULL, "no memory for a screen");
	}
	for (size_t i = 0; i < all; i++) {
		value_at(s, (long)(i % s->width), (long)(i / s->width), &pixels[i]);
		pixels[i].at = (uint32_t)i;
	}
	qsort(pixels, all, sizeof(*pixels), darker_first);
	/* dark from a level of ink on, that is where the paper's value is at most so */
	for (size_t r = 0; r < all; r++) {
		level = level_of(r, all, area, level);
		s->paper[pixels[r].at / s->width * s->stride +
			 pixels[r].at % s->width] =
			(uint8_t)(SCREEN_LEVELS - 1 - level);
	}
	free(pixels);
	repeat(s);
	return 0;
}

int
screen_make(struct screen **out, double dpi, double ruling_lpi, double angle_deg,
	    enum dot_shape shape, const double area[SCREEN_LEVELS], struct error *err)
{
	struct screen *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return error_set(err, ERROR_FULL, "no memory for a screen");
	s->shape = shape;
	if (cell_find(&s->cell, dpi, ruling_lpi, angle_deg, err) != 0) {
		screen_free(s);
		return -1;
	}
	lay_out(s);
	if (rank(s, area, err) != 0) {
		screen_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
screen_free(struct screen *s)
{
	if (s == NULL)
		return;
	free(s->paper);
	free(s);
}

void
screen_row(const struct screen *s, size_t x, size_t y, const uint8_t *values, size_t n,
	   uint8_t *bits)
{
	size_t moved = y / s->height % s->width * s->shift % s->width;
	struct row_tile tile = {s->paper + y % s->height * s->stride, s->width,
				s->stride};

	row_screen(&tile, (x + s->width - moved) % s->width, values, n, bits);
}
