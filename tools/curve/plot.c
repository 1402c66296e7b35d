#include <stdio.h>
#include <string.h>

#include "tools/curve/plot.h"
#include "tools/svg.h"

#define SIDE  300
#define GAP   60
#define STEPS 50

static void
draw_grid(FILE *to)
{
	for (int i = 0; i <= 10; i++) {
		int at = SIDE * i / 10;

		fprintf(to,
			"<path d=\"M%d 0V%dM0 %dH%d\" stroke=\"#ddd\" "
			"fill=\"none\"/>\n",
			at, SIDE, at, SIDE);
	}
	fprintf(to,
		"<text x=\"0\" y=\"%d\">0 %%</text><text x=\"%d\" y=\"%d\" "
		"text-anchor=\"end\">tint 100 %%</text>\n",
		SIDE + 16, SIDE, SIDE + 16);
}

enum line { LINE_PRINTED, LINE_WANTED, LINE_PLATE, LINES };

static const struct {
	const char *name, *style;
} lines[LINES] = {{"printed without a curve", "stroke=\"#888\""},
		  {"to be printed", "stroke=\"#06c\" stroke-dasharray=\"6 4\""},
		  {"on the plate", "stroke=\"#c00\" stroke-width=\"2\""}};

static void
draw_line(FILE *to, const struct measured *m, const struct curve_set *set, size_t ink,
	  enum line line)
{
	fprintf(to, "<polyline fill=\"none\" %s points=\"", lines[line].style);
	for (int i = 0; i <= STEPS; i++) {
		double x = (double)i / STEPS;
		double y = line == LINE_PRINTED	 ? curve_at(&m->printed[ink], x)
			   : line == LINE_WANTED ? measured_target(m->tvi[ink], x)
						 : curve_at(&set->curve[ink], x);

		fprintf(to, "%.1f,%.1f ", x * SIDE, (1 - y) * SIDE);
	}
	fprintf(to, "\"/>\n");
}

static void
draw_ink(FILE *to, const struct measured *m, const struct curve_set *set, size_t ink)
{
	const struct curve *c = &set->curve[ink];

	fprintf(to, "<g transform=\"translate(%zu %d)\">\n", GAP + ink * (SIDE + GAP),
		GAP);
	draw_grid(to);
	fprintf(to, "<text x=\"0\" y=\"-12\" font-weight=\"bold\">");
	svg_text(to, strcmp(c->ink, "*") == 0 ? "every ink" : c->ink);
	if (c->ruling_lpi > 0)
		fprintf(to, ", %g lpi", c->ruling_lpi);
	fprintf(to, "</text>\n");
	for (int i = 0; i < LINES; i++)
		draw_line(to, m, set, ink, (enum line)i);
	fprintf(to, "</g>\n");
}

static void
draw_key(FILE *to)
{
	for (int i = 0; i < LINES; i++)
		fprintf(to,
			"<path d=\"M%d %dh30\" fill=\"none\" %s/><text x=\"%d\" "
			"y=\"%d\">%s</text>\n",
			GAP, SIDE + GAP + 40 + 18 * i, lines[i].style, GAP + 38,
			SIDE + GAP + 44 + 18 * i, lines[i].name);
}

void
plot_curves(FILE *to, const struct measured *m, const struct curve_set *set)
{
	svg_begin(to, (unsigned)(GAP + set->count * (SIDE + GAP)), SIDE + GAP + 100);
	fprintf(to, "<text x=\"%d\" y=\"24\" font-size=\"15\">", GAP);
	svg_text(to, set->title);
	fputs("</text>\n", to);
	for (size_t i = 0; i < set->count; i++)
		draw_ink(to, m, set, i);
	draw_key(to);
	fputs("</svg>\n", to);
}
