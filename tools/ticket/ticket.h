/*
 * ticket.h - a claim ticket: what a customer takes home and brings back, on paper (PDF, A6)
 * and on a terminal. It has the claim code in letters, as a QR code and as a Code 128, the
 * order's number, what was ordered, and until when it waits.
 *
 * A ticket is a secret. Nothing here writes it anywhere but to the stream it is given.
 */
#ifndef CC_TOOLS_TICKET_H
#define CC_TOOLS_TICKET_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/order/code.h"
#include "lib/order/order.h"
#include "lib/order/price.h"

#define TICKET_DOCUMENTS 10  /* named on it; of the rest their number */
#define TICKET_SIDE_MAX	 400 /* modules of a bar code, each way */

struct ticket {
	uint32_t number;
	char code[CODE_TEXT_MAX];	      /* as written, with hyphens */
	char canonical[CODE_SYMBOLS_MAX + 1]; /* as the bar codes have it */
	char language[64]; /* of the order: "de..." or else English */
	char printer[ORDER_NAME_MAX], location[ORDER_NAME_MAX], name[ORDER_NAME_MAX];
	char documents[TICKET_DOCUMENTS][ORDER_NAME_MAX];
	uint32_t document_count;
	uint64_t price; /* of all of it, thousandths of the currency; 0: not known */
	char currency[PRICE_CURRENCY_MAX];
	int64_t due; /* unix seconds; 0: none */
};

/* What a scanner sees: dark modules, row by row. */
struct ticket_bars {
	unsigned width, rows;
	bool dark[TICKET_SIDE_MAX][TICKET_SIDE_MAX]; /* [row][column] */
};
enum ticket_kind { TICKET_QR, TICKET_CODE128 };
/* ERROR_SYSTEM with the library's words. */
int ticket_encode(enum ticket_kind kind, const char *text, struct ticket_bars *bars,
		  struct error *err);

/* The words, in its language. */
enum ticket_word {
	TICKET_TITLE,
	TICKET_ORDER,
	TICKET_SHOW,
	TICKET_DOCUMENT,
	TICKET_DOCUMENTS_WORD,
	TICKET_MORE,
	TICKET_PRICE,
	TICKET_UNTIL,
	TICKET_AT,
	TICKET_WORDS
};
const char *ticket_word(const struct ticket *t, enum ticket_word word);
/* The date, as its language writes it; "": none. */
void ticket_due(const struct ticket *t, char text[64]);
/* "Price: 3.90 EUR"; "": not known. */
void ticket_price(const struct ticket *t, char text[64]);

int ticket_pdf(FILE *to, const struct ticket *t, struct error *err);
/* columns: of the terminal. colour: escape sequences may be used. */
int ticket_print(FILE *to, const struct ticket *t, unsigned columns, bool colour,
		 struct error *err);

#endif
