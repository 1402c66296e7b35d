/*
 * choose.h - which profiles and intent a print gets, and why; said once in the job's
 * log.
 *
 * Source: the embedded profile, if it is for the picture's colour space; else what the
 * file says of its colours; else the default for its space.
 * Destination: the job's or queue's option output-profile; the PPD's cupsICCProfile
 * whose qualifiers match what *this job* marked (not the PPD's defaults, as
 * cups-filters does); else the raster's own colour space (sRGB, Adobe RGB, sRGB grey),
 * or for CMYK the default CMYK profile. Intent: the job's; else perceptual where the
 * destination has a table for it, and relative-bpc where it has none.
 */
#ifndef CC_PHOTO_CHOOSE_H
#define CC_PHOTO_CHOOSE_H

#include "lib/colour/colour.h"
#include "lib/image/image.h"

#include "filters/photo/job.h"

/* The folder of default profiles, which may be needed when the picture is known. */
#define CHOOSE_PROFILES "/usr/share/color/icc"

/* The destination, before any stranger's byte is read. */
int choose_destination(struct colour_profile **profile, const struct job *job,
		       const struct page *page, struct error *err);
/* The intent, and why. */
enum colour_intent choose_intent(const struct job *job,
				 const struct colour_profile *destination,
				 const char **why);
/* For one picture: logs source, destination, intent and the reasons. */
/* source: NULL to choose. */
int choose_transform(struct colour_transform **transform, const struct job *job,
		     const struct page *page, const struct image *image,
		     const struct colour_profile *source,
		     const struct colour_profile *destination, struct error *err);

#endif
