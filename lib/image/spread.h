/*
 * spread.h - rows of packed samples, as files have them, into planes. Private to
 * lib/image.
 */
#ifndef CC_IMAGE_SPREAD_H
#define CC_IMAGE_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What lies in a row: `samples` a pixel, each of `bits`; the first `planes` of them are
 * wanted, `alpha` (if not 0) is the index of opacity, which is laid on white. */
struct spread {
	unsigned samples, planes, alpha;
	unsigned bits;	    /* 8, or 16 in the machine's byte order */
	bool premultiplied; /* colours already carry the opacity */
	bool white_is_zero; /* the paper's value: inks, inverted grey */
};

/* from: a row of n pixels; to[planes][n], of the same bits. */
void spread_row(const struct spread *s, const void *from, size_t n, uint8_t *const *to);

/* n values of 1 to 16 bits each, most significant bit first: the first is value number
 * `first` of the row, then every step-th. Widened to 0..65535, or left as they are
 * (indexes into a palette); written to every to_step-th place. */
void spread_bits(const uint8_t *from, unsigned bits, size_t first, size_t step,
		 size_t n, bool widen, size_t to_step, uint16_t *to);

#endif
