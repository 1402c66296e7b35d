/*
 * when.h - dates and spans of time as an operator types them.
 */
#ifndef CC_TOOLS_CONTROL_WHEN_H
#define CC_TOOLS_CONTROL_WHEN_H

#include <stdint.h>

#include "lib/base/error.h"

#define WHEN_SPAN_MAX (INT64_C(100) * 366 * 86400) /* seconds */

/* "2026-11-23", "2026-11-23 19:42" (local time), "@1763922000" (unix seconds), or a span
 * before now, as when_span has it. ERROR_INPUT. */
int when_date(const char *text, int64_t now, int64_t *seconds, struct error *err);
/* "30m", "12h", "7d", "2w"; a number alone is days. ERROR_INPUT. */
int when_span(const char *text, int64_t *seconds, struct error *err);

#endif
