/*
 * g4.h - CCITT Group 4 (ITU-T T.6), written as fast as dots can be compared.
 *
 * A row is turned into the places where its colour changes; these, not pixels, are
 * compared with those of the row above. The result is bit for bit what libtiff writes,
 * at several times its speed: a screened picture has a change every few pixels, so the
 * whole of the work is per change.
 */
#ifndef CC_SCREEN_G4_H
#define CC_SCREEN_G4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

#define G4_WIDTH_MAX (1u << 24)

struct g4;

/* What is ready of the coded image, in pieces. 0, or -1 with *err. */
typedef int (*g4_sink)(void *ctx, const void *data, size_t len, struct error *err);

int g4_open(struct g4 **out, uint32_t width, g4_sink sink, void *ctx,
	    struct error *err);
/* The next row from the top: bits[(width + 7) / 8], the first pixel is the lowest bit
 * (as screen_row writes them), 1 is black; bits behind the width are ignored. Readable to the next multiple of 8
 * bytes. */
int g4_row(struct g4 *g, const uint8_t *bits, struct error *err);
/* The same for `rows` rows without any black. */
int g4_bare_rows(struct g4 *g, uint32_t rows, struct error *err);
/* End of the image (EOFB), and the last piece. */
int g4_end(struct g4 *g, struct error *err);
void g4_close(struct g4 *g); /* accepts NULL */

/* Black pixels so far. */
uint64_t g4_black(const struct g4 *g);

#endif
