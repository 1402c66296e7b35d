#include "lib/base/clones.h"

#include "filters/photo/ink.h"

#define CENTRE (128 * 257) /* chroma 128 of 255, on the 16-bit scale */
/* T.871 6.2, times 2^14 */
#define RED_CR	 22970	  /*  1.402 */
#define GREEN_CB (-5638)  /* -0.344136 */
#define GREEN_CR (-11700) /* -0.714136 */
#define BLUE_CB	 29032	  /*  1.772 */

static inline uint16_t
cut(int32_t v)
{
	return (uint16_t)(v < 0 ? 0 : v > 65535 ? 65535 : v);
}

CLONES static void
ycc_to_rgb(uint16_t *restrict y, uint16_t *restrict cb, uint16_t *restrict cr, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int32_t l = y[i], b = cb[i] - CENTRE, r = cr[i] - CENTRE;

		y[i] = cut(l + ((RED_CR * r + 8192) >> 14));
		cb[i] = cut(l + ((GREEN_CB * b + GREEN_CR * r + 8192) >> 14));
		cr[i] = cut(l + ((BLUE_CB * b + 8192) >> 14));
	}
}

static void
complement(uint16_t *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		row[i] = (uint16_t)~row[i];
}

void
ink_settle(const struct image *image, uint16_t *const rows[IMAGE_PLANES_MAX],
	   size_t pixels)
{
	unsigned from = 0, to = image->inverted ? image->planes : 0;

	if (image->ycc)
		ycc_to_rgb(rows[0], rows[1], rows[2], pixels);
	if (image->ycc && image->space == IMAGE_CMYK) {
		/* YCCK: what came out is the complement of C, M, Y. */
		from = image->inverted ? 3 : 0;
		to = image->inverted ? 4 : 3;
	}
	for (unsigned p = from; p < to; p++)
		complement(rows[p], pixels);
}
