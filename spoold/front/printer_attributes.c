/*
 * printer_attributes.c - what a printer says it can do. Three tables: attributes that
 * go through from the cupsd queue behind it, ours, and ours where the queue has none.
 *
 * Whatever is listed as supported must work from submission to the device, so a value
 * that only libcups' general code lists (number-up, job-sheets) is not taken from
 * cupsd. What depends on the client (uris) or on the moment (state, times) is added for
 * each answer by ops_printer.c.
 */
#include <cups/cups.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spoold/front/action.h"
#include "spoold/front/operations.h"
#include "spoold/front/pin.h"
#include "spoold/front/printer_media.h"
#include "spoold/front/picture.h"
#include "spoold/front/printer_raster.h"
#include "spoold/front/printer_status.h"
#include "spoold/front/printers.h"
#include "spoold/front/sniff.h"
#include "spoold/front/subscribe.h"
#include "spoold/front/template.h"
#include "spoold/front/storage.h"
#include "spoold/front/terms.h"

#define VALUE_MAX 256 /* bytes of one value in the tables below */

static const char *const through[] = {
	"color-supported",
	"finishing-template-supported",
	"finishings-col-database",
	"finishings-col-default",
	"finishings-col-ready",
	"finishings-col-supported",
	"finishings-default",
	"finishings-ready",
	"finishings-supported",
	"media-bottom-margin-supported",
	"media-col-database",
	"media-col-default",
	"media-left-margin-supported",
	"media-right-margin-supported",
	"media-source-supported",
	"media-top-margin-supported",
	"media-type-supported",
	"orientation-requested-default",
	"orientation-requested-supported",
	"output-bin-default",
	"output-bin-supported",
	"pages-per-minute",
	"pages-per-minute-color",
	"print-color-mode-default",
	"print-color-mode-supported",
	"print-quality-default",
	"print-quality-supported",
	"printer-device-id",
	"printer-icc-profiles",
	"printer-make-and-model",
	"printer-resolution-default",
	"printer-resolution-supported",
	"sides-default",
	"sides-supported",
};

/* Values are separated by '|'. */
struct row {
	const char *name;
	ipp_tag_t tag;
	const char *values;
};

/* clang-format off */
static const struct row ours[] = {
	{"charset-configured", IPP_TAG_CHARSET, "utf-8"},
	{"charset-supported", IPP_TAG_CHARSET, "utf-8|us-ascii"},
	{"compression-supported", IPP_TAG_KEYWORD, "none|gzip|deflate"},
	{"copies-default", IPP_TAG_INTEGER, "1"},
	{"document-format-default", IPP_TAG_MIMETYPE, "application/octet-stream"},
	{"generated-natural-language-supported", IPP_TAG_LANGUAGE, "en|de"},
	{"identify-actions-default", IPP_TAG_KEYWORD, "display"},
	{"identify-actions-supported", IPP_TAG_KEYWORD, "display"},
	{"ipp-features-supported", IPP_TAG_KEYWORD, "document-object|job-release|subscription-object"},
	{"ipp-versions-supported", IPP_TAG_KEYWORD, "1.0|1.1|2.0|2.1"},
	{"job-account-id-default", IPP_TAG_NOVALUE, ""},
	{"job-account-id-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-accounting-user-id-default", IPP_TAG_NOVALUE, ""},
	{"job-accounting-user-id-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-hold-until-default", IPP_TAG_KEYWORD, "no-hold"},
	{"job-hold-until-supported", IPP_TAG_KEYWORD, "no-hold|indefinite"},
	{"job-ids-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-impressions-supported", IPP_TAG_RANGE, "0-2147483647"},
	{"job-media-sheets-supported", IPP_TAG_RANGE, "0-2147483647"},
	{"job-message-to-operator-default", IPP_TAG_NOVALUE, ""},
	{"job-message-to-operator-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-password-repertoire-configured", IPP_TAG_KEYWORD, "iana_utf-8_any"},
	{"job-password-repertoire-supported", IPP_TAG_KEYWORD, "iana_utf-8_any"},
	{"job-phone-number-default", IPP_TAG_NOVALUE, ""},
	{"job-phone-number-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-priority-default", IPP_TAG_INTEGER, "50"},
	{"job-priority-supported", IPP_TAG_INTEGER, "100"},
	{"job-recipient-name-default", IPP_TAG_NOVALUE, ""},
	{"job-recipient-name-supported", IPP_TAG_BOOLEAN, "true"},
	{"job-settable-attributes-supported", IPP_TAG_KEYWORD, "job-hold-until"},
	{"job-privacy-attributes", IPP_TAG_KEYWORD, "default"},
	{"job-privacy-scope", IPP_TAG_KEYWORD, "owner"},
	{"job-sheets-default", IPP_TAG_KEYWORD, "none"},
	{"job-sheets-supported", IPP_TAG_KEYWORD, "none"},
	{"multiple-document-handling-default", IPP_TAG_KEYWORD, "separate-documents-collated-copies"},
	{"multiple-document-handling-supported", IPP_TAG_KEYWORD, "separate-documents-uncollated-copies|separate-documents-collated-copies"},
	{"multiple-document-jobs-supported", IPP_TAG_BOOLEAN, "true"},
	{"multiple-operation-time-out-action", IPP_TAG_KEYWORD, "abort-job"},
	{"natural-language-configured", IPP_TAG_LANGUAGE, "en"},
	{"number-up-default", IPP_TAG_INTEGER, "1"},
	{"number-up-supported", IPP_TAG_INTEGER, "1"},
	{"page-ranges-supported", IPP_TAG_BOOLEAN, "true"},
	{"pdf-versions-supported", IPP_TAG_KEYWORD, "adobe-1.3|adobe-1.4|adobe-1.5|adobe-1.6|iso-15930-1_2001|iso-15930-3_2002|iso-15930-7_2010|iso-32000-1_2008"},
	{"pdl-override-supported", IPP_TAG_KEYWORD, "attempted"},
	{"preferred-attributes-supported", IPP_TAG_BOOLEAN, "false"},
	{"print-content-optimize-default", IPP_TAG_KEYWORD, "auto"},
	{"print-content-optimize-supported", IPP_TAG_KEYWORD, "auto"},
	{"print-rendering-intent-default", IPP_TAG_KEYWORD, "auto"},
	{"print-rendering-intent-supported", IPP_TAG_KEYWORD, "auto|perceptual|relative|relative-bpc|saturation|absolute"},
	{"print-scaling-default", IPP_TAG_KEYWORD, "auto"},
	{"print-scaling-supported", IPP_TAG_KEYWORD, "auto|auto-fit|fill|fit|none"},
	{"printer-get-attributes-supported", IPP_TAG_KEYWORD, "document-format"},
	{"which-jobs-supported", IPP_TAG_KEYWORD, "aborted|all|canceled|completed|not-completed|pending|pending-held|processing|processing-stopped|proof-and-suspend|proof-print|stored-owner"},
};

static const struct row otherwise[] = {
	{"color-supported", IPP_TAG_BOOLEAN, "true"},
	{"finishings-default", IPP_TAG_ENUM, "3"},
	{"finishings-supported", IPP_TAG_ENUM, "3"},
	{"orientation-requested-default", IPP_TAG_ENUM, "3"},
	{"orientation-requested-supported", IPP_TAG_ENUM, "3|4|5|6"},
	{"output-bin-default", IPP_TAG_KEYWORD, "face-up"},
	{"output-bin-supported", IPP_TAG_KEYWORD, "face-up"},
	{"pages-per-minute", IPP_TAG_INTEGER, "1"},
	{"pages-per-minute-color", IPP_TAG_INTEGER, "1"},
	{"print-color-mode-default", IPP_TAG_KEYWORD, "auto"},
	{"print-color-mode-supported", IPP_TAG_KEYWORD, "auto|color"},
	{"print-quality-default", IPP_TAG_ENUM, "4"},
	{"print-quality-supported", IPP_TAG_ENUM, "4"},
	{"printer-device-id", IPP_TAG_TEXT, "MFG:Claimcheck;MDL:spoold;CMD:JPEG,PNG,TIFF,PDF,PWGRaster,URF;"},
	{"printer-make-and-model", IPP_TAG_TEXT, "Claimcheck"},
	{"sides-default", IPP_TAG_KEYWORD, "one-sided"},
	{"sides-supported", IPP_TAG_KEYWORD, "one-sided"},
};
/* clang-format on */

static ipp_attribute_t *
add_value(ipp_t *to, ipp_attribute_t *attr, const struct row *row, const char *value)
{
	int count = attr == NULL ? 0 : ippGetCount(attr);
	int number = (int)strtol(value, NULL, 10); /* from the table above */
	const char *dash = strchr(value, '-');

	switch (row->tag) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_ENUM:
		if (attr == NULL)
			return ippAddInteger(to, IPP_TAG_PRINTER, row->tag, row->name,
					     number);
		ippSetInteger(to, &attr, count, number);
		return attr;
	case IPP_TAG_RANGE:
		INVARIANT(attr == NULL && dash != NULL);
		return ippAddRange(to, IPP_TAG_PRINTER, row->name, number,
				   (int)strtol(dash + 1, NULL, 10));
	case IPP_TAG_NOVALUE:
		return ippAddOutOfBand(to, IPP_TAG_PRINTER, row->tag, row->name);
	case IPP_TAG_BOOLEAN:
		return ippAddBoolean(to, IPP_TAG_PRINTER, row->name, value[0] == 't');
	default:
		if (attr == NULL)
			return ippAddString(to, IPP_TAG_PRINTER, row->tag, row->name,
					    NULL, value);
		ippSetString(to, &attr, count, value);
		return attr;
	}
}

static void
add_row(ipp_t *to, const struct row *row)
{
	ipp_attribute_t *attr = NULL;
	const char *at = row->values;

	for (;;) {
		char value[VALUE_MAX];
		size_t len = strcspn(at, "|");
		INVARIANT(len < sizeof(value));
		memcpy(value, at, len);
		value[len] = '\0';
		attr = add_value(to, attr, row, value);
		if (at[len] == '\0')
			return;
		at += len + 1;
	}
}

static void
add_from_queue(ipp_t *to, ipp_t *queue)
{
	for (size_t i = 0; i < sizeof(through) / sizeof(through[0]); i++) {
		ipp_attribute_t *attr =
			ippFindAttribute(queue, through[i], IPP_TAG_ZERO);
		if (attr != NULL && ippGetGroupTag(attr) == IPP_TAG_PRINTER)
			ippCopyAttribute(to, attr, 0);
	}
	printer_media(to, queue);
}

static void
add_formats(ipp_t *to, const struct printer *p)
{
	ipp_attribute_t *attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE,
					     "document-format-supported", NULL,
					     "application/octet-stream");

	for (int f = SNIFF_UNKNOWN + 1; f < SNIFF_FORMATS; f++)
		if (printer_takes(p, (enum sniff_format)f))
			ippSetString(to, &attr, ippGetCount(attr),
				     sniff_mime((enum sniff_format)f));
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE, "document-format-preferred",
		     NULL, sniff_mime(p->plates ? SNIFF_PDF : SNIFF_JPEG));
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "printer-kind", NULL,
		     p->plates ? "large-format" : "photo");
}

static void
add_settings(ipp_t *to, const struct printer *p, const struct settings *settings)
{
	const uint64_t order_k = settings->max_order_bytes / 1024;

	ippAddRange(to, IPP_TAG_PRINTER, "copies-supported", 1, TEMPLATE_COPIES_MAX);
	ippAddRange(to, IPP_TAG_PRINTER, "proof-copies-supported", 1,
		    p->plates ? 1 : TEMPLATE_COPIES_MAX);
	ippAddRange(to, IPP_TAG_PRINTER, "job-k-octets-supported", 0,
		    order_k < INT_MAX ? (int)order_k : INT_MAX);
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
		      "multiple-operation-time-out", (int)settings->incoming_timeout_s);
	ippAddInteger(to, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "job-password-supported",
		      PIN_MAX);
	ippAddRange(to, IPP_TAG_PRINTER, "job-password-length-supported", PIN_MIN,
		    PIN_MAX);
}

/* The shop's word before the queue's. */
static void
add_said(ipp_t *to, ipp_t *queue, ipp_tag_t tag, const char *name, const char *said)
{
	ipp_attribute_t *attr =
		queue != NULL ? ippFindAttribute(queue, name, tag) : NULL;

	if (said[0] == '\0' && attr != NULL)
		said = ippGetString(attr, 0, NULL);
	if (said[0] != '\0' || tag != IPP_TAG_URI)
		ippAddString(to, IPP_TAG_PRINTER, tag, name, NULL, said);
	else
		ippAddOutOfBand(to, IPP_TAG_PRINTER, IPP_TAG_UNKNOWN, name);
}

static void
add_place(ipp_t *to, ipp_t *queue, const struct printer *p,
	  const struct settings *settings)
{
	const struct settings_printer *own = settings_printer(settings, p->name);

	add_said(to, queue, IPP_TAG_TEXT, "printer-organization",
		 settings->organization);
	add_said(to, queue, IPP_TAG_TEXT, "printer-organizational-unit",
		 settings->organizational_unit);
	add_said(to, queue, IPP_TAG_URI, "printer-geo-location",
		 own != NULL ? own->geo_location : "");
}

/* PWG 5100.14. A plate-maker lacks PWG raster (doc/decisions/conformance.md). */
static void
add_everywhere(ipp_t *to)
{
	ipp_attribute_t *features =
		ippFindAttribute(to, "ipp-features-supported", IPP_TAG_KEYWORD);

	ippSetString(to, &features, ippGetCount(features), "ipp-everywhere");
}

void
printer_attributes(ipp_t *to, ipp_t *queue, const struct printer *p,
		   const struct settings *settings)
{
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_NAME, "printer-name", NULL, p->name);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-info", NULL, p->info);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_TEXT, "printer-location", NULL,
		     p->location);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uuid", NULL, p->uuid);
	if (queue != NULL)
		add_from_queue(to, queue);
	add_place(to, queue, p, settings);
	printer_media_one(to);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		add_row(to, &ours[i]);
	for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
		if (ippFindAttribute(to, otherwise[i].name, IPP_TAG_ZERO) == NULL)
			add_row(to, &otherwise[i]);
	printer_device(to, settings->max_document_bytes);
	add_formats(to, p);
	if (printer_takes(p, SNIFF_PWG)) {
		printer_raster(to);
		add_everywhere(to);
	}
	if (!p->plates)
		picture_add_supported(to);
	add_settings(to, p, settings);
	pin_add_supported(to);
	subscribe_add_supported(to);
	action_add_supported(to, settings, p->name);
	terms_add_supported(to, settings, p->name);
	storage_add_supported(to, settings);
	operations_add_supported(to);
	operate_add_supported(to);
	template_add_supported(to, p);
}
