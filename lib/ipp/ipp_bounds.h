/*
 * ipp_bounds.h - IPP messages from strangers: bounded before libcups parses them.
 *
 * libcups parses collections by recursion: a message of collections nested 20,000 deep
 * (320 kB) overflows the stack of any program that calls ippRead or ippReadIO on it
 * (CUPS 2.4.2). So the attribute part (RFC 8010 3.1: up to and including the
 * end-of-attributes tag) is read into a bounded buffer first; its nesting, counts and
 * lengths are checked while it arrives, byte-exactly, so that document data behind it
 * stays unread; only then does ippReadIO see it, from memory.
 *
 * Refused besides: the extension tag 0x7F (libcups and RFC 8010 read it differently), a
 * delimiter inside a collection, an end of a collection that was not begun, a zero
 * delimiter, a name with other bytes than ASCII's printable ones,
 * a member of a collection without a value.
 *
 * Thread-safe. An ipp_t is not: even ippFindAttribute writes to it.
 */
#ifndef CC_IPP_BOUNDS_H
#define CC_IPP_BOUNDS_H

#include <cups/ipp.h>
#include <sys/types.h>

#include "lib/base/buf.h"

#define IPP_BOUNDS_HEAD	      8	    /* version, operation or status, request-id */
#define IPP_BOUNDS_DEPTH      8	    /* collections in collections */
#define IPP_BOUNDS_ATTRIBUTES 2000  /* in a request, members of collections included */
#define IPP_BOUNDS_VALUES     20000 /* in a request */
#define IPP_BOUNDS_NAME	      255   /* bytes of an attribute's name: keyword(255) */
#define IPP_BOUNDS_VALUE      32767 /* bytes of one value: what libcups can hold */

struct ipp_limits {
	size_t bytes;	     /* of the whole attribute part */
	unsigned depth;	     /* of collections, at most */
	unsigned attributes; /* at most */
	unsigned values;     /* at most */
};

/* A request of a stranger; bytes is a setting (max-attributes-bytes). */
#define IPP_LIMITS_REQUEST(most)                                                       \
	((struct ipp_limits){.bytes = (most),                                          \
			     .depth = IPP_BOUNDS_DEPTH,                                \
			     .attributes = IPP_BOUNDS_ATTRIBUTES,                      \
			     .values = IPP_BOUNDS_VALUES})
/* A printer's answer (media-col-database is long) or what we encoded ourselves. */
#define IPP_LIMITS_OWN                                                                 \
	((struct ipp_limits){.bytes = 1024 * 1024,                                     \
			     .depth = IPP_BOUNDS_DEPTH,                                \
			     .attributes = 100000,                                     \
			     .values = 200000})

/* Where bytes come from: 1 to len bytes, 0 at the end, -1 on a fault (errno). */
typedef ssize_t ipp_bounds_source_fn(void *source, void *data, size_t len);

/* Reads one attribute part, and not a byte more. ERROR_INPUT for a malformed message
 * or one that ends early, ERROR_FULL past `limits->bytes`, attributes or values,
 * ERROR_LATER when the source fails. *ipp: the caller's, ippDelete. */
int ipp_bounds_read(const struct ipp_limits *limits, ipp_bounds_source_fn *read,
		    void *source, ipp_t **ipp, struct error *err);
/* The same from memory; what is left over behind it is ERROR_INPUT. */
int ipp_bounds_decode(const struct ipp_limits *limits, const void *data, size_t len,
		      ipp_t **ipp, struct error *err);

/* Appends the message to out, as ipp_bounds_decode reads it. ERROR_FULL when out's
 * maximum is reached. */
int ipp_bounds_encode(ipp_t *ipp, struct buf *out, struct error *err);

/* A message that holds nothing but a copy of one group of `from`: how job attributes
 * are kept in an order's record. Attributes of other groups are left out. */
ipp_t *ipp_bounds_group(ipp_t *from, ipp_tag_t group);

#endif
