/*
 * The file, its heads, and the rows of pages that nothing leads to.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spoold/store/pages-inner.h"

/* --- the file --- */

int
pages_open(const char *folder, struct pages **pages, struct error *err)
{
	struct pages *p = calloc(1, sizeof(*p));
	char path[PATH_MAX];
	struct stat st;

	*pages = NULL;
	INVARIANT(p != NULL);
	buf_init(&p->value, VALUE_MAX);
	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	p->fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (p->fd < 0 || fstat(p->fd, &st) != 0) {
		error_errno(err, "cannot open '%s'", path);
		pages_close(p);
		return -1;
	}
	p->size = (uint64_t)st.st_size;
	*pages = p;
	return 0;
}

void
pages_close(struct pages *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p->used);
	free(p->spare);
	buf_clear(&p->value);
	free(p);
}

int
pages_read(const struct pages *p, void *to, size_t len, uint64_t at)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pread(p->fd, (uint8_t *)to + done, len - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = 0;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* --- the two heads --- */

static bool
head_is_sound(const struct pages *p, const struct head *h, const struct page_head *page,
	      unsigned i)
{
	uint32_t size = h->trees[0].pad;

	return (page->flags & PAGE_META) != 0 && page->number == i &&
	       h->magic == LMDB_MAGIC && h->version == LMDB_VERSION &&
	       size >= PAGE_SIZE_LEAST && size <= PAGE_SIZE_MOST &&
	       (size & (size - 1)) == 0 && h->last_page >= 1 &&
	       h->last_page < h->map_bytes / size && h->last_page < PAGES_MOST &&
	       2 * (uint64_t)size <= p->size && (h->transaction & 1) == i;
}

/* The second head lies a page behind the first, whose page size may be damaged: LMDB takes
 * the machine's. */
void
pages_heads(struct pages *p, struct head heads[2], bool sound[2])
{
	struct page_head page;
	size_t size = (size_t)sysconf(_SC_PAGESIZE);

	for (unsigned i = 0; i < 2; i++) {
		sound[i] = pages_read(p, &page, sizeof(page), i * size) == 0 &&
			   pages_read(p, &heads[i], sizeof(heads[i]),
				      i * size + PAGE_HEAD) == 0 &&
			   head_is_sound(p, &heads[i], &page, i);
		if (sound[0])
			size = heads[0].trees[0].pad;
	}
}

/* A file on which nothing was written yet has 0 in both. */
bool
pages_heads_agree(const struct head heads[2], const bool sound[2])
{
	uint64_t a = heads[0].transaction, b = heads[1].transaction;

	if (!sound[0])
		return false;
	if (heads[1].transaction == 0 && a == 0)
		return heads[1].magic == LMDB_MAGIC;
	return sound[1] && (a + 1 == b || b + 1 == a) &&
	       heads[0].trees[0].pad == heads[1].trees[0].pad;
}

/* --- pages and nodes --- */

int
pages_node(const struct pages *p, const uint8_t *page, size_t offset, bool branch,
	   struct node *n)
{
	const uint8_t *at = page + offset;
	size_t key, len;

	if (offset > p->page - NODE_HEAD)
		return -1;
	key = page_load(at + 6, 2);
	n->flags = (uint16_t)page_load(at + 4, 2);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	len = page_load(at, 2) | page_load(at + 2, 2) << 16;
#else
	len = page_load(at + 2, 2) | page_load(at, 2) << 16;
#endif
	if (key > LMDB_KEY_MAX || offset + NODE_HEAD + key > p->page)
		return -1;
	n->key = (struct kv_span){at + NODE_HEAD, key};
	n->child = len | (uint64_t)n->flags << 32;
	n->data = at + NODE_HEAD + key;
	n->len = len;
	if (branch)
		return 0;
	if (n->flags & NODE_ELSEWHERE)
		len = sizeof(uint64_t);
	return n->len <= VALUE_MAX && offset + NODE_HEAD + key + len <= p->page ? 0
										: -1;
}

int
pages_value(struct pages *p, const struct node *n, uint64_t at, struct kv_span *value)
{
	p->value.len = 0;
	*value = (struct kv_span){n->data, n->len};
	if (at == 0)
		return 0;
	if (buf_reserve(&p->value, n->len + 1, NULL) != 0 ||
	    pages_read(p, p->value.data, n->len, at) != 0)
		return -1;
	p->value.len = n->len;
	*value = (struct kv_span){p->value.data, n->len};
	return 0;
}

/* --- rows of pages that nothing leads to --- */

static enum kv_table
table_by_key(const struct node *n)
{
	switch (n->key.len) {
	case 4:
		return KV_ORDER;
	case UUID_BYTES + 4:
		return KV_CHUNK;
	default:
		return KV_TABLES;
	}
}

static int
visit_loose(struct pages *p, const struct pages_visitor *v, const struct node *n)
{
	enum kv_table table = table_by_key(n);
	struct kv_span value;
	uint64_t at = 0;

	if (table == KV_TABLES || (n->flags & ~NODE_ELSEWHERE) != 0 ||
	    (v->wants != NULL && !v->wants(v->context, table, n->key)))
		return 0;
	if (n->flags & NODE_ELSEWHERE) {
		at = page_load(n->data, 8);
		if (at < 2 || at >= p->count)
			return 0;
		at = at * p->page + PAGE_HEAD;
	}
	if (pages_value(p, n, at, &value) != 0)
		return 0;
	return v->row(v->context, table, n->key, value, false);
}

/* Rows are taken until a place is no place, whatever a damaged page says of itself. Pages
 * of a value's own (a freed one's) are another thing: what is in there came from a
 * customer, and could look like a page. There it must know its own number. */
static int
scan_page(struct pages *p, uint64_t number, const uint8_t *page,
	  const struct pages_visitor *v, uint64_t *run_end)
{
	struct page_head head;
	struct node n;

	memcpy(&head, page, sizeof(head));
	if (head.number == number && head.flags == PAGE_OVERFLOW &&
	    head.pages <= p->count - number)
		*run_end = number + head.pages;
	if (number < *run_end && (head.number != number || head.flags != PAGE_LEAF))
		return 0;
	for (size_t i = 0; PAGE_HEAD + 2 * i + 2 <= p->page; i++) {
		size_t offset = page_load(page + PAGE_HEAD + 2 * i, 2);
		if (offset < PAGE_HEAD + 2 * (i + 1) || offset >= p->page)
			return 0;
		if (pages_node(p, page, offset, false, &n) == 0 && n.key.len != 0 &&
		    visit_loose(p, v, &n) != 0)
			return -1;
	}
	return 0;
}

int
pages_scan_loose(struct pages *p, const struct pages_visitor *v, struct error *err)
{
	uint8_t *page = malloc(p->page);
	uint64_t run_end = 0;
	int rc = 0;

	if (page == NULL)
		return error_errno(err, "cannot read the store's pages");
	for (uint64_t n = 2; n < p->count && rc == 0; n++)
		if (!page_bit(p->used, n) &&
		    pages_read(p, page, p->page, n * p->page) == 0)
			rc = scan_page(p, n, page, v, &run_end);
	free(page);
	return rc;
}
