#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

void
text_strip_controls(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?'; /* U+0080 to U+009F */
	}
}

int
text_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);
	int cut = len >= size;

	if (cut)
		for (len = size - 1;
		     len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80;)
			len--;
	memcpy(to, from, len);
	to[len] = '\0';
	return cut;
}

void
text_hex(char *hex, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[data[i] >> 4];
		hex[2 * i + 1] = digits[data[i] & 15];
	}
	hex[2 * len] = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
text_unhex(uint8_t *data, size_t len, const char *hex)
{
	for (size_t i = 0; i < len; i++) {
		int hi = nibble(hex[2 * i]);
		int lo = hi < 0 ? -1 : nibble(hex[2 * i + 1]);
		if (lo < 0)
			return -1;
		data[i] = (uint8_t)(hi << 4 | lo);
	}
	return hex[2 * len] == '\0' ? 0 : -1;
}

int
text_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long v;

	if (*text == '\0' || isspace((unsigned char)*text))
		return -1;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

unsigned
text_reals(const char *text, double *out, unsigned max)
{
	unsigned count = 0;
	char *end;

	for (; count < max; count++, text = end) {
		double v = strtod(text, &end);

		if (end == text || !isfinite(v))
			break;
		out[count] = v;
	}
	return count;
}
