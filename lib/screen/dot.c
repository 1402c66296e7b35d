/*
 * dot.c - the functions of dot.h, as PDF Reference 1.7, table 6.1 has them (Round is
 * its Round, Euclidean its EuclideanDot ...), turned so that small is dark first.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "lib/screen/dot.h"

/* x, y: distance from the centre as multiples of half a cell, 0 to 1. */
static double
dot_round(double x, double y)
{
	return x * x + y * y;
}

static double
dot_euclidean(double x, double y)
{
	if (x + y <= 1.0)
		return x * x + y * y;
	return 2.0 - (1.0 - x) * (1.0 - x) - (1.0 - y) * (1.0 - y);
}

static double
dot_elliptical(double x, double y)
{
	double w = 3.0 * x + 4.0 * y - 3.0;

	if (w < 0.0)
		return (x * x + (y / 0.75) * (y / 0.75)) / 4.0 - 1.0;
	if (w <= 1.0)
		return w - 0.5;
	x = 1.0 - x;
	y = (1.0 - y) / 0.75;
	return 1.0 - (x * x + y * y) / 4.0;
}

static double
dot_line(double x, double y)
{
	(void)x;
	return y;
}

static double
dot_diamond(double x, double y)
{
	if (x + y <= 0.75)
		return x * x + y * y - 1.0;
	if (x + y <= 1.23)
		return 0.85 * x + y - 1.0;
	return 1.0 - (1.0 - x) * (1.0 - x) - (1.0 - y) * (1.0 - y);
}

static const struct {
	const char *name;
	double (*value)(double x, double y);
} dots[DOT_SHAPES] = {
	[DOT_ROUND] = {"round", dot_round},
	[DOT_EUCLIDEAN] = {"euclidean", dot_euclidean},
	[DOT_ELLIPTICAL] = {"elliptical", dot_elliptical},
	[DOT_LINE] = {"line", dot_line},
	[DOT_DIAMOND] = {"diamond", dot_diamond},
};

double
dot_value(enum dot_shape shape, double u, double v)
{
	return dots[shape].value(fabs(2.0 * u - 1.0), fabs(2.0 * v - 1.0));
}

const char *
dot_name(enum dot_shape shape)
{
	return shape > 0 && shape < DOT_SHAPES ? dots[shape].name : "?";
}

enum dot_shape
dot_by_name(const char *name)
{
	for (int i = 1; i < DOT_SHAPES; i++)
		if (strcasecmp(name, dots[i].name) == 0)
			return (enum dot_shape)i;
	return 0;
}
