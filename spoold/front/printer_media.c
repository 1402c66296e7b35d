/*
 * printer_media.c - a name is chosen by its size: what the standard calls it, else
 * cupsd's name for it. So a size that a PPD has twice, with margins and without, is
 * one name; media-col says which is meant.
 */
#include <cups/cups.h>
#include <cups/pwg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "spoold/front/printer_media.h"

#define NAME_MAX_BYTES 256

/* Names of PWG 5101.1 that libcups' table lacks or has otherwise; hundredths of mm. */
static const struct {
	int width, length;
	const char *name;
} standard[] = {
	{10000, 15000, "om_small-photo_100x150mm"},
	{13000, 18000, "om_medium-photo_130x180mm"},
	{20000, 30000, "om_large-photo_200x300mm"},
};

/* A self-describing name has no dots before its size, and a unit behind it (PWG 5101.1
 * 5.1); cupsd's names of a PPD's own sizes have dots, or no unit. */
static void
clean(char *name, size_t size)
{
	char *dimensions = strrchr(name, '_');
	size_t len = strlen(name);

	for (char *at = name; dimensions != NULL && at < dimensions; at++)
		if (*at == '.')
			*at = '-';
	if (len > 0 && len + 2 < size && name[len - 1] >= '0' && name[len - 1] <= '9')
		memcpy(name + len, "mm", 3);
}

/* Some sizes out of cupsd are nonsense ("custom_max_15x-490.-931in"). */
static bool
has_size(const char *name)
{
	const char *dimensions = strrchr(name, '_');

	return dimensions != NULL && strchr(dimensions, 'x') != NULL &&
	       strchr(dimensions, '-') == NULL;
}

/* False if it is no size at all. */
static bool
mend(char name[NAME_MAX_BYTES])
{
	pwg_media_t *media;
	int width, length;

	clean(name, NAME_MAX_BYTES);
	media = has_size(name) ? pwgMediaForPWG(name) : NULL;
	if (media == NULL || media->width <= 0 || media->length <= 0)
		return false;
	if (strncmp(name, "custom_min_", 11) == 0 ||
	    strncmp(name, "custom_max_", 11) == 0)
		return true;
	width = media->width;
	length = media->length;
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
		if (standard[i].width == width && standard[i].length == length) {
			text_copy(name, NAME_MAX_BYTES, standard[i].name);
			return true;
		}
	media = pwgMediaForSize(width, length);
	if (media != NULL && media->pwg != NULL && media->width == width &&
	    media->length == length && strncmp(media->pwg, "custom_", 7) != 0)
		text_copy(name, NAME_MAX_BYTES, media->pwg);
	return true;
}

static void
add_name(ipp_t *to, const char *list, const char *name)
{
	ipp_attribute_t *attr = ippFindAttribute(to, list, IPP_TAG_KEYWORD);
	char mended[NAME_MAX_BYTES];

	if (name == NULL || text_copy(mended, sizeof(mended), name) != 0 ||
	    !mend(mended))
		return;
	if (attr == NULL)
		ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, list, NULL, mended);
	else if (!ippContainsString(attr, mended))
		ippSetString(to, &attr, ippGetCount(attr), mended);
}

static void
add_names(ipp_t *to, ipp_t *queue, const char *list)
{
	ipp_attribute_t *from = ippFindAttribute(queue, list, IPP_TAG_ZERO);

	for (int i = 0; i < ippGetCount(from); i++)
		add_name(to, list, ippGetString(from, i, NULL));
}

/* --- collections --- */

static bool
same_value(ipp_attribute_t *a, ipp_attribute_t *b)
{
	char one[64], other[64];

	if (ippGetValueTag(a) != ippGetValueTag(b))
		return false;
	ippAttributeString(a, one, sizeof(one));
	ippAttributeString(b, other, sizeof(other));
	return strcmp(one, other) == 0;
}

static bool
same_size(ipp_t *a, ipp_t *b)
{
	static const char *const names[] = {"x-dimension", "y-dimension"};

	for (int i = 0; i < 2; i++)
		if (!same_value(ippFindAttribute(a, names[i], IPP_TAG_ZERO),
				ippFindAttribute(b, names[i], IPP_TAG_ZERO)))
			return false;
	return true;
}

/* media-size-supported, each size once. */
static void
add_sizes(ipp_t *to, ipp_t *queue)
{
	static const char name[] = "media-size-supported";
	ipp_attribute_t *from = ippFindAttribute(queue, name, IPP_TAG_BEGIN_COLLECTION);
	ipp_attribute_t *attr = NULL;

	for (int i = 0; i < ippGetCount(from); i++) {
		ipp_t *size = ippGetCollection(from, i);
		int have = attr == NULL ? 0 : ippGetCount(attr), k = 0;

		while (k < have && !same_size(ippGetCollection(attr, k), size))
			k++;
		if (k < have)
			continue;
		if (attr == NULL)
			attr = ippAddCollection(to, IPP_TAG_PRINTER, name, size);
		else
			ippSetCollection(to, &attr, have, size);
	}
}

static bool
same_medium(ipp_t *a, ipp_t *b)
{
	static const char *const margins[] = {"media-bottom-margin",
					      "media-left-margin", "media-right-margin",
					      "media-top-margin"};
	ipp_attribute_t *one = ippFindAttribute(a, "media-size", IPP_TAG_ZERO);
	ipp_attribute_t *other = ippFindAttribute(b, "media-size", IPP_TAG_ZERO);

	if (one == NULL || other == NULL ||
	    !same_size(ippGetCollection(one, 0), ippGetCollection(other, 0)))
		return false;
	for (int i = 0; i < 4; i++)
		if (!same_value(ippFindAttribute(a, margins[i], IPP_TAG_ZERO),
				ippFindAttribute(b, margins[i], IPP_TAG_ZERO)))
			return false;
	return true;
}

static void
add_ready(ipp_t *to, ipp_t *queue)
{
	static const char name[] = "media-col-ready";
	ipp_attribute_t *usual =
		ippFindAttribute(queue, "media-col-default", IPP_TAG_BEGIN_COLLECTION);
	ipp_attribute_t *from = ippFindAttribute(queue, name, IPP_TAG_BEGIN_COLLECTION);
	ipp_attribute_t *first = ippFindAttribute(queue, "media-default", IPP_TAG_ZERO);
	ipp_attribute_t *attr = NULL;

	if (first != NULL)
		add_name(to, "media-ready", ippGetString(first, 0, NULL));
	add_names(to, queue, "media-ready");
	if (usual != NULL)
		attr = ippAddCollection(to, IPP_TAG_PRINTER, name,
					ippGetCollection(usual, 0));
	for (int i = 0; i < ippGetCount(from); i++) {
		ipp_t *medium = ippGetCollection(from, i);

		if (attr == NULL)
			attr = ippAddCollection(to, IPP_TAG_PRINTER, name, medium);
		else if (usual == NULL ||
			 !same_medium(medium, ippGetCollection(usual, 0)))
			ippSetCollection(to, &attr, ippGetCount(attr), medium);
	}
}

/* cupsd lists members of which it then knows no values. */
static void
add_members(ipp_t *to)
{
	static const char *const members[] = {
		"media-bottom-margin", "media-left-margin", "media-right-margin",
		"media-size",	       "media-source",	    "media-top-margin",
		"media-type"};
	ipp_attribute_t *attr = NULL;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char list[64];

		snprintf(list, sizeof(list), "%s-supported", members[i]);
		if (ippFindAttribute(to, list, IPP_TAG_ZERO) == NULL)
			continue;
		if (attr == NULL)
			attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					    "media-col-supported", NULL, members[i]);
		else
			ippSetString(to, &attr, ippGetCount(attr), members[i]);
	}
}

void
printer_media(ipp_t *to, ipp_t *queue)
{
	add_names(to, queue, "media-default");
	add_names(to, queue, "media-supported");
	add_sizes(to, queue);
	add_ready(to, queue);
}

/* --- one source, one type --- */

static void
add_auto(ipp_t *to, const char *list, const char *member)
{
	ipp_attribute_t *attr = ippFindAttribute(to, list, IPP_TAG_BEGIN_COLLECTION);

	for (int i = 0; i < ippGetCount(attr); i++) {
		ipp_t *medium = ippGetCollection(attr, i);

		if (ippFindAttribute(medium, member, IPP_TAG_ZERO) == NULL)
			ippAddString(medium, IPP_TAG_ZERO, IPP_TAG_KEYWORD, member,
				     NULL, "auto");
	}
}

void
printer_media_one(ipp_t *to)
{
	static const char *const members[] = {"media-source", "media-type"};
	static const char *const lists[] = {"media-col-database", "media-col-default",
					    "media-col-ready"};

	for (size_t m = 0; m < 2; m++) {
		char name[32];

		snprintf(name, sizeof(name), "%s-supported", members[m]);
		if (ippFindAttribute(to, name, IPP_TAG_ZERO) != NULL)
			continue;
		ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, name, NULL, "auto");
		for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
			add_auto(to, lists[i], members[m]);
	}
	add_members(to);
}
