/*
 * sheet.h - where the cells of a layout, and the lines to cut along, lie on a page: pure
 * arithmetic, no pixels.
 *
 * The grid is centred, and turned by a quarter where it does not fit otherwise. Lines to
 * cut along go through the middle of the gaps, and around the whole.
 */
#ifndef CC_PHOTO_SHEET_H
#define CC_PHOTO_SHEET_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/order/layout.h"

#include "filters/photo/place.h"

/* Where the pictures and the lines go; device pixels from the printable area's corner. */
struct sheet {
	struct place_page cell; /* each, as a page of its own */
	unsigned copies;	/* of the sheet: 1 unless the caller says else */
	unsigned columns, rows;
	uint32_t column_at[LAYOUT_SIDE_MAX], row_at[LAYOUT_SIDE_MAX];
	unsigned cuts_x, cuts_y;
	uint32_t cut_x[LAYOUT_SIDE_MAX + 1], cut_y[LAYOUT_SIDE_MAX + 1];
	uint32_t cut_width, cut_height; /* of a line down, of a line across */
};

/* One cell, which is the page; once. */
void sheet_whole(struct sheet *sheet, const struct place_page *page);

/* wish: what the job asks for; turned with the sheet, and never by itself where the
 * layout is for people's faces. ERROR_INPUT where the page is too small. */
int sheet_lay(const struct layout *layout, const struct place_page *page,
	      struct sheet *sheet, struct place_wish *wish, struct error *err);

#endif
