/*
 * store-space.c - the room of ended orders is used again, and given back to the disk.
 *
 * Arguments: live megabytes, largest document in kilobytes, cycles, seed. `make
 * check-space` takes a gigabyte.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

static char folder[] = "/tmp/claimcheck-space-XXXXXX";
static struct store_options options = {.engine = "lmdb", .folder = folder};

static off_t
size_of(const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

static uint64_t
live(struct store *s)
{
	struct store_health health;

	if (store_count(s, &health, NULL) != 0)
		exit(99);
	return health.bytes;
}

struct filling {
	uint64_t bytes, largest;
	int cycles;
};

#define MAX  20000 /* orders */
#define TURN (8 << 20)

/* With turns as large as keep's may be. */
static void
fill(struct store *s, struct order *o, const struct filling *f)
{
	struct error err = {0};

	for (int i = 0; i < MAX && live(s) < f->bytes; i++) {
		if (o[i].number != 0)
			continue;
		help_order(s, &o[i]);
		if (help_document(s, &o[i], 1000 + (size_t)rand() % f->largest,
				  SEAL_CHUNK_CLEAR, &err) != 0 ||
		    store_insert(s, &o[i], &err) != 0 ||
		    (store_unflushed(s) > TURN && store_flush(s, &err) != 0)) {
			tap_diag("%s", err.text);
			exit(99);
		}
	}
	if (store_flush(s, &err) != 0)
		exit(99);
}

static void
end_half(struct store *s, struct order *o)
{
	struct error err;

	for (int i = 0; i < MAX; i++) {
		if (o[i].number == 0 || rand() % 2 == 0)
			continue;
		help_move(s, &o[i], ORDER_CANCELED, &err);
		order_clear(&o[i]);
	}
	help_tidy(s);
}

static void
space_is_used_again(const struct filling *f)
{
	static struct order o[MAX];
	struct store *s;
	double ratio = 0;
	int failed;

	help_fresh(folder);
	s = help_open(&options);
	for (int cycle = 1; cycle <= f->cycles; cycle++) {
		fill(s, o, f);
		ratio = (double)size_of("data.mdb") / (double)live(s);
		tap_diag("cycle %2d: %lld MB for %llu MB, %.3f", cycle,
			 (long long)size_of("data.mdb") / 1000000,
			 (unsigned long long)live(s) / 1000000, ratio);
		end_half(s, o);
	}
	TAP_OK(ratio <= 1.2,
	       "after %d cycles of filling and half emptying the file has %.3f of its "
	       "live bytes",
	       f->cycles, ratio);
	failed = store_compact(s, NULL);
	ratio = (double)size_of("data.mdb") / (double)live(s);
	TAP_OK(failed == 0 && ratio < 1.1, "compacted, half empty, it has %.3f", ratio);
	TAP_OK(help_check(s) == 0, "no invariant is broken");
	store_close(s);
	for (int i = 0; i < MAX; i++)
		order_clear(&o[i]);
}

/* --- killed while it compacts --- */

enum { ORDERS = 12, ENDED = 6 };

static void
compact_for_ever(void)
{
	struct store *s = help_open(&options);
	struct order o;
	struct error err = {0};

	for (;;) {
		if (store_compact(s, &err) != 0)
			_exit(1);
		help_insert(s, &o); /* something to do afterwards */
		help_move(s, &o, ORDER_CANCELED, &err);
		store_flush(s, &err);
		store_remove(s, o.uuid, &err);
		help_tidy(s);
		order_clear(&o);
	}
}

static int
kill_after(long microseconds)
{
	const struct timespec soon = {0, microseconds * 1000};
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		compact_for_ever();
	nanosleep(&soon, NULL); /* somewhere in its work */
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 0 : -1;
}

static void
a_compaction_may_be_killed_at_any_moment(void)
{
	enum { KILLS = 15 };
	struct order o[ORDERS];
	struct error err;
	struct store *s;
	int unfinished = 0, lost = 0, failed = 0;
	uint64_t faults = 0;

	help_fresh(folder);
	s = help_open(&options);
	for (int i = 0; i < ORDERS; i++) {
		help_order(s, &o[i]);
		help_document(s, &o[i], 1000000, SEAL_CHUNK_CLEAR, &err);
		store_insert(s, &o[i], &err);
	}
	for (int i = 0; i < ENDED; i++)
		help_move(s, &o[i], ORDER_CANCELED, &err);
	help_tidy(s);
	store_close(s);
	for (int n = 0; n < KILLS; n++) {
		failed += kill_after(2000 + rand() % 40000) != 0;
		unfinished += size_of("data.mdb.compact") >= 0;
		s = help_open(&options);
		failed += size_of("data.mdb.compact") >= 0;
		faults += help_check(s);
		for (int i = ENDED; i < ORDERS; i++)
			lost += help_sound_chunks(s, &o[i]) != 4;
		store_close(s);
	}
	tap_diag("%d of %d were in the middle of a copy", unfinished, KILLS);
	TAP_OK(lost == 0 && faults == 0, "killed %d times, nothing is lost or broken",
	       KILLS);
	TAP_OK(failed == 0, "and what it left is taken away when the store is opened");
	for (int i = 0; i < ORDERS; i++)
		order_clear(&o[i]);
}

int
main(int argc, char **argv)
{
	struct filling f = {.bytes = 60000000, .largest = 2000000, .cycles = 20};

	help_folder(folder);
	if (argc > 4) {
		f.bytes = strtoull(argv[1], NULL, 10) * 1000000;
		f.largest = strtoull(argv[2], NULL, 10) * 1000;
		f.cycles = atoi(argv[3]);
	}
	srand(argc > 4 ? (unsigned)atoi(argv[4]) : 7);
	space_is_used_again(&f);
	if (argc == 1)
		a_compaction_may_be_killed_at_any_moment();
	help_remove(folder);
	return tap_done();
}
