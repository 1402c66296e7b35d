/*
 * sheets.c - facts about the part of a picture that is printed (claimcheck-crop) and about
 * the same picture several times on a sheet (claimcheck-layout).
 *
 * Expected places are numbers: 35 x 45 mm at 300 dpi are 413 x 531 pixels, on a sheet of
 * 1181 x 1772; 4 mm are 47.24.
 */
#include <stdio.h>
#include <string.h>
#include <tiffio.h>

#include "lib/base/error.h"
#include "tests/golden/filter.h"
#include "tests/tap.h"
#include "tests/unit/pictures.h"

#define PAPER "ccphoto.ppd"
#define SHEET "PageSize=100x150mm.Fullbleed "

static struct picture
places(uint32_t width, uint32_t height, unsigned orientation)
{
	return (struct picture){.width = width,
				.height = height,
				.channels = 3,
				.bits = 8,
				.orientation = orientation,
				.pixel = picture_places};
}

static void
print(struct filter_run *run, const struct picture *p, const char *options)
{
	filter_photo(run, PAPER, options, 1, NULL, picture_tiff(p, COMPRESSION_LZW, 0));
}

/* The upright pixel at x, y of a picture, upright w x h? */
static bool
shows(const uint8_t *got, unsigned orientation, uint32_t w, uint32_t h, uint32_t x,
      uint32_t y)
{
	uint16_t want[PICTURE_SAMPLES_MAX];
	uint32_t sx, sy;

	picture_stored_at(orientation, w, h, x, y, &sx, &sy);
	picture_places(sx, sy, want);
	return got[0] == want[0] >> 8 && got[1] == want[1] >> 8 &&
	       got[2] == want[2] >> 8;
}

/* --- crop --- */

static void
a_part_is_the_part_that_was_chosen(void)
{
	/* a tenth from the left, a fifth from the top, half of each side: of
	 * 2362 x 3544, 236 and 709, 1181 x 1772 */
	for (unsigned o = 1; o <= 8; o++) {
		struct picture p =
			o < 5 ? places(2362, 3544, o) : places(3544, 2362, o);
		struct filter_run run;
		unsigned wrong = 0;

		print(&run, &p, SHEET "claimcheck-crop=1000,2000,5000,5000");
		for (uint32_t y = 0; run.pages == 1 && y < 1772; y++)
			for (uint32_t x = 0; x < 1181; x++)
				wrong += !shows(filter_pixel(&run, 0, x, y), o, 2362,
						3544, x + 236, y + 709);
		TAP_OK(run.status == 0 && run.pages == 1 && wrong == 0,
		       "orientation %u: %u pixels wrong", o, wrong);
		filter_clear(&run);
	}
}

static void
refuses(const char *options, const char *said)
{
	struct picture p = places(400, 600, 1);
	struct filter_run run;

	print(&run, &p, options);
	TAP_OK(run.status == 1 && run.pages == 0 && filter_said(&run, "ERROR: ") == 1 &&
		       strstr(run.said, said) != NULL,
	       "%s is one sentence and status 1: %s", options, run.said);
	filter_clear(&run);
}

static void
what_makes_no_sense_wastes_no_paper(void)
{
	refuses("claimcheck-crop=1000,2000,0,5000", "no part of a picture");
	refuses("claimcheck-crop=6000,0,5000,5000", "no part of a picture");
	refuses("claimcheck-crop=-1,0,5000,5000", "no part of a picture");
	refuses("claimcheck-crop=0,0,10000", "no part of a picture");
	refuses("claimcheck-crop=0,0,10000,10000,1", "no part of a picture");
	refuses("claimcheck-layout=passport-9x9", "no layout");
	refuses(SHEET "claimcheck-layout=wallet-2x2", "order a larger paper");
}

/* --- layouts --- */

struct row {
	unsigned n;
	uint32_t at[5];
};

/* clang-format off */
static const struct sheet_case {
	const char *what, *options;
	/* expected: where cells begin, their size, what the picture looks like, lines */
	struct row columns, rows;
	uint32_t width, height;
	unsigned as;
	struct row cut_x, cut_y;
} cases[] = {
	{"passport 2 x 2", SHEET "claimcheck-layout=passport-2x2",
	 {2, {153, 614}}, {2, {331, 909}}, 413, 531, 1,
	 {3, {130, 590, 1050}}, {3, {307, 886, 1464}}},
	{"passport 4 x 2, the sheet turned", SHEET "claimcheck-layout=passport-4x2",
	 {2, {47, 602}}, {4, {24, 461, 897, 1334}}, 531, 413, 8,
	 {3, {35, 590, 1145}}, {5, {12, 449, 886, 1322, 1759}}},
	{"four on a sheet", SHEET "claimcheck-layout=repeat-2x2",
	 {2, {0, 602}}, {2, {0, 897}}, 578, 874, 1,
	 {1, {590}}, {1, {886}}},
};
/* clang-format on */

static bool
is_in(uint32_t at, const struct row *starts, uint32_t length, uint32_t *within)
{
	for (unsigned i = 0; i < starts->n; i++) {
		*within = at - starts->at[i];
		if (at >= starts->at[i] && *within < length)
			return true;
	}
	return false;
}

static bool
is_grey(const uint8_t *got, uint8_t value)
{
	return got[0] == value && got[1] == value && got[2] == value;
}

static unsigned
wrong_pixels(const struct filter_run *run, const struct sheet_case *c)
{
	unsigned wrong = 0;

	for (uint32_t y = 0; y < 1772; y++) {
		for (uint32_t x = 0; x < 1181; x++) {
			const uint8_t *got = filter_pixel(run, 0, x, y);
			uint32_t px, py, none;

			if (is_in(x, &c->columns, c->width, &px) &&
			    is_in(y, &c->rows, c->height, &py))
				wrong +=
					!shows(got, c->as, c->width, c->height, px, py);
			else if (is_in(x, &c->cut_x, 1, &none) ||
				 is_in(y, &c->cut_y, 1, &none))
				wrong += !is_grey(got, 0x80);
			else
				wrong += !is_grey(got, 0xff);
		}
	}
	return wrong;
}

static void
cells_and_cuts_are_exact_to_the_pixel(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sheet_case *c = &cases[i];
		bool turned = c->as >= 5;
		struct picture p = places(turned ? c->height : c->width,
					  turned ? c->width : c->height, 1);
		struct filter_run run;
		unsigned wrong = ~0u;

		print(&run, &p, c->options);
		if (run.status == 0 && run.pages == 1 &&
		    run.page[0].header.cupsWidth == 1181)
			wrong = wrong_pixels(&run, c);
		TAP_OK(wrong == 0, "%s: %u pixels wrong", c->what, wrong);
		filter_clear(&run);
	}
}

/* A head stays up: a passport's cell is filled from the middle of a landscape. */
static void
a_face_is_not_turned_to_fit_its_cell(void)
{
	struct picture p = places(800, 531, 1);
	struct filter_run run;

	print(&run, &p, SHEET "claimcheck-layout=passport-2x2");
	TAP_OK(run.status == 0 && run.pages == 1 &&
		       shows(filter_pixel(&run, 0, 153 + 200, 331 + 100), 1, 800, 531,
			     193 + 200, 100),
	       "a landscape in a passport's cell is cut, not turned");
	filter_clear(&run);
}

static void
a_sheet_is_copied_whole(void)
{
	struct picture p = places(413, 531, 1);
	struct filter_run run;

	filter_photo(&run, PAPER, SHEET "claimcheck-layout=passport-2x2", 2, NULL,
		     picture_tiff(&p, COMPRESSION_LZW, 0));
	TAP_OK(run.status == 0 && run.pages == 2 &&
		       memcmp(run.page[0].lines, run.page[1].lines,
			      (size_t)run.page[0].header.cupsBytesPerLine * 1772) == 0,
	       "two copies of a sheet are two equal pages");
	filter_clear(&run);
}

int
main(void)
{
	a_part_is_the_part_that_was_chosen();
	what_makes_no_sense_wastes_no_paper();
	cells_and_cuts_are_exact_to_the_pixel();
	a_face_is_not_turned_to_fit_its_cell();
	a_sheet_is_copied_whole();
	return tap_done();
}
