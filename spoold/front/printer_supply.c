/*
 * printer_supply.c - marker-names, -types, -levels and -colors, one value a supply each, as
 * cupsd has them from backends and filters (ATTR: lines), become rows of a table.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "spoold/front/printer_status.h"

#define WORD_MAX   40
#define SUPPLY_MAX 256 /* bytes of one printer-supply */

/* marker-levels: 0 to 100 percent, or: none, not known, some is left. The MIB has numbers
 * below zero for the like (RFC 3805, prtMarkerSuppliesLevel). */
#define LEVEL_FULL    100
#define LEVEL_UNKNOWN (-2)
#define LEVEL_SOME    (-3)

/* prtMarkerSuppliesTypeTC; cupsd's words are the same with hyphens. */
static const char *const types[] = {"toner",
				    "wasteToner",
				    "ink",
				    "inkCartridge",
				    "inkRibbon",
				    "wasteInk",
				    "opc",
				    "developer",
				    "fuserOil",
				    "solidWax",
				    "ribbonWax",
				    "wasteWax",
				    "fuser",
				    "coronaWire",
				    "fuserOilWick",
				    "cleanerUnit",
				    "fuserCleaningPad",
				    "transferUnit",
				    "tonerCartridge",
				    "fuserOiler",
				    "water",
				    "wasteWater",
				    "glueWaterAdditive",
				    "wastePaper",
				    "bindingSupply",
				    "bandingSupply",
				    "stitchingWire",
				    "shrinkWrap",
				    "paperWrap",
				    "staples",
				    "inserts",
				    "covers"};

/* prtMarkerColorantValue */
static const struct {
	const char *rgb, *name;
} colorants[] = {
	{"#000000", "black"},  {"#00ffff", "cyan"},  {"#ff00ff", "magenta"},
	{"#ffff00", "yellow"}, {"#ff0000", "red"},   {"#00ff00", "green"},
	{"#0000ff", "blue"},   {"#ffffff", "white"},
};

/* "ink-cartridge" is inkCartridge. */
static void
camel(char to[WORD_MAX], const char *keyword)
{
	size_t used = 0;
	bool upper = false;

	for (; *keyword != '\0' && used + 1 < WORD_MAX; keyword++) {
		char c = *keyword;

		if (c == '-') {
			upper = true;
			continue;
		}
		to[used++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		upper = false;
	}
	to[used] = '\0';
}

static const char *
type_of(const char *keyword)
{
	char word[WORD_MAX];

	if (keyword == NULL)
		return "unknown";
	camel(word, keyword);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i], word) == 0)
			return types[i];
	return "other";
}

static const char *
colorant_of(const char *rgb)
{
	if (rgb == NULL || strcmp(rgb, "none") == 0)
		return "unknown";
	for (size_t i = 0; i < sizeof(colorants) / sizeof(colorants[0]); i++)
		if (strcasecmp(colorants[i].rgb, rgb) == 0)
			return colorants[i].name;
	return "other"; /* a shade, or several in one cartridge */
}

static int
level_of(ipp_attribute_t *levels, int i)
{
	int level = i < ippGetCount(levels) ? ippGetInteger(levels, i) : LEVEL_UNKNOWN;

	if (level >= 0)
		return level > LEVEL_FULL ? LEVEL_FULL : level;
	return level == LEVEL_SOME ? LEVEL_SOME : LEVEL_UNKNOWN;
}

static const char *
string_of(ipp_attribute_t *attr, int i)
{
	return i < ippGetCount(attr) ? ippGetString(attr, i, NULL) : NULL;
}

struct table {
	ipp_t *to;
	ipp_attribute_t *supplies, *descriptions;
};

static void
add_row(struct table *t, const char *row, const char *description)
{
	int len = (int)strlen(row);

	if (t->supplies == NULL) {
		t->supplies = ippAddOctetString(t->to, IPP_TAG_PRINTER,
						"printer-supply", row, len);
		t->descriptions =
			ippAddString(t->to, IPP_TAG_PRINTER, IPP_TAG_TEXT,
				     "printer-supply-description", NULL, description);
		return;
	}
	ippSetOctetString(t->to, &t->supplies, ippGetCount(t->supplies), row, len);
	ippSetString(t->to, &t->descriptions, ippGetCount(t->descriptions),
		     description);
}

static void
add_supply(struct table *t, ipp_t *queue, int i, const char *name)
{
	const char *type = type_of(
		string_of(ippFindAttribute(queue, "marker-types", IPP_TAG_KEYWORD), i));
	bool is_waste = strncmp(type, "waste", 5) == 0;
	char row[SUPPLY_MAX];

	snprintf(row, sizeof(row),
		 "type=%s;maxcapacity=%d;level=%d;index=%d;class=%s;unit=percent;"
		 "colorantname=%s;",
		 type, LEVEL_FULL,
		 level_of(ippFindAttribute(queue, "marker-levels", IPP_TAG_INTEGER), i),
		 i + 1, is_waste ? "receptacleThatIsFilled" : "supplyThatIsConsumed",
		 colorant_of(string_of(
			 ippFindAttribute(queue, "marker-colors", IPP_TAG_NAME), i)));
	add_row(t, row, name);
}

static void
copy_markers(ipp_t *to, ipp_t *queue)
{
	static const char *const markers[] = {"marker-colors",	"marker-high-levels",
					      "marker-levels",	"marker-low-levels",
					      "marker-message", "marker-names",
					      "marker-types"};

	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		ipp_attribute_t *attr =
			ippFindAttribute(queue, markers[i], IPP_TAG_ZERO);
		if (attr != NULL && ippGetGroupTag(attr) == IPP_TAG_PRINTER)
			ippCopyAttribute(to, attr, 0);
	}
}

void
printer_supplies(ipp_t *to, ipp_t *queue)
{
	struct table table = {.to = to};
	ipp_attribute_t *names =
		queue != NULL ? ippFindAttribute(queue, "marker-names", IPP_TAG_NAME)
			      : NULL;

	for (int i = 0; i < ippGetCount(names) && i < PRINTER_SUPPLIES_MAX; i++)
		add_supply(&table, queue, i, ippGetString(names, i, NULL));
	if (table.supplies == NULL)
		add_row(&table,
			"type=unknown;maxcapacity=-2;level=-2;index=1;"
			"class=supplyThatIsConsumed;unit=unknown;colorantname=unknown;",
			"unknown");
	else
		copy_markers(to, queue);
}
