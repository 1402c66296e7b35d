/*
 * colour.c - facts about lib/colour: refusals, what intents mean, and how exact it is.
 *
 * Exactness is judged against lcms2 itself in double precision without optimisation, in
 * CIEDE2000 of what the destination profile says of the result.
 */
#include <lcms2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/colour/colour.h"
#include "tests/tap.h"
#include "tests/unit/printer.h"

#define COLOURS 3000

/* --- refusals --- */

static void
what_is_no_profile_is_refused(void)
{
	struct colour_profile *profile, *srgb = colour_profile_make(COLOUR_SRGB);
	struct error err;
	struct buf data;

	buf_init(&data, COLOUR_PROFILE_MAX);
	TAP_OK(colour_profile_open(&profile, "nothing", 7, &err) == -1 &&
		       err.kind == ERROR_INPUT && profile == NULL,
	       "seven bytes: %s", err.text);
	INVARIANT(colour_profile_bytes(srgb, &data, &err) == 0);
	TAP_OK(colour_profile_open(&profile, data.data, 300, &err) == -1,
	       "the beginning of a profile: %s", err.text);
	TAP_OK(colour_profile_open(&profile, data.data, (size_t)COLOUR_PROFILE_MAX + 1,
				   &err) == -1 &&
		       strstr(err.text, "limit"),
	       "more than the limit, by its length alone: %s", err.text);
	memcpy(data.data + 12, "link", 4);
	TAP_OK(colour_profile_open(&profile, data.data, data.len, &err) == -1,
	       "a device link: %s", err.text);
	memcpy(data.data + 12, "mntr", 4);
	memcpy(data.data + 16, "HSV ", 4);
	TAP_OK(colour_profile_open(&profile, data.data, data.len, &err) == -1,
	       "a profile for HSV: %s", err.text);
	colour_profile_close(srgb);
	buf_clear(&data);
}

static void
damaged_profiles_never_break_us(void)
{
	struct colour_profile *srgb = colour_profile_make(COLOUR_SRGB), *profile;
	struct colour_profile *printer = printer_profile(COLOUR_RGB, 4.3);
	struct buf data;
	struct error err;
	unsigned opened = 0;

	buf_init(&data, COLOUR_PROFILE_MAX);
	INVARIANT(colour_profile_bytes(printer, &data, &err) == 0);
	for (size_t at = 0; at < 1500; at++) {
		struct colour_transform *t;

		data.data[at] ^= 0xff;
		if (colour_profile_open(&profile, data.data, data.len, &err) == 0) {
			if (colour_transform_open(&t, srgb, profile, COLOUR_PERCEPTUAL,
						  false, 8, &err) == 0) {
				opened++;
				colour_transform_close(t);
			}
			colour_profile_close(profile);
		}
		data.data[at] ^= 0xff;
	}
	TAP_OK(opened > 0, "1500 single damages: %u still made a transform", opened);
	colour_profile_close(srgb);
	colour_profile_close(printer);
	buf_clear(&data);
}

static void
impossible_calibrations_are_refused(void)
{
	static const double white[2] = {.3127, .329}, red[2] = {.64, .33},
			    green[2] = {.3, .6}, blue[2] = {.15, .06}, bad[2] = {0, 0};
	struct colour_profile *p;
	struct error err;

	TAP_OK(colour_profile_calibrated(&p, false, 2.2, bad, red, green, blue, &err) ==
		       -1,
	       "a white of no light");
	TAP_OK(colour_profile_calibrated(&p, false, 1e9, white, red, green, blue,
					 &err) == -1,
	       "a gamma of 10^9");
	TAP_OK(colour_profile_calibrated(&p, false, 2.2, white, red, red, red, &err) ==
		       -1,
	       "three primaries in one place");
	TAP_OK(colour_profile_calibrated(&p, false, 0, white, red, green, blue, &err) ==
		       0,
	       "sRGB's own numbers are taken");
	colour_profile_close(p);
}

/* --- meaning --- */

static void
intents_are_spelt_as_ipp_spells_them(void)
{
	static const char *const words[] = {"perceptual", "relative", "saturation",
					    "absolute", "relative-bpc"};
	enum colour_intent intent;

	for (unsigned i = 0; i < 5; i++)
		TAP_OK(colour_intent_read(&intent, words[i]) == 0 && intent == i &&
			       strcmp(colour_intent_name(intent), words[i]) == 0,
		       "%s", words[i]);
	TAP_OK(colour_intent_read(&intent, "auto") == -1, "auto is not for this room");
}

/* One pixel, 16 bits in, 16 bits out. */
static void
convert(const struct colour_profile *from, const struct colour_profile *to,
	enum colour_intent intent, bool neutral, const uint16_t in[4], uint16_t out[4])
{
	const uint16_t *planes[COLOUR_CHANNELS_MAX] = {&in[0], &in[1], &in[2], &in[3]};
	struct colour_transform *t;
	struct error err;

	INVARIANT(colour_transform_open(&t, from, to, intent, neutral, 16, &err) == 0);
	colour_convert(t, planes, out, 1);
	colour_transform_close(t);
}

static void
the_same_profile_leaves_every_value_alone(void)
{
	struct colour_profile *printer = printer_profile(COLOUR_CMYK, 2.1), *again;
	struct colour_transform *t;
	struct error err;
	struct buf data;
	uint16_t v[4][256];
	uint8_t out[256 * 4];
	unsigned wrong = 0;

	buf_init(&data, COLOUR_PROFILE_MAX);
	INVARIANT(colour_profile_bytes(printer, &data, &err) == 0);
	colour_profile_close(printer);
	INVARIANT(colour_profile_open(&printer, data.data, data.len, &err) == 0 &&
		  colour_profile_open(&again, data.data, data.len, &err) == 0);
	INVARIANT(colour_transform_open(&t, printer, again, COLOUR_PERCEPTUAL, false, 8,
					&err) == 0);
	for (unsigned i = 0; i < 256; i++)
		for (unsigned c = 0; c < 4; c++)
			v[c][i] = (uint16_t)(((i + c * 64) & 255) * 257);
	colour_convert(t, (const uint16_t *const[]){v[0], v[1], v[2], v[3]}, out, 256);
	for (unsigned i = 0; i < 256; i++)
		for (unsigned c = 0; c < 4; c++)
			wrong += out[4 * i + c] != ((i + c * 64) & 255);
	TAP_OK(colour_transform_is_identity(t) && wrong == 0,
	       "inks to the same inks, told by their digest: %u of 1024 differ", wrong);
	colour_transform_close(t);
	colour_profile_close(printer);
	colour_profile_close(again);
	buf_clear(&data);
}

static void
black_points_are_matched_only_when_asked(void)
{
	struct colour_profile *srgb = colour_profile_make(COLOUR_SRGB);
	struct colour_profile *printer = printer_profile(COLOUR_RGB, 2.1);
	const uint16_t dark[4] = {6000, 6000, 6000, 0};
	uint16_t plain[4], bpc[4];

	/* The printer's black has L* 12 or so: without compensation, all below is one. */
	convert(srgb, printer, COLOUR_RELATIVE, false, dark, plain);
	convert(srgb, printer, COLOUR_RELATIVE_BPC, false, dark, bpc);
	TAP_OK(plain[0] < 500 && bpc[0] > plain[0] + 1000,
	       "a dark grey: relative %u, relative-bpc %u", plain[0], bpc[0]);
	colour_profile_close(srgb);
	colour_profile_close(printer);
}

static void
absolute_keeps_the_papers_colour(void)
{
	struct colour_profile *printer = printer_profile(COLOUR_RGB, 2.1);
	struct colour_profile *lab = colour_profile_make(COLOUR_LAB_D50);
	const uint16_t white[4] = {65535, 65535, 65535, 0};
	uint16_t relative[4], absolute[4];

	convert(printer, lab, COLOUR_RELATIVE, false, white, relative);
	convert(printer, lab, COLOUR_ABSOLUTE, false, white, absolute);
	TAP_OK(abs(relative[2] - 0x8080) < 10, "relative: the paper is white");
	TAP_OK(relative[0] > 65500 && absolute[0] < relative[0] - 500,
	       "absolute: paper is darker than white (L* %.1f)", absolute[0] / 655.35);
	colour_profile_close(printer);
	colour_profile_close(lab);
}

static void
a_neutral_print_is_neutral(void)
{
	struct colour_profile *srgb = colour_profile_make(COLOUR_SRGB);
	struct colour_profile *printer = printer_profile(COLOUR_RGB, 2.1);
	cmsHPROFILE lab = cmsCreateLab4Profile(NULL);
	cmsHTRANSFORM look =
		cmsCreateTransform(printer->handle, TYPE_RGB_16, lab, TYPE_Lab_DBL,
				   INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
	double most = 0;

	for (unsigned i = 0; i < 200; i++) {
		uint16_t in[4] = {(uint16_t)(rand() & 0xffff),
				  (uint16_t)(rand() & 0xffff),
				  (uint16_t)(rand() & 0xffff), 0};
		uint16_t out[4];
		cmsCIELab seen;

		convert(srgb, printer, COLOUR_RELATIVE_BPC, true, in, out);
		cmsDoTransform(look, out, &seen, 1);
		most = fmax(most, hypot(seen.a, seen.b));
	}
	TAP_OK(most < 1, "200 colours, on a paper that is not: chroma at most %.2f",
	       most);
	cmsDeleteTransform(look);
	cmsCloseProfile(lab);
	colour_profile_close(srgb);
	colour_profile_close(printer);
}

/* --- exactness --- */

static cmsUInt32Number
double_format(enum colour_space space)
{
	return space == COLOUR_GREY   ? TYPE_GRAY_DBL
	       : space == COLOUR_RGB  ? TYPE_RGB_DBL
	       : space == COLOUR_CMYK ? TYPE_CMYK_DBL
				      : TYPE_Lab_DBL;
}

struct exactness {
	double mean, p99, most;
	double rounded; /* the most that rounding the exact result to 8 bits makes */
};

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The reference: lcms2, double precision, nothing optimised. */
static cmsHTRANSFORM
reference(const struct colour_profile *from, const struct colour_profile *to,
	  enum colour_intent intent)
{
	cmsUInt32Number flags = cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE;

	if (intent == COLOUR_RELATIVE_BPC)
		flags |= cmsFLAGS_BLACKPOINTCOMPENSATION;
	return cmsCreateTransform(
		from->handle, double_format(from->space), to->handle,
		double_format(to->space),
		intent == COLOUR_RELATIVE_BPC ? COLOUR_RELATIVE : intent, flags);
}

static void
measure(const struct colour_profile *from, const struct colour_profile *to,
	enum colour_intent intent, unsigned bits, struct exactness *x)
{
	unsigned in = colour_channels(from->space), out = colour_channels(to->space);
	double scale_in = from->space == COLOUR_CMYK ? 100 : 1;
	double scale_out = to->space == COLOUR_CMYK ? 100 : 1;
	cmsHPROFILE lab = cmsCreateLab4Profile(NULL);
	cmsHTRANSFORM exact = reference(from, to, intent);
	cmsHTRANSFORM look = cmsCreateTransform(
		to->handle, double_format(to->space), lab, TYPE_Lab_DBL,
		INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
	uint16_t *v = calloc(COLOURS, 2 * in), *res16 = calloc(COLOURS, 2 * out);
	uint8_t *res8 = calloc(COLOURS, out);
	double *d = calloc(COLOURS, sizeof(*d));
	const uint16_t *planes[4];
	struct colour_transform *t;
	struct error err;

	for (unsigned c = 0; c < in; c++)
		planes[c] = v + (size_t)c * COLOURS;
	for (size_t i = 0; i < (size_t)COLOURS * in; i++)
		v[i] = (uint16_t)(rand() & 0xffff);
	INVARIANT(colour_transform_open(&t, from, to, intent, false, bits, &err) == 0);
	colour_convert(t, planes, bits == 8 ? (void *)res8 : (void *)res16, COLOURS);
	for (size_t i = 0; i < COLOURS; i++) {
		double src[4], want[4], got[4];
		cmsCIELab a, b;

		for (unsigned c = 0; c < in; c++)
			src[c] = planes[c][i] / 65535. * scale_in;
		cmsDoTransform(exact, src, want, 1);
		for (unsigned c = 0; c < out; c++) {
			want[c] = fmin(fmax(want[c], 0), scale_out);
			got[c] = (bits == 8 ? res8[i * out + c] / 255.
					    : res16[i * out + c] / 65535.) *
				 scale_out;
		}
		cmsDoTransform(look, want, &a, 1);
		cmsDoTransform(look, got, &b, 1);
		d[i] = cmsCIE2000DeltaE(&a, &b, 1, 1, 1);
		x->mean += d[i] / COLOURS;
		for (unsigned c = 0; c < out; c++)
			got[c] = round(want[c] / scale_out * 255) / 255 * scale_out;
		cmsDoTransform(look, got, &b, 1);
		x->rounded = fmax(x->rounded, cmsCIE2000DeltaE(&a, &b, 1, 1, 1));
	}
	qsort(d, COLOURS, sizeof(*d), by_value);
	x->p99 = d[COLOURS * 99 / 100];
	x->most = d[COLOURS - 1];
	colour_transform_close(t);
	cmsDeleteTransform(exact);
	cmsDeleteTransform(look);
	cmsCloseProfile(lab);
	free(v);
	free(res16);
	free(res8);
	free(d);
}

static void
conversions_are_exact(void)
{
	static const struct {
		const char *what;
		enum colour_space to;
		double version; /* 0: sRGB or its grey, a matrix */
		bool inks;	/* from CMYK */
	} rows[] = {{"to an RGB printer's table (v2)", COLOUR_RGB, 2.1, false},
		    {"to an RGB printer's table (v4)", COLOUR_RGB, 4.3, false},
		    {"to inks (v2)", COLOUR_CMYK, 2.1, false},
		    {"to sRGB", COLOUR_RGB, 0, false},
		    {"to grey", COLOUR_GREY, 0, false},
		    {"from inks to an RGB printer", COLOUR_RGB, 2.1, true}};
	struct colour_profile *adobe = colour_profile_make(COLOUR_ADOBE_RGB);
	struct colour_profile *inks = printer_profile(COLOUR_CMYK, 2.1);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct colour_profile *to =
			rows[i].version > 0
				? printer_profile(rows[i].to, rows[i].version)
				: colour_profile_make(rows[i].to == COLOUR_GREY
							      ? COLOUR_SRGB_GREY
							      : COLOUR_SRGB);

		for (enum colour_intent intent = COLOUR_PERCEPTUAL;
		     intent <= COLOUR_RELATIVE_BPC; intent++) {
			struct exactness x = {0};

			measure(rows[i].inks ? inks : adobe, to, intent, 8, &x);
			TAP_OK(x.mean <= .13 && x.most <= fmax(rows[i].inks ? .7 : .6,
							       x.rounded),
			       "%s, %s, 8 bit: dE00 mean %.3f, 99 %% %.3f, most %.3f "
			       "(rounding alone %.3f)",
			       rows[i].what, colour_intent_name(intent), x.mean, x.p99,
			       x.most, x.rounded);
			x = (struct exactness){0};
			measure(rows[i].inks ? inks : adobe, to, intent, 16, &x);
			TAP_OK(x.mean <= .03 && x.most <= (rows[i].inks ? .6 : .5),
			       "%s, %s, 16 bit: dE00 mean %.3f, 99 %% %.3f, most %.3f",
			       rows[i].what, colour_intent_name(intent), x.mean, x.p99,
			       x.most);
		}
		colour_profile_close(to);
	}
	colour_profile_close(adobe);
	colour_profile_close(inks);
}

static void
vectors_and_plain_c_agree_to_the_bit(void)
{
	struct colour_profile *from[] = {colour_profile_make(COLOUR_ADOBE_RGB),
					 printer_profile(COLOUR_CMYK, 2.1),
					 colour_profile_make(COLOUR_SRGB_GREY)};
	struct colour_profile *to[] = {printer_profile(COLOUR_RGB, 2.1),
				       printer_profile(COLOUR_CMYK, 4.3),
				       colour_profile_make(COLOUR_SRGB_GREY)};
	static uint16_t v[4][5003];
	uint8_t a[5003 * 4], b[5003 * 4];
	struct error err;

	for (unsigned i = 0; i < 4 * 5003; i++)
		v[i / 5003][i % 5003] = (uint16_t)rand();
	for (int i = 0; i < 8; i++) { /* the ninth, grey to grey, is no conversion */
		struct colour_transform *fast, *plain;

		INVARIANT(
			colour_transform_open(&fast, from[i / 3], to[i % 3],
					      COLOUR_PERCEPTUAL, false, 8, &err) == 0 &&
			colour_transform_open(&plain, from[i / 3], to[i % 3],
					      COLOUR_PERCEPTUAL, false, 8, &err) == 0);
		colour_use_plain(plain);
		memset(a, 0, sizeof(a));
		memset(b, 0, sizeof(b));
		colour_convert(fast, (const uint16_t *const[]){v[0], v[1], v[2], v[3]},
			       a, 5003);
		colour_convert(plain, (const uint16_t *const[]){v[0], v[1], v[2], v[3]},
			       b, 5003);
		TAP_OK(memcmp(a, b, sizeof(a)) == 0, "%s to %s",
		       colour_space_name(from[i / 3]->space),
		       colour_space_name(to[i % 3]->space));
		colour_transform_close(fast);
		colour_transform_close(plain);
	}
	for (int i = 0; i < 3; i++) {
		colour_profile_close(from[i]);
		colour_profile_close(to[i]);
	}
}

int
main(void)
{
	srand(7);
	what_is_no_profile_is_refused();
	damaged_profiles_never_break_us();
	impossible_calibrations_are_refused();
	intents_are_spelt_as_ipp_spells_them();
	the_same_profile_leaves_every_value_alone();
	black_points_are_matched_only_when_asked();
	absolute_keeps_the_papers_colour();
	a_neutral_print_is_neutral();
	conversions_are_exact();
	vectors_and_plain_c_agree_to_the_bit();
	return tap_done();
}
