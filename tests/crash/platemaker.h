/*
 * platemaker.h - a plate-maker at a hot folder: takes each set that it sees away, and tells
 * whether it was whole.
 */
#ifndef CC_CRASH_PLATEMAKER_H
#define CC_CRASH_PLATEMAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

struct plate_set {
	char name[64];	   /* of the folder that was seen */
	uint32_t number;   /* of its order */
	unsigned document; /* from 1 */
	bool whole;	   /* its manifest, and every file of it, and nothing else */
	char fault[128];   /* "" */
};

/* false: nobody knows that order yet; the set stays until the next look. */
typedef bool platemaker_fn(const struct plate_set *set, void *context);

/* Sets go to `away`, under a name that is new there. ERROR_SYSTEM for a folder that can't be
 * read. */
int platemaker_look(const char *hot, const char *away, platemaker_fn *take,
		    void *context, struct error *err);

#endif
