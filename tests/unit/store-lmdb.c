/*
 * store-lmdb.c - facts about the store that need files: damage, full disks, kills.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static enum order_state
state_of(struct store *s, const struct order *o)
{
	struct order now;
	enum order_state state = 0;

	if (store_get(s, o->uuid, &now, NULL) == 0)
		state = now.state;
	order_clear(&now);
	return state;
}

/* Runs a test in a process of its own, since LMDB can't be open twice in one; 0 if all
 * went well there. What it says goes to the same report as diagnostics. */
static int
in_another_process(int (*look)(void *), void *context)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(look(context));
	if (child > 0)
		waitpid(child, &status, 0);
	return status;
}

static int
cannot_own(void *context)
{
	struct store *s;
	struct error err;

	(void)context;
	return store_open(&options, &s, &err) == -1 && err.kind == ERROR_LATER ? 0 : 1;
}

static int
sees(void *order)
{
	const struct order *o = order;
	struct store_options look = options;
	struct order seen;
	struct store *s;
	int rc;

	look.read_only = true;
	s = help_open(&look);
	rc = store_get(s, o->uuid, &seen, NULL) != 0 || help_check(s) != 0;
	store_close(s);
	return rc;
}

static void
a_store_has_one_owner_and_any_number_of_onlookers(void)
{
	struct store *s = help_open(&options);
	struct order o;
	struct error err;
	struct stat st;

	help_insert(s, &o);
	store_flush(s, &err);
	TAP_OK(stat(data_file, &st) == 0 && (st.st_mode & 077) == 0,
	       "its file is nobody else's to read");
	TAP_OK(in_another_process(cannot_own, NULL) == 0,
	       "a second process can't own it");
	TAP_OK(in_another_process(sees, &o) == 0, "but look at it");
	store_close(s);
	order_clear(&o);
}

static char backup_folder[96];

static int
make_backup(void *context)
{
	struct store_options look = options;
	struct store *s;
	struct error err;
	int rc;

	(void)context;
	look.read_only = true;
	s = help_open(&look);
	rc = store_backup(s, backup_folder, &err);
	if (rc != 0)
		tap_diag("%s", err.text);
	store_close(s);
	return rc != 0;
}

static int
restore(struct error *err)
{
	char path[128];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/data.mdb", backup_folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	rc = store_restore(fd, &options, err);
	close(fd);
	return rc;
}

static void
a_backup_is_made_beside_the_owner_and_restored(void)
{
	struct store *s;
	struct order o[4], late;
	struct error err;
	uint32_t last, next;

	help_fresh(store_folder);
	snprintf(backup_folder, sizeof(backup_folder), "%s/backup", folder);
	s = help_open(&options);
	for (int i = 0; i < 4; i++)
		help_insert(s, &o[i]);
	help_move(s, &o[1], ORDER_RELEASED, &err);
	help_move(s, &o[2], ORDER_RELEASED, &err);
	help_move(s, &o[2], ORDER_PRODUCING, &err);
	help_move(s, &o[3], ORDER_CANCELED, &err);
	store_flush(s, &err);
	TAP_OK(mkdir(backup_folder, 0700) == 0 &&
		       in_another_process(make_backup, NULL) == 0,
	       "a backup is made beside the owner");
	help_insert(s, &late);
	store_flush(s, &err);
	TAP_OK(in_another_process(make_backup, NULL) != 0, "not twice in one place");
	TAP_OK(restore(&err) == -1 && err.kind == ERROR_CONFLICT,
	       "nor restored over a store: %s", err.text);
	for (int i = 0; i < 1000; i++)
		store_next_number(s, &last, &err);
	store_close(s);
	help_fresh(store_folder);
	TAP_OK(restore(&err) == 0, "it is restored");
	s = help_open(&options);
	TAP_OK(state_of(s, &o[0]) == ORDER_HELD && help_sound_chunks(s, &o[0]) == 2,
	       "what was held is held, with its document");
	TAP_OK(state_of(s, &o[1]) == ORDER_STOPPED &&
		       state_of(s, &o[2]) == ORDER_STOPPED,
	       "what was on its way is stopped: it may have been produced since");
	TAP_OK(state_of(s, &o[3]) == ORDER_CANCELED, "what was over is over");
	TAP_OK(state_of(s, &late) == 0, "what came later is not there");
	store_next_number(s, &next, &err);
	TAP_OK(next > last, "and numbers given out since are not given again");
	TAP_OK(help_check(s) == 0, "no invariant is broken");
	store_close(s);
	for (int i = 0; i < 4; i++)
		order_clear(&o[i]);
	order_clear(&late);
}

static off_t
file_size(void)
{
	struct stat st;

	return stat(data_file, &st) == 0 ? st.st_size : 0;
}

struct onlooker {
	int ready, done; /* pipe ends: it looks; it may stop */
};

static int
look_until_told(struct onlooker *w)
{
	struct store_options look = options;
	struct store *s;
	char byte = 'r';

	look.read_only = true;
	s = help_open(&look);
	if (write(w->ready, &byte, 1) != 1 || read(w->done, &byte, 1) < 0)
		return 1;
	store_close(s);
	return 0;
}

static void
a_compacted_store_is_small_and_whole(void)
{
	struct store *s;
	struct order o[8], more;
	struct error err = {0};
	off_t before;
	int ready[2], done[2], failed;
	char byte;
	pid_t child;

	help_fresh(store_folder);
	s = help_open(&options);
	for (int i = 0; i < 8; i++) {
		help_order(s, &o[i]);
		help_document(s, &o[i], 3000000, SEAL_CHUNK_CLEAR, &err);
		store_insert(s, &o[i], &err);
		store_flush(s, &err);
	}
	for (int i = 1; i < 8; i++)
		help_move(s, &o[i], ORDER_CANCELED, &err);
	help_tidy(s);
	before = file_size();
	if (pipe(ready) != 0 || pipe(done) != 0 || (child = fork()) < 0)
		exit(99);
	if (child == 0) {
		close(done[1]);
		_exit(look_until_told(
			&(struct onlooker){.ready = ready[1], .done = done[0]}));
	}
	close(ready[1]);
	close(done[0]);
	TAP_OK(read(ready[0], &byte, 1) == 1 && store_compact(s, &err) == -1 &&
		       err.kind == ERROR_LATER && file_size() == before,
	       "%s", err.text);
	close(done[1]);
	close(ready[0]);
	waitpid(child, NULL, 0);
	failed = store_compact(s, &err);
	TAP_OK(failed == 0 && file_size() < before / 4,
	       "its file shrinks from %lld to %lld bytes", (long long)before,
	       (long long)file_size());
	TAP_OK(state_of(s, &o[0]) == ORDER_HELD && help_sound_chunks(s, &o[0]) == 12,
	       "what is held is there");
	help_insert(s, &more);
	TAP_OK(store_flush(s, &err) == 0 && help_check(s) == 0,
	       "it goes on at once, whole");
	store_close(s);
	s = help_open(&options);
	TAP_OK(state_of(s, &more) == ORDER_HELD && help_check(s) == 0,
	       "and after a restart");
	store_close(s);
	for (int i = 0; i < 8; i++)
		order_clear(&o[i]);
	order_clear(&more);
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
	uint64_t repaired;
	int found, failed;

	help_fresh(store_folder);
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
	failed = store_repair(s, NULL, NULL, &repaired, &err);
	TAP_OK(failed == 0 && repaired == 2 && state_of(s, &o[0]) == ORDER_CORRUPT &&
		       state_of(s, &o[1]) == ORDER_CORRUPT &&
		       state_of(s, &o[2]) == ORDER_RELEASED,
	       "repaired, both are corrupt, with what is left of them");
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

	help_fresh(store_folder);
	reserved.reserve_bytes = UINT64_MAX / 2;
	s = help_open(&reserved);
	TAP_OK(intake(s, 1000, &err) == -1 && err.kind == ERROR_FULL, "%s", err.text);
	store_close(s);
}

static void
on_a_small_disk(void (*test)(void), const char *name)
{
	help_fresh(store_folder);
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

/* Is what this line acknowledged there? */
static bool
kept(struct store *s, const char *line)
{
	struct order o;
	bool there = store_get_number(s, (uint32_t)strtoul(line + 1, NULL, 10), &o,
				      NULL) == 0;

	if (there && line[0] == 'c')
		there = o.state == ORDER_CANCELED;
	if (there && o.state == ORDER_HELD)
		there = help_sound_chunks(s, &o) == (int)o.documents[0].chunks;
	order_clear(&o);
	return there;
}

/* Kills the child soon after it acknowledged `after` changes; gives all that it said. */
static void
kill_at_work(unsigned seed, int after, struct buf *said)
{
	const struct timespec soon = {0, (long)(seed % 7) * 500000};
	char line[10];
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		exit(99);
	if (child == 0)
		work_until_killed(ends[1], seed);
	close(ends[1]);
	while (fs_read_full(ends[0], line, sizeof(line)) == (ssize_t)sizeof(line)) {
		buf_append(said, line, sizeof(line), NULL);
		if (--after == 0) {
			nanosleep(&soon, NULL); /* somewhere in the next change */
			kill(child, SIGKILL);
		}
	}
	close(ends[0]);
	waitpid(child, NULL, 0);
}

static void
nothing_acknowledged_is_lost_by_kill_9(void)
{
	enum { ROUNDS = 15 };
	int lost = 0, acknowledged = 0;
	uint64_t faults = 0;
	struct buf said;

	help_fresh(store_folder);
	buf_init(&said, 1 << 20);
	for (unsigned round = 0; round < ROUNDS; round++) {
		said.len = 0;
		kill_at_work(round, 1 + rand() % 20, &said);
		struct store *s = help_open(&options);
		for (size_t at = 0; at < said.len; at += 10, acknowledged++)
			lost += !kept(s, (const char *)said.data + at);
		faults += help_check(s);
		help_tidy(s);
		faults += help_check(s);
		store_close(s);
	}
	buf_clear(&said);
	TAP_OK(acknowledged > ROUNDS, "%d kills, %d changes were acknowledged", ROUNDS,
	       acknowledged);
	TAP_OK(lost == 0, "%d of them are lost", lost);
	TAP_OK(faults == 0, "and no invariant is broken");
}

/* MiB of files that are mapped and in memory. */
static long
mapped_mib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long kib = -1;

	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "RssFile:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	if (status != NULL)
		fclose(status);
	return kib < 0 ? -1 : kib / 1024;
}

static void
what_was_read_does_not_stay_mapped(void)
{
	struct store *s = help_open(&options);
	struct error err = {0};
	struct order o;
	int sound, chunks;

	help_order(s, &o);
	INVARIANT(help_document(s, &o, 160u << 20, SEAL_CHUNK_CLEAR, &err) == 0 &&
		  store_insert(s, &o, &err) == 0 && store_flush(s, &err) == 0);
	store_close(s);
	s = help_open(&options);
	chunks = (int)o.documents[0].chunks;
	sound = help_sound_chunks(s, &o);
	TAP_OK(sound == chunks, "%d chunks of 160 MiB are read, %d are sound", chunks,
	       sound);
	TAP_OK(mapped_mib() < 110, "and %ld MiB are mapped at their end", mapped_mib());
	sound = help_sound_chunks(s, &o);
	TAP_OK(sound == chunks, "they can be read again");
	order_clear(&o);
	store_close(s);
	help_fresh(store_folder);
}

/* Pages that were taken and given back within a turn are never written: the file ends before
 * the last page that its head knows of. */
static void
what_came_and_went_in_one_turn_leaves_a_sound_file(void)
{
	struct store *s;
	struct order o, kept;
	struct store_size size;
	struct error err = {0};
	bool more;

	help_fresh(store_folder);
	s = help_open(&options);
	help_insert(s, &kept);
	help_tidy(s);
	for (int i = 0; i < 20; i++) { /* free pages, a few here and there */
		help_insert(s, &o);
		store_flush(s, &err);
		store_remove(s, o.uuid, &err);
		order_clear(&o);
		help_tidy(s);
	}
	help_order(s, &o);
	store_put_clock(s, &(struct store_clock){.calendar = 1}, &err);
	/* a small one first, so that the large one's pages are the last that are taken */
	for (unsigned i = 0; i < 2; i++) {
		help_document(s, &o, i == 0 ? 10 : 4000000, SEAL_CHUNK_CLEAR, &err);
		store_drop_body(s, o.documents[i].body, &err);
		do
			if (store_tidy(s, &more, &err) != 0)
				more = false;
		while (more);
	}
	TAP_OK(store_flush(s, &err) == 0, "4 MB come and go in one turn");
	store_size(s, &size);
	TAP_OK(size.file < 2000000, "which the file never saw: it has %llu bytes",
	       (unsigned long long)size.file);
	store_close(s);
	if (store_open(&options, &s, &err) != 0) {
		TAP_OK(false, "it opens again: %s", err.text);
		return;
	}
	TAP_OK(help_check(s) == 0 && help_sound_chunks(s, &kept) == 2,
	       "it opens again, and is whole");
	help_document(s, &o, 4000000, SEAL_CHUNK_CLEAR, &err);
	order_clear(&o);
	TAP_OK(store_flush(s, &err) == 0 && help_check(s) == 0,
	       "and takes as much again");
	order_clear(&kept);
	store_close(s);
}

int
main(void)
{
	help_folder(folder);
	unshare(CLONE_NEWNS); /* mounts end with us; without the right there are none */
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	help_fresh(store_folder);
	a_store_has_one_owner_and_any_number_of_onlookers();
	flipped_bits_are_found_and_the_others_go_on();
	the_reserve_of_the_disk_is_kept();
	on_a_small_disk(a_full_disk_stops_intake_and_nothing_else,
			"a full disk stops intake and nothing else");
	on_a_small_disk(an_ended_order_makes_room_on_a_full_disk,
			"an ended order makes room on a full disk");
	a_backup_is_made_beside_the_owner_and_restored();
	a_compacted_store_is_small_and_whole();
	what_came_and_went_in_one_turn_leaves_a_sound_file();
	what_was_read_does_not_stay_mapped();
	nothing_acknowledged_is_lost_by_kill_9();
	help_remove(folder);
	return tap_done();
}
