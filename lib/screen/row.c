/*
 * row.c - eight pixels make a byte. The ring's end falls on any pixel, so the byte that
 * straddles it is done bit by bit, and whole runs of bytes between two ends at once.
 */
#include <string.h>

#include "lib/screen/row.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef void (*run_fn)(const uint8_t *paper, const uint8_t *values, size_t bytes,
		       uint8_t *bits);

static void
run_plain(const uint8_t *paper, const uint8_t *values, size_t bytes, uint8_t *bits)
{
	for (size_t i = 0; i < bytes; i++, paper += 8, values += 8) {
		unsigned b = 0;

		for (int k = 0; k < 8; k++)
			b = b << 1 | (values[k] <= paper[k]);
		bits[i] = (uint8_t)b;
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
run_avx2(const uint8_t *paper, const uint8_t *values, size_t bytes, uint8_t *bits)
{
	/* movemask takes the first pixel as the lowest bit; it must be the highest. */
	const __m256i turn =
		_mm256_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8,
				 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
	size_t i = 0;

	for (; i + 4 <= bytes; i += 4) {
		__m256i v = _mm256_loadu_si256((const void *)(values + 8 * i));
		__m256i p = _mm256_loadu_si256((const void *)(paper + 8 * i));
		__m256i dark = _mm256_cmpeq_epi8(_mm256_max_epu8(v, p), p);
		int mask = _mm256_movemask_epi8(_mm256_shuffle_epi8(dark, turn));

		memcpy(bits + i, &mask, 4);
	}
	run_plain(paper + 8 * i, values + 8 * i, bytes - i, bits + i);
}
#endif

static run_fn
best_run(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return run_avx2;
#endif
	return run_plain;
}

static unsigned
straddle(const uint8_t *paper, size_t width, size_t at, const uint8_t *values, size_t n)
{
	unsigned b = 0;

	for (size_t k = 0; k < 8; k++) {
		b <<= 1;
		if (k < n)
			b |= values[k] <= paper[(at + k) % width];
	}
	return b;
}

static void
screen_with(run_fn run, const uint8_t *paper, size_t width, size_t at,
	    const uint8_t *values, size_t n, uint8_t *bits)
{
	while (n >= 8) {
		size_t bytes = (width - at < n ? width - at : n) / 8;

		if (bytes == 0) {
			*bits = (uint8_t)straddle(paper, width, at, values, 8);
			bytes = 1;
		} else {
			run(paper + at, values, bytes, bits);
		}
		at = (at + 8 * bytes) % width;
		values += 8 * bytes;
		n -= 8 * bytes;
		bits += bytes;
	}
	if (n > 0)
		*bits = (uint8_t)straddle(paper, width, at, values, n);
}

void
row_screen(const uint8_t *paper, size_t width, size_t at, const uint8_t *values,
	   size_t n, uint8_t *bits)
{
	screen_with(best_run(), paper, width, at, values, n, bits);
}

void
row_screen_plain(const uint8_t *paper, size_t width, size_t at, const uint8_t *values,
		 size_t n, uint8_t *bits)
{
	screen_with(run_plain, paper, width, at, values, n, bits);
}
