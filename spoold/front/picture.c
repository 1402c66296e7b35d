#include <stdio.h>

#include "spoold/front/picture.h"

#define CROP_VALUES   4
#define CROP_TEXT_MAX 64

bool
picture_crop_read(struct layout_crop *crop, ipp_attribute_t *attr)
{
	char text[CROP_TEXT_MAX];
	const char *word = ippGetString(attr, 0, NULL);

	if (ippGetValueTag(attr) == IPP_TAG_INTEGER && ippGetCount(attr) == CROP_VALUES)
		snprintf(text, sizeof(text), "%d,%d,%d,%d", ippGetInteger(attr, 0),
			 ippGetInteger(attr, 1), ippGetInteger(attr, 2),
			 ippGetInteger(attr, 3));
	else if (word != NULL && ippGetCount(attr) == 1)
		snprintf(text, sizeof(text), "%s", word);
	else
		return false;
	return layout_crop_read(crop, text) == 0;
}

void
picture_crop_take(ipp_t *to, ipp_attribute_t *attr)
{
	struct layout_crop c;

	if (!picture_crop_read(&c, attr))
		return;
	ippAddIntegers(to, IPP_TAG_JOB, IPP_TAG_INTEGER, PICTURE_CROP, CROP_VALUES,
		       (int[CROP_VALUES]){c.left, c.top, c.width, c.height});
}

static void
add_layouts(ipp_t *to)
{
	ipp_attribute_t *attr = ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
					     PICTURE_LAYOUT "-supported", NULL, "none");

	for (const struct layout *l = layouts; l->word != NULL; l++)
		ippSetString(to, &attr, ippGetCount(attr), l->word);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, PICTURE_LAYOUT "-default",
		     NULL, "none");
}

static void
add_position(ipp_t *to, const char *supported, const char *preset, const char *least,
	     const char *most)
{
	const char *const words[] = {"none", least, "center", most};

	ippAddStrings(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, supported,
		      sizeof(words) / sizeof(words[0]), NULL, words);
	ippAddString(to, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, preset, NULL, "none");
}

/* x- and y-image-position: PWG 5100.3 3.20. */
void
picture_add_supported(ipp_t *to)
{
	ippAddBoolean(to, IPP_TAG_PRINTER, PICTURE_CROP "-supported", 1);
	add_layouts(to);
	add_position(to, "x-image-position-supported", "x-image-position-default",
		     "left", "right");
	add_position(to, "y-image-position-supported", "y-image-position-default",
		     "top", "bottom");
}
