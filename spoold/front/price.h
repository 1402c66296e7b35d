/*
 * price.h - what a document costs by the shop's price list, as it is handed in.
 */
#ifndef CC_FRONT_PRICE_H
#define CC_FRONT_PRICE_H

#include "spoold/front/paper.h"
#include "spoold/settings.h"

/* Of one copy of so many pages on that sheet, in thousandths of the currency; 0: it can't
 * be told, or costs nothing. */
uint32_t price_of_copy(const struct settings_printer *p, const struct paper *paper,
		       uint32_t pages);

#endif
