/*
 * Fixed point. A sample v of 0..65535 is stretched to 0..65536 (v + v/2^15), so that
 * cells are powers of two and white falls exactly on the last node. Weights have 14 bits
 * and sum to 2^14. Nodes are stored as signed 16 bit: for 8-bit output 0..255 times 128;
 * for 16-bit output less 32768. Thus a pair of products fits _mm_madd_epi16, the one
 * instruction that this file is built around; its plain twin does the same sums.
 *
 * A node has GRID_OUT values, used or not, so that it is one 64-bit load.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#define HAVE_VECTORS 1
#else
#define HAVE_VECTORS 0
#endif

#include "lib/colour/grid.h"

#define GRID_OUT    4
#define BLOCK	    256 /* pixels at once: index and weight rows stay in the first cache */
#define CORNERS	    5  /* of the largest simplex */
#define CELL	    16 /* corners of a cell of four dimensions */
#define WEIGHT_BITS 14
#define WEIGHT_ONE  (1 << WEIGHT_BITS)
#define NARROW_ONE  128 /* a step of 8-bit output, in a node */
#define ASK_MAX	    256 /* exact values asked for at once */
/* A cell that bends by more than these steps of 8-bit output is cut again. Four
 * channels make larger cells, and inks darker colours, where a step is seen more. */
#define BENT_STEPS	1.0
#define BENT_STEPS_FOUR 0.5
#define PARTS_MAX	625 /* nodes of a cell that was cut: 5 a side */

/* The index rows are vectorised by the compiler, for what the machine has. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                 \
	!defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define CLONES
#endif

enum { NODE_KNOWN = 1, CELL_READY = 2, CELL_BENT = 4 };

/* A cell that was cut again: its own small grid. */
struct parts {
	int16_t node[PARTS_MAX][GRID_OUT];
	uint8_t known[PARTS_MAX];
};

struct grid {
	unsigned in, out, out_bits;
	unsigned shift;			      /* of a stretched sample: its cell */
	uint32_t side;			      /* nodes along each axis */
	uint32_t stride[COLOUR_CHANNELS_MAX]; /* nodes from one to the next */
	uint32_t nodes;
	int16_t (*node)[GRID_OUT];
	uint8_t *state;	      /* of a node, and of the cell that it begins */
	unsigned cut_bits;    /* of a bent cell: 4 or 2 parts a side */
	uint32_t *bent;	      /* of a cell: which of parts */
	struct parts **parts; /* owned, each */
	struct grid_counts counts;
	bool plain;
	grid_exact *exact;
	void *ctx;
};

/* Where each pixel of a block lies: its simplex's corners, and pairs of weights. */
struct places {
	uint32_t corner[CORNERS + 1][BLOCK];
	uint32_t weights[(CORNERS + 1) / 2][BLOCK]; /* two of 16 bits: even, odd */
};

struct grid *
grid_open(unsigned in, unsigned out, unsigned out_bits, grid_exact *exact, void *ctx)
{
	static const unsigned bits[] = {[1] = 10, [3] = 6, [4] = 5};
	struct grid *g = calloc(1, sizeof(*g));

	INVARIANT(g != NULL && (in == 1 || in == 3 || in == 4) && out <= GRID_OUT);
	g->in = in;
	g->out = out;
	g->out_bits = out_bits;
	g->shift = 16 - bits[in];
	g->side = (1u << bits[in]) + 1;
	g->nodes = 1;
	for (unsigned c = in; c-- > 0;) {
		g->stride[c] = g->nodes;
		g->nodes *= g->side;
	}
	g->cut_bits = 2;
	g->node = calloc(g->nodes, sizeof(*g->node));
	g->state = calloc(g->nodes, 1);
	g->bent = calloc(g->nodes, sizeof(*g->bent));
	INVARIANT(g->node != NULL && g->state != NULL && g->bent != NULL);
	g->exact = exact;
	g->ctx = ctx;
	g->plain = !HAVE_VECTORS;
	return g;
}

void
grid_close(struct grid *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->counts.bent; i++)
		free(g->parts[i]);
	free(g->parts);
	free(g->bent);
	free(g->node);
	free(g->state);
	free(g);
}

struct grid_counts
grid_counts(const struct grid *g)
{
	return g->counts;
}

void
grid_use_plain(struct grid *g)
{
	g->plain = true;
}

/* --- exact corners --- */

static int16_t
node_value(const struct grid *g, float v)
{
	double unit = v >= 0 ? (v <= 1 ? (double)v : 1) : 0; /* and 0 for a NaN */

	if (g->out_bits == 8)
		return (int16_t)lrint(unit * 255 * NARROW_ONE);
	return (int16_t)(lrint(unit * 65535) - 32768);
}

/* Exact values that are wanted: where, and where to. */
struct wanted {
	float at[ASK_MAX * COLOUR_CHANNELS_MAX]; /* 0..1, in channels a point */
	int16_t *to[ASK_MAX];
	size_t count;
};

static void
ask(struct grid *g, struct wanted *w)
{
	float out[ASK_MAX * GRID_OUT];

	if (w->count == 0)
		return;
	g->exact(g->ctx, w->at, out, w->count);
	for (size_t i = 0; i < w->count; i++)
		for (unsigned c = 0; c < g->out; c++)
			w->to[i][c] = node_value(g, out[i * g->out + c]);
	g->counts.asked += w->count;
	w->count = 0;
}

/* at[c]: the point's coordinates, in cells. */
static void
want(struct grid *g, struct wanted *w, const float at[COLOUR_CHANNELS_MAX], int16_t *to)
{
	for (unsigned c = 0; c < g->in; c++)
		w->at[w->count * g->in + c] = at[c] / (float)(g->side - 1);
	w->to[w->count++] = to;
}

static void
cell_at(const struct grid *g, uint32_t cell, float at[COLOUR_CHANNELS_MAX])
{
	for (unsigned c = 0; c < g->in; c++)
		at[c] = (float)(cell / g->stride[c] % g->side);
}

static uint32_t
corner_of(const struct grid *g, uint32_t cell, unsigned corner)
{
	for (unsigned c = 0; c < g->in; c++)
		if (corner & 1u << c)
			cell += g->stride[c];
	return cell;
}

/* The cell's unknown corners, and its middle. */
static void
want_cell(struct grid *g, struct wanted *w, uint32_t cell, int16_t *middle)
{
	float at[COLOUR_CHANNELS_MAX], point[COLOUR_CHANNELS_MAX];

	cell_at(g, cell, at);
	for (unsigned corner = 0; corner < 1u << g->in; corner++) {
		uint32_t node = corner_of(g, cell, corner);

		if (g->state[node] & NODE_KNOWN)
			continue;
		g->state[node] |= NODE_KNOWN;
		for (unsigned c = 0; c < g->in; c++)
			point[c] = at[c] + (float)(corner >> c & 1);
		want(g, w, point, g->node[node]);
	}
	for (unsigned c = 0; c < g->in; c++)
		at[c] += 0.5f;
	want(g, w, at, middle);
}

/* In a flat cell the ends of every diagonal have their mean in the middle. */
static bool
bends(const struct grid *g, uint32_t cell, const int16_t *middle)
{
	const double step = g->out_bits == 8 ? NARROW_ONE : 65535 / 255.0;
	const double steps = g->in == 4 ? BENT_STEPS_FOUR : BENT_STEPS;
	const int32_t most = (int32_t)(2 * steps * step);
	unsigned last = (1u << g->in) - 1;

	for (unsigned corner = 0; corner <= last / 2; corner++) {
		const int16_t *a = g->node[corner_of(g, cell, corner)];
		const int16_t *b = g->node[corner_of(g, cell, last - corner)];

		for (unsigned c = 0; c < g->out; c++)
			if (abs(a[c] + b[c] - 2 * middle[c]) > most)
				return true;
	}
	return false;
}

static void
mark_bent(struct grid *g, uint32_t cell)
{
	size_t n = g->counts.bent++;

	if ((n & (n - 1)) == 0) { /* full: twice as many */
		g->parts = realloc(g->parts, (n > 0 ? 2 * n : 1) * sizeof(*g->parts));
		INVARIANT(g->parts != NULL);
	}
	g->parts[n] = calloc(1, sizeof(*g->parts[n]));
	INVARIANT(g->parts[n] != NULL);
	g->bent[cell] = (uint32_t)n;
	g->state[cell] |= CELL_BENT;
}

static void
judge(struct grid *g, const uint32_t *cells, int16_t (*middles)[GRID_OUT], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bends(g, cells[i], middles[i]))
			mark_bent(g, cells[i]);
	g->counts.cells += n;
}

/* All cells of a block; true if any of them bends. */
static bool
make_ready(struct grid *g, const uint32_t *cells, size_t n)
{
	enum { CELLS_MAX = ASK_MAX / (CELL + 1) };
	uint32_t fresh[CELLS_MAX];
	int16_t middles[CELLS_MAX][GRID_OUT];
	struct wanted wanted = {.count = 0};
	size_t count = 0;
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++) {
		seen |= g->state[cells[i]];
		if (g->state[cells[i]] & CELL_READY)
			continue;
		g->state[cells[i]] |= CELL_READY;
		want_cell(g, &wanted, cells[i], middles[count]);
		fresh[count++] = cells[i];
		if (count == CELLS_MAX || i + 1 == n) {
			ask(g, &wanted);
			judge(g, fresh, middles, count);
			count = 0;
		}
	}
	ask(g, &wanted);
	judge(g, fresh, middles, count);
	for (size_t i = 0; i < n && !(seen & CELL_BENT); i++)
		seen |= g->state[cells[i]];
	return (seen & CELL_BENT) != 0;
}

/* --- cells and weights --- */

/* Cell and position (0..WEIGHT_ONE) of a sample along one axis. */
#define LOCATE(v, cell, part)                                                          \
	do {                                                                           \
		uint32_t s_ = (uint32_t)(v) + ((uint32_t)(v) >> 15);                   \
		(cell) = s_ >> shift;                                                  \
		(cell) -= (cell) == last;                                              \
		(part) =                                                               \
			(int32_t)((s_ - ((cell) << shift)) << (WEIGHT_BITS) >> shift); \
	} while (0)

static inline uint32_t
pair(int32_t even, int32_t odd)
{
	return (uint32_t)even | (uint32_t)odd << 16;
}

CLONES static void
locate_1(const struct grid *g, const uint16_t *a, size_t n, struct places *p)
{
	const uint32_t shift = g->shift, last = g->side - 1;

	for (size_t i = 0; i < n; i++) {
		uint32_t x;
		int32_t fx;

		LOCATE(a[i], x, fx);
		p->corner[0][i] = x;
		p->corner[1][i] = x + 1;
		p->weights[0][i] = pair(WEIGHT_ONE - fx, fx);
	}
}

/* Corners: the cell's, then a step along the axis of the largest part, then of the next,
 * then the far corner. */
CLONES static void
locate_3(const struct grid *g, const uint16_t *a, const uint16_t *b, const uint16_t *c,
	 size_t n, struct places *p)
{
	const uint32_t shift = g->shift, last = g->side - 1;
	const uint32_t sx = g->stride[0], sy = g->stride[1], sz = g->stride[2];

	for (size_t i = 0; i < n; i++) {
		uint32_t x, y, z, base, first, third;
		int32_t fx, fy, fz, high, low, mid;

		LOCATE(a[i], x, fx);
		LOCATE(b[i], y, fy);
		LOCATE(c[i], z, fz);
		base = x * sx + y * sy + z * sz;
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
		p->weights[0][i] = pair(WEIGHT_ONE - high, high - mid);
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
locate_4(const struct grid *g, const uint16_t *const in[COLOUR_CHANNELS_MAX], size_t n,
	 struct places *p)
{
	const uint32_t shift = g->shift, last = g->side - 1;
	const uint16_t *a = in[0], *b = in[1], *c = in[2], *d = in[3];

	for (size_t i = 0; i < n; i++) {
		uint32_t s0 = g->stride[0], s1 = g->stride[1], s2 = g->stride[2],
			 s3 = g->stride[3];
		uint32_t x, y, z, k, at;
		int32_t f0, f1, f2, f3;

		LOCATE(a[i], x, f0);
		LOCATE(b[i], y, f1);
		LOCATE(c[i], z, f2);
		LOCATE(d[i], k, f3);
		at = x * s0 + y * s1 + z * s2 + k * s3;
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
		p->weights[0][i] = pair(WEIGHT_ONE - f0, f0 - f1);
		p->weights[1][i] = pair(f1 - f2, f2 - f3);
		p->weights[2][i] = pair(f3, 0);
	}
}

static void
locate(const struct grid *g, const uint16_t *const in[COLOUR_CHANNELS_MAX], size_t n,
       struct places *p)
{
	if (g->in == 1)
		locate_1(g, in[0], n, p);
	else if (g->in == 3)
		locate_3(g, in[0], in[1], in[2], n, p);
	else
		locate_4(g, in, n, p);
}

/* --- sums --- */

static int32_t
weigh(const struct grid *g, const struct places *p, size_t i, unsigned channel)
{
	int32_t sum = 0;

	for (unsigned k = 0; k <= g->in; k++) {
		uint32_t w = p->weights[k / 2][i] >> k % 2 * 16 & 0xffff;

		sum += (int32_t)w * g->node[p->corner[k][i]][channel];
	}
	return sum;
}

static inline void
put(const struct grid *g, int32_t sum, size_t at, void *out)
{
	if (g->out_bits == 8)
		((uint8_t *)out)[at] = (uint8_t)((sum + WEIGHT_ONE * NARROW_ONE / 2) /
						 (WEIGHT_ONE * NARROW_ONE));
	else
		((uint16_t *)out)[at] =
			(uint16_t)(((sum + WEIGHT_ONE / 2) >> WEIGHT_BITS) + 32768);
}

static void
mix_plain(const struct grid *g, const struct places *p, size_t n, void *out)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned c = 0; c < g->out; c++)
			put(g, weigh(g, p, i, c), i * g->out + c, out);
}

#if HAVE_VECTORS
static inline __m128i
load(const struct grid *g, uint32_t node)
{
	return _mm_loadl_epi64((const __m128i *)(const void *)g->node[node]);
}

/* Two corners, weighed and added: four sums of 32 bits. */
static inline __m128i
weigh_pair(const struct grid *g, const struct places *p, unsigned k, size_t i)
{
	__m128i both = _mm_unpacklo_epi16(load(g, p->corner[2 * k][i]),
					  load(g, p->corner[2 * k + 1][i]));

	return _mm_madd_epi16(both, _mm_set1_epi32((int)p->weights[k][i]));
}

static inline __m128i
mix_pixel(const struct grid *g, const struct places *p, size_t i, unsigned pairs)
{
	__m128i sum = weigh_pair(g, p, 0, i);

	for (unsigned k = 1; k < pairs; k++)
		sum = _mm_add_epi32(sum, weigh_pair(g, p, k, i));
	return sum;
}

/* Four bytes of four sums. */
static inline uint32_t
narrow(__m128i sum)
{
	const __m128i half = _mm_set1_epi32(WEIGHT_ONE * NARROW_ONE / 2);

	sum = _mm_srai_epi32(_mm_add_epi32(sum, half), WEIGHT_BITS + 7);
	sum = _mm_packs_epi32(sum, sum);
	return (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
}

static inline void
mix_narrow(const struct grid *g, const struct places *p, size_t n, uint8_t *out,
	   unsigned pairs, unsigned channels)
{
	size_t whole = channels == 3 && n > 0 ? n - 1 : n;
	uint32_t four;

	/* Three bytes are written as four; the fourth is the next pixel's. */
	for (size_t i = 0; i < whole; i++, out += channels) {
		four = narrow(mix_pixel(g, p, i, pairs));
		memcpy(out, &four, channels == 1 ? 1 : 4);
	}
	if (whole < n) {
		four = narrow(mix_pixel(g, p, whole, pairs));
		memcpy(out, &four, 3);
	}
}

static void
mix_vectors(const struct grid *g, const struct places *p, size_t n, uint8_t *out)
{
	/* Constants, so that each becomes a loop of its own. */
	if (g->in == 3 && g->out == 3)
		mix_narrow(g, p, n, out, 2, 3);
	else if (g->in == 3 && g->out == 4)
		mix_narrow(g, p, n, out, 2, 4);
	else if (g->in == 4 && g->out == 3)
		mix_narrow(g, p, n, out, 3, 3);
	else if (g->in == 4 && g->out == 4)
		mix_narrow(g, p, n, out, 3, 4);
	else
		mix_narrow(g, p, n, out, g->in == 1 ? 1 : (g->in + 2) / 2, g->out);
}
#endif

/* --- bent cells --- */

/* Where a pixel lies in its cell's own small grid: the simplex's nodes, its weights. */
struct spot {
	uint32_t node[CORNERS];
	int32_t weight[CORNERS];
};

static void
find_spot(const struct grid *g, uint32_t cell, const uint16_t *const *in, size_t i,
	  struct spot *s)
{
	const uint32_t cuts = 1u << g->cut_bits, part_bits = WEIGHT_BITS - g->cut_bits;
	int32_t part[COLOUR_CHANNELS_MAX], before = WEIGHT_ONE;
	uint32_t step[COLOUR_CHANNELS_MAX], at = 0, stride = 1;

	for (unsigned c = g->in; c-- > 0; stride *= cuts + 1) {
		const uint32_t shift = g->shift;
		uint32_t v = in[c][i] + (in[c][i] >> 15), sub;
		int32_t f = (int32_t)((v - (cell / g->stride[c] % g->side << shift))
					      << WEIGHT_BITS >>
				      shift);
		unsigned k;

		sub = (uint32_t)f >> part_bits;
		sub -= sub == cuts;
		at += sub * stride;
		f = (f - (int32_t)(sub << part_bits)) << g->cut_bits;
		/* the axes in order of their parts, the largest first */
		for (k = g->in - 1 - c; k > 0 && part[k - 1] < f; k--) {
			part[k] = part[k - 1];
			step[k] = step[k - 1];
		}
		part[k] = f;
		step[k] = stride;
	}
	for (unsigned k = 0; k < g->in; k++) {
		s->node[k] = at;
		s->weight[k] = before - part[k];
		before = part[k];
		at += step[k];
	}
	s->node[g->in] = at;
	s->weight[g->in] = before;
}

static void
want_spot(struct grid *g, struct wanted *w, uint32_t cell, const struct spot *s)
{
	struct parts *parts = g->parts[g->bent[cell]];
	const uint32_t cuts = 1u << g->cut_bits;

	for (unsigned k = 0; k <= g->in; k++) {
		float at[COLOUR_CHANNELS_MAX];
		uint32_t node = s->node[k];

		if (parts->known[node])
			continue;
		parts->known[node] = 1;
		cell_at(g, cell, at);
		for (unsigned c = g->in; c-- > 0; node /= cuts + 1)
			at[c] += (float)(node % (cuts + 1)) / (float)cuts;
		want(g, w, at, parts->node[s->node[k]]);
	}
}

static void
mix_spot(const struct grid *g, uint32_t cell, const struct spot *s, size_t i, void *out)
{
	const struct parts *parts = g->parts[g->bent[cell]];

	for (unsigned c = 0; c < g->out; c++) {
		int32_t sum = 0;

		for (unsigned k = 0; k <= g->in; k++)
			sum += s->weight[k] * parts->node[s->node[k]][c];
		put(g, sum, i * g->out + c, out);
	}
}

static void
mix_bent(struct grid *g, const struct places *p, const uint16_t *const *in, size_t n,
	 void *out)
{
	struct spot spots[BLOCK];
	struct wanted wanted = {.count = 0};

	for (size_t i = 0; i < n; i++) {
		uint32_t cell = p->corner[0][i];

		if (!(g->state[cell] & CELL_BENT))
			continue;
		find_spot(g, cell, in, i, &spots[i]);
		want_spot(g, &wanted, cell, &spots[i]);
		if (wanted.count > ASK_MAX - CORNERS)
			ask(g, &wanted);
	}
	ask(g, &wanted);
	for (size_t i = 0; i < n; i++)
		if (g->state[p->corner[0][i]] & CELL_BENT)
			mix_spot(g, p->corner[0][i], &spots[i], i, out);
}

static void
mix(const struct grid *g, const struct places *p, size_t n, void *out)
{
#if HAVE_VECTORS
	if (!g->plain && g->out_bits == 8) {
		mix_vectors(g, p, n, out);
		return;
	}
#endif
	mix_plain(g, p, n, out);
}

void
grid_convert(struct grid *g, const uint16_t *const in[COLOUR_CHANNELS_MAX], void *out,
	     size_t pixels)
{
	size_t pixel = g->out * (g->out_bits / 8);
	struct places places;

	for (size_t at = 0; at < pixels; at += BLOCK) {
		size_t n = pixels - at < BLOCK ? pixels - at : BLOCK;
		const uint16_t *rows[COLOUR_CHANNELS_MAX] = {NULL};
		bool bent;

		for (unsigned c = 0; c < g->in; c++)
			rows[c] = in[c] + at;
		locate(g, rows, n, &places);
		bent = make_ready(g, places.corner[0], n);
		mix(g, &places, n, (uint8_t *)out + at * pixel);
		if (bent)
			mix_bent(g, &places, rows, n, (uint8_t *)out + at * pixel);
	}
}
