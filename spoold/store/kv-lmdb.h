/*
 * kv-lmdb.h - inside the lmdb engine only: its state, the room it keeps, and its help
 * with large commits.
 */
#ifndef CC_STORE_KV_LMDB_H
#define CC_STORE_KV_LMDB_H

#include <lmdb.h>

#include "lib/base/buf.h"
#include "spoold/store/kv.h"

struct lmdb_push;
struct lmdb_ahead;

struct lmdb {
	struct kv kv;
	MDB_env *env;
	MDB_dbi tables[KV_TABLES];
	bool absent[KV_TABLES]; /* read only: the store has no such table yet */
	char *folder;
	int folder_fd; /* locked: one owner at a time; -1 when read only */
	int look_fd;   /* shared lock on lock.mdb while the environment is open */
	bool read_only;
	uint64_t map_bytes, reserve_bytes;
	size_t page;

	MDB_txn *turn;		/* NULL between turns */
	MDB_txn *change;	/* inside the turn, when room is tight */
	MDB_txn *read;		/* used outside turns */
	bool reading;		/* read is renewed */
	struct lmdb_push *push; /* NULL until a turn was large */
	struct error lost;	/* why the turn can't be committed any more */
	bool unreadable;	/* a page could not be read from the disk */

	int statm_fd;	   /* what this process has mapped; -1 if that is not told */
	uint32_t touches;  /* counts */
	long others_bytes; /* of what is mapped: not the file's, as far as is known */
	void *map;	   /* NULL: not looked for yet */

	int read_fd;		  /* of the file; -1 until a document is read */
	struct buf lent;	  /* a value that was not read ahead */
	struct lmdb_ahead *ahead; /* NULL until then */

	uint64_t turn_bytes; /* at most so many were put in this turn */
	uint64_t end_bytes;  /* of the file, as of the last commit */
	uint64_t tail_bytes; /* of the file have disk blocks; UINT64_MAX: unknown */
};

/* An LMDB or errno number as an error; returns -1. */
int lmdb_error(struct error *err, int rc, const char *what);

/* The environment alone, to be changed under the owner's lock. An LMDB or errno
 * number. */
int lmdb_open_environment(struct lmdb *l);
void lmdb_close_environment(struct lmdb *l);

/* kv-lmdb-disk.c: calls read, which looks at pages of the map and changes nothing; its
 * result, or EIO if the disk did not give a page. */
int lmdb_try(int (*read)(void *context), void *context);
/* LMDB's own, with EIO as one more result; touch: of a value, where it begins. */
int lmdb_disk_get(MDB_txn *txn, MDB_dbi table, MDB_val *key, MDB_val *value);
int lmdb_disk_move(MDB_cursor *c, MDB_val *key, MDB_val *value, MDB_cursor_op op);
int lmdb_disk_touch(const MDB_val *value);
void lmdb_disk_open(void); /* before the first lmdb_try */
/* Before the environment is opened: what is in the heads is what the disk has. */
int lmdb_reread_heads(const char *folder, struct error *err);

/* kv-lmdb-push.c: around the commit of a turn; closed before the environment. */
void lmdb_push_begin(struct lmdb *l);
void lmdb_push_end(struct lmdb *l);
void lmdb_push_close(struct lmdb *l);

/* kv-lmdb-map.c: keeps the mapped part of the file small; whatever was read from it
 * stays valid. */
void lmdb_map_open(struct lmdb *l);
void lmdb_map_close(struct lmdb *l);
void lmdb_map_trim(struct lmdb *l);
/* Before each call into LMDB that follows pages of the file. */
void lmdb_map_touched(struct lmdb *l);
/* Where the file begins in memory; NULL when that can't be told. */
void *lmdb_map(struct lmdb *l);

/* kv-lmdb-read.c: 0 or an errno number; closed with the environment. */
int lmdb_read(struct kv *kv, struct kv_span value, const void **data);
void lmdb_soon(struct kv *kv, const struct kv_span *values, unsigned count);
/* A value that goes: other bytes may come to its place. */
void lmdb_read_forget(struct lmdb *l, const MDB_val *value);
void lmdb_read_close(struct lmdb *l);

/* kv-lmdb-ahead.c: values are read ahead; one that was asked for is lent until the next
 * call, once it is there: false if it was not, or could not be read. */
struct lmdb_place {
	uint64_t at; /* in the file */
	size_t len;
};
void lmdb_ahead_ask(struct lmdb *l, const struct lmdb_place *values, unsigned count);
bool lmdb_ahead_take(struct lmdb *l, struct lmdb_place value, const void **data);
void lmdb_ahead_forget(struct lmdb *l, struct lmdb_place value);
/* Now and then: gives threads and memory back when nothing was asked for in a while. */
void lmdb_ahead_rest(struct lmdb *l);
void lmdb_ahead_close(struct lmdb *l);

/* kv-lmdb-tree.c */
int lmdb_tree(struct kv *kv, store_fault_fn *fault, void *context,
	      const atomic_bool *ending, uint64_t *faults, struct error *err);
int lmdb_head(struct kv *kv, struct error *err);
/* Before LMDB sees the file: ERROR_CORRUPT for a head that it would take the wrong way. */
int lmdb_check_head(const char *folder, struct error *err);

/* kv-lmdb-copy.c */
int lmdb_copy(struct kv *kv, const char *folder, struct error *err);
int lmdb_compact(struct kv *kv, struct error *err);
bool lmdb_is_there(const char *folder);
int lmdb_adopt(const char *from, const char *to, struct error *err);
int lmdb_clear(const char *folder, struct error *err);
int lmdb_exchange(const char *from, const char *to, const char *kept,
		  struct error *err);
void lmdb_clear_copy(const struct lmdb *l);

/* kv-lmdb-room.c */
void lmdb_room_open(struct lmdb *l);
void lmdb_room_committed(struct lmdb *l);
/* Whether the turn could meet the end of the map. */
bool lmdb_is_tight(const struct lmdb *l, size_t more);
int lmdb_admit(struct kv *kv, size_t bytes, struct error *err);
uint64_t lmdb_room(struct kv *kv);
void lmdb_size(struct kv *kv, struct store_size *size);
uint64_t lmdb_disk_free(const struct lmdb *l);
/* Bytes of the file that are in use. */
uint64_t lmdb_live(struct lmdb *l);

#endif
