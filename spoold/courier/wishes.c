#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "spoold/courier/wishes.h"

void
wishes_init(struct wishes *w)
{
	*w = (struct wishes){.first = NULL};
	w->end = &w->first;
}

void
wishes_free(struct wish *wish)
{
	if (wish == NULL)
		return;
	free((void *)(uintptr_t)wish->want.attributes.data);
	free(wish);
}

void
wishes_clear(struct wishes *w)
{
	while (w->first != NULL) {
		struct wish *wish = w->first;
		w->first = wish->next;
		wishes_free(wish);
	}
	wishes_init(w);
}

bool
wishes_are_full(const struct wishes *w)
{
	return w->count >= WISHES_MAX || w->bytes >= WISHES_BYTES_MAX;
}

void
wishes_add(struct wishes *w, const struct wire_job_want *want)
{
	struct wish *wish = malloc(sizeof(*wish));
	uint8_t *copy = malloc(want->attributes.len + 1);

	INVARIANT(wish != NULL && copy != NULL);
	wish->want = *want;
	wish->next = NULL;
	if (want->attributes.len > 0)
		memcpy(copy, want->attributes.data, want->attributes.len);
	wish->want.attributes.data = copy;
	*w->end = wish;
	w->end = &wish->next;
	w->count++;
	w->bytes += want->attributes.len;
}

static struct wish **
find_same_order(struct wishes *w, const struct wish *as)
{
	struct wish **at = &w->first;

	while (memcmp(&(*at)->want.order, &as->want.order, sizeof(as->want.order)) != 0)
		at = &(*at)->next;
	return at;
}

static struct wish *
take_out(struct wishes *w, struct wish **at)
{
	struct wish *wish = *at;

	*at = wish->next;
	if (w->end == &wish->next)
		w->end = at;
	w->count--;
	w->bytes -= wish->want.attributes.len;
	return wish;
}

struct wish *
wishes_take(struct wishes *w, bool holds_too)
{
	for (struct wish *wish = w->first; wish != NULL; wish = wish->next)
		if (wish->want.want != WIRE_JOB_HELD)
			return take_out(w, find_same_order(w, wish));
	if (!holds_too || w->first == NULL)
		return NULL;
	return take_out(w, &w->first);
}
