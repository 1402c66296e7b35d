/*
 * template_media.c - sizes are compared as sizes (hundredths of millimetres, PWG
 * 5101.1), with the tolerance that PWG 5101.1 gives to rounding between inches and
 * millimetres; names may differ for the same paper.
 */
#include <cups/cups.h>
#include <cups/pwg.h>
#include <stdlib.h>
#include <string.h>

#include "spoold/front/template_media.h"

#define TOLERANCE_HMM 50 /* hundredths of a millimetre */

static pwg_media_t *
media_of(const char *name)
{
	pwg_media_t *media = pwgMediaForPWG(name);

	if (media == NULL)
		media = pwgMediaForLegacy(name);
	if (media == NULL)
		media = pwgMediaForPPD(name);
	return media != NULL && media->width > 0 && media->length > 0 ? media : NULL;
}

static bool
is_near(int a, int b)
{
	return abs(a - b) <= TOLERANCE_HMM;
}

/* custom_min_WxL, custom_max_WxL in the list: every size between. */
static bool
is_custom(ipp_attribute_t *list, int width, int length)
{
	int min_w = 0, min_l = 0, max_w = 0, max_l = 0;

	for (int i = 0; i < ippGetCount(list); i++) {
		const char *name = ippGetString(list, i, NULL);
		pwg_media_t *media;
		if (name == NULL || strncmp(name, "custom_m", 8) != 0)
			continue;
		media = pwgMediaForPWG(name);
		if (media == NULL)
			continue;
		if (strncmp(name, "custom_min", 10) == 0) {
			min_w = media->width;
			min_l = media->length;
		} else if (strncmp(name, "custom_max", 10) == 0) {
			max_w = media->width;
			max_l = media->length;
		}
	}
	return min_w > 0 && width >= min_w && width <= max_w && length >= min_l &&
	       length <= max_l;
}

bool
template_media_name(ipp_attribute_t *attr, ipp_attribute_t *list)
{
	ipp_tag_t tag = ippGetValueTag(attr);
	const char *name;
	int width, length;
	pwg_media_t *media;

	if ((tag != IPP_TAG_KEYWORD && tag != IPP_TAG_NAME) || ippGetCount(attr) != 1)
		return false;
	name = ippGetString(attr, 0, NULL);
	media = media_of(name);
	if (media == NULL)
		return false;
	if (list == NULL || ippContainsString(list, name))
		return true;
	width = media->width;
	length = media->length;
	/* pwgMediaFor... answer from a buffer of this thread: copied before the next */
	for (int i = 0; i < ippGetCount(list); i++) {
		const char *have = ippGetString(list, i, NULL);
		if (strncmp(have, "custom_m", 8) == 0)
			continue;
		media = pwgMediaForPWG(have);
		if (media != NULL && is_near(media->width, width) &&
		    is_near(media->length, length))
			return true;
	}
	return is_custom(list, width, length);
}

void
template_take_media(ipp_t *to, ipp_attribute_t *attr)
{
	const char *name = ippGetString(attr, 0, NULL);
	pwg_media_t *media = media_of(name);

	ippAddString(to, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL,
		     media != NULL && media->pwg != NULL ? media->pwg : name);
}

static bool
int_fits(ipp_attribute_t *have, int want)
{
	if (ippGetValueTag(have) == IPP_TAG_RANGE)
		return ippContainsInteger(have, want) != 0;
	return is_near(ippGetInteger(have, 0), want);
}

static bool
is_size(ipp_t *size, ipp_attribute_t *list)
{
	ipp_attribute_t *x = ippFindAttribute(size, "x-dimension", IPP_TAG_INTEGER);
	ipp_attribute_t *y = ippFindAttribute(size, "y-dimension", IPP_TAG_INTEGER);
	int want_x, want_y;

	if (x == NULL || y == NULL)
		return false;
	want_x = ippGetInteger(x, 0);
	want_y = ippGetInteger(y, 0);
	if (want_x <= 0 || want_y <= 0)
		return false;
	if (list == NULL)
		return true;
	for (int i = 0; i < ippGetCount(list); i++) {
		ipp_t *have = ippGetCollection(list, i);
		x = ippFindAttribute(have, "x-dimension", IPP_TAG_ZERO);
		y = ippFindAttribute(have, "y-dimension", IPP_TAG_ZERO);
		if (x != NULL && y != NULL && int_fits(x, want_x) &&
		    int_fits(y, want_y))
			return true;
	}
	return false;
}

/* Member, and the printer's list of its values. */
static const struct {
	const char *member, *list;
} members[] = {
	{"media-bottom-margin", "media-bottom-margin-supported"},
	{"media-left-margin", "media-left-margin-supported"},
	{"media-right-margin", "media-right-margin-supported"},
	{"media-size", "media-size-supported"},
	{"media-source", "media-source-supported"},
	{"media-top-margin", "media-top-margin-supported"},
	{"media-type", "media-type-supported"},
};

static bool
is_member(ipp_attribute_t *member, ipp_t *printer)
{
	const char *name = ippGetName(member);
	ipp_attribute_t *list = NULL;
	ipp_tag_t tag = ippGetValueTag(member);
	size_t i = 0, count = sizeof(members) / sizeof(members[0]);

	while (i < count && strcmp(members[i].member, name) != 0)
		i++;
	if (i == count || ippGetCount(member) != 1)
		return false;
	list = ippFindAttribute(printer, members[i].list, IPP_TAG_ZERO);
	if (strcmp(name, "media-size") == 0)
		return tag == IPP_TAG_BEGIN_COLLECTION &&
		       is_size(ippGetCollection(member, 0), list);
	if (tag == IPP_TAG_INTEGER)
		return list == NULL ||
		       ippContainsInteger(list, ippGetInteger(member, 0));
	if (tag != IPP_TAG_KEYWORD && tag != IPP_TAG_NAME)
		return false;
	return list == NULL || ippContainsString(list, ippGetString(member, 0, NULL));
}

static const char *const margins[] = {"media-bottom-margin", "media-left-margin",
				      "media-right-margin", "media-top-margin"};

static bool
has_margins(ipp_t *have, ipp_t *want)
{
	for (size_t i = 0; i < sizeof(margins) / sizeof(margins[0]); i++) {
		ipp_attribute_t *w =
			ippFindAttribute(want, margins[i], IPP_TAG_INTEGER);
		ipp_attribute_t *h = ippFindAttribute(have, margins[i], IPP_TAG_ZERO);

		if (w != NULL && (h == NULL || !int_fits(h, ippGetInteger(w, 0))))
			return false;
	}
	return true;
}

static bool
names_a_margin(ipp_t *col)
{
	for (size_t i = 0; i < sizeof(margins) / sizeof(margins[0]); i++)
		if (ippFindAttribute(col, margins[i], IPP_TAG_INTEGER) != NULL)
			return true;
	return false;
}

/* Each member may be had, but not all together: paper of this size that can be printed
 * to this edge. */
static bool
is_combination(ipp_t *col, ipp_t *printer)
{
	ipp_attribute_t *size = ippFindAttribute(col, "media-size", IPP_TAG_ZERO);
	ipp_attribute_t *database =
		ippFindAttribute(printer, "media-col-database", IPP_TAG_ZERO);

	if (size == NULL || database == NULL || !names_a_margin(col))
		return true;
	for (int i = 0; i < ippGetCount(database); i++) {
		ipp_t *have = ippGetCollection(database, i);
		ipp_attribute_t *its =
			ippFindAttribute(have, "media-size", IPP_TAG_BEGIN_COLLECTION);

		if (its != NULL && is_size(ippGetCollection(size, 0), its) &&
		    has_margins(have, col))
			return true;
	}
	return false;
}

bool
template_media_col(ipp_attribute_t *attr, ipp_t *printer)
{
	ipp_t *col;

	if (ippGetValueTag(attr) != IPP_TAG_BEGIN_COLLECTION || ippGetCount(attr) != 1)
		return false;
	col = ippGetCollection(attr, 0);
	for (ipp_attribute_t *m = ippFirstAttribute(col); m != NULL;
	     m = ippNextAttribute(col))
		if (ippGetName(m) != NULL && !is_member(m, printer))
			return false;
	return is_combination(col, printer);
}

bool
template_media_member(ipp_attribute_t *attr, ipp_t *printer)
{
	return is_member(attr, printer);
}

void
template_take_member(ipp_t *to, ipp_attribute_t *member)
{
	ipp_attribute_t *attr =
		ippFindAttribute(to, "media-col", IPP_TAG_BEGIN_COLLECTION);
	ipp_t *col = attr != NULL ? ippGetCollection(attr, 0) : ippNew();

	if (ippFindAttribute(col, ippGetName(member), IPP_TAG_ZERO) == NULL)
		ippCopyAttribute(col, member, 0);
	if (attr != NULL)
		return;
	ippAddCollection(to, IPP_TAG_JOB, "media-col", col);
	ippDelete(col); /* to has it */
}
