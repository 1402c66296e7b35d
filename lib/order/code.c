/*
 * GF(32) here is GF(2)[x] modulo x^5 + x^2 + 1, in which x (the symbol 2) is primitive:
 * its powers have period 31, so with at most 24 symbols every place has its own weight.
 * Two different symbols swapped change the sum by (s - t)(a^i - a^j), never zero.
 */
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "lib/order/code.h"

#define GROUP	   4
#define GF_REDUCER 0x25 /* x^5 + x^2 + 1 */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Its value, or -1 for what is no symbol. */
static int
symbol_value(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	switch (c) {
	case 'I':
	case 'L':
		c = '1';
		break;
	case 'O':
		c = '0';
		break;
	case 'U':
		c = 'V';
		break;
	case '\0':
		return -1;
	}
	at = strchr(alphabet, c);
	return at != NULL ? (int)(at - alphabet) : -1;
}

static int
is_separator(char c)
{
	return c == '-' || c == ' ' || c == '\t';
}

/* Horner's rule: the first symbol gets the highest power, the last one the power 0, so
 * a code is right when the sum over all of its symbols is 0. */
static unsigned
weighted_sum(const char *canonical, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum <<= 1;
		if (sum & 0x20)
			sum ^= GF_REDUCER;
		sum ^= (unsigned)symbol_value(canonical[i]);
	}
	return sum;
}

static void
fill_random(char *canonical, size_t n)
{
	uint8_t bytes[CODE_SYMBOLS_MAX];

	INVARIANT(getrandom(bytes, n, 0) == (ssize_t)n);
	for (size_t i = 0; i < n; i++)
		canonical[i] = alphabet[bytes[i] & 31];
	explicit_bzero(bytes, sizeof(bytes));
}

static int
only_digits(const char *canonical)
{
	return canonical[strspn(canonical, "0123456789")] == '\0';
}

void
code_make(char text[CODE_TEXT_MAX], size_t symbols)
{
	char canonical[CODE_SYMBOLS_MAX + 1];
	char *to = text;

	INVARIANT(symbols >= CODE_SYMBOLS_MIN && symbols <= CODE_SYMBOLS_MAX &&
		  symbols % GROUP == 0);
	canonical[symbols] = '\0';
	do { /* a code of digits alone could be taken for a number */
		fill_random(canonical, symbols - 1);
		canonical[symbols - 1] = '0';
		canonical[symbols - 1] = alphabet[weighted_sum(canonical, symbols)];
	} while (only_digits(canonical));
	for (size_t i = 0; i < symbols; i++) {
		if (i != 0 && i % GROUP == 0)
			*to++ = '-';
		*to++ = canonical[i];
	}
	*to = '\0';
	explicit_bzero(canonical, sizeof(canonical));
}

/* The symbols of what was typed; their number, or -1 for a strange one or too many. */
static int
fold(char *canonical, const char *typed, char *strange)
{
	size_t n = 0;

	*strange = '\0';
	for (; *typed != '\0'; typed++) {
		int value = symbol_value(*typed);
		if (is_separator(*typed))
			continue;
		if (value < 0) {
			*strange = *typed;
			return -1;
		}
		if (n == CODE_SYMBOLS_MAX)
			return -1;
		canonical[n++] = alphabet[value];
	}
	canonical[n] = '\0';
	return (int)n;
}

static int
length_fits(int n)
{
	return n >= CODE_SYMBOLS_MIN && n <= CODE_SYMBOLS_MAX && n % GROUP == 0;
}

int
code_read(char *canonical, const char *typed, struct error *err)
{
	char folded[CODE_SYMBOLS_MAX + 1], strange;
	int n = fold(folded, typed, &strange);
	int rc = -1;

	canonical[0] = '\0';
	if (n < 0 && strange != '\0')
		error_set(err, ERROR_INPUT,
			  "a claim code has letters and digits only; look at it again");
	else if (!length_fits(n))
		error_set(err, ERROR_INPUT,
			  "a claim code has 12, 16, 20 or 24 letters and digits");
	else if (weighted_sum(folded, (size_t)n) != 0)
		error_set(err, ERROR_INPUT,
			  "a letter or digit of the claim code is mistyped; "
			  "look at it again");
	else
		rc = 0;
	if (rc == 0)
		memcpy(canonical, folded, (size_t)n + 1);
	explicit_bzero(folded, sizeof(folded));
	return rc;
}

int
code_looks_like(const char *typed)
{
	char folded[CODE_SYMBOLS_MAX + 1], strange;
	int yes = length_fits(fold(folded, typed, &strange));

	/* "O" and "I" count as letters here: they were typed as such */
	yes = yes && typed[strspn(typed, "0123456789- \t")] != '\0';
	explicit_bzero(folded, sizeof(folded));
	return yes;
}
