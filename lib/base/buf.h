/*
 * buf.h - a growable row of bytes that knows its largest size.
 *
 * Every buffer states its maximum when it is made; growing past it is ERROR_FULL, never
 * a truncated write. buf_clear wipes what was there (buffers carry secrets at times).
 */
#ifndef CC_BASE_BUF_H
#define CC_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

struct buf {
	uint8_t *data; /* owned; NULL while empty */
	size_t len;    /* bytes in use */
	size_t cap;    /* bytes allocated */
	size_t max;    /* bytes it may ever hold */
};

void buf_init(struct buf *b, size_t max);
/* Wipes and frees; the buffer may be used again with the same maximum. */
void buf_clear(struct buf *b);
/* Makes room for `more` bytes behind len. */
int buf_reserve(struct buf *b, size_t more, struct error *err);
int buf_append(struct buf *b, const void *data, size_t len, struct error *err);
/* Drops the first n bytes (n <= len), keeps the rest. */
void buf_consume(struct buf *b, size_t n);

#endif
