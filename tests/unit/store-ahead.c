/*
 * store-ahead.c - documents that are read ahead are what is in the store, whatever was in
 * their place before; and they don't pass through the page cache.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

#define CHUNKS 48
#define ROUNDS 2
#define MANY   320 /* a fault of the map may bring 8 MiB around it */

static char folder[] = "/tmp/claimcheck-ahead-XXXXXX";
static struct store_options options = {.engine = "lmdb", .folder = folder};
static struct store *store;
static uint8_t chunk[SEAL_CHUNK_MAX];

static int
open_data(int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/data.mdb", folder);
	return open(path, O_RDONLY | O_CLOEXEC | flags);
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

/* A body whose pieces are filled with a mark and their number; nothing of the file is in the
 * page cache then, but what is mapped. */
static void
write_body(uint8_t body[UUID_BYTES], uint8_t mark, uint32_t count)
{
	int fd = open_data(0);

	uuid_make_later(body);
	for (uint32_t c = 0; c < count; c++) {
		memset(chunk, mark, sizeof(chunk));
		chunk[0] = (uint8_t)c;
		if (store_append(store, body, c, chunk, sizeof(chunk), NULL) != 0)
			exit(99);
	}
	flush();
	if (fd < 0 || fdatasync(fd) != 0 ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		exit(99);
	close(fd);
}

/* How many of the first pieces read back as they were written. */
static uint32_t
right_chunks(const uint8_t body[UUID_BYTES], uint8_t mark, uint32_t count)
{
	static uint8_t same[SEAL_CHUNK_MAX - 1];
	uint32_t right = 0;
	struct buf b;

	memset(same, mark, sizeof(same));
	buf_init(&b, SEAL_CHUNK_MAX);
	for (uint32_t c = 0; c < count; c++)
		right += store_read_chunk(store, body, c, &b, NULL) == 0 &&
			 b.len == sizeof(chunk) && b.data[0] == (uint8_t)c &&
			 memcmp(b.data + 1, same, sizeof(same)) == 0;
	buf_clear(&b);
	return right;
}

/* In hundredths of the file. */
static size_t
share_in_memory(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages, there = 0;
	unsigned char *seen;
	int fd = open_data(0);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) != 0)
		exit(99);
	pages = (size_t)st.st_size / page;
	seen = malloc(pages);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || seen == NULL || mincore(map, pages * page, seen) != 0)
		exit(99);
	for (size_t i = 0; i < pages; i++)
		there += seen[i] & 1;
	munmap(map, (size_t)st.st_size);
	free(seen);
	close(fd);
	return there * 100 / pages;
}

static void
what_is_read_ahead_stays_out_of_the_page_cache(void)
{
	uint8_t body[UUID_BYTES];
	int fd = open_data(O_DIRECT);

	write_body(body, 'a', MANY);
	TAP_OK(right_chunks(body, 'a', MANY) == MANY,
	       "a document that is on the disk alone is read");
	if (fd < 0)
		tap_skip("this file system can't be read past the page cache");
	else
		TAP_OK(share_in_memory() < 80, "%zu of 100 pages came into memory",
		       share_in_memory());
	close(fd);
	TAP_OK(right_chunks(body, 'a', MANY) == MANY, "and read again");
}

/* What LMDB frees in one turn it gives out in a later one: the second body that comes after
 * the first has gone lies where that was. */
static void
what_goes_is_forgotten(void)
{
	uint8_t old[UUID_BYTES], young[2][UUID_BYTES];
	uint32_t right = 0;

	for (int round = 0; round < ROUNDS; round++) {
		write_body(old, 'o', CHUNKS);
		right_chunks(old, 'o', 1); /* the next ones are being read, or were */
		store_drop_body(store, old, NULL);
		help_tidy(store);
		for (uint8_t i = 0; i < 2; i++) {
			write_body(young[i], (uint8_t)('0' + i), CHUNKS);
			right += right_chunks(young[i], (uint8_t)('0' + i), CHUNKS);
		}
	}
	TAP_OK(right == ROUNDS * 2 * CHUNKS,
	       "what came to the place of what was read ahead: %u of %u pieces", right,
	       ROUNDS * 2 * CHUNKS);
}

static void
who_gave_up_is_in_nobodys_way(void)
{
	uint8_t bodies[6][UUID_BYTES];
	uint32_t right = 0;

	for (uint8_t i = 0; i < 6; i++)
		write_body(bodies[i], (uint8_t)('A' + i), CHUNKS);
	for (uint8_t i = 0; i < 6; i++) /* more than there is room for */
		right += right_chunks(bodies[i], (uint8_t)('A' + i), 2);
	for (uint8_t i = 0; i < 6; i++)
		right += right_chunks(bodies[i], (uint8_t)('A' + i), CHUNKS);
	TAP_OK(right == 6 * (CHUNKS + 2), "%u pieces are right", right);
}

int
main(void)
{
	help_folder(folder);
	store = help_open(&options);
	what_is_read_ahead_stays_out_of_the_page_cache();
	what_goes_is_forgotten();
	who_gave_up_is_in_nobodys_way();
	store_close(store);
	help_remove(folder);
	return tap_done();
}
