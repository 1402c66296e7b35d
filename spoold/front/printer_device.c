/*
 * printer_device.c - what PWG 5100.13 and 5100.14 want of the thing itself: its software, its
 * trays, and how large a document of each format may be. Trays are those that the queue
 * tells of by name; nobody tells how much is in them (-2, RFC 3805: unknown).
 */
#include <cups/cups.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "spoold/front/printer_status.h"

#define TRAY_MAX     256   /* bytes of one row */
#define JPEG_EDGE    65535 /* pixels: a JPEG's header has no room for more */
#define K_OCTETS_MAX INT32_MAX

typedef void row_fn(char *row, size_t size, const char *name);

static void
input_row(char *row, size_t size, const char *name)
{
	snprintf(row, size,
		 "type=%s;mediafeed=0;mediaxfeed=0;maxcapacity=-2;level=-2;status=0;"
		 "name=%s;",
		 strcmp(name, "manual") == 0 ? "sheetFeedManual" : "unknown", name);
}

static void
output_row(char *row, size_t size, const char *name)
{
	const char *delivery = strcmp(name, "face-up") == 0	? "faceUp"
			       : strcmp(name, "face-down") == 0 ? "faceDown"
								: "unknown";

	snprintf(row, size,
		 "type=unknown;maxcapacity=-2;remaining=-2;status=0;"
		 "stackingorder=unknown;pagedelivery=%s;name=%s;",
		 delivery, name);
}

/* A row for each value of a list, as the standard has it. */
static void
add_trays(ipp_t *to, const char *list, const char *name, row_fn *make)
{
	ipp_attribute_t *trays = ippFindAttribute(to, list, IPP_TAG_ZERO);
	ipp_attribute_t *attr = NULL;
	char row[TRAY_MAX];

	for (int i = 0; i < ippGetCount(trays); i++) {
		const char *tray = ippGetString(trays, i, NULL);

		make(row, sizeof(row), tray != NULL ? tray : "unknown");
		if (attr == NULL)
			attr = ippAddOctetString(to, IPP_TAG_PRINTER, name, row,
						 (int)strlen(row));
		else
			ippSetOctetString(to, &attr, i, row, (int)strlen(row));
	}
}

static void
add_firmware(ipp_t *to)
{
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-firmware-name", NULL,
		     PACKAGE_NAME);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-firmware-patches",
		     NULL, "");
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_TEXT,
		     "printer-firmware-string-version", NULL, PACKAGE_VERSION);
	ippAddOctetString(to, IPP_TAG_PRINTER, "printer-firmware-version",
			  PACKAGE_VERSION, (int)strlen(PACKAGE_VERSION));
}

void
printer_device(ipp_t *to, uint64_t document_bytes)
{
	uint64_t k = document_bytes / 1024;
	int most = k < K_OCTETS_MAX ? (int)k : K_OCTETS_MAX;
	static const char *const jpeg[] = {"cmyk", "icc", "progressive"};

	add_firmware(to);
	add_trays(to, "media-source-supported", "printer-input-tray", input_row);
	add_trays(to, "output-bin-supported", "printer-output-tray", output_row);
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "jpeg-features-supported",
		      3, NULL, jpeg);
	ippAddRange(to, IPP_TAG_PRINTER, "jpeg-k-octets-supported", 0, most);
	ippAddRange(to, IPP_TAG_PRINTER, "jpeg-x-dimension-supported", 1, JPEG_EDGE);
	ippAddRange(to, IPP_TAG_PRINTER, "jpeg-y-dimension-supported", 1, JPEG_EDGE);
	ippAddRange(to, IPP_TAG_PRINTER, "pdf-k-octets-supported", 0, most);
}
