#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"

#define BUF_FIRST 256

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_clear(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

int
buf_reserve(struct buf *b, size_t more, struct error *err)
{
	size_t cap = b->cap != 0 ? b->cap : BUF_FIRST;
	uint8_t *grown;

	if (more > b->max - b->len)
		return error_set(err, ERROR_FULL,
				 "%zu bytes more than the limit of %zu bytes",
				 more - (b->max - b->len), b->max);
	if (b->len + more <= b->cap)
		return 0;
	while (cap < b->len + more)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	/* not realloc: what lay in the old place is wiped */
	grown = malloc(cap);
	if (grown == NULL)
		return error_errno(err, "cannot get %zu bytes of memory", cap);
	if (b->len != 0)
		memcpy(grown, b->data, b->len);
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	b->data = grown;
	b->cap = cap;
	return 0;
}

int
buf_append(struct buf *b, const void *data, size_t len, struct error *err)
{
	if (buf_reserve(b, len, err) != 0)
		return -1;
	if (len != 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	return 0;
}

void
buf_consume(struct buf *b, size_t n)
{
	INVARIANT(n <= b->len);
	if (n == 0)
		return;
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}
