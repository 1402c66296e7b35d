/*
 * keep-scene.h - an order that waits, and who is needed to have it made: a front, a filter
 * and a backend.
 */
#ifndef CC_TESTS_UNIT_KEEP_SCENE_H
#define CC_TESTS_UNIT_KEEP_SCENE_H

#include "tests/unit/keep-help.h"

struct scene {
	struct bench *b;
	struct client front, filter, backend;
	struct handed h;
	struct error err;
};

void open_scene(struct scene *s, struct bench *b, uint32_t documents);
void close_scene(struct scene *s);

#endif
