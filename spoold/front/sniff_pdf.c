/*
 * sniff_pdf.c - a PDF is whole if %%EOF stands near its end (ISO 32000-1 7.5.5), and
 * encrypted if a trailer has an /Encrypt entry: that name, then a reference ("12 0 R")
 * or a dictionary ("<<"). Trailers may stand anywhere (linearised files,
 * cross-reference streams), so the whole document is looked through.
 */
#include <string.h>

#include "spoold/front/sniff.h"

static const char name[] = "/Encrypt";
#define NAME_LEN (sizeof(name) - 1)

/* state 0..NAME_LEN: bytes of the name seen; then: */
enum { BEHIND = NAME_LEN, NUMBER, GENERATION, REFERENCE, ANGLE };

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == '\f' || c == 0;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static int
restart(uint8_t c)
{
	return c == '/' ? 1 : 0;
}

/* What follows "/Encrypt". */
static int
behind(struct sniff *s, uint8_t c)
{
	switch (s->state) {
	case BEHIND:
		if (is_space(c))
			return BEHIND;
		if (c == '<')
			return ANGLE;
		return is_digit(c) ? NUMBER : restart(c);
	case NUMBER:
		if (is_digit(c))
			return NUMBER;
		return is_space(c) ? GENERATION : restart(c);
	case GENERATION:
		if (is_digit(c))
			return REFERENCE;
		return is_space(c) ? GENERATION : restart(c);
	case REFERENCE:
		if (c == 'R')
			s->fault = SNIFF_ENCRYPTED;
		return is_digit(c) || is_space(c) ? REFERENCE : restart(c);
	default: /* ANGLE */
		if (c == '<')
			s->fault = SNIFF_ENCRYPTED;
		return restart(c);
	}
}

static int
step(struct sniff *s, uint8_t c)
{
	if (s->state >= BEHIND)
		return behind(s, c);
	return c == (uint8_t)name[s->state] ? s->state + 1 : restart(c);
}

static void
feed(struct sniff *s, const uint8_t *data, size_t len)
{
	const uint8_t *at = data, *end = data + len;

	sniff_keep_tail(s, data, len);
	while (at < end && s->fault == SNIFF_FINE) {
		if (s->state == 0) {
			at = memchr(at, '/', (size_t)(end - at));
			if (at == NULL)
				return;
		}
		s->state = step(s, *at++);
	}
}

static void
end(struct sniff *s)
{
	if (!sniff_tail_has(s, "%%EOF"))
		s->fault = SNIFF_CUT_OFF;
}

const struct sniff_reader sniff_pdf = {feed, end};
