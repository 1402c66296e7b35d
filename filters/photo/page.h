/*
 * page.h - the page that the job asks for, as the PPD describes it.
 *
 * libcups interprets the PPD (cupsRasterInterpretPPD); we check the result, since an
 * option string is input, and say where the printable area lies in the bitmap: in CUPS
 * raster the bitmap is the printable area, in PWG raster it is the whole sheet.
 */
#ifndef CC_PHOTO_PAGE_H
#define CC_PHOTO_PAGE_H

#include <cups/cups.h>
#include <cups/ppd.h>
#include <cups/raster.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

#define PAGE_SIDE_MAX  65535u	  /* device pixels */
#define PAGE_BYTES_MAX (1u << 30) /* of one bitmap: A2 at 1200 dpi, RGB */

enum page_ink {
	PAGE_GREY = 1, /* 0 is black */
	PAGE_BLACK,    /* 0 is white: CUPS_CSPACE_K */
	PAGE_RGB,
	PAGE_CMYK
};

struct page {
	cups_page_header2_t header;
	bool pwg; /* PWG raster, for an IPP Everywhere device */
	bool borderless;
	enum page_ink ink;
	unsigned channels, bits; /* bits: 8 or 16 a channel */
	/* the printable area within the bitmap of header.cupsWidth x cupsHeight */
	uint32_t left, top, width, height;
	/* the whole sheet, device pixels, and which share of the margins in a direction is
	 * at the left, at the top: 0 to 1 */
	double sheet_width, sheet_height, margin_left, margin_top;
};

/* ppd: options marked. ERROR_INPUT where the PPD's page can't be made here (planes,
 * 1-bit, a colour space that we don't speak). */
int page_from_ppd(struct page *page, ppd_file_t *ppd, int num_options,
		  cups_option_t *options, bool pwg, struct error *err);

#endif
