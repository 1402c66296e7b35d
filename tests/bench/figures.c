#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/figures.h"

#define QUIET_LOAD 0.5 /* of each processor, over the last minute */

static struct {
	bool json;
	unsigned missed;
} figures;

double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double
quantile(double *values, size_t n, double q)
{
	qsort(values, n, sizeof(*values), compare_doubles);
	return values[(size_t)(q * (double)(n - 1) + 0.5)];
}

void
figures_begin(bool json)
{
	figures.json = json;
}

static bool
is_met(double value, const char *target)
{
	double bound = strtod(target + strcspn(target, "0123456789"), NULL);

	switch (target[0]) {
	case '>':
		return value >= bound;
	case '<':
		return target[1] == '=' ? value <= bound : value < bound;
	default:
		return true;
	}
}

void
figure(const char *what, double value, const char *unit, const char *target)
{
	bool met = is_met(value, target);
	const char *verdict = target[0] == '\0' ? "" : met ? "met" : "NOT MET";

	figures.missed += !met;
	if (figures.json)
		printf("{\"figure\": \"%s\", \"value\": %.4g, \"unit\": \"%s\", "
		       "\"target\": \"%s\", \"met\": %s}\n",
		       what, value, unit, target, met ? "true" : "false");
	else
		printf("%-52s %10.2f %-5s %-8s %s\n", what, value, unit, target,
		       verdict);
	fflush(stdout);
}

unsigned
figures_missed(void)
{
	return figures.missed;
}

void
figures_check_quiet(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	double load;

	if (getloadavg(&load, 1) != 1)
		return;
	fprintf(stderr, "load average %.2f on %ld processors%s\n", load, processors,
		load > QUIET_LOAD * (double)processors
			? ": NOT QUIET, the figures may be too bad"
			: "");
}

void
fail(const char *what, const struct error *err)
{
	fprintf(stderr, "bench: %s: %s\n", what,
		err != NULL ? err->text : strerror(errno));
	exit(1);
}
