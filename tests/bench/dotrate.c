/*
 * dotrate.c - how fast a row of an ink becomes a row of Group 4, against libtiff's coder
 * alone on the same dots. Processor time; the best of several rounds, taken in turns.
 *
 *	dotrate [ROUNDS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tiffio.h>
#include <time.h>
#include <unistd.h>

#include "lib/screen/g4.h"
#include "lib/screen/screen.h"

#define WIDTH 28000
#define ROWS  1000

static uint8_t values[ROWS][WIDTH], bits[ROWS][WIDTH / 8 + 8];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
count(void *ctx, const void *data, size_t len, struct error *err)
{
	(void)data;
	(void)err;
	*(size_t *)ctx += len;
	return 0;
}

static double
our_screening(const struct screen *s)
{
	double begun = now();

	for (size_t y = 0; y < ROWS; y++)
		screen_row(s, 0, y, values[y], WIDTH, bits[y]);
	return now() - begun;
}

static double
ours(const struct screen *s, size_t *len)
{
	double begun = now();
	struct g4 *g;

	*len = 0;
	g4_open(&g, WIDTH, count, len, NULL);
	for (size_t y = 0; y < ROWS; y++) {
		screen_row(s, 0, y, values[y], WIDTH, bits[y]);
		g4_row(g, bits[y], NULL);
	}
	g4_end(g, NULL);
	g4_close(g);
	return now() - begun;
}

static double
libtiffs(void)
{
	TIFF *t = TIFFFdOpen(memfd_create("g4", 0), "g4", "w");
	static uint8_t line[WIDTH / 8 + 8];
	double spent = 0;

	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, WIDTH);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, ROWS);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, ROWS);
	for (uint32_t y = 0; y < ROWS; y++) {
		double begun;

		memcpy(line, bits[y], sizeof(line));
		begun = now();
		TIFFWriteScanline(t, line, y, 0);
		spent += now() - begun;
	}
	TIFFClose(t);
	return spent;
}

/* Soft shapes with grain, as a photograph's separation has them. */
static void
make_picture(void)
{
	uint32_t seed = 1;

	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < WIDTH; x++) {
			double v = 0.5 +
				   0.4 * sin(x / 700.0) * cos(y / 500.0 + x / 3000.0);

			if (x % 8 == 0)
				seed = seed * 1664525u + 1013904223u;
			v += ((double)(seed >> 8) / 16777216.0 - 0.5) * 0.1;
			values[y][x] = (uint8_t)(255 * fmin(1, fmax(0, v)));
		}
}

static void
make_bare(void)
{
	memset(values, 255, sizeof(values));
}

static void
report(const char *what, const struct screen *s, int rounds)
{
	double screening = INFINITY, all = INFINITY, tiff = INFINITY;
	double pixels = (double)WIDTH * ROWS / 1e9;
	size_t len = 0;

	for (int i = 0; i < rounds; i++) {
		screening = fmin(screening, our_screening(s));
		all = fmin(all, ours(s, &len));
		tiff = fmin(tiff, libtiffs());
	}
	printf("%-22s screening %6.2f  screening+G4 %6.2f  libtiff's G4 alone %6.2f "
	       "Gpixel/s: %5.2f times; %.1f %% of the bitmap\n",
	       what, pixels / screening, pixels / all, pixels / tiff, tiff / all,
	       100.0 * (double)len / (WIDTH / 8.0 * ROWS));
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		double angle;
	} inks[] = {{"Cyan", 15}, {"Magenta", 75}, {"Yellow", 0}, {"Black", 45}};
	int rounds = argc > 1 ? atoi(argv[1]) : 5;
	char what[64];

	for (int i = 0; i < 4; i++) {
		struct screen *s;

		if (screen_make(&s, 2400, 150, inks[i].angle, DOT_EUCLIDEAN, NULL,
				NULL) != 0)
			return 1;
		make_picture();
		snprintf(what, sizeof(what), "picture, %s", inks[i].name);
		report(what, s, rounds);
		if (i == 3) {
			make_bare();
			report("bare paper", s, rounds);
		}
		screen_free(s);
	}
	return 0;
}
