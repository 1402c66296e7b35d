#include <string.h>

#include "lib/image/exif.h"

#define ENTRIES_MAX 512 /* tags of one directory; Exif's largest has about 80 */

enum {
	TAG_INTEROP_INDEX = 0x0001,
	TAG_ORIENTATION = 0x0112,
	TAG_X_RESOLUTION = 0x011a,
	TAG_Y_RESOLUTION = 0x011b,
	TAG_RESOLUTION_UNIT = 0x0128,
	TAG_EXIF_IFD = 0x8769,
	TAG_COLOR_SPACE = 0xa001,
	TAG_INTEROP_IFD = 0xa005,
};
enum { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };

struct reader {
	const uint8_t *data;
	size_t len;
	int big; /* "MM" */
	/* what was found on the way */
	uint32_t exif_ifd, interop_ifd;
	unsigned color_space, unit;
	char interop[3];
};

static uint32_t
get16(const struct reader *r, size_t at)
{
	const uint8_t *p = r->data + at;

	if (at > r->len || r->len - at < 2)
		return 0;
	return r->big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

static uint32_t
get32(const struct reader *r, size_t at)
{
	return r->big ? get16(r, at) << 16 | get16(r, at + 2)
		      : get16(r, at + 2) << 16 | get16(r, at);
}

static uint32_t
get_number(const struct reader *r, unsigned type, size_t at)
{
	if (type == TYPE_SHORT)
		return get16(r, at);
	return type == TYPE_LONG ? get32(r, at) : 0;
}

static double
get_rational(const struct reader *r, unsigned type, size_t at)
{
	size_t where = get32(r, at);
	uint32_t below = get32(r, where + 4);

	return type == TYPE_RATIONAL && below != 0 ? get32(r, where) / (double)below
						   : 0;
}

static void
read_entry(struct reader *r, struct exif *exif, size_t at)
{
	unsigned tag = get16(r, at), type = get16(r, at + 2);

	switch (tag) {
	case TAG_ORIENTATION:
		exif->orientation = get_number(r, type, at + 8);
		break;
	case TAG_X_RESOLUTION:
		exif->ppi_x = get_rational(r, type, at + 8);
		break;
	case TAG_Y_RESOLUTION:
		exif->ppi_y = get_rational(r, type, at + 8);
		break;
	case TAG_RESOLUTION_UNIT:
		r->unit = get_number(r, type, at + 8);
		break;
	case TAG_EXIF_IFD:
		r->exif_ifd = get_number(r, type, at + 8);
		break;
	case TAG_INTEROP_IFD:
		r->interop_ifd = get_number(r, type, at + 8);
		break;
	case TAG_COLOR_SPACE:
		r->color_space = get_number(r, type, at + 8);
		break;
	case TAG_INTEROP_INDEX: /* "R03\0" lies in the entry itself */
		if (type == TYPE_ASCII && r->len - at >= 11)
			memcpy(r->interop, r->data + at + 8, 3);
		break;
	default:
		break;
	}
}

static void
read_directory(struct reader *r, struct exif *exif, uint32_t at)
{
	uint32_t entries = get16(r, at);

	if (at < 8 || entries > ENTRIES_MAX)
		return;
	for (uint32_t i = 0; i < entries; i++) {
		size_t entry = (size_t)at + 2 + 12 * (size_t)i;

		if (entry + 12 > r->len)
			return;
		read_entry(r, exif, entry);
	}
}

static void
settle(struct exif *exif, const struct reader *r)
{
	if (exif->orientation > 8)
		exif->orientation = 0;
	if (r->unit == 3) { /* pixels per centimetre; 2 (and the default) is inch */
		exif->ppi_x *= 2.54;
		exif->ppi_y *= 2.54;
	}
	if (r->color_space == 1)
		exif->hint = IMAGE_HINT_SRGB;
	else if (memcmp(r->interop, "R03", 3) == 0)
		exif->hint = IMAGE_HINT_ADOBE_RGB; /* DCF 2.0 option file */
}

void
exif_read(struct exif *exif, const void *data, size_t len)
{
	struct reader r = {.data = data, .len = len, .unit = 2};

	memset(exif, 0, sizeof(*exif));
	if (len < 8)
		return;
	r.big = r.data[0] == 'M';
	if (get16(&r, 2) != 42)
		return;
	read_directory(&r, exif, get32(&r, 4));
	read_directory(&r, exif, r.exif_ifd);
	read_directory(&r, exif, r.interop_ifd);
	settle(exif, &r);
}

void
exif_apply(const struct exif *exif, struct image *image)
{
	if (exif->orientation != 0)
		image->orientation = exif->orientation;
	if (exif->hint != IMAGE_HINT_NONE && image->hint == IMAGE_HINT_NONE)
		image->hint = exif->hint;
	if (image->ppi_x == 0 && exif->ppi_x > 0 && exif->ppi_y > 0) {
		image->ppi_x = exif->ppi_x;
		image->ppi_y = exif->ppi_y;
	}
}
