#include <string.h>
#include <time.h>
#include <zint.h>

#include "lib/base/text.h"

#include "tools/ticket/ticket.h"

/* English, German */
static const char *const words[TICKET_WORDS][2] = {
	[TICKET_TITLE] = {"Claim ticket", "Abholschein"},
	[TICKET_ORDER] = {"Order", "Auftrag"},
	[TICKET_SHOW] = {"Give this code at the release station:",
			 "Diesen Code an der Ausgabestation angeben:"},
	[TICKET_DOCUMENT] = {"document", "Dokument"},
	[TICKET_DOCUMENTS_WORD] = {"documents", "Dokumente"},
	[TICKET_MORE] = {"more", "weitere"},
	[TICKET_PRICE] = {"Price", "Preis"},
	[TICKET_UNTIL] = {"Waits until", "Wartet bis"},
	[TICKET_AT] = {"To be fetched at", "Abzuholen bei"},
};

static bool
is_german(const struct ticket *t)
{
	return strncmp(t->language, "de", 2) == 0;
}

const char *
ticket_word(const struct ticket *t, enum ticket_word word)
{
	return words[word][is_german(t)];
}

void
ticket_due(const struct ticket *t, char text[64])
{
	const time_t when = (time_t)t->due;
	struct tm tm;

	text[0] = '\0';
	if (t->due != 0 && localtime_r(&when, &tm) != NULL)
		strftime(text, 64, is_german(t) ? "%d.%m.%Y, %H:%M" : "%Y-%m-%d, %H:%M",
			 &tm);
}

void
ticket_price(const struct ticket *t, char text[64])
{
	char amount[PRICE_TEXT_MAX];

	text[0] = '\0';
	if (t->price == 0)
		return;
	price_text(amount, t->price, t->currency, is_german(t));
	snprintf(text, 64, "%s: %s", ticket_word(t, TICKET_PRICE), amount);
}

static void
take_modules(const struct zint_symbol *symbol, struct ticket_bars *bars)
{
	for (unsigned y = 0; y < bars->rows; y++)
		for (unsigned x = 0; x < bars->width; x++)
			bars->dark[y][x] =
				(symbol->encoded_data[y][x / 8] >> x % 8 & 1) != 0;
}

int
ticket_encode(enum ticket_kind kind, const char *text, struct ticket_bars *bars,
	      struct error *err)
{
	struct zint_symbol *symbol = ZBarcode_Create();
	int rc;

	if (symbol == NULL)
		return error_set(err, ERROR_SYSTEM, "no memory for a bar code");
	symbol->symbology = kind == TICKET_QR ? BARCODE_QRCODE : BARCODE_CODE128;
	rc = ZBarcode_Encode(symbol, (const unsigned char *)text, 0);
	if (rc < ZINT_ERROR && symbol->width > 0 && symbol->width <= TICKET_SIDE_MAX &&
	    symbol->rows > 0 && symbol->rows <= TICKET_SIDE_MAX) {
		bars->width = (unsigned)symbol->width;
		bars->rows = (unsigned)symbol->rows;
		take_modules(symbol, bars);
		rc = 0;
	} else
		rc = error_set(err, ERROR_SYSTEM, "a bar code cannot be made: %.80s",
			       symbol->errtxt);
	ZBarcode_Delete(symbol);
	return rc;
}
