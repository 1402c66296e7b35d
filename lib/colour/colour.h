/*
 * colour.h - ICC profiles and the one conversion of a print; lcms2's only door.
 *
 * A profile is opened from bytes (which may be a stranger's: it is bounded and
 * checked), from a file of the shop, or made here. A transform goes from one profile to
 * another with an intent that means what it says: COLOUR_RELATIVE has no black-point
 * compensation, COLOUR_RELATIVE_BPC has. (lcms2 always compensates in perceptual and
 * saturation between v4 profiles, as ISO 15076-1 defines their black point.)
 *
 * Samples: 16 bit, 0 to 65535 for 0 to 1; CMYK: 65535 is full ink; Lab as ICC v4 16-bit
 * encodes it (L 65535 = 100, a and b: 0x8080 is 0).
 *
 * Not thread-safe for one transform: pixels fill its table (grid.h).
 */
#ifndef CC_COLOUR_COLOUR_H
#define CC_COLOUR_COLOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define COLOUR_CHANNELS_MAX 4
#define COLOUR_PROFILE_MAX  (16u << 20) /* bytes */
#define COLOUR_NAME_MAX	    128
#define COLOUR_DIGEST_TEXT  65 /* 64 hex digits of SHA-256 and a zero */

enum colour_space { COLOUR_GREY = 1, COLOUR_RGB, COLOUR_CMYK, COLOUR_LAB };
enum colour_intent {
	COLOUR_PERCEPTUAL = 0,
	COLOUR_RELATIVE,
	COLOUR_SATURATION,
	COLOUR_ABSOLUTE,
	COLOUR_RELATIVE_BPC
};
enum colour_made {
	COLOUR_SRGB,	  /* IEC 61966-2-1 */
	COLOUR_ADOBE_RGB, /* Adobe RGB (1998): gamma 563/256 */
	COLOUR_SRGB_GREY, /* sRGB's curve, D50 */
	COLOUR_LAB_D50
};

struct colour_profile {
	void *context, *handle; /* lcms2's; private */
	int made;		/* enum colour_made + 1, or 0; private */
	enum colour_space space;
	char name[COLOUR_NAME_MAX];	 /* its description; controls stripped */
	char digest[COLOUR_DIGEST_TEXT]; /* of its bytes; "" if made here */
};

unsigned colour_channels(enum colour_space space);	/* 1, 3, 4, 3 */
const char *colour_space_name(enum colour_space space); /* "RGB" */
/* As print-rendering-intent spells it: "relative-bpc". */
const char *colour_intent_name(enum colour_intent intent);
/* 0 with *intent, or -1 for an unknown word ("auto" is the caller's to decide). */
int colour_intent_read(enum colour_intent *intent, const char *word);

/* ERROR_INPUT: damaged, too large, of a class that can't be a source or destination
 * (only input, display, output and colour-space profiles can), or of another space. */
int colour_profile_open(struct colour_profile **profile, const void *data, size_t len,
			struct error *err);
int colour_profile_load(struct colour_profile **profile, const char *path,
			struct error *err);
/* Aborts without memory. */
struct colour_profile *colour_profile_make(enum colour_made what);
/* From PNG's gAMA and cHRM: gamma is the decoding exponent, 0 for
 * sRGB's own curve; CIE xy. Grey if grey.
 * ERROR_INPUT if the numbers make no sense. */
int colour_profile_calibrated(struct colour_profile **profile, bool grey, double gamma,
			      const double white[2], const double red[2],
			      const double green[2], const double blue[2],
			      struct error *err);
/* The profile as a file's bytes; out's limit should be COLOUR_PROFILE_MAX. */
int colour_profile_bytes(const struct colour_profile *profile, struct buf *out,
			 struct error *err);
/* Has its own tables for the intent, as a printer's profile has and a matrix hasn't. */
bool colour_profile_has_table(const struct colour_profile *profile,
			      enum colour_intent intent);
void colour_profile_close(struct colour_profile *profile); /* accepts NULL */

struct colour_transform;

/* out_bits: 8 or 16. neutral: the picture in greys only, whatever the destination's
 * colours are. The profiles may be closed afterwards. Where both are the same profile
 * (by digest, or both made here alike), samples pass untouched but for their width. */
int colour_transform_open(struct colour_transform **transform,
			  const struct colour_profile *source,
			  const struct colour_profile *destination,
			  enum colour_intent intent, bool neutral, unsigned out_bits,
			  struct error *err);
bool colour_transform_is_identity(const struct colour_transform *transform);
/* in[channel][pixels] by planes; out[pixels][channels] of uint8_t or uint16_t. */
void colour_convert(struct colour_transform *transform,
		    const uint16_t *const in[COLOUR_CHANNELS_MAX], void *out,
		    size_t pixels);
/* For tests: without vector instructions from now on; the same to the bit. */
void colour_use_plain(struct colour_transform *transform);
void colour_transform_close(struct colour_transform *transform); /* accepts NULL */

#endif
