#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int16_t
cut(int32_t v)
{
	return (int16_t)(v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v);
}

void
resample_rows_8(const int16_t *weight, const uint8_t *const *rows, uint32_t taps,
		size_t n, int16_t *out)
{
	for (size_t i = 0; i < n; i++) {
		int32_t sum = 0;

		for (uint32_t k = 0; k < taps; k++)
			sum += weight[k] * rows[k][i];
		out[i] = cut(((sum * 257 + ROUND) >> RESAMPLE_SHIFT) - 32768);
	}
}

void
resample_rows_16(const int16_t *weight, const uint16_t *const *rows, uint32_t taps,
		 size_t n, int16_t *out)
{
	for (size_t i = 0; i < n; i++) {
		int32_t sum = 0;

		for (uint32_t k = 0; k < taps; k++)
			sum += weight[k] * (rows[k][i] - 32768);
		out[i] = cut((sum + ROUND) >> RESAMPLE_SHIFT);
	}
}

void
resample_columns(const struct resample_axis *axis, const int16_t *in, uint16_t *out)
{
	for (uint32_t i = 0; i < axis->out; i++) {
		const int16_t *w = axis->weight + (size_t)i * axis->taps;
		const int16_t *s = in + axis->first[i];
		int32_t sum = 0;

		for (uint32_t k = 0; k < axis->taps; k++)
			sum += w[k] * s[k];
		out[i] = (uint16_t)(cut((sum + ROUND) >> RESAMPLE_SHIFT) + 32768);
	}
}
