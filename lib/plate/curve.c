#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/text.h"

#include "lib/plate/curve.h"
#include "lib/plate/dump.h"

#define CURVE_VERSION 1
#define RULING_MAX    1000.0
#define RULING_NEAR   0.01 /* of it: 150 asked for is 150.23 made */

/* --- the curve --- */

int
curve_check(const struct curve *c, struct error *err)
{
	const struct curve_point *p = c->point;

	if (c->count < 2 || c->count > CURVE_POINTS_MAX)
		return error_set(err, ERROR_INPUT,
				 "the curve of '%s' has %zu points; 2 to %d are wanted",
				 c->ink, c->count, CURVE_POINTS_MAX);
	if (p[0].tint != 0 || p[0].plate != 0 || p[c->count - 1].tint != 100 ||
	    p[c->count - 1].plate != 100)
		return error_set(err, ERROR_INPUT,
				 "the curve of '%s' must begin at 0, 0 and end at "
				 "100, 100: paper and solids stay what they are",
				 c->ink);
	for (size_t i = 1; i < c->count; i++)
		if (!(p[i].tint > p[i - 1].tint) || !(p[i].plate >= p[i - 1].plate))
			return error_set(err, ERROR_INPUT,
					 "the curve of '%s' falls at %g %%: tints must "
					 "rise, and dots must not fall",
					 c->ink, p[i].tint);
	return 0;
}

static double
slope(const struct curve_point *p)
{
	return (p[1].plate - p[0].plate) / (p[1].tint - p[0].tint);
}

/* The slope at point i: no steeper than three times the flatter of its sides, and none
 * where the curve turns or lies flat. */
static double
tangent(const struct curve *c, size_t i)
{
	double left, right, mean;

	if (i == 0)
		return slope(c->point);
	if (i + 1 == c->count)
		return slope(c->point + i - 1);
	left = slope(c->point + i - 1);
	right = slope(c->point + i);
	mean = (left + right) / 2;
	return fmin(mean, 3 * fmin(left, right));
}

/* Hermite's cubic between points i and i + 1, at t of the way. */
static double
between(const struct curve *c, size_t i, double t)
{
	const struct curve_point *p = c->point + i;
	double step = p[1].tint - p[0].tint, most = 3 * slope(p);
	double from = fmin(tangent(c, i), most) * step;
	double to = fmin(tangent(c, i + 1), most) * step;

	return (2 * t * t * t - 3 * t * t + 1) * p[0].plate +
	       (t * t * t - 2 * t * t + t) * from +
	       (-2 * t * t * t + 3 * t * t) * p[1].plate + (t * t * t - t * t) * to;
}

double
curve_at(const struct curve *c, double tint)
{
	double x = fmin(fmax(tint * 100, 0), 100), y;
	size_t i = 0;

	while (i + 2 < c->count && x > c->point[i + 1].tint)
		i++;
	y = between(c, i,
		    (x - c->point[i].tint) / (c->point[i + 1].tint - c->point[i].tint));
	return fmin(fmax(y, 0), 100) / 100;
}

void
curve_levels(const struct curve *c, double area[CURVE_LEVELS])
{
	area[0] = 0;
	for (int i = 1; i < CURVE_LEVELS; i++) /* not even by a rounding error */
		area[i] = fmax(curve_at(c, i / (CURVE_LEVELS - 1.0)), area[i - 1]);
}

/* --- the set --- */

static bool
is_ruling(const struct curve *c, double ruling_lpi)
{
	return fabs(c->ruling_lpi - ruling_lpi) <= RULING_NEAR * ruling_lpi;
}

const struct curve *
curve_for(const struct curve_set *set, const char *ink, double ruling_lpi)
{
	const struct curve *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct curve *c = &set->curve[i];
		bool named = strcmp(c->ink, ink) == 0, ruled = c->ruling_lpi > 0;
		int rank = 1 + 2 * named + ruled;

		if ((!named && strcmp(c->ink, "*") != 0) ||
		    (ruled && !is_ruling(c, ruling_lpi)) || rank <= best_rank)
			continue;
		best = c;
		best_rank = rank;
	}
	return best;
}

/* --- JSON --- */

static int
read_point(struct curve *c, json_t *point, struct error *err)
{
	json_t *tint = json_array_get(point, 0), *plate = json_array_get(point, 1);

	if (json_array_size(point) != 2 || !json_is_number(tint) ||
	    !json_is_number(plate) || c->count == CURVE_POINTS_MAX)
		return error_set(err, ERROR_INPUT,
				 "the points of '%s' must be up to %d pairs of "
				 "[tint, plate] in percent",
				 c->ink, CURVE_POINTS_MAX);
	c->point[c->count++] =
		(struct curve_point){json_number_value(tint), json_number_value(plate)};
	return 0;
}

static int
read_curve(struct curve *c, json_t *from, struct error *err)
{
	const char *ink = json_string_value(json_object_get(from, "ink"));
	json_t *ruling = json_object_get(from, "ruling-lpi");
	json_t *points = json_object_get(from, "points");

	if (ink == NULL || *ink == '\0' || text_copy(c->ink, sizeof(c->ink), ink) != 0)
		return error_set(err, ERROR_INPUT,
				 "each curve must name its ink, or \"*\" for all");
	if (ruling != NULL &&
	    (!json_is_number(ruling) || !(json_number_value(ruling) > 0) ||
	     json_number_value(ruling) > RULING_MAX))
		return error_set(err, ERROR_INPUT,
				 "the ruling-lpi of '%s' is not between 0 and %g",
				 c->ink, RULING_MAX);
	c->ruling_lpi = ruling != NULL ? json_number_value(ruling) : 0;
	for (size_t i = 0; i < json_array_size(points); i++)
		if (read_point(c, json_array_get(points, i), err) != 0)
			return -1;
	return curve_check(c, err);
}

static int
read_curves(struct curve_set *set, json_t *all, struct error *err)
{
	json_t *curves = json_object_get(all, "curves");
	const char *title = json_string_value(json_object_get(all, "title"));

	if (json_integer_value(json_object_get(all, "claimcheck-curves")) !=
	    CURVE_VERSION)
		return error_set(err, ERROR_INPUT,
				 "\"claimcheck-curves\" is not %d: this is no file of "
				 "curves, or of a later version",
				 CURVE_VERSION);
	if (json_array_size(curves) == 0 || json_array_size(curves) > CURVE_INKS_MAX)
		return error_set(err, ERROR_INPUT, "1 to %d curves are wanted",
				 CURVE_INKS_MAX);
	text_copy(set->title, sizeof(set->title), title != NULL ? title : "");
	text_strip_controls(set->title);
	for (size_t i = 0; i < json_array_size(curves); i++)
		if (read_curve(&set->curve[set->count++], json_array_get(curves, i),
			       err) != 0)
			return -1;
	return 0;
}

int
curve_set_read(struct curve_set *set, const void *json, size_t len, struct error *err)
{
	json_error_t why;
	json_t *all;
	int rc;

	memset(set, 0, sizeof(*set));
	if (len > CURVE_BYTES_MAX)
		return error_set(err, ERROR_INPUT, "more than %d bytes",
				 CURVE_BYTES_MAX);
	all = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);
	if (all == NULL)
		return error_set(err, ERROR_INPUT, "line %d is not JSON: %s", why.line,
				 why.text);
	rc = read_curves(set, all, err);
	json_decref(all);
	return rc;
}

static double
rounded(double v)
{
	return nearbyint(v * 1000) / 1000;
}

static json_t *
curve_to_json(const struct curve *c)
{
	json_t *points = json_array(), *j;

	for (size_t i = 0; i < c->count; i++)
		json_array_append_new(points,
				      json_pack("[f, f]", rounded(c->point[i].tint),
						rounded(c->point[i].plate)));
	j = json_pack("{s:s, s:o}", "ink", c->ink, "points", points);
	if (j != NULL && c->ruling_lpi > 0)
		json_object_set_new(j, "ruling-lpi", json_real(c->ruling_lpi));
	return j;
}

int
curve_set_write(const struct curve_set *set, struct buf *json, struct error *err)
{
	json_t *curves = json_array(), *all;

	for (size_t i = 0; i < set->count; i++)
		json_array_append_new(curves, curve_to_json(&set->curve[i]));
	all = json_pack("{s:i, s:s, s:o}", "claimcheck-curves", CURVE_VERSION, "title",
			set->title, "curves", curves);
	if (dump(all, 7, json) == 0)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "the curves can't be written: too large, or text that "
			 "is not UTF-8");
}
