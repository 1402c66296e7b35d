/*
 * dump.h - JSON of this room, as it is written into files.
 *
 * Private to lib/plate.
 */
#ifndef CC_PLATE_DUMP_H
#define CC_PLATE_DUMP_H

#include <jansson.h>

#include "lib/base/buf.h"

/* Takes `value` over (NULL: it could not be made), a space deep, with so many digits of a
 * number, and a newline. -1 where it is too large for `out`, or not made. */
int dump(json_t *value, unsigned digits, struct buf *out);

#endif
