/*
 * seen.h - the jobs that a reconcile round saw: a set by order uuid.
 */
#ifndef CC_KEEP_SEEN_H
#define CC_KEEP_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/uuid.h"

struct seen_job {
	uint8_t order[UUID_BYTES];
	int32_t cups_job; /* 0: the place is free */
	uint8_t state;	  /* IPP job-state in cupsd */
};

struct seen {
	struct seen_job *places; /* owned; a power of two of them */
	uint32_t size, count, max;
};

/* Empty; at most max jobs. */
void seen_init(struct seen *s, uint32_t max);
void seen_clear(struct seen *s);
/* NULL if the order has none. Valid until the next seen_put. */
struct seen_job *seen_get(const struct seen *s, const uint8_t order[UUID_BYTES]);
/* Adds or replaces. -1 when there are too many, or no memory. */
int seen_put(struct seen *s, const uint8_t order[UUID_BYTES], int32_t cups_job,
	     uint8_t state);

#endif
