/*
 * printer_raster.c - what a printer says of PWG raster and URF, for clients that send
 * pages as pixels (PWG 5102.4 6, and the URF key of Bonjour printing): what lib/image
 * reads, at the queue's own resolutions. cupsd's words for the queue are about what its
 * own filters make, so they are not taken.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <string.h>

#include "spoold/front/printer_raster.h"

#define RESOLUTIONS_MAX 8 /* that are told */

static const char *const pwg_types[] = {
	"adobe-rgb_16", "adobe-rgb_8", "black_1", "black_8", "cmyk_8", "rgb_8",
	"sgray_1",	"sgray_16",    "sgray_8", "srgb_16", "srgb_8"};

/* V: version; W8, SRGB24, ADOBERGB24: what pixels are; CP: copies; IS, MT, OB: a tray, a
 * medium, an output bin to name, of each the first; PQ: qualities. */
static const char *const urf_words[] = {"V1.4",	      "CP1",  "W8",   "SRGB24",
					"ADOBERGB24", "DM0",  "IFU0", "IS1",
					"MT1",	      "OB10", "PQ4"};

static int
resolutions_of(ipp_t *to, int dpi[RESOLUTIONS_MAX])
{
	ipp_attribute_t *attr = ippFindAttribute(to, "printer-resolution-supported",
						 IPP_TAG_RESOLUTION);
	int count = 0;

	for (int i = 0; i < ippGetCount(attr) && count < RESOLUTIONS_MAX; i++) {
		ipp_res_t units;
		int y, x = ippGetResolution(attr, i, &y, &units);

		/* URF has one number for both directions; PWG raster may have two, but
		 * what is told must do for either */
		if (x == y && units == IPP_RES_PER_INCH && x > 0)
			dpi[count++] = x;
	}
	if (count == 0)
		dpi[count++] = 300;
	return count;
}

static void
add_urf(ipp_t *to, const int *dpi, int count)
{
	size_t words = sizeof(urf_words) / sizeof(urf_words[0]);
	ipp_attribute_t *attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					     "urf-supported", NULL, urf_words[0]);
	char rs[16 * RESOLUTIONS_MAX];
	size_t used = 0;

	for (size_t i = 1; i < words; i++)
		ippSetString(to, &attr, ippGetCount(attr), urf_words[i]);
	for (int i = 0; i < count; i++)
		used += (size_t)snprintf(rs + used, sizeof(rs) - used, "%s%d",
					 i == 0 ? "RS" : "-", dpi[i]);
	ippSetString(to, &attr, ippGetCount(attr), rs);
}

void
printer_raster(ipp_t *to)
{
	int dpi[RESOLUTIONS_MAX], count = resolutions_of(to, dpi);

	ippAddResolutions(to, IPP_TAG_PRINTER,
			  "pwg-raster-document-resolution-supported", count,
			  IPP_RES_PER_INCH, dpi, dpi);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		     "pwg-raster-document-sheet-back", NULL, "normal");
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      "pwg-raster-document-type-supported",
		      (int)(sizeof(pwg_types) / sizeof(pwg_types[0])), NULL, pwg_types);
	add_urf(to, dpi, count);
}
