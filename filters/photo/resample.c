#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_VECTORS 1
#define AVX2	     __attribute__((target("avx2")))
#else
#define HAVE_VECTORS 0
#endif

#include "lib/base/error.h"

#include "filters/photo/resample.h"

#define ROUND (RESAMPLE_ONE / 2)

static double
lanczos(double x)
{
	double a;

	x = fabs(x);
	if (x < 1e-9)
		return 1;
	if (x >= RESAMPLE_LOBES)
		return 0;
	a = M_PI * x;
	return RESAMPLE_LOBES * sin(a) * sin(a / RESAMPLE_LOBES) / (a * a);
}

/* Rounds to integers that sum to RESAMPLE_ONE: each takes over the error before it. */
static void
quantise(const double *w, uint32_t taps, double sum, int16_t *out)
{
	double carried = 0;
	int32_t given = 0;
	uint32_t largest = 0;

	for (uint32_t k = 0; k < taps; k++) {
		double exact = w[k] / sum * RESAMPLE_ONE;
		double rounded = w[k] == 0 ? 0 : round(exact + carried);

		carried += exact - rounded;
		out[k] = (int16_t)rounded;
		given += out[k];
		if (w[k] > w[largest])
			largest = k;
	}
	out[largest] = (int16_t)(out[largest] + RESAMPLE_ONE - given);
}

/* One output sample: the kernel over the input, folded at the edges. */
static void
fill(struct resample_axis *axis, uint32_t i, double centre, double scale, uint32_t in,
     double *w)
{
	double reach = RESAMPLE_LOBES * scale, sum = 0;
	int64_t low = (int64_t)ceil(centre - reach),
		high = (int64_t)floor(centre + reach);
	int64_t first = low < 0 ? 0 : low;

	if (first > (int64_t)in - 1)
		first = in - 1;
	memset(w, 0, axis->taps * sizeof(*w));
	for (int64_t k = low; k <= high; k++) {
		int64_t at = k < 0 ? 0 : k >= in ? (int64_t)in - 1 : k;
		double v = lanczos(((double)k - centre) / scale);

		INVARIANT(at >= first && at - first < axis->taps);
		w[at - first] += v;
		sum += v;
	}
	axis->first[i] = (uint32_t)first;
	quantise(w, axis->taps, sum, axis->weight + (size_t)i * axis->taps);
}

void
resample_axis_init(struct resample_axis *axis, double from, double length, double step,
		   uint32_t out, uint32_t in, uint32_t pad)
{
	double ratio = length / step / out; /* input samples an output sample */
	double scale = ratio > 1 ? ratio : 1;
	double *w;

	axis->out = out;
	axis->taps = (uint32_t)ceil(2 * RESAMPLE_LOBES * scale) + 1;
	axis->taps = (axis->taps + pad - 1) / pad * pad;
	axis->first = calloc(out, sizeof(*axis->first));
	axis->weight = calloc((size_t)out * axis->taps, sizeof(*axis->weight));
	w = calloc(axis->taps, sizeof(*w));
	INVARIANT(axis->first != NULL && axis->weight != NULL && w != NULL);
	for (uint32_t i = 0; i < out; i++)
		fill(axis, i, from / step + (i + 0.5) * ratio - 0.5, scale, in, w);
	free(w);
}

void
resample_axis_clear(struct resample_axis *axis)
{
	free(axis->first);
	free(axis->weight);
	memset(axis, 0, sizeof(*axis));
}

/* --- sums, plain --- */

static int16_t
cut(int32_t v)
{
	return (int16_t)(v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v);
}

/* From sample `from` on: what the vectors leave over. */
static void
rows_8_plain(const int16_t *weight, const uint8_t *const *rows, uint32_t taps,
	     size_t from, size_t n, int16_t *out)
{
	for (size_t i = from; i < n; i++) {
		int32_t sum = 0;

		for (uint32_t k = 0; k < taps; k++)
			sum += weight[k] * rows[k][i];
		out[i] = cut(((sum * 257 + ROUND) >> RESAMPLE_SHIFT) - 32768);
	}
}

static void
rows_16_plain(const int16_t *weight, const uint16_t *const *rows, uint32_t taps,
	      size_t from, size_t n, int16_t *out)
{
	for (size_t i = from; i < n; i++) {
		int32_t sum = 0;

		for (uint32_t k = 0; k < taps; k++)
			sum += weight[k] * (rows[k][i] - 32768);
		out[i] = cut((sum + ROUND) >> RESAMPLE_SHIFT);
	}
}

static void
columns_plain(const struct resample_axis *axis, const int16_t *in, uint32_t from,
	      uint16_t *out)
{
	for (uint32_t i = from; i < axis->out; i++) {
		const int16_t *w = axis->weight + (size_t)i * axis->taps;
		const int16_t *s = in + axis->first[i];
		int32_t sum = 0;

		for (uint32_t k = 0; k < axis->taps; k++)
			sum += w[k] * s[k];
		out[i] = (uint16_t)(cut((sum + ROUND) >> RESAMPLE_SHIFT) + 32768);
	}
}

/* --- the same sums, 16 samples or 4 outputs at a time ---
 *
 * Pairs of rows (of taps, along a row) lie side by side, so that _mm_madd_epi16 weighs
 * two at once. Saturating packs cut as cut() does. */

#if HAVE_VECTORS
/* Taps k and k + 1, or a zero weight where there is no second. */
static inline int
weight_pair(const int16_t *weight, uint32_t k, uint32_t taps)
{
	uint16_t second = k + 1 < taps ? (uint16_t)weight[k + 1] : 0;

	return (int)((uint32_t)second << 16 | (uint16_t)weight[k]);
}

/* Adds 16 samples of two rows, weighed: the halves of each 128-bit lane apart. */
AVX2 static inline void
add_pair(__m256i a, __m256i b, __m256i weights, __m256i *low, __m256i *high)
{
	*low = _mm256_add_epi32(
		*low, _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weights));
	*high = _mm256_add_epi32(
		*high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weights));
}

AVX2 static inline __m256i
shift_down(__m256i sum)
{
	return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(ROUND)),
				 RESAMPLE_SHIFT);
}

AVX2 static size_t
rows_8_avx2(const int16_t *weight, const uint8_t *const *rows, uint32_t taps, size_t n,
	    int16_t *out)
{
	const __m256i half = _mm256_set1_epi32(32768);
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		__m256i low = _mm256_setzero_si256(), high = low;

		for (uint32_t k = 0; k < taps; k += 2) {
			const uint8_t *next = rows[k + 1 < taps ? k + 1 : k];
			const void *a = rows[k] + i, *b = next + i;

			add_pair(_mm256_cvtepu8_epi16(_mm_loadu_si128(a)),
				 _mm256_cvtepu8_epi16(_mm_loadu_si128(b)),
				 _mm256_set1_epi32(weight_pair(weight, k, taps)), &low,
				 &high);
		}
		low = _mm256_add_epi32(_mm256_slli_epi32(low, 8), low); /* x 257 */
		high = _mm256_add_epi32(_mm256_slli_epi32(high, 8), high);
		low = _mm256_sub_epi32(shift_down(low), half);
		high = _mm256_sub_epi32(shift_down(high), half);
		_mm256_storeu_si256((void *)(out + i), _mm256_packs_epi32(low, high));
	}
	return i;
}

AVX2 static size_t
rows_16_avx2(const int16_t *weight, const uint16_t *const *rows, uint32_t taps,
	     size_t n, int16_t *out)
{
	const __m256i sign = _mm256_set1_epi16(INT16_MIN); /* xor: less 32768 */
	size_t i = 0;

	for (; i + 16 <= n; i += 16) {
		__m256i low = _mm256_setzero_si256(), high = low;

		for (uint32_t k = 0; k < taps; k += 2) {
			const uint16_t *next = rows[k + 1 < taps ? k + 1 : k];
			const void *a = rows[k] + i, *b = next + i;

			add_pair(_mm256_xor_si256(_mm256_loadu_si256(a), sign),
				 _mm256_xor_si256(_mm256_loadu_si256(b), sign),
				 _mm256_set1_epi32(weight_pair(weight, k, taps)), &low,
				 &high);
		}
		_mm256_storeu_si256(
			(void *)(out + i),
			_mm256_packs_epi32(shift_down(low), shift_down(high)));
	}
	return i;
}

/* Four sums of products, not yet added up, of one output. */
static inline __m128i
products(const int16_t *w, const int16_t *s, uint32_t taps)
{
	__m128i sum = _mm_madd_epi16(_mm_loadu_si128((const void *)w),
				     _mm_loadu_si128((const void *)s));

	for (uint32_t k = 8; k < taps; k += 8)
		sum = _mm_add_epi32(
			sum, _mm_madd_epi16(_mm_loadu_si128((const void *)(w + k)),
					    _mm_loadu_si128((const void *)(s + k))));
	return sum;
}

/* Needs no more than any x86-64 has. */
static inline uint32_t
columns_of(const struct resample_axis *axis, const int16_t *in, uint32_t taps,
	   uint16_t *out)
{
	const __m128i round = _mm_set1_epi32(ROUND), sign = _mm_set1_epi16(INT16_MIN);
	const int16_t *w = axis->weight;
	uint32_t i = 0;

	for (; i + 4 <= axis->out; i += 4, w += (size_t)4 * taps) {
		const uint32_t *first = axis->first + i;
		__m128i a = products(w, in + first[0], taps);
		__m128i b = products(w + taps, in + first[1], taps);
		__m128i c = products(w + (size_t)2 * taps, in + first[2], taps);
		__m128i d = products(w + (size_t)3 * taps, in + first[3], taps);
		__m128i ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b),
					   _mm_unpackhi_epi32(a, b));
		__m128i cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d),
					   _mm_unpackhi_epi32(c, d));

		a = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd),
				  _mm_unpackhi_epi64(ab, cd));
		a = _mm_srai_epi32(_mm_add_epi32(a, round), RESAMPLE_SHIFT);
		a = _mm_xor_si128(_mm_packs_epi32(a, a), sign);
		_mm_storel_epi64((void *)(out + i), a);
	}
	return i;
}

static uint32_t
columns_vectors(const struct resample_axis *axis, const int16_t *in, uint16_t *out)
{
	/* Constants, so that the common ones become loops of their own. */
	if (axis->taps == 8)
		return columns_of(axis, in, 8, out);
	if (axis->taps == 16)
		return columns_of(axis, in, 16, out);
	return columns_of(axis, in, axis->taps, out);
}
#endif

/* --- which --- */

static bool plain;

void
resample_use_plain(void)
{
	plain = true;
}

#if HAVE_VECTORS
static bool
has_avx2(void)
{
	return !plain && __builtin_cpu_supports("avx2");
}
#endif

void
resample_rows_8(const int16_t *weight, const uint8_t *const *rows, uint32_t taps,
		size_t n, int16_t *out)
{
	size_t done = 0;

#if HAVE_VECTORS
	if (has_avx2())
		done = rows_8_avx2(weight, rows, taps, n, out);
#endif
	rows_8_plain(weight, rows, taps, done, n, out);
}

void
resample_rows_16(const int16_t *weight, const uint16_t *const *rows, uint32_t taps,
		 size_t n, int16_t *out)
{
	size_t done = 0;

#if HAVE_VECTORS
	if (has_avx2())
		done = rows_16_avx2(weight, rows, taps, n, out);
#endif
	rows_16_plain(weight, rows, taps, done, n, out);
}

void
resample_columns(const struct resample_axis *axis, const int16_t *in, uint16_t *out)
{
	uint32_t done = 0;

#if HAVE_VECTORS
	if (!plain)
		done = columns_vectors(axis, in, out);
#endif
	columns_plain(axis, in, done, out);
}
