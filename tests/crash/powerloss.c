/*
 * powerloss.c - the store after a loss of power, at any moment.
 *
 *   crash/powerloss [images [seed]]
 *
 * A store is put to work while every write and sync of its file is recorded: this
 * program defines the functions of libc through which LMDB writes (pwrite, writev,
 * fdatasync), so that no preloading is needed. Then images of the disk are made as a
 * loss of power could leave them: the record is cut at a random place; what was synced
 * before is there; each write since is there, or not, or in part (sectors of 512
 * bytes), in any order. On each image a new process opens the store, walks every
 * invariant, and compares all orders, documents and the outbox with what they were at
 * the last acknowledged turn, or (whole) at the one that was being made durable.
 *
 * That the test can fail is shown by a disk that lies: the same with syncs ignored.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/store-help.h"

#define SECTOR	   512
#define TURNS	   150
#define LIVE_MAX   40	       /* orders alive at once */
#define FILE_MAX   (64u << 20) /* of the store's file */
#define OPS_MAX	   200000
#define LYING_LAPS 3 /* turns that a lying disk keeps in its cache */

static char folder[] = "/tmp/claimcheck-power-XXXXXX";
static char store_folder[64];
static struct store_options options = {.engine = "lmdb", .folder = store_folder};

/* --- the record --- */

enum op_kind { OP_WRITE, OP_SYNCED_WRITE, OP_SYNC, OP_TURN };

struct op {
	enum op_kind kind;
	off_t at;
	size_t len;
	uint8_t *data; /* owned */
};

static struct op *ops;
static size_t op_count;
static bool recording;
static ino_t data_inode;

static bool
is_data_file(int fd)
{
	struct stat st;

	return recording && fstat(fd, &st) == 0 && st.st_ino == data_inode;
}

static void
record(enum op_kind kind, const void *data, size_t len, off_t at)
{
	struct op *op = &ops[op_count++];

	if (op_count == OPS_MAX)
		exit(99);
	*op = (struct op){.kind = kind, .at = at, .len = len};
	if (len == 0)
		return;
	op->data = malloc(len);
	memcpy(op->data, data, len);
}

static enum op_kind
kind_of_write(int fd)
{
	return fcntl(fd, F_GETFL) & O_DSYNC ? OP_SYNCED_WRITE : OP_WRITE;
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t n = syscall(SYS_pwrite64, fd, data, len, at);

	if (n > 0 && is_data_file(fd))
		record(kind_of_write(fd), data, (size_t)n, at);
	return n;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t n = syscall(SYS_writev, fd, parts, count), left = n;

	for (int i = 0; left > 0 && is_data_file(fd); i++) {
		size_t len = parts[i].iov_len < (size_t)left ? parts[i].iov_len
							     : (size_t)left;
		record(kind_of_write(fd), parts[i].iov_base, len, at);
		at += (off_t)len;
		left -= (ssize_t)len;
	}
	return n;
}

int
fdatasync(int fd)
{
	/* the disk below us is not asked: the record alone says what was synced */
	if (is_data_file(fd))
		record(OP_SYNC, NULL, 0, 0);
	return 0;
}

/* --- what a store holds, as one number --- */

struct world {
	uint8_t digest[SEAL_KEY_BYTES];
	uint32_t numbers; /* the last that was given out */
};

struct digesting {
	struct store *s;
	struct seal_digest *d;
	struct buf chunk;
};

static int
digest_order(const struct order *o, void *context)
{
	struct digesting *g = context;
	struct buf record;
	bool sound;

	buf_init(&record, ORDER_RECORD_MAX);
	order_encode(o, &record, NULL);
	seal_digest_add(g->d, record.data, record.len);
	buf_clear(&record);
	for (uint32_t i = 0; i < o->document_count && !order_is_over(o->state); i++)
		for (uint32_t c = 0; c < o->documents[i].chunks; c++) {
			sound = store_read_chunk(g->s, o->documents[i].body, c,
						 &g->chunk, NULL) == 0 &&
				seal_chunk_sound(g->chunk.data, g->chunk.len);
			seal_digest_add(g->d, &sound, sizeof(sound));
			if (sound)
				seal_digest_add(g->d, g->chunk.data, SEAL_SUM_BYTES);
		}
	return 0;
}

static int
digest_touch(const struct order *o, void *context)
{
	struct digesting *g = context;

	seal_digest_add(g->d, o->uuid, UUID_BYTES);
	return 0;
}

static void
look(struct store *s, uint8_t digest[SEAL_KEY_BYTES])
{
	struct digesting g = {.s = s, .d = seal_digest_new()};

	buf_init(&g.chunk, SEAL_CHUNK_MAX);
	store_scan(s, 0, 0, 0, digest_order, &g, NULL);
	store_outbox(s, 0, digest_touch, &g, NULL);
	buf_clear(&g.chunk);
	seal_digest_end(g.d, digest);
}

/* --- the work --- */

static struct world worlds[TURNS + 1]; /* [n]: as of the n-th flush */
static size_t world_count;

static size_t
dice(size_t sides)
{
	return (size_t)rand() % sides;
}

/* Uploads grow over several turns; some are given up. */
static void
intake(struct store *s, struct order *live, struct order *growing)
{
	if (growing->number == 0) {
		help_order(s, growing);
		worlds[world_count].numbers = growing->number;
	}
	help_document(s, growing, 1 + dice(dice(2) ? 500000 : 3000), SEAL_CHUNK_CLEAR,
		      NULL);
	if (dice(3) == 0)
		return;
	if (dice(8) == 0) {
		store_drop_body(s, growing->documents[0].body, NULL);
		order_clear(growing);
		return;
	}
	for (int i = 0; i < LIVE_MAX; i++)
		if (live[i].number == 0) {
			if (store_insert(s, growing, NULL) != 0)
				exit(99);
			live[i] = *growing;
			order_init(growing);
			return;
		}
}

static void
change(struct store *s, struct order *o)
{
	static const enum order_state wanted[] = {ORDER_RELEASED, ORDER_HELD,
						  ORDER_PRODUCING, ORDER_COMPLETED,
						  ORDER_CANCELED};

	if (o->number == 0)
		return;
	if (dice(6) == 0)
		store_outbox_done(s, o->uuid, 2, NULL);
	else if (dice(12) == 0 && store_remove(s, o->uuid, NULL) == 0)
		order_clear(o);
	else
		help_move(s, o, wanted[dice(5)], NULL);
}

static void
work(unsigned seed)
{
	struct store *s = help_open(&options);
	struct order live[LIVE_MAX], growing;
	struct stat st;
	struct error err;
	char path[128];
	bool more;

	srand(seed);
	memset(live, 0, sizeof(live));
	order_init(&growing);
	snprintf(path, sizeof(path), "%s/data.mdb", store_folder);
	store_close(s);
	/* the record begins with the file as it is when the store has been made */
	if (stat(path, &st) != 0)
		exit(99);
	data_inode = st.st_ino;
	struct buf first;
	buf_init(&first, FILE_MAX);
	fs_read_file(path, &first, NULL);
	record(OP_SYNCED_WRITE, first.data, first.len, 0);
	buf_clear(&first);
	recording = true;
	s = help_open(&options);
	look(s, worlds[0].digest);
	for (world_count = 1; world_count <= TURNS; world_count++) {
		struct world *w = &worlds[world_count];
		w->numbers = w[-1].numbers;
		for (size_t n = 1 + dice(4); n > 0; n--)
			if (dice(3) == 0)
				intake(s, live, &growing);
			else
				change(s, &live[dice(LIVE_MAX)]);
		store_tidy(s, &more, &err);
		look(s, w->digest);
		if (store_flush(s, &err) != 0)
			exit(99);
		record(OP_TURN, NULL, 0, 0);
	}
	recording = false;
	store_close(s);
	for (int i = 0; i < LIVE_MAX; i++)
		order_clear(&live[i]);
	order_clear(&growing);
}

/* --- the images --- */

static uint8_t *disk;	  /* [FILE_MAX]: what is safely there */
static size_t disk_bytes; /* as far as it was ever written */

static void
put(uint8_t *image, const struct op *op, size_t from, size_t len)
{
	memcpy(image + op->at + from, op->data + from, len);
}

static void
note_end(const struct op *op)
{
	size_t end = (size_t)op->at + op->len;

	if (end > FILE_MAX)
		exit(99);
	if (end > disk_bytes)
		disk_bytes = end;
}

/* There, not there, or in part. */
static void
put_by_chance(uint8_t *image, const struct op *op, size_t mode)
{
	size_t fate = mode == 0 ? 0 : mode == 1 ? 1 : dice(3);

	if (fate == 1)
		put(image, op, 0, op->len);
	for (size_t at = 0; fate == 2 && at < op->len; at += SECTOR)
		if (dice(2))
			put(image, op, at,
			    op->len - at < SECTOR ? op->len - at : SECTOR);
}

/* Brings `disk` up to `safe`, and gives an image in which ops [safe, cut) are by
 * chance. */
static uint8_t *
make_image(size_t *done, size_t safe, size_t cut)
{
	size_t mode = dice(5), count = 0;
	const struct op **loose = calloc(cut - safe + 1, sizeof(void *));
	uint8_t *image;

	for (; *done < safe; (*done)++)
		if (ops[*done].len != 0) {
			note_end(&ops[*done]);
			put(disk, &ops[*done], 0, ops[*done].len);
		}
	for (size_t i = safe; i < cut; i++)
		if (ops[i].len != 0) {
			note_end(&ops[i]);
			loose[count++] = &ops[i];
		}
	image = malloc(FILE_MAX);
	memcpy(image, disk, disk_bytes);
	while (count > 0) { /* in any order */
		size_t at = dice(count);
		/* what a synced write wrote is there, unless it is the one under way */
		if (loose[at]->kind == OP_SYNCED_WRITE && loose[at] != &ops[cut - 1])
			put(image, loose[at], 0, loose[at]->len);
		else
			put_by_chance(image, loose[at], mode);
		loose[at] = loose[--count];
	}
	free(loose);
	return image;
}

/* How a new process finds the store; its exit status. */
static int
judge(size_t turn)
{
	struct store_health health;
	struct store *s;
	struct error err;
	uint8_t digest[SEAL_KEY_BYTES];
	uint32_t number;
	const struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
	alarm(60);
	if (store_open(&options, &s, &err) != 0) {
		fprintf(stderr, "# %s\n", err.text);
		return 1;
	}
	if (store_check(s, NULL, NULL, &health, &err) != 0 || health.faults != 0)
		return 2;
	look(s, digest);
	if (memcmp(digest, worlds[turn].digest, sizeof(digest)) != 0 &&
	    (turn == TURNS ||
	     memcmp(digest, worlds[turn + 1].digest, sizeof(digest)) != 0))
		return 3;
	if (store_next_number(s, &number, &err) != 0 || number <= worlds[turn].numbers)
		return 4;
	help_tidy(s);
	if (store_check(s, NULL, NULL, &health, &err) != 0 || health.faults != 0)
		return 5;
	store_close(s);
	return 0;
}

/* Whether the store on this image is whole. */
static bool
survives(const uint8_t *image, size_t turn, bool expected)
{
	static const char *const words[] = {"whole",
					    "does not open",
					    "breaks an invariant",
					    "lost, halved or raised an order",
					    "would give a number twice",
					    "breaks an invariant when tidied"};
	char path[128];
	int status = -1, fd;
	pid_t child;

	help_fresh(store_folder);
	snprintf(path, sizeof(path), "%s/data.mdb", store_folder);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fs_write_all(fd, image, disk_bytes) != 0)
		exit(99);
	close(fd);
	child = fork();
	if (child == 0) {
		if (!expected && freopen("/dev/null", "w", stderr) == NULL)
			_exit(99);
		_exit(judge(turn));
	}
	waitpid(child, &status, 0);
	if (status != 0 && expected)
		tap_diag("after turn %zu: the store %s", turn,
			 WIFEXITED(status) && WEXITSTATUS(status) < 6
				 ? words[WEXITSTATUS(status)]
				 : "kills its process");
	return status == 0;
}

static int
compare_sizes(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* How many of the images broke. lying: the disk forgets what it said was synced in the
 * last turns. */
static int
lose_power(size_t images, bool lying)
{
	size_t *cuts = calloc(images, sizeof(*cuts));
	size_t done = 0, turn = 0, at = 0, safe, turns[TURNS + 1] = {0};
	int broken = 0;

	memset(disk, 0, FILE_MAX);
	disk_bytes = 0;
	for (size_t i = 0; i < images; i++)
		cuts[i] = 2 + dice(op_count - 2);
	qsort(cuts, images, sizeof(*cuts), compare_sizes);
	safe = 1;
	for (size_t i = 0; i < images; i++) {
		for (; at < cuts[i]; at++) {
			if (ops[at].kind == OP_TURN)
				turns[++turn] = at + 1;
			if (ops[at].kind == OP_SYNC && !lying)
				safe = at + 1;
		}
		if (lying && turn > LYING_LAPS)
			safe = turns[turn - LYING_LAPS];
		uint8_t *image = make_image(&done, safe, cuts[i]);
		broken += !survives(image, turn, !lying);
		free(image);
	}
	free(cuts);
	return broken;
}

/* Where writing an image costs no disk: a private tmpfs, if we may. */
static void
leave_the_disk(void)
{
	if (unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		mount("none", folder, "tmpfs", 0, "size=512m");
}

int
main(int argc, char **argv)
{
	size_t images = argc > 1 ? strtoul(argv[1], NULL, 10) : 40;
	size_t writes = 0, syncs = 0;
	unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	int broken;

	if (images == 0)
		return 99;
	help_folder(folder);
	leave_the_disk();
	snprintf(store_folder, sizeof(store_folder), "%s/store", folder);
	help_fresh(store_folder);
	ops = calloc(OPS_MAX, sizeof(*ops));
	disk = malloc(FILE_MAX);
	work(seed);
	for (size_t i = 0; i < op_count; i++) {
		writes += ops[i].len != 0;
		syncs += ops[i].kind == OP_SYNC;
	}
	TAP_OK(writes > TURNS && syncs > TURNS / 2,
	       "%d turns of a store made %zu writes and %zu syncs", TURNS, writes,
	       syncs);
	broken = lose_power(images, false);
	TAP_OK(broken == 0,
	       "power was lost %zu times: %d stores lost, halved or raised an order, "
	       "or broke an invariant",
	       images, broken);
	broken = lose_power(images < 40 ? images : 40, true);
	TAP_OK(broken > 0, "a disk that lies about syncing is found out, %d times",
	       broken);
	for (size_t i = 0; i < op_count; i++)
		free(ops[i].data);
	free(ops);
	free(disk);
	help_remove(folder);
	return tap_done();
}
