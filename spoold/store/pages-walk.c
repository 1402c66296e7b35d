/*
 * The walk goes down one path at a time, a buffer a level; what a page says is checked
 * before its first row is used: its own number, its kind, where rows begin and end, that
 * keys rise and stay within what the page above says. A page that fails is left out, and
 * what hangs on it; the walk goes on beside it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spoold/store/pages-inner.h"

#define SENTENCE_MAX 256

struct walk {
	struct pages *p;
	const struct pages_visitor *v;
	struct pages_found *found;
	uint64_t last_page;
	const char *name; /* of the tree */
	int table;	  /* enum kv_table, or one of the two below */
	struct tree tree, seen;
	struct tree tables[KV_TABLES];
	bool there[KV_TABLES];
};

#define TABLE_OF_TABLES (-1)
#define FREE_PAGES	(-2)

__attribute__((format(printf, 2, 3))) static void
say(struct walk *w, const char *fmt, ...)
{
	char sentence[SENTENCE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	w->found->faults++;
	if (w->v->fault != NULL)
		w->v->fault(sentence, w->v->context);
}

/* The head to walk from, or NULL: not there. */
static const struct head *
choose_head(struct walk *w, const struct head heads[2], const bool sound[2],
	    uint64_t transaction)
{
	const struct head *best = NULL;

	w->found->sure = pages_heads_agree(heads, sound);
	if (!w->found->sure && transaction == 0)
		say(w,
		    "the head of the store's file is damaged: the last turn can't be "
		    "told from the one before");
	for (unsigned i = 0; i < 2; i++) {
		if (!sound[i] && !(i == 1 && heads[1].transaction == 0 && sound[0]))
			continue;
		if (transaction != 0 && heads[i].transaction != transaction)
			continue;
		if (best == NULL || heads[i].transaction > best->transaction)
			best = &heads[i];
	}
	return best;
}

/* In its page; rows begin at even places. */
static size_t
size_of_node(const struct node *n, bool branch)
{
	size_t data = n->flags & NODE_ELSEWHERE ? sizeof(uint64_t) : n->len;

	return (NODE_HEAD + n->key.len + (branch ? 0 : data) + 1) & ~(size_t)1;
}

static int
compare(struct kv_span a, struct kv_span b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = least != 0 ? memcmp(a.data, b.data, least) : 0;

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* Transaction numbers are ordered as the machine's integers. */
static int
compare_in(const struct walk *w, struct kv_span a, struct kv_span b)
{
	if (w->table == FREE_PAGES && a.len == 8 && b.len == 8)
		return page_load(a.data, 8) < page_load(b.data, 8)   ? -1
		       : page_load(a.data, 8) > page_load(b.data, 8) ? 1
								     : 0;
	return compare(a, b);
}

/* Marks pages as used by the tree; a fault when one can't be. */
static int
take_pages(struct walk *w, uint64_t first, uint64_t count)
{
	for (uint64_t n = first; n < first + count; n++) {
		if (n < 2 || n > w->last_page) {
			say(w, "the tree of '%s' leads out of the file", w->name);
			return -1;
		}
		if (page_bit(w->p->used, n)) {
			say(w, "page %llu is used twice, by the tree of '%s', too",
			    (unsigned long long)n, w->name);
			return -1;
		}
		if (page_bit(w->p->spare, n)) {
			/* an old one, perhaps: what is on it was true once */
			say(w, "page %llu in the tree of '%s' is listed as free",
			    (unsigned long long)n, w->name);
			return -1;
		}
	}
	for (uint64_t n = first; n < first + count; n++)
		page_set_bit(w->p->used, n);
	return 0;
}

/* Where the value of a node lies; it may be in pages of its own. -1: a fault. */
static int
find_value(struct walk *w, const struct node *n, uint64_t *at)
{
	struct page_head head;
	uint64_t first, pages = (PAGE_HEAD + n->len + w->p->page - 1) / w->p->page;

	*at = 0;
	if (!(n->flags & NODE_ELSEWHERE))
		return 0;
	first = page_load(n->data, 8);
	if (first > w->last_page || pages > w->last_page - first + 1)
		goto damaged;
	if (pages_read(w->p, &head, sizeof(head), first * w->p->page) != 0) {
		/* of a document: that is the document's fault, not the tree's */
		if (errno != EIO || w->table != KV_CHUNK)
			goto damaged;
	} else if (head.number != first || (head.flags & 0xff) != PAGE_OVERFLOW ||
		   head.pages != pages) {
		goto damaged;
	}
	w->seen.overflow_pages += pages;
	*at = first * w->p->page + PAGE_HEAD;
	return take_pages(w, first, pages);
damaged:
	say(w, "a value in the tree of '%s' is not where its row says (page %llu)",
	    w->name, (unsigned long long)first);
	return -1;
}

/* --- what a leaf's row is --- */

/* A list of free pages: its length, then the numbers. */
static void
note_free(struct walk *w, struct kv_span list)
{
	uint64_t count = list.len >= 8 ? page_load(list.data, 8) : UINT64_MAX, n;

	if (list.len % 8 != 0 || count != list.len / 8 - 1) {
		say(w, "a list of free pages is damaged");
		return;
	}
	for (uint64_t i = 1; i <= count; i++) {
		n = page_load((const uint8_t *)list.data + 8 * i, 8);
		if (n < 2 || n > w->last_page || page_bit(w->p->spare, n)) {
			say(w, "a list of free pages is damaged: page %llu",
			    (unsigned long long)n);
			return;
		}
		page_set_bit(w->p->spare, n);
	}
}

static void
note_table(struct walk *w, const struct node *n)
{
	for (int t = 0; t < KV_TABLES; t++) {
		if (n->key.len != strlen(kv_table_names[t]) ||
		    memcmp(n->key.data, kv_table_names[t], n->key.len) != 0)
			continue;
		if (n->flags != NODE_TABLE || n->len != sizeof(struct tree))
			break;
		memcpy(&w->tables[t], n->data, sizeof(struct tree));
		w->there[t] = true;
		return;
	}
	say(w, "the table of tables has a row that is none of ours");
}

static int
visit_row(struct walk *w, const struct node *n, uint64_t at)
{
	struct kv_span value = {NULL, 0};
	bool wanted = w->table == FREE_PAGES ||
		      (w->v->row != NULL && w->table >= 0 &&
		       (w->v->wants == NULL ||
			w->v->wants(w->v->context, (enum kv_table)w->table, n->key)));

	if (wanted && pages_value(w->p, n, at, &value) != 0) {
		say(w, "a value of '%s' can't be read from the disk: %s", w->name,
		    strerror(errno));
		return 0;
	}
	if (w->table == FREE_PAGES) {
		note_free(w, value);
		return 0;
	}
	return w->v->row != NULL && w->table >= 0
		       ? w->v->row(w->v->context, (enum kv_table)w->table, n->key,
				   value, true)
		       : 0;
}

static int
visit_leaf(struct walk *w, const struct node *n)
{
	uint64_t at;

	w->seen.entries++;
	if (w->table == TABLE_OF_TABLES) {
		note_table(w, n);
		return 0;
	}
	if ((n->flags & ~NODE_ELSEWHERE) != 0 || n->key.len > KV_KEY_MAX) {
		say(w, "a row in the tree of '%s' is damaged", w->name);
		return 0;
	}
	return find_value(w, n, &at) == 0 ? visit_row(w, n, at) : 0;
}

/* --- the walk of a tree --- */

struct frame {
	uint8_t *page;
	unsigned nodes, next;
	bool branch;
	struct kv_span low, high; /* high.data NULL: no bound */
};

/* Everything about the page that can be said without its children. -1: a fault. */
static int
check_page(struct walk *w, uint64_t number, unsigned depth, struct frame *f)
{
	struct page_head head;
	struct kv_span last = f->low;
	size_t bytes = 0; /* of nodes: they lie packed behind `upper` */
	struct node n;

	memcpy(&head, f->page, sizeof(head));
	f->branch = depth < w->tree.depth;
	if (head.number != number ||
	    head.flags != (f->branch ? PAGE_BRANCH : PAGE_LEAF) ||
	    head.part.lower < PAGE_HEAD + 2 || head.part.lower % 2 != 0 ||
	    head.part.lower > head.part.upper || head.part.upper > w->p->page)
		goto damaged;
	f->nodes = (head.part.lower - PAGE_HEAD) / 2u;
	for (unsigned i = 0; i < f->nodes; i++) {
		size_t offset = page_load(f->page + PAGE_HEAD + 2 * (size_t)i, 2);
		bool bare = f->branch && i == 0; /* its key is the bound above it */
		if (offset < head.part.upper ||
		    pages_node(w->p, f->page, offset, f->branch, &n) != 0 ||
		    (!bare && n.key.len == 0))
			goto damaged;
		bytes += size_of_node(&n, f->branch);
		if (bare)
			continue;
		if ((last.data != NULL &&
		     compare_in(w, last, n.key) > (i == 0 ? 0 : -1)) ||
		    (f->high.data != NULL && compare_in(w, n.key, f->high) >= 0))
			goto damaged;
		last = n.key;
	}
	if (bytes == w->p->page - head.part.upper)
		return 0;
damaged:
	say(w, "page %llu in the tree of '%s' is damaged", (unsigned long long)number,
	    w->name);
	return -1;
}

static void
key_of_node(const struct walk *w, const struct frame *f, unsigned i, struct node *n)
{
	pages_node(w->p, f->page, page_load(f->page + PAGE_HEAD + 2 * (size_t)i, 2),
		   f->branch, n);
}

/* Reads the page into the frame. */
static int
enter(struct walk *w, uint64_t number, unsigned depth, struct frame *f)
{
	if (take_pages(w, number, 1) != 0)
		return -1;
	if (pages_read(w->p, f->page, w->p->page, number * w->p->page) != 0) {
		say(w, "page %llu in the tree of '%s' can't be read from the disk: %s",
		    (unsigned long long)number, w->name,
		    errno != 0 ? strerror(errno) : "the file is shorter");
		return -1;
	}
	f->next = 0;
	if (check_page(w, number, depth, f) == 0) {
		if (f->branch)
			w->seen.branch_pages++;
		else
			w->seen.leaf_pages++;
		return 0;
	}
	/* what is on it is found again by who looks for loose rows */
	w->p->used[number / 8] &= (uint8_t) ~(1u << number % 8);
	return -1;
}

static void
bounds_of_child(const struct walk *w, const struct frame *f, unsigned i,
		struct frame *child)
{
	struct node n;

	child->low = f->low;
	child->high = f->high;
	if (i > 0) {
		key_of_node(w, f, i, &n);
		child->low = n.key;
	}
	if (i + 1 < f->nodes) {
		key_of_node(w, f, i + 1, &n);
		child->high = n.key;
	}
}

static int
walk_from(struct walk *w, struct frame frames[LMDB_DEPTH_MAX + 1])
{
	unsigned depth = 1;
	struct node n;
	int rc = 0;

	frames[1].low = frames[1].high = (struct kv_span){NULL, 0};
	if (enter(w, w->tree.root, 1, &frames[1]) != 0)
		return 0;
	while (depth > 0 && rc == 0) {
		struct frame *f = &frames[depth];
		if (f->next == f->nodes) {
			depth--;
			continue;
		}
		key_of_node(w, f, f->next, &n);
		if (f->branch) {
			bounds_of_child(w, f, f->next, &frames[depth + 1]);
			f->next++;
			if (enter(w, n.child, depth + 1, &frames[depth + 1]) == 0)
				depth++;
		} else {
			f->next++;
			rc = visit_leaf(w, &n);
		}
	}
	return rc;
}

static bool
is_empty(const struct tree *t)
{
	return t->root == LMDB_NO_PAGE && t->depth == 0 && t->entries == 0;
}

/* What a root says of its keys and values; a bit too many, and LMDB takes plain values for
 * sorted trees of values, or falls. Its pages are where they are all the same. */
static void
check_kind(struct walk *w, const struct tree *tree)
{
	uint16_t right = w->table == FREE_PAGES ? TREE_BY_INTEGER : 0;

	if (tree->flags != right)
		say(w, "the root of the tree of '%s' is damaged: its kind", w->name);
}

static int
walk_tree(struct walk *w, const struct tree *tree, const char *name, int table)
{
	struct frame frames[LMDB_DEPTH_MAX + 1] = {{NULL}};
	uint64_t before;
	int rc;

	w->tree = *tree;
	w->seen = (struct tree){.root = 0};
	w->name = name;
	w->table = table;
	check_kind(w, tree);
	before = w->found->faults;
	if (is_empty(tree))
		return 0;
	if (tree->depth == 0 || tree->depth > LMDB_DEPTH_MAX) {
		say(w, "the root of the tree of '%s' is damaged", name);
		return 0;
	}
	for (unsigned i = 1; i <= tree->depth; i++) {
		frames[i].page = malloc(w->p->page);
		INVARIANT(frames[i].page != NULL);
	}
	rc = walk_from(w, frames);
	for (unsigned i = 1; i <= tree->depth; i++)
		free(frames[i].page);
	if (rc == 0 && w->found->faults == before &&
	    (w->seen.entries != tree->entries ||
	     w->seen.branch_pages != tree->branch_pages ||
	     w->seen.leaf_pages != tree->leaf_pages ||
	     w->seen.overflow_pages != tree->overflow_pages))
		say(w, "the tree of '%s' has %llu rows, its root says %llu", name,
		    (unsigned long long)w->seen.entries,
		    (unsigned long long)tree->entries);
	return rc;
}

static int
make_bits(struct pages *p, uint64_t last_page)
{
	size_t bytes = (p->count > last_page ? p->count : last_page) / 8 + 1;

	free(p->used);
	free(p->spare);
	p->used = calloc(1, bytes);
	p->spare = calloc(1, bytes);
	return p->used != NULL && p->spare != NULL ? 0 : -1;
}

/* Pages that were taken and given back within one turn are never written: the file may end
 * before the last one. What lies behind its end is free, or the head lies. */
static void
check_end(struct walk *w)
{
	for (uint64_t n = w->p->count; n <= w->last_page; n++)
		if (!page_bit(w->p->spare, n)) {
			say(w,
			    "the file ends with page %llu, and page %llu behind it is "
			    "in use",
			    (unsigned long long)w->p->count - 1, (unsigned long long)n);
			return;
		}
}

static int
walk_free(struct walk *w, const struct head *h)
{
	int rc = walk_tree(w, &h->trees[0], "free pages", FREE_PAGES);

	check_end(w);
	return rc;
}

/* Format 1 has no table 'usage', 2 none 'audit'; they come when an owner opens the store.
 * The free pages first: a path to one of them leads to what was true once. */
static int
walk_all(struct walk *w, const struct head *h)
{
	if (walk_free(w, h) != 0 ||
	    walk_tree(w, &h->trees[1], "tables", TABLE_OF_TABLES) != 0)
		return -1;
	for (int t = 0; t < KV_TABLES; t++) {
		uint64_t before = w->found->faults;
		if (!w->there[t] && t != KV_USAGE && t != KV_AUDIT &&
		    !is_empty(&h->trees[1]))
			say(w, "there is no table '%s'", kv_table_names[t]);
		else if (w->there[t] &&
			 walk_tree(w, &w->tables[t], kv_table_names[t], t) != 0)
			return -1;
		w->found->whole[t] = w->there[t] && w->found->faults == before;
	}
	return 0;
}

/* *some: there is a head to walk from; if not, it was said. */
static int
begin_walk(struct walk *w, uint64_t transaction, struct head *head, bool *some,
	   struct error *err)
{
	struct head heads[2] = {0};
	struct pages *p = w->p;
	const struct head *h;
	bool sound[2];

	*w->found = (struct pages_found){.faults = 0};
	pages_heads(p, heads, sound);
	h = choose_head(w, heads, sound, transaction);
	*some = h != NULL;
	if (h == NULL && transaction != 0)
		return error_set(err, ERROR_LATER, "the store went on meanwhile");
	p->page = h != NULL ? h->trees[0].pad : (size_t)sysconf(_SC_PAGESIZE);
	p->count = p->size / p->page;
	if (make_bits(p, h != NULL ? h->last_page : 0) != 0)
		return error_set(err, ERROR_SYSTEM, "no memory for a bit a page");
	if (h == NULL)
		return 0;
	*head = *h;
	w->last_page = h->last_page;
	w->found->head = true;
	return 0;
}

int
pages_walk(struct pages *p, uint64_t transaction, const struct pages_visitor *v,
	   struct pages_found *found, struct error *err)
{
	struct walk w = {.p = p, .v = v, .found = found, .table = TABLE_OF_TABLES};
	struct head head = {.magic = 0};
	bool some;

	if (begin_walk(&w, transaction, &head, &some, err) != 0)
		return -1;
	return some ? walk_all(&w, &head) : 0; /* else all rows are loose */
}

/* --- the roots alone --- */

static void
note_first(const char *sentence, void *context)
{
	struct error *first = context;

	if (first->kind == ERROR_NONE)
		error_set(first, ERROR_CORRUPT, "%s", sentence);
}

static void
check_root(struct walk *w, int table)
{
	struct frame f = {.page = NULL};

	w->tree = w->tables[table];
	w->name = kv_table_names[table];
	w->table = table;
	check_kind(w, &w->tree);
	if (is_empty(&w->tree))
		return;
	f.page = malloc(w->p->page);
	INVARIANT(f.page != NULL);
	if (w->tree.depth == 0 || w->tree.depth > LMDB_DEPTH_MAX)
		say(w, "the root of the tree of '%s' is damaged", w->name);
	else
		enter(w, w->tree.root, 1, &f);
	free(f.page);
}

int
pages_check_head(struct pages *p, struct error *err)
{
	struct error first = {.kind = ERROR_NONE};
	const struct pages_visitor v = {.fault = note_first, .context = &first};
	struct pages_found found;
	struct walk w = {.p = p, .v = &v, .found = &found, .table = TABLE_OF_TABLES};
	struct head head = {.magic = 0};
	bool some;

	if (begin_walk(&w, 0, &head, &some, err) != 0)
		return -1;
	if (some) {
		walk_free(&w, &head);
		walk_tree(&w, &head.trees[1], "tables", TABLE_OF_TABLES);
	}
	for (int t = 0; t < KV_TABLES; t++)
		if (w.there[t])
			check_root(&w, t);
	if (found.faults == 0)
		return 0;
	return error_set(err, ERROR_CORRUPT, "%s", first.text);
}
