/*
 * row.c - eight pixels make a byte; a run goes on as long as the stored row does, then
 * begins again at the same place of the tile.
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
			b |= (unsigned)(values[k] <= paper[k]) << k;
		bits[i] = (uint8_t)b;
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
run_avx2(const uint8_t *paper, const uint8_t *values, size_t bytes, uint8_t *bits)
{
	size_t i = 0;

	for (; i + 4 <= bytes; i += 4) {
		__m256i v = _mm256_loadu_si256((const void *)(values + 8 * i));
		__m256i p = _mm256_loadu_si256((const void *)(paper + 8 * i));
		__m256i dark = _mm256_cmpeq_epi8(_mm256_max_epu8(v, p), p);
		int mask = _mm256_movemask_epi8(dark);

		memcpy(bits + i, &mask, 4);
	}
	run_plain(paper + 8 * i, values + 8 * i, bytes - i, bits + i);
}

__attribute__((target("avx512bw"))) static void
run_avx512(const uint8_t *paper, const uint8_t *values, size_t bytes, uint8_t *bits)
{
	size_t i = 0;

	for (; i + 8 <= bytes; i += 8) {
		__m512i v = _mm512_loadu_si512(values + 8 * i);
		__m512i p = _mm512_loadu_si512(paper + 8 * i);
		uint64_t mask = _mm512_cmple_epu8_mask(v, p);

		memcpy(bits + i, &mask, 8);
	}
	run_plain(paper + 8 * i, values + 8 * i, bytes - i, bits + i);
}
#endif

static run_fn
best_run(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512bw"))
		return run_avx512;
	if (__builtin_cpu_supports("avx2"))
		return run_avx2;
#endif
	return run_plain;
}

static void
screen_with(run_fn run, const struct row_tile *t, size_t at, const uint8_t *values,
	    size_t n, uint8_t *bits)
{
	uint8_t last[8] = {0}; /* of values, when they don't fill a byte */

	while (n >= 8) {
		size_t left = t->stride - at, bytes = (left < n ? left : n) / 8;

		run(t->paper + at, values, bytes, bits);
		at = (at + 8 * bytes) % t->width;
		values += 8 * bytes;
		n -= 8 * bytes;
		bits += bytes;
	}
	if (n > 0) {
		memcpy(last, values, n);
		run_plain(t->paper + at, last, 1, bits);
		*bits &= (uint8_t)((1u << n) - 1);
	}
}

void
row_screen(const struct row_tile *tile, size_t at, const uint8_t *values, size_t n,
	   uint8_t *bits)
{
	screen_with(best_run(), tile, at, values, n, bits);
}

void
row_screen_plain(const struct row_tile *tile, size_t at, const uint8_t *values,
		 size_t n, uint8_t *bits)
{
	screen_with(run_plain, tile, at, values, n, bits);
}

/* All equal, if each equals the one before it: memcmp is as wide as the machine. */
bool
row_is(const uint8_t *values, size_t n, uint8_t value)
{
	return n == 0 || (values[0] == value && memcmp(values, values + 1, n - 1) == 0);
}
