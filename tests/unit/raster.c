/*
 * raster.c - facts about PWG raster and URF: what libcups writes is read, page after
 * page; what is cut off, too large or no page is refused.
 */
#include <cups/cups.h>
#include <cups/raster.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "tests/tap.h"
#include "tests/unit/pictures.h"

#define WIDTH  131
#define HEIGHT 70
#define PAGES  2
/* Where fields of a PWG header lie in a file, behind its "RaS2" (PWG 5102.4 4.3). */
#define AT_WIDTH  (4 + 372)
#define AT_HEIGHT (4 + 376)
#define AT_LINE	  (4 + 392)
#define AT_SPACE  (4 + 400)
#define AT_CROSS  (4 + 456)
#define AT_FEED	  (4 + 460)
#define AT_LINES  (4 + 1796)

struct type {
	const char *name; /* as cupsRasterInitPWGHeader has it */
	unsigned bits, samples;
	enum image_space space;
	enum image_hint hint;
	bool ink, urf;
};

static const struct type types[] = {
	{"sgray_8", 8, 1, IMAGE_GREY, IMAGE_HINT_SRGB, false, true},
	{"srgb_8", 8, 3, IMAGE_RGB, IMAGE_HINT_SRGB, false, true},
	{"adobe-rgb_8", 8, 3, IMAGE_RGB, IMAGE_HINT_ADOBE_RGB, false, true},
	{"cmyk_8", 8, 4, IMAGE_CMYK, IMAGE_HINT_NONE, true, true},
	{"sgray_16", 16, 1, IMAGE_GREY, IMAGE_HINT_SRGB, false, false},
	{"srgb_16", 16, 3, IMAGE_RGB, IMAGE_HINT_SRGB, false, false},
	{"adobe-rgb_16", 16, 3, IMAGE_RGB, IMAGE_HINT_ADOBE_RGB, false, false},
	{"rgb_8", 8, 3, IMAGE_RGB, IMAGE_HINT_NONE, false, false},
	{"black_8", 8, 1, IMAGE_GREY, IMAGE_HINT_NONE, true, false},
	{"black_1", 1, 1, IMAGE_GREY, IMAGE_HINT_NONE, true, false},
	{"sgray_1", 1, 1, IMAGE_GREY, IMAGE_HINT_SRGB, false, false},
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* Runs, single pixels, repeated rows and white all come: 0..255. */
static unsigned
sample(uint32_t x, uint32_t y, unsigned c, unsigned page)
{
	if (y / 8 % 3 == 0)
		return 255;
	if (x < 40)
		return (y / 16 * 50 + c * 70 + page * 20) % 256;
	return (x * 7 + y / 2 * 11 + c * 90 + page * 40) % 256;
}

static void
fill_line(const struct type *t, uint32_t y, unsigned page, uint8_t *line)
{
	memset(line, 0, WIDTH * 8);
	for (uint32_t i = 0; i < WIDTH * t->samples; i++) {
		unsigned v = sample(i / t->samples, y, i % t->samples, page);

		if (t->bits == 1)
			line[i / 8] |= (uint8_t)((v > 127) << (7 - i % 8));
		else if (t->bits == 8)
			line[i] = (uint8_t)v;
		else /* libcups takes the machine's order */
			((uint16_t *)(void *)line)[i] = (uint16_t)(v * 257 - v % 2);
	}
}

/* What must come out, in 1/65535. */
static unsigned
expected(const struct type *t, uint32_t x, uint32_t y, unsigned c, unsigned page)
{
	unsigned v = sample(x, y, c, page);

	if (t->bits == 1)
		return v > 127 ? 65535 : 0;
	return t->bits == 8 ? v * 257 : v * 257 - v % 2;
}

/* A file of PAGES pages, rewound. */
static int
make(const struct type *t, bool urf)
{
	int fd = memfd_create("raster", MFD_CLOEXEC);
	cups_raster_t *raster = cupsRasterOpen(fd, urf ? CUPS_RASTER_WRITE_APPLE
						       : CUPS_RASTER_WRITE_PWG);
	cups_page_header2_t h;
	static uint16_t line[WIDTH * 4];

	for (unsigned page = 0; page < PAGES; page++) {
		INVARIANT(cupsRasterInitPWGHeader(
				  &h, pwgMediaForPWG("iso_a6_105x148mm"), t->name, 300,
				  urf ? 300 : 600, "one-sided", NULL) != 0);
		h.cupsWidth = WIDTH;
		h.cupsHeight = HEIGHT - page;
		h.cupsBytesPerLine = (WIDTH * h.cupsBitsPerPixel + 7) / 8;
		h.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = PAGES;
		INVARIANT(cupsRasterWriteHeader2(raster, &h) != 0);
		for (uint32_t y = 0; y < h.cupsHeight; y++) {
			fill_line(t, y, page, (uint8_t *)line);
			INVARIANT(cupsRasterWritePixels(raster, (uint8_t *)line,
							h.cupsBytesPerLine) != 0);
		}
	}
	cupsRasterClose(raster);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* --- what is read --- */

static unsigned
wrong_samples(const struct type *t, const struct image *image, unsigned page,
	      uint16_t *const *samples)
{
	unsigned wrong = 0;

	for (unsigned c = 0; c < t->samples; c++)
		for (uint32_t i = 0; i < image->width * image->height; i++)
			wrong += samples[c][i] !=
				 expected(t, i % WIDTH, i / WIDTH, c, page);
	return wrong;
}

static bool
is_described(const struct type *t, const struct image *image, bool urf, unsigned page)
{
	return image->format == (urf ? IMAGE_URF : IMAGE_PWG) &&
	       image->width == WIDTH && image->height == HEIGHT - page &&
	       image->space == t->space && image->planes == t->samples &&
	       image->inverted == (t->ink && t->space == IMAGE_GREY) &&
	       image->hint == t->hint && image->orientation == 1 &&
	       image->ppi_x == 300 && image->ppi_y == (urf ? 300 : 600);
}

static void
reads(const struct type *t, bool urf)
{
	uint16_t *samples[IMAGE_PLANES_MAX] = {NULL};
	struct image_input in;
	struct image *image;
	struct error err = {0};
	int fd = make(t, urf), more;
	unsigned wrong = 0, page = 0;
	bool described = true;

	image_input_init(&in, fd, image_limits_default.bytes);
	more = image_open(&image, &in, &image_limits_default, &err) == 0 ? 1 : -1;
	while (more > 0) {
		described = described && is_described(t, image, urf, page);
		if (picture_read(image, samples, &err) != 0)
			break;
		wrong += wrong_samples(t, image, page++, samples);
		picture_free(samples);
		more = image_next(image, &err);
	}
	TAP_OK(more == 0 && page == PAGES && wrong == 0 && described,
	       "%s %s: %u pages, %u samples wrong, %s %s", urf ? "URF" : "PWG", t->name,
	       page, wrong, described ? "described" : "described otherwise", err.text);
	image_close(image);
	image_input_clear(&in);
	close(fd);
}

static void
every_kind_is_read_back(void)
{
	for (size_t i = 0; i < TYPES; i++) {
		reads(&types[i], false);
		if (types[i].urf)
			reads(&types[i], true);
	}
}

/* --- what is not --- */

static int
read_all(int fd, struct error *err)
{
	uint16_t *samples[IMAGE_PLANES_MAX] = {NULL};
	struct image_input in;
	struct image *image = NULL;
	int more;

	image_input_init(&in, fd, image_limits_default.bytes);
	more = image_open(&image, &in, &image_limits_default, err) == 0 ? 1 : -1;
	while (more > 0) {
		more = picture_read(image, samples, err) == 0 ? image_next(image, err)
							      : -1;
		picture_free(samples);
	}
	image_close(image);
	image_input_clear(&in);
	close(fd);
	return more;
}

static void
a_cut_is_found_wherever_it_is(bool urf)
{
	int whole = make(&types[1], urf);
	size_t len = picture_size(whole), taken = 0, tried = 0;
	struct error err = {0};

	for (size_t keep = 1; keep < len; keep += keep < 2000 ? 61 : 131, tried++)
		taken += read_all(picture_cut(whole, keep, SIZE_MAX), &err) == 0;
	TAP_OK(taken == 0, "%s cut at %zu places: refused each time (%zu taken): %s",
	       urf ? "URF" : "PWG", tried, taken, err.text);
	close(whole);
}

static void
damage_never_breaks_us(bool urf)
{
	int whole = make(&types[1], urf);
	size_t len = picture_size(whole), tried = 0, refused = 0;
	struct error err = {0};

	for (size_t at = 0; at < len; at += 17, tried++)
		refused += read_all(picture_cut(whole, SIZE_MAX, at), &err) != 0;
	TAP_OK(refused > 0, "%s with one byte flipped, %zu times: %zu refused",
	       urf ? "URF" : "PWG", tried, refused);
	close(whole);
}

/* A PWG file with a word of its first header changed. */
static int
changed(size_t at, uint32_t word)
{
	uint8_t be[4] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16),
			 (uint8_t)(word >> 8), (uint8_t)word};
	int fd = make(&types[1], false);

	INVARIANT(pwrite(fd, be, 4, (off_t)at) == 4);
	return fd;
}

static void
headers_that_lie_are_refused(void)
{
	static const struct {
		const char *sentence;
		size_t at;
		uint32_t word;
		const char *words;
	} rows[] = {
		{"no width", AT_WIDTH, 0, "no pixels"},
		{"4 thousand million columns", AT_WIDTH, 0xfffffff0u, "limit"},
		{"4 thousand million rows", AT_HEIGHT, 0xfffffff0u, "limit"},
		{"lines that are longer than their pixels", AT_LINE, 0x7fffffff,
		 "not read"},
		{"a colour space of nine inks", AT_SPACE, 56, "colour space 56"},
		{"three samples that are to be grey", AT_SPACE, 18, "not read"},
		{"fewer rows than it sends", AT_HEIGHT, 40, ""},
		{"a row that is repeated 256 times", AT_LINES, 0xff000000u,
		 "more rows"},
		{"a run beyond the line", AT_LINES + 5, 0x7fffffffu, "damaged"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = {0};
		int result = read_all(changed(rows[i].at, rows[i].word), &err);

		TAP_OK(result < 0 && err.kind == ERROR_INPUT &&
			       strstr(err.text, rows[i].words) != NULL,
		       "%s: %s", rows[i].sentence, err.text);
	}
}

static void
a_mirrored_page_is_turned_back(void)
{
	static const struct {
		int cross, feed;
		unsigned orientation;
	} rows[] = {{1, 1, 1}, {-1, 1, 2}, {-1, -1, 3}, {1, -1, 4}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = changed(AT_CROSS, (uint32_t)rows[i].cross);
		uint32_t feed = __builtin_bswap32((uint32_t)rows[i].feed);
		struct image_input in;
		struct image *image;
		struct error err;

		INVARIANT(pwrite(fd, &feed, 4, AT_FEED) == 4);
		image_input_init(&in, fd, image_limits_default.bytes);
		TAP_OK(image_open(&image, &in, &image_limits_default, &err) == 0 &&
			       image->orientation == rows[i].orientation,
		       "cross-feed %d, feed %d", rows[i].cross, rows[i].feed);
		image_close(image);
		image_input_clear(&in);
		close(fd);
	}
}

static void
cups_raster_is_no_pwg_raster(void)
{
	int fd = make(&types[1], false);
	struct image_input in;

	INVARIANT(pwrite(fd, "CupsRaster", 10, 4) == 10);
	image_input_init(&in, fd, image_limits_default.bytes);
	TAP_OK(image_sniff(&in) == IMAGE_UNKNOWN, "the same sync word is not enough");
	image_input_clear(&in);
	close(fd);
}

int
main(void)
{
	every_kind_is_read_back();
	headers_that_lie_are_refused();
	a_cut_is_found_wherever_it_is(false);
	a_cut_is_found_wherever_it_is(true);
	damage_never_breaks_us(false);
	damage_never_breaks_us(true);
	a_mirrored_page_is_turned_back();
	cups_raster_is_no_pwg_raster();
	return tap_done();
}
