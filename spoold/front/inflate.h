/*
 * inflate.h - a document that comes compressed: gzip (RFC 1952), deflate (raw, RFC 1951:
 * RFC 8011 5.4.32).
 *
 * libcups could do it (Content-Encoding), but its word about damage is an end of the
 * data, and what it allocates for a request is lost with a connection that ends in the
 * middle of one (CUPS 2.4.2): 72 KiB each time.
 */
#ifndef CC_FRONT_INFLATE_H
#define CC_FRONT_INFLATE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct inflate;

/* Where compressed bytes come from: 1 to len bytes, 0 at the end, -1 on a fault. */
typedef ssize_t inflate_source_fn(void *source, void *data, size_t len);

/* compression: "gzip" or "deflate". NULL when there is no memory. */
struct inflate *inflate_open(const char *compression, inflate_source_fn *read,
			     void *source);
void inflate_close(struct inflate *z); /* accepts NULL; wipes */
/* Up to len clear bytes: 0 at the end, which is the source's end, too; -1 when the source
 * failed, -2 when the data is damaged or ends early. */
ssize_t inflate_read(struct inflate *z, void *data, size_t len);

#endif
