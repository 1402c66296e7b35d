/*
 * store-help.h - orders and documents for the tests of the store.
 */
#ifndef CC_TESTS_UNIT_STORE_HELP_H
#define CC_TESTS_UNIT_STORE_HELP_H

#include "spoold/store/kv.h"
#include "spoold/store/store.h"

/* A folder of this test's own, from a name that ends in XXXXXX; and lib/seal is started. These
 * three exit on failure. */
void help_folder(char *name);
/* Empty, whatever was there. */
void help_fresh(const char *folder);
void help_remove(const char *folder);
/* run with each engine, in a folder of the kind of help_folder's. */
void help_engines(const char *name, void (*run)(const struct store_options *engine));
/* Opens (again); exits on failure: nothing can be tested then. */
struct store *help_open(const struct store_options *options);
/* A held order with a number, a random uuid and a claim code's key. */
void help_order(struct store *s, struct order *o);
/* Appends a sealed document of `clear` bytes in all, chunks of at most `step`, and
 * names it in the order. */
int help_document(struct store *s, struct order *o, size_t clear, size_t step,
		  struct error *err);
/* A held order with one document of 1000 bytes, inserted; not flushed. */
void help_insert(struct store *s, struct order *o);
/* Reads the order again, moves it, and writes it: 0 or -1. */
int help_move(struct store *s, const struct order *o, enum order_state to,
	      struct error *err);
/* Writes a row behind the store's back, and durably. */
void help_plant(struct store *s, enum kv_table table, struct kv_span key,
		struct kv_span value);
/* Says each fault; how many. */
uint64_t help_check(struct store *s);
/* Tidies to the end and flushes. */
void help_tidy(struct store *s);
/* How many of the documents' chunks read back and are sound. */
int help_sound_chunks(struct store *s, const struct order *o);

#endif
