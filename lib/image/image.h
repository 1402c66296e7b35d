/*
 * image.h - pictures as rows: whatever the file was, samples plane by plane.
 *
 * image_open looks at the bytes (never at a name), reads the header and leaves the
 * picture itself to image_read, strip by strip, so that memory does not grow with the
 * picture where its format allows (progressive JPEG and interlaced PNG don't).
 *
 * Samples arrive in planes, as the file has them: a JPEG's chroma planes are smaller
 * than its luma plane, and YCbCr is not yet RGB. So whoever scales does less work, and
 * converts fewer pixels. `space` says what the samples mean, `ycc` and `inverted` how
 * they are written.
 *
 * Everything here meets strangers' bytes: limits are checked before memory is taken, a
 * truncated or damaged file is ERROR_INPUT with a sentence for the operator, and no row
 * of it is made up. Not thread-safe for one image; images are independent.
 */
#ifndef CC_IMAGE_IMAGE_H
#define CC_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/input.h"

#define IMAGE_PLANES_MAX  4
#define IMAGE_SIDE_MAX	  65535u      /* pixels; JPEG's own limit */
#define IMAGE_PROFILE_MAX (16u << 20) /* bytes of an embedded profile */

enum image_format {
	IMAGE_UNKNOWN = 0,
	IMAGE_JPEG,
	IMAGE_PNG,
	IMAGE_TIFF,
	IMAGE_PNM, /* what Ghostscript hands us: P5, P6, and PAM with four inks */
	IMAGE_PWG, /* PWG raster, one page after the other */
	IMAGE_URF, /* what AirPrint clients send where it is not PDF or JPEG */
	IMAGE_PDF  /* named, not opened here: see filters/photo/pdf.h */
};

enum image_space { IMAGE_GREY = 1, IMAGE_RGB, IMAGE_CMYK, IMAGE_LAB };

/* What the file says of its colours where it carries no profile. */
enum image_hint {
	IMAGE_HINT_NONE = 0,
	IMAGE_HINT_SRGB,      /* Exif ColorSpace 1, PNG sRGB or cICP 1/13, raster */
	IMAGE_HINT_ADOBE_RGB, /* Exif: uncalibrated, interoperability R03; raster */
	IMAGE_HINT_CALIBRATED /* PNG gAMA and cHRM, or cICP: struct image_calibration */
};

#define IMAGE_GAMMA_SRGB 0.0 /* in place of an exponent: sRGB's own curve */
struct image_calibration {
	double gamma;				    /* decoding exponent, e.g. 2.2 */
	double white[2], red[2], green[2], blue[2]; /* CIE xy */
};

struct image_limits {
	uint64_t pixels; /* width x height of one picture */
	uint64_t bytes;	 /* of the file */
	uint64_t memory; /* what a decoder may hold at once, beyond strips */
	uint32_t side;	 /* width or height, at most IMAGE_SIDE_MAX */
	uint32_t scans;	 /* of a progressive JPEG */
};
/* 400 Mpixel, 1 GiB, 768 MiB, 65535, 200. */
extern const struct image_limits image_limits_default;

struct image_plane {
	uint32_t width, height; /* samples that mean something */
	size_t stride;	/* bytes a row buffer must have: more than width, for padding */
	uint32_t strip; /* rows that one image_read fills */
	double xstep, ystep; /* picture pixels a sample covers: 2 for 4:2:0 chroma */
};

struct image {
	enum image_format format;
	uint32_t width, height; /* pixels, as stored: before orientation */
	enum image_space space;
	bool ycc;	 /* planes are Y Cb Cr (K): JFIF, full range */
	bool inverted;	 /* 0 is full ink (Adobe's CMYK JPEG; WhiteIsZero) */
	bool whole;	 /* the decoder holds the whole picture in memory */
	unsigned bits;	 /* 8, or 16 in the machine's byte order */
	unsigned planes; /* 1, 3 or 4; grey and colour only, alpha is laid on white */
	struct image_plane plane[IMAGE_PLANES_MAX];
	unsigned orientation; /* Exif 1 to 8; 1 if nothing is said */
	double ppi_x, ppi_y;  /* 0 if the file does not say */
	enum image_hint hint;
	struct image_calibration calibration; /* for IMAGE_HINT_CALIBRATED */
	uint8_t *profile;		      /* embedded ICC profile, owned; or NULL */
	size_t profile_len;

	const struct image_codec *codec; /* private: codec.h */
	void *state;
};

/* The format of what lies next in the input; nothing is taken from it. */
enum image_format image_sniff(struct image_input *in);
const char *image_format_name(enum image_format format); /* "JPEG" */

/* Reads the header. The input must outlive the image and is read from as it goes.
 * ERROR_INPUT: not a picture, damaged, or past a limit (which is named). */
int image_open(struct image **image, struct image_input *in,
	       const struct image_limits *limits, struct error *err);
/* Fills the next strip: rows[p][i], i < plane[p].strip, each plane[p].stride bytes.
 * Rows past a plane's height are filled with something or left alone. Call it until
 * the planes' heights are reached, no further. */
int image_read(struct image *image, uint8_t *const *const rows[IMAGE_PLANES_MAX],
	       struct error *err);
/* The next picture of the file (TIFF directories, pages): 1 with all fields anew, 0 if
 * there is none, -1. Only after the last was read to its end. */
int image_next(struct image *image, struct error *err);
void image_close(struct image *image); /* accepts NULL */

#endif
