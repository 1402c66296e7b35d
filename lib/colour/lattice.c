#include "lib/base/clones.h"

#include "lib/colour/lattice.h"

/* Cell and position (0..LATTICE_ONE) of a sample along one axis. */
#define LOCATE(v, cell, part)                                                          \
	do {                                                                           \
		uint32_t s_ = (uint32_t)(v) + ((uint32_t)(v) >> 15);                   \
		(cell) = s_ >> shift;                                                  \
		(cell) -= (cell) == last;                                              \
		(part) = (int32_t)((s_ - ((cell) << shift)) << LATTICE_WEIGHT_BITS >>  \
				   shift);                                             \
	} while (0)

static inline uint32_t
pair(int32_t even, int32_t odd)
{
	return (uint32_t)even | (uint32_t)odd << 16;
}

CLONES static void
locate_1(const struct lattice *l, const uint16_t *a, size_t n, struct places *p)
{
	const uint32_t shift = l->shift, last = l->cells, mask = l->mask;

	for (size_t i = 0; i < n; i++) {
		uint32_t x;
		int32_t fx;

		LOCATE(a[i], x, fx);
		p->corner[0][i] = x & mask;
		p->corner[1][i] = (x & mask) + 1;
		p->weights[0][i] = pair(LATTICE_ONE - fx, fx);
	}
}

/* Corners: the cell's, then a step along the axis of the largest part, then of the next,
 * then the far corner. */
CLONES static void
locate_3(const struct lattice *l, const uint16_t *a, const uint16_t *b,
	 const uint16_t *c, size_t n, struct places *p)
{
	const uint32_t shift = l->shift, last = l->cells, mask = l->mask;
	const uint32_t sx = l->stride[0], sy = l->stride[1], sz = l->stride[2];

	for (size_t i = 0; i < n; i++) {
		uint32_t x, y, z, base, first, third;
		int32_t fx, fy, fz, high, low, mid;

		LOCATE(a[i], x, fx);
		LOCATE(b[i], y, fy);
		LOCATE(c[i], z, fz);
		base = (x & mask) * sx + (y & mask) * sy + (z & mask) * sz;
		high = fx > fy ? fx : fy;
		first = fx > fy ? sx : sy;
		first = fz > high ? sz : first;
		high = fz > high ? fz : high;
		low = fx > fy ? fy : fx;
		third = fx > fy ? sy : sx;
		third = fz > low ? third : sz;
		low = fz > low ? low : fz;
		mid = fx + fy + fz - high - low;
		p->corner[0][i] = base;
		p->corner[1][i] = base + first;
		p->corner[2][i] = base + sx + sy + sz - third;
		p->corner[3][i] = base + sx + sy + sz;
		p->weights[0][i] = pair(LATTICE_ONE - high, high - mid);
		p->weights[1][i] = pair(mid - low, low);
	}
}

#define SORT_DOWN(f, g_, s, t)                                                         \
	do {                                                                           \
		int32_t more_ = (f) > (g_) ? (f) : (g_),                               \
			less_ = (f) > (g_) ? (g_) : (f);                               \
		uint32_t s_ = (f) > (g_) ? (s) : (t), t_ = (f) > (g_) ? (t) : (s);     \
		(f) = more_;                                                           \
		(g_) = less_;                                                          \
		(s) = s_;                                                              \
		(t) = t_;                                                              \
	} while (0)

CLONES static void
locate_4(const struct lattice *l, const uint16_t *const in[COLOUR_CHANNELS_MAX],
	 size_t n, struct places *p)
{
	const uint32_t shift = l->shift, last = l->cells, mask = l->mask;
	const uint16_t *a = in[0], *b = in[1], *c = in[2], *d = in[3];

	for (size_t i = 0; i < n; i++) {
		uint32_t s0 = l->stride[0], s1 = l->stride[1], s2 = l->stride[2],
			 s3 = l->stride[3];
		uint32_t x, y, z, k, at;
		int32_t f0, f1, f2, f3;

		LOCATE(a[i], x, f0);
		LOCATE(b[i], y, f1);
		LOCATE(c[i], z, f2);
		LOCATE(d[i], k, f3);
		at = (x & mask) * s0 + (y & mask) * s1 + (z & mask) * s2 +
		     (k & mask) * s3;
		SORT_DOWN(f0, f1, s0, s1);
		SORT_DOWN(f2, f3, s2, s3);
		SORT_DOWN(f0, f2, s0, s2);
		SORT_DOWN(f1, f3, s1, s3);
		SORT_DOWN(f1, f2, s1, s2);
		p->corner[0][i] = at;
		p->corner[1][i] = at += s0;
		p->corner[2][i] = at += s1;
		p->corner[3][i] = at += s2;
		p->corner[4][i] = at + s3;
		p->corner[5][i] = at + s3; /* weighs nothing */
		p->weights[0][i] = pair(LATTICE_ONE - f0, f0 - f1);
		p->weights[1][i] = pair(f1 - f2, f2 - f3);
		p->weights[2][i] = pair(f3, 0);
	}
}

void
lattice_locate(const struct lattice *l, const uint16_t *const in[COLOUR_CHANNELS_MAX],
	       size_t n, struct places *p)
{
	if (l->in == 1)
		locate_1(l, in[0], n, p);
	else if (l->in == 3)
		locate_3(l, in[0], in[1], in[2], n, p);
	else
		locate_4(l, in, n, p);
}
