#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clones.h"
#include "lib/screen/row.h"

#include "filters/plates/plate_tac.h"

#define PAPER 255
#define FULL  255.0 /* of one ink */
#define MM    25.4

struct plate_tac {
	uint32_t width;
	uint32_t y;
	uint64_t pixels, over;
	uint16_t limit; /* in steps of ink; UINT16_MAX: none */
	uint16_t most;
	uint32_t most_x, most_y;
	bool any; /* ink in this row */
	uint16_t sum[];
};

int
plate_tac_open(struct plate_tac **tac, uint32_t width, double limit_percent,
	       struct error *err)
{
	struct plate_tac *t = calloc(1, sizeof(*t) + width * sizeof(t->sum[0]));

	*tac = t;
	if (t == NULL)
		return error_set(err, ERROR_FULL, "no memory for a row of ink");
	t->width = width;
	t->limit =
		limit_percent > 0 ? (uint16_t)(limit_percent / 100 * FULL) : UINT16_MAX;
	return 0;
}

CLONES static void
add(uint16_t *restrict sum, const uint8_t *restrict values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		sum[i] = (uint16_t)(sum[i] + (PAPER - values[i]));
}

CLONES static uint16_t
largest(const uint16_t *sum, uint32_t n)
{
	uint16_t most = 0;

	for (uint32_t i = 0; i < n; i++)
		most = sum[i] > most ? sum[i] : most;
	return most;
}

CLONES static uint32_t
count_over(const uint16_t *sum, uint32_t n, uint16_t limit)
{
	uint32_t over = 0;

	for (uint32_t i = 0; i < n; i++)
		over += sum[i] > limit;
	return over;
}

static void
end_row(struct plate_tac *t)
{
	uint16_t most = t->any ? largest(t->sum, t->width) : 0;

	t->pixels += t->width;
	if (most > t->limit)
		t->over += count_over(t->sum, t->width, t->limit);
	if (most > t->most) {
		t->most = most;
		t->most_y = t->y;
		for (t->most_x = 0; t->sum[t->most_x] != most; t->most_x++)
			;
	}
	if (t->any)
		memset(t->sum, 0, t->width * sizeof(t->sum[0]));
	t->any = false;
}

void
plate_tac_row(struct plate_tac *t, uint32_t y, const uint8_t *values)
{
	if (y != t->y) {
		end_row(t);
		t->y = y;
	}
	if (row_is(values, t->width, PAPER))
		return;
	add(t->sum, values, t->width);
	t->any = true;
}

void
plate_tac_end(struct plate_tac *t, double dpi, struct manifest_page *about)
{
	end_row(t);
	about->tac_percent = t->most / FULL * 100;
	about->x_mm = t->most_x / dpi * MM;
	about->y_mm = t->most_y / dpi * MM;
	about->over = t->pixels > 0 ? (double)t->over / (double)t->pixels : 0;
}

void
plate_tac_close(struct plate_tac *t)
{
	free(t);
}
