#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/curve/plot.h"

#define SIDE	  300
#define GAP	  60
#define STEPS	  50
#define PIECE_MAX 1024

struct plot {
	struct buf *svg;
	struct error *err;
	int failed;
};

__attribute__((format(printf, 2, 3))) static void
draw(struct plot *p, const char *format, ...)
{
	char piece[PIECE_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (n < 0 || n >= (int)sizeof(piece))
		n = 0;
	if (p->failed == 0)
		p->failed = buf_append(p->svg, piece, (size_t)n, p->err);
}

/* A stranger's name of an ink, as XML has it. */
static void
draw_text(struct plot *p, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *entity = *text == '<'   ? "&lt;"
				     : *text == '&' ? "&amp;"
				     : *text == '>' ? "&gt;"
						    : NULL;

		if (entity != NULL)
			draw(p, "%s", entity);
		else
			draw(p, "%c", *text);
	}
}

static void
draw_grid(struct plot *p)
{
	for (int i = 0; i <= 10; i++) {
		int at = SIDE * i / 10;

		draw(p,
		     "<path d=\"M%d 0V%dM0 %dH%d\" stroke=\"#ddd\" fill=\"none\"/>\n",
		     at, SIDE, at, SIDE);
	}
	draw(p,
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
draw_line(struct plot *p, const struct measured *m, const struct curve_set *set,
	  size_t ink, enum line line)
{
	draw(p, "<polyline fill=\"none\" %s points=\"", lines[line].style);
	for (int i = 0; i <= STEPS; i++) {
		double x = (double)i / STEPS;
		double y = line == LINE_PRINTED	 ? curve_at(&m->printed[ink], x)
			   : line == LINE_WANTED ? measured_target(m->tvi[ink], x)
						 : curve_at(&set->curve[ink], x);

		draw(p, "%.1f,%.1f ", x * SIDE, (1 - y) * SIDE);
	}
	draw(p, "\"/>\n");
}

static void
draw_ink(struct plot *p, const struct measured *m, const struct curve_set *set,
	 size_t ink)
{
	const struct curve *c = &set->curve[ink];

	draw(p, "<g transform=\"translate(%zu %d)\">\n", GAP + ink * (SIDE + GAP), GAP);
	draw_grid(p);
	draw(p, "<text x=\"0\" y=\"-12\" font-weight=\"bold\">");
	draw_text(p, strcmp(c->ink, "*") == 0 ? "every ink" : c->ink);
	if (c->ruling_lpi > 0)
		draw(p, ", %g lpi", c->ruling_lpi);
	draw(p, "</text>\n");
	for (int i = 0; i < LINES; i++)
		draw_line(p, m, set, ink, (enum line)i);
	draw(p, "</g>\n");
}

static void
draw_key(struct plot *p)
{
	for (int i = 0; i < LINES; i++)
		draw(p,
		     "<path d=\"M%d %dh30\" fill=\"none\" %s/><text x=\"%d\" "
		     "y=\"%d\">%s</text>\n",
		     GAP, SIDE + GAP + 40 + 18 * i, lines[i].style, GAP + 38,
		     SIDE + GAP + 44 + 18 * i, lines[i].name);
}

int
plot_curves(const struct measured *m, const struct curve_set *set, struct buf *svg,
	    struct error *err)
{
	struct plot p = {.svg = svg, .err = err};

	draw(&p,
	     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%d\" "
	     "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%%\" "
	     "height=\"100%%\" fill=\"#fff\"/>\n<text x=\"%d\" y=\"24\" "
	     "font-size=\"15\">",
	     GAP + set->count * (SIDE + GAP), SIDE + GAP + 100, GAP);
	draw_text(&p, set->title);
	draw(&p, "</text>\n");
	for (size_t i = 0; i < set->count; i++)
		draw_ink(&p, m, set, i);
	draw_key(&p);
	draw(&p, "</svg>\n");
	return p.failed;
}
