/*
 * known.c - open addressing. The uuid is random (version 4), so its first bytes are the
 * hash; a customer does not choose it.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "spoold/courier/known.h"

#define SIZE_LEAST 256
#define EMPTY	   0
#define REMOVED	   (-1)

void
known_clear(struct known *k)
{
	free(k->slots);
	*k = (struct known){0};
}

/* Where it is, or where it would go. */
static struct known_slot *
find(const struct known *k, const uint8_t order[UUID_BYTES])
{
	struct known_slot *vacant = NULL;
	size_t at;

	memcpy(&at, order, sizeof(at));
	for (;; at++) {
		struct known_slot *slot = &k->slots[at & (k->size - 1)];
		if (slot->job == EMPTY)
			return vacant != NULL ? vacant : slot;
		if (slot->job == REMOVED) {
			if (vacant == NULL)
				vacant = slot;
		} else if (memcmp(slot->order, order, UUID_BYTES) == 0) {
			return slot;
		}
	}
}

/* Anew without the removed ones; larger only if those that are left need it. */
static void
rebuild(struct known *k)
{
	struct known old = *k;

	if (old.size == 0)
		k->size = SIZE_LEAST;
	else if (old.live * 3 >= old.size)
		k->size = old.size * 2;
	k->used = k->live = 0;
	k->slots = calloc(k->size, sizeof(*k->slots));
	INVARIANT(k->slots != NULL);
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].job > 0)
			known_put(k, old.slots[i].order, old.slots[i].job);
	free(old.slots);
}

void
known_put(struct known *k, const uint8_t order[UUID_BYTES], int job)
{
	struct known_slot *slot;

	if (k->used * 3 >= k->size * 2)
		rebuild(k);
	slot = find(k, order);
	k->used += slot->job == EMPTY;
	k->live += slot->job <= EMPTY;
	memcpy(slot->order, order, UUID_BYTES);
	slot->job = job;
}

int
known_get(const struct known *k, const uint8_t order[UUID_BYTES])
{
	const struct known_slot *slot;

	if (k->size == 0)
		return 0;
	slot = find(k, order);
	return slot->job > 0 ? slot->job : 0;
}

void
known_remove(struct known *k, const uint8_t order[UUID_BYTES])
{
	struct known_slot *slot;

	if (k->size == 0)
		return;
	slot = find(k, order);
	if (slot->job > 0) {
		slot->job = REMOVED;
		k->live--;
	}
}
