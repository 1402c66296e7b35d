#include <stdio.h>
#include <time.h>

#include "lib/base/text.h"

#include "tools/control/control.h"

#define CONTROL_TIMEOUT_MS 60000 /* a long list, a store of many orders */

int
control_fault(const struct error *err)
{
	char text[ERROR_TEXT_MAX];

	text_copy(text, sizeof(text), err->text);
	text_strip_controls(text);
	fprintf(stderr, "spoolctl: %s\n", text);
	switch (err->kind) {
	case ERROR_LATER:
		return CONTROL_AWAY;
	case ERROR_ABSENT:
		return CONTROL_ABSENT;
	case ERROR_REFUSED:
	case ERROR_CONFLICT:
		return CONTROL_REFUSED;
	case ERROR_INPUT:
		return CONTROL_USAGE;
	default:
		return CONTROL_FAILED;
	}
}

int
control_connect(const struct control *c, struct wire_peer *keep, struct error *err)
{
	return wire_connect(keep, c->socket, CONTROL_TIMEOUT_MS, err);
}

void
control_date(char text[32], int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (seconds == 0 || localtime_r(&when, &tm) == NULL ||
	    strftime(text, 32, "%Y-%m-%d %H:%M", &tm) == 0)
		text_copy(text, 32, "-");
}
