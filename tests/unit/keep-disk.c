/*
 * keep-disk.c - a disk that fails. What it did not take is acknowledged to nobody, not by a
 * second try either, and keep starts anew upon what the disk has. What it does not give is
 * one order's misfortune.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/bad-disk.h"
#include "tests/unit/keep-help.h"

#define STORE_MOST_BYTES (64u << 20)
#define CHUNKY		 700000 /* bytes of a document: three pieces */
#define CROWD		 200

static char data_file[256];
static char said[256]; /* by a check, last */

static void
name_file(const struct bench *b)
{
	snprintf(data_file, sizeof(data_file), "%s/" KEEP_STORE_FOLDER "/data.mdb",
		 b->folder);
}

static void
say(const char *sentence, void *context)
{
	(void)context;
	text_copy(said, sizeof(said), sentence);
	tap_diag("%s", sentence);
}

static uint64_t
faults_of(struct bench *b)
{
	struct store_health health = {0};
	struct error err;

	if (store_check(b->k->store, say, NULL, &health, &err) != 0) {
		tap_diag("cannot be checked: %s", err.text);
		return UINT64_MAX;
	}
	return health.faults;
}

/* As the supervisor does, and the kernel reads the disk. */
static void
start_anew(struct bench *b, struct client *front)
{
	client_close(front);
	bad_disk_set(DISK_WELL);
	bench_reopen(b, bad_disk_reread, data_file);
	bench_channel(b, front);
}

static void
what_was_not_synced_is_not_acknowledged(struct bench *b)
{
	struct client front;
	struct handed before, lost, after;
	struct error err = {0};

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){.bytes = CHUNKY}, &before);
	bad_disk_set(DISK_SYNC);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &lost, &err) == -1 &&
		       bad_disk_failed() == 1,
	       "a sync fails, and the order is not acknowledged: %s", err.text);
	TAP_OK(b->k->leaving, "keep leaves");
	bad_disk_set(DISK_WELL);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &after, &err) == -1,
	       "until it has, nothing more is taken, although the disk is well: %s",
	       err.text);
	handed_clear(&after);
	start_anew(b, &front);
	TAP_OK(state_of(b, &before) == ORDER_HELD && state_of(b, &lost) == 0 &&
		       faults_of(b) == 0,
	       "what was acknowledged before is there, what was refused is not");
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &after, &err) == 0,
	       "orders are taken: %s", err.text);
	TAP_OK(release(b, &front, &before, before.text, 0, &err) == 0, "and released");
	bench_rest(b);
	TAP_OK(make(b, &before, 1), "and made");
	handed_clear(&before);
	handed_clear(&lost);
	handed_clear(&after);
	client_close(&front);
}

static void
a_head_that_the_disk_has_after_all_is_whole(struct bench *b)
{
	struct client front;
	struct handed before, doubtful, after;
	struct error err = {0};
	int state;

	bench_channel(b, &front);
	hand_in_and_rest(b, &front, &(struct wish){0}, &before);
	hand_begin(b, &front, &(struct wish){.bytes = CHUNKY}, &doubtful, &err);
	hand_document(b, &front, &doubtful, 0, &err);
	bad_disk_set(DISK_HEAD);
	TAP_OK(hand_commit(b, &front, &doubtful, &err) == -1 && bad_disk_failed() == 1,
	       "the write of a head fails: %s", err.text);
	bad_disk_set(DISK_WELL);
	TAP_OK(b->k->leaving &&
		       hand_in(b, &front, &(struct wish){0}, &after, &err) == -1,
	       "keep leaves, and nothing is written over what it may refer to");
	handed_clear(&after);
	start_anew(b, &front);
	state = state_of(b, &doubtful);
	TAP_OK(state == ORDER_HELD && faults_of(b) == 0,
	       "the disk had taken it: the order is there, and whole");
	TAP_OK(state_of(b, &before) == ORDER_HELD, "and so is the one before");
	hand_in_and_rest(b, &front, &(struct wish){0}, &after);
	TAP_OK(after.number > doubtful.number && faults_of(b) == 0,
	       "the next one has a number of its own");
	handed_clear(&before);
	handed_clear(&doubtful);
	handed_clear(&after);
	client_close(&front);
}

/* Where those bytes lie in the store's file, the n-th time; -1: they don't. */
static off_t
place_of(const void *bytes, size_t len, unsigned n)
{
	struct buf file;
	const uint8_t *at;
	off_t place;

	buf_init(&file, STORE_MOST_BYTES);
	fs_read_file(data_file, &file, NULL);
	at = file.data;
	while ((at = memmem(at, file.len - (size_t)(at - file.data), bytes, len)) !=
		       NULL &&
	       n-- > 0)
		at++;
	place = at != NULL ? at - file.data : -1;
	buf_clear(&file);
	return place;
}

/* So many bytes behind the beginning of that piece of its document. */
static bool
spoil_chunk(struct bench *b, const struct handed *h, uint32_t chunk, off_t behind)
{
	struct buf sealed;
	off_t at = -1;

	buf_init(&sealed, SEAL_CHUNK_MAX);
	if (store_read_chunk(b->k->store, h->body[0], chunk, &sealed, NULL) == 0)
		at = place_of(sealed.data, 64, 0);
	buf_clear(&sealed);
	return at > 0 && bad_disk_unreadable(data_file, at + behind, 1);
}

static int
cancel(struct bench *b, struct client *c, const struct handed *h, struct error *err)
{
	struct wire_change m = {.verb = WIRE_CANCEL};

	memcpy(m.order.bytes, h->uuid, UUID_BYTES);
	memcpy(m.user, h->user, sizeof(h->user));
	return client_ask(b, c, WIRE_TYPE_change, &m, WIRE_TYPE_order_info, NULL, err);
}

/* `behind` the beginning of a piece there is a sector that can't be read. */
static void
a_piece_that_cannot_be_read(struct bench *b, off_t behind)
{
	struct client front, filter;
	struct handed bad, good;
	struct wire_granted granted;
	struct error err = {0};
	struct order o;
	bool more = true;

	bench_channel(b, &front);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 5);
	hand_in_and_rest(b, &front, &(struct wish){.bytes = CHUNKY}, &bad);
	hand_in_and_rest(b, &front, &(struct wish){.bytes = CHUNKY}, &good);
	TAP_OK(spoil_chunk(b, &bad, 1, behind),
	       "byte %d of a piece can't be read any more", (int)behind);
	TAP_OK(faults_of(b) == 1 && strstr(said, "damaged chunk") != NULL,
	       "a check tells of that document alone");
	release(b, &front, &bad, bad.text, 0, &err);
	release(b, &front, &good, good.text, 0, &err);
	bench_rest(b);
	TAP_OK(spend(b, &filter, &bad, 1, &granted, &err) == 0 &&
		       read_whole(b, &filter, &bad, 1, &granted) == -1,
	       "it is not handed out");
	order_of(b, &bad, &o);
	TAP_OK(o.state == ORDER_CORRUPT &&
		       strstr(o.message, "can't be read from the disk") != NULL,
	       "its order is set aside: %s", o.message);
	order_clear(&o);
	TAP_OK(make(b, &good, 1) && state_of(b, &good) == ORDER_COMPLETED,
	       "another one is made meanwhile");
	TAP_OK(!b->k->leaving &&
		       hand_in(b, &front, &(struct wish){0}, &good, &err) == 0,
	       "and another one taken in");
	client_close(&front);
	bench_restart(b);
	bad_disk_map_again(data_file);
	bench_channel(b, &front);
	TAP_OK(cancel(b, &front, &bad, &err) == 0,
	       "after a restart it can be cancelled: %s", err.text);
	for (int i = 0; i < 100 && more; i++)
		if (store_tidy(b->k->store, &more, &err) != 0)
			more = true;
	bench_rest(b);
	TAP_OK(!more && !b->k->leaving,
	       "and its room is given back, as far as it can be");
	handed_clear(&bad);
	handed_clear(&good);
	client_close(&front);
	client_close(&filter);
}

/* Every page in which its user is named, or was: of a record, or of an index. */
static unsigned
spoil_record(const struct handed *h)
{
	unsigned spoiled = 0;
	off_t at;

	for (unsigned n = 0; (at = place_of(h->user, strlen(h->user) + 1, n)) != -1;
	     n++)
		if (bad_disk_unreadable(data_file, at, 1))
			spoiled++;
	return spoiled;
}

static void
a_record_that_cannot_be_read(struct bench *b)
{
	static struct handed h[CROWD];
	struct client front;
	struct wire_find find = {0};
	struct error err = {0};
	struct order o;

	bench_channel(b, &front);
	for (int i = 0; i < CROWD - 1; i++)
		hand_in(b, &front,
			&(struct wish){.bytes = 10,
				       .user = i == 20 ? "unreadable" : NULL},
			&h[i], &err);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h[CROWD - 1]);
	TAP_OK(spoil_record(&h[20]) > 0, "a page of records can't be read any more");
	TAP_OK(store_get_number(b->k->store, h[20].number, &o, &err) == -1 &&
		       err.kind == ERROR_CORRUPT,
	       "an order in it: %s", err.text);
	find.number = h[20].number;
	TAP_OK(client_ask(b, &front, WIRE_TYPE_find, &find, WIRE_TYPE_order_info, NULL,
			  &err) == -1,
	       "who looks for it hears of it: %s", err.text);
	TAP_OK(release(b, &front, &h[CROWD - 1], h[CROWD - 1].text, 0, &err) == 0,
	       "others are released: %s", err.text);
	bench_rest(b);
	TAP_OK(make(b, &h[CROWD - 1], 1), "and made");
	handed_clear(&h[0]);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &h[0], &err) == 0 &&
		       !b->k->leaving,
	       "and taken in: %s", err.text);
	for (int i = 0; i < CROWD; i++)
		handed_clear(&h[i]);
	client_close(&front);
}

static int
end_of(struct bench *b)
{
	int status = 0;

	waitpid(b->pid, &status, 0);
	b->pid = 0;
	close(b->supervisor);
	client_close(&b->control);
	client_close(&b->cups.wire);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
keep_is_to_be_started_again(void)
{
	static struct bench b;
	struct client front;
	struct handed h, lost;
	struct error err = {0};
	struct wire_find find = {0};

	bench_fork(&b);
	bench_channel(&b, &front);
	hand_in(&b, &front, &(struct wish){0}, &h, &err);
	bad_disk_set(DISK_SYNC);
	TAP_OK(hand_in(&b, &front, &(struct wish){0}, &lost, &err) == -1,
	       "a keep of its own refuses: %s", err.text);
	client_close(&front);
	TAP_OK(end_of(&b) == 1, "and ends with a status that asks for another start");
	bench_fork_again(&b);
	TAP_OK(end_of(&b) == 1,
	       "so does the next one, as long as the disk takes nothing");
	bad_disk_set(DISK_WELL);
	bench_fork_again(&b);
	bench_channel(&b, &front);
	find.number = h.number;
	TAP_OK(client_ask(&b, &front, WIRE_TYPE_find, &find, WIRE_TYPE_order_info, NULL,
			  &err) == 0,
	       "then one serves again, with what was acknowledged");
	handed_clear(&h);
	handed_clear(&lost);
	client_close(&front);
	bench_close(&b);
}

int
main(void)
{
	static struct bench b, other;

	bad_disk_open();
	bench_open(&b, "lmdb");
	name_file(&b);
	what_was_not_synced_is_not_acknowledged(&b);
	a_head_that_the_disk_has_after_all_is_whole(&b);
	a_piece_that_cannot_be_read(&b, 100000);
	a_piece_that_cannot_be_read(&b, 0);
	bench_close(&b);
	bad_disk_mend();
	bench_open(&other, "lmdb");
	name_file(&other);
	a_record_that_cannot_be_read(&other);
	bench_close(&other);
	bad_disk_mend();
	keep_is_to_be_started_again();
	return tap_done();
}
