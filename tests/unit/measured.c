/*
 * measured.c - facts about curves that are made of what a press printed.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "tests/tap.h"
#include "tools/curve/measured.h"
#include "tools/curve/plot.h"

static const char *const bad[] = {
	"",
	"# nothing but words\n",
	"ink\n0 0\n100 100\n",
	"ink K\n0 0\n",
	"ink K\n0 0\n50 70\n",
	"ink K\n0 0\n50 70\n40 60\n100 100\n",
	"ink K\n0 0\n50 seventy\n100 100\n",
	"ink K\n0 0\n50 70 3\n100 100\n",
	"ink K\n0 0\n50 70\n100 100\nink C\n0 0\n",
	"ink K\ntvi 41\n0 0\n100 100\n",
	"ruling 150\nink K\n0 0\n100 100\n",
};

static void
what_is_no_measurement_is_refused_with_its_line(void)
{
	struct measured *m = malloc(sizeof(*m));
	struct error err;
	char line[400];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		TAP_OK(measured_read(m, bad[i], strlen(bad[i]), &err) == -1 &&
			       err.kind == ERROR_INPUT,
		       "case %zu: %s", i, err.text);
	}
	memset(line, 'x', sizeof(line));
	TAP_OK(measured_read(m, line, sizeof(line), &err) == -1 &&
		       strstr(err.text, "line 1") != NULL,
	       "a long line: %s", err.text);
	free(m);
}

static void
the_press_prints_what_it_should(void)
{
	static const char text[] = "title A press\n"
				   "tvi 14\t# of all\n"
				   "ink Black\nruling 150\n"
				   "0 0\n10 18\n25 41\n50 72\n75 92\n100 100\n\n"
				   "ink *\ntvi 20\n0 0\n50 66\n100 100\n";
	struct measured *m = malloc(sizeof(*m));
	struct curve_set *set = malloc(sizeof(*set));
	struct error err;
	double worst[2] = {0, 0};

	INVARIANT(measured_read(m, text, sizeof(text) - 1, &err) == 0);
	measured_curves(m, set);
	for (int ink = 0; ink < 2; ink++)
		for (int i = 0; i <= 100; i++) {
			double plate = curve_at(&set->curve[ink], i / 100.0);
			double tone = curve_at(&m->printed[ink], plate);

			worst[ink] = fmax(
				worst[ink],
				fabs(tone - measured_target(m->tvi[ink], i / 100.0)));
		}
	TAP_OK(set->count == 2 && strcmp(set->title, "A press") == 0 &&
		       set->curve[0].ruling_lpi == 150 && m->tvi[0] == 14 &&
		       m->tvi[1] == 20,
	       "title, ink, ruling and wish are those of the file");
	TAP_OK(worst[0] < .005 && worst[1] < .005,
	       "through the curve each tint is printed as wanted: off by %.2f and %.2f "
	       "%% at most",
	       100 * worst[0], 100 * worst[1]);
	TAP_OK(curve_check(&set->curve[0], &err) == 0 &&
		       curve_check(&set->curve[1], &err) == 0,
	       "what is made is a curve");
	free(set);
	free(m);
}

static void
a_press_that_is_right_gets_a_straight_line(void)
{
	static const char text[] = "0 0\n25 25\n50 50\n75 75\n100 100\n";
	struct measured *m = malloc(sizeof(*m));
	struct curve_set *set = malloc(sizeof(*set));
	struct error err;
	double worst = 0;

	INVARIANT(measured_read(m, text, sizeof(text) - 1, &err) == 0);
	measured_curves(m, set);
	for (int i = 0; i <= 100; i++)
		worst = fmax(worst,
			     fabs(curve_at(&set->curve[0], i / 100.0) - i / 100.0));
	TAP_OK(strcmp(set->curve[0].ink, "*") == 0 && worst < 1e-4,
	       "no wish, no gain: the identity for every ink (%g)", worst);
	free(set);
	free(m);
}

static void
a_plot_is_svg_whatever_the_ink_is_called(void)
{
	static const char text[] = "ink <b>&\n0 0\n50 70\n100 100\n";
	struct measured *m = malloc(sizeof(*m));
	struct curve_set *set = malloc(sizeof(*set));
	struct error err;
	char *svg = NULL;
	size_t len;
	FILE *to = open_memstream(&svg, &len);

	INVARIANT(measured_read(m, text, sizeof(text) - 1, &err) == 0);
	measured_curves(m, set);
	plot_curves(to, m, set);
	INVARIANT(fclose(to) == 0);
	TAP_OK(len > 1000 && memmem(svg, len, "<b>", 3) == NULL &&
		       memmem(svg, len, "&lt;b&gt;&amp;", 13) != NULL &&
		       memcmp(svg + len - 7, "</svg>\n", 7) == 0,
	       "names are text, not marks");
	free(svg);
	free(set);
	free(m);
}

int
main(void)
{
	what_is_no_measurement_is_refused_with_its_line();
	the_press_prints_what_it_should();
	a_press_that_is_right_gets_a_straight_line();
	a_plot_is_svg_whatever_the_ink_is_called();
	return tap_done();
}
