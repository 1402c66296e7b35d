/*
 * plate_tac.h - how much ink lies on one place: the total area coverage of a page, as the
 * document asks for it (before curves), over all its inks, spots included.
 *
 * Measured at every pixel, so a hairline counts as a field does; `over` tells them apart.
 */
#ifndef CC_FILTERS_PLATE_TAC_H
#define CC_FILTERS_PLATE_TAC_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/plate/manifest.h"

struct plate_tac;

/* limit_percent: 0 for none. ERROR_FULL without memory. */
int plate_tac_open(struct plate_tac **tac, uint32_t width, double limit_percent,
		   struct error *err);
/* A row of one ink, 255 bare; all inks of a row come before the next row, in any order. */
void plate_tac_row(struct plate_tac *tac, uint32_t y, const uint8_t *values);
/* What was found: all of `about` but its number. dpi: of the pixels. */
void plate_tac_end(struct plate_tac *tac, double dpi, struct manifest_page *about);
void plate_tac_close(struct plate_tac *tac); /* accepts NULL */

#endif
