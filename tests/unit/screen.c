/*
 * screen.c - facts about lib/screen, measured on what it prints: the area of every
 * level, ruling and angle from the tint's own spectrum, the same dots by every path.
 */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/screen/row.h"
#include "lib/screen/screen.h"
#include "tests/tap.h"

#define DPI 2400.0

struct ink {
	const char *name;
	double ruling, angle;
};
static const struct ink inks[] = {
	{"Cyan", 150, 15},   {"Magenta", 150, 75}, {"Yellow", 150, 0},
	{"Black", 150, 45},  {"spot", 150, 30},	   {"spot", 175, 52.5},
	{"fine", 200, 67.5}, {"coarse", 85, 7.5},
};
#define INKS (sizeof(inks) / sizeof(inks[0]))

static struct screen *
made(double dpi, const struct ink *ink, enum dot_shape shape)
{
	struct screen *s;
	struct error err;

	if (screen_make(&s, dpi, ink->ruling, ink->angle, shape, NULL, &err) != 0)
		tap_diag("%s", err.text);
	return s;
}

static void
a_ruling_that_no_grid_can_hold_is_refused(void)
{
	const double bad[][3] = {{2400, 700, 45}, {2400, 0, 45},    {2400, NAN, 45},
				 {0, 150, 45},	  {2400, 150, NAN}, {1e9, 150, 0}};
	struct error err;
	struct cell c;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_OK(cell_find(&c, bad[i][0], bad[i][1], bad[i][2], &err) == -1 &&
			       err.kind == ERROR_INPUT,
		       "%g dpi, %g lpi at %g degrees is refused", bad[i][0], bad[i][1],
		       bad[i][2]);
}

/* Printed pixels of one whole supercell at paper value v. */
static long
printed(const struct screen *s, uint8_t v)
{
	long n = 0;

	for (size_t y = 0; y < s->height; y++)
		for (size_t x = 0; x < s->width; x++)
			n += v <= s->paper[y * s->stride + x];
	return n;
}

static void
a_tint_covers_what_it_says_at_every_level(void)
{
	for (int shape = 1; shape < DOT_SHAPES; shape++)
		for (size_t i = 0; i < INKS; i++) {
			struct screen *s = made(DPI, &inks[i], (enum dot_shape)shape);
			double worst = 0;

			for (int v = 0; s != NULL && v < 256; v++)
				worst = fmax(
					worst,
					fabs((double)printed(s, (uint8_t)v) /
						     (double)(s->width * s->height) -
					     (255 - v) / 255.0));
			TAP_OK(s != NULL && worst <= 0.0005,
			       "%s %s %g lpi %g degrees: within 0.05 %% (worst %.4f "
			       "%%)",
			       inks[i].name, dot_name((enum dot_shape)shape),
			       inks[i].ruling, inks[i].angle, 100 * worst);
			screen_free(s);
		}
}

static void
a_curve_is_covered_as_exactly(void)
{
	struct screen *s;
	struct error err;
	double area[SCREEN_LEVELS], worst = 0;

	for (int i = 0; i < SCREEN_LEVELS; i++)
		area[i] = pow(i / 255.0, 0.7);
	INVARIANT(screen_make(&s, DPI, 150, 15, DOT_EUCLIDEAN, area, &err) == 0);
	for (int v = 0; v < SCREEN_LEVELS; v++)
		worst = fmax(worst, fabs((double)printed(s, (uint8_t)v) /
						 (double)(s->width * s->height) -
					 area[255 - v]));
	TAP_OK(worst <= 0.0005, "a curve: within 0.05 %% (worst %.4f %%)", 100 * worst);
	TAP_OK(printed(s, 0) == (long)(s->width * s->height) && printed(s, 255) == 0,
	       "paper and solids stay");
	screen_free(s);
}

/* A tint of half ink as -1 and 1, side x side pixels. */
static float *
half_tint(const struct screen *s, size_t side)
{
	float *tint = malloc(side * side * sizeof(*tint));
	uint8_t *values = malloc(side), *bits = malloc(side / 8);

	memset(values, 127, side);
	for (size_t y = 0; y < side; y++) {
		screen_row(s, 0, y, values, side, bits);
		for (size_t x = 0; x < side; x++)
			tint[y * side + x] = bits[x / 8] & 1 << x % 8 ? 1.0f : -1.0f;
	}
	free(values);
	free(bits);
	return tint;
}

/* The tint's Fourier transform at one frequency (cycles a pixel), with a Hann window:
 * first every row, then the column of their sums. */
static double
power_at(const float *tint, size_t side, double fx, double fy)
{
	double complex sum = 0, stepx = cexp(-2 * M_PI * (double complex)I * fx),
		       stepy = cexp(-2 * M_PI * (double complex)I * fy), phasey = 1;

	for (size_t y = 0; y < side; y++, phasey *= stepy) {
		double complex row = 0, phasex = 1;

		for (size_t x = 0; x < side; x++, phasex *= stepx)
			row += (double)tint[y * side + x] * phasex *
			       (1 - cos(2 * M_PI * (double)x / (double)side));
		sum += row * phasey * (1 - cos(2 * M_PI * (double)y / (double)side));
	}
	return cabs(sum);
}

/* Climbs to the peak nearest to the request, in ever smaller steps. */
static void
measure(const float *tint, size_t side, double *fx, double *fy)
{
	double best = power_at(tint, side, *fx, *fy);

	for (double step = 0.5 / (double)side; step > 2e-7; step /= 2)
		for (int moved = 1; moved;) {
			moved = 0;
			for (int d = 0; d < 4; d++) {
				double x = *fx + step * ((d == 0) - (d == 1));
				double y = *fy + step * ((d == 2) - (d == 3));
				double p = power_at(tint, side, x, y);

				if (p > best) {
					best = p;
					*fx = x;
					*fy = y;
					moved = 1;
				}
			}
		}
}

static void
ruling_and_angle_are_what_was_asked_for(void)
{
	const size_t side = 512;

	for (size_t i = 0; i < INKS; i++) {
		struct screen *s = made(DPI, &inks[i], DOT_EUCLIDEAN);
		double f = inks[i].ruling / DPI, w = inks[i].angle * M_PI / 180;
		double fx = f * cos(w), fy = -f * sin(w), ruling, angle;
		float *tint = half_tint(s, side);

		measure(tint, side, &fx, &fy);
		ruling = hypot(fx, fy) * DPI;
		angle = atan2(-fy, fx) * 180 / M_PI;
		TAP_OK(fabs(ruling / inks[i].ruling - 1) <= 0.003 &&
			       fabs(angle - inks[i].angle) <= 0.05,
		       "%s asked %g lpi %g degrees, the spectrum's peak is at %.3f lpi "
		       "%.3f degrees",
		       inks[i].name, inks[i].ruling, inks[i].angle, ruling, angle);
		TAP_OK(fabs(ruling / s->cell.ruling_lpi - 1) <= 0.001 &&
			       fabs(angle - s->cell.angle_deg) <= 0.03,
		       "and the screen knows it: %.3f lpi %.3f degrees (%d, %d)/%d",
		       s->cell.ruling_lpi, s->cell.angle_deg, s->cell.a, s->cell.b,
		       s->cell.n);
		free(tint);
		screen_free(s);
	}
}

static void
every_resolution_and_ruling_that_is_offered_is_met(void)
{
	const double dpis[] = {1200, 1270, 2400, 2540, 4000},
		     rulings[] = {60, 75, 85, 100, 120, 133, 150, 175, 200};
	const double angles[] = {15,   75,   0,	   45,	 30,  60,
				 22.5, 67.5, 52.5, 37.5, 7.5, 82.5};
	double off_angle = 0, off_ruling = 0;
	long largest = 0;

	for (size_t d = 0; d < sizeof(dpis) / sizeof(dpis[0]); d++)
		for (size_t r = 0; r < sizeof(rulings) / sizeof(rulings[0]); r++)
			for (size_t a = 0; a < sizeof(angles) / sizeof(angles[0]);
			     a++) {
				struct cell c = {0};

				cell_find(&c, dpis[d], rulings[r], angles[a], NULL);
				off_angle =
					fmax(off_angle, fabs(c.angle_deg - angles[a]));
				off_ruling = fmax(off_ruling,
						  fabs(c.ruling_lpi / rulings[r] - 1));
				if (cell_pixels(&c) > largest)
					largest = cell_pixels(&c);
			}
	TAP_OK(off_angle <= CELL_ANGLE_TOLERANCE_DEG &&
		       off_ruling <= CELL_RULING_TOLERANCE,
	       "worst angle off by %.4f degrees, worst ruling by %.3f %%", off_angle,
	       100 * off_ruling);
	TAP_OK(largest <= CELL_PIXELS_MAX, "largest supercell: %ld pixels", largest);
}

static void
the_tile_repeats_without_a_seam(void)
{
	struct screen *s = made(DPI, &inks[0], DOT_ROUND);
	uint8_t *values = malloc(4096), a[512], b[512];
	size_t differ = 0;

	memset(values, 90, 4096);
	/* A supercell further right and up, and down and right, is the same place. */
	for (size_t y = 1000; y < 1400; y += 7) {
		screen_row(s, 5, y, values, 4096, a);
		screen_row(s, 5 + (size_t)s->cell.a, y - (size_t)s->cell.b, values,
			   4096, b);
		differ += memcmp(a, b, sizeof(a)) != 0;
		screen_row(s, 5 + (size_t)s->cell.b, y + (size_t)s->cell.a, values,
			   4096, b);
		differ += memcmp(a, b, sizeof(a)) != 0;
	}
	TAP_OK(differ == 0, "rows a supercell apart are the same");
	screen_free(s);
	free(values);
}

static void
bare_paper_stays_bare_and_solids_stay_solid(void)
{
	struct screen *s = made(DPI, &inks[3], DOT_EUCLIDEAN);
	uint8_t values[1003], bits[126];
	size_t wrong = 0;

	memset(values, 255, sizeof(values));
	memset(values + 300, 0, 301);
	for (size_t y = 0; y < 500; y++) {
		screen_row(s, 77, y, values, sizeof(values), bits);
		for (size_t x = 0; x < 1008; x++) {
			int dark = (bits[x / 8] & 1 << x % 8) != 0;

			wrong += dark != (x >= 300 && x < 601);
		}
	}
	TAP_OK(wrong == 0,
	       "edges of a solid lie on the pixel, and no dot is beside it");
	screen_free(s);
}

static void
wide_registers_and_plain_c_agree(void)
{
	static uint8_t paper[900], values[5000], wide[625], plain[625];
	size_t differ = 0, rows = 0;

	srand(1);
	for (size_t i = 0; i < sizeof(values); i++)
		values[i] = (uint8_t)rand();
	for (size_t width = 1; width <= 777; width += 3) {
		struct row_tile tile = {paper, width, width + ROW_TAIL + width % 5};

		for (size_t i = 0; i < tile.stride; i++)
			paper[i] = i < width ? (uint8_t)rand() : paper[i - width];
		for (size_t n = 0; n < 90; n++, rows++) {
			size_t at = (width * 31 + n) % width, len = n < 60 ? n : n * 50;

			row_screen(&tile, at, values, len, wide);
			row_screen_plain(&tile, at, values, len, plain);
			differ += memcmp(wide, plain, (len + 7) / 8) != 0;
		}
	}
	TAP_OK(differ == 0, "%zu rows of all widths and lengths are the same", rows);
}

static void
plain_c_compares_each_pixel_with_its_own(void)
{
	static uint8_t paper[300], values[1000], bits[125];
	struct row_tile tile = {paper, 201, 300};
	size_t wrong = 0;

	for (size_t i = 0; i < 300; i++)
		paper[i] = (uint8_t)(i % 201 * 7);
	for (size_t i = 0; i < 1000; i++)
		values[i] = (uint8_t)(i * 13);
	row_screen_plain(&tile, 77, values, 997, bits);
	for (size_t i = 0; i < 1000; i++) {
		int dark = i < 997 && values[i] <= (uint8_t)((77 + i) % 201 * 7);

		wrong += ((bits[i / 8] >> i % 8) & 1) != dark;
	}
	TAP_OK(wrong == 0, "1000 pixels: %zu wrong", wrong);
}

int
main(void)
{
	a_ruling_that_no_grid_can_hold_is_refused();
	a_tint_covers_what_it_says_at_every_level();
	a_curve_is_covered_as_exactly();
	ruling_and_angle_are_what_was_asked_for();
	every_resolution_and_ruling_that_is_offered_is_met();
	the_tile_repeats_without_a_seam();
	bare_paper_stays_bare_and_solids_stay_solid();
	plain_c_compares_each_pixel_with_its_own();
	wide_registers_and_plain_c_agree();
	return tap_done();
}
