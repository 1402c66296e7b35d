/*
 * pages.h - inside the store only: LMDB's file read without LMDB.
 *
 * LMDB 0.9 keeps no sum of a page and believes what a page says; a damaged one may lead it
 * anywhere, or end the process. So the tree is looked over here first, page by page, with
 * every number checked before it is used: by spoolctl check, by keep after a fall, and by
 * the salvage, which also takes rows from pages that no tree reaches any more.
 *
 * What is known of the format is LMDB 0.9's on a 64-bit machine (data version 1): doc/store.7.
 * All reading is by pread(2): a sector that can't be read is a fault, not a signal.
 */
#ifndef CC_STORE_PAGES_H
#define CC_STORE_PAGES_H

#include "spoold/store/kv.h"

struct pages;

/* How much of what was asked could be seen. */
struct pages_found {
	uint64_t faults;       /* that were said */
	bool whole[KV_TABLES]; /* the tree of that table was walked, without one */
	bool head;	       /* one is sound, at least: it was walked from there */
	bool sure;	       /* both heads are sound: the newest is the newest */
};

/* A row of a table that a sound path leads to (reached), or of a page that no path leads to:
 * then the table is a guess from the key's length, and only a sum says that it is one.
 * Non-zero stops. value is empty where wants() says no. */
typedef int pages_row_fn(void *context, enum kv_table table, struct kv_span key,
			 struct kv_span value, bool reached);
/* Whether the value must be read, from another place than the row's page. */
typedef bool pages_wants_fn(void *context, enum kv_table table, struct kv_span key);

struct pages_visitor {
	store_fault_fn *fault; /* NULL: none of these are called */
	pages_row_fn *row;
	pages_wants_fn *wants;
	void *context;
};

/* The file in `folder`, as large as it is now. */
int pages_open(const char *folder, struct pages **pages, struct error *err);
void pages_close(struct pages *pages); /* accepts NULL */

/* What can be known without a walk, for who opens it to write: the two heads are what LMDB
 * leaves, the lists of free pages and the table of tables are whole, and the root of each
 * table is a page that is in use. ERROR_CORRUPT says the first fault. Else an old state could
 * be taken for the last, and written on. */
int pages_check_head(struct pages *pages, struct error *err);
/* Walks every tree of the head of that transaction (0: the newest one). ERROR_LATER: that
 * head has been written over meanwhile. */
int pages_walk(struct pages *pages, uint64_t transaction, const struct pages_visitor *v,
	       struct pages_found *found, struct error *err);
/* Then: rows of the pages that no walk reached. */
int pages_scan_loose(struct pages *pages, const struct pages_visitor *v,
		     struct error *err);

#endif
