/*
 * pages-inner.h - inside pages*.c only: LMDB's file as bytes, and how a page of it is read.
 */
#ifndef CC_STORE_PAGES_INNER_H
#define CC_STORE_PAGES_INNER_H

#include "spoold/store/key.h"
#include "spoold/store/pages.h"

/* lmdb.h says nothing of these; they are the format of its file. */
#define LMDB_MAGIC	0xBEEFC0DEu
#define LMDB_VERSION	1
#define LMDB_KEY_MAX	511
#define LMDB_DEPTH_MAX	32
#define LMDB_NO_PAGE	UINT64_MAX
#define PAGE_BRANCH	0x01
#define PAGE_LEAF	0x02
#define PAGE_OVERFLOW	0x04
#define PAGE_META	0x08
#define NODE_ELSEWHERE	0x01 /* the value lies in pages of its own */
#define NODE_TABLE	0x02
#define TREE_BY_INTEGER 0x08 /* its keys are the machine's integers */
#define PAGE_HEAD	16u
#define NODE_HEAD	8u
#define PAGE_SIZE_LEAST 512u
#define PAGE_SIZE_MOST	65536u
#define PAGES_MOST	((uint64_t)1 << 34) /* of a file: a bit each is kept */
#define VALUE_MAX	((size_t)16 << 20) /* of a row; ours and the lists of free pages */

_Static_assert(sizeof(size_t) == 8, "the store's file is that of a 64-bit LMDB");

struct page_head {
	uint64_t number;
	uint16_t pad, flags;
	union {
		struct {
			uint16_t lower, upper;
		} part;
		uint32_t pages; /* of an overflow run */
	};
};

struct tree {
	uint32_t pad; /* of the first tree of a head: the page size */
	uint16_t flags, depth;
	uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};

struct head {
	uint32_t magic, version;
	uint64_t address, map_bytes;
	struct tree trees[2]; /* free pages; the table of tables */
	uint64_t last_page, transaction;
};

_Static_assert(sizeof(struct page_head) == PAGE_HEAD && sizeof(struct tree) == 48 &&
		       sizeof(struct head) == 136,
	       "as LMDB lays them out");

struct pages {
	int fd;
	uint64_t size;	/* of the file */
	size_t page;	/* bytes */
	uint64_t count; /* of pages in the file */
	uint8_t *used;	/* a bit a page: a sound path leads to it */
	uint8_t *spare; /* a bit a page: it is in a list of free ones */
	struct buf value;
};

struct node {
	struct kv_span key;
	uint16_t flags;
	uint64_t child; /* of a branch */
	const uint8_t *data;
	size_t len; /* of the value, wherever it lies */
};

static inline uint64_t
page_load(const uint8_t *at, size_t bytes)
{
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;

	switch (bytes) {
	case 8:
		memcpy(&v8, at, 8);
		return v8;
	case 4:
		memcpy(&v4, at, 4);
		return v4;
	default:
		memcpy(&v2, at, 2);
		return v2;
	}
}

static inline bool
page_bit(const uint8_t *bits, uint64_t n)
{
	return (bits[n / 8] & 1u << n % 8) != 0;
}

static inline void
page_set_bit(uint8_t *bits, uint64_t n)
{
	bits[n / 8] |= (uint8_t)(1u << n % 8);
}

/* All of it, or -1 with errno (0: the file is shorter). */
int pages_read(const struct pages *p, void *to, size_t len, uint64_t at);
/* Both heads, and which of them are sound. */
void pages_heads(struct pages *p, struct head heads[2], bool sound[2]);
/* They are what LMDB leaves: a turn apart. */
bool pages_heads_agree(const struct head heads[2], const bool sound[2]);
/* A node of a page that was read; -1: it does not lie inside. */
int pages_node(const struct pages *p, const uint8_t *page, size_t offset, bool branch,
	       struct node *n);
/* Its value, at that place of the file; 0: beside the key. Valid until the next one. */
int pages_value(struct pages *p, const struct node *n, uint64_t at,
		struct kv_span *value);

#endif
