#include <string.h>

#include "lib/base/error.h"
#include "lib/image/spread.h"

#define DEFINE_SPREAD(name, type, wide, most)                                          \
	static type name##_blend(wide v, wide a, wide white, bool premultiplied)       \
	{                                                                              \
		wide under = white * (most - a);                                       \
		wide over = premultiplied ? v * most : v * a;                          \
		wide sum = (over + under + most / 2) / most;                           \
                                                                                       \
		return (type)(sum > most ? most : sum);                                \
	}                                                                              \
                                                                                       \
	static void name(const struct spread *s, const type *from, size_t n,           \
			 uint8_t *const *to)                                           \
	{                                                                              \
		wide white = s->white_is_zero ? 0 : most;                              \
                                                                                       \
		for (unsigned p = 0; p < s->planes; p++) {                             \
			type *row = (type *)(void *)to[p];                             \
			const type *at = from + p, *alpha = from + s->alpha;           \
                                                                                       \
			for (size_t i = 0; i < n; i++)                                 \
				row[i] = at[i * s->samples];                           \
			for (size_t i = 0; s->alpha != 0 && i < n; i++)                \
				row[i] = name##_blend(row[i], alpha[i * s->samples],   \
						      white, s->premultiplied);        \
		}                                                                      \
	}

DEFINE_SPREAD(spread_8, uint8_t, uint32_t, 255u)
DEFINE_SPREAD(spread_16, uint16_t, uint64_t, 65535u)

void
spread_row(const struct spread *s, const void *from, size_t n, uint8_t *const *to)
{
	if (s->planes == 1 && s->samples == 1)
		memcpy(to[0], from, n * (s->bits / 8));
	else if (s->bits == 8)
		spread_8(s, from, n, to);
	else
		spread_16(s, from, n, to);
}

void
spread_bits(const uint8_t *from, unsigned bits, size_t first, size_t step, size_t n,
	    bool widen, size_t to_step, uint16_t *to)
{
	uint32_t most = (1u << bits) - 1;

	INVARIANT(bits >= 1 && bits <= 16);
	for (size_t i = 0; i < n; i++) {
		size_t bit = (first + i * step) * bits;
		uint32_t v = 0;

		for (unsigned b = 0; b < bits; b++, bit++)
			v = v << 1 | (from[bit >> 3] >> (7 - (bit & 7)) & 1u);
		to[i * to_step] =
			(uint16_t)(widen ? (v * 65535u + most / 2) / most : v);
	}
}
