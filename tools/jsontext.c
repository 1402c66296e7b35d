#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"

#include "tools/jsontext.h"

json_t *
jsontext(const char *text)
{
	json_t *value = json_string(text);
	char *plain;

	if (value != NULL)
		return value;
	plain = strdup(text);
	INVARIANT(plain != NULL);
	for (char *p = plain; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	value = json_string(plain);
	free(plain);
	INVARIANT(value != NULL);
	return value;
}

void
jsontext_print(json_t *value, int indent)
{
	json_dumpf(value, stdout,
		   indent > 0 ? JSON_INDENT((size_t)indent) : JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(value);
}
