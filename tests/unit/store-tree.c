/*
 * store-tree.c - bits of the file's tree itself turned over, where LMDB would believe them and
 * fall: who opens the store hears of it, and what is saved from the file is all that was there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/unit/store-help.h"

#define ORDERS	    3
#define PAGE	    4096
#define KIND_SORTED 0x04 /* of a tree: each key has a sorted tree of values */
/* Of a head's two trees, behind the beginning of its page. */
#define KIND_OF_FREE_PAGES 44
#define KIND_OF_TABLES	   92
#define KIND_OF_TABLE	   4 /* behind its name */

static char folder[] = "/tmp/claimcheck-tree-XXXXXX";
static char store_folder[64], data_file[96];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};
static struct order o[ORDERS];

static uint8_t *
map(size_t *size)
{
	int fd = open(data_file, O_RDWR | O_CLOEXEC);
	uint8_t *at;

	*size = fd >= 0 ? (size_t)lseek(fd, 0, SEEK_END) : 0;
	at = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || at == MAP_FAILED)
		exit(99);
	close(fd);
	return at;
}

/* In both heads. */
static void
spoil_heads(size_t behind)
{
	size_t size;
	uint8_t *file = map(&size);

	for (size_t page = 0; page < 2; page++)
		file[page * PAGE + behind] ^= KIND_SORTED;
	munmap(file, size);
}

static void
spoil_free_pages(void)
{
	spoil_heads(KIND_OF_FREE_PAGES);
}

static void
spoil_tables(void)
{
	spoil_heads(KIND_OF_TABLES);
}

/* Wherever that table's row is, or was. */
static void
spoil_outbox(void)
{
	static const char name[] = "outbox";
	const size_t len = sizeof(name) - 1;
	size_t size;
	uint8_t *file = map(&size), *at = file;

	while ((at = memmem(at, size - (size_t)(at - file), name, len)) != NULL) {
		at += len;
		at[KIND_OF_TABLE] ^= KIND_SORTED;
	}
	munmap(file, size);
}

static void
fill(void)
{
	struct store *s;
	struct error err;

	help_fresh(store_folder);
	s = help_open(&options);
	for (int i = 0; i < ORDERS; i++) {
		help_insert(s, &o[i]);
		store_flush(s, &err);
	}
	store_close(s);
}

static void
say(const char *sentence, void *context)
{
	(void)context;
	tap_diag("%s", sentence);
}

static void
all_is_there(void)
{
	struct store *s = help_open(&options);
	struct order back;
	int well = 0;

	for (int i = 0; i < ORDERS; i++) {
		if (store_get(s, o[i].uuid, &back, NULL) != 0)
			continue;
		well += back.state == ORDER_HELD && help_sound_chunks(s, &back) == 2;
		order_clear(&back);
	}
	TAP_OK(help_check(s) == 0 && well == ORDERS,
	       "    saved, every order waits with its documents: %d of %d", well,
	       ORDERS);
	store_close(s);
}

static void
is_found_and_saved(const char *what, void (*spoil)(void))
{
	char kept[STORE_KEPT_MAX];
	struct error err = {0};
	struct store *s;
	struct store_tree tree;

	fill();
	spoil();
	TAP_OK(store_open(&options, &s, &err) != 0 && err.kind == ERROR_CORRUPT,
	       "%s: it is not opened: %s", what, err.text);
	TAP_OK(store_look_over(&options, say, NULL, &tree, &err) == 0 &&
		       tree.faults == 1 && tree.head,
	       "    who looks it over says so");
	TAP_OK(store_salvage(&options, say, NULL, kept, &err) == 0,
	       "    it can be saved");
	all_is_there();
	for (int i = 0; i < ORDERS; i++)
		order_clear(&o[i]);
}

int
main(void)
{
	help_folder(folder);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	is_found_and_saved("the kind of the tree of free pages", spoil_free_pages);
	is_found_and_saved("that of the table of tables", spoil_tables);
	is_found_and_saved("that of a table", spoil_outbox);
	help_remove(folder);
	return tap_done();
}
