#include <math.h>
#include <string.h>

#include "lib/base/log.h"

#include "filters/photo/paint.h"
#include "filters/photo/pdf.h"
#include "filters/photo/print.h"

/* A PDF page's size as a picture's: twentieths of a point. */
#define UNITS_PER_POINT 20
#define UNITS_PER_INCH	(72.0 * UNITS_PER_POINT)
#define SHEET_NEAR	0.005 /* of a side: rounding between inches, mm and pixels */

static struct place_page
area_of(const struct page *page)
{
	return (struct place_page){.width = page->width,
				   .height = page->height,
				   .dpi_x = page->header.HWResolution[0],
				   .dpi_y = page->header.HWResolution[1],
				   .borderless = page->borderless};
}

/* The job's sheet of cells, each an area of its own, and how pictures lie in them. */
static int
lay_sheet(const struct print *p, unsigned copies, struct sheet *sheet,
	  struct place_wish *wish, struct error *err)
{
	struct place_page area = area_of(&p->page);

	*wish = p->job.wish;
	sheet_whole(sheet, &area);
	if (p->job.layout != NULL &&
	    sheet_lay(p->job.layout, &area, sheet, wish, err) != 0)
		return -1;
	sheet->copies = copies;
	return 0;
}

static int
paint(struct print *p, struct image *image, const struct place *place,
      const struct sheet *sheet, const struct colour_profile *source, struct error *err)
{
	struct colour_transform *transform;
	int result;

	if (choose_transform(&transform, &p->job, &p->page, image, source,
			     p->destination, err) != 0)
		return -1;
	log_info("%s of %u x %u pixels, orientation %u, onto %u x %u at %u x %u dpi: "
		 "%u x %u at %u, %u, in %u x %u cells",
		 image_format_name(image->format), image->width, image->height,
		 image->orientation, p->page.width, p->page.height,
		 p->page.header.HWResolution[0], p->page.header.HWResolution[1],
		 place->width, place->height, place->x, place->y, sheet->columns,
		 sheet->rows);
	result = paint_page(image, place, sheet, &p->page, transform, p->output, err);
	colour_transform_close(transform);
	return result;
}

/* --- pictures --- */

/* A raster page that is as large as the sheet was made for it, margins and all (PWG
 * 5102.4 4.3: the bitmap is the whole medium). Scaling it into the margins would
 * spoil its size: it is laid on the sheet, and cut where the printer can't reach. */
static bool
is_sheet(const struct print *p, const struct place_picture *picture,
	 enum image_format format)
{
	double width, height;

	if ((format != IMAGE_PWG && format != IMAGE_URF) || picture->ppi_x <= 0 ||
	    picture->ppi_y <= 0 || p->job.wish.scaling == PLACE_FIT ||
	    p->job.wish.scaling == PLACE_FILL || p->job.wish.crop.width > 0 ||
	    p->job.layout != NULL)
		return false;
	width = picture->width / picture->ppi_x * p->page.header.HWResolution[0];
	height = picture->height / picture->ppi_y * p->page.header.HWResolution[1];
	return fabs(width / p->page.sheet_width - 1) < SHEET_NEAR &&
	       fabs(height / p->page.sheet_height - 1) < SHEET_NEAR;
}

static void
place_sheet(struct print *p, struct place *place, const struct place_picture *picture,
	    const struct place_page *area)
{
	struct place_wish wish = {.scaling = PLACE_NONE,
				  .x = p->page.margin_left,
				  .y = p->page.margin_top,
				  .mirror = p->job.wish.mirror};

	place_picture(place, picture, area, &wish);
}

static int
print_picture(struct print *p, struct image *image, struct error *err)
{
	unsigned copies = job_next_copies(&p->job);
	struct place_picture picture = {image->width, image->height, image->orientation,
					image->ppi_x, image->ppi_y};
	struct sheet sheet;
	struct place_wish wish;
	struct place place;

	if (copies == 0) /* they came out before */
		return 0;
	if (lay_sheet(p, copies, &sheet, &wish, err) != 0)
		return -1;
	if (is_sheet(p, &picture, image->format))
		place_sheet(p, &place, &picture, &sheet.cell);
	else
		place_picture(&place, &picture, &sheet.cell, &wish);
	return paint(p, image, &place, &sheet, NULL, err);
}

/* The document has so many pictures: what comes of them is told once it is known. */
static void
tell_pages(const struct print *p, unsigned pictures)
{
	unsigned wanted = 0;

	for (unsigned i = 1; i <= pictures; i++)
		wanted += job_wants_page(&p->job, i);
	attest_pages(p->attest, wanted * p->job.sheets);
}

static int
print_pictures(struct print *p, struct error *err)
{
	struct image *image;
	unsigned number = 0;
	int more = 1;

	if (image_open(&image, &p->input, &image_limits_default, err) != 0)
		return -1;
	if (image->format == IMAGE_JPEG || image->format == IMAGE_PNG)
		tell_pages(p, 1);
	while (more > 0) {
		if (job_wants_page(&p->job, ++number) &&
		    print_picture(p, image, err) != 0)
			more = -1;
		else
			more = image_next(image, err);
	}
	image_close(image);
	if (more == 0)
		tell_pages(p, number);
	return more;
}

/* --- PDF --- */

/* Where the page would lie if it were a picture of any resolution; then that
 * resolution, at which no pixel of it needs scaling. */
static void
place_on_page(const struct pdf_size *size, const struct place_page *area,
	      const struct place_wish *wish, struct place *place, double *dpi_x,
	      double *dpi_y)
{
	struct place_picture picture = {
		.width = (uint32_t)lround(size->width * UNITS_PER_POINT),
		.height = (uint32_t)lround(size->height * UNITS_PER_POINT),
		.orientation = 1,
		.ppi_x = UNITS_PER_INCH,
		.ppi_y = UNITS_PER_INCH,
	};

	place_picture(place, &picture, area, wish);
	*dpi_x = place->scaled_width / place->from_width * UNITS_PER_INCH;
	*dpi_y = place->scaled_height / place->from_height * UNITS_PER_INCH;
	place->from_x *= *dpi_x / UNITS_PER_INCH;
	place->from_y *= *dpi_y / UNITS_PER_INCH;
}

/* Onto whole pixels of what was rendered: Ghostscript rounds a page's size as it likes,
 * by less than a pixel; that may be repeated or cut at an edge, but nothing is scaled.
 */
static void
snap(double *from, double *length, uint32_t scaled, uint32_t rendered)
{
	*length = scaled;
	if (scaled >= rendered)
		*from = 0;
	else
		*from = fmin(fmax(round(*from), 0), rendered - scaled);
}

static int
print_pdf_page(struct print *p, struct image **image, unsigned number,
	       const struct colour_profile *profile, struct error *err)
{
	unsigned copies = job_next_copies(&p->job);
	struct sheet sheet;
	struct place_wish wish;
	struct place place;
	double dpi_x, dpi_y;
	int more = 1;

	if (copies == 0)
		return 0;
	if (lay_sheet(p, copies, &sheet, &wish, err) != 0)
		return -1;
	place_on_page(pdf_size(p->pdf, number), &sheet.cell, &wish, &place, &dpi_x,
		      &dpi_y);
	if (pdf_render(p->pdf, number, dpi_x, dpi_y, err) != 0)
		return -1;
	if (*image == NULL)
		more = image_open(image, pdf_stream(p->pdf), &image_limits_default,
				  err) == 0;
	else
		more = image_next(*image, err);
	if (more <= 0)
		return more < 0 ? -1
				: error_set(err, ERROR_INPUT,
					    "page %u of the PDF can't be rendered",
					    number + 1);
	snap(&place.from_x, &place.from_width, place.scaled_width, (*image)->width);
	snap(&place.from_y, &place.from_height, place.scaled_height, (*image)->height);
	return paint(p, *image, &place, &sheet, profile, err);
}

/* Monochrome: the pages are rendered in grey, and that grey is printed. */
static struct colour_profile *
grey_instead(const struct print *p)
{
	if (p->job.monochrome && p->destination->space != COLOUR_GREY)
		return colour_profile_make(COLOUR_SRGB_GREY);
	return NULL;
}

static int
print_pdf(struct print *p, struct error *err)
{
	struct colour_profile *grey = grey_instead(p);
	struct image *image = NULL;
	int result = 0;

	tell_pages(p, pdf_pages(p->pdf));
	for (unsigned i = 0; result == 0 && i < pdf_pages(p->pdf); i++)
		if (job_wants_page(&p->job, i + 1))
			result = print_pdf_page(p, &image, i,
						grey != NULL ? grey : p->destination,
						err);
	image_close(image);
	if (result != 0) {
		pdf_explain(p->pdf, err);
	} else {
		result = pdf_finish(p->pdf, err);
		p->pdf = NULL;
	}
	colour_profile_close(grey);
	return result;
}

int
print_begin(struct print *p, struct error *err)
{
	struct colour_profile *grey;
	const char *why;
	int result;

	if (image_sniff(&p->input) != IMAGE_PDF)
		return 0;
	grey = grey_instead(p);
	result = pdf_start(&p->pdf, &p->input, grey != NULL ? grey : p->destination,
			   choose_intent(&p->job, p->destination, &why), err);
	colour_profile_close(grey);
	return result;
}

int
print_document(struct print *p, struct error *err)
{
	if (output_open(&p->output, p->attest, p->page.pwg, err) != 0)
		return -1;
	if ((p->pdf != NULL ? print_pdf : print_pictures)(p, err) != 0)
		return -1;
	if (output_pages(p->output) == 0)
		return error_set(err, ERROR_INPUT,
				 "no page of the document is in page-ranges");
	output_close(p->output);
	p->output = NULL;
	return 0;
}
