/*
 * A conversion: untouched where source and destination are the same, else a grid of
 * lcms2's exact values (grid.c).
 */
#include <stdlib.h>
#include <string.h>

#include "lib/colour/grid.h"

struct colour_transform {
	cmsContext context;
	cmsHTRANSFORM grey; /* before lcms, for a neutral picture; else NULL */
	cmsHTRANSFORM lcms;
	struct grid *grid; /* NULL: identity */
	enum colour_space in, out;
	unsigned out_bits;
};

static cmsUInt32Number
lcms_format(enum colour_space space)
{
	static const cmsUInt32Number formats[] = {
		[COLOUR_GREY] = TYPE_GRAY_FLT,
		[COLOUR_RGB] = TYPE_RGB_FLT,
		[COLOUR_CMYK] = TYPE_CMYK_FLT,
		[COLOUR_LAB] = TYPE_Lab_FLT,
	};

	return formats[space];
}

static bool
same_profile(const struct colour_profile *a, const struct colour_profile *b)
{
	if (a->made != 0 || b->made != 0)
		return a->made == b->made;
	return a->digest[0] != '\0' && strcmp(a->digest, b->digest) == 0;
}

static cmsHTRANSFORM
make(cmsContext context, const struct colour_profile *source,
     const struct colour_profile *destination, enum colour_intent intent)
{
	cmsUInt32Number flags = cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE;
	cmsUInt32Number lcms_intent = (cmsUInt32Number)intent;

	if (intent == COLOUR_RELATIVE_BPC) {
		lcms_intent = INTENT_RELATIVE_COLORIMETRIC;
		flags |= cmsFLAGS_BLACKPOINTCOMPENSATION;
	}
	return cmsCreateTransformTHR(context, source->handle,
				     lcms_format(source->space), destination->handle,
				     lcms_format(destination->space), lcms_intent,
				     flags);
}

/* Through a grey profile: its colours are neutral by definition. */
static bool
open_neutral(struct colour_transform *t, const struct colour_profile *source,
	     const struct colour_profile *destination, enum colour_intent intent)
{
	struct colour_profile *grey = colour_profile_make(COLOUR_SRGB_GREY);

	t->grey = make(t->context, source, grey, COLOUR_RELATIVE_BPC);
	t->lcms = make(t->context, grey, destination, intent);
	colour_profile_close(grey);
	return t->grey != NULL && t->lcms != NULL;
}

static int
open_lcms(struct colour_transform *t, const struct colour_profile *source,
	  const struct colour_profile *destination, enum colour_intent intent,
	  bool neutral, struct error *err)
{
	bool opened;

	t->context = lcms_context_open();
	if (neutral) {
		opened = open_neutral(t, source, destination, intent);
	} else {
		t->lcms = make(t->context, source, destination, intent);
		opened = t->lcms != NULL;
	}
	if (!opened)
		return error_set(err, ERROR_INPUT,
				 "no conversion from '%s' to '%s': %s", source->name,
				 destination->name, lcms_why(t->context));
	return 0;
}

/* 0..1 to what lcms2 wants of floats: inks in percent, Lab as such. */
static void
scale_in(enum colour_space space, float *v, size_t pixels)
{
	if (space == COLOUR_CMYK)
		for (size_t i = 0; i < pixels * 4; i++)
			v[i] *= 100;
	if (space != COLOUR_LAB)
		return;
	for (size_t i = 0; i < pixels * 3; i += 3) {
		v[i] *= 100;
		v[i + 1] = v[i + 1] * 255 - 128;
		v[i + 2] = v[i + 2] * 255 - 128;
	}
}

static void
scale_out(enum colour_space space, float *v, size_t pixels)
{
	if (space == COLOUR_CMYK)
		for (size_t i = 0; i < pixels * 4; i++)
			v[i] /= 100;
	if (space != COLOUR_LAB)
		return;
	for (size_t i = 0; i < pixels * 3; i += 3) {
		v[i] /= 100;
		v[i + 1] = (v[i + 1] + 128) / 255;
		v[i + 2] = (v[i + 2] + 128) / 255;
	}
}

static void
exact(void *ctx, const float *in, float *out, size_t pixels)
{
	struct colour_transform *t = ctx;
	float scaled[256 * COLOUR_CHANNELS_MAX];

	INVARIANT(pixels <= 256);
	memcpy(scaled, in, pixels * colour_channels(t->in) * sizeof(*in));
	scale_in(t->in, scaled, pixels);
	if (t->grey != NULL)
		cmsDoTransform(t->grey, scaled, scaled, (cmsUInt32Number)pixels);
	cmsDoTransform(t->lcms, scaled, out, (cmsUInt32Number)pixels);
	scale_out(t->out, out, pixels);
}

int
colour_transform_open(struct colour_transform **transform,
		      const struct colour_profile *source,
		      const struct colour_profile *destination,
		      enum colour_intent intent, bool neutral, unsigned out_bits,
		      struct error *err)
{
	struct colour_transform *t = calloc(1, sizeof(*t));

	INVARIANT(t != NULL && (out_bits == 8 || out_bits == 16));
	*transform = t;
	t->in = source->space;
	t->out = destination->space;
	t->out_bits = out_bits;
	neutral = neutral && t->out != COLOUR_GREY;
	if (!neutral && same_profile(source, destination))
		return 0;
	if (open_lcms(t, source, destination, intent, neutral, err) != 0) {
		colour_transform_close(t);
		*transform = NULL;
		return -1;
	}
	t->grid = grid_open(colour_channels(t->in), colour_channels(t->out), out_bits,
			    exact, t);
	return 0;
}

bool
colour_transform_is_identity(const struct colour_transform *t)
{
	return t->grid == NULL;
}

/* 65535 = 255 x 257: the nearest of 256 steps. */
static uint8_t
narrow(uint16_t v)
{
	return (uint8_t)((v * 255u + 32895u) >> 16);
}

static void
pass(const struct colour_transform *t, const uint16_t *const in[COLOUR_CHANNELS_MAX],
     void *out, size_t pixels)
{
	unsigned channels = colour_channels(t->out);

	for (unsigned c = 0; c < channels; c++) {
		const uint16_t *row = in[c];
		uint8_t *to8 = (uint8_t *)out + c;
		uint16_t *to16 = (uint16_t *)out + c;

		for (size_t i = 0; t->out_bits == 8 && i < pixels; i++)
			to8[i * channels] = narrow(row[i]);
		for (size_t i = 0; t->out_bits == 16 && i < pixels; i++)
			to16[i * channels] = row[i];
	}
}

void
colour_convert(struct colour_transform *t,
	       const uint16_t *const in[COLOUR_CHANNELS_MAX], void *out, size_t pixels)
{
	if (t->grid == NULL)
		pass(t, in, out, pixels);
	else
		grid_convert(t->grid, in, out, pixels);
}

void
colour_use_plain(struct colour_transform *t)
{
	if (t->grid != NULL)
		grid_use_plain(t->grid);
}

void
colour_transform_close(struct colour_transform *t)
{
	if (t == NULL)
		return;
	grid_close(t->grid);
	if (t->grey != NULL)
		cmsDeleteTransform(t->grey);
	if (t->lcms != NULL)
		cmsDeleteTransform(t->lcms);
	lcms_context_close(t->context);
	free(t);
}
