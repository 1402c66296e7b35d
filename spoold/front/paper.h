/*
 * paper.h - the sheet that an order names, and how many pixels an inch a picture has on
 * it. The same arithmetic as the filter that will place it (filters/photo/place.h), with
 * the whole sheet for the printable area.
 */
#ifndef CC_FRONT_PAPER_H
#define CC_FRONT_PAPER_H

#include "lib/order/layout.h"
#include "spoold/front/printers.h"

enum paper_scaling {
	PAPER_DEFAULT = 0, /* fill a borderless sheet, fit into any other */
	PAPER_AUTO,	   /* too large: as by default; else its own size */
	PAPER_AUTO_FIT,	   /* too large: fit; else its own size */
	PAPER_FILL,
	PAPER_FIT,
	PAPER_NONE /* its own size */
};

struct paper {
	double width_in, height_in; /* inches; 0: not known */
	bool borderless;
	enum paper_scaling scaling;
	struct layout_crop crop;     /* width 0: all of the picture */
	const struct layout *layout; /* NULL: the sheet is one cell */
	bool some_pages;	     /* of each document: page-ranges */
};

struct paper_picture {
	uint32_t width, height; /* pixels, upright */
	uint32_t ppi_x, ppi_y;	/* that it claims; 0: it does not */
};

/* taken: the order's job attributes; what they do not say is the printer's default. */
void paper_find(struct paper *paper, ipp_t *taken, struct printer *printer);
/* own: a document's own attributes; what they do not say stays its order's. */
void paper_amend(struct paper *paper, ipp_t *own, struct printer *printer);
/* Pixels an inch on the sheet, the lesser of both directions; 0: it can't be told. */
uint32_t paper_ppi(const struct paper *paper, const struct paper_picture *picture);

#endif
