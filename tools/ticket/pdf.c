/*
 * pdf.c - a claim ticket on A6, by cairo. Sizes are in points, from the top left.
 */
#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#include "tools/ticket/ticket.h"

#define PAGE_WIDTH  297.6 /* A6 */
#define PAGE_HEIGHT 419.5
#define MARGIN	    24.0
#define QUIET	    4 /* modules around a QR code, ISO/IEC 18004 */
#define QR_SIDE	    120.0
#define BAR_QUIET   10 /* modules beside a Code 128, ISO/IEC 15417 */
#define BAR_HEIGHT  40.0

struct page {
	cairo_t *to;
	double y;
};

static cairo_status_t
write_on(void *context, const unsigned char *data, unsigned length)
{
	return fwrite(data, 1, length, context) == length ? CAIRO_STATUS_SUCCESS
							  : CAIRO_STATUS_WRITE_ERROR;
}

/* A line, cut where the page ends. What comes from customers is cleaned before. */
static void
line(struct page *p, double size, bool bold, const char *text)
{
	cairo_select_font_face(
		p->to, bold ? "monospace" : "sans-serif", CAIRO_FONT_SLANT_NORMAL,
		bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(p->to, size);
	p->y += size * 1.3;
	cairo_move_to(p->to, MARGIN, p->y);
	cairo_show_text(p->to, text);
}

static void
draw(struct page *p, const struct ticket_bars *bars, double x, double y, double module,
     double height)
{
	for (unsigned row = 0; row < bars->rows; row++)
		for (unsigned column = 0; column < bars->width; column++)
			if (bars->dark[row][column])
				cairo_rectangle(p->to, x + column * module,
						y + row * height, module, height);
	cairo_fill(p->to);
}

static int
draw_bars(struct page *p, const struct ticket *t, struct error *err)
{
	struct ticket_bars *bars = malloc(sizeof(*bars));
	double module;
	int rc;

	INVARIANT(bars != NULL);
	rc = ticket_encode(TICKET_QR, t->canonical, bars, err);
	if (rc == 0) {
		module = QR_SIDE / (bars->width + 2 * QUIET);
		draw(p, bars, (PAGE_WIDTH - QR_SIDE) / 2 + QUIET * module,
		     p->y + QUIET * module, module, module);
		p->y += QR_SIDE;
		rc = ticket_encode(TICKET_CODE128, t->canonical, bars, err);
	}
	if (rc == 0) {
		module = (PAGE_WIDTH - 2 * MARGIN) / (bars->width + 2 * BAR_QUIET);
		draw(p, bars, MARGIN + BAR_QUIET * module, p->y, module, BAR_HEIGHT);
		p->y += BAR_HEIGHT + 8;
	}
	explicit_bzero(bars, sizeof(*bars));
	free(bars);
	return rc;
}

static int
draw_page(struct page *p, const struct ticket *t, struct error *err)
{
	char text[ORDER_NAME_MAX + 96], due[64];

	p->y = MARGIN;
	snprintf(text, sizeof(text), "%s  -  %s %u", ticket_word(t, TICKET_TITLE),
		 ticket_word(t, TICKET_ORDER), t->number);
	line(p, 15, false, text);
	line(p, 9, false, t->name);
	line(p, 9, false, ticket_word(t, TICKET_SHOW));
	line(p, 19, true, t->code);
	p->y += 6;
	if (draw_bars(p, t, err) != 0)
		return -1;
	snprintf(text, sizeof(text), "%s: %u %s", t->printer, t->document_count,
		 ticket_word(t, t->document_count == 1 ? TICKET_DOCUMENT
						       : TICKET_DOCUMENTS_WORD));
	line(p, 9, false, text);
	for (uint32_t i = 0; i < t->document_count && i < TICKET_DOCUMENTS; i++)
		line(p, 7, false, t->documents[i]);
	if (t->document_count > TICKET_DOCUMENTS) {
		snprintf(text, sizeof(text), "... %u %s",
			 t->document_count - TICKET_DOCUMENTS,
			 ticket_word(t, TICKET_MORE));
		line(p, 7, false, text);
	}
	ticket_price(t, text);
	if (text[0] != '\0')
		line(p, 9, false, text);
	ticket_due(t, due);
	snprintf(text, sizeof(text), "%s %s", ticket_word(t, TICKET_UNTIL), due);
	if (due[0] != '\0')
		line(p, 9, false, text);
	snprintf(text, sizeof(text), "%s: %s", ticket_word(t, TICKET_AT), t->location);
	if (t->location[0] != '\0')
		line(p, 9, false, text);
	return 0;
}

int
ticket_pdf(FILE *to, const struct ticket *t, struct error *err)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		write_on, to, PAGE_WIDTH, PAGE_HEIGHT);
	struct page page = {.to = cairo_create(surface)};
	cairo_status_t status;
	int rc = draw_page(&page, t, err);

	cairo_show_page(page.to);
	status = cairo_status(page.to);
	cairo_destroy(page.to);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (rc == 0 && (status != CAIRO_STATUS_SUCCESS || fflush(to) != 0))
		rc = error_set(err, ERROR_SYSTEM, "the ticket cannot be written: %s",
			       cairo_status_to_string(status));
	return rc;
}
