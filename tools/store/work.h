/*
 * work.h - work on the store in a process of its own.
 *
 * LMDB may end the process that reads a damaged file: then only the worker falls, and who
 * asked hears so. The worker also gives up root. What it has to say comes through a pipe, a
 * record of fixed size each, so that half a one can't be.
 */
#ifndef CC_TOOLS_STORE_WORK_H
#define CC_TOOLS_STORE_WORK_H

#include "tools/store/shop.h"

#define WORK_NUMBERS 8

struct work; /* the worker's end */
/* A store_fault_fn, context: the work. */
void work_say(const char *sentence, void *work);
/* A store_progress_fn. */
void work_done(uint64_t bytes, void *work);
void work_total(struct work *work, uint64_t bytes);
/* A result, i < WORK_NUMBERS. */
void work_number(struct work *work, unsigned i, uint64_t value);

struct work_plan {
	const char *title; /* before the bar; NULL: none */
	/* In the worker, as spoold's user, with seal_start done. */
	int (*run)(struct work *work, const struct shop *shop, void *context,
		   struct error *err);
	void *context;
	/* In the parent, for each sentence. */
	store_fault_fn *line;
	void *line_context;
	/* How far it is, where the worker can't say: the size of this file in this folder.
	 * grows NULL: it says so itself. */
	int grows_in;
	const char *grows;
};

struct work_result {
	int fell; /* the signal that ended it, 0: none */
	uint64_t numbers[WORK_NUMBERS];
};

/* 0; or -1 with the worker's error, or, where it fell, ERROR_CORRUPT and result->fell. */
int work_run(const struct work_plan *plan, const struct shop *shop,
	     struct work_result *result, struct error *err);

/* "1.2 GB" */
void work_size_text(char text[32], uint64_t bytes);

#endif
