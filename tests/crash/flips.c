/*
 * flips.c - the store after bits of its file turned over, anywhere.
 *
 *   crash/flips [images [seed [only]]]
 *
 * only: of the images of that seed this one alone, against an original like theirs.
 *
 * A store with a history (orders in every state, some removed long ago, documents of one
 * chunk and of several) is the original. Of each image of it a few bits are turned over, or
 * a sector is zeroed, at a random place of the whole file; every third hits a page that is
 * not a document's, every tenth a head. On each image:
 *
 *   use     a process opens the store as keep does and hands out all there is. It may get an
 *           error; what it gets must be what was stored. It may fall, if the tree then says so
 *           to who looks it over without LMDB: that is what the next keep does.
 *   check   another process checks. Where use got anything but the original, it must have
 *           found something, or fallen.
 *   repair  as spoolctl check --repair: in place, or salvaged where the tree is damaged. Then
 *           nothing is wrong any more; no order that was waiting is gone; none is waiting, or
 *           released, that was over, on its way, or removed; every document is whole, or its
 *           order says that it is not.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

#define ORDERS	 60
#define CHILD_S	 60 /* a process that takes longer goes round in circles */
#define FILE_MAX (64u << 20)
#define PAGE	 4096

static char folder[] = "/tmp/claimcheck-flips-XXXXXX";
static char store_folder[64], data_file[96], lock_file[96];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};

static struct truth {
	uint8_t uuid[UUID_BYTES];
	uint32_t number;
	uint8_t state; /* 0: removed */
	uint8_t record[16], documents[16];
} truths[ORDERS];

static uint8_t *original, *image_data;
static size_t original_len;

/* --- what is there, as sums --- */

static void
sum_record(const struct order *o, uint8_t sum[16])
{
	struct buf b;

	buf_init(&b, ORDER_RECORD_MAX);
	order_encode(o, &b, NULL);
	seal_checksum(b.data, b.len, sum);
	buf_clear(&b);
}

/* 0, or -1 when a chunk can't be had, or is not sound: a filter would not take it. */
static int
sum_documents(struct store *s, const struct order *o, uint8_t sum[16])
{
	struct seal_digest *d = seal_digest_new();
	uint8_t digest[SEAL_KEY_BYTES];
	struct buf chunk;
	int rc = 0;

	buf_init(&chunk, SEAL_CHUNK_MAX);
	for (uint32_t i = 0; i < o->document_count && rc == 0; i++)
		for (uint32_t n = 0; n < o->documents[i].chunks && rc == 0; n++) {
			rc = store_read_chunk(s, o->documents[i].body, n, &chunk, NULL);
			if (rc == 0 && !seal_chunk_sound(chunk.data, chunk.len))
				rc = -1;
			if (rc == 0)
				seal_digest_add(d, chunk.data, chunk.len);
		}
	seal_digest_end(d, digest);
	memcpy(sum, digest, 16);
	buf_clear(&chunk);
	return rc;
}

/* --- the original --- */

static void
move_on(struct store *s, struct order *o, enum order_state to)
{
	struct error err;

	if (help_move(s, o, to, &err) != 0 || store_flush(s, &err) != 0) {
		printf("Bail out! %s\n", err.text);
		exit(99);
	}
}

static enum order_state
give_a_life(struct store *s, struct order *o, int i)
{
	static const enum order_state ends[] = {
		ORDER_HELD,	 ORDER_HELD,	ORDER_RELEASED,
		ORDER_PRODUCING, ORDER_STOPPED, ORDER_COMPLETED,
		ORDER_CANCELED,	 ORDER_EXPIRED, ORDER_STATES /* removed */};
	enum order_state end = ends[i % 9];

	if (end == ORDER_RELEASED || end == ORDER_PRODUCING || end == ORDER_STOPPED ||
	    end == ORDER_COMPLETED || end == ORDER_STATES)
		move_on(s, o, ORDER_RELEASED);
	if (end == ORDER_PRODUCING || end == ORDER_STOPPED || end == ORDER_COMPLETED ||
	    end == ORDER_STATES)
		move_on(s, o, ORDER_PRODUCING);
	if (end == ORDER_STATES) {
		move_on(s, o, ORDER_COMPLETED);
		store_remove(s, o->uuid, NULL);
		return 0;
	}
	if (end != ORDER_HELD && end != ORDER_RELEASED && end != ORDER_PRODUCING)
		move_on(s, o, end);
	return end;
}

static void
note_truth(struct store *s, struct truth *t)
{
	struct order o;

	if (t->state == 0 || store_get(s, t->uuid, &o, NULL) != 0)
		return;
	sum_record(&o, t->record);
	sum_documents(s, &o, t->documents);
	order_clear(&o);
}

static void
make_original(void)
{
	struct store *s = help_open(&options);
	struct order o[ORDERS];
	struct error err;
	struct buf file;

	for (int i = 0; i < ORDERS; i++) {
		help_order(s, &o[i]);
		snprintf(o[i].user, sizeof(o[i].user), "user %d", i % 7);
		o[i].due = 1700000000 + i;
		help_document(s, &o[i], 100 + (size_t)(i * 701) % 9000,
			      1 + (size_t)i * 200, &err);
		if (store_insert(s, &o[i], &err) != 0 || store_flush(s, &err) != 0)
			exit(99);
	}
	for (int i = 0; i < ORDERS; i++) {
		memcpy(truths[i].uuid, o[i].uuid, UUID_BYTES);
		truths[i].number = o[i].number;
		truths[i].state = (uint8_t)give_a_life(s, &o[i], i);
		store_flush(s, &err);
		if (i % 10 == 0)
			help_tidy(s);
	}
	for (int i = 0; i < ORDERS; i++) {
		note_truth(s, &truths[i]);
		order_clear(&o[i]);
	}
	store_close(s);
	buf_init(&file, FILE_MAX);
	if (fs_read_file(data_file, &file, &err) != 0)
		exit(99);
	original = file.data;
	original_len = file.len;
	image_data = malloc(file.len);
	if (image_data == NULL)
		exit(99);
}

/* --- an image --- */

static bool
is_tree_page(const uint8_t *page)
{
	return (page[10] & 3) != 0;
}

static size_t
place(int image)
{
	size_t pages = original_len / PAGE, n;

	if (image % 10 == 9)
		return (size_t)(rand() % 2) * PAGE + (size_t)rand() % 160;
	if (image % 3 != 0)
		return ((size_t)rand() << 15 ^ (size_t)rand()) % original_len;
	do
		n = 2 + (size_t)rand() % (pages - 2);
	while (!is_tree_page(original + n * PAGE));
	/* mostly where the page says what is in it */
	return n * PAGE + (rand() % 2 ? (size_t)rand() % 200 : (size_t)rand() % PAGE);
}

static void
make_image(int image, char *what, size_t size)
{
	uint8_t *data = image_data;
	size_t at = place(image);
	int flips = image % 4 == 0 ? 1 + rand() % 8 : 1;
	struct error err;

	memcpy(data, original, original_len);
	if (image % 25 == 24) {
		at -= at % 512;
		memset(data + at, 0, 512);
		snprintf(what, size, "a sector zeroed at %zu", at);
	} else {
		snprintf(what, size, "%d bits from %zu on", flips, at);
		for (int i = 0; i < flips;
		     i++, at = (at + (size_t)rand() % 64) % original_len)
			data[at] ^= (uint8_t)(1 << rand() % 8);
	}
	help_fresh(store_folder);
	if (fs_write_file(data_file, 0600, data, original_len, &err) != 0)
		exit(99);
}

/* Where FLIPS_KEEP names a folder, the image that failed goes there as it was. */
static void
keep_image(int image)
{
	const char *to = getenv("FLIPS_KEEP");
	char path[256];

	if (to == NULL)
		return;
	snprintf(path, sizeof(path), "%s/image-%d.mdb", to, image);
	fs_write_file(path, 0600, image_data, original_len, NULL);
}

/* --- processes --- */

enum said { SAID_NOTHING, SAID_FOUND, SAID_WRONG, SAID_FELL };

static enum said
in_a_process(int (*work)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		alarm(CHILD_S);
		exit(work());
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(99);
	if (WIFSIGNALED(status)) {
		if (WTERMSIG(status) == SIGALRM)
			tap_diag("it went round in circles");
		return WTERMSIG(status) == SIGALRM ? SAID_WRONG : SAID_FELL;
	}
	return (enum said)WEXITSTATUS(status);
}

static int
use_one(struct store *s, const struct truth *t)
{
	uint8_t record[16], documents[16];
	struct order o;
	int rc = SAID_NOTHING;

	if (store_get(s, t->uuid, &o, NULL) != 0)
		return t->state == 0 ? SAID_NOTHING : SAID_FOUND;
	sum_record(&o, record);
	if (t->state == 0 || memcmp(record, t->record, 16) != 0)
		rc = SAID_WRONG;
	else if (!order_is_over(o.state) && sum_documents(s, &o, documents) != 0)
		rc = SAID_FOUND;
	else if (!order_is_over(o.state) && memcmp(documents, t->documents, 16) != 0)
		rc = SAID_WRONG;
	if (rc == SAID_WRONG)
		tap_diag("order %u was handed out otherwise than it was stored",
			 (unsigned)t->number);
	order_clear(&o);
	return rc;
}

static int
use(void)
{
	struct error err;
	struct store *s;
	int rc = SAID_NOTHING, one;

	if (store_open(&options, &s, &err) != 0)
		return SAID_FOUND;
	for (int i = 0; i < ORDERS; i++) {
		one = use_one(s, &truths[i]);
		rc = one > rc ? one : rc;
	}
	store_close(s);
	return rc;
}

static void
say(const char *sentence, void *context)
{
	(void)sentence;
	(void)context;
}

static int
look_over(void)
{
	struct store_tree tree;
	struct error err;

	return store_look_over(&options, say, NULL, &tree, &err) != 0 ||
			       tree.faults != 0
		       ? SAID_FOUND
		       : SAID_NOTHING;
}

static int
check(void)
{
	struct store_options look = options;
	struct store_health health;
	struct error err;
	struct store *s;
	int rc = look_over();

	look.read_only = true;
	if (rc != SAID_NOTHING)
		return rc;
	if (store_open(&look, &s, &err) != 0)
		return SAID_FOUND;
	rc = store_check(s, say, NULL, &health, &err) != 0 || health.faults != 0
		     ? SAID_FOUND
		     : SAID_NOTHING;
	store_close(s);
	return rc;
}

/* As spoolctl check --repair: in place where the tree is whole and the store opens. */
static int
repair(void)
{
	char kept[STORE_KEPT_MAX];
	uint64_t repaired;
	struct error err = {.kind = ERROR_CORRUPT};
	struct store *s = NULL;
	int rc = -1;

	if (look_over() == SAID_NOTHING && (rc = store_open(&options, &s, &err)) == 0)
		rc = store_repair(s, say, NULL, &repaired, &err);
	store_close(s);
	if (rc != 0 && err.kind == ERROR_CORRUPT)
		rc = store_salvage(&options, say, NULL, kept, &err);
	if (rc != 0)
		tap_diag("it can't be repaired: %s", err.text);
	return rc != 0 ? SAID_WRONG : SAID_NOTHING;
}

/* --- what must hold afterwards --- */

static bool
may_be_so(const struct truth *t, enum order_state now)
{
	if (now == ORDER_CORRUPT || now == ORDER_STOPPED)
		return true;
	if (t->state == 0)
		return false;
	if (now == ORDER_HELD)
		return t->state == ORDER_HELD;
	return now == t->state;
}

static int
judge_one(struct store *s, const struct truth *t)
{
	uint8_t documents[16];
	struct error err = {0};
	struct order o;
	int rc = SAID_NOTHING;

	if (store_get(s, t->uuid, &o, &err) != 0 &&
	    store_get_number(s, t->number, &o, &err) != 0) {
		if (t->state == 0 || order_is_over(t->state))
			return SAID_NOTHING;
		tap_diag("order %u (%s) is gone: %s", (unsigned)t->number,
			 order_state_name(t->state), err.text);
		return SAID_WRONG;
	}
	if (!may_be_so(t, o.state)) {
		tap_diag("order %u was %s, now it is %s", (unsigned)t->number,
			 order_state_name(t->state), order_state_name(o.state));
		rc = SAID_WRONG;
	} else if (!order_is_over(o.state) && o.state != ORDER_CORRUPT &&
		   t->state != 0 && !order_is_over(t->state) &&
		   (sum_documents(s, &o, documents) != 0 ||
		    memcmp(documents, t->documents, 16) != 0)) {
		tap_diag("order %u is %s, and its document is not its own",
			 (unsigned)t->number, order_state_name(o.state));
		rc = SAID_WRONG;
	}
	order_clear(&o);
	return rc;
}

static int
judge(void)
{
	struct store_health health;
	struct error err = {0};
	struct store *s;
	int rc = SAID_NOTHING;

	if (store_open(&options, &s, &err) != 0 ||
	    store_check(s, NULL, NULL, &health, &err) != 0) {
		tap_diag("%s", err.text);
		return SAID_WRONG;
	}
	if (help_check(s) != 0)
		rc = SAID_WRONG;
	for (int i = 0; i < ORDERS; i++)
		if (judge_one(s, &truths[i]) != SAID_NOTHING)
			rc = SAID_WRONG;
	store_close(s);
	return rc;
}

static struct {
	int harmless, found, fell, salvaged, unseen, wrong, wordless, unrepaired;
} tally;

/* Not wanted: it is made all the same, for what it takes of the random numbers. */
static void
try_image(int image, bool wanted)
{
	char what[80];
	enum said used, checked, tree;

	make_image(image, what, sizeof(what));
	if (!wanted)
		return;
	used = in_a_process(use);
	unlink(lock_file);
	tree = in_a_process(look_over);
	checked = in_a_process(check);
	tally.harmless += used == SAID_NOTHING;
	tally.fell += used == SAID_FELL;
	tally.found += checked != SAID_NOTHING;
	tally.salvaged += tree != SAID_NOTHING;
	if (used == SAID_WRONG || checked == SAID_WRONG)
		tally.wrong++;
	else if (used == SAID_FELL && tree != SAID_FOUND)
		tally.wordless++;
	else if (used != SAID_NOTHING && checked == SAID_NOTHING)
		tally.unseen++;
	else if (in_a_process(repair) != SAID_NOTHING ||
		 in_a_process(judge) != SAID_NOTHING)
		tally.unrepaired++;
	else
		return;
	tap_diag("image %d: %s", image, what);
	keep_image(image);
}

int
main(int argc, char **argv)
{
	int images = argc > 1 ? atoi(argv[1]) : 60;
	unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	int only = argc > 3 ? atoi(argv[3]) : -1;

	help_folder(folder);
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	snprintf(data_file, sizeof(data_file), "%s/data.mdb", store_folder);
	snprintf(lock_file, sizeof(lock_file), "%s/lock.mdb", store_folder);
	help_fresh(store_folder);
	make_original();
	srand(seed);
	for (int i = 0; i < images; i++)
		try_image(i, only < 0 || only == i);
	tap_diag("%d images (seed %u, %zu bytes): %d harmless, %d found, %d salvaged, "
		 "%d made LMDB fall",
		 images, seed, original_len, tally.harmless, tally.found,
		 tally.salvaged, tally.fell);
	TAP_OK(tally.wrong == 0, "nothing is handed out that was not stored (%d)",
	       tally.wrong);
	TAP_OK(tally.wordless == 0, "who falls over it finds words for it (%d)",
	       tally.wordless);
	TAP_OK(tally.unseen == 0, "what does harm is found (%d)", tally.unseen);
	TAP_OK(tally.unrepaired == 0,
	       "repaired, nothing is lost unsaid, nothing back from the dead (%d)",
	       tally.unrepaired);
	help_remove(folder);
	return tap_done();
}
