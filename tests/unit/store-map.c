/*
 * store-map.c - whatever is done with a large store, little of its file stays mapped.
 *
 * A store several times as large as the bound is walked and changed in every way that
 * keep has, after its file was read in large pieces, so that the page cache has it in
 * folios as large as the kernel makes them. The kernel's own mark of the most that was
 * resident (VmHWM) is what is measured; no speed is.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

#define ORDERS	     16000
#define DOCUMENT     16000	/* bytes: four pages */
#define DOCUMENT_KIB (24 << 10) /* libraries, and what leads to 120 MiB of documents */
#define TURN	     256	/* orders */
#define BOUND_KIB                                                                      \
	(112 << 10) /* kv-lmdb-map.c: 32 MiB, and 8 calls of 5 pages, 2 MiB each */

static char folder[] = "/tmp/claimcheck-map-XXXXXX";
static struct store_options options = {.engine = "lmdb", .folder = folder};
static uint8_t ids[ORDERS][UUID_BYTES];
static struct store *store;

static long
status_kib(const char *name)
{
	char text[4096] = "", *at;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	at = n > 0 ? strstr(text, name) : NULL;
	return at != NULL ? strtol(at + strlen(name) + 1, NULL, 10) : -1;
}

/* The most from here on; where that can't be asked for, the most since the start. */
static void
begin_measuring(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "5", 1) != 1)
		tap_diag("the mark is that of the whole process");
	close(fd);
}

static void
says_little_is_mapped(const char *what)
{
	long most = status_kib("VmHWM") - status_kib("RssAnon");

	TAP_OK(most > 0 && most <= BOUND_KIB,
	       "%s: at most %ld MiB of files were mapped", what, most >> 10);
}

/* So that the next reader finds it in large folios. */
static void
read_in_large_pieces(void)
{
	static char piece[8 << 20];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fdatasync(fd) != 0)
		exit(99);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	while (read(fd, piece, sizeof(piece)) > 0)
		continue;
	close(fd);
}

static void
flush(void)
{
	struct error err;

	if (store_flush(store, &err) != 0) {
		tap_diag("%s", err.text);
		exit(99);
	}
}

static void
fill(void)
{
	struct error err;
	struct order o;

	store = help_open(&options);
	for (uint32_t i = 0; i < ORDERS; i++) {
		help_order(store, &o);
		if (help_document(store, &o, DOCUMENT, SEAL_CHUNK_CLEAR, &err) != 0 ||
		    store_insert(store, &o, &err) != 0)
			exit(99);
		memcpy(ids[i], o.uuid, UUID_BYTES);
		order_clear(&o);
		if (i % TURN == TURN - 1)
			flush();
	}
	flush();
}

static void
reopen(void)
{
	store_close(store);
	read_in_large_pieces();
	store = help_open(&options);
	begin_measuring();
}

static int
count(const struct order *o, void *context)
{
	(void)o;
	++*(uint32_t *)context;
	return 0;
}

static void
walks_map_little(void)
{
	uint32_t all = 0, held = 0, owned = 0, due = 0, outbox = 0;
	struct error err;

	store_scan(store, 0, 0, 0, count, &all, &err);
	TAP_OK(all == ORDERS, "all orders are seen");
	says_little_is_mapped("a walk over all orders");
	begin_measuring();
	store_scan(store, ORDER_HELD, 0, 0, count, &held, &err);
	store_scan_user(store, "anna", 0, 0, count, &owned, &err);
	store_scan_due(store, INT64_MAX, NULL, 0, count, &due, &err);
	store_outbox(store, 0, count, &outbox, &err);
	TAP_OK(held == ORDERS && owned == ORDERS && due == ORDERS && outbox == ORDERS,
	       "by state, owner, date, and what cupsd must be told");
	says_little_is_mapped("walks over the indexes");
}

static void
change_each(void)
{
	struct error err;
	struct order o;

	for (uint32_t i = 0; i < ORDERS; i++) {
		const uint8_t *id = ids[i * 7919u % ORDERS];
		if (store_get(store, id, &o, &err) != 0)
			exit(99);
		o.cups_job++;
		if (store_update(store, &o, false, &err) != 0 ||
		    store_outbox_done(store, id, UINT64_MAX, &err) != 0)
			exit(99);
		order_clear(&o);
		if (i % TURN == TURN - 1)
			flush();
	}
	flush();
}

static void
changes_map_little(void)
{
	begin_measuring();
	change_each();
	says_little_is_mapped("each order changed, in no order");
}

/* A process that looks at the store, and so keeps freed pages from being used again,
 * until it is ended. */
static pid_t
begin_to_look(void)
{
	struct store_options look = options;
	struct order o;
	int ready[2];
	pid_t child;
	char byte;

	look.read_only = true;
	if (pipe2(ready, O_CLOEXEC) != 0 || (child = fork()) < 0)
		exit(99);
	if (child == 0) {
		store = help_open(&look);
		if (store_get(store, ids[0], &o, NULL) != 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		exit(99);
	close(ready[0]);
	return child;
}

static void
remove_all(void)
{
	struct error err;
	bool more = true;

	for (uint32_t i = 0; i < ORDERS; i++) {
		if (store_remove(store, ids[i * 7919u % ORDERS], &err) != 0)
			exit(99);
		if (i % TURN == TURN - 1)
			flush();
	}
	while (more && store_tidy(store, &more, &err) == 0)
		continue;
	flush();
}

/* Each turn leaves a row of the pages that it freed, in a page of its own. */
static void
free_pages_map_little(void)
{
	pid_t looker = begin_to_look();
	struct store_health health;
	struct store_size size;
	struct error err;

	begin_measuring();
	remove_all();
	says_little_is_mapped("all of them removed");
	kill(looker, SIGKILL);
	waitpid(looker, NULL, 0);
	reopen();
	store_count(store, &health, &err);
	says_little_is_mapped("the free pages counted");
	store_size(store, &size);
	TAP_OK(size.spare / 1024 > 2 * (uint64_t)BOUND_KIB,
	       "%llu MiB of them, more than twice the bound",
	       (unsigned long long)size.spare >> 20);
}

/* More of them than places are remembered, piece by piece in turns; then from a new file. */
static void
documents_are_read_past_the_map(void)
{
	enum { MANY = 12, CHUNKS = 40, ALL = MANY * CHUNKS };
	struct order o[MANY];
	struct error err;
	struct buf b;
	int same_turn = 0, sound = 0, again = 0;

	buf_init(&b, SEAL_CHUNK_MAX);
	for (int i = 0; i < MANY; i++) {
		help_order(store, &o[i]);
		if (help_document(store, &o[i], CHUNKS * SEAL_CHUNK_CLEAR,
				  SEAL_CHUNK_CLEAR, &err) != 0 ||
		    store_insert(store, &o[i], &err) != 0)
			exit(99);
		same_turn += help_sound_chunks(store, &o[i]);
		flush();
	}
	TAP_OK(same_turn == ALL, "documents are read in the turn in which they come");
	reopen();
	for (uint32_t c = 0; c < CHUNKS; c++)
		for (int i = 0; i < MANY; i++)
			sound += store_read_chunk(store, o[i].documents[0].body, c, &b,
						  &err) == 0 &&
				 seal_chunk_sound(b.data, b.len);
	TAP_OK(sound == ALL, "%d of %d pieces of documents are right", sound, ALL);
	TAP_OK(status_kib("VmHWM") - status_kib("RssAnon") < DOCUMENT_KIB,
	       "which were not mapped for that: %ld MiB of files were",
	       (status_kib("VmHWM") - status_kib("RssAnon")) >> 10);
	TAP_OK(store_compact(store, &err) == 0, "the store is compacted");
	for (int i = 0; i < MANY; i++) {
		again += help_sound_chunks(store, &o[i]);
		order_clear(&o[i]);
	}
	TAP_OK(again == ALL, "and %d of %d are right in the new file", again, ALL);
	buf_clear(&b);
}

int
main(void)
{
	struct store_size size;

	help_folder(folder);
	begin_measuring();
	fill();
	says_little_is_mapped("while it is filled");
	store_size(store, &size);
	TAP_OK(size.file / 1024 > 2 * (uint64_t)BOUND_KIB,
	       "the store has %llu MiB, more than twice the bound",
	       (unsigned long long)size.file >> 20);
	reopen();
	walks_map_little();
	reopen();
	changes_map_little();
	free_pages_map_little();
	documents_are_read_past_the_map();
	store_close(store);
	help_remove(folder);
	return tap_done();
}
