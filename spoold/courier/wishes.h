/*
 * wishes.h - what keep wants and we have not done yet.
 *
 * Releases and cancels come before holds, since a person waits for them; but what an
 * order was wanted earlier is always done first. Bounded in number and bytes: what does
 * not fit stays in the socket.
 */
#ifndef CC_COURIER_WISHES_H
#define CC_COURIER_WISHES_H

#include <stdbool.h>

#include "lib/wire/messages.h"

#define WISHES_MAX	 1024
#define WISHES_BYTES_MAX (16 * 1024 * 1024) /* of attributes */

struct wish {
	struct wire_job_want want; /* attributes.data is owned */
	struct wish *next;
};

struct wishes {
	struct wish *first, **end;
	unsigned count;
	size_t bytes;
};

void wishes_init(struct wishes *w);
void wishes_clear(struct wishes *w);
bool wishes_are_full(const struct wishes *w);
/* Copies. */
void wishes_add(struct wishes *w, const struct wire_job_want *want);
/* The next one, taken out; NULL if there is none, or none but holds and !holds_too. */
struct wish *wishes_take(struct wishes *w, bool holds_too);
void wishes_free(struct wish *wish);

#endif
