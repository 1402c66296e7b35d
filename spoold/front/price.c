#include <cups/cups.h>
#include <cups/pwg.h>
#include <math.h>

#include "lib/order/price.h"
#include "spoold/front/price.h"

#define HMM_PER_INCH  2540.0
#define TOLERANCE_HMM 100.0 /* names of one sheet differ by that much */

static bool
is_side(double inches, int hmm)
{
	return fabs(inches * HMM_PER_INCH - hmm) <= TOLERANCE_HMM;
}

static bool
is_sheet(const struct paper *paper, const char *media)
{
	const pwg_media_t *m = pwgMediaForPWG(media);

	return m != NULL && is_side(paper->width_in, m->width) &&
	       is_side(paper->height_in, m->length);
}

/* The sheet's own price comes before that of every other. */
static uint32_t
price_of_piece(const char *list, const struct paper *paper)
{
	uint32_t of_others = 0;
	struct price price;

	while (price_next(&list, &price) > 0) {
		if (price.media[0] == '\0')
			of_others = price.amount;
		else if (is_sheet(paper, price.media))
			return price.amount;
	}
	return of_others;
}

uint32_t
price_of_copy(const struct settings_printer *p, const struct paper *paper,
	      uint32_t pages)
{
	uint64_t amount;

	if (p == NULL || p->prices[0] == '\0' || paper->some_pages)
		return 0;
	amount = (uint64_t)price_of_piece(p->prices, paper) * pages;
	return amount <= INT32_MAX ? (uint32_t)amount : 0;
}
