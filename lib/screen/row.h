/*
 * row.h - the comparison at the bottom of screening, by the widest registers there are.
 */
#ifndef CC_SCREEN_ROW_H
#define CC_SCREEN_ROW_H

#include <stddef.h>
#include <stdint.h>

/* Compares values[n] with the ring paper[width], from paper[at] on: a bit is set where
 * value <= paper. bits as in screen.h. */
void row_screen(const uint8_t *paper, size_t width, size_t at, const uint8_t *values,
		size_t n, uint8_t *bits);
/* The same in plain C, for machines without AVX2 and for the test that compares. */
void row_screen_plain(const uint8_t *paper, size_t width, size_t at,
		      const uint8_t *values, size_t n, uint8_t *bits);

#endif
