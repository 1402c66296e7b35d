/*
 * A plane's rows live in a ring. `have` counts the rows decoded since the top; row r is
 * in slot r mod capacity. The capacity is found by running the whole sequence of reads
 * and rows once without pixels, so no formula can be off by one.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/photo/resample.h"
#include "filters/photo/scaler.h"

struct ring {
	struct resample_axis across, down;
	uint32_t height;   /* rows that mean something */
	uint32_t capacity; /* slots */
	uint32_t have;	   /* rows decoded */
	size_t stride, samples;
	uint8_t *rows;
	uint8_t **strip;      /* where the next strip goes */
	const uint8_t **taps; /* the rows under the kernel */
	int16_t *sums;	      /* one weighted row, less 32768, padded */
};

struct scaler {
	struct image *image;
	unsigned planes;
	uint32_t row; /* next output row */
	struct ring ring[IMAGE_PLANES_MAX];
};

/* Rows of the plane that must be there before output row j can be made. */
static uint32_t
needed(const struct ring *r, uint32_t j)
{
	uint64_t last = (uint64_t)r->down.first[j] + r->down.taps;

	return last < r->height ? (uint32_t)last : r->height;
}

static bool
starves(const struct scaler *s, const uint32_t *have, uint32_t j)
{
	for (unsigned p = 0; p < s->planes; p++)
		if (have[p] < needed(&s->ring[p], j))
			return true;
	return false;
}

static void
find_capacities(struct scaler *s, uint32_t rows)
{
	uint32_t have[IMAGE_PLANES_MAX] = {0};

	for (unsigned p = 0; p < s->planes; p++)
		s->ring[p].capacity = s->image->plane[p].strip;
	for (uint32_t j = 0; j < rows; j++) {
		while (starves(s, have, j))
			for (unsigned p = 0; p < s->planes; p++)
				have[p] += s->image->plane[p].strip;
		for (unsigned p = 0; p < s->planes; p++) {
			struct ring *r = &s->ring[p];

			if (have[p] > r->down.first[j] &&
			    have[p] - r->down.first[j] > r->capacity)
				r->capacity = have[p] - r->down.first[j];
		}
	}
}

static int
take_memory(struct ring *r, const struct image *image, unsigned p, struct error *err)
{
	size_t pad = r->across.taps + RESAMPLE_PADDING;

	r->stride = image->plane[p].stride;
	r->samples = image->plane[p].width;
	r->height = image->plane[p].height;
	r->rows = malloc(r->stride * r->capacity);
	r->strip = calloc(image->plane[p].strip, sizeof(*r->strip));
	r->taps = calloc(r->down.taps, sizeof(*r->taps));
	r->sums = calloc(r->samples + pad, sizeof(*r->sums));
	if (r->rows == NULL || r->strip == NULL || r->taps == NULL || r->sums == NULL)
		return error_set(err, ERROR_SYSTEM,
				 "no memory for %u rows of %zu samples", r->capacity,
				 r->samples);
	return 0;
}

int
scaler_open(struct scaler **scaler, struct image *image, const struct place *place,
	    struct error *err)
{
	struct scaler *s = calloc(1, sizeof(*s));

	INVARIANT(s != NULL);
	*scaler = s;
	s->image = image;
	s->planes = image->planes;
	for (unsigned p = 0; p < s->planes; p++) {
		const struct image_plane *plane = &image->plane[p];

		s->ring[p].height = plane->height;
		resample_axis_init(&s->ring[p].across, place->from_x, place->from_width,
				   plane->xstep, place->scaled_width, plane->width,
				   RESAMPLE_PADDING);
		resample_axis_init(&s->ring[p].down, place->from_y, place->from_height,
				   plane->ystep, place->scaled_height, plane->height,
				   1);
	}
	find_capacities(s, place->scaled_height);
	for (unsigned p = 0; p < s->planes; p++) {
		if (take_memory(&s->ring[p], image, p, err) != 0) {
			scaler_close(s);
			*scaler = NULL;
			return -1;
		}
	}
	return 0;
}

static int
read_strip(struct scaler *s, struct error *err)
{
	uint8_t *const *rows[IMAGE_PLANES_MAX] = {NULL};

	for (unsigned p = 0; p < s->planes; p++) {
		struct ring *r = &s->ring[p];

		for (uint32_t i = 0; i < s->image->plane[p].strip; i++)
			r->strip[i] = r->rows + (r->have + i) % r->capacity * r->stride;
		rows[p] = r->strip;
	}
	if (image_read(s->image, rows, err) != 0)
		return -1;
	for (unsigned p = 0; p < s->planes; p++)
		s->ring[p].have += s->image->plane[p].strip;
	return 0;
}

static int
feed(struct scaler *s, uint32_t j, struct error *err)
{
	uint32_t have[IMAGE_PLANES_MAX] = {0};

	for (;;) {
		for (unsigned p = 0; p < s->planes; p++)
			have[p] = s->ring[p].have;
		if (!starves(s, have, j))
			return 0;
		if (read_strip(s, err) != 0)
			return -1;
	}
}

static void
make_row(struct ring *r, unsigned bits, uint32_t j, uint16_t *out)
{
	const int16_t *weight = r->down.weight + (size_t)j * r->down.taps;

	for (uint32_t k = 0; k < r->down.taps; k++) {
		uint32_t row = r->down.first[j] + k;

		if (row >= r->height) /* its weight is 0 */
			row = r->height - 1;
		r->taps[k] = r->rows + row % r->capacity * r->stride;
	}
	if (bits == 8)
		resample_rows_8(weight, r->taps, r->down.taps, r->samples, r->sums);
	else
		resample_rows_16(weight, (const uint16_t *const *)r->taps, r->down.taps,
				 r->samples, r->sums);
	resample_columns(&r->across, r->sums, out);
}

int
scaler_row(struct scaler *s, uint16_t *const out[IMAGE_PLANES_MAX], struct error *err)
{
	if (feed(s, s->row, err) != 0)
		return -1;
	for (unsigned p = 0; p < s->planes; p++)
		make_row(&s->ring[p], s->image->bits, s->row, out[p]);
	s->row++;
	return 0;
}

int
scaler_drain(struct scaler *s, struct error *err)
{
	while (s->ring[0].have < s->ring[0].height)
		if (read_strip(s, err) != 0)
			return -1;
	return 0;
}

void
scaler_close(struct scaler *s)
{
	if (s == NULL)
		return;
	for (unsigned p = 0; p < s->planes; p++) {
		struct ring *r = &s->ring[p];

		resample_axis_clear(&r->across);
		resample_axis_clear(&r->down);
		free(r->rows);
		free(r->strip);
		free(r->taps);
		free(r->sums);
	}
	free(s);
}
