/*
 * cell.c - the search: for each n the nearest end point of n periods is tried; the
 * first n that is near enough wins, so supercells stay small. A supercell smaller than
 * CELL_PIXELS_MIN is used several times over (n, a and b times the same number): the
 * dots of its copies then grow one after another, which gives the missing levels.
 */
#include <math.h>
#include <stdbool.h>

#include "lib/screen/cell.h"

#define DEGREE (M_PI / 180.0)

long
cell_pixels(const struct cell *c)
{
	return (long)c->a * c->a + (long)c->b * c->b;
}

static void
measure(struct cell *c, double dpi)
{
	c->ruling_lpi = dpi * c->n / hypot(c->a, c->b);
	c->angle_deg = atan2(c->b, c->a) / DEGREE;
}

static double
angle_apart(double x, double y)
{
	double d = fabs(fmod(x - y, 90.0));

	return fmin(d, 90.0 - d);
}

/* How far off, as multiples of the tolerances. */
static double
distance(const struct cell *c, double ruling_lpi, double angle_deg)
{
	double ruling = fabs(c->ruling_lpi / ruling_lpi - 1.0);

	return fmax(angle_apart(c->angle_deg, angle_deg) / CELL_ANGLE_TOLERANCE_DEG,
		    ruling / CELL_RULING_TOLERANCE);
}

static void
enlarge(struct cell *c)
{
	int times = 1;

	while ((long)times * times * cell_pixels(c) < CELL_PIXELS_MIN)
		times++;
	c->a *= times;
	c->b *= times;
	c->n *= times;
}

static bool
is_askable(double dpi, double ruling_lpi, double angle_deg)
{
	return dpi >= CELL_DPI_MIN && dpi <= CELL_DPI_MAX &&
	       ruling_lpi >= CELL_RULING_MIN && dpi / ruling_lpi >= CELL_PERIOD_MIN &&
	       isfinite(angle_deg);
}

int
cell_find(struct cell *c, double dpi, double ruling_lpi, double angle_deg,
	  struct error *err)
{
	double angle, period, nearest = INFINITY;

	if (!is_askable(dpi, ruling_lpi, angle_deg))
		return error_set(err, ERROR_INPUT,
				 "a ruling of %g lines per inch can't be screened at "
				 "%g dots per inch",
				 ruling_lpi, dpi);
	angle = fmod(fmod(angle_deg, 90.0) + 90.0, 90.0);
	period = dpi / ruling_lpi;
	for (int n = 1; n * period * n * period <= CELL_PIXELS_MAX && nearest > 1.0;
	     n++) {
		struct cell t = {.n = n};
		double d;

		t.a = (int)lround(n * period * cos(angle * DEGREE));
		t.b = (int)lround(n * period * sin(angle * DEGREE));
		measure(&t, dpi);
		d = distance(&t, ruling_lpi, angle);
		if (d < nearest) {
			nearest = d;
			*c = t;
		}
	}
	enlarge(c);
	return 0;
}
