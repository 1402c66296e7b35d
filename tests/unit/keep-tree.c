/*
 * keep-tree.c - a bit of the store's tree turns over under a keep at work: it leaves, and the
 * next one goes on with all that waited.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spoold/keep/scrub.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define ORDERS	     120 /* a tree of more than one page */
#define PAGE	     4096
#define KIND_AT	     10 /* in a page's head, */
#define BRANCH	     1
#define TREE_KIND    44 /* and in that of the file: of the tree of free pages */
#define KIND_SORTED  4
#define UNKNOWN_KIND 0x80
#define WALK_TURNS   5000 /* of a millisecond */

static char store_folder[200], data_file[256];
static struct handed h[ORDERS];

/* In place, so that whoever has the file mapped sees it. */
static unsigned
turn_over(bool (*wanted)(const uint8_t *page, size_t number), size_t behind,
	  uint8_t bit)
{
	int fd = open(data_file, O_RDWR | O_CLOEXEC);
	off_t end = lseek(fd, 0, SEEK_END);
	size_t pages = end > 0 ? (size_t)end / PAGE : 0;
	uint8_t *file =
		mmap(NULL, (size_t)end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned turned = 0;

	for (size_t n = 0; file != MAP_FAILED && n < pages; n++)
		if (wanted(file + n * PAGE, n)) {
			file[n * PAGE + behind] ^= bit;
			turned++;
		}
	munmap(file, (size_t)end);
	close(fd);
	return turned;
}

static bool
is_branch(const uint8_t *page, size_t number)
{
	return number >= 2 && page[KIND_AT] == BRANCH && page[KIND_AT + 1] == 0;
}

static bool
is_head(const uint8_t *page, size_t number)
{
	(void)page;
	return number < 2;
}

static void
spoil_heads(const char *what)
{
	(void)what;
	turn_over(is_head, TREE_KIND, KIND_SORTED);
}

static unsigned
damaged_kept(void)
{
	DIR *folder = opendir(store_folder);
	struct dirent *entry;
	unsigned kept = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		kept += strstr(entry->d_name, "data.mdb.damaged-") != NULL;
	if (folder != NULL)
		closedir(folder);
	return kept;
}

static unsigned
waiting(struct bench *b)
{
	unsigned held = 0;

	for (int i = 0; i < ORDERS; i++)
		held += state_of(b, &h[i]) == ORDER_HELD;
	return held;
}

static bool
is_sound(struct bench *b)
{
	struct store_health health;
	struct error err;

	return store_check(b->k->store, NULL, NULL, &health, &err) == 0 &&
	       health.faults == 0;
}

static void
goes_on(struct bench *b, unsigned n)
{
	struct client front;
	struct handed fresh;
	struct error err = {0};
	struct fake_job *job = cups_job_of(b, h[n].uuid);

	h[n].job = job != NULL ? job->id : 0;
	bench_channel(b, &front);
	TAP_OK(release(b, &front, &h[n], h[n].text, 0, &err) == 0,
	       "one is released: %s", err.text);
	bench_rest(b);
	TAP_OK(make(b, &h[n], 1) && state_of(b, &h[n]) == ORDER_COMPLETED, "and made");
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &fresh, &err) == 0 &&
		       fresh.number > h[ORDERS - 1].number && is_sound(b),
	       "and a new one is taken: %s", err.text);
	handed_clear(&fresh);
	client_close(&front);
}

static void
a_page_that_a_change_meets(struct bench *b)
{
	struct client front;
	struct handed lost;
	struct error err = {0};
	unsigned turned;

	bench_channel(b, &front);
	for (int i = 0; i < ORDERS; i++)
		hand_in(b, &front, &(struct wish){.bytes = 10}, &h[i], &err);
	bench_rest(b);
	turned = turn_over(is_branch, KIND_AT, BRANCH);
	TAP_OK(turned > 1, "a bit turns over in %u pages", turned);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &lost, &err) == -1,
	       "what meets one is not acknowledged: %s", err.text);
	bench_rest(b);
	TAP_OK(b->k->leaving && store_is_damaged(b->k->store), "and keep leaves");
	handed_clear(&lost);
	client_close(&front);
	b->fell = true;
	bench_restart(b);
	b->fell = false;
	TAP_OK(waiting(b) == ORDERS && is_sound(b),
	       "the next one has saved all %d that waited", ORDERS);
	TAP_OK(damaged_kept() == 1, "and kept the damaged file");
	goes_on(b, 0);
}

static void
a_head_that_is_not_sound(struct bench *b)
{
	bench_reopen(b, spoil_heads, NULL);
	TAP_OK(waiting(b) == ORDERS - 1 && is_sound(b) && damaged_kept() == 2,
	       "what the file says of itself turned over: all that waited is saved");
	goes_on(b, 1);
	bench_restart(b);
	TAP_OK(waiting(b) == ORDERS - 2 && damaged_kept() == 2, "and that was that");
}

/* A page says a little more of itself than LMDB looks at: any lookup is as good as before. */
static void
what_no_lookup_notices(struct bench *b)
{
	b->settings.scrub_days = 7;
	bench_restart(b);
	TAP_OK(turn_over(is_branch, KIND_AT, UNKNOWN_KIND) > 0 &&
		       waiting(b) == ORDERS - 2 && !b->k->leaving,
	       "a bit turns over where nobody looks");
	b->clock.skew_s += SCRUB_WALK_FIRST_MS / 1000 + 1;
	for (int i = 0; i < WALK_TURNS && !b->k->leaving; i++) {
		scrub_slice(b->k);
		bench_turn(b);
		poll(NULL, 0, 1);
	}
	TAP_OK(b->k->leaving && store_is_damaged(b->k->store),
	       "it is found beside the work, and keep leaves");
	b->fell = true;
	bench_restart(b);
	b->fell = false;
	TAP_OK(waiting(b) == ORDERS - 2 && is_sound(b) && damaged_kept() == 3,
	       "the next one has saved all that waited");
	goes_on(b, 2);
}

/* A walk that is under way when keep ends. */
static void
an_end_breaks_it_off(struct bench *b)
{
	bench_restart(b);
	b->clock.skew_s += SCRUB_WALK_FIRST_MS / 1000 + 1;
	scrub_slice(b->k);
	bench_restart(b);
	TAP_OK(is_sound(b) && damaged_kept() == 3, "a walk is broken off at the end");
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	snprintf(store_folder, sizeof(store_folder), "%s/" KEEP_STORE_FOLDER, b.folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	a_page_that_a_change_meets(&b);
	a_head_that_is_not_sound(&b);
	what_no_lookup_notices(&b);
	an_end_breaks_it_off(&b);
	for (int i = 0; i < ORDERS; i++)
		handed_clear(&h[i]);
	bench_close(&b);
	return tap_done();
}
