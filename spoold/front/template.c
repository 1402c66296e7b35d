/*
 * template.c - the table, and a judge for each kind of value.
 */
#include <cups/cups.h>
#include <cups/pwg.h>
#include <stdio.h>
#include <string.h>

#include "lib/ipp/ipp_option.h"
#include "lib/ipp/ipp_override.h"
#include "spoold/front/picture.h"
#include "spoold/front/template.h"
#include "spoold/front/template_media.h"
#include "spoold/front/template_overrides.h"

enum kind {
	KIND_LISTED,	 /* each value is one of NAME-supported */
	KIND_RANGE,	 /* an integer in the range NAME-supported */
	KIND_UP_TO,	 /* an integer from 1 to NAME-supported */
	KIND_RESOLUTION, /* one of NAME-supported */
	KIND_MEDIA,	 /* a size's name */
	KIND_MEDIA_COL,
	KIND_MEMBER,	/* of media-col, by itself: lp -o media-type=... */
	KIND_PAGES,	/* 1setOf rangeOfInteger, ascending */
	KIND_TEXT,	/* words for people, or an account */
	KIND_CROP,	/* a part of the picture */
	KIND_HOLD,	/* job-hold-until: understood here, not handed on */
	KIND_OVERRIDES, /* of pages: a template of their own, each */
	KIND_SILENT	/* accepted, since its one supported value changes nothing */
};

/* clang-format off */
static const struct row {
	const char *name;
	enum kind kind;
	bool vital;	/* if it can't be had the order is refused, fidelity or not */
	bool of_picture; /* no plate has it */
} rows[] = {
	{PICTURE_CROP, KIND_CROP, true, true},
	{PICTURE_LAYOUT, KIND_LISTED, true, true},
	{"copies", KIND_RANGE, false, false},
	{"finishings", KIND_LISTED, false, false},
	{"job-account-id", KIND_TEXT, false, false},
	{"job-accounting-user-id", KIND_TEXT, false, false},
	{"job-cancel-after", KIND_RANGE, false, false},
	{"job-hold-until", KIND_HOLD, false, false},
	{"job-message-to-operator", KIND_TEXT, false, false},
	{"job-phone-number", KIND_TEXT, false, false},
	{"job-priority", KIND_UP_TO, false, false},
	{"job-recipient-name", KIND_TEXT, false, false},
	{"job-retain-until", KIND_LISTED, false, false},
	{"job-retain-until-interval", KIND_RANGE, false, false},
	{"job-sheets", KIND_SILENT, false, false},
	{"media", KIND_MEDIA, true, false},
	{"media-col", KIND_MEDIA_COL, true, false},
	{"media-source", KIND_MEMBER, true, false},
	{"media-type", KIND_MEMBER, true, false},
	{"multiple-document-handling", KIND_LISTED, false, false},
	{"number-up", KIND_SILENT, false, false},
	{"orientation-requested", KIND_LISTED, false, false},
	{"output-bin", KIND_LISTED, false, false},
	{IPP_OVERRIDES, KIND_OVERRIDES, false, true},
	{"page-ranges", KIND_PAGES, false, false},
	{"print-color-mode", KIND_LISTED, false, false},
	{"print-content-optimize", KIND_SILENT, false, false},
	{"print-quality", KIND_LISTED, false, false},
	{"print-rendering-intent", KIND_LISTED, false, false},
	{"print-scaling", KIND_LISTED, false, false},
	{"printer-resolution", KIND_RESOLUTION, false, false},
	{"proof-copies", KIND_RANGE, false, false},
	{"sides", KIND_LISTED, false, false},
	{"x-image-position", KIND_LISTED, false, true},
	{"y-image-position", KIND_LISTED, false, true},
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *
row_named(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static ipp_attribute_t *
supported(struct printer *p, const char *name)
{
	char full[300];

	snprintf(full, sizeof(full), "%s-supported", name);
	return ippFindAttribute(p->attributes, full, IPP_TAG_ZERO);
}

static bool
is_stringy(ipp_tag_t tag)
{
	return tag == IPP_TAG_KEYWORD || tag == IPP_TAG_NAME ||
	       tag == IPP_TAG_NAMELANG || tag == IPP_TAG_TEXT ||
	       tag == IPP_TAG_TEXTLANG || tag == IPP_TAG_URI || tag == IPP_TAG_MIMETYPE;
}

static bool
is_listed(ipp_attribute_t *list, ipp_attribute_t *attr)
{
	ipp_tag_t tag = ippGetValueTag(attr);

	for (int i = 0; i < ippGetCount(attr); i++) {
		if (tag == IPP_TAG_INTEGER || tag == IPP_TAG_ENUM) {
			if (ippGetValueTag(list) != tag ||
			    !ippContainsInteger(list, ippGetInteger(attr, i)))
				return false;
		} else if (!is_stringy(tag) || !is_stringy(ippGetValueTag(list)) ||
			   !ippContainsString(list, ippGetString(attr, i, NULL))) {
			return false;
		}
	}
	return true;
}

static bool
is_resolution(ipp_attribute_t *list, ipp_attribute_t *attr)
{
	ipp_res_t units, have_units;
	int y, x, have_y, have_x;

	if (ippGetValueTag(attr) != IPP_TAG_RESOLUTION || ippGetCount(attr) != 1 ||
	    ippGetValueTag(list) != IPP_TAG_RESOLUTION)
		return false;
	x = ippGetResolution(attr, 0, &y, &units);
	for (int i = 0; i < ippGetCount(list); i++) {
		have_x = ippGetResolution(list, i, &have_y, &have_units);
		if (x == have_x && y == have_y && units == have_units)
			return true;
	}
	return false;
}

static bool
are_pages(ipp_attribute_t *attr)
{
	int last = 0;

	if (ippGetValueTag(attr) != IPP_TAG_RANGE)
		return false;
	for (int i = 0; i < ippGetCount(attr); i++) {
		int upper, lower = ippGetRange(attr, i, &upper);
		if (lower <= last || upper < lower)
			return false;
		last = upper;
	}
	return true;
}

static bool
is_integer(ipp_attribute_t *attr, ipp_attribute_t *list, enum kind kind)
{
	int value;

	if (ippGetValueTag(attr) != IPP_TAG_INTEGER || ippGetCount(attr) != 1)
		return false;
	value = ippGetInteger(attr, 0);
	if (kind == KIND_UP_TO)
		return value >= 1 && value <= ippGetInteger(list, 0);
	return ippContainsInteger(list, value) != 0;
}

static bool
is_text(ipp_attribute_t *attr)
{
	return is_stringy(ippGetValueTag(attr)) && ippGetCount(attr) == 1;
}

/* Where the queue has not answered yet there is no list: it will be judged there. */
static bool
can_be_had(const struct row *row, ipp_attribute_t *attr, struct printer *p)
{
	ipp_attribute_t *list = supported(p, row->name);
	struct layout_crop crop;

	switch (row->kind) {
	case KIND_CROP:
		return picture_crop_read(&crop, attr);
	case KIND_TEXT:
		return is_text(attr);
	case KIND_PAGES:
		return are_pages(attr);
	case KIND_MEDIA:
		return template_media_name(attr, list);
	case KIND_MEDIA_COL:
		return template_media_col(attr, p->attributes);
	case KIND_MEMBER:
		return template_media_member(attr, p->attributes);
	case KIND_RESOLUTION:
		return list == NULL || is_resolution(list, attr);
	case KIND_RANGE:
	case KIND_UP_TO:
		return list != NULL && is_integer(attr, list, row->kind);
	default:
		return list == NULL ? is_stringy(ippGetValueTag(attr)) ||
					      ippGetValueTag(attr) == IPP_TAG_ENUM
				    : is_listed(list, attr);
	}
}

void
template_name(struct template_result *r, const char *name)
{
	size_t used = strlen(r->names);

	snprintf(r->names + used, sizeof(r->names) - used, "%s%s", used > 0 ? ", " : "",
		 name);
}

void
template_refuse_value(struct template_result *r, ipp_attribute_t *attr)
{
	ipp_attribute_t *copy = ippCopyAttribute(r->unsupported, attr, 0);

	if (copy != NULL)
		ippSetGroupTag(r->unsupported, &copy, IPP_TAG_UNSUPPORTED_GROUP);
	template_name(r, ippGetName(attr));
}

void
template_refuse(struct template_result *r, const char *name)
{
	ippAddOutOfBand(r->unsupported, IPP_TAG_UNSUPPORTED_GROUP,
			IPP_TAG_UNSUPPORTED_VALUE, name);
	template_name(r, name);
}

static bool
is_indefinite(ipp_attribute_t *attr)
{
	const char *value = ippGetString(attr, 0, NULL);

	return value != NULL && strcmp(value, "indefinite") == 0;
}

static void
judge_known(const struct row *row, ipp_attribute_t *attr, struct printer *p,
	    struct template_result *r)
{
	if (row->kind == KIND_OVERRIDES) {
		template_overrides(attr, p, r);
	} else if (!can_be_had(row, attr, p)) {
		template_refuse_value(r, attr);
		r->refuse = r->refuse || row->vital;
	} else if (row->kind == KIND_HOLD) {
		r->hold = is_indefinite(attr);
	} else if (row->kind == KIND_MEDIA) {
		template_take_media(r->taken, attr);
	} else if (row->kind == KIND_CROP) {
		picture_crop_take(r->taken, attr);
	} else if (row->kind == KIND_MEMBER) {
		template_take_member(r->taken, attr);
	} else if (row->kind != KIND_SILENT) {
		ippCopyAttribute(r->taken, attr, 0);
	}
}

static bool
is_had(const struct row *row, const struct printer *p)
{
	return !row->of_picture || !p->plates;
}

void
template_judge_one(ipp_attribute_t *attr, struct printer *p, struct template_result *r)
{
	const char *name = ippGetName(attr);
	const struct row *row = row_named(name);

	if (ippFindAttribute(r->taken, name, IPP_TAG_ZERO) != NULL)
		return; /* the first one counts */
	if (row != NULL && is_had(row, p))
		judge_known(row, attr, p, r);
	else if (ipp_option_is_ppd(attr) && r->ppd_options < IPP_OPTIONS_MAX &&
		 ++r->ppd_options > 0)
		ippCopyAttribute(r->taken, attr, 0);
	else
		template_refuse(r, name);
}

/* --- a request --- */

static bool
is_lone_member(ipp_attribute_t *attr)
{
	const struct row *row = row_named(ippGetName(attr));

	return row != NULL && row->kind == KIND_MEMBER;
}

/* What doctophoto(8) does for each document (attest.h: attest_wishes). A plate set is one
 * for its order. */
static const char *const of_document[] = {PICTURE_CROP,	      PICTURE_LAYOUT,
					  "copies",	      "media",
					  "media-col",	      "orientation-requested",
					  IPP_OVERRIDES,      "page-ranges",
					  "print-color-mode", "print-rendering-intent",
					  "print-scaling",    "printer-resolution",
					  "x-image-position", "y-image-position"};
#define OF_DOCUMENT (sizeof(of_document) / sizeof(of_document[0]))

static bool
is_of_document(const struct printer *p, const char *name)
{
	for (size_t i = 0; i < OF_DOCUMENT && !p->plates; i++)
		if (strcmp(of_document[i], name) == 0)
			return true;
	return false;
}

void
template_judge_document(ipp_t *request, struct printer *printer,
			struct template_result *result)
{
	*result = (struct template_result){.taken = ippNew(), .unsupported = ippNew()};
	printer_lock(printer);
	for (ipp_attribute_t *a = ippFirstAttribute(request); a != NULL;
	     a = ippNextAttribute(request)) {
		const char *name = ippGetName(a);

		if (ippGetGroupTag(a) != IPP_TAG_DOCUMENT || name == NULL)
			continue;
		if (is_of_document(printer, name))
			template_judge_one(a, printer, result);
		else
			template_refuse(result, name);
	}
	printer_unlock(printer);
}

void
template_judge(ipp_t *request, struct printer *printer, struct template_result *result)
{
	*result = (struct template_result){.taken = ippNew(), .unsupported = ippNew()};
	printer_lock(printer);
	/* members by themselves last: they complete a media-col, if one came */
	for (int members = 0; members < 2; members++)
		for (ipp_attribute_t *a = ippFirstAttribute(request); a != NULL;
		     a = ippNextAttribute(request))
			if (ippGetGroupTag(a) == IPP_TAG_JOB && ippGetName(a) != NULL &&
			    is_lone_member(a) == (members == 1))
				template_judge_one(a, printer, result);
	printer_unlock(printer);
}

bool
template_is_replaced(ipp_t *taken, const char *name)
{
	if (strcmp(name, "media") == 0 || strcmp(name, "media-col") == 0)
		return ippFindAttribute(taken, "media", IPP_TAG_ZERO) != NULL ||
		       ippFindAttribute(taken, "media-col", IPP_TAG_ZERO) != NULL;
	return ippFindAttribute(taken, name, IPP_TAG_ZERO) != NULL;
}

void
template_result_clear(struct template_result *result)
{
	ippDelete(result->taken);
	ippDelete(result->unsupported);
	*result = (struct template_result){0};
}

static void
add_of_document(ipp_t *to)
{
	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      "document-creation-attributes-supported", OF_DOCUMENT, NULL,
		      of_document);
}

void
template_add_supported(ipp_t *to, const struct printer *p)
{
	ipp_attribute_t *attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					     "job-creation-attributes-supported", NULL,
					     "ipp-attribute-fidelity");
	static const char *const operation[] = {"job-name", "job-password",
						"job-password-encryption",
						"job-release-action", "job-storage"};

	for (size_t i = 0; i < sizeof(operation) / sizeof(operation[0]); i++)
		ippSetString(to, &attr, ippGetCount(attr), operation[i]);
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind != KIND_MEMBER && is_had(&rows[i], p))
			ippSetString(to, &attr, ippGetCount(attr), rows[i].name);
	if (!p->plates) {
		add_of_document(to);
		template_overrides_add_supported(to);
	}
}
