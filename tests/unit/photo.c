/*
 * photo.c - facts about where a picture lies on the page, and how it is scaled.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filters/photo/ink.h"
#include "filters/photo/place.h"
#include "filters/photo/resample.h"
#include "lib/base/error.h"
#include "tests/tap.h"

/* --- place --- */

static const struct place_page postcard = {1181, 1772, 300, 300, false};
static const struct place_wish centred = {
	.scaling = PLACE_FIT, .quarters = PLACE_TURN_AUTO, .x = .5, .y = .5};

struct placing {
	const char *what;
	uint32_t width, height;
	double ppi;
	uint32_t page_width, page_height;
	double dpi_x, dpi_y;
	bool borderless;
	enum place_scaling scaling;
	/* expected */
	uint32_t x, y, w, h;
	double from_x, from_y, from_w, from_h;
};

static const struct placing placings[] = {
	{"fit: all of it, the long side touches", 1000, 1000, 0, 1200, 1800, 300, 300,
	 false, PLACE_FIT, 0, 300, 1200, 1200, 0, 0, 1000, 1000},
	{"fit: a page twice as large doubles it exactly", 600, 900, 0, 1200, 1800, 300,
	 300, false, PLACE_FIT, 0, 0, 1200, 1800, 0, 0, 600, 900},
	{"fill: the page is covered, both sides are cut alike", 1000, 1000, 0, 1200,
	 1800, 300, 300, false, PLACE_FILL, 0, 0, 1200, 1800, 1000 / 6., 0, 2000 / 3.,
	 1000},
	{"none: pixel for pixel where no resolution is said", 1000, 1000, 0, 1200, 1800,
	 300, 300, false, PLACE_NONE, 100, 400, 1000, 1000, 0, 0, 1000, 1000},
	{"none: at 150 ppi on 300 dpi it doubles", 300, 400, 150, 1200, 1800, 300, 300,
	 false, PLACE_NONE, 300, 500, 600, 800, 0, 0, 300, 400},
	{"none: what is over is cut, on whole pixels", 1301, 1900, 300, 1200, 1800, 300,
	 300, false, PLACE_NONE, 0, 0, 1200, 1800, 50, 50, 1200, 1800},
	{"auto: small enough stays", 600, 900, 300, 1200, 1800, 300, 300, false,
	 PLACE_AUTO, 300, 450, 600, 900, 0, 0, 600, 900},
	{"auto: too large is fitted", 2400, 2400, 300, 1200, 1800, 300, 300, false,
	 PLACE_AUTO, 0, 300, 1200, 1200, 0, 0, 2400, 2400},
	{"auto: too large fills a borderless page", 2400, 2400, 300, 1200, 1800, 300,
	 300, true, PLACE_AUTO, 0, 0, 1200, 1800, 400, 0, 1600, 2400},
	{"auto-fit: too large is fitted, borderless or not", 2400, 2400, 300, 1200,
	 1800, 300, 300, true, PLACE_AUTO_FIT, 0, 300, 1200, 1200, 0, 0, 2400, 2400},
	{"nothing asked: a borderless page is filled", 100, 100, 300, 1200, 1800, 300,
	 300, true, PLACE_DEFAULT, 0, 0, 1200, 1800, 100 / 6., 0, 200 / 3., 100},
	{"nothing asked: else it is fitted", 100, 100, 300, 1200, 1800, 300, 300, false,
	 PLACE_DEFAULT, 0, 300, 1200, 1200, 0, 0, 100, 100},
	{"fit at 720 x 360 dpi: square stays square on paper", 500, 500, 0, 2880, 2160,
	 720, 360, false, PLACE_FIT, 0, 360, 2880, 1440, 0, 0, 500, 500},
};

static bool
near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

static void
scaling_means_what_ipp_says(void)
{
	for (size_t i = 0; i < sizeof(placings) / sizeof(placings[0]); i++) {
		const struct placing *r = &placings[i];
		struct place_picture picture = {r->width, r->height, 1, r->ppi, r->ppi};
		struct place_page page = {r->page_width, r->page_height, r->dpi_x,
					  r->dpi_y, r->borderless};
		struct place_wish wish = centred;
		struct place p;

		wish.scaling = r->scaling;
		place_picture(&p, &picture, &page, &wish);
		TAP_OK(p.x == r->x && p.y == r->y && p.width == r->w &&
			       p.height == r->h && near(p.from_x, r->from_x) &&
			       near(p.from_y, r->from_y) &&
			       near(p.from_width, r->from_w) &&
			       near(p.from_height, r->from_h),
		       "%s (%ux%u at %u,%u from %.2fx%.2f at %.2f,%.2f)", r->what,
		       p.width, p.height, p.x, p.y, p.from_width, p.from_height,
		       p.from_x, p.from_y);
	}
}

/* Where the stored pixel (x, y) of a w x h picture comes to lie, by the turn's words. */
static void
turned(const struct turn *t, int w, int h, int x, int y, int *px, int *py)
{
	int a = t->swap ? y : x, b = t->swap ? x : y;
	int pw = t->swap ? h : w, ph = t->swap ? w : h;

	*px = t->flip_x ? pw - 1 - a : a;
	*py = t->flip_y ? ph - 1 - b : b;
}

static void
exifs_eight_orientations_are_upright(void)
{
	/* CIPA DC-008: which upright corner the stored first row and first column are.
	 * Expected: where stored (0,0) and stored (2,0) of 3 x 2 pixels lie. */
	static const int rows[8][4] = {{0, 0, 2, 0}, {2, 0, 0, 0}, {2, 1, 0, 1},
				       {0, 1, 2, 1}, {0, 0, 0, 2}, {1, 0, 1, 2},
				       {1, 2, 1, 0}, {0, 2, 0, 0}};

	for (unsigned o = 1; o <= 8; o++) {
		struct turn t = turn_from_exif(o);
		const int *r = rows[o - 1];
		int ax, ay, bx, by;

		turned(&t, 3, 2, 0, 0, &ax, &ay);
		turned(&t, 3, 2, 2, 0, &bx, &by);
		TAP_OK(ax == r[0] && ay == r[1] && bx == r[2] && by == r[3],
		       "orientation %u: the first pixel at %d,%d, the first row ends "
		       "at "
		       "%d,%d",
		       o, ax, ay, bx, by);
	}
}

static void
a_quarter_turn_four_times_is_none(void)
{
	for (unsigned o = 1; o <= 8; o++) {
		struct turn t = turn_from_exif(o), u = turn_clockwise(t, 1);
		int ax, ay, bx, by;

		turned(&t, 5, 3, 1, 0, &ax, &ay);
		turned(&u, 5, 3, 1, 0, &bx, &by);
		/* clockwise: (x, y) of height h goes to (h - 1 - y, x) */
		TAP_OK(bx == (t.swap ? 5 : 3) - 1 - ay && by == ax,
		       "from orientation %u, a quarter clockwise", o);
		u = turn_clockwise(u, 3);
		TAP_OK(memcmp(&t, &u, sizeof(t)) == 0, "and three more are none");
	}
}

static void
a_landscape_is_turned_to_fit_the_paper(void)
{
	struct place_picture picture = {3000, 2000, 1, 0, 0};
	struct place_wish wish = centred;
	struct place p;

	place_picture(&p, &picture, &postcard, &wish);
	TAP_OK(p.turn.swap && p.turn.flip_y && !p.turn.flip_x &&
		       p.scaled_width == 1772 && p.width == 1181,
	       "a quarter counter-clockwise, as landscape is in RFC 8011");
	picture.orientation = 6;
	place_picture(&p, &picture, &postcard, &wish);
	TAP_OK(p.turn.swap && p.turn.flip_x && !p.turn.flip_y,
	       "one that Exif turns already is not turned again");
	wish.quarters = 0;
	picture.orientation = 1;
	place_picture(&p, &picture, &postcard, &wish);
	TAP_OK(!p.turn.swap && p.width == 1181 && p.height == 787,
	       "asked to be upright, it stays upright");
}

static void
a_cut_is_made_where_it_is_asked(void)
{
	struct place_picture picture = {1000, 1000, 1, 0, 0};
	struct place_page page = {1000, 2000, 300, 300, false};
	struct place_wish wish = centred;
	struct place p;

	wish.scaling = PLACE_FILL;
	wish.x = 0;
	place_picture(&p, &picture, &page, &wish);
	TAP_OK(near(p.from_x, 0) && near(p.from_width, 500), "left: the left half");
	wish.x = 1;
	place_picture(&p, &picture, &page, &wish);
	TAP_OK(near(p.from_x, 500), "right: the right half");
	picture.orientation = 2; /* mirrored: the page's right is the file's left */
	place_picture(&p, &picture, &page, &wish);
	TAP_OK(near(p.from_x, 0), "mirrored by Exif: the file's left half");
}

static void
nothing_is_ever_placed_off_the_page(void)
{
	unsigned off = 0;

	for (unsigned i = 0; i < 20000; i++) {
		struct place_picture picture = {
			1 + (uint32_t)rand() % 70000, 1 + (uint32_t)rand() % 70000,
			(unsigned)rand() % 10, rand() % 3 * 111.1, rand() % 3 * 77.7};
		struct place_page page = {
			1 + (uint32_t)rand() % 20000, 1 + (uint32_t)rand() % 20000,
			72 + rand() % 1200, 72 + rand() % 1200, rand() % 2 != 0};
		struct place_wish wish = {.scaling = (enum place_scaling)(rand() % 6),
					  .quarters = rand() % 5 - 1,
					  .x = rand() % 3 / 2.,
					  .y = rand() % 3 / 2.,
					  .mirror = rand() % 2};
		struct place p;

		place_picture(&p, &picture, &page, &wish);
		off += p.width == 0 || p.height == 0 || p.x + p.width > page.width ||
		       p.y + p.height > page.height || p.from_x < -1e-6 ||
		       p.from_y < -1e-6 || !(p.from_width > 0) ||
		       !(p.from_height > 0) ||
		       p.from_x + p.from_width > picture.width + 1e-6 ||
		       p.from_y + p.from_height > picture.height + 1e-6 ||
		       (p.turn.swap ? p.scaled_width != p.height
				    : p.scaled_width != p.width);
	}
	TAP_OK(off == 0, "20,000 pictures of any size on pages of any size: %u off",
	       off);
}

/* --- resample --- */

static double
lanczos3(double x)
{
	x = fabs(x);
	if (x < 1e-12)
		return 1;
	return x >= 3 ? 0
		      : 3 * sin(M_PI * x) * sin(M_PI * x / 3) / (M_PI * M_PI * x * x);
}

/* One output sample in double precision, straight from the definition. */
static double
reference(const uint16_t *in, int n, double from, double length, unsigned out,
	  unsigned i)
{
	double ratio = length / out, scale = ratio > 1 ? ratio : 1;
	double centre = from + (i + .5) * ratio - .5, sum = 0, weights = 0;

	for (int k = (int)floor(centre - 3 * scale); k <= centre + 3 * scale + 1; k++) {
		double w = lanczos3((k - centre) / scale);

		sum += w * in[k < 0 ? 0 : k >= n ? n - 1 : k];
		weights += w;
	}
	return fmin(fmax(sum / weights, 0), 65535);
}

static void
a_row_is_scaled_as_lanczos_defines(void)
{
	static const struct {
		unsigned in, out;
		double from, length;
	} rows[] = {{1000, 500, 0, 1000}, {1000, 337, 10.25, 700.5},
		    {300, 900, 0, 300},	  {100, 801, 33.3, 50.1},
		    {4000, 100, 0, 4000}, {50, 50, 0, 50},
		    {1, 100, 0, 1},	  {3, 2, 0.5, 2}};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		unsigned n = rows[r].in;
		uint16_t *in = calloc(n, 2), *out = calloc(rows[r].out, 2);
		struct resample_axis axis;
		int16_t *less;
		double most = 0;

		resample_axis_init(&axis, rows[r].from, rows[r].length, 1, rows[r].out,
				   n, RESAMPLE_PADDING);
		less = calloc(n + axis.taps + RESAMPLE_PADDING, 2);
		for (unsigned i = 0; i < n; i++) {
			in[i] = (uint16_t)(32768 + 20000 * sin(i * .37) +
					   8000 * sin(i * 2.1));
			less[i] = (int16_t)(in[i] - 32768);
		}
		resample_columns(&axis, less, out);
		for (unsigned i = 0; i < rows[r].out; i++)
			most = fmax(most,
				    fabs(out[i] - reference(in, (int)n, rows[r].from,
							    rows[r].length, rows[r].out,
							    i)));
		TAP_OK(most < 30,
		       "%u from %u: within 30/65535 of the definition (%.1f)",
		       rows[r].out, n, most);
		resample_axis_clear(&axis);
		free(in);
		free(out);
		free(less);
	}
}

static void
flat_stays_flat(void)
{
	unsigned wrong = 0;

	for (unsigned out = 1; out < 700; out += 23) {
		for (unsigned v = 0; v < 65536; v += 4369) {
			uint16_t row[700];
			int16_t in[400 + 4000];
			struct resample_axis axis;

			resample_axis_init(&axis, .25, 399.5, 1, out, 400,
					   RESAMPLE_PADDING);
			for (unsigned i = 0; i < 400; i++)
				in[i] = (int16_t)(v - 32768);
			memset(in + 400, 0x55, sizeof(in) - 800); /* never weighs */
			resample_columns(&axis, in, row);
			for (unsigned i = 0; i < out; i++)
				wrong += row[i] != v;
			resample_axis_clear(&axis);
		}
	}
	TAP_OK(wrong == 0, "every grey, every reduction: exactly that grey (%u wrong)",
	       wrong);
}

static void
pixel_for_pixel_is_untouched(void)
{
	struct resample_axis axis;
	int16_t in[300];
	uint16_t out[200];
	unsigned wrong = 0;

	for (int i = 0; i < 300; i++)
		in[i] = (int16_t)(rand() % 65536 - 32768);
	resample_axis_init(&axis, 20, 200, 1, 200, 240, RESAMPLE_PADDING);
	resample_columns(&axis, in, out);
	for (int i = 0; i < 200; i++)
		wrong += out[i] != in[i + 20] + 32768;
	TAP_OK(wrong == 0, "200 pixels to 200 from the 20th on: the same");
	resample_axis_clear(&axis);
}

static void
rows_are_weighed_alike_in_8_and_16_bits(void)
{
	struct resample_axis axis;
	uint8_t narrow[40][64];
	uint16_t wide[40][64];
	const uint8_t *narrow_rows[40];
	const uint16_t *wide_rows[40];
	int16_t a[64], b[64];
	int most = 0;

	for (int y = 0; y < 40; y++) {
		for (int x = 0; x < 64; x++) {
			narrow[y][x] = (uint8_t)rand();
			wide[y][x] = (uint16_t)(narrow[y][x] * 257);
		}
	}
	resample_axis_init(&axis, 0, 40, 1, 17, 40, 1);
	for (uint32_t j = 0; j < 17; j++) {
		for (uint32_t k = 0; k < axis.taps; k++) {
			uint32_t row = axis.first[j] + k < 40 ? axis.first[j] + k : 39;

			narrow_rows[k] = narrow[row];
			wide_rows[k] = wide[row];
		}
		resample_rows_8(axis.weight + j * axis.taps, narrow_rows, axis.taps, 64,
				a);
		resample_rows_16(axis.weight + j * axis.taps, wide_rows, axis.taps, 64,
				 b);
		for (int x = 0; x < 64; x++)
			most = abs(a[x] - b[x]) > most ? abs(a[x] - b[x]) : most;
	}
	TAP_OK(most <= 1, "within 1/65535 (%d)", most);
	resample_axis_clear(&axis);
}

struct sums {
	int16_t narrow[101], wide[101];
	uint16_t across[3][403];
};

/* Every kernel length that prints have, of rows and samples that no vector divides. */
static void
sum_up(struct sums *s, const uint8_t (*narrow)[101], const uint16_t (*wide)[101],
       const int16_t *line)
{
	static const double lengths[] = {37, 403, 1900};
	struct resample_axis axis;
	const uint8_t *narrow_rows[40];
	const uint16_t *wide_rows[40];

	resample_axis_init(&axis, 0, 40, 1, 17, 40, 1);
	for (uint32_t k = 0; k < axis.taps; k++) {
		uint32_t row = axis.first[9] + k < 40 ? axis.first[9] + k : 39;

		narrow_rows[k] = narrow[row];
		wide_rows[k] = wide[row];
	}
	resample_rows_8(axis.weight + 9 * axis.taps, narrow_rows, axis.taps, 101,
			s->narrow);
	resample_rows_16(axis.weight + 9 * axis.taps, wide_rows, axis.taps, 101,
			 s->wide);
	resample_axis_clear(&axis);
	for (unsigned i = 0; i < 3; i++) {
		resample_axis_init(&axis, 0, lengths[i], 1, 403, 1900,
				   RESAMPLE_PADDING);
		resample_columns(&axis, line, s->across[i]);
		resample_axis_clear(&axis);
	}
}

/* Extremes included: sums that must be cut at either end. Last of the room: from here
 * on nothing is done with vectors. */
static void
resampling_with_vectors_is_the_same_to_the_bit(void)
{
	static uint8_t narrow[40][101];
	static uint16_t wide[40][101];
	static int16_t line[1900 + 100];
	static struct sums fast, plain;

	for (int y = 0; y < 40; y++) {
		for (int x = 0; x < 101; x++) {
			bool extreme = rand() % 2 == 0;

			narrow[y][x] = (uint8_t)(extreme ? rand() % 2 * 255 : rand());
			wide[y][x] = (uint16_t)(extreme ? rand() % 2 * 65535 : rand());
		}
	}
	for (int i = 0; i < 1900; i++)
		line[i] = (int16_t)(i < 600 ? rand() % 2 * 65535 - 32768 : rand());
	sum_up(&fast, narrow, wide, line);
	resample_use_plain();
	sum_up(&plain, narrow, wide, line);
	TAP_OK(memcmp(&fast, &plain, sizeof(fast)) == 0,
	       "rows of 8 and 16 bits, and columns of 8, 16 and 32 taps");
}

/* A zone plate beyond what the output can carry must come out grey, not as moire. */
static void
fine_lines_do_not_alias(void)
{
	struct resample_axis axis;
	int16_t in[4000 + 100];
	uint16_t out[1000];
	int most = 0;

	resample_axis_init(&axis, 0, 4000, 1, 1000, 4000, RESAMPLE_PADDING);
	for (double period = 2; period < 5.2; period += .1) {
		for (int i = 0; i < 4000; i++)
			in[i] = (int16_t)(30000 * sin(2 * M_PI * i / period));
		resample_columns(&axis, in, out);
		for (int i = 50; i < 950; i++)
			most = abs(out[i] - 32768) > most ? abs(out[i] - 32768) : most;
	}
	resample_axis_clear(&axis);
	TAP_OK(most < 30000 * .05,
	       "lines of 2 to 5 pixels at a quarter of the size: below 5 %% (%.2f %%)",
	       most / 300.);
}

/* An edge from black to white may ring by no more than Lanczos-3's own 13.5 %. */
static void
ringing_has_its_bound(void)
{
	struct resample_axis axis;
	int16_t in[400 + 100];
	uint16_t out[1600];
	int high = 0, low = 65535;

	resample_axis_init(&axis, 0, 400, 1, 1600, 400, RESAMPLE_PADDING);
	for (int i = 0; i < 400; i++)
		in[i] = (int16_t)(i < 200 ? -16384 : 16384);
	resample_columns(&axis, in, out);
	for (int i = 0; i < 1600; i++) {
		high = out[i] > high ? out[i] : high;
		low = out[i] < low ? out[i] : low;
	}
	resample_axis_clear(&axis);
	TAP_OK(high < 49152 + .135 * 32768 && low > 16384 - .135 * 32768,
	       "a step rings by %.1f %% up, %.1f %% down", (high - 49152) / 327.68,
	       (16384 - low) / 327.68);
}

/* --- ink --- */

static void
ycc_becomes_rgb(void)
{
	static const struct {
		uint8_t y, cb, cr, r, g, b;
	} rows[] = {{0, 128, 128, 0, 0, 0},    {255, 128, 128, 255, 255, 255},
		    {76, 85, 255, 254, 0, 0},  {150, 44, 21, 0, 255, 1},
		    {29, 255, 107, 0, 0, 254}, {128, 128, 128, 128, 128, 128}};
	struct image image = {.space = IMAGE_RGB, .ycc = true, .planes = 3};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint16_t y = (uint16_t)(rows[i].y * 257),
			 cb = (uint16_t)(rows[i].cb * 257),
			 cr = (uint16_t)(rows[i].cr * 257);
		uint16_t *planes[IMAGE_PLANES_MAX] = {&y, &cb, &cr};

		ink_settle(&image, planes, 1);
		TAP_OK(abs(y - rows[i].r * 257) < 200 &&
			       abs(cb - rows[i].g * 257) < 200 &&
			       abs(cr - rows[i].b * 257) < 200,
		       "Y %u Cb %u Cr %u", rows[i].y, rows[i].cb, rows[i].cr);
	}
}

static void
inks_are_settled(void)
{
	static const struct {
		bool ycc, inverted;
		uint16_t in[4], out[4];
	} rows[] = {
		{false, false, {1, 2, 3, 4}, {1, 2, 3, 4}},
		{false, true, {65535, 0, 65534, 100}, {0, 65535, 1, 65435}},
		/* YCCK as Adobe writes it: all of C, M and Y, no black */
		{true, true, {65535, 32896, 32896, 65535}, {65535, 65535, 65535, 0}},
		{true, false, {65535, 32896, 32896, 7}, {0, 0, 0, 7}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image image = {.space = IMAGE_CMYK,
				      .ycc = rows[i].ycc,
				      .inverted = rows[i].inverted,
				      .planes = 4};
		uint16_t v[4];
		uint16_t *planes[IMAGE_PLANES_MAX] = {&v[0], &v[1], &v[2], &v[3]};

		memcpy(v, rows[i].in, sizeof(v));
		ink_settle(&image, planes, 1);
		TAP_OK(memcmp(v, rows[i].out, sizeof(v)) == 0, "%s%s: %u %u %u %u",
		       rows[i].ycc ? "YCCK" : "CMYK",
		       rows[i].inverted ? ", inverted" : "", v[0], v[1], v[2], v[3]);
	}
}

int
main(void)
{
	srand(1);
	scaling_means_what_ipp_says();
	exifs_eight_orientations_are_upright();
	a_quarter_turn_four_times_is_none();
	a_landscape_is_turned_to_fit_the_paper();
	a_cut_is_made_where_it_is_asked();
	nothing_is_ever_placed_off_the_page();
	a_row_is_scaled_as_lanczos_defines();
	flat_stays_flat();
	pixel_for_pixel_is_untouched();
	rows_are_weighed_alike_in_8_and_16_bits();
	fine_lines_do_not_alias();
	ringing_has_its_bound();
	ycc_becomes_rgb();
	inks_are_settled();
	resampling_with_vectors_is_the_same_to_the_bit();
	return tap_done();
}
