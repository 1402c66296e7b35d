/*
 * layout.h - how a customer may have a picture printed: the part of it that is wanted,
 * and the same picture several times on a sheet. Words and numbers only; filters/photo
 * lays them out, front lists and judges them.
 */
#ifndef CC_ORDER_LAYOUT_H
#define CC_ORDER_LAYOUT_H

#include <stdbool.h>

/* claimcheck-crop: left, top, width, height of the part, in these shares of the upright
 * picture's sides. */
#define LAYOUT_CROP_ONE 10000
struct layout_crop {
	int left, top, width, height;
};
/* "left,top,width,height", a part that lies in the picture and is not empty; else -1. */
int layout_crop_read(struct layout_crop *crop, const char *text);

#define LAYOUT_SIDE_MAX 8 /* cells in a row or a column */

enum layout_cuts { LAYOUT_CUT_NONE, LAYOUT_CUT_BETWEEN_COLUMNS, LAYOUT_CUT_ALL };

/* claimcheck-layout: a grid of cells, of a size, or of a share of the printable area. */
struct layout {
	const char *word;
	unsigned columns, rows;
	double width, height; /* of a cell, mm; 0: its share */
	double gap;	      /* mm, between cells */
	enum layout_cuts cuts;
	bool upright; /* heads stay up: nothing is turned to fit its cell */
};

extern const struct layout layouts[];		    /* the end has no word */
const struct layout *layout_find(const char *word); /* NULL: there is none */

#endif
