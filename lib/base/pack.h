/*
 * pack.h - integers, strings and byte rows in a flat, bounded form.
 *
 * The one encoding of what we store and of what our processes say to each other:
 * integers big-endian; strings and byte rows with a 32-bit length before them. A reader
 * checks every length against what is left and against the limit that its caller names,
 * before it touches a byte; the first fault sticks (reader->failed), so a caller reads
 * all fields and asks once, with pack_end.
 */
#ifndef CC_BASE_PACK_H
#define CC_BASE_PACK_H

#include "lib/base/buf.h"

/* Writing: appends to out; 0, or -1 when out's limit is reached. */
int pack_u8(struct buf *out, uint8_t v, struct error *err);
int pack_u16(struct buf *out, uint16_t v, struct error *err);
int pack_u32(struct buf *out, uint32_t v, struct error *err);
int pack_u64(struct buf *out, uint64_t v, struct error *err);
/* Length, then bytes. */
int pack_bytes(struct buf *out, const void *data, size_t len, struct error *err);
int pack_string(struct buf *out, const char *text, struct error *err);
/* Bytes of a length that both sides know. */
int pack_fixed(struct buf *out, const void *data, size_t len, struct error *err);

struct pack_reader {
	const uint8_t *data; /* not owned */
	size_t len;	     /* bytes left */
	int failed;	     /* sticks */
	struct error error;  /* why, once failed */
};

void pack_read(struct pack_reader *r, const void *data, size_t len);
/* After a fault they return 0 and leave the target zeroed. */
uint8_t pack_get_u8(struct pack_reader *r);
uint16_t pack_get_u16(struct pack_reader *r);
uint32_t pack_get_u32(struct pack_reader *r);
uint64_t pack_get_u64(struct pack_reader *r);
void pack_get_fixed(struct pack_reader *r, void *to, size_t len);
/* A string into char to[size]; a zero byte inside it, or one that does not fit with its
 * terminating zero, is a fault. */
void pack_get_string(struct pack_reader *r, char *to, size_t size);
/* Points into the reader's data; at most max bytes. */
const uint8_t *pack_get_bytes(struct pack_reader *r, size_t max, size_t *len);
/* 0 if nothing failed and nothing is left over; else -1 with *err (ERROR_INPUT). */
int pack_end(struct pack_reader *r, struct error *err);

#endif
