/*
 * paper.c - media and scaling from attributes; a picture is turned as it fits best.
 */
#include <cups/cups.h>
#include <cups/pwg.h>
#include <stdlib.h>
#include <string.h>

#include "spoold/front/paper.h"
#include "spoold/front/picture.h"

#define HMM_PER_INCH  2540.0 /* hundredths of a millimetre */
#define TOLERANCE_HMM 50
#define MM_PER_INCH   25.4
#define PPI_MOST      100000

/* --- the sheet --- */

static int
member(ipp_t *col, const char *name)
{
	ipp_attribute_t *attr = ippFindAttribute(col, name, IPP_TAG_INTEGER);

	return attr != NULL ? ippGetInteger(attr, 0) : -1;
}

static bool
has_no_margins(ipp_t *col)
{
	return member(col, "media-top-margin") == 0 &&
	       member(col, "media-bottom-margin") == 0 &&
	       member(col, "media-left-margin") == 0 &&
	       member(col, "media-right-margin") == 0;
}

static bool
size_of(ipp_t *col, int *width, int *length)
{
	ipp_attribute_t *size =
		ippFindAttribute(col, "media-size", IPP_TAG_BEGIN_COLLECTION);

	if (size == NULL)
		return false;
	*width = member(ippGetCollection(size, 0), "x-dimension");
	*length = member(ippGetCollection(size, 0), "y-dimension");
	return *width > 0 && *length > 0;
}

static void
take_size(struct paper *paper, int width, int length)
{
	paper->width_in = width / HMM_PER_INCH;
	paper->height_in = length / HMM_PER_INCH;
}

static bool
take_col(struct paper *paper, ipp_t *from, const char *name)
{
	ipp_attribute_t *attr = ippFindAttribute(from, name, IPP_TAG_BEGIN_COLLECTION);
	int width, length;

	if (attr == NULL || !size_of(ippGetCollection(attr, 0), &width, &length))
		return false;
	take_size(paper, width, length);
	paper->borderless = has_no_margins(ippGetCollection(attr, 0));
	return true;
}

/* A sheet of that size has no margins, as far as the printer's list tells. */
static bool
is_borderless(ipp_t *printer, int width, int length)
{
	ipp_attribute_t *list = ippFindAttribute(printer, "media-col-database",
						 IPP_TAG_BEGIN_COLLECTION);
	int w, l;

	for (int i = 0; list != NULL && i < ippGetCount(list); i++) {
		ipp_t *col = ippGetCollection(list, i);
		if (size_of(col, &w, &l) && abs(w - width) <= TOLERANCE_HMM &&
		    abs(l - length) <= TOLERANCE_HMM)
			return has_no_margins(col);
	}
	return false;
}

static bool
take_name(struct paper *paper, ipp_t *from, const char *name, ipp_t *printer)
{
	ipp_attribute_t *attr = ippFindAttribute(from, name, IPP_TAG_ZERO);
	const char *text = attr != NULL ? ippGetString(attr, 0, NULL) : NULL;
	pwg_media_t *media = text != NULL ? pwgMediaForPWG(text) : NULL;

	if (media == NULL || media->width <= 0 || media->length <= 0)
		return false;
	take_size(paper, media->width, media->length);
	paper->borderless = is_borderless(printer, media->width, media->length);
	return true;
}

/* --- the scaling --- */

static bool
take_scaling(struct paper *paper, ipp_t *from, const char *name)
{
	static const struct {
		const char *word;
		enum paper_scaling scaling;
	} words[] = {{"auto", PAPER_AUTO},
		     {"auto-fit", PAPER_AUTO_FIT},
		     {"fill", PAPER_FILL},
		     {"fit", PAPER_FIT},
		     {"none", PAPER_NONE}};
	ipp_attribute_t *attr = ippFindAttribute(from, name, IPP_TAG_KEYWORD);
	const char *text = attr != NULL ? ippGetString(attr, 0, NULL) : NULL;

	for (size_t i = 0; text != NULL && i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, text) != 0)
			continue;
		paper->scaling = words[i].scaling;
		return true;
	}
	return false;
}

static void
take_picture(struct paper *paper, ipp_t *taken)
{
	ipp_attribute_t *crop = ippFindAttribute(taken, PICTURE_CROP, IPP_TAG_ZERO);
	ipp_attribute_t *layout = ippFindAttribute(taken, PICTURE_LAYOUT, IPP_TAG_ZERO);

	if (crop != NULL && !picture_crop_read(&paper->crop, crop))
		paper->crop.width = 0;
	if (layout != NULL)
		paper->layout = layout_find(ippGetString(layout, 0, NULL));
	if (ippFindAttribute(taken, "page-ranges", IPP_TAG_ZERO) != NULL)
		paper->some_pages = true;
}

void
paper_find(struct paper *paper, ipp_t *taken, struct printer *printer)
{
	ipp_t *has = printer->attributes;

	*paper = (struct paper){.scaling = PAPER_DEFAULT};
	printer_lock(printer);
	if (!take_col(paper, taken, "media-col") &&
	    !take_name(paper, taken, "media", has) &&
	    !take_col(paper, has, "media-col-default"))
		take_name(paper, has, "media-default", has);
	printer_unlock(printer);
	/* where nothing is asked, the filter does not go by print-scaling-default */
	take_scaling(paper, taken, "print-scaling");
	take_picture(paper, taken);
}

void
paper_amend(struct paper *paper, ipp_t *own, struct printer *printer)
{
	printer_lock(printer);
	if (!take_col(paper, own, "media-col"))
		take_name(paper, own, "media", printer->attributes);
	printer_unlock(printer);
	take_scaling(paper, own, "print-scaling");
	take_picture(paper, own);
}

/* --- pixels an inch --- */

static double
lesser(double a, double b)
{
	return a < b ? a : b;
}

/* What is shown of it, where, as if that were the picture and its sheet. */
static void
take_part(const struct paper *whole, const struct paper_picture *picture,
	  struct paper *cell, struct paper_picture *part)
{
	const struct layout *l = whole->layout;

	*cell = *whole;
	*part = *picture;
	if (whole->crop.width > 0) {
		part->width = (uint32_t)((uint64_t)picture->width *
					 (unsigned)whole->crop.width / LAYOUT_CROP_ONE);
		part->height =
			(uint32_t)((uint64_t)picture->height *
				   (unsigned)whole->crop.height / LAYOUT_CROP_ONE);
	}
	if (l == NULL)
		return;
	cell->width_in =
		l->width > 0 ? l->width / MM_PER_INCH : whole->width_in / l->columns;
	cell->height_in =
		l->height > 0 ? l->height / MM_PER_INCH : whole->height_in / l->rows;
	cell->borderless = true;
}

static uint32_t
ppi_on(const struct paper *paper, const struct paper_picture *picture)
{
	bool sized = picture->ppi_x > 0 && picture->ppi_y > 0;
	bool turned = (picture->width > picture->height) !=
		      (paper->width_in > paper->height_in);
	double w = turned ? paper->height_in : paper->width_in;
	double h = turned ? paper->width_in : paper->height_in;
	double x, y, own, ppi;
	enum paper_scaling scaling = paper->scaling;

	if (!(w > 0) || !(h > 0) || picture->width == 0 || picture->height == 0)
		return 0;
	x = picture->width / w;
	y = picture->height / h;
	own = lesser(picture->ppi_x, picture->ppi_y);
	/* it is no larger than the sheet: it needs no scaling */
	if ((scaling == PAPER_AUTO || scaling == PAPER_AUTO_FIT) && sized &&
	    x <= picture->ppi_x && y <= picture->ppi_y)
		scaling = PAPER_NONE;
	if (scaling == PAPER_NONE)
		ppi = own;
	else if (scaling == PAPER_FILL ||
		 (paper->borderless &&
		  (scaling == PAPER_DEFAULT || scaling == PAPER_AUTO)))
		ppi = lesser(x, y);
	else
		ppi = x > y ? x : y;
	return ppi < PPI_MOST ? (uint32_t)ppi : PPI_MOST;
}

uint32_t
paper_ppi(const struct paper *paper, const struct paper_picture *picture)
{
	struct paper cell;
	struct paper_picture part;

	take_part(paper, picture, &cell, &part);
	return ppi_on(&cell, &part);
}
