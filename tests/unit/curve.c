/*
 * curve.c - facts about tone value curves: what a file of them may say, what lies between
 * their points, and which one an ink gets.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/plate/curve.h"
#include "tests/tap.h"

static int
read(struct curve_set *set, const char *curves)
{
	char json[8192];
	struct error err = {0};
	int len = snprintf(
		json, sizeof(json),
		"{\"claimcheck-curves\": 1, \"title\": \"t\", \"curves\": [%s]}",
		curves);
	int rc = curve_set_read(set, json, (size_t)len, &err);

	if (rc != 0)
		tap_diag("%s", err.text);
	return rc;
}

static const char *const bad[] = {
	"",
	"{\"points\": [[0, 0], [100, 100]]}",
	"{\"ink\": \"\", \"points\": [[0, 0], [100, 100]]}",
	"{\"ink\": \"K\"}",
	"{\"ink\": \"K\", \"points\": [[0, 0]]}",
	"{\"ink\": \"K\", \"points\": [[0, 1], [100, 100]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [100, 99]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [50, 60], [50, 70], [100, 100]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [50, 60], [60, 59], [100, 100]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [50, 101], [100, 100]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [50], [100, 100]]}",
	"{\"ink\": \"K\", \"points\": [[0, 0], [\"50\", 60], [100, 100]]}",
	"{\"ink\": \"K\", \"ruling-lpi\": -1, \"points\": [[0, 0], [100, 100]]}",
};

static void
what_is_no_curve_is_refused_with_a_sentence(void)
{
	struct curve_set set;
	struct error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_OK(read(&set, bad[i]) == -1, "refused: %s", bad[i]);
	TAP_OK(curve_set_read(&set, "[", 1, &err) == -1 && err.kind == ERROR_INPUT,
	       "no JSON: %s", err.text);
	TAP_OK(curve_set_read(&set, "{}", 2, &err) == -1 &&
		       strstr(err.text, "later version") != NULL,
	       "no version: %s", err.text);
	TAP_OK(curve_set_read(&set, "{}", CURVE_BYTES_MAX + 1, &err) == -1,
	       "too long: %s", err.text);
}

static void
between_points_it_rises_without_a_corner(void)
{
	struct curve_set set;
	double area[CURVE_LEVELS], last = -1, steepest = 0, step = 0;
	bool rises = true;

	INVARIANT(read(&set, "{\"ink\": \"*\", \"points\": [[0, 0], [10, 3], [40, 28], "
			     "[70, 28], [90, 91], [100, 100]]}") == 0);
	curve_levels(&set.curve[0], area);
	for (int i = 0; i < CURVE_LEVELS; i++) {
		rises = rises && area[i] >= last;
		if (i > 1)
			steepest = fmax(steepest, fabs((area[i] - last) - step));
		step = area[i] - last;
		last = area[i];
	}
	TAP_OK(area[0] == 0 && area[CURVE_LEVELS - 1] == 1, "paper and solids stay");
	TAP_OK(rises, "it never falls, also not where its points lie flat");
	TAP_OK(steepest < 0.003, "no corner: slopes change by %.4f at most a level",
	       steepest);
	TAP_OK(fabs(curve_at(&set.curve[0], .1) - .03) < 1e-9 &&
		       fabs(curve_at(&set.curve[0], .4) - .28) < 1e-9 &&
		       fabs(curve_at(&set.curve[0], .9) - .91) < 1e-9,
	       "it goes through its points");
	TAP_OK(fabs(curve_at(&set.curve[0], .55) - .28) < 1e-9,
	       "it is flat where they are");
}

static void
two_points_are_a_straight_line(void)
{
	struct curve_set set;
	double area[CURVE_LEVELS], worst = 0;

	INVARIANT(read(&set, "{\"ink\": \"*\", \"points\": [[0, 0], [100, 100]]}") ==
		  0);
	curve_levels(&set.curve[0], area);
	for (int i = 0; i < CURVE_LEVELS; i++)
		worst = fmax(worst, fabs(area[i] - i / 255.0));
	TAP_OK(worst < 1e-12, "the identity is one (%g)", worst);
}

static void
an_ink_gets_its_own_curve_first(void)
{
	static const struct {
		const char *ink;
		double ruling;
		double at_half; /* percent; 0: no curve */
	} rows[] = {{"Cyan", 150, 61},	  {"Cyan", 150.23, 61}, {"Cyan", 175, 62},
		    {"Magenta", 150, 63}, {"Magenta", 85, 0},	{"cyan", 85, 0}};
	struct curve_set set;

	INVARIANT(
		read(&set,
		     "{\"ink\": \"*\", \"ruling-lpi\": 150, \"points\": [[0, 0], [50, "
		     "63], [100, 100]]}, {\"ink\": \"Cyan\", \"points\": [[0, 0], [50, "
		     "62], [100, 100]]}, {\"ink\": \"Cyan\", \"ruling-lpi\": 150, "
		     "\"points\": [[0, 0], [50, 61], [100, 100]]}") == 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct curve *c = curve_for(&set, rows[i].ink, rows[i].ruling);
		double got = c == NULL ? 0 : 100 * curve_at(c, .5);

		TAP_OK(fabs(got - rows[i].at_half) < 1e-9, "%s at %g lpi: %g %%",
		       rows[i].ink, rows[i].ruling, got);
	}
}

static void
what_is_written_is_read_again(void)
{
	struct curve_set set, again;
	struct error err;
	struct buf json;

	INVARIANT(read(&set,
		       "{\"ink\": \"Club Gold\", \"ruling-lpi\": 175, \"points\": "
		       "[[0, 0], [33.333, 41.5], [100, 100]]}") == 0);
	buf_init(&json, CURVE_BYTES_MAX);
	TAP_OK(curve_set_write(&set, &json, &err) == 0 &&
		       curve_set_read(&again, json.data, json.len, &err) == 0 &&
		       memcmp(&set, &again, sizeof(set)) == 0,
	       "the same, of %zu bytes", json.len);
	buf_clear(&json);
}

int
main(void)
{
	what_is_no_curve_is_refused_with_a_sentence();
	between_points_it_rises_without_a_corner();
	two_points_are_a_straight_line();
	an_ink_gets_its_own_curve_first();
	what_is_written_is_read_again();
	return tap_done();
}
