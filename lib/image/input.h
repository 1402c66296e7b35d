/*
 * input.h - the bytes of a picture: a descriptor with a look ahead and a limit.
 *
 * Standard input can't be rewound, so what was looked at to tell the format stays
 * buffered here. A format that must seek (TIFF, PDF) is first gathered in an anonymous
 * file in memory: a customer's picture never touches a disk in clear.
 */
#ifndef CC_IMAGE_INPUT_H
#define CC_IMAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

#define IMAGE_INPUT_BUFFER (256 * 1024)

struct image_input {
	int fd;		 /* not owned */
	uint8_t *data;	 /* IMAGE_INPUT_BUFFER bytes */
	size_t pos, end; /* data[pos..end) is read but not taken */
	uint64_t total;	 /* bytes read from fd */
	uint64_t limit;	 /* more than this is refused */
	bool over;	 /* the limit was passed */
	int failed;	 /* errno of a failed read, or 0 */
};

/* Aborts without memory. */
void image_input_init(struct image_input *in, int fd, uint64_t limit);
void image_input_clear(struct image_input *in);
/* At least `want` (at most IMAGE_INPUT_BUFFER) bytes ahead unless the input ends
 * earlier; returns how many there are, *data points to them. */
size_t image_input_peek(struct image_input *in, size_t want, const uint8_t **data);
/* Takes everything buffered, reading if nothing is: 0 at the end. The bytes stay valid
 * until the next call. */
size_t image_input_take(struct image_input *in, const uint8_t **data);
/* Up to len bytes; fewer only at the end. */
size_t image_input_read(struct image_input *in, void *to, size_t len);
/* The whole input from its first byte as a file that can seek: the input itself where
 * it is one, else gathered in an anonymous file (memfd). Nothing may have been taken
 * yet, only looked at. in_memory: in any case a file in memory, of nobody's folder. The
 * descriptor, rewound, or -1; the caller closes it. */
int image_input_gather(struct image_input *in, bool in_memory, struct error *err);
/* Why the input ended: -1 with *err if it was a fault or the limit, else 0. */
int image_input_check(const struct image_input *in, struct error *err);

#endif
