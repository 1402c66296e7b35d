#include <string.h>
#include <time.h>

#include "lib/base/text.h"

#include "tools/control/when.h"

static int64_t
unit_of(char letter)
{
	switch (letter) {
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return INT64_C(7) * 86400;
	default:
		return 0;
	}
}

int
when_span(const char *text, int64_t *seconds, struct error *err)
{
	size_t len = strlen(text);
	int64_t unit = len > 0 ? unit_of(text[len - 1]) : 0, n;
	char number[32];

	text_copy(number, sizeof(number), text);
	if (unit != 0 && len < sizeof(number))
		number[len - 1] = '\0';
	else
		unit = 86400;
	if (text_number(number, 0, WHEN_SPAN_MAX / unit, &n) != 0)
		return error_set(err, ERROR_INPUT,
				 "'%.40s' is no span of time; write 30m, 12h, 7d or 2w",
				 text);
	*seconds = n * unit;
	return 0;
}

/* Exactly so many digits, and where it goes on; NULL if they are not there. */
static const char *
take_digits(const char *at, int digits, int *value)
{
	*value = 0;
	for (; at != NULL && digits > 0; digits--, at++) {
		if (*at < '0' || *at > '9')
			return NULL;
		*value = 10 * *value + (*at - '0');
	}
	return at;
}

static const char *
take_mark(const char *at, const char *marks)
{
	return at != NULL && *at != '\0' && strchr(marks, *at) != NULL ? at + 1 : NULL;
}

/* By hand and not strptime: the whole text must be a date, in every locale. */
static int
read_date(const char *text, int64_t *seconds)
{
	struct tm tm = {.tm_isdst = -1};
	const char *at = take_mark(take_digits(text, 4, &tm.tm_year), "-");

	at = take_mark(take_digits(at, 2, &tm.tm_mon), "-");
	at = take_digits(at, 2, &tm.tm_mday);
	if (at != NULL && *at != '\0') {
		at = take_digits(take_mark(at, "T "), 2, &tm.tm_hour);
		at = take_digits(take_mark(at, ":"), 2, &tm.tm_min);
	}
	if (at == NULL || *at != '\0')
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour > 23 || tm.tm_min > 59)
		return -1;
	*seconds = (int64_t)mktime(&tm);
	return *seconds == -1 ? -1 : 0;
}

int
when_date(const char *text, int64_t now, int64_t *seconds, struct error *err)
{
	int64_t span = 0;

	if (text[0] == '@' && text_number(text + 1, 0, INT64_MAX / 2, seconds) == 0)
		return 0;
	if (read_date(text, seconds) == 0)
		return 0;
	if (when_span(text, &span, NULL) == 0) {
		*seconds = now - span;
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "'%.40s' is no date; write 2026-11-23, '2026-11-23 19:42', or "
			 "how long ago: 12h, 7d",
			 text);
}
