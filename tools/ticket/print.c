/*
 * print.c - a claim ticket on a terminal. Two rows of modules are a line of half blocks where
 * the terminal has Unicode; else each module is two columns of "##". Black on white where
 * there is colour, since not every scanner reads the reverse.
 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ticket/ticket.h"

#define QUIET	  2 /* the terminal's own margin does the rest */
#define BAR_LINES 4
#define BAR_QUIET 10

struct screen {
	FILE *to;
	bool colour, blocks;
};

static void
begin_row(const struct screen *s)
{
	fputs(s->colour ? "  \033[30;107m" : "  ", s->to);
}

static void
end_row(const struct screen *s)
{
	fputs(s->colour ? "\033[0m\n" : "\n", s->to);
}

/* Outside of the symbol all is light. */
static bool
is_dark(const struct ticket_bars *b, int row, int column)
{
	return row >= 0 && column >= 0 && row < (int)b->rows &&
	       column < (int)b->width && b->dark[row][column];
}

static void
print_square(const struct screen *s, const struct ticket_bars *b)
{
	static const char *const halves[] = {" ", "\u2584", "\u2580", "\u2588"};
	const int rows = (int)b->rows, width = (int)b->width;
	const int step = s->blocks ? 2 : 1;

	for (int y = -QUIET; y < rows + QUIET; y += step) {
		begin_row(s);
		for (int x = -QUIET; x < width + QUIET; x++)
			if (s->blocks)
				fputs(halves[2 * is_dark(b, y, x) +
					     is_dark(b, y + 1, x)],
				      s->to);
			else
				fputs(is_dark(b, y, x) ? "##" : "  ", s->to);
		end_row(s);
	}
}

static void
print_bars(const struct screen *s, const struct ticket_bars *b)
{
	static const char *const halves[] = {" ", "\u2590", "\u258c", "\u2588"};
	const int width = (int)b->width;

	for (int line = 0; line < BAR_LINES; line++) {
		begin_row(s);
		for (int x = -BAR_QUIET; x < width + BAR_QUIET; x += 2)
			fputs(halves[2 * is_dark(b, 0, x) + is_dark(b, 0, x + 1)],
			      s->to);
		end_row(s);
	}
}

static void
print_words(FILE *to, const struct ticket *t)
{
	char due[64], price[64];

	fprintf(to, "\n  %s: %u %s\n", t->printer, t->document_count,
		ticket_word(t, t->document_count == 1 ? TICKET_DOCUMENT
						      : TICKET_DOCUMENTS_WORD));
	for (uint32_t i = 0; i < t->document_count && i < TICKET_DOCUMENTS; i++)
		fprintf(to, "    %s\n", t->documents[i]);
	if (t->document_count > TICKET_DOCUMENTS)
		fprintf(to, "    ... %u %s\n", t->document_count - TICKET_DOCUMENTS,
			ticket_word(t, TICKET_MORE));
	ticket_price(t, price);
	if (price[0] != '\0')
		fprintf(to, "  %s\n", price);
	ticket_due(t, due);
	if (due[0] != '\0')
		fprintf(to, "  %s %s\n", ticket_word(t, TICKET_UNTIL), due);
	if (t->location[0] != '\0')
		fprintf(to, "  %s: %s\n", ticket_word(t, TICKET_AT), t->location);
}

int
ticket_print(FILE *to, const struct ticket *t, unsigned columns, bool colour,
	     struct error *err)
{
	const struct screen screen = {to, colour,
				      strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
	struct ticket_bars *bars = malloc(sizeof(*bars));
	int rc;

	INVARIANT(bars != NULL);
	fprintf(to, "\n  %s - %s %u  %s\n  %s\n\n      %s\n\n",
		ticket_word(t, TICKET_TITLE), ticket_word(t, TICKET_ORDER), t->number,
		t->name, ticket_word(t, TICKET_SHOW), t->code);
	rc = ticket_encode(TICKET_QR, t->canonical, bars, err);
	if (rc == 0) {
		print_square(&screen, bars);
		rc = ticket_encode(TICKET_CODE128, t->canonical, bars, err);
	}
	/* a bar code that is wrapped is none */
	if (rc == 0 && screen.blocks && bars->width / 2 + BAR_QUIET + 3 <= columns) {
		fputc('\n', to);
		print_bars(&screen, bars);
	}
	if (rc == 0)
		print_words(to, t);
	explicit_bzero(bars, sizeof(*bars));
	free(bars);
	return rc;
}
