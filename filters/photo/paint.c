#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

#include "filters/photo/ink.h"
#include "filters/photo/paint.h"
#include "filters/photo/scaler.h"

#define CUT_INK 0x80

struct painter {
	struct image *image;
	const struct place *place;
	const struct sheet *sheet;
	const struct page *page;
	struct colour_transform *transform;
	struct scaler *scaler;
	uint16_t *samples; /* a scaled row, all planes */
	uint16_t *rows[IMAGE_PLANES_MAX];
	uint8_t *line;	  /* the row in the page's ink, not yet turned */
	uint8_t *picture; /* place->width x height, turned; NULL when streaming */
	size_t pixel;	  /* bytes of one */
};

static int
painter_open(struct painter *w, bool hold, struct error *err)
{
	size_t width = w->place->scaled_width, row = width + 64;

	w->pixel = w->page->channels * (w->page->bits / 8);
	w->samples = calloc(row * w->image->planes, sizeof(*w->samples));
	w->line = malloc(row * w->pixel);
	if (hold)
		w->picture =
			malloc((size_t)w->place->width * w->place->height * w->pixel);
	if (w->samples == NULL || w->line == NULL || (hold && w->picture == NULL))
		return error_set(err, ERROR_SYSTEM, "no memory for the page");
	for (unsigned p = 0; p < w->image->planes; p++)
		w->rows[p] = w->samples + row * p;
	return scaler_open(&w->scaler, w->image, w->place, err);
}

static void
painter_close(struct painter *w)
{
	scaler_close(w->scaler);
	free(w->samples);
	free(w->line);
	free(w->picture);
}

/* The next row in stored orientation, in the page's ink, to `to`. */
static int
make_line(struct painter *w, uint8_t *to, struct error *err)
{
	size_t n = w->place->scaled_width;

	if (scaler_row(w->scaler, w->rows, err) != 0)
		return -1;
	ink_settle(w->image, w->rows, n);
	colour_convert(w->transform, (const uint16_t *const *)w->rows, to, n);
	if (w->page->ink == PAGE_BLACK)
		for (size_t i = 0; i < n * w->pixel; i++)
			to[i] = (uint8_t)~to[i];
	return 0;
}

/* Pixels of `from` to places `step` bytes apart. */
static void
scatter(const uint8_t *from, size_t n, size_t pixel, uint8_t *to, ptrdiff_t step)
{
	switch (pixel) {
	case 1:
		for (size_t i = 0; i < n; i++, to += step)
			*to = from[i];
		break;
	case 3:
		for (size_t i = 0; i < n; i++, to += step, from += 3) {
			to[0] = from[0];
			to[1] = from[1];
			to[2] = from[2];
		}
		break;
	default:
		for (size_t i = 0; i < n; i++, to += step, from += pixel)
			memcpy(to, from, pixel);
		break;
	}
}

/* Row j of the stored picture to its place in the turned one. */
static void
turn_line(struct painter *w, uint32_t j)
{
	const struct turn *t = &w->place->turn;
	ptrdiff_t pixel = (ptrdiff_t)w->pixel;
	ptrdiff_t pitch = pixel * w->place->width;
	ptrdiff_t x_step = t->flip_x ? -pixel : pixel;
	ptrdiff_t y_step = t->flip_y ? -pitch : pitch;
	uint8_t *at = w->picture;

	if (t->flip_x)
		at += pixel * (w->place->width - 1);
	if (t->flip_y)
		at += pitch * (w->place->height - 1);
	if (t->swap)
		scatter(w->line, w->place->scaled_width, w->pixel, at + x_step * j,
			y_step);
	else
		scatter(w->line, w->place->scaled_width, w->pixel, at + y_step * j,
			x_step);
}

static int
hold_picture(struct painter *w, struct error *err)
{
	for (uint32_t j = 0; j < w->place->scaled_height; j++) {
		if (make_line(w, w->line, err) != 0)
			return -1;
		turn_line(w, j);
	}
	return scaler_drain(w->scaler, err);
}

/* One line of the picture: from memory, or as it is made. */
static int
write_line(struct painter *w, uint32_t j, uint8_t *to, struct error *err)
{
	size_t bytes = w->place->width * w->pixel;

	if (w->picture != NULL) {
		memcpy(to, w->picture + bytes * j, bytes);
		return 0;
	}
	if (!w->place->turn.flip_x)
		return make_line(w, to, err);
	if (make_line(w, w->line, err) != 0)
		return -1;
	scatter(w->line, w->place->width, w->pixel, to + bytes - w->pixel,
		-(ptrdiff_t)w->pixel);
	return 0;
}

/* --- lines to cut along --- */

/* Half of full ink, of black where there is one: light enough to be cut away unseen. */
static void
draw_dots(const struct painter *w, uint8_t *to, uint32_t n)
{
	size_t black = w->page->ink == PAGE_CMYK ? w->pixel / 4 * 3 : 0;

	for (uint32_t i = 0; i < n; i++, to += w->pixel)
		memset(to + black, CUT_INK, w->pixel - black);
}

static uint32_t
at_most(uint32_t value, uint32_t most)
{
	return value < most ? value : most;
}

static void
draw_cuts(const struct painter *w, uint32_t y, uint8_t *to)
{
	const struct sheet *s = w->sheet;
	uint32_t width = w->page->width;

	for (unsigned i = 0; i < s->cuts_y; i++)
		if (y >= s->cut_y[i] && y - s->cut_y[i] < s->cut_height)
			draw_dots(w, to, width);
	for (unsigned i = 0; i < s->cuts_x; i++)
		draw_dots(w, to + s->cut_x[i] * w->pixel,
			  at_most(s->cut_width, width - s->cut_x[i]));
}

/* --- the page --- */

/* Row y of the printable area: a line of the picture for each cell that it crosses. */
static int
write_row(struct painter *w, uint32_t y, uint8_t *to, struct error *err)
{
	const struct sheet *s = w->sheet;

	draw_cuts(w, y, to);
	for (unsigned r = 0; r < s->rows; r++) {
		uint32_t above = s->row_at[r] + w->place->y;

		if (y < above || y - above >= w->place->height)
			continue;
		for (unsigned c = 0; c < s->columns; c++) {
			uint32_t x = s->column_at[c] + w->place->x;

			if (write_line(w, y - above, to + x * w->pixel, err) != 0)
				return -1;
		}
	}
	/* Before the last of the page leaves: damage below what is shown counts too. */
	if (y + 1 == w->page->height && w->picture == NULL)
		return scaler_drain(w->scaler, err);
	return 0;
}

static int
write_page(struct painter *w, struct output *output, struct error *err)
{
	const struct page *page = w->page;
	uint32_t below = page->header.cupsHeight - page->top - page->height;

	if (output_page(output, page, err) != 0 ||
	    output_skip(output, page->top, err) != 0)
		return -1;
	for (uint32_t y = 0; y < page->height; y++)
		if (write_row(w, y, output_line(output) + page->left * w->pixel, err) !=
			    0 ||
		    output_next(output, err) != 0)
			return -1;
	return output_skip(output, below, err);
}

int
paint_page(struct image *image, const struct place *place, const struct sheet *sheet,
	   const struct page *page, struct colour_transform *transform,
	   struct output *output, struct error *err)
{
	struct painter w = {.image = image,
			    .place = place,
			    .sheet = sheet,
			    .page = page,
			    .transform = transform};
	bool hold = sheet->copies > 1 || sheet->columns * sheet->rows > 1 ||
		    place->turn.swap || place->turn.flip_y;
	int result = painter_open(&w, hold, err);

	if (result == 0 && hold)
		result = hold_picture(&w, err);
	for (unsigned i = 0; result == 0 && i < sheet->copies; i++)
		result = write_page(&w, output, err);
	painter_close(&w);
	return result;
}
