/*
 * store-lmdb.c - facts about the store that need files: damage, full disks, kills.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static char folder[] = "/tmp/claimcheck-lmdb-XXXXXX";
static char store_folder[64], data_file[128];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
fresh_folder(void)
{
	nftw(store_folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	if (mkdir(store_folder, 0700) != 0)
		exit(99);
}

static void
a_store_has_one_owner_and_any_number_of_onlookers(void)
{
	struct store_options look = options;
	struct store *s = help_open(&options), *other;
	struct order o, back;
	struct error err;
	struct stat st;

	help_insert(s, &o);
	store_flush(s, &err);
	TAP_OK(stat(data_file, &st) == 0 && (st.st_mode & 077) == 0,
	       "its file is nobody else's to read");
	TAP_OK(store_open(&options, &other, &err) == -1 && err.kind == ERROR_LATER,
	       "%s", err.text);
	store_close(s);
	look.read_only = true;
	other = help_open(&look);
	s = help_open(&options);
	TAP_OK(store_get(other, o.uuid, &back, &err) == 0 && help_check(other) == 0,
	       "an onlooker sees the order, while an owner comes");
	order_clear(&back);
	store_close(other);
	store_close(s);
	order_clear(&o);
}

/* Turns over one bit of the file's first place with these bytes; how often they are
 * there. */
static int
flip(const void *needle, size_t len, bool all)
{
	int fd = open(data_file, O_RDWR | O_CLOEXEC), found = 0;
	off_t size = lseek(fd, 0, SEEK_END);
	uint8_t *map =
		mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint8_t *at = map, *end = map + size;

	while ((at = memmem(at, (size_t)(end - at), needle, len)) != NULL) {
		if (found++ == 0 || all)
			at[0] ^= 0x10;
		at++;
	}
	munmap(map, (size_t)size);
	close(fd);
	return found;
}

static void
flipped_bits_are_found_and_the_others_go_on(void)
{
	struct store *s;
	struct order o[3], back;
	struct store_health health;
	struct buf chunk;
	struct error err;
	int found;

	fresh_folder();
	s = help_open(&options);
	for (int i = 0; i < 3; i++) {
		help_order(s, &o[i]);
		snprintf(o[i].name, sizeof(o[i].name), "name of order %d", i);
		help_document(s, &o[i], 300000, SEAL_CHUNK_CLEAR, &err);
		store_insert(s, &o[i], &err);
	}
	store_flush(s, &err);
	buf_init(&chunk, SEAL_CHUNK_MAX);
	store_read_chunk(s, o[1].documents[0].body, 0, &chunk, &err);
	store_close(s);
	found = flip("name of order 0", 15, true);
	TAP_OK(found >= 1, "a bit of order 0's record is turned over, %d times", found);
	TAP_OK(flip(chunk.data + 1000, 64, true) == 1, "and one of order 1's document");
	s = help_open(&options);
	TAP_OK(store_get(s, o[0].uuid, &back, &err) == -1 && err.kind == ERROR_CORRUPT,
	       "%s", err.text);
	TAP_OK(store_get(s, o[1].uuid, &back, &err) == 0 &&
		       help_sound_chunks(s, &back) == 1,
	       "order 1 has one sound chunk of two");
	order_clear(&back);
	TAP_OK(store_get(s, o[2].uuid, &back, &err) == 0 &&
		       help_sound_chunks(s, &back) == 2 &&
		       help_move(s, &o[2], ORDER_RELEASED, &err) == 0,
	       "order 2 is whole and goes on");
	order_clear(&back);
	TAP_OK(store_check(s, NULL, NULL, &health, &err) == 0 && health.faults == 2,
	       "the check says both");
	TAP_OK(help_move(s, &o[1], ORDER_CORRUPT, &err) == 0 &&
		       store_flush(s, &err) == 0 && help_sound_chunks(s, &o[1]) == 1,
	       "order 1 is set aside, with what is left of it");
	buf_clear(&chunk);
	store_close(s);
	for (int i = 0; i < 3; i++)
		order_clear(&o[i]);
}

/* Fills what is left of the disk as another program would. */
static void
fill_disk(const char *path)
{
	static const char zeros[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (fs_write_all(fd, zeros, sizeof(zeros)) == 0)
		;
	while (write(fd, zeros, 512) > 0)
		;
	close(fd);
}

static int
intake(struct store *s, size_t bytes, struct error *err)
{
	struct order o;
	int rc;

	help_order(s, &o);
	rc = help_document(s, &o, bytes, SEAL_CHUNK_CLEAR, err);
	if (rc == 0)
		rc = store_insert(s, &o, err);
	if (rc == 0)
		rc = store_flush(s, err);
	if (rc != 0 && o.document_count > 0)
		store_drop_body(s, o.documents[0].body, NULL);
	order_clear(&o);
	return rc;
}

static void
a_full_disk_stops_intake_and_nothing_else(void)
{
	struct store *s;
	struct order o, back;
	struct error err = {0};
	char junk[160];
	int failed = 0, taken = 0;

	s = help_open(&options);
	help_insert(s, &o);
	TAP_OK(intake(s, 3000000, &err) == 0, "3 MB go in while there is room");
	snprintf(junk, sizeof(junk), "%s/junk", store_folder);
	fill_disk(junk);
	while (taken < 100 && intake(s, 3000000, &err) == 0)
		taken++;
	TAP_OK(taken < 12 && err.kind == ERROR_FULL,
	       "another program fills the disk: %d more, then %s", taken, err.text);
	for (int i = 0; i < 60; i++)
		failed += help_move(s, &o, i % 2 ? ORDER_HELD : ORDER_RELEASED, &err) !=
				  0 ||
			  store_flush(s, &err) != 0;
	TAP_OK(failed == 0, "sixty changes of state go on %s", failed ? err.text : "");
	store_close(s);
	s = help_open(&options);
	TAP_OK(help_move(s, &o, ORDER_RELEASED, &err) == 0 &&
		       store_flush(s, &err) == 0 &&
		       store_get(s, o.uuid, &back, &err) == 0 &&
		       back.state == ORDER_RELEASED,
	       "also after a restart on the full disk");
	order_clear(&back);
	TAP_OK(intake(s, 3000000, &err) == -1 && err.kind == ERROR_FULL,
	       "intake is still refused");
	unlink(junk);
	TAP_OK(intake(s, 3000000, &err) == 0, "until there is room, at once");
	TAP_OK(help_check(s) == 0, "no invariant is broken");
	store_close(s);
	order_clear(&o);
}

static void
an_ended_order_makes_room_on_a_full_disk(void)
{
	enum { MAX = 40 };
	struct store *s;
	struct order o[MAX];
	struct error err = {0};
	int n = 0, again = 0, failed = 0;

	s = help_open(&options);
	for (; n < MAX; n++) {
		help_order(s, &o[n]);
		if (help_document(s, &o[n], 3000000, SEAL_CHUNK_CLEAR, &err) != 0 ||
		    store_insert(s, &o[n], &err) != 0 || store_flush(s, &err) != 0)
			break;
	}
	TAP_OK(n > 2 && n < MAX && err.kind == ERROR_FULL, "%d times 3 MB: %s", n,
	       err.text);
	for (int i = 0; i < n; i++)
		failed += help_move(s, &o[i], ORDER_CANCELED, &err) != 0;
	help_tidy(s);
	TAP_OK(failed == 0, "all are canceled and tidied away");
	while (again < MAX && intake(s, 3000000, &err) == 0)
		again++;
	TAP_OK(again >= n - 2, "then %d go in again", again);
	for (int i = 0; i <= n && i < MAX; i++)
		order_clear(&o[i]);
	store_close(s);
}

static void
the_reserve_of_the_disk_is_kept(void)
{
	struct store_options reserved = options;
	struct store *s;
	struct error err;

	fresh_folder();
	reserved.reserve_bytes = UINT64_MAX / 2;
	s = help_open(&reserved);
	TAP_OK(intake(s, 1000, &err) == -1 && err.kind == ERROR_FULL, "%s", err.text);
	store_close(s);
}

static void
on_a_small_disk(void (*test)(void), const char *name)
{
	fresh_folder();
	if (mount("none", store_folder, "tmpfs", 0, "size=64m") != 0) {
		tap_skip("%s: cannot mount a small disk here: %s", name,
			 strerror(errno));
		return;
	}
	test();
	umount(store_folder);
}

/* The child of the kill test: inserts and moves orders, and says each number once it is
 * acknowledged: 'i' inserted, 'c' canceled. */
static void
work_until_killed(int out, unsigned seed)
{
	struct store *s = help_open(&options);
	struct order o;
	struct error err;
	char line[32];

	srand(seed);
	for (;;) {
		help_order(s, &o);
		help_document(s, &o, 1 + (size_t)rand() % 600000, SEAL_CHUNK_CLEAR,
			      &err);
		if (store_insert(s, &o, &err) != 0 || store_flush(s, &err) != 0)
			_exit(1);
		snprintf(line, sizeof(line), "i%08u\n", (unsigned)o.number);
		fs_write_all(out, line, strlen(line));
		if (rand() % 2 == 0) {
			help_move(s, &o, ORDER_CANCELED, &err);
			if (store_flush(s, &err) != 0)
				_exit(1);
			line[0] = 'c';
			fs_write_all(out, line, strlen(line));
		}
		if (rand() % 4 == 0)
			help_tidy(s);
		order_clear(&o);
	}
}

/* What was acknowledged must be there; how many are not. */
static int
missing(struct store *s, FILE *said, int *acknowledged)
{
	char line[32];
	int lost = 0;

	while (fgets(line, sizeof(line), said) != NULL && strlen(line) == 10) {
		struct order o;
		(*acknowledged)++;
		uint32_t number = (uint32_t)strtoul(line + 1, NULL, 10);
		if (store_get_number(s, number, &o, NULL) != 0) {
			lost++;
			continue;
		}
		if (line[0] == 'c' && o.state != ORDER_CANCELED)
			lost++;
		if (o.state == ORDER_HELD &&
		    help_sound_chunks(s, &o) != (int)o.documents[0].chunks)
			lost++;
		order_clear(&o);
	}
	return lost;
}

static void
nothing_acknowledged_is_lost_by_kill_9(void)
{
	enum { ROUNDS = 15 };
	int lost = 0, acknowledged = 0;
	uint64_t faults = 0;

	fresh_folder();
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct timespec wait = {0, (long)(5 + rand() % 60) * 1000000};
		int ends[2];
		pid_t child;
		if (pipe(ends) != 0 || (child = fork()) < 0)
			exit(99);
		if (child == 0)
			work_until_killed(ends[1], round);
		close(ends[1]);
		nanosleep(&wait, NULL); /* the moment of the kill, not a wait */
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		FILE *said = fdopen(ends[0], "r");
		struct store *s = help_open(&options);
		lost += missing(s, said, &acknowledged);
		faults += help_check(s);
		help_tidy(s);
		faults += help_check(s);
		store_close(s);
		fclose(said);
	}
	TAP_OK(acknowledged > ROUNDS, "%d kills, %d changes were acknowledged", ROUNDS,
	       acknowledged);
	TAP_OK(lost == 0, "%d of them are lost", lost);
	TAP_OK(faults == 0, "and no invariant is broken");
}

int
main(void)
{
	struct error err;

	if (seal_start(&err) != 0 || mkdtemp(folder) == NULL)
		return 99;
	unshare(CLONE_NEWNS); /* mounts end with us; without the right there are none */
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	fresh_folder();
	a_store_has_one_owner_and_any_number_of_onlookers();
	flipped_bits_are_found_and_the_others_go_on();
	the_reserve_of_the_disk_is_kept();
	on_a_small_disk(a_full_disk_stops_intake_and_nothing_else,
			"a full disk stops intake and nothing else");
	on_a_small_disk(an_ended_order_makes_room_on_a_full_disk,
			"an ended order makes room on a full disk");
	nothing_acknowledged_is_lost_by_kill_9();
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return tap_done();
}
