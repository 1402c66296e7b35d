/*
 * inner.h - inside the store only: its state, and what its files share.
 */
#ifndef CC_STORE_INNER_H
#define CC_STORE_INNER_H

#include "spoold/store/key.h"

#define STORE_FORMAT	      4		/* of the tables; doc/store.7 */
#define STORE_SUM_BYTES	      16	/* before each record */
#define STORE_NUMBERS_LEAST   8		/* order numbers reserved at once, at leisure */
#define STORE_NUMBERS_MOST    256	/* ... and in a rush */
#define STORE_NUMBERS_RUSH_MS 1000	/* used up faster than that: more next time */
#define STORE_NUMBER_MAX      INT32_MAX /* job-id is integer(1:MAX) */
#define STORE_RESTORE_GAP     10000	/* numbers that may have been given out since */
#define STORE_DAMAGED_MAX     64	/* damaged records remembered by number */

/* Counted with the changes, kept in a row of `meta`, walked over by store_check. */
struct store_counts {
	uint64_t orders[ORDER_STATES];
	uint64_t bytes; /* of live bodies' chunks */
	uint64_t clear; /* of documents of orders that are not over, in clear */
};

struct store {
	struct kv *kv;
	struct store_counts counts, counts_flushed, counts_marked;
	uint64_t next_number, numbers_end, numbers_end_flushed;
	uint32_t numbers_step;
	int64_t numbers_ms;  /* clock_mono_ms of the last reservation */
	uint64_t next_touch; /* place in the outbox */
	size_t unflushed;
	struct store_audit audit, audit_flushed;
	bool audit_lost; /* an entry could not be written: the turn fails */
	bool changed;	 /* in this turn */
	bool read_only;
	uint32_t format;   /* as it was found; STORE_FORMAT unless read_only */
	struct buf record; /* the record being written */
	uint32_t damaged[STORE_DAMAGED_MAX];
	size_t damaged_count;
	store_progress_fn *tell; /* NULL: nobody */
	void *tell_context;
	struct store_walk *walk; /* NULL: none is under way */
};

/* What store_open does once the engine is open. */
int store_read_head(struct store *s, struct error *err);

/* Every change stands between these two; end(rc != 0) takes it back and returns -1. */
int change_begin(struct store *s, struct error *err);
int change_end(struct store *s, int rc, struct error *err);

/* Breaks off a walk that is under way. */
void walk_close(struct store *s);

/* Leaves order numbers out. */
int numbers_skip(struct store *s, uint32_t count, struct error *err);
/* Counts all up to `number` as given out. */
int numbers_skip_to(struct store *s, uint32_t number, struct error *err);

/* --- rows.c: which index rows an order has, and what the rows hold --- */

#define ROWS_MAX   6
#define USER_BYTES 16 /* of a user name's hash */
#define HOST_BYTES 8  /* of a host's, and of a printer's name */

struct row {
	enum kv_table table;
	bool unique; /* no two orders may have it */
	struct key key, value;
};

/* All rows in other tables that say "order `number` has this": rows[ROWS_MAX]. */
size_t rows_of(const struct order *o, struct row *rows);
/* Whether all of them are there: 0; 1 with the name of a table that lacks one; -1. */
int rows_missing(struct store *s, const struct order *o, const char **table,
		 struct error *err);

/* Where rows of that user begin in `owner`. */
struct key owner_key(const char *user);
struct owner_row {
	enum order_state state;
	uint64_t bytes; /* of documents, in clear */
	uint8_t host[HOST_BYTES], printer[HOST_BYTES];
};
/* 0, or -1 for a row of another length. */
int owner_row_read(struct owner_row *row, struct kv_span value);
#define OWNER_ROW_BYTES (1 + 8 + 2 * HOST_BYTES)

/* Rows of `usage`. */
#define USAGE_OWNER   'o' /* then the hashes of a user name and a host */
#define USAGE_PRINTER 'p' /* then the hash of a printer's name */
struct key usage_key_of_owner(const char *user, const char *host);
struct key usage_key_of_printer(const char *printer);

struct body_row {
	uint32_t number; /* of its order; not in `staged` */
	uint32_t chunks;
	uint64_t bytes; /* sealed */
};
struct key body_row_key(const uint8_t body[UUID_BYTES]);
struct key body_row_live(const struct body_row *row);
struct key body_row_staged(const struct body_row *row);
/* 0, or -1 for a row of another length. */
int body_row_read_live(struct body_row *row, struct kv_span value);
int body_row_read_staged(struct body_row *row, struct kv_span value);
struct key chunk_key(const uint8_t body[UUID_BYTES], uint32_t chunk);

struct touch_row {
	uint8_t class; /* 0: released, 1: all others */
	uint64_t place;
	uint64_t revision;
};
struct key touch_row_value(const struct touch_row *row);
int touch_row_read(struct touch_row *row, struct kv_span value);
struct key outbox_key(const struct touch_row *row);

/* Sum, then the record's bytes: into s->record (ERROR_INPUT if it is too long), and
 * from there into the table. Reading checks sum and shape, and (not _any) the number. */
int record_encode(struct store *s, const struct order *o, struct error *err);
int record_put(struct store *s, const struct order *o, struct error *err);
int record_read_any(struct order *o, struct kv_span value, struct error *err);
int record_read(struct order *o, uint32_t number, struct kv_span value,
		struct error *err);

int put_rows(struct store *s, const struct row *rows, size_t n, struct error *err);

/* --- usage.c: what owners and printers have alive, counted with the changes --- */

/* An order's row in `owner` comes (add) or goes. */
int usage_count(struct store *s, struct kv_span key, struct kv_span value, bool add,
		struct error *err);
int usage_count_order(struct store *s, const struct order *o, bool add,
		      struct error *err);

/* What all rows of `owner` add up to: rows of `usage`, in its order. */
struct usage_sum {
	uint8_t key[1 + USER_BYTES + HOST_BYTES];
	uint8_t len;
	struct store_usage usage;
};
struct usage_sums {
	struct usage_sum *at; /* owned: usage_sums_clear */
	size_t count, cap;
};
int usage_add_up(struct store *s, struct usage_sums *sums, struct error *err);
void usage_sums_clear(struct usage_sums *sums);
struct usage_sum *usage_sum_of(const struct usage_sums *sums, struct kv_span key);
struct key usage_value(const struct store_usage *usage);
int usage_read(struct store_usage *usage, struct kv_span value);

/* --- audit.c --- */

/* At open: the head, or what the rows say where it is lost. */
int audit_read_head(struct store *s, struct error *err);
/* Before a commit, where it has moved. */
int audit_write_head(struct store *s, struct error *err);
/* Of an order that somebody else than keep changed. */
int audit_append_restored(struct store *s, const struct order *o, struct error *err);

/* --- upgrade.c: from the format of an earlier program --- */
int upgrade(struct store *s, struct error *err);
/* A number in the row of `meta`: 1, 0 (*value 0) or -1. */
int get_meta(struct store *s, const struct key *key, size_t bytes, uint64_t *value,
	     struct error *err);
int put_meta(struct store *s, const struct key *key, const struct key *value,
	     struct error *err);

/* --- scan.c --- */
void forget_damaged(struct store *s, uint32_t number);
/* The record of that number: ERROR_ABSENT, ERROR_CORRUPT (then remembered). */
int order_by_number(struct store *s, uint32_t number, struct order *o,
		    struct error *err);
/* The same, and the index of states must agree: ERROR_CORRUPT. For all but those who set
 * right or check. */
int order_current(struct store *s, uint32_t number, struct order *o, struct error *err);
/* ERROR_ABSENT if there is none. */
int number_by_uuid(struct store *s, const uint8_t uuid[UUID_BYTES], uint32_t *number,
		   struct error *err);

/* --- copy.c --- */
/* For a store that is no longer as it was: what was on its way is stopped, with this
 * message, and numbers go on well behind the last. */
int copy_finish(struct store *s, const char *message, struct error *err);

/* --- body.c --- */
int body_make_live(struct store *s, const struct order_document *d, uint32_t number,
		   struct error *err);
/* Live or staged to doomed; it need not exist. */
int body_doom(struct store *s, const uint8_t body[UUID_BYTES], struct error *err);
/* At open: what was staged when the last owner ended. */
int body_doom_staged(struct store *s, struct error *err);
/* Whether `d` can be made live: ERROR_INPUT. */
int body_check_staged(struct store *s, const struct order_document *d,
		      struct error *err);

/* What there is of a body's chunks. */
struct chunks {
	uint32_t count, unsound;
	uint64_t bytes;
	bool gap; /* their numbers are not 0, 1, 2 ... */
};
/* What get pointed to; false with *err. */
bool body_chunk_is_sound(struct store *s, struct kv_span chunk, struct error *err);
int body_count_chunks(struct store *s, struct kv_span body, struct chunks *found,
		      struct error *err);

/* --- outbox.c --- */
int outbox_touch(struct store *s, const struct order *o, struct error *err);
int outbox_forget(struct store *s, uint32_t number, struct error *err);
int outbox_open(struct store *s, struct error *err);

#endif
