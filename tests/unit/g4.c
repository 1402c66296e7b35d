/*
 * g4.c - our Group 4 coder against libtiff's: the same bytes, for any rows.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/screen/g4.h"
#include "lib/screen/screen.h"
#include "tests/tap.h"

#define ROWS	  200
#define WIDTH_MAX 6000
#define ROW_BYTES (WIDTH_MAX / 8 + 8)

static uint8_t rows[ROWS][ROW_BYTES]; /* first pixel lowest */

static uint8_t
turned(uint8_t byte)
{
	uint8_t t = 0;

	for (int i = 0; i < 8; i++)
		t |= (uint8_t)((byte >> i & 1) << (7 - i));
	return t;
}

static int
keep(void *ctx, const void *data, size_t len, struct error *err)
{
	return buf_append(ctx, data, len, err);
}

static uint64_t
ours(struct buf *out, uint32_t width)
{
	struct error err;
	uint64_t black;
	struct g4 *g;

	buf_init(out, 64 << 20);
	INVARIANT(g4_open(&g, width, keep, out, &err) == 0);
	for (int y = 0; y < ROWS; y++)
		INVARIANT(g4_row(g, rows[y], &err) == 0);
	black = g4_black(g);
	INVARIANT(g4_end(g, &err) == 0);
	g4_close(g);
	return black;
}

/* The raw strip that libtiff makes of the rows. */
static void
libtiffs(struct buf *out, uint32_t width)
{
	int fd = memfd_create("g4", 0);
	TIFF *t = TIFFFdOpen(dup(fd), "g4", "w");
	uint8_t line[ROW_BYTES];
	uint64_t *lengths;

	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, width);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, ROWS);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(t, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, ROWS);
	for (uint32_t y = 0; y < ROWS; y++) {
		for (size_t i = 0; i < ROW_BYTES; i++)
			line[i] = turned(rows[y][i]);
		TIFFWriteScanline(t, line, y, 0);
	}
	TIFFClose(t);
	lseek(fd, 0, SEEK_SET);
	t = TIFFFdOpen(fd, "g4", "r");
	TIFFGetField(t, TIFFTAG_STRIPBYTECOUNTS, &lengths);
	buf_init(out, 64 << 20);
	buf_reserve(out, lengths[0], NULL);
	out->len = (size_t)TIFFReadRawStrip(t, 0, out->data, (tmsize_t)lengths[0]);
	TIFFClose(t);
}

static void
same(uint32_t width, const char *what)
{
	struct buf a, b;
	uint64_t black = ours(&a, width), counted = 0;

	libtiffs(&b, width);
	for (int y = 0; y < ROWS; y++)
		for (uint32_t x = 0; x < width; x++)
			counted += rows[y][x / 8] >> x % 8 & 1;
	TAP_OK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0,
	       "%s, %u wide: libtiff's %zu bytes (ours %zu)", what, width, b.len,
	       a.len);
	TAP_OK(black == counted, "and %llu black pixels", (unsigned long long)black);
	buf_clear(&a);
	buf_clear(&b);
}

/* Runs of a mean length, rows that resemble the one above in `alike` of 256 places. */
static void
make_runs(int mean, int alike)
{
	for (int y = 0; y < ROWS; y++) {
		int left = 0, black = 0;

		for (size_t x = 0; x < ROW_BYTES * 8; x++) {
			if (left-- <= 0) {
				left = rand() % (2 * mean);
				black = !black;
			}
			rows[y][x / 8] &= (uint8_t) ~(1u << x % 8);
			rows[y][x / 8] |= (uint8_t)((unsigned)black << x % 8);
		}
		for (size_t i = 0; y > 0 && i < ROW_BYTES; i++)
			if (rand() % 256 < alike)
				rows[y][i] = rows[y - 1][i];
	}
}

static void
random_rows_code_as_libtiff_codes_them(void)
{
	static const uint32_t widths[] = {
		1,    2,    7,	  8,	9,    63,   64,	  65,	127,  128,  129,
		1000, 2559, 2560, 2561, 2623, 2624, 2625, 5183, 5184, 5999, WIDTH_MAX};
	static const int means[] = {1, 3, 8, 40, 700, 9000};
	char what[64];

	for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++)
		for (size_t m = 0; m < sizeof(means) / sizeof(means[0]); m++) {
			int alike = (int)(w * 37 + m * 91) % 256;

			make_runs(means[m], alike);
			snprintf(what, sizeof(what), "runs of %d, %d/256 alike",
				 means[m], alike);
			same(widths[w], what);
		}
}

static void
rows_of_one_colour(void)
{
	memset(rows, 0, sizeof(rows));
	same(WIDTH_MAX, "white");
	memset(rows, 255, sizeof(rows));
	same(WIDTH_MAX, "black");
	same(WIDTH_MAX - 3, "black");
	for (int y = 0; y < ROWS; y++)
		memset(rows[y], y % 2 ? 255 : 0, ROW_BYTES);
	same(WIDTH_MAX - 1, "stripes");
	memset(rows, 0x55, sizeof(rows));
	same(WIDTH_MAX, "every other pixel");
	for (int y = 0; y < ROWS; y++)
		memset(rows[y], y % 2 ? 0x55 : 0xaa, ROW_BYTES);
	same(WIDTH_MAX, "a chequerboard");
}

static void
screened_tints(void)
{
	static uint8_t values[WIDTH_MAX];
	struct screen *s;
	char what[32];

	INVARIANT(screen_make(&s, 2400, 150, 15, DOT_EUCLIDEAN, NULL, NULL) == 0);
	for (int v = 5; v < 256; v += 50) {
		for (size_t x = 0; x < WIDTH_MAX; x++)
			values[x] = (uint8_t)(v + (int)x / 500);
		for (size_t y = 0; y < ROWS; y++)
			screen_row(s, 0, y, values, WIDTH_MAX, rows[y]);
		snprintf(what, sizeof(what), "a tint of %d", v);
		same(WIDTH_MAX, what);
	}
	screen_free(s);
}

static void
bare_rows_are_white_rows(void)
{
	struct error err;
	struct buf a, b;
	struct g4 *g;

	make_runs(20, 100);
	memset(rows[50], 0, 100 * ROW_BYTES);
	ours(&a, 1234);
	buf_init(&b, 64 << 20);
	INVARIANT(g4_open(&g, 1234, keep, &b, &err) == 0);
	for (int y = 0; y < 50; y++)
		g4_row(g, rows[y], &err);
	g4_bare_rows(g, 100, &err);
	for (int y = 150; y < ROWS; y++)
		g4_row(g, rows[y], &err);
	g4_end(g, &err);
	g4_close(g);
	TAP_OK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0,
	       "100 bare rows are coded as white ones");
	buf_clear(&a);
	buf_clear(&b);
}

int
main(void)
{
	srand(7);
	random_rows_code_as_libtiff_codes_them();
	rows_of_one_colour();
	screened_tints();
	bare_rows_are_white_rows();
	return tap_done();
}
