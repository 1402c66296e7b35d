/*
 * price.c (test) - price lists and amounts.
 */
#include <stdio.h>
#include <string.h>

#include "lib/order/price.h"
#include "tests/tap.h"

static void
lists_are_read(void)
{
	const char *at = " 0.39  iso_a4_210x297mm=1.2\tna_letter_8.5x11in=10000 0.125";
	static const struct price want[] = {{"", 390},
					    {"iso_a4_210x297mm", 1200},
					    {"na_letter_8.5x11in", 10000000},
					    {"", 125}};
	struct price price;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		TAP_OK(price_next(&at, &price) == 1 && price.amount == want[i].amount &&
			       strcmp(price.media, want[i].media) == 0,
		       "%s=%u", price.media, price.amount);
	TAP_OK(price_next(&at, &price) == 0, "and no more");
}

static void
what_is_none_is_told(void)
{
	static const char *const wrong[] = {"1,20",
					    "0.1234",
					    ".5",
					    "1.",
					    "-1",
					    "10000.001",
					    "100000",
					    "1.2.3",
					    "a4=1",
					    "=1",
					    "iso_a4=1",
					    "iso_a4_210x297=1",
					    "iso_a4_x297mm=1",
					    "_1x1mm=1",
					    "iso_a4_210x297mm=",
					    "1e3",
					    "iso_a4_210x297mm"};
	char longest[PRICE_MEDIA_MAX + 16];
	struct price price;
	const char *at;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		at = wrong[i];
		TAP_OK(price_next(&at, &price) == -1, "'%s'", wrong[i]);
	}
	memset(longest, 'a', sizeof(longest));
	snprintf(longest + PRICE_MEDIA_MAX - 6, 16, "_1x1mm=1");
	at = longest;
	TAP_OK(price_next(&at, &price) == -1, "a name of %d bytes", PRICE_MEDIA_MAX);
	at = longest + 1;
	TAP_OK(price_next(&at, &price) == 1, "one less is a name");
}

static void
amounts_are_written(void)
{
	static const struct {
		uint64_t amount;
		bool comma;
		const char *text;
	} rows[] = {{390, false, "0.39 EUR"},
		    {3900, true, "3,90 EUR"},
		    {125, false, "0.125 EUR"},
		    {1005, false, "1.005 EUR"},
		    {(uint64_t)INT32_MAX * 10000, false, "21474836470.00 EUR"}};
	char text[PRICE_TEXT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		price_text(text, rows[i].amount, "EUR", rows[i].comma);
		TAP_OK(strcmp(text, rows[i].text) == 0, "%s", text);
	}
}

int
main(void)
{
	lists_are_read();
	what_is_none_is_told();
	amounts_are_written();
	return tap_done();
}
