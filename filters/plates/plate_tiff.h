/*
 * plate_tiff.h - what plate_image and its TIFF half share: a picture's facts, and the
 * PDF that is written around it.
 */
#ifndef CC_FILTERS_PLATE_TIFF_H
#define CC_FILTERS_PLATE_TIFF_H

#include <stdio.h>

#include "filters/plates/plate_image.h"

#define PLATE_TIFF_SPOTS_MAX (PLATE_INKS_MAX - 4)
#define PLATE_TIFF_NAME_MAX  128

struct plate_picture {
	uint32_t width, height; /* pixels as stored */
	int bits;		/* a sample: 1, 8, 16 */
	int colours;		/* 1 grey, 3 RGB, 4 CMYK */
	int spots;		/* behind CMYK */
	char spot[PLATE_TIFF_SPOTS_MAX][PLATE_TIFF_NAME_MAX];
	bool inverted;	 /* 0 is full ink (CMYK), or white (grey) */
	int orientation; /* 1 to 8, TIFF 6.0 p. 36 */
	double ppi_x, ppi_y;
	uint8_t *icc; /* owned; NULL: none */
	uint32_t icc_len;
};

#define PLATE_PDF_PICTURE 5
#define PLATE_PDF_ICC	  6
#define PLATE_PDF_TINT	  7
#define PLATE_PDF_OBJECTS 8

struct plate_pdf {
	FILE *file; /* seekable */
	off_t at[PLATE_PDF_OBJECTS];
};

/* All before the picture's data: `bytes` of it, in the form of `filter` ("" raw, rows
 * padded to bytes, 16-bit samples big-endian). Then plate_pdf_end. */
void plate_pdf_begin_picture(struct plate_pdf *pdf, const struct plate_picture *p,
			     const char *filter, uint64_t bytes);
int plate_pdf_end(struct plate_pdf *pdf, const struct plate_picture *p,
		  struct error *err);
/* ERROR_INPUT if it is larger, or of other colours, than can be handled. */
int plate_picture_check(const struct plate_picture *p, struct error *err);

int plate_tiff_wrap(struct plate_pdf *pdf, struct plate_picture *p, const uint8_t *data,
		    size_t len, struct error *err);

#endif
