#include <stdlib.h>
#include <string.h>

#include "spoold/keep/seen.h"

#define SEEN_FIRST 1024

void
seen_init(struct seen *s, uint32_t max)
{
	*s = (struct seen){.max = max};
}

void
seen_clear(struct seen *s)
{
	free(s->places);
	seen_init(s, s->max);
}

/* Its place, or the free one where it belongs. uuids are random: four bytes of one are
 * hash enough, and cupsd, who names them, is no stranger. */
static struct seen_job *
place_of(const struct seen *s, const uint8_t order[UUID_BYTES])
{
	uint32_t at;

	memcpy(&at, order, sizeof(at));
	for (at &= s->size - 1; s->places[at].cups_job != 0;
	     at = (at + 1) & (s->size - 1))
		if (memcmp(s->places[at].order, order, UUID_BYTES) == 0)
			break;
	return &s->places[at];
}

struct seen_job *
seen_get(const struct seen *s, const uint8_t order[UUID_BYTES])
{
	struct seen_job *j = s->size > 0 ? place_of(s, order) : NULL;

	return j != NULL && j->cups_job != 0 ? j : NULL;
}

static int
grow(struct seen *s)
{
	struct seen larger = {.size = s->size > 0 ? s->size * 2 : SEEN_FIRST,
			      .count = s->count,
			      .max = s->max};

	larger.places = calloc(larger.size, sizeof(*larger.places));
	if (larger.places == NULL)
		return -1;
	for (uint32_t i = 0; i < s->size; i++)
		if (s->places[i].cups_job != 0)
			*place_of(&larger, s->places[i].order) = s->places[i];
	free(s->places);
	*s = larger;
	return 0;
}

int
seen_put(struct seen *s, const uint8_t order[UUID_BYTES], int32_t cups_job,
	 uint8_t state)
{
	struct seen_job *j;

	if (s->count >= s->max || ((s->count + 1) * 3 > s->size * 2 && grow(s) != 0))
		return -1;
	j = place_of(s, order);
	if (j->cups_job == 0)
		s->count++;
	memcpy(j->order, order, UUID_BYTES);
	j->cups_job = cups_job;
	j->state = state;
	return 0;
}
