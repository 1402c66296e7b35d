/*
 * store.h - the only door to what is kept: records, their indexes, bodies, the outbox.
 *
 * Engines: "lmdb" (default), "ram" (tests); tests/unit/store runs one body over all.
 * One thread (keep's) owns a store.
 *
 * Turns. Every change below happens at once for later calls of the same turn, and
 * becomes durable together with all others at store_flush: answer nobody before it
 * returned 0. If it fails, or one change fails with ERROR_FULL, that change (flush:
 * every change since the last flush) has not happened; the store stays usable.
 *
 * Bodies are rows of sealed chunks under a random id. They are staged until a record
 * that names them is inserted; what is staged when the store is opened is collected.
 *
 * A store of an earlier format is brought to this one when its owner opens it; whoever
 * looks (read_only) sees it as it is, and can copy it, but not check it.
 *
 * Caveats: a pointer handed to a callback is valid until the callback returns;
 * callbacks must not change the store. A store on a network file system is not
 * supported (lmdb).
 */
#ifndef CC_STORE_STORE_H
#define CC_STORE_STORE_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/order/order.h"
#include "lib/seal/seal.h"

struct store;

struct store_options {
	const char *engine;	/* "lmdb" or "ram" */
	const char *folder;	/* lmdb: an existing folder, ours alone */
	uint64_t map_bytes;	/* lmdb: largest size of the file; 0 = 1 TiB */
	bool read_only;		/* look only, beside an owner: for check and backup */
	uint64_t reserve_bytes; /* kept free on the disk for state changes; intake is
				   refused with ERROR_FULL when less is left */
};

int store_open(const struct store_options *options, struct store **store,
	       struct error *err);
void store_close(struct store *store); /* unflushed changes are dropped; accepts NULL */
int store_flush(struct store *store, struct error *err);
/* A flush failed so that nobody knows what the disk has of it. Nothing can be changed any
 * more: what was not answered was refused, and a new process opens the store anew. */
bool store_in_doubt(const struct store *store);
/* The engine met a page that can't be so, on its way to a row or in a change, or the owner
 * did (store_scrub_head). What is wrong is found by store_look_over, before it is opened
 * again. */
bool store_is_damaged(const struct store *store);
/* Bytes of chunks appended since the last flush: keep flushes at 8 MiB. */
size_t store_unflushed(const struct store *store);

/* The next order number, never given twice once flushed, whatever is killed; from 1,
 * wraps never; numbers may be left out. */
int store_next_number(struct store *store, uint32_t *number, struct error *err);

/* Bodies. Chunks come in order from 0, each at most SEAL_CHUNK_MAX bytes. */
int store_append(struct store *store, const uint8_t body[UUID_BYTES], uint32_t chunk,
		 const void *data, size_t len, struct error *err);
/* Drops a staged body (an upload that was given up); it need not exist. ERROR_CONFLICT
 * for one that a record lives on. Its chunks go in the background, by store_tidy. */
int store_drop_body(struct store *store, const uint8_t body[UUID_BYTES],
		    struct error *err);
/* ERROR_ABSENT if there is no such chunk, ERROR_CORRUPT if the disk does not give it.
 * What is lent is the store's, until the next call on it. */
int store_lend_chunk(struct store *store, const uint8_t body[UUID_BYTES],
		     uint32_t chunk, const void **data, size_t *len, struct error *err);
/* The same, copied: replaces what out held. */
int store_read_chunk(struct store *store, const uint8_t body[UUID_BYTES],
		     uint32_t chunk, struct buf *out, struct error *err);
/* A bounded share of the work left over from store_drop_body and from staged bodies
 * found at open; call it when idle. *more tells whether there is more. */
int store_tidy(struct store *store, bool *more, struct error *err);

/* Records. Insert makes record, indexes and outbox row, and takes its bodies out of
 * staging (documents' chunk counts must be what was appended:
 * ERROR_INPUT otherwise). ERROR_CONFLICT if the
 * uuid, the number or a non-zero identification key exists already. Sets o->revision
 * to 1. */
int store_insert(struct store *store, struct order *o, struct error *err);
/* Compare-and-set: replaces the record if its revision is still o->revision, else
 * ERROR_CONFLICT and nothing changed; increments o->revision. touch adds an outbox row
 * in the same transaction. A state change that order_may_move forbids is
 * ERROR_CONFLICT. An update to a state that is over (order_is_over) drops the
 * documents' bodies in the same transaction; o keeps naming them. uuid, number and the
 * documents' bodies can't be changed (ERROR_INPUT). */
int store_update(struct store *store, struct order *o, bool touch, struct error *err);
/* Removes record, indexes, outbox row, and drops its bodies. */
int store_remove(struct store *store, const uint8_t uuid[UUID_BYTES],
		 struct error *err);

/* Lookups fill *o (caller: order_clear). ERROR_ABSENT, or ERROR_CORRUPT for a damaged
 * record, which stays as it is. */
int store_get(struct store *store, const uint8_t uuid[UUID_BYTES], struct order *o,
	      struct error *err);
int store_get_number(struct store *store, uint32_t number, struct order *o,
		     struct error *err);
/* By a code's identification key: at most one. */
int store_get_key(struct store *store, const uint8_t key[ORDER_KEY_BYTES],
		  struct order *o, struct error *err);

/* Scans call visit for each order until it returns non-zero or `limit` were visited
 * (0 = no limit). A damaged record is passed over and counted in store_health. */
typedef int store_visit_fn(const struct order *o, void *context);
/* All orders of that user key (user + PIN), by number. */
int store_scan_user_key(struct store *store, const uint8_t key[ORDER_KEY_BYTES],
			store_visit_fn *visit, void *context, struct error *err);
/* All orders of that user name (job-originating-user-name), by number. */
int store_scan_user(struct store *store, const char *user, uint32_t after,
		    uint32_t limit, store_visit_fn *visit, void *context,
		    struct error *err);
/* By ascending number, after `after`; state 0 = any. */
int store_scan(struct store *store, enum order_state state, uint32_t after,
	       uint32_t limit, store_visit_fn *visit, void *context, struct error *err);
/* Those whose due date is not after `now`, earliest first; behind that place if it is not
 * NULL. */
struct store_due {
	int64_t due;
	uint32_t number;
};
int store_scan_due(struct store *store, int64_t now, const struct store_due *after,
		   uint32_t limit, store_visit_fn *visit, void *context,
		   struct error *err);

/* What is not over, for quotas: of an owner (a user name and a host), and of a printer.
 * Looked up, not counted. */
struct store_usage {
	uint64_t orders, bytes; /* of documents, in clear */
};
/* Of all, as counted. */
struct store_usage store_alive(const struct store *store);
int store_usage_owner(struct store *store, const char *user, const char *host,
		      struct store_usage *usage, struct error *err);
int store_usage_printer(struct store *store, const char *printer,
			struct store_usage *usage, struct error *err);

/* The owners who have most bytes alive, the first one first; at most `limit`, and no more
 * than STORE_MOST. For people who look: it walks the counts of all owners. */
#define STORE_MOST 100
typedef void store_owner_fn(const struct order *one_of_theirs,
			    const struct store_usage *usage, void *context);
int store_usage_most(struct store *store, uint32_t limit, store_owner_fn *visit,
		     void *context, struct error *err);

/* What keep knows of the calendar (keep/calendar.h), kept here over its restarts: unix
 * seconds, 0 where nothing was written yet. Durable with the next flush. */
struct store_clock {
	int64_t calendar; /* the date that counted */
	int64_t doubted; /* since when (by the machine's clock) that clock is in doubt */
};
int store_get_clock(struct store *store, struct store_clock *clock, struct error *err);
int store_put_clock(struct store *store, const struct store_clock *clock,
		    struct error *err);

/* --- the audit: entries (lib/order/audit.h, opaque here) in a chain of hashes ---
 *
 * Entries are numbered from 1 without a gap; each has its link: the hash of the link before
 * it, its number and itself (seal.h). They are only ever added at the end, and taken away at
 * the beginning when they are too old; what was before the first one is kept, so that what is
 * left can still be followed. An entry is durable with the changes of its turn or not at all:
 * where it cannot be written, the turn's flush fails. */
struct store_audit {
	uint64_t first, last;		/* first == last + 1: there is none */
	uint8_t before[SEAL_KEY_BYTES]; /* the link before the first */
	uint8_t link[SEAL_KEY_BYTES];	/* of the last */
};
void store_audit(const struct store *store, struct store_audit *head);
int store_audit_append(struct store *store, const void *entry, size_t len,
		       struct error *err);
/* Takes entries away, up to that number. */
int store_audit_cut(struct store *store, uint64_t upto, struct error *err);
/* From that number on, until visit returns non-zero. */
typedef int store_audit_fn(uint64_t number, const uint8_t link[SEAL_KEY_BYTES],
			   const void *entry, size_t len, void *context);
int store_audit_scan(struct store *store, uint64_t from, store_audit_fn *visit,
		     void *context, struct error *err);
/* A head as keep sealed it: where the chain began and ended then. ERROR_ABSENT: none. */
struct store_audit_seal {
	uint32_t secret;
	struct store_audit head;
	uint8_t mac[SEAL_KEY_BYTES];
};
int store_put_audit_seal(struct store *store, const struct store_audit_seal *seal,
			 struct error *err);
int store_get_audit_seal(struct store *store, struct store_audit_seal *seal,
			 struct error *err);
/* What the seal is made of. */
#define STORE_AUDIT_HEAD_BYTES (2 * 8 + 2 * SEAL_KEY_BYTES)
void store_audit_head_bytes(const struct store_audit *head,
			    uint8_t bytes[STORE_AUDIT_HEAD_BYTES]);
/* The outbox: orders whose CUPS job must be brought to agree with the record. A set of
 * uuids: released orders first (a customer waits at the station), then in the order of
 * their first touch. done drops the row unless the order was touched again after
 * `revision`; an absent row is no fault. */
int store_outbox(struct store *store, uint32_t limit, store_visit_fn *visit,
		 void *context, struct error *err);
int store_outbox_done(struct store *store, const uint8_t uuid[UUID_BYTES],
		      uint64_t revision, struct error *err);
/* Whether the order has a row there; false if that can't be told. */
bool store_outbox_has(struct store *store, uint32_t number);

struct store_health {
	uint64_t orders[ORDER_STATES];	 /* by state */
	uint64_t bodies, staged, doomed; /* live, growing, to be taken away */
	uint64_t chunks, bytes, outbox;
	uint64_t clear;	 /* bytes of documents that are not over, in clear */
	uint64_t faults; /* broken invariants found */
	uint64_t room;	 /* bytes that may still be taken in */
};
/* Of all states. */
uint64_t store_orders(const struct store_health *health);
/* Cheap: counts only. */
int store_count(struct store *store, struct store_health *health, struct error *err);
/* Walks every record, index, body and outbox row and every invariant between them; says
 * each fault as one sentence. Changes nothing. */
typedef void store_fault_fn(const char *sentence, void *context);
int store_check(struct store *store, store_fault_fn *fault, void *context,
		struct store_health *health, struct error *err);
/* Follows the chain from its first entry to its last; says each fault as one sentence. */
int store_audit_verify(struct store *store, store_fault_fn *fault, void *context,
		       uint64_t *faults, struct error *err);
/* From now on a check tells after each document how many bytes of documents it has seen. */
typedef void store_progress_fn(uint64_t bytes, void *context);
void store_tell_progress(struct store *store, store_progress_fn *tell, void *context);

/* The same share by share, beside the work, for what carries a sum: each step looks at one
 * record and its rows in the indexes, or at one piece of a document. `at` is zeroes at the
 * beginning. 1; 0 behind the last; -1 where it can't go on. The owner keeps `at` over restarts:
 * put is durable with the next flush. */
enum store_found_kind {
	STORE_FOUND_NOTHING,
	STORE_FOUND_RECORD,   /* it can't be read: store_set_aside */
	STORE_FOUND_DOCUMENT, /* a piece of it */
	STORE_FOUND_INDEX /* text: the index that has no row of it: store_index_again */
};
#define STORE_FOUND_TEXT 192
struct store_found {
	enum store_found_kind kind;
	uint32_t number; /* of the order */
	uint64_t bytes;	 /* of documents that were read */
	char text[STORE_FOUND_TEXT];
};
struct store_scrub {
	uint32_t number, document,
		chunk; /* document 0: the record behind that number */
	/* the owner's: unix seconds; faults of this round, and of the one that ended last */
	int64_t began, ended;
	uint64_t found, found_before;
};
int store_scrub(struct store *store, struct store_scrub *at, struct store_found *found,
		struct error *err);
/* What an owner looks at when it opens the store: heads, free lists, roots. Nothing may be
 * unflushed. ERROR_CORRUPT. */
int store_scrub_head(struct store *store, struct error *err);
/* The tree of the file page by page, beside the work, by a thread: what no lookup would notice.
 * One walk at a time. end: 1 when it is through: if there are faults, the store is damaged
 * (store_is_damaged), and first is one of them; 0: not yet; -1: it could not be done. Without
 * files it is through at once. store_close breaks it off. */
int store_walk_begin(struct store *store, struct error *err);
int store_walk_end(struct store *store, uint64_t *faults, char first[STORE_FOUND_TEXT],
		   struct error *err);
int store_get_scrub(struct store *store, struct store_scrub *scrub, struct error *err);
int store_put_scrub(struct store *store, const struct store_scrub *scrub,
		    struct error *err);

/* Puts a record that can't be read (ERROR_CORRUPT) aside, and in its place one that says
 * that the order is corrupt, with what the indexes know of it; others go on.
 * ERROR_CONFLICT if it can be read. */
int store_set_aside(struct store *store, uint32_t number, struct error *err);
/* The rows of that order in the indexes, as its record has them. */
int store_index_again(struct store *store, uint32_t number, struct error *err);
/* Sets right what store_check finds, as far as that can be done without guessing, and
 * says each step: indexes follow the records, bodies that no order needs go, an order
 * with a damaged record or document becomes corrupt. Flushes. */
int store_repair(struct store *store, store_fault_fn *fault, void *context,
		 uint64_t *repaired, struct error *err);

/* --- copies (lmdb; ERROR_INPUT with other engines) ---
 *
 * backup: a whole store as of now, in a new file in `folder` (which has none), durable.
 * Ask it of a store opened read_only by a process of its own, beside the owner: it takes
 * as long as the disk needs, and pages freed meanwhile are not used again.
 *
 * compact: gives the space of ended orders back to the disk; wants room for a copy.
 * Nothing may be unflushed. ERROR_LATER while somebody else looks at the store.
 *
 * restore: puts a backup (its data.mdb, open for reading: whoever may read it need not be
 * who owns the store) into a folder without a store, and says of every order that was
 * on its way when the backup was made (released, producing) that it is stopped: it may
 * have been produced since. Numbers go on well behind those of the backup. A backup whose
 * tree is damaged is ERROR_CORRUPT, and nothing is restored. */
/* salvage: for a store whose tree is damaged, so that it can't be repaired in place: a new
 * one from every record and chunk that still has its sum, in its place; the old file is kept
 * beside it, under the name `kept`. What may have been produced since comes back as stopped,
 * never as held. ERROR_LATER while it is open. Wants room for a copy.
 * look_over: says what is wrong with the tree without opening the store; ERROR_ABSENT if
 * there is none. Not beside a working owner: store_check does that. */
struct store_tree {
	uint64_t faults;
	bool head; /* one at least is sound: something is known of the last turns */
};
#define STORE_KEPT_MAX 64
int store_salvage(const struct store_options *options, store_fault_fn *fault,
		  void *context, char kept[STORE_KEPT_MAX], struct error *err);
int store_look_over(const struct store_options *options, store_fault_fn *fault,
		    void *context, struct store_tree *tree, struct error *err);

int store_backup(struct store *store, const char *folder, struct error *err);
int store_compact(struct store *store, struct error *err);
int store_restore(int backup, const struct store_options *options, struct error *err);
/* Bytes of the file, and of the pages in it that are free. Zeroes for other engines. */
struct store_size {
	uint64_t file, spare;
};
void store_size(struct store *store, struct store_size *size);

#endif
