#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

#include "filters/photo/choose.h"

#define PROFILE_FOLDER CC_DATADIR "/profiles"
/* Ghostscript's (libgs-common): a SWOP-like default for CMYK that says nothing. */
#define DEFAULT_CMYK CHOOSE_PROFILES "/ghostscript/default_cmyk.icc"
#define QUALIFIERS   3

/* Words that say where a profile came from, for the log. */
struct why {
	char text[256];
};

static enum colour_space
page_space(const struct page *page)
{
	switch (page->ink) {
	case PAGE_RGB:
		return COLOUR_RGB;
	case PAGE_CMYK:
		return COLOUR_CMYK;
	default:
		return COLOUR_GREY;
	}
}

static void
log_profile(const char *role, const struct colour_profile *profile, const char *why)
{
	log_info("%s profile '%s' (%s)%s%s: %s", role, profile->name,
		 colour_space_name(profile->space),
		 profile->digest[0] != '\0' ? ", sha256 " : ", made here",
		 profile->digest, why);
}

/* How many of the three qualifiers of "RGB.Glossy.300dpi" match; -1 if one differs. */
static int
match_spec(ppd_file_t *ppd, const char *spec)
{
	static const char *const names[QUALIFIERS] = {"ColorModel", "MediaType",
						      "Resolution"};
	int matched = 0;

	for (int i = 0; i < QUALIFIERS; i++) {
		char keyword[32];
		ppd_attr_t *qualifier;
		ppd_choice_t *choice;
		size_t len = strcspn(spec, ".");

		snprintf(keyword, sizeof(keyword), "cupsICCQualifier%d", i + 1);
		qualifier = ppdFindAttr(ppd, keyword, NULL);
		choice = ppdFindMarkedChoice(ppd, qualifier != NULL && qualifier->value
							  ? qualifier->value
							  : names[i]);
		if (len > 0) {
			if (choice == NULL || strlen(choice->choice) != len ||
			    strncasecmp(choice->choice, spec, len) != 0)
				return -1;
			matched++;
		}
		spec += len;
		if (*spec == '.')
			spec++;
	}
	return matched;
}

/* The PPD's profile for what the job marked; the most exact wins, the first of equals.
 */
static ppd_attr_t *
find_in_ppd(ppd_file_t *ppd)
{
	ppd_attr_t *best = NULL;
	int best_matched = -1;

	for (ppd_attr_t *a = ppdFindAttr(ppd, "cupsICCProfile", NULL); a != NULL;
	     a = ppdFindNextAttr(ppd, "cupsICCProfile", NULL)) {
		int matched = a->value != NULL ? match_spec(ppd, a->spec) : -1;

		if (matched > best_matched) {
			best = a;
			best_matched = matched;
		}
	}
	return best;
}

/* A name from an option is a file of our folder, never a path. */
static int
load_named(struct colour_profile **profile, const char *name, struct error *err)
{
	char path[512];

	if (name[0] == '.' || strchr(name, '/') != NULL)
		return error_set(err, ERROR_INPUT,
				 "output-profile must be a name without '/'");
	snprintf(path, sizeof(path), "%s/%s.icc", PROFILE_FOLDER, name);
	return colour_profile_load(profile, path, err);
}

/* cupsd's convention: relative to its DataDir's profiles folder. */
static int
load_from_ppd(struct colour_profile **profile, const char *value, struct error *err)
{
	const char *data = getenv("CUPS_DATADIR");
	char path[1024];

	if (value[0] == '/')
		return colour_profile_load(profile, value, err);
	snprintf(path, sizeof(path), "%s/profiles/%s",
		 data != NULL ? data : "/usr/share/cups", value);
	return colour_profile_load(profile, path, err);
}

static int
default_destination(struct colour_profile **profile, const struct page *page,
		    struct why *why, struct error *err)
{
	snprintf(why->text, sizeof(why->text),
		 "no profile is set for this paper; the raster's colour space");
	if (page->ink == PAGE_CMYK)
		return colour_profile_load(profile, DEFAULT_CMYK, err);
	if (page->ink != PAGE_RGB)
		*profile = colour_profile_make(COLOUR_SRGB_GREY);
	else if (page->header.cupsColorSpace == CUPS_CSPACE_ADOBERGB)
		*profile = colour_profile_make(COLOUR_ADOBE_RGB);
	else
		*profile = colour_profile_make(COLOUR_SRGB);
	return 0;
}

static int
find_destination(struct colour_profile **profile, const struct job *job,
		 const struct page *page, struct why *why, struct error *err)
{
	ppd_attr_t *attr;

	if (job->profile != NULL) {
		snprintf(why->text, sizeof(why->text), "option output-profile=%s",
			 job->profile);
		return load_named(profile, job->profile, err);
	}
	attr = find_in_ppd(job->ppd);
	if (attr != NULL) {
		snprintf(why->text, sizeof(why->text), "the PPD's cupsICCProfile %s",
			 attr->spec);
		return load_from_ppd(profile, attr->value, err);
	}
	return default_destination(profile, page, why, err);
}

int
choose_destination(struct colour_profile **profile, const struct job *job,
		   const struct page *page, struct error *err)
{
	struct why why;

	if (find_destination(profile, job, page, &why, err) != 0)
		return -1;
	if ((*profile)->space != page_space(page)) {
		error_set(err, ERROR_INPUT,
			  "output profile '%s' is for %s, but the raster is %s (%s)",
			  (*profile)->name, colour_space_name((*profile)->space),
			  colour_space_name(page_space(page)), why.text);
		colour_profile_close(*profile);
		*profile = NULL;
		return -1;
	}
	log_profile("output", *profile, why.text);
	return 0;
}

static enum colour_space
image_space(const struct image *image)
{
	static const enum colour_space spaces[] = {
		[IMAGE_GREY] = COLOUR_GREY,
		[IMAGE_RGB] = COLOUR_RGB,
		[IMAGE_CMYK] = COLOUR_CMYK,
		[IMAGE_LAB] = COLOUR_LAB,
	};

	return spaces[image->space];
}

/* A profile that can't be used is no reason to refuse a print; it is said, and the
 * default is taken. */
static struct colour_profile *
embedded(const struct image *image)
{
	struct colour_profile *profile;
	struct error why;

	if (image->profile == NULL)
		return NULL;
	if (colour_profile_open(&profile, image->profile, image->profile_len, &why) !=
	    0) {
		log_notice("the picture's own profile is left aside: %s", why.text);
		return NULL;
	}
	if (profile->space == image_space(image))
		return profile;
	log_notice("the picture's own profile '%s' is left aside: it is for %s, the "
		   "picture is %s",
		   profile->name, colour_space_name(profile->space),
		   colour_space_name(image_space(image)));
	colour_profile_close(profile);
	return NULL;
}

static struct colour_profile *
hinted(const struct image *image, const char **why)
{
	const struct image_calibration *c = &image->calibration;
	struct colour_profile *profile = NULL;
	struct error ignored;
	bool grey = image->space == IMAGE_GREY;

	if (image->space != IMAGE_RGB && !grey)
		return NULL;
	switch (image->hint) {
	case IMAGE_HINT_SRGB:
		*why = "the file says sRGB";
		return colour_profile_make(grey ? COLOUR_SRGB_GREY : COLOUR_SRGB);
	case IMAGE_HINT_ADOBE_RGB:
		*why = "the file says Adobe RGB";
		return grey ? NULL : colour_profile_make(COLOUR_ADOBE_RGB);
	case IMAGE_HINT_CALIBRATED:
		*why = "the file's gamma and chromaticities";
		colour_profile_calibrated(&profile, grey, c->gamma, c->white, c->red,
					  c->green, c->blue, &ignored);
		return profile;
	default:
		return NULL;
	}
}

static int
find_source(struct colour_profile **profile, const struct image *image,
	    const char **why, struct error *err)
{
	*why = "embedded in the picture";
	*profile = embedded(image);
	if (*profile == NULL)
		*profile = hinted(image, why);
	if (*profile != NULL)
		return 0;
	*why = "the picture says nothing; the default for its colour space";
	switch (image->space) {
	case IMAGE_GREY:
		*profile = colour_profile_make(COLOUR_SRGB_GREY);
		return 0;
	case IMAGE_CMYK:
		return colour_profile_load(profile, DEFAULT_CMYK, err);
	case IMAGE_LAB:
		*profile = colour_profile_make(COLOUR_LAB_D50);
		return 0;
	default:
		*profile = colour_profile_make(COLOUR_SRGB);
		return 0;
	}
}

enum colour_intent
choose_intent(const struct job *job, const struct colour_profile *destination,
	      const char **why)
{
	if (job->intent_given) {
		*why = "the job asks for it";
		return job->intent;
	}
	if (colour_profile_has_table(destination, COLOUR_PERCEPTUAL)) {
		*why = "nothing asked; the output profile has a table for it";
		return COLOUR_PERCEPTUAL;
	}
	*why = "nothing asked; the output profile has no perceptual table";
	return COLOUR_RELATIVE_BPC;
}

static void
log_intent(const struct job *job, const struct colour_transform *transform,
	   enum colour_intent intent, const char *why)
{
	log_info("intent %s, black-point compensation %s: %s%s%s",
		 colour_intent_name(intent),
		 intent == COLOUR_RELATIVE_BPC ? "on" : "off", why,
		 job->monochrome ? "; monochrome" : "",
		 colour_transform_is_identity(transform)
			 ? "; source and output are the same: values pass as they are"
			 : "");
}

static int
find_or_take(struct colour_profile **found, const struct job *job,
	     const struct image *image, const struct colour_profile **source,
	     const struct colour_profile *destination, struct error *err)
{
	const char *why = "given by the renderer";

	*found = NULL;
	if (*source == NULL && job->calibration &&
	    image_space(image) == destination->space) {
		why = "cm-calibration: device values";
		*source = destination;
	} else if (*source == NULL) {
		if (find_source(found, image, &why, err) != 0)
			return -1;
		*source = *found;
	}
	log_profile("source", *source, why);
	return 0;
}

int
choose_transform(struct colour_transform **transform, const struct job *job,
		 const struct page *page, const struct image *image,
		 const struct colour_profile *source,
		 const struct colour_profile *destination, struct error *err)
{
	struct colour_profile *found;
	enum colour_intent intent;
	const char *why = "";
	int result;

	if (find_or_take(&found, job, image, &source, destination, err) != 0)
		return -1;
	intent = choose_intent(job, destination, &why);
	result = colour_transform_open(transform, source, destination, intent,
				       job->monochrome, page->bits, err);
	if (result == 0)
		log_intent(job, *transform, intent, why);
	colour_profile_close(found);
	return result;
}
