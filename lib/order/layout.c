#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/order/layout.h"

/* 35 x 45 mm is what ICAO 9303 shows and most passports want; 2.5 x 3.5 in is a wallet's. */
const struct layout layouts[] = {
	{"passport-2x2", 2, 2, 35, 45, 4, LAYOUT_CUT_ALL, true},
	{"passport-4x2", 4, 2, 35, 45, 2, LAYOUT_CUT_ALL, true},
	{"wallet-2x2", 2, 2, 63.5, 88.9, 0, LAYOUT_CUT_NONE, false},
	{"strip-2x4", 2, 4, 0, 0, 4, LAYOUT_CUT_BETWEEN_COLUMNS, true},
	{"repeat-1x2", 1, 2, 0, 0, 2, LAYOUT_CUT_ALL, false},
	{"repeat-2x2", 2, 2, 0, 0, 2, LAYOUT_CUT_ALL, false},
	{"repeat-3x3", 3, 3, 0, 0, 2, LAYOUT_CUT_ALL, false},
	{.word = NULL},
};

const struct layout *
layout_find(const char *word)
{
	for (const struct layout *l = layouts; l->word != NULL; l++)
		if (strcmp(l->word, word) == 0)
			return l;
	return NULL;
}

int
layout_crop_read(struct layout_crop *crop, const char *text)
{
	struct layout_crop c;
	int end = 0;

	if (sscanf(text, "%6d,%6d,%6d,%6d%n", &c.left, &c.top, &c.width, &c.height,
		   &end) != 4 ||
	    text[end] != '\0')
		return -1;
	if (c.left < 0 || c.top < 0 || c.width < 1 || c.height < 1 ||
	    c.left + c.width > LAYOUT_CROP_ONE || c.top + c.height > LAYOUT_CROP_ONE)
		return -1;
	*crop = c;
	return 0;
}
