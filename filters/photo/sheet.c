#include <math.h>
#include <string.h>

#include "filters/photo/sheet.h"

#define MM_PER_INCH 25.4
#define CUT_MM	    0.1
/* Of paper that is named in inches and cells that are named in millimetres. */
#define FIT_MM 0.5

void
sheet_whole(struct sheet *sheet, const struct place_page *page)
{
	*sheet = (struct sheet){.cell = *page, .copies = 1, .columns = 1, .rows = 1};
}

/* One direction of the sheet: device pixels. */
struct row_of_cells {
	unsigned count;
	uint32_t page;
	double dpi, cell_mm, gap_mm;
};

static double
pixels(double mm, double dpi)
{
	return mm / MM_PER_INCH * dpi;
}

static bool
fits(const struct row_of_cells *r)
{
	double mm = r->count * r->cell_mm + (r->count - 1) * r->gap_mm;

	return pixels(mm - FIT_MM, r->dpi) <= r->page;
}

static uint32_t
cell_size(const struct row_of_cells *r)
{
	double gaps = (r->count - 1) * pixels(r->gap_mm, r->dpi);
	double share = floor((r->page - gaps) / r->count);
	double size = r->cell_mm > 0 ? round(pixels(r->cell_mm, r->dpi)) : share;

	return (uint32_t)fmax(fmin(size, share), 1);
}

/* Where each cell begins, and the lines before, between and behind them that lie on
 * the page. Returns how many lines. */
static unsigned
lay_row(const struct row_of_cells *r, uint32_t cell, uint32_t at[LAYOUT_SIDE_MAX],
	uint32_t cut[LAYOUT_SIDE_MAX + 1])
{
	double gap = pixels(r->gap_mm, r->dpi), step = cell + gap;
	double first = fmax((r->page - (r->count * step - gap)) / 2, 0);
	unsigned cuts = 0;

	for (unsigned i = 0; i < r->count; i++)
		at[i] = (uint32_t)floor(first + i * step);
	for (unsigned i = 0; i <= r->count; i++) {
		/* the middle of the sheet is not to be missed by a rounding error */
		double middle = floor(first + i * step - gap / 2 + 1e-6);

		if (middle >= 0 && middle < r->page)
			cut[cuts++] = (uint32_t)middle;
	}
	return cuts;
}

static int
too_small(const struct layout *l, const struct place_page *page, struct error *err)
{
	return error_set(
		err, ERROR_INPUT,
		"the layout %s needs %.0f x %.0f mm; on this paper %.0f x %.0f "
		"mm can be printed: order a larger paper",
		l->word, l->columns * l->width + (l->columns - 1) * l->gap,
		l->rows * l->height + (l->rows - 1) * l->gap,
		page->width / page->dpi_x * MM_PER_INCH,
		page->height / page->dpi_y * MM_PER_INCH);
}

static void
turn(struct row_of_cells *x, struct row_of_cells *y)
{
	unsigned count = x->count;
	double cell = x->cell_mm;

	x->count = y->count;
	x->cell_mm = y->cell_mm;
	y->count = count;
	y->cell_mm = cell;
}

static void
turn_wish(const struct layout *l, bool turned, struct place_wish *wish)
{
	if (!l->upright && wish->quarters == PLACE_TURN_AUTO)
		return;
	if (wish->quarters == PLACE_TURN_AUTO)
		wish->quarters = 0;
	wish->quarters = (wish->quarters + (turned ? 3 : 0)) % 4;
}

int
sheet_lay(const struct layout *l, const struct place_page *page, struct sheet *sheet,
	  struct place_wish *wish, struct error *err)
{
	struct row_of_cells x = {l->columns, page->width, page->dpi_x, l->width,
				 l->gap};
	struct row_of_cells y = {l->rows, page->height, page->dpi_y, l->height, l->gap};
	bool turned = !fits(&x) || !fits(&y);

	if (turned)
		turn(&x, &y);
	if (!fits(&x) || !fits(&y))
		return too_small(l, page, err);
	*sheet = (struct sheet){
		.cell = *page, .copies = 1, .columns = x.count, .rows = y.count};
	sheet->cell.width = cell_size(&x);
	sheet->cell.height = cell_size(&y);
	sheet->cell.borderless = true; /* a cell is filled unless the job says else */
	sheet->cuts_x = lay_row(&x, sheet->cell.width, sheet->column_at, sheet->cut_x);
	sheet->cuts_y = lay_row(&y, sheet->cell.height, sheet->row_at, sheet->cut_y);
	if (l->cuts != LAYOUT_CUT_ALL)
		*(turned ? &sheet->cuts_x : &sheet->cuts_y) = 0;
	if (l->cuts == LAYOUT_CUT_NONE)
		sheet->cuts_x = sheet->cuts_y = 0;
	sheet->cut_width = (uint32_t)fmax(round(pixels(CUT_MM, page->dpi_x)), 1);
	sheet->cut_height = (uint32_t)fmax(round(pixels(CUT_MM, page->dpi_y)), 1);
	turn_wish(l, turned, wish);
	return 0;
}
