/*
 * The conversion, plain: lcms2 in 16 bit, a row at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/colour/lcms.h"

#define BLOCK 1024 /* pixels interleaved at once for lcms2: fits the first cache */

struct colour_transform {
	cmsContext context;
	cmsHTRANSFORM grey; /* before lcms, for a neutral picture; else NULL */
	cmsHTRANSFORM lcms; /* NULL: identity */
	unsigned in_channels, out_channels, out_bits;
};

static cmsUInt32Number
lcms_format(enum colour_space space)
{
	static const cmsUInt32Number formats[] = {
		[COLOUR_GREY] = TYPE_GRAY_16,
		[COLOUR_RGB] = TYPE_RGB_16,
		[COLOUR_CMYK] = TYPE_CMYK_16,
		[COLOUR_LAB] = TYPE_Lab_16,
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
	cmsUInt32Number flags = cmsFLAGS_NOCACHE;
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

int
colour_transform_open(struct colour_transform **transform,
		      const struct colour_profile *source,
		      const struct colour_profile *destination,
		      enum colour_intent intent, bool neutral, unsigned out_bits,
		      struct error *err)
{
	struct colour_transform *t = calloc(1, sizeof(*t));
	bool same = same_profile(source, destination);

	INVARIANT(t != NULL && (out_bits == 8 || out_bits == 16));
	*transform = NULL;
	t->in_channels = colour_channels(source->space);
	t->out_channels = colour_channels(destination->space);
	t->out_bits = out_bits;
	neutral = neutral && t->out_channels > 1;
	if ((!same || neutral) &&
	    open_lcms(t, source, destination, intent, neutral, err) != 0) {
		colour_transform_close(t);
		return -1;
	}
	*transform = t;
	return 0;
}

bool
colour_transform_is_identity(const struct colour_transform *t)
{
	return t->lcms == NULL;
}

static void
interleave(const uint16_t *const in[COLOUR_CHANNELS_MAX], unsigned channels,
	   size_t from, size_t pixels, uint16_t *out)
{
	for (unsigned c = 0; c < channels; c++) {
		const uint16_t *row = in[c] + from;

		for (size_t i = 0; i < pixels; i++)
			out[i * channels + c] = row[i];
	}
}

/* 65535 = 255 x 257: the nearest of 256 steps. */
static uint8_t
narrow(uint16_t v)
{
	return (uint8_t)((v * 255u + 32895u) >> 16);
}

void
colour_convert(const struct colour_transform *t,
	       const uint16_t *const in[COLOUR_CHANNELS_MAX], void *out, size_t pixels)
{
	uint16_t source[BLOCK * COLOUR_CHANNELS_MAX],
		result[BLOCK * COLOUR_CHANNELS_MAX];

	for (size_t at = 0; at < pixels; at += BLOCK) {
		size_t n = pixels - at < BLOCK ? pixels - at : BLOCK;
		size_t samples = n * t->out_channels;
		const uint16_t *done = source;

		interleave(in, t->in_channels, at, n, source);
		if (t->grey != NULL)
			cmsDoTransform(t->grey, source, source, (cmsUInt32Number)n);
		if (t->lcms != NULL) {
			cmsDoTransform(t->lcms, source, result, (cmsUInt32Number)n);
			done = result;
		}
		if (t->out_bits == 16) {
			memcpy((uint16_t *)out + at * t->out_channels, done,
			       samples * sizeof(*done));
			continue;
		}
		for (size_t i = 0; i < samples; i++)
			((uint8_t *)out)[at * t->out_channels + i] = narrow(done[i]);
	}
}

void
colour_transform_close(struct colour_transform *t)
{
	if (t == NULL)
		return;
	if (t->grey != NULL)
		cmsDeleteTransform(t->grey);
	if (t->lcms != NULL)
		cmsDeleteTransform(t->lcms);
	lcms_context_close(t->context);
	free(t);
}
