/*
 * keep-desk.h - an order, and the front that it came by.
 */
#ifndef CC_TESTS_UNIT_KEEP_DESK_H
#define CC_TESTS_UNIT_KEEP_DESK_H

#include "tests/unit/keep-help.h"

struct scene {
	struct bench *b;
	struct client front;
	struct handed h;
	struct error err;
};

/* The front alone. */
void open_desk(struct scene *s, struct bench *b);
/* And an order that was handed in, with the job that cupsd has of it, if it has one. */
void open_scene(struct scene *s, struct bench *b, const struct wish *w);
void close_scene(struct scene *s);

#endif
