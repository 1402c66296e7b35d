/*
 * plate_sheet.h - one plate: rows of an ink, screened, as a 1-bit TIFF in memory.
 *
 * TIFF 6.0, CCITT G4 (T.6) in one strip, MinIsWhite: 1 is exposed ink. The ink is named
 * in InkNames (as catchers read it), PageName and ImageDescription; DocumentName is the
 * job's title. The page lies in the middle of the plate; what is around it is bare.
 */
#ifndef CC_FILTERS_PLATE_SHEET_H
#define CC_FILTERS_PLATE_SHEET_H

#include "filters/plates/plate_options.h"
#include "lib/plate/manifest.h"

struct plate_sheet;

struct plate_place {
	uint32_t width, height; /* of the plate, pixels */
	uint32_t left, top; /* bare pixels before the page; left is a multiple of 8 */
	uint32_t page_width, page_height;
};

/* about: file, ink, page and dpi are filled in; the rest follows from the screen. The
 * screen must outlive the sheet. */
int plate_sheet_open(struct plate_sheet **out, const struct plate_place *place,
		     const struct screen *screen, const struct plate_options *options,
		     const struct manifest_plate *about, struct error *err);
/* The page's rows in order, from 0. values[page_width], 255 is bare. */
int plate_sheet_row(struct plate_sheet *s, const uint8_t *values, struct error *err);
/* Ends the TIFF: *fd (owned by the sheet) holds it, *about its facts. */
int plate_sheet_end(struct plate_sheet *s, int *fd, struct manifest_plate *about,
		    struct error *err);
void plate_sheet_close(struct plate_sheet *s); /* accepts NULL */

#endif
