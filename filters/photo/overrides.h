/*
 * overrides.h - which pages of the document are wanted otherwise (PWG 5100.6).
 */
#ifndef CC_PHOTO_OVERRIDES_H
#define CC_PHOTO_OVERRIDES_H

#include "lib/base/buf.h"
#include "lib/ipp/ipp_override.h"

struct overrides {
	int document;
	unsigned count;
	struct ipp_override of[IPP_OVERRIDES_MAX];
	ipp_t *wants[IPP_OVERRIDES_MAX]; /* owned */
};

/* The document's own, which replace those of its order, as front took them. ERROR_INPUT
 * where the bytes are no bounded IPP messages. */
int overrides_read(struct overrides *o, int document, const struct buf *own,
		   const struct buf *order, struct error *err);
/* The number of what names this page, from 1; 0: nothing does. */
unsigned overrides_find(const struct overrides *o, unsigned page);
void overrides_clear(struct overrides *o);

#endif
