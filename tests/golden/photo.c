/*
 * photo.c - facts about doctophoto as a whole: what it refuses, and where each pixel of a
 * picture comes to lie, in what colour.
 *
 * Expected places are written as numbers, from paper sizes and resolutions alone: 100 x
 * 150 mm at 300 dpi are 1181 x 1772 pixels; 3 mm are 35.
 */
#include <lcms2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/colour/colour.h"
#include "tests/golden/filter.h"
#include "tests/tap.h"
#include "tests/unit/pictures.h"
#include "tests/unit/printer.h"

#define PAPER "ccphoto.ppd"
#define WHITE 255

static struct picture
places(uint32_t width, uint32_t height)
{
	return (struct picture){.width = width,
				.height = height,
				.channels = 3,
				.bits = 8,
				.pixel = picture_places};
}

static int
file_of(const void *data, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	INVARIANT(fs_write_all(fd, data, len) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* --- refusals --- */

static void
refuses(int in, const char *what)
{
	struct filter_run run;

	filter_photo(&run, PAPER, "", 1, NULL, in);
	TAP_OK(run.status == 1 && filter_said(&run, "ERROR: ") == 1,
	       "%s: status %d, one sentence: %s", what, run.status,
	       strstr(run.said, "ERROR: ") ? strstr(run.said, "ERROR: ") : run.said);
	filter_clear(&run);
}

static void
bad_documents_are_one_sentence_and_status_1(void)
{
	struct picture p = places(500, 700);
	int whole;

	refuses(file_of("", 0), "nothing");
	refuses(file_of("%!PS\n", 5), "PostScript");
	refuses(file_of("GIF89a", 6), "GIF");
	refuses(file_of("%PDF-1.4\nnothing more", 21), "a PDF of one line");
	whole = picture_jpeg(&p, 90, 2, 2, 0);
	refuses(picture_cut(whole, picture_size(whole) / 2, SIZE_MAX), "half a JPEG");
	close(whole);
	whole = picture_png(&p, 0, NULL, 0);
	refuses(picture_cut(whole, picture_size(whole) / 2, SIZE_MAX), "half a PNG");
	refuses(picture_cut(whole, SIZE_MAX, picture_size(whole) / 2), "a damaged PNG");
	close(whole);
	whole = picture_tiff(&p, COMPRESSION_LZW, 0);
	refuses(picture_cut(whole, picture_size(whole) / 2, SIZE_MAX), "half a TIFF");
	close(whole);
}

static void
a_control_character_cannot_reach_cupsd(void)
{
	struct filter_run run;

	filter_photo(&run, PAPER, "print-scaling=x\rATTR:\001y ppi=q", 1, NULL,
		     file_of("", 0));
	TAP_OK(filter_said(&run, "ATTR") == 0 && strchr(run.said, '\r') == NULL &&
		       strchr(run.said, '\001') == NULL,
	       "an option with controls is said without them");
	filter_clear(&run);
}

/* --- geometry, exact --- */

/* Counts pixels of the page that are not the picture at left, top (upright, w x h), or
 * white around it. */
static unsigned
wrong_pixels(const struct filter_run *run, unsigned orientation, uint32_t left,
	     uint32_t top, uint32_t w, uint32_t h)
{
	const cups_page_header2_t *header = &run->page[0].header;
	unsigned wrong = 0;

	for (uint32_t y = 0; y < header->cupsHeight; y++) {
		for (uint32_t x = 0; x < header->cupsWidth; x++) {
			const uint8_t *got = filter_pixel(run, 0, x, y);
			uint16_t want[PICTURE_SAMPLES_MAX] = {65535, 65535, 65535};
			uint32_t sx, sy;

			if (x >= left && x < left + w && y >= top && y < top + h) {
				picture_stored_at(orientation, w, h, x - left, y - top,
						  &sx, &sy);
				picture_places(sx, sy, want);
			}
			wrong += got[0] != want[0] >> 8 || got[1] != want[1] >> 8 ||
				 got[2] != want[2] >> 8;
		}
	}
	return wrong;
}

static void
all_orientations_land_upright_to_the_pixel(void)
{
	for (unsigned o = 1; o <= 8; o++) {
		struct picture p = o < 5 ? places(1181, 1772) : places(1772, 1181);
		struct filter_run run;
		unsigned wrong = ~0u;

		p.orientation = o;
		filter_photo(&run, PAPER, "PageSize=100x150mm.Fullbleed", 1, NULL,
			     picture_tiff(&p, COMPRESSION_LZW, 0));
		if (run.status == 0 && run.pages == 1)
			wrong = wrong_pixels(&run, o, 0, 0, 1181, 1772);
		TAP_OK(wrong == 0, "orientation %u fills the page: %u pixels wrong", o,
		       wrong);
		filter_clear(&run);
	}
}

struct exact {
	const char *what, *options, *ppd, *type;
	uint32_t width, height;
	unsigned ppi;
	/* expected */
	unsigned dpi;
	uint32_t page_width, page_height, left, top;
	unsigned as; /* the orientation that it looks like */
};

static const struct exact exacts[] = {
	{"a landscape is turned counter-clockwise", "PageSize=100x150mm.Fullbleed",
	 PAPER, NULL, 1772, 1181, 0, 300, 1181, 1772, 0, 0, 8},
	{"landscape asked for", "PageSize=100x150mm.Fullbleed orientation-requested=4",
	 PAPER, NULL, 1772, 1181, 0, 300, 1181, 1772, 0, 0, 8},
	{"reverse landscape asked for",
	 "PageSize=100x150mm.Fullbleed orientation-requested=5", PAPER, NULL, 1772,
	 1181, 0, 300, 1181, 1772, 0, 0, 6},
	{"upside down asked for",
	 "PageSize=100x150mm.Fullbleed orientation-requested=6", PAPER, NULL, 1181,
	 1772, 0, 300, 1181, 1772, 0, 0, 3},
	{"none: its own size, centred",
	 "PageSize=100x150mm.Fullbleed print-scaling=none", PAPER, NULL, 401, 600, 300,
	 300, 1181, 1772, 390, 586, 1},
	{"none: at the left and at the bottom",
	 "PageSize=100x150mm.Fullbleed print-scaling=none x-image-position=left "
	 "y-image-position=bottom",
	 PAPER, NULL, 401, 600, 300, 300, 1181, 1772, 0, 1172, 1},
	{"auto: small enough stays as it is",
	 "PageSize=130x180mm.Fullbleed print-scaling=auto", PAPER, NULL, 500, 800, 300,
	 300, 1535, 2126, 517, 663, 1},
	{"none at 600 dpi",
	 "PageSize=100x150mm.Fullbleed print-scaling=none "
	 "Resolution=600dpi",
	 PAPER, NULL, 700, 900, 600, 600, 2362, 3543, 831, 1321, 1},
	{"fit: a picture as large as the printable area", "PageSize=100x150mm", PAPER,
	 NULL, 1110, 1701, 0, 300, 1110, 1701, 0, 0, 1},
	{"A4, 3 mm white border", "PageSize=A4", PAPER, NULL, 2409, 3437, 0, 300, 2409,
	 3437, 0, 0, 1},
	{"PWG raster: the whole sheet, the border white in it", "PageSize=100x150mm",
	 "ccphotoe.ppd", "image/pwg-raster", 1111, 1702, 0, 300, 1181, 1772, 35, 35, 1},
};

static void
places_are_exact_to_the_pixel(void)
{
	for (size_t i = 0; i < sizeof(exacts) / sizeof(exacts[0]); i++) {
		const struct exact *e = &exacts[i];
		struct picture p = places(e->width, e->height);
		bool turned = e->as >= 5;
		struct filter_run run;
		unsigned wrong = ~0u;

		p.ppi = e->ppi;
		filter_photo(&run, e->ppd, e->options, 1, e->type,
			     picture_tiff(&p, COMPRESSION_NONE, 0));
		if (run.status == 0 && run.pages == 1 &&
		    run.page[0].header.HWResolution[0] == e->dpi &&
		    run.page[0].header.cupsWidth == e->page_width &&
		    run.page[0].header.cupsHeight == e->page_height)
			wrong = wrong_pixels(&run, e->as, e->left, e->top,
					     turned ? e->height : e->width,
					     turned ? e->width : e->height);
		TAP_OK(wrong == 0, "%s: %u pixels wrong (%u x %u)", e->what, wrong,
		       run.page[0].header.cupsWidth, run.page[0].header.cupsHeight);
		filter_clear(&run);
	}
}

/* --- geometry, scaled --- */

static double
lanczos3(double x)
{
	x = fabs(x);
	if (x < 1e-12)
		return 1;
	return x >= 3 ? 0
		      : 3 * sin(M_PI * x) * sin(M_PI * x / 3) / (M_PI * M_PI * x * x);
}

/* Weights of the input samples for one output sample, in double precision. */
static void
weigh(double *w, uint32_t n, double from, double length, uint32_t out, uint32_t i)
{
	double ratio = length / out, scale = fmax(ratio, 1), sum = 0;
	double centre = from + (i + .5) * ratio - .5;

	memset(w, 0, n * sizeof(*w));
	for (int64_t k = (int64_t)floor(centre - 3 * scale);
	     k <= centre + 3 * scale + 1; k++) {
		double v = lanczos3(((double)k - centre) / scale);

		w[k < 0 ? 0 : k >= n ? n - 1 : k] += v;
		sum += v;
	}
	for (uint32_t k = 0; k < n; k++)
		w[k] /= sum;
}

/* Detail of every size, no two places alike. */
static void
scene(uint32_t x, uint32_t y, uint16_t *s)
{
	double u = x, v = y;

	s[0] = (uint16_t)(32768 + 15000 * sin(u * .031 + v * .07) + 9000 * sin(u * .9));
	s[1] = (uint16_t)(32768 + 15000 * cos(u * .05 - v * .02) + 9000 * sin(v * 1.3));
	s[2] = (uint16_t)(32768 + 14000 * sin(u * .01 * v * .01) +
			  9000 * cos(u * .4 + v * .5));
}

struct scaled {
	const char *what, *options;
	uint32_t width, height;
	/* expected: the part shown, and where */
	double from_x, from_y, from_width, from_height;
	uint32_t left, top, out_width, out_height;
};

static const struct scaled scaleds[] = {
	{"fit, reduced", "PageSize=100x150mm", 2000, 2500, 0, 0, 2000, 2500, 0, 156,
	 1110, 1388},
	{"fill, reduced: cut left and right", "PageSize=100x150mm.Fullbleed", 3000,
	 3544, 319, 0, 2362, 3544, 0, 0, 1181, 1772},
	{"fill, enlarged, at 600 dpi", "PageSize=100x150mm.Fullbleed Resolution=600dpi",
	 600, 886, 4.6644087, 0, 590.6711826, 886, 0, 0, 2362, 3543},
	{"none: 150 ppi on 300 dpi doubles",
	 "PageSize=100x150mm.Fullbleed print-scaling=none ppi=150", 300, 500, 0, 0, 300,
	 500, 290, 386, 600, 1000},
};

/* The largest difference to the definition, in steps of 255, over some rows. */
static double
worst(const struct filter_run *run, const struct scaled *r)
{
	double *wx = calloc((size_t)r->out_width * r->width, sizeof(*wx));
	double *wy = calloc(r->height, sizeof(*wy));
	double *row = calloc((size_t)r->width * 3, sizeof(*row)), most = 0;

	for (uint32_t i = 0; i < r->out_width; i++)
		weigh(wx + (size_t)i * r->width, r->width, r->from_x, r->from_width,
		      r->out_width, i);
	for (uint32_t j = 0; j < r->out_height; j += 97) {
		weigh(wy, r->height, r->from_y, r->from_height, r->out_height, j);
		memset(row, 0, (size_t)r->width * 3 * sizeof(*row));
		for (uint32_t y = 0; y < r->height; y++) {
			for (uint32_t x = 0; wy[y] != 0 && x < r->width; x++) {
				uint16_t s[PICTURE_SAMPLES_MAX];

				scene(x, y, s);
				for (int c = 0; c < 3; c++)
					row[3 * x + c] += wy[y] * (s[c] >> 8);
			}
		}
		for (uint32_t i = 0; i < r->out_width; i += 7) {
			const uint8_t *got =
				filter_pixel(run, 0, r->left + i, r->top + j);
			const double *w = wx + (size_t)i * r->width;

			for (int c = 0; c < 3; c++) {
				double sum = 0;

				for (uint32_t x = 0; x < r->width; x++)
					sum += w[x] * row[3 * x + c];
				sum = fmin(fmax(sum, 0), 255);
				most = fmax(most, fabs(sum - got[c]));
			}
		}
	}
	free(wx);
	free(wy);
	free(row);
	return most;
}

static void
scaling_is_lanczos_at_the_right_place(void)
{
	for (size_t i = 0; i < sizeof(scaleds) / sizeof(scaleds[0]); i++) {
		const struct scaled *r = &scaleds[i];
		struct picture p = {.width = r->width,
				    .height = r->height,
				    .channels = 3,
				    .bits = 8,
				    .pixel = scene};
		struct filter_run run;
		double most = 1000;

		filter_photo(&run, PAPER, r->options, 1, NULL,
			     picture_tiff(&p, COMPRESSION_NONE, 0));
		if (run.status == 0 && run.pages == 1)
			most = worst(&run, r);
		TAP_OK(most < .6, "%s: within 0.6 steps of the definition (%.3f)",
		       r->what, most);
		filter_clear(&run);
	}
}

/* Blue and red rise to the right by 1.5 steps a pixel, green falls: in YCbCr a steep
 * chroma ramp, where a quarter of a pixel too far left or right is 0.4 steps. */
static void
ramps(uint32_t x, uint32_t y, uint16_t *s)
{
	s[0] = (uint16_t)(8000 + 386 * x + 20 * y);
	s[1] = (uint16_t)(50000 - 300 * x + 20 * y);
	s[2] = (uint16_t)(4000 + 100 * x + 280 * y);
}

static void
a_jpegs_chroma_lies_on_its_luma(void)
{
	struct picture p = {
		.width = 120, .height = 180, .channels = 3, .bits = 8, .pixel = ramps};
	struct filter_run run;
	double mean[3] = {0}, most = 1000;

	filter_photo(&run, PAPER,
		     "PageSize=100x150mm.Fullbleed print-scaling=none ppi=300", 1, NULL,
		     picture_jpeg(&p, 100, 2, 2, 0));
	for (uint32_t y = 20; run.pages == 1 && y < 160; y++) {
		for (uint32_t x = 20; x < 100; x++) {
			const uint8_t *got = filter_pixel(&run, 0, 530 + x, 796 + y);
			uint16_t s[PICTURE_SAMPLES_MAX];

			ramps(x, y, s);
			for (int c = 0; c < 3; c++)
				mean[c] += (got[c] - (s[c] >> 8)) / (80. * 140);
		}
	}
	if (run.pages == 1)
		most = fmax(fabs(mean[0]), fmax(fabs(mean[1]), fabs(mean[2])));
	TAP_OK(most < .2,
	       "steep ramps in 4:2:0: off by %.2f, %.2f, %.2f steps in the mean",
	       mean[0], mean[1], mean[2]);
	filter_clear(&run);
}

/* --- colour --- */

static void
one_colour(uint32_t x, uint32_t y, uint16_t *s)
{
	(void)x;
	(void)y;
	s[0] = 200 << 8;
	s[1] = 90 << 8;
	s[2] = 60 << 8;
	s[3] = 40 << 8;
}

static int
flat(const struct colour_profile *profile, unsigned channels, struct buf *icc)
{
	struct picture p = {.width = 60,
			    .height = 90,
			    .channels = channels,
			    .bits = 8,
			    .pixel = one_colour};
	struct error err;

	buf_init(icc, COLOUR_PROFILE_MAX);
	if (profile != NULL) {
		INVARIANT(colour_profile_bytes(profile, icc, &err) == 0);
		p.icc = icc->data;
		p.icc_len = icc->len;
	}
	return picture_tiff(&p, COMPRESSION_NONE, 0);
}

/* What sRGB value the colour has that the profile gives the flat picture. */
static void
expected(const struct colour_profile *profile, unsigned channels, int want[3])
{
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	cmsHTRANSFORM t = cmsCreateTransform(
		profile->handle, channels == 4 ? TYPE_CMYK_DBL : TYPE_RGB_DBL, srgb,
		TYPE_RGB_DBL, INTENT_RELATIVE_COLORIMETRIC,
		cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION);
	double in[4], out[3];
	uint16_t s[4];

	one_colour(0, 0, s);
	for (unsigned c = 0; c < channels; c++)
		in[c] = (s[c] >> 8) / 255. * (channels == 4 ? 100 : 1);
	cmsDoTransform(t, in, out, 1);
	for (int c = 0; c < 3; c++)
		want[c] = (int)lround(fmin(fmax(out[c], 0), 1) * 255);
	cmsDeleteTransform(t);
	cmsCloseProfile(srgb);
}

static void
an_embedded_profile_is_honoured(void)
{
	struct colour_profile *profiles[] = {
		colour_profile_make(COLOUR_SRGB), colour_profile_make(COLOUR_ADOBE_RGB),
		printer_profile(COLOUR_RGB, 2.1), printer_profile(COLOUR_CMYK, 2.1)};

	for (int i = 0; i < 4; i++) {
		unsigned channels = colour_channels(profiles[i]->space);
		struct filter_run run;
		struct buf icc;
		int want[3], most = 255;

		expected(profiles[i], channels, want);
		filter_photo(&run, PAPER, "print-rendering-intent=relative-bpc", 1,
			     NULL, flat(profiles[i], channels, &icc));
		if (run.pages == 1) {
			const uint8_t *got = filter_pixel(&run, 0, 500, 800);

			most = 0;
			for (int c = 0; c < 3; c++)
				if (abs(got[c] - want[c]) > most)
					most = abs(got[c] - want[c]);
		}
		TAP_OK(most <= 1, "'%s': %d %d %d, off by %d at most",
		       profiles[i]->name, want[0], want[1], want[2], most);
		filter_clear(&run);
		buf_clear(&icc);
		colour_profile_close(profiles[i]);
	}
}

static void
the_log_names_profiles_intent_and_reasons(void)
{
	struct colour_profile *adobe = colour_profile_make(COLOUR_ADOBE_RGB);
	struct filter_run run;
	struct buf icc;

	filter_photo(&run, PAPER, "", 1, NULL, flat(adobe, 3, &icc));
	TAP_OK(filter_said(&run, "INFO: source profile") == 1 &&
		       strstr(run.said, "sha256") && strstr(run.said, "embedded"),
	       "source, its digest, where it came from");
	TAP_OK(filter_said(&run, "INFO: output profile") == 1, "output");
	TAP_OK(filter_said(&run, "INFO: intent relative-bpc, black-point compensation "
				 "on: ") == 1,
	       "intent, compensation, why");
	filter_clear(&run);
	buf_clear(&icc);
	colour_profile_close(adobe);
}

static void
calibration_prints_pass_untouched(void)
{
	struct colour_profile *adobe = colour_profile_make(COLOUR_ADOBE_RGB);
	struct filter_run run;
	struct buf icc;
	const uint8_t *got;

	filter_photo(&run, PAPER, "cm-calibration=true", 1, NULL, flat(adobe, 3, &icc));
	got = run.pages == 1 ? filter_pixel(&run, 0, 500, 800) : (const uint8_t *)"";
	TAP_OK(run.pages == 1 && got[0] == 200 && got[1] == 90 && got[2] == 60,
	       "200 90 60 stay 200 90 60, whatever the profile says");
	filter_clear(&run);
	buf_clear(&icc);
	colour_profile_close(adobe);
}

static void
a_monochrome_print_is_neutral(void)
{
	struct filter_run run;
	struct buf icc;
	const uint8_t *got;

	filter_photo(&run, PAPER, "print-color-mode=monochrome ColorModel=RGB", 1, NULL,
		     flat(NULL, 3, &icc));
	got = run.pages == 1 ? filter_pixel(&run, 0, 500, 800) : (const uint8_t *)"";
	if (run.pages == 1 && run.page[0].header.cupsNumColors == 3)
		TAP_OK(abs(got[0] - got[1]) <= 1 && abs(got[1] - got[2]) <= 1,
		       "in RGB: %d %d %d", got[0], got[1], got[2]);
	else
		TAP_OK(run.pages == 1 && run.page[0].header.cupsNumColors == 1,
		       "one grey channel");
	filter_clear(&run);
	buf_clear(&icc);
}

/* --- pages --- */

static void
copies_are_pages(void)
{
	struct picture p = places(300, 400);
	struct filter_run run;
	bool same;

	filter_photo(&run, PAPER, "PageSize=100x150mm.Fullbleed", 3, NULL,
		     picture_jpeg(&p, 90, 2, 2, 0));
	same = run.pages == 3;
	for (unsigned i = 1; same && i < 3; i++)
		same = memcmp(run.page[0].lines, run.page[i].lines,
			      (size_t)run.page[0].header.cupsBytesPerLine *
				      run.page[0].header.cupsHeight) == 0;
	TAP_OK(same && run.whole && run.page[0].header.NumCopies == 1,
	       "three copies are three equal pages");
	filter_clear(&run);
}

static void
a_documents_pages_follow(void)
{
	struct picture p = places(200, 300);
	struct filter_run run;

	filter_photo(&run, PAPER, "", 1, NULL,
		     picture_tiff(&p, COMPRESSION_LZW, PICTURE_TWICE));
	TAP_OK(run.status == 0 && run.pages == 2 && run.whole, "a TIFF of two pages");
	filter_clear(&run);
	filter_photo(&run, PAPER, "page-ranges=2", 1, NULL,
		     picture_tiff(&p, COMPRESSION_LZW, PICTURE_TWICE));
	TAP_OK(run.status == 0 && run.pages == 1, "page-ranges=2: one of them");
	filter_clear(&run);
	filter_photo(&run, PAPER, "page-ranges=7", 1, NULL,
		     picture_tiff(&p, COMPRESSION_LZW, PICTURE_TWICE));
	TAP_OK(run.status == 1 && run.pages == 0, "page-ranges=7: none, which is said");
	filter_clear(&run);
}

/* --- PDF --- */

static int
pdf_of(const char *content, int width, int height, int rotate)
{
	char text[4096];
	int len = snprintf(text, sizeof(text),
			   "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
			   "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
			   "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]"
			   "/Rotate %d/Contents 4 0 R>>endobj\n"
			   "4 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n"
			   "trailer<</Root 1 0 R>>\n",
			   width, height, rotate, strlen(content), content);

	return file_of(text, (size_t)len);
}

static bool
is_colour(const struct filter_run *run, uint32_t x, uint32_t y, int r, int g, int b)
{
	const uint8_t *p = filter_pixel(run, 0, x, y);

	return abs(p[0] - r) <= 1 && abs(p[1] - g) <= 1 && abs(p[2] - b) <= 1;
}

static void
a_pdf_is_rendered_where_it_lies(void)
{
	struct filter_run run;

	/* 240 x 360 points, fitted into 1110 x 1701: 4.625 pixels a point, 18 above */
	filter_photo(&run, PAPER, "PageSize=100x150mm", 1, NULL,
		     pdf_of("1 0 0 rg 80 120 80 120 re f", 240, 360, 0));
	TAP_OK(run.status == 0 && run.pages == 1 &&
		       is_colour(&run, 372, 575, 255, 0, 0) &&
		       is_colour(&run, 737, 1125, 255, 0, 0) &&
		       is_colour(&run, 367, 850, 255, 255, 255) &&
		       is_colour(&run, 743, 850, 255, 255, 255) &&
		       is_colour(&run, 555, 569, 255, 255, 255) &&
		       is_colour(&run, 555, 1131, 255, 255, 255),
	       "a red field, its edges within three pixels");
	filter_clear(&run);
	filter_photo(&run, PAPER, "PageSize=100x150mm", 1, NULL,
		     pdf_of("0 0 1 rg 0 0 120 240 re f", 360, 240, 90));
	TAP_OK(run.status == 0 && run.pages == 1 &&
		       is_colour(&run, 10, 100, 0, 0, 255) &&
		       is_colour(&run, 1100, 500, 0, 0, 255) &&
		       is_colour(&run, 555, 1000, 255, 255, 255),
	       "/Rotate 90: the left third is the upper third");
	filter_clear(&run);
}

static void
a_pdf_cannot_read_the_hosts_files(void)
{
	static const char text[] =
		"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 360]"
		"/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>endobj\n"
		"4 0 obj<</Length 28>>stream\nq 240 0 0 360 0 0 cm /X Do Q\nendstream "
		"endobj\n"
		"5 0 obj<</Type/XObject/Subtype/Image/Width 8/Height 8"
		"/BitsPerComponent 8/ColorSpace/DeviceGray/Length 0"
		"/F(/etc/passwd)>>stream\n\nendstream endobj\n"
		"trailer<</Root 1 0 R>>\n";
	struct filter_run run;
	bool blank = true;

	filter_photo(&run, PAPER, "PageSize=100x150mm", 1, NULL,
		     file_of(text, sizeof(text) - 1));
	for (uint32_t y = 0; run.pages == 1 && y < 1701; y += 10)
		for (uint32_t x = 0; x < 1110; x += 10)
			blank = blank && is_colour(&run, x, y, 255, 255, 255);
	TAP_OK((run.status == 1 || blank) && strstr(run.said, "root:") == NULL,
	       "an image in /etc/passwd: status %d, nothing of it on the page",
	       run.status);
	filter_clear(&run);
}

int
main(void)
{
	bad_documents_are_one_sentence_and_status_1();
	a_control_character_cannot_reach_cupsd();
	all_orientations_land_upright_to_the_pixel();
	places_are_exact_to_the_pixel();
	scaling_is_lanczos_at_the_right_place();
	a_jpegs_chroma_lies_on_its_luma();
	an_embedded_profile_is_honoured();
	the_log_names_profiles_intent_and_reasons();
	calibration_prints_pass_untouched();
	a_monochrome_print_is_neutral();
	copies_are_pages();
	a_documents_pages_follow();
	a_pdf_is_rendered_where_it_lies();
	a_pdf_cannot_read_the_hosts_files();
	return tap_done();
}
