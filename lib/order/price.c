#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/order/price.h"

#define DIGITS	 "0123456789"
#define THOUSAND 1000

/* "12", "0.39", "0.125". */
static int
read_amount(const char *text, size_t len, uint32_t *amount)
{
	size_t whole = strspn(text, DIGITS), part = 0;
	uint32_t weight = THOUSAND / 10;

	*amount = 0;
	if (whole == 0 || whole > 5)
		return -1;
	for (size_t i = 0; i < whole; i++)
		*amount = *amount * 10 + (uint32_t)(text[i] - '0') * THOUSAND;
	if (text[whole] == '.') {
		part = strspn(text + whole + 1, DIGITS);
		if (part == 0 || part > 3)
			return -1;
		for (size_t i = 1; i <= part; i++, weight /= 10)
			*amount += (uint32_t)(text[whole + i] - '0') * weight;
		part++;
	}
	return whole + part == len && *amount <= PRICE_MOST ? 0 : -1;
}

/* A name of PWG 5101.1: "iso_a4_210x297mm". */
static bool
is_media(const char *name)
{
	const char *size = strrchr(name, '_');
	size_t side;

	if (size == NULL || size == name)
		return false;
	for (int i = 0; i < 2; i++) {
		side = strspn(++size, DIGITS ".");
		size += side;
		if (side == 0 || (i == 0 && *size != 'x'))
			return false;
	}
	return strcmp(size, "mm") == 0 || strcmp(size, "in") == 0;
}

int
price_next(const char **at, struct price *price)
{
	const char *item = *at + strspn(*at, " \t\n"), *equals;
	size_t len = strcspn(item, " \t\n"), name = 0;

	*price = (struct price){.amount = 0};
	*at = item + len;
	if (len == 0)
		return 0;
	equals = memchr(item, '=', len);
	if (equals != NULL) {
		name = (size_t)(equals - item);
		if (name == 0 || name >= sizeof(price->media))
			return -1;
		memcpy(price->media, item, name++);
		if (!is_media(price->media))
			return -1;
	}
	return read_amount(item + name, len - name, &price->amount) == 0 ? 1 : -1;
}

void
price_text(char text[PRICE_TEXT_MAX], uint64_t amount, const char *currency, bool comma)
{
	const char point = comma ? ',' : '.';
	const unsigned rest = (unsigned)(amount % THOUSAND);

	if (rest % 10 == 0)
		snprintf(text, PRICE_TEXT_MAX, "%" PRIu64 "%c%02u %s",
			 amount / THOUSAND, point, rest / 10, currency);
	else
		snprintf(text, PRICE_TEXT_MAX, "%" PRIu64 "%c%03u %s",
			 amount / THOUSAND, point, rest, currency);
}
