#include <math.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"

#include "filters/photo/choose.h"
#include "filters/photo/paint.h"
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

static struct job *
document_job(struct print *p)
{
	return &p->manner[0].job;
}

static struct manner *
manner_of(struct print *p, unsigned page)
{
	return &p->manner[overrides_find(&p->overrides, page)];
}

/* The job's sheet of cells, each an area of its own, and how pictures lie in them. */
static int
lay_sheet(const struct manner *m, unsigned copies, struct sheet *sheet,
	  struct place_wish *wish, struct error *err)
{
	struct place_page area = area_of(&m->page);

	*wish = m->job.wish;
	sheet_whole(sheet, &area);
	if (m->job.layout != NULL &&
	    sheet_lay(m->job.layout, &area, sheet, wish, err) != 0)
		return -1;
	sheet->copies = copies;
	return 0;
}

static int
paint(struct print *p, const struct manner *m, struct image *image,
      const struct place *place, const struct sheet *sheet,
      const struct colour_profile *source, struct error *err)
{
	struct colour_transform *transform;
	int result;

	if (choose_transform(&transform, &m->job, &m->page, image, source,
			     m->destination, err) != 0)
		return -1;
	log_info("%s of %u x %u pixels, orientation %u, onto %u x %u at %u x %u dpi: "
		 "%u x %u at %u, %u, in %u x %u cells",
		 image_format_name(image->format), image->width, image->height,
		 image->orientation, m->page.width, m->page.height,
		 m->page.header.HWResolution[0], m->page.header.HWResolution[1],
		 place->width, place->height, place->x, place->y, sheet->columns,
		 sheet->rows);
	result = paint_page(image, place, sheet, &m->page, transform, p->output, err);
	colour_transform_close(transform);
	return result;
}

/* --- pictures --- */

/* A raster page that is as large as the sheet was made for it, margins and all (PWG
 * 5102.4 4.3: the bitmap is the whole medium). Scaling it into the margins would
 * spoil its size: it is laid on the sheet, and cut where the printer can't reach. */
static bool
is_sheet(const struct manner *m, const struct place_picture *picture,
	 enum image_format format)
{
	double width, height;

	if ((format != IMAGE_PWG && format != IMAGE_URF) || picture->ppi_x <= 0 ||
	    picture->ppi_y <= 0 || m->job.wish.scaling == PLACE_FIT ||
	    m->job.wish.scaling == PLACE_FILL || m->job.wish.crop.width > 0 ||
	    m->job.layout != NULL)
		return false;
	width = picture->width / picture->ppi_x * m->page.header.HWResolution[0];
	height = picture->height / picture->ppi_y * m->page.header.HWResolution[1];
	return fabs(width / m->page.sheet_width - 1) < SHEET_NEAR &&
	       fabs(height / m->page.sheet_height - 1) < SHEET_NEAR;
}

static void
place_sheet(const struct manner *m, struct place *place,
	    const struct place_picture *picture, const struct place_page *area)
{
	struct place_wish wish = {.scaling = PLACE_NONE,
				  .x = m->page.margin_left,
				  .y = m->page.margin_top,
				  .mirror = m->job.wish.mirror};

	place_picture(place, picture, area, &wish);
}

static int
print_picture(struct print *p, struct image *image, unsigned number, struct error *err)
{
	unsigned copies = job_next_copies(document_job(p));
	const struct manner *m = manner_of(p, number);
	struct place_picture picture = {image->width, image->height, image->orientation,
					image->ppi_x, image->ppi_y};
	struct sheet sheet;
	struct place_wish wish;
	struct place place;

	if (copies == 0) /* they came out before */
		return 0;
	if (lay_sheet(m, copies, &sheet, &wish, err) != 0)
		return -1;
	if (is_sheet(m, &picture, image->format))
		place_sheet(m, &place, &picture, &sheet.cell);
	else
		place_picture(&place, &picture, &sheet.cell, &wish);
	return paint(p, m, image, &place, &sheet, NULL, err);
}

/* The document has so many pictures: what comes of them is told once it is known. */
static void
tell_pages(struct print *p, unsigned pictures)
{
	unsigned wanted = 0;

	for (unsigned i = 1; i <= pictures; i++)
		wanted += job_wants_page(document_job(p), i);
	attest_pages(p->attest, wanted * document_job(p)->sheets);
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
		if (job_wants_page(document_job(p), ++number) &&
		    print_picture(p, image, number, err) != 0)
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

/* The next picture of the renderer's stream: the page that it was asked for. */
static int
next_rendered(struct manner *renderer, unsigned number, struct error *err)
{
	int more = renderer->image != NULL ? image_next(renderer->image, err)
		   : image_open(&renderer->image, pdf_stream(renderer->pdf),
				&image_limits_default, err) == 0
			   ? 1
			   : -1;

	if (more == 0)
		error_set(err, ERROR_INPUT, "page %u of the PDF can't be rendered",
			  number);
	return more > 0 ? 0 : -1;
}

static int
print_pdf_page(struct print *p, struct manner *m, unsigned number, struct error *err)
{
	unsigned copies = job_next_copies(document_job(p));
	struct pdf *pdf = m->renderer->pdf;
	struct image *image;
	struct sheet sheet;
	struct place_wish wish;
	struct place place;
	double dpi_x, dpi_y;

	if (copies == 0)
		return 0;
	if (lay_sheet(m, copies, &sheet, &wish, err) != 0)
		return -1;
	place_on_page(pdf_size(pdf, number - 1), &sheet.cell, &wish, &place, &dpi_x,
		      &dpi_y);
	if (pdf_render(pdf, number - 1, dpi_x, dpi_y, err) != 0 ||
	    next_rendered(m->renderer, number, err) != 0) {
		pdf_explain(pdf, err);
		return -1;
	}
	image = m->renderer->image;
	snap(&place.from_x, &place.from_width, place.scaled_width, image->width);
	snap(&place.from_y, &place.from_height, place.scaled_height, image->height);
	return paint(p, m, image, &place, &sheet, manner_rendered(m), err);
}

static int
print_pdf(struct print *p, struct error *err)
{
	const unsigned pages = pdf_pages(p->manner[0].pdf);

	tell_pages(p, pages);
	for (unsigned i = 1; i <= pages; i++)
		if (job_wants_page(document_job(p), i) &&
		    print_pdf_page(p, manner_of(p, i), i, err) != 0)
			return -1;
	for (unsigned i = 0; i <= p->overrides.count; i++)
		if (manner_finish(&p->manner[i], err) != 0)
			return -1;
	return 0;
}

static bool
is_needed(struct print *p, unsigned manner)
{
	const unsigned pages = pdf_pages(p->manner[0].pdf);

	for (unsigned i = 1; i <= pages; i++)
		if (overrides_find(&p->overrides, i) == manner)
			return true;
	return false;
}

int
print_begin(struct print *p, struct error *err)
{
	int document, result = 0;

	p->is_pdf = image_sniff(&p->input) == IMAGE_PDF;
	if (!p->is_pdf)
		return 0;
	document = pdf_gather(&p->input, err);
	if (document < 0)
		return -1;
	for (unsigned i = 0; result == 0 && i <= p->overrides.count; i++)
		if (i == 0 || is_needed(p, i))
			result = manner_render(&p->manner[i], p->manner, i, document,
					       err);
	close(document);
	return result;
}

int
print_document(struct print *p, struct error *err)
{
	if (output_open(&p->output, p->attest, p->manner[0].page.pwg, err) != 0)
		return -1;
	if ((p->is_pdf ? print_pdf : print_pictures)(p, err) != 0)
		return -1;
	if (output_pages(p->output) == 0)
		return error_set(err, ERROR_INPUT,
				 "no page of the document is in page-ranges");
	output_close(p->output);
	p->output = NULL;
	return 0;
}
