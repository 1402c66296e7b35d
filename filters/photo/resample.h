/*
 * resample.h - Lanczos-3 in the picture's own encoded values, in 16 bit, by rows.
 *
 * A separable filter: first the rows are weighted into one (vertical), then samples
 * along it (horizontal). Down-scaling widens the kernel by the scale, so nothing
 * aliases; a flat area stays exactly flat, since the weights of each output sample sum
 * to exactly RESAMPLE_ONE. Edges repeat their outermost sample.
 *
 * A plane may cover more than a pixel a sample (chroma); positions are in picture
 * pixels, so planes of different size land exactly on each other (chroma is centred
 * between its luma samples, as JFIF 1.02 says).
 */
#ifndef CC_PHOTO_RESAMPLE_H
#define CC_PHOTO_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define RESAMPLE_SHIFT	 14
#define RESAMPLE_ONE	 (1 << RESAMPLE_SHIFT)
#define RESAMPLE_LOBES	 3
#define RESAMPLE_PADDING 8 /* taps are a multiple of it along a row */

/* For each output sample: the first input sample, and `taps` weights from there. */
struct resample_axis {
	uint32_t out;  /* output samples */
	uint32_t taps; /* weights each */
	uint32_t *
		first; /* [out]; first + taps may pass the input: weights are 0 there */
	int16_t *weight; /* [out][taps] */
};

/* from, length: the part shown, in picture pixels; step: pixels a sample covers; in:
 * samples there are; pad: taps become a multiple of it. Aborts without memory. */
void resample_axis_init(struct resample_axis *axis, double from, double length,
			double step, uint32_t out, uint32_t in, uint32_t pad);
void resample_axis_clear(struct resample_axis *axis);

/* The three below use vector instructions where the machine has them, the same to the
 * bit; for tests: without from now on. */
void resample_use_plain(void);

/* A weighted sum of `taps` rows of n samples; out: value - 32768 of a 16-bit scale
 * (8-bit samples count 257 each), cut to range. */
void resample_rows_8(const int16_t *weight, const uint8_t *const *rows, uint32_t taps,
		     size_t n, int16_t *out);
void resample_rows_16(const int16_t *weight, const uint16_t *const *rows, uint32_t taps,
		      size_t n, int16_t *out);
/* Along a row of values less 32768, which must be readable for `taps` samples behind
 * its end; out: 0 to 65535. */
void resample_columns(const struct resample_axis *axis, const int16_t *in,
		      uint16_t *out);

#endif
