#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"

static const char *const kind_names[ERROR_KINDS] = {
	"none",	 "input", "absent",  "refused", "conflict",
	"later", "full",  "corrupt", "system",
};

static void
append_errno(struct error *err, int saved)
{
	size_t used = strlen(err->text);

	snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerror(saved));
}

int
error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	err->kind = kind;
	err->detail = 0;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
error_errno(struct error *err, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (err == NULL)
		return -1;
	err->detail = 0;
	if (saved == ENOSPC || saved == EDQUOT || saved == EFBIG)
		err->kind = ERROR_FULL;
	else
		err->kind = saved == ENOENT ? ERROR_ABSENT : ERROR_SYSTEM;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	append_errno(err, saved);
	return -1;
}

int
error_prefix(struct error *err, const char *fmt, ...)
{
	char before[ERROR_TEXT_MAX], joined[2 * ERROR_TEXT_MAX + 2];
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(before, sizeof(before), fmt, ap);
	va_end(ap);
	snprintf(joined, sizeof(joined), "%s: %s", before, err->text);
	memcpy(err->text, joined, sizeof(err->text) - 1);
	err->text[sizeof(err->text) - 1] = '\0';
	return -1;
}

int
error_detail(struct error *err, unsigned char detail)
{
	if (err != NULL)
		err->detail = detail;
	return -1;
}

void
error_clear(struct error *err)
{
	if (err == NULL)
		return;
	err->kind = ERROR_NONE;
	err->detail = 0;
	err->text[0] = '\0';
}

const char *
error_kind_name(enum error_kind kind)
{
	return kind < ERROR_KINDS ? kind_names[kind] : "unknown";
}

void
error_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "panic: %s:%d: %s\n", file, line, what);
	abort();
}
