/*
 * keep-scrub.c - the store is read through beside the work: what is damaged on the disk is
 * found before anybody asks for it, and nothing else suffers.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "spoold/keep/scrub.h"
#include "spoold/store/inner.h"
#include "tests/tap.h"
#include "tests/unit/bad-disk.h"
#include "tests/unit/keep-help.h"

#define DAY	    86400
#define CHUNKY	    700000 /* bytes of a document: three pieces */
#define SLICES_MOST 10000

enum { WHOLE, FLIPPED, UNREADABLE, OTHER, ORDERS };

static char data_file[256];

static off_t
place_of_chunk(struct bench *b, const struct handed *h, uint32_t chunk)
{
	struct buf sealed;
	off_t at = -1;

	buf_init(&sealed, SEAL_CHUNK_MAX);
	if (store_read_chunk(b->k->store, h->body[0], chunk, &sealed, NULL) == 0)
		at = bad_disk_place(data_file, sealed.data, 64);
	buf_clear(&sealed);
	return at;
}

static bool
flip(off_t at)
{
	int fd = open(data_file, O_RDWR | O_CLOEXEC);
	uint8_t byte;
	bool done = at > 0 && pread(fd, &byte, 1, at) == 1;

	byte ^= 0x10;
	done = done && pwrite(fd, &byte, 1, at) == 1;
	close(fd);
	return done;
}

static struct store_scrub
where(struct bench *b)
{
	struct store_scrub at = {0};

	store_get_scrub(b->k->store, &at, NULL);
	return at;
}

static void
status(struct bench *b, char text[ORDER_TEXT_MAX])
{
	struct wire_status_info info = {0};

	bench_status(b, &info);
	text_copy(text, ORDER_TEXT_MAX, info.scrub_text);
}

static bool
goes_on(struct bench *b)
{
	const struct store_scrub at = where(b);

	return at.began > at.ended;
}

/* A round to its end; in how many slices. */
static int
read_through(struct bench *b)
{
	int slices = 0;

	do {
		scrub_slice(b->k);
		bench_turn(b);
	} while (goes_on(b) && ++slices < SLICES_MOST);
	return slices;
}

static void
a_store_that_is_sound(struct bench *b, struct handed h[ORDERS])
{
	char text[ORDER_TEXT_MAX];
	struct client c;
	int slices;

	status(b, text);
	TAP_OK(strcmp(text, "not yet, all of it") == 0, "at first: %s", text);
	bench_channel(b, &c);
	for (int i = 0; i < ORDERS; i++)
		hand_in_and_rest(b, &c, &(struct wish){.bytes = CHUNKY}, &h[i]);
	client_close(&c);
	slices = read_through(b);
	status(b, text);
	TAP_OK(strstr(text, ", 0 faults") != NULL && strstr(text, "now") == NULL,
	       "read through: %s", text);
	TAP_OK(slices > ORDERS * 2 && slices < SLICES_MOST,
	       "a little at a time: %d slices", slices);
	scrub_slice(b->k);
	bench_turn(b);
	TAP_OK(!goes_on(b), "then it rests");
	bench_pass(b, b->settings.scrub_days * DAY - 3600);
	scrub_slice(b->k);
	bench_turn(b);
	TAP_OK(!goes_on(b), "until its days are over");
	bench_pass(b, 3601);
	scrub_slice(b->k);
	bench_turn(b);
	TAP_OK(goes_on(b), "then it begins again");
	status(b, text);
	TAP_OK(strstr(text, "; now at order ") != NULL, "and says so: %s", text);
}

static void
a_restart_goes_on(struct bench *b)
{
	struct store_scrub before, after;

	for (int i = 0; i < 5; i++)
		scrub_slice(b->k);
	b->clock.skew_s += SCRUB_SAVE_S;
	scrub_slice(b->k);
	bench_turn(b);
	before = where(b);
	TAP_OK(before.number > 1, "it has come to order %u", before.number);
	bench_restart(b);
	scrub_slice(b->k);
	b->clock.skew_s += SCRUB_SAVE_S;
	scrub_slice(b->k);
	bench_turn(b);
	after = where(b);
	TAP_OK(after.began == before.began && after.number >= before.number,
	       "after a restart it goes on from there, with order %u", after.number);
	read_through(b);
}

static bool
is_aside(struct bench *b, const struct handed *h, const char *why)
{
	struct order o;
	bool aside;

	order_of(b, h, &o);
	aside = o.state == ORDER_CORRUPT &&
		(why == NULL || strstr(o.message, why) != NULL);
	tap_diag("order %u is %s: %s", h->number, order_state_name(o.state), o.message);
	order_clear(&o);
	return aside;
}

static void
what_is_damaged_is_found(struct bench *b, struct handed h[ORDERS])
{
	char text[ORDER_TEXT_MAX];
	struct client c;
	struct error err = {0};

	TAP_OK(flip(place_of_chunk(b, &h[FLIPPED], 2) + 5000),
	       "a bit turns over in the last piece of a document");
	TAP_OK(bad_disk_unreadable(data_file, place_of_chunk(b, &h[UNREADABLE], 1), 1),
	       "another can't be read any more");
	bench_pass(b, b->settings.scrub_days * DAY + 1);
	read_through(b);
	TAP_OK(is_aside(b, &h[FLIPPED], "damaged in the store"), "the first is aside");
	TAP_OK(is_aside(b, &h[UNREADABLE], "can't be read from the disk"),
	       "so is the second");
	status(b, text);
	TAP_OK(strstr(text, ", 2 faults") != NULL, "the operator is told: %s", text);
	bench_channel(b, &c);
	TAP_OK(state_of(b, &h[WHOLE]) == ORDER_HELD &&
		       release(b, &c, &h[WHOLE], h[WHOLE].text, 0, &err) == 0,
	       "others are as they were: %s", err.text);
	bench_rest(b);
	TAP_OK(make(b, &h[WHOLE], 1), "and are made");
	bench_pass(b, b->settings.scrub_days * DAY + 1);
	read_through(b);
	status(b, text);
	TAP_OK(strstr(text, ", 0 faults") != NULL, "what is aside is found once: %s",
	       text);
	client_close(&c);
}

/* In all pages where it stands, old ones, too. */
static void
a_record_that_turned_over(struct bench *b, const struct handed *h)
{
	char text[ORDER_TEXT_MAX];
	unsigned flipped = 0;
	off_t at;

	while (flipped < 100 && (at = bad_disk_place(data_file, "keyring", 7)) > 0)
		flipped += flip(at);
	TAP_OK(flipped > 0, "a bit turns over in a record");
	bench_pass(b, b->settings.scrub_days * DAY + 1);
	read_through(b);
	TAP_OK(is_aside(b, h, NULL), "it is found, and set aside");
	status(b, text);
	TAP_OK(strstr(text, ", 1 fault") != NULL, "the operator is told: %s", text);
}

/* Its code leads nowhere, until a round has come by. */
static void
a_row_that_an_index_lacks(struct bench *b)
{
	char text[ORDER_TEXT_MAX];
	struct handed h;
	struct client c;
	struct error err = {0};
	struct order o;
	struct key key;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c,
			 &(struct wish){.kind = SEAL_CODE, .text = "AAAABBBBCCCC"}, &h);
	order_of(b, &h, &o);
	key = key_of_bytes(o.key, ORDER_KEY_BYTES);
	order_clear(&o);
	kv_del(b->k->store->kv, KV_CODE, key_span(&key), NULL);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == -1,
	       "a row of an index is lost, and a code finds nothing: %s", err.text);
	bench_pass(b, b->settings.scrub_days * DAY + 1);
	read_through(b);
	status(b, text);
	TAP_OK(strstr(text, ", 1 fault") != NULL, "that is found: %s", text);
	TAP_OK(release(b, &c, &h, h.text, 0, &err) == 0,
	       "and set right: the code is taken: %s", err.text);
	bench_rest(b);
	TAP_OK(make(b, &h, 1), "and its order made");
	bench_pass(b, b->settings.scrub_days * DAY + 1);
	read_through(b);
	status(b, text);
	TAP_OK(strstr(text, ", 0 faults") != NULL, "for good: %s", text);
	handed_clear(&h);
	client_close(&c);
}

int
main(void)
{
	static struct handed h[ORDERS], named;
	static struct bench b;
	struct client c;

	bad_disk_open();
	bench_open(&b, "lmdb");
	b.settings.scrub_days = 7;
	b.settings.due_days = 3000;
	snprintf(data_file, sizeof(data_file), "%s/" KEEP_STORE_FOLDER "/data.mdb",
		 b.folder);
	a_store_that_is_sound(&b, h);
	a_restart_goes_on(&b);
	what_is_damaged_is_found(&b, h);
	bench_channel(&b, &c);
	hand_in_and_rest(&b, &c, &(struct wish){.user = "keyring"}, &named);
	client_close(&c);
	a_record_that_turned_over(&b, &named);
	a_row_that_an_index_lacks(&b);
	for (int i = 0; i < ORDERS; i++)
		handed_clear(&h[i]);
	handed_clear(&named);
	bench_close(&b);
	return tap_done();
}
