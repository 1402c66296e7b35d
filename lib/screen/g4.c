/*
 * g4.c - changes of a row are kept as a list of positions: even entries turn black, odd
 * ones white. It ends with the width, several times over, so that the coding loop (T.6,
 * 2.2) may look three entries ahead without asking. Both lists share parity with the
 * colour: entry i of the coded row pairs with entries of the reference row whose index
 * has the same parity.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "lib/screen/g4.h"
#include "lib/screen/g4codes.h"

#define PIECE	  (256 * 1024) /* bytes that are handed on at once */
#define SENTINELS 12	       /* entries behind the last change */

/* Codes being put together: fewer than 8 bits wait between two codes, so that one of
 * CODE_MAX always fits beside them. */
struct bits {
	uint8_t *out;	    /* the next byte */
	uint64_t held;	    /* left-aligned, zeros behind */
	unsigned held_bits; /* 0 to 7 */
};
#define CODE_MAX 56

struct g4 {
	uint32_t width;
	g4_sink sink;
	void *ctx;
	int32_t *row, *above; /* changes; owned */
	size_t row_count, above_count;
	uint8_t *out; /* owned */
	struct bits bits;
	uint64_t black;
	struct g4_code (*runs)[G4_RUNS]; /* [2][G4_RUNS], white and black; owned */
};

/* --- bits --- */

/* Writes 8 bytes, of which the whole ones count: no branch that depends on the data. */
static inline void
put(struct bits *w, uint64_t code, unsigned bits)
{
	uint64_t word, held = w->held | code << (64 - bits) >> w->held_bits;
	unsigned n = w->held_bits + bits;

	word = htobe64(held);
	memcpy(w->out, &word, 8);
	w->out += n / 8;
	w->held = held << (n & 56); /* n is at most 63 */
	w->held_bits = n % 8;
}

static void
put_run(struct bits *w, const struct g4_code *runs, int32_t run)
{
	for (; run >= G4_RUNS; run -= G4_LONGEST)
		put(w, G4_LONGEST_CODE, G4_LONGEST_BITS);
	put(w, runs[run].code, runs[run].bits);
}

/* Horizontal mode: its code and two runs, nearly always as one word. */
static inline void
put_runs(struct bits *w, const struct g4_code *first, int32_t run1,
	 const struct g4_code *second, int32_t run2)
{
	if (run1 < G4_RUNS && run2 < G4_RUNS) {
		struct g4_code c1 = first[run1], c2 = second[run2];
		uint64_t code = (uint64_t)G4_HORIZONTAL_CODE << c1.bits | c1.code;

		put(w, code << c2.bits | c2.code,
		    G4_HORIZONTAL_BITS + c1.bits + c2.bits);
		return;
	}
	put(w, G4_HORIZONTAL_CODE, G4_HORIZONTAL_BITS);
	put_run(w, first, run1);
	put_run(w, second, run2);
}

static int
hand_on(struct g4 *g, struct error *err)
{
	size_t len = (size_t)(g->bits.out - g->out);

	g->bits.out = g->out;
	return len == 0 ? 0 : g->sink(g->ctx, g->out, len, err);
}

/* --- changes --- */

/* Writes the places of the bits set in `changes` (first pixel lowest), from `base` on,
 * in fours: what is written too much is overwritten by the next word's. */
static inline int32_t *
list_bits(int32_t *to, uint64_t changes, int32_t base)
{
	int32_t *end = to + __builtin_popcountll(changes);

	do {
		for (int k = 0; k < 4; k++) {
			to[k] = base + (int32_t)__builtin_ctzll(changes | 1ULL << 63);
			changes &= changes - 1;
		}
		to += 4;
	} while (changes != 0);
	return end;
}

static size_t
list_changes(const struct g4 *g, int32_t *list, const uint8_t *bits)
{
	size_t words = ((size_t)g->width + 63) / 64;
	unsigned tail = g->width % 64;
	int32_t *to = list;
	uint64_t last = 0; /* the pixel before */

	for (size_t i = 0; i < words; i++) {
		uint64_t word, changes;

		memcpy(&word, bits + 8 * i, 8);
		word = le64toh(word);
		if (i == words - 1 && tail != 0)
			word &= ~(~0ULL << tail);
		changes = word ^ (word << 1 | last);
		last = word >> 63;
		if (changes != 0)
			to = list_bits(to, changes, (int32_t)(64 * i));
	}
	return (size_t)(to - list);
}

/* The change back to white that masking the tail made, or none: both end at width. */
static size_t
end_list(const struct g4 *g, int32_t *list, size_t count)
{
	while (count > 0 && list[count - 1] >= (int32_t)g->width)
		count--;
	for (int i = 0; i < SENTINELS; i++)
		list[count + (size_t)i] = (int32_t)g->width;
	return count;
}

/* --- coding --- */

/* Entries a and b are read three ahead at most. */
static void
code_row(struct g4 *g)
{
	const int32_t *a = g->row, *b = g->above;
	const int32_t width = (int32_t)g->width;
	struct bits w = g->bits; /* in registers */
	int32_t a0 = -1;

	while (a0 < width) {
		int32_t a1 = a[0], b1 = b[0], b2 = b[1], d = a1 - b1;

		if (b2 < a1) { /* pass */
			put(&w, G4_PASS_CODE, G4_PASS_BITS);
			a0 = b2;
			b += 2;
			continue;
		}
		if ((uint32_t)(d + 3) <= 6) { /* vertical */
			put(&w, g4_vertical[d + 3].code, g4_vertical[d + 3].bits);
			a0 = a1;
			a++;
			/* the colour has changed: b1 is now of the other parity */
			if (d < 0 && b > g->above && b[-1] > a0) {
				b--;
				continue;
			}
			b++;
		} else { /* horizontal */
			int colour = (int)((a - g->row) & 1);

			put_runs(&w, g->runs[colour], a1 - (a0 < 0 ? 0 : a0),
				 g->runs[!colour], a[1] - a1);
			a0 = a[1];
			a += 2;
		}
		while (b[0] <= a0 && b[0] < width)
			b += 2;
	}
	g->bits = w;
}

/* A row like the one above it: every change is coded "straight below", one bit 1. */
static void
code_repeat(struct g4 *g)
{
	size_t ones = g->row_count + 1;

	for (; ones >= 16; ones -= 16)
		put(&g->bits, 0xffff, 16);
	if (ones > 0)
		put(&g->bits, (1u << ones) - 1, (unsigned)ones);
}

static void
count_black(struct g4 *g)
{
	/* a last run that is black ends at the width, which stands behind it */
	for (size_t i = 0; i < g->row_count; i += 2)
		g->black += (uint64_t)(g->row[i + 1] - g->row[i]);
}

static int
code(struct g4 *g, struct error *err)
{
	int32_t *above = g->above;

	if (g->bits.out - g->out >= PIECE && hand_on(g, err) != 0)
		return -1;
	count_black(g);
	if (g->row_count == g->above_count &&
	    memcmp(g->row, above, g->row_count * sizeof(*above)) == 0)
		code_repeat(g);
	else
		code_row(g);
	g->above = g->row;
	g->above_count = g->row_count;
	g->row = above;
	return 0;
}

int
g4_row(struct g4 *g, const uint8_t *bits, struct error *err)
{
	g->row_count = end_list(g, g->row, list_changes(g, g->row, bits));
	return code(g, err);
}

int
g4_bare_rows(struct g4 *g, uint32_t rows, struct error *err)
{
	for (; rows > 0; rows--) {
		g->row_count = end_list(g, g->row, 0);
		if (code(g, err) != 0)
			return -1;
	}
	return 0;
}

int
g4_end(struct g4 *g, struct error *err)
{
	put(&g->bits, G4_EOL_CODE, G4_EOL_BITS);
	put(&g->bits, G4_EOL_CODE, G4_EOL_BITS);
	if (g->bits.held_bits > 0)
		put(&g->bits, 0, 8 - g->bits.held_bits);
	return hand_on(g, err);
}

int
g4_open(struct g4 **out, uint32_t width, g4_sink sink, void *ctx, struct error *err)
{
	struct g4 *g = calloc(1, sizeof(*g));
	size_t changes = (size_t)width + SENTINELS + 64;

	INVARIANT(width > 0 && width <= G4_WIDTH_MAX);
	*out = NULL;
	if (g == NULL)
		return error_set(err, ERROR_FULL, "no memory for a plate");
	g->width = width;
	g->sink = sink;
	g->ctx = ctx;
	/* Alternating pixels take six bits each: no row takes more than a byte a pixel. */
	g->out = malloc(PIECE + (size_t)width + 64);
	g->bits.out = g->out;
	g->row = malloc(changes * sizeof(*g->row));
	g->above = malloc(changes * sizeof(*g->above));
	g->runs = malloc(2 * sizeof(*g->runs));
	if (g->out == NULL || g->row == NULL || g->above == NULL || g->runs == NULL) {
		g4_close(g);
		return error_set(err, ERROR_FULL, "no memory for a plate");
	}
	g4_make_runs(g->runs);
	end_list(g, g->above, 0);
	*out = g;
	return 0;
}

void
g4_close(struct g4 *g)
{
	if (g == NULL)
		return;
	free(g->out);
	free(g->row);
	free(g->above);
	free(g->runs);
	free(g);
}

uint64_t
g4_black(const struct g4 *g)
{
	return g->black;
}
