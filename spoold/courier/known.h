/*
 * known.h - which job an order has in cupsd, as far as we know: uuid -> job-id.
 *
 * Only a hint, to find a job whose making was cut off before keep heard of it; each use
 * is checked with cupsd. A hash table that grows; 24 bytes a job and half as much air.
 */
#ifndef CC_COURIER_KNOWN_H
#define CC_COURIER_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/uuid.h"

struct known_slot {
	uint8_t order[UUID_BYTES];
	int32_t job; /* 0: empty; -1: was removed */
};

struct known {
	struct known_slot *slots; /* owned; a power of two */
	size_t size, used;	  /* used: removed ones, too */
	size_t live;
};

/* A zeroed struct is empty. */
void known_clear(struct known *k);
/* Aborts without memory. */
void known_put(struct known *k, const uint8_t order[UUID_BYTES], int job);
/* 0 if there is none. */
int known_get(const struct known *k, const uint8_t order[UUID_BYTES]);
void known_remove(struct known *k, const uint8_t order[UUID_BYTES]);

#endif
