/*
 * Fixed point. Weights have 14 bits and sum to 2^14 (lattice.h). Nodes are stored as signed 16 bit: for 8-bit output 0..255 times 128;
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
#include "lib/colour/lattice.h"

#define GRID_OUT   4
#define CELL	   16  /* corners of a cell of four dimensions */
#define NARROW_ONE 128 /* a step of 8-bit output, in a node */
#define ASK_MAX	   256 /* exact values asked for at once */
/* A cell that bends by more than these steps of 8-bit output is cut again. Four
 * channels make larger cells, and inks darker colours, where a step is seen more. */
#define BENT_STEPS	1.0
#define BENT_STEPS_FOUR 0.5
#define CUT_BITS	2   /* of a cell that is cut: four parts a side */
#define PARTS_MAX	625 /* its nodes at most: 5 a side */

enum { NODE_KNOWN = 1, CELL_READY = 2, CELL_BENT = 4 };

/* A cell that was cut again: its own small grid. */
struct parts {
	uint64_t known[(PARTS_MAX + 63) / 64];
	int16_t node[][GRID_OUT];
};

struct grid {
	unsigned in, out, out_bits;
	struct lattice coarse; /* of all cells */
	struct lattice fine;   /* of the parts within a cell that was cut */
	uint32_t side;	       /* nodes along each axis of coarse */
	uint32_t nodes;
	int16_t (*node)[GRID_OUT];
	uint8_t *state;	      /* of a node, and of the cell that it begins */
	uint32_t *bent;	      /* of a cell: which of parts */
	struct parts **parts; /* owned, each */
	uint32_t part_nodes;  /* of each */
	struct grid_counts counts;
	bool plain;
	grid_exact *exact;
	void *ctx;
};

/* Nodes behind each other, the last axis first. Returns how many. */
static uint32_t
lattice_init(struct lattice *l, unsigned in, unsigned bits, unsigned cut_bits)
{
	uint32_t side = (1u << (cut_bits > 0 ? cut_bits : bits)) + 1, nodes = 1;

	l->in = in;
	l->shift = 16 - bits;
	l->cells = 1u << bits;
	l->mask = cut_bits > 0 ? (1u << cut_bits) - 1 : UINT32_MAX;
	for (unsigned c = in; c-- > 0; nodes *= side)
		l->stride[c] = nodes;
	return nodes;
}

struct grid *
grid_open(unsigned in, unsigned out, unsigned out_bits, grid_exact *exact, void *ctx)
{
	static const unsigned bits[] = {[1] = 10, [3] = 6, [4] = 5};
	struct grid *g = calloc(1, sizeof(*g));

	INVARIANT(g != NULL && (in == 1 || in == 3 || in == 4) && out <= GRID_OUT);
	g->in = in;
	g->out = out;
	g->out_bits = out_bits;
	g->nodes = lattice_init(&g->coarse, in, bits[in], 0);
	g->part_nodes = lattice_init(&g->fine, in, bits[in] + CUT_BITS, CUT_BITS);
	g->side = (1u << bits[in]) + 1;
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
		at[c] = (float)(cell / g->coarse.stride[c] % g->side);
}

static uint32_t
corner_of(const struct grid *g, uint32_t cell, unsigned corner)
{
	for (unsigned c = 0; c < g->in; c++)
		if (corner & 1u << c)
			cell += g->coarse.stride[c];
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
		g->parts =
			realloc(g->parts, (n > 0 ? 2 * n : 1) * sizeof(struct parts *));
		INVARIANT(g->parts != NULL);
	}
	g->parts[n] = calloc(1, sizeof(*g->parts[n]) +
					g->part_nodes * sizeof(g->parts[n]->node[0]));
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

/* Asks for what the cells that are new lack. */
static void
make_new_ready(struct grid *g, const uint32_t *cells, size_t n)
{
	enum { CELLS_MAX = ASK_MAX / (CELL + 1) };
	uint32_t fresh[CELLS_MAX];
	int16_t middles[CELLS_MAX][GRID_OUT];
	struct wanted wanted = {.count = 0};
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!(g->state[cells[i]] & CELL_READY)) {
			g->state[cells[i]] |= CELL_READY;
			want_cell(g, &wanted, cells[i], middles[count]);
			fresh[count++] = cells[i];
		}
		if (count == CELLS_MAX || i + 1 == n) {
			ask(g, &wanted);
			judge(g, fresh, middles, count);
			count = 0;
		}
	}
}

/* All cells of a block; true if any of them bends. */
static bool
make_ready(struct grid *g, const uint32_t *cells, size_t n)
{
	unsigned all = CELL_READY, any = 0;

	for (size_t i = 0; i < n; i++)
		all &= g->state[cells[i]];
	if (all == 0)
		make_new_ready(g, cells, n);
	for (size_t i = 0; i < n; i++)
		any |= g->state[cells[i]];
	return (any & CELL_BENT) != 0;
}

/* --- sums --- */

/* A pixel's corners lie in `node`: the grid's, or those of a cell that was cut. */
typedef const int16_t (*node_row)[GRID_OUT];

static int32_t
weigh(const struct grid *g, node_row node, const struct places *p, size_t i,
      unsigned channel)
{
	int32_t sum = 0;

	for (unsigned k = 0; k <= g->in; k++) {
		uint32_t w = p->weights[k / 2][i] >> k % 2 * 16 & 0xffff;

		sum += (int32_t)w * node[p->corner[k][i]][channel];
	}
	return sum;
}

static void
mix_plain(const struct grid *g, node_row node, const struct places *p, size_t i,
	  void *out)
{
	for (unsigned c = 0; c < g->out; c++) {
		int32_t sum = weigh(g, node, p, i, c);

		if (g->out_bits == 8)
			((uint8_t *)out)[c] =
				(uint8_t)((sum + LATTICE_ONE * NARROW_ONE / 2) /
					  (LATTICE_ONE * NARROW_ONE));
		else
			((uint16_t *)out)[c] = (uint16_t)(((sum + LATTICE_ONE / 2) >>
							   LATTICE_WEIGHT_BITS) +
							  32768);
	}
}

#if HAVE_VECTORS
static inline __m128i
load(node_row node, uint32_t at)
{
	return _mm_loadl_epi64((const __m128i *)(const void *)node[at]);
}

/* Two corners, weighed and added: four sums of 32 bits. */
static inline __m128i
weigh_pair(node_row node, const struct places *p, unsigned k, size_t i)
{
	__m128i both = _mm_unpacklo_epi16(load(node, p->corner[2 * k][i]),
					  load(node, p->corner[2 * k + 1][i]));

	return _mm_madd_epi16(both, _mm_set1_epi32((int)p->weights[k][i]));
}

static inline __m128i
mix_pixel(node_row node, const struct places *p, size_t i, unsigned pairs)
{
	__m128i sum = weigh_pair(node, p, 0, i);

	for (unsigned k = 1; k < pairs; k++)
		sum = _mm_add_epi32(sum, weigh_pair(node, p, k, i));
	return sum;
}

/* Four bytes of four sums. */
static inline uint32_t
narrow(__m128i sum)
{
	const __m128i half = _mm_set1_epi32(LATTICE_ONE * NARROW_ONE / 2);

	sum = _mm_srai_epi32(_mm_add_epi32(sum, half), LATTICE_WEIGHT_BITS + 7);
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
		four = narrow(mix_pixel(g->node, p, i, pairs));
		memcpy(out, &four, channels == 1 ? 1 : 4);
	}
	if (whole < n) {
		four = narrow(mix_pixel(g->node, p, whole, pairs));
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

static void
want_part(struct grid *g, struct wanted *w, uint32_t cell, uint32_t node)
{
	struct parts *parts = g->parts[g->bent[cell]];
	const uint32_t cuts = 1u << CUT_BITS;
	float at[COLOUR_CHANNELS_MAX];

	if (parts->known[node / 64] >> node % 64 & 1)
		return;
	parts->known[node / 64] |= (uint64_t)1 << node % 64;
	cell_at(g, cell, at);
	for (unsigned c = 0; c < g->in; c++)
		at[c] += (float)(node / g->fine.stride[c] % (cuts + 1)) / (float)cuts;
	want(g, w, at, parts->node[node]);
}

/* The pixels of a block that lie in bent cells, on their own. */
struct bent_pixels {
	size_t count;
	uint16_t sample[COLOUR_CHANNELS_MAX][LATTICE_BLOCK];
	uint32_t cell[LATTICE_BLOCK];
	uint16_t place[LATTICE_BLOCK]; /* in the block */
	struct places fine;
};

static void
find_bent(const struct grid *g, const struct places *p, const uint16_t *const *in,
	  size_t n, struct bent_pixels *b)
{
	const uint16_t *rows[COLOUR_CHANNELS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		b->place[count] = (uint16_t)i;
		b->cell[count] = p->corner[0][i];
		count += (g->state[p->corner[0][i]] & CELL_BENT) != 0;
	}
	b->count = count;
	for (unsigned c = 0; c < g->in; c++) {
		for (size_t i = 0; i < count; i++)
			b->sample[c][i] = in[c][b->place[i]];
		rows[c] = b->sample[c];
	}
	lattice_locate(&g->fine, rows, count, &b->fine);
}

static void
make_parts_ready(struct grid *g, const struct bent_pixels *b)
{
	struct wanted wanted = {.count = 0};

	for (size_t i = 0; i < b->count; i++) {
		for (unsigned k = 0; k <= g->in; k++)
			want_part(g, &wanted, b->cell[i], b->fine.corner[k][i]);
		if (wanted.count > ASK_MAX - LATTICE_CORNERS)
			ask(g, &wanted);
	}
	ask(g, &wanted);
}

static void
mix_bent(struct grid *g, const struct places *p, const uint16_t *const *in, size_t n,
	 uint8_t *out)
{
	size_t pixel = g->out * (g->out_bits / 8);
	struct bent_pixels b;

	find_bent(g, p, in, n, &b);
	make_parts_ready(g, &b);
	for (size_t i = 0; i < b.count; i++) {
		node_row node = g->parts[g->bent[b.cell[i]]]->node;
		uint8_t *to = out + b.place[i] * pixel;

#if HAVE_VECTORS
		if (!g->plain && g->out_bits == 8) {
			uint32_t four =
				narrow(mix_pixel(node, &b.fine, i, (g->in + 2) / 2));

			memcpy(to, &four, g->out);
			continue;
		}
#endif
		mix_plain(g, node, &b.fine, i, to);
	}
}

static void
mix(const struct grid *g, const struct places *p, size_t n, uint8_t *out)
{
	size_t pixel = g->out * (g->out_bits / 8);

#if HAVE_VECTORS
	if (!g->plain && g->out_bits == 8) {
		mix_vectors(g, p, n, out);
		return;
	}
#endif
	for (size_t i = 0; i < n; i++)
		mix_plain(g, g->node, p, i, out + i * pixel);
}

void
grid_convert(struct grid *g, const uint16_t *const in[COLOUR_CHANNELS_MAX], void *out,
	     size_t pixels)
{
	size_t pixel = g->out * (g->out_bits / 8);
	struct places places;

	for (size_t at = 0; at < pixels; at += LATTICE_BLOCK) {
		size_t n = pixels - at < LATTICE_BLOCK ? pixels - at : LATTICE_BLOCK;
		uint8_t *to = (uint8_t *)out + at * pixel;
		const uint16_t *rows[COLOUR_CHANNELS_MAX] = {NULL};
		bool bent;

		for (unsigned c = 0; c < g->in; c++)
			rows[c] = in[c] + at;
		lattice_locate(&g->coarse, rows, n, &places);
		bent = make_ready(g, places.corner[0], n);
		mix(g, &places, n, to);
		if (bent)
			mix_bent(g, &places, rows, n, to);
	}
}
