#include "lib/plate/dump.h"

static int
append_text(const char *text, size_t len, void *out)
{
	return buf_append(out, text, len, NULL);
}

int
dump(json_t *value, unsigned digits, struct buf *out)
{
	int rc = -1;

	if (value != NULL)
		rc = json_dump_callback(value, append_text, out,
					JSON_INDENT(1) | JSON_REAL_PRECISION(digits));
	json_decref(value);
	return rc == 0 ? buf_append(out, "\n", 1, NULL) : -1;
}
