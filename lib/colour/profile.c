/*
 * Profiles: from strangers' bytes, from the shop's files, or made here. Each has an
 * lcms2 context of its own, so that profiles are independent of each other.
 */
#include <lcms2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"

#include "lib/colour/lcms.h"

static const struct {
	const char *name;
	cmsColorSpaceSignature signature;
	unsigned channels;
} spaces[] = {
	[COLOUR_GREY] = {"grey", cmsSigGrayData, 1},
	[COLOUR_RGB] = {"RGB", cmsSigRgbData, 3},
	[COLOUR_CMYK] = {"CMYK", cmsSigCmykData, 4},
	[COLOUR_LAB] = {"Lab", cmsSigLabData, 3},
};

static const char *const intents[] = {
	[COLOUR_PERCEPTUAL] = "perceptual",	[COLOUR_RELATIVE] = "relative",
	[COLOUR_SATURATION] = "saturation",	[COLOUR_ABSOLUTE] = "absolute",
	[COLOUR_RELATIVE_BPC] = "relative-bpc",
};

unsigned
colour_channels(enum colour_space space)
{
	return spaces[space].channels;
}

const char *
colour_space_name(enum colour_space space)
{
	return spaces[space].name;
}

const char *
colour_intent_name(enum colour_intent intent)
{
	return intents[intent];
}

int
colour_intent_read(enum colour_intent *intent, const char *word)
{
	for (unsigned i = 0; i < sizeof(intents) / sizeof(intents[0]); i++) {
		if (strcmp(word, intents[i]) == 0) {
			*intent = i;
			return 0;
		}
	}
	return -1;
}

static int
find_space(cmsHPROFILE handle, enum colour_space *space)
{
	cmsColorSpaceSignature signature = cmsGetColorSpace(handle);

	for (enum colour_space s = COLOUR_GREY; s <= COLOUR_LAB; s++) {
		if (spaces[s].signature == signature) {
			*space = s;
			return 0;
		}
	}
	return -1;
}

static int
check_class(cmsHPROFILE handle, struct error *err)
{
	switch (cmsGetDeviceClass(handle)) {
	case cmsSigInputClass:
	case cmsSigDisplayClass:
	case cmsSigOutputClass:
	case cmsSigColorSpaceClass:
		return 0;
	default:
		return error_set(err, ERROR_INPUT,
				 "the profile is a link, abstract or named-colour "
				 "profile, which describes no device");
	}
}

static void
set_name(struct colour_profile *profile)
{
	if (cmsGetProfileInfoASCII(profile->handle, cmsInfoDescription, "en", "US",
				   profile->name, sizeof(profile->name)) == 0)
		text_copy(profile->name, sizeof(profile->name), "unnamed");
	profile->name[sizeof(profile->name) - 1] = '\0';
	text_strip_controls(profile->name);
}

static void
set_digest(struct colour_profile *profile, const void *data, size_t len)
{
	uint8_t sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, data, len);
	text_hex(profile->digest, sum, sizeof(sum));
}

/* Takes both over. */
static struct colour_profile *
wrap(cmsContext context, cmsHPROFILE handle)
{
	struct colour_profile *profile = calloc(1, sizeof(*profile));

	INVARIANT(profile != NULL && handle != NULL);
	profile->context = context;
	profile->handle = handle;
	INVARIANT(find_space(handle, &profile->space) == 0);
	return profile;
}

static int
check_usable(cmsHPROFILE handle, struct error *err)
{
	enum colour_space space;

	if (find_space(handle, &space) != 0)
		return error_set(err, ERROR_INPUT,
				 "the profile is for an unsupported colour space");
	return check_class(handle, err);
}

/* ICC.1 7.2.2: the header begins with the profile's size. lcms2 lets a cut profile pass
 * and fails later, or not at all. */
static bool
is_cut(const uint8_t *data, size_t len)
{
	return len < 128 || ((size_t)data[0] << 24 | (size_t)data[1] << 16 |
			     (size_t)data[2] << 8 | data[3]) > len;
}

int
colour_profile_open(struct colour_profile **profile, const void *data, size_t len,
		    struct error *err)
{
	cmsContext context;
	cmsHPROFILE handle;
	int result = 0;

	*profile = NULL;
	if (len > COLOUR_PROFILE_MAX)
		return error_set(err, ERROR_INPUT,
				 "the profile has %zu bytes, more than the limit of %u",
				 len, COLOUR_PROFILE_MAX);
	if (is_cut(data, len))
		return error_set(err, ERROR_INPUT, "the profile is cut short");
	context = lcms_context_open();
	handle = cmsOpenProfileFromMemTHR(context, data, (cmsUInt32Number)len);
	if (handle == NULL)
		result = error_set(err, ERROR_INPUT, "the profile is damaged: %s",
				   lcms_why(context));
	else
		result = check_usable(handle, err);
	if (result != 0) {
		if (handle != NULL)
			cmsCloseProfile(handle);
		lcms_context_close(context);
		return -1;
	}
	*profile = wrap(context, handle);
	set_name(*profile);
	set_digest(*profile, data, len);
	return 0;
}

int
colour_profile_load(struct colour_profile **profile, const char *path,
		    struct error *err)
{
	struct buf data;
	int result;

	*profile = NULL;
	buf_init(&data, COLOUR_PROFILE_MAX);
	result = fs_read_file(path, &data, err);
	if (result == 0) {
		result = colour_profile_open(profile, data.data, data.len, err);
		if (result != 0)
			error_prefix(err, "'%s'", path);
	}
	buf_clear(&data);
	return result;
}

/* The curve of IEC 61966-2-1, as ICC parametric type 4 writes it. */
static cmsToneCurve *
srgb_curve(cmsContext context)
{
	static const cmsFloat64Number parameters[5] = {2.4, 1 / 1.055, 0.055 / 1.055,
						       1 / 12.92, 0.04045};

	return cmsBuildParametricToneCurve(context, 4, parameters);
}

/* White as xy, primaries as xy; a grey profile has only white and curve. */
static cmsHPROFILE
make_rgb(cmsContext context, cmsToneCurve *curve, const cmsCIExyY *white,
	 const cmsCIExyYTRIPLE *primaries)
{
	cmsToneCurve *curves[3] = {curve, curve, curve};
	cmsHPROFILE handle = NULL;

	if (curve != NULL && primaries != NULL)
		handle = cmsCreateRGBProfileTHR(context, white, primaries, curves);
	else if (curve != NULL)
		handle = cmsCreateGrayProfileTHR(context, white, curve);
	if (curve != NULL)
		cmsFreeToneCurve(curve);
	return handle;
}

static cmsHPROFILE
make_adobe_rgb(cmsContext context)
{
	static const cmsCIExyY d65 = {0.3127, 0.3290, 1};
	static const cmsCIExyYTRIPLE primaries = {
		{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};

	return make_rgb(context, cmsBuildGamma(context, 563 / 256.0), &d65, &primaries);
}

struct colour_profile *
colour_profile_make(enum colour_made what)
{
	static const char *const names[] = {
		[COLOUR_SRGB] = "sRGB",
		[COLOUR_ADOBE_RGB] = "Adobe RGB (1998)",
		[COLOUR_SRGB_GREY] = "grey with the sRGB curve",
		[COLOUR_LAB_D50] = "CIE L*a*b* D50",
	};
	cmsContext context = lcms_context_open();
	cmsHPROFILE handle = NULL;
	struct colour_profile *profile;

	switch (what) {
	case COLOUR_SRGB:
		handle = cmsCreate_sRGBProfileTHR(context);
		break;
	case COLOUR_ADOBE_RGB:
		handle = make_adobe_rgb(context);
		break;
	case COLOUR_SRGB_GREY:
		handle = make_rgb(context, srgb_curve(context), cmsD50_xyY(), NULL);
		break;
	case COLOUR_LAB_D50:
		handle = cmsCreateLab4ProfileTHR(context, NULL);
		break;
	}
	profile = wrap(context, handle);
	profile->made = (int)what + 1;
	text_copy(profile->name, sizeof(profile->name), names[what]);
	return profile;
}

/* Chromaticities that some device could have: inside the plane, and no thin line. */
static bool
sane_xy(const double xy[2])
{
	return xy[0] > 0 && xy[0] < 1 && xy[1] > 0.01 && xy[1] < 1 &&
	       xy[0] + xy[1] <= 1;
}

int
colour_profile_calibrated(struct colour_profile **profile, bool grey, double gamma,
			  const double white[2], const double red[2],
			  const double green[2], const double blue[2],
			  struct error *err)
{
	cmsCIExyY w = {white[0], white[1], 1};
	cmsCIExyYTRIPLE p = {
		{red[0], red[1], 1}, {green[0], green[1], 1}, {blue[0], blue[1], 1}};
	cmsContext context;
	cmsHPROFILE handle;

	*profile = NULL;
	if (!(gamma == 0 || (gamma > 0.1 && gamma < 10)) || !sane_xy(white) ||
	    !sane_xy(red) || !sane_xy(green) || !sane_xy(blue))
		return error_set(err, ERROR_INPUT,
				 "gamma or chromaticities make no sense");
	context = lcms_context_open();
	handle = make_rgb(context,
			  gamma == 0 ? srgb_curve(context)
				     : cmsBuildGamma(context, gamma),
			  &w, grey ? NULL : &p);
	if (handle == NULL) {
		error_set(err, ERROR_INPUT, "gamma or chromaticities make no sense");
		lcms_context_close(context);
		return -1;
	}
	*profile = wrap(context, handle);
	snprintf((*profile)->name, COLOUR_NAME_MAX, "%s with gamma %.3f",
		 grey ? "grey" : "RGB", gamma);
	return 0;
}

int
colour_profile_bytes(const struct colour_profile *profile, struct buf *out,
		     struct error *err)
{
	cmsUInt32Number len = 0;

	if (!cmsSaveProfileToMem(profile->handle, NULL, &len) ||
	    buf_reserve(out, len, err) != 0 ||
	    !cmsSaveProfileToMem(profile->handle, out->data + out->len, &len))
		return error_set(err, ERROR_SYSTEM, "cannot write out profile '%s'",
				 profile->name);
	out->len += len;
	return 0;
}

bool
colour_profile_has_table(const struct colour_profile *profile,
			 enum colour_intent intent)
{
	unsigned lcms_intent = intent == COLOUR_RELATIVE_BPC
				       ? INTENT_RELATIVE_COLORIMETRIC
				       : (unsigned)intent;

	return cmsIsCLUT(profile->handle, lcms_intent, LCMS_USED_AS_OUTPUT);
}

void
colour_profile_close(struct colour_profile *profile)
{
	if (profile == NULL)
		return;
	cmsCloseProfile(profile->handle);
	lcms_context_close(profile->context);
	free(profile);
}
