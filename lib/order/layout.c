#include <stddef.h>
#include <string.h>

#include "lib/base/text.h"

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

/* One number of a list, and the comma behind it unless it is the last. */
static int
read_share(const char **text, bool last, int *share)
{
	size_t len = strcspn(*text, ",");
	char number[8];
	int64_t value;

	if (len >= sizeof(number) || ((*text)[len] == ',') == last)
		return -1;
	memcpy(number, *text, len);
	number[len] = '\0';
	if (text_number(number, 0, LAYOUT_CROP_ONE, &value) != 0)
		return -1;
	*share = (int)value;
	*text += len + !last;
	return 0;
}

int
layout_crop_read(struct layout_crop *crop, const char *text)
{
	struct layout_crop c;

	if (read_share(&text, false, &c.left) != 0 ||
	    read_share(&text, false, &c.top) != 0 ||
	    read_share(&text, false, &c.width) != 0 ||
	    read_share(&text, true, &c.height) != 0)
		return -1;
	if (c.width < 1 || c.height < 1 || c.left + c.width > LAYOUT_CROP_ONE ||
	    c.top + c.height > LAYOUT_CROP_ONE)
		return -1;
	*crop = c;
	return 0;
}
