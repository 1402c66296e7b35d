/*
 * mend.h - a store whose tree is damaged, on the way to being opened.
 *
 * LMDB believes what a page says, so who opens such a store falls over it sooner or later, and
 * with it the shop. So a new store is made of what still has its sum (store_salvage), as
 * `spoolctl check --repair` does, and keep goes on with that: what may have been produced since
 * is stopped, what is not whole is corrupt, all else waits as before. The damaged file is kept:
 * who has a better idea loses nothing by this one.
 *
 * Where neither head of the file is sound, nothing tells its last turns from old ones: that is
 * left to a person.
 */
#ifndef CC_KEEP_MEND_H
#define CC_KEEP_MEND_H

#include "spoold/store/store.h"

#define MEND_LINES 40 /* of what is wrong, and of what is done, in the log */

/* The last keep fell, or met damage: looks the store over, and saves it if need be. 0 where there
 * is none. ERROR_CORRUPT: for a person. */
int mend_after_fall(const struct store_options *options, struct error *err);
/* It can't be opened for damage: saves it. */
int mend_closed(const struct store_options *options, struct error *err);

#endif
