/*
 * jsontext.h - a JSON string from text that came from outside. Where it is no UTF-8 the
 * bytes that are not ASCII become '?'; JSON has no other way.
 */
#ifndef CC_TOOLS_JSONTEXT_H
#define CC_TOOLS_JSONTEXT_H

#include <jansson.h>

json_t *jsontext(const char *text);
/* To standard output, with a newline; takes the value over. */
void jsontext_print(json_t *value, int indent);

#endif
