/*
 * usage.h - who has how much alive: lines for people, or rows of JSON.
 */
#ifndef CC_TOOLS_CONTROL_USAGE_H
#define CC_TOOLS_CONTROL_USAGE_H

#include <jansson.h>

#include "lib/wire/wire.h"

/* Asks keep; rows NULL: prints. */
int usage_say(struct wire_peer *keep, json_t *rows, struct error *err);

#endif
