/*
 * row.h - the comparison at the bottom of screening, by the widest registers there are.
 */
#ifndef CC_SCREEN_ROW_H
#define CC_SCREEN_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The row of a tile that repeats every `width` pixels, stored `stride` long, so that
 * runs of it can be compared at once: paper[i] == paper[i + width] as far as it goes. */
#define ROW_TAIL 64 /* stride is at least width + ROW_TAIL */
struct row_tile {
	const uint8_t *paper; /* [stride] */
	size_t width, stride;
};

/* Compares values[n] with the tile's pixels at, at + 1, ... (at < width): a bit is set
 * where value <= paper. bits as in screen.h. */
void row_screen(const struct row_tile *tile, size_t at, const uint8_t *values, size_t n,
		uint8_t *bits);
/* The same in plain C, for machines without AVX2 and for the test that compares. */
void row_screen_plain(const struct row_tile *tile, size_t at, const uint8_t *values,
		      size_t n, uint8_t *bits);

/* True if all of values[n] are `value`. */
bool row_is(const uint8_t *values, size_t n, uint8_t value);

#endif
