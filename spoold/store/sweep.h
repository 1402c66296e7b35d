/*
 * sweep.h - inside the store only: a table gone through row by row, while rows change.
 */
#ifndef CC_STORE_SWEEP_H
#define CC_STORE_SWEEP_H

#include "spoold/store/inner.h"

/* value: the row's, where it is no longer than a key; else empty. Non-zero ends the sweep. */
typedef int step_fn(void *context, const struct key *key, const struct key *value,
		    struct error *err);

/* Each row that is there when its turn comes; the step may change any. 0 or -1. */
int sweep(struct store *s, enum kv_table table, step_fn *step, void *context,
	  struct error *err);
/* The order that an index row leads to; 0: it can't be one. */
uint32_t number_of_row(const struct key *key, const struct key *value);

#endif
