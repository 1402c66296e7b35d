/*
 * keep-turns.c - what is answered is durable: with a disk that takes nothing, every
 * request of the turn fails, and nothing of it has happened.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

/* A file size limit of 0: each write to the store's file is EFBIG from the kernel. */
static void
disk_takes_writes(bool yes)
{
	static struct rlimit before;
	struct rlimit none;

	if (yes) {
		setrlimit(RLIMIT_FSIZE, &before);
		return;
	}
	getrlimit(RLIMIT_FSIZE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
}

/* TAP lines go to a file, too: facts are said when the disk is back. */

static void
an_order_that_is_not_durable_is_not_acknowledged(struct bench *b)
{
	struct client front;
	struct handed h;
	struct error err = {0};
	struct order o;
	int rc;

	bench_channel(b, &front);
	TAP_OK(hand_begin(b, &front, &(struct wish){0}, &h, &err) == 0 &&
		       hand_document(b, &front, &h, 0, &err) == 0,
	       "an order is on its way in");
	disk_takes_writes(false);
	rc = hand_commit(b, &front, &h, &err);
	disk_takes_writes(true);
	TAP_OK(rc == -1 && err.kind == ERROR_FULL, "its commit fails: %s", err.text);
	TAP_OK(store_get(b->k->store, h.uuid, &o, &err) == -1,
	       "it is not in the store");
	TAP_OK(hand_commit(b, &front, &h, &err) == -1,
	       "it can't be committed later as if nothing had been: %s", err.text);
	handed_clear(&h);
	TAP_OK(hand_in(b, &front, &(struct wish){0}, &h, &err) == 0 &&
		       state_of(b, &h) == ORDER_HELD,
	       "with the disk back the next order is taken in");
	handed_clear(&h);
	client_close(&front);
}

/* Sends chunks of an order's document; the most that was left for a later flush. */
static size_t
send_chunks(struct bench *b, struct client *front, wire_c_uuid body, uint32_t first,
	    uint32_t count)
{
	static uint8_t sealed[SEAL_CHUNK_MAX];
	size_t most = 0;

	for (uint32_t i = first; i < first + count; i++) {
		struct wire_chunk chunk = {
			.body = body, .chunk = i, .data = {sealed, sizeof(sealed)}};
		client_send(b, front, WIRE_TYPE_chunk, &chunk);
		for (int turns = 0; turns < 8; turns++) {
			bench_turn(b);
			if (store_unflushed(b->k->store) > most)
				most = store_unflushed(b->k->store);
		}
	}
	return most;
}

static void
chunks_wait_for_each_other_and_nobody_for_them(struct bench *b)
{
	struct wire_document_begin begin = {0};
	struct wire_document_end end = {.chunks = 40, .format = "image/jpeg"};
	struct client front;
	struct handed h;
	struct error err = {0};
	union wire_any m;
	uint64_t turn;
	size_t most;

	bench_channel(b, &front);
	hand_begin(b, &front, &(struct wish){0}, &h, &err);
	begin.expected = h.expected;
	memcpy(begin.order.bytes, h.uuid, UUID_BYTES);
	memcpy(end.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, &front, WIRE_TYPE_document_begin, &begin,
		   WIRE_TYPE_document_begun, &m, &err);
	end.body = m.document_begun.body;
	turn = b->k->turn;
	most = send_chunks(b, &front, end.body, 0, 40);
	TAP_OK(most > 4u << 20 && most <= 9u << 20,
	       "10 MiB of chunks come, up to %zu KiB at a time are not yet durable",
	       most >> 10);
	TAP_OK(b->k->turn - turn <= 8, "%d flushes are enough for 40 of them",
	       (int)(b->k->turn - turn));
	end.length = 40 * (uint64_t)SEAL_CHUNK_CLEAR;
	TAP_OK(client_ask(b, &front, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL,
			  &err) == 0 &&
		       store_unflushed(b->k->store) == 0,
	       "at the document's end all of them are: %s", err.text);
	handed_clear(&h);
	client_close(&front);
}

static void
send_prove(struct bench *b, struct client *c, const struct handed *h)
{
	struct wire_prove p = {.action = WIRE_RELEASE, .station = "s", .host = "h"};

	memcpy(p.order.bytes, h->uuid, UUID_BYTES);
	memcpy(p.key.bytes, h->key->bytes, SEAL_KEY_BYTES);
	client_send(b, c, WIRE_TYPE_prove, &p);
}

static void
all_of_a_failed_turn_is_refused(struct bench *b)
{
	struct client front, other;
	struct handed h;
	struct error err = {0};
	struct wire_find find = {0};
	union wire_any m;
	int released, found;

	bench_channel(b, &front);
	bench_channel(b, &other);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	find.number = h.number;
	/* both arrive before the loop turns once */
	client_send(b, &other, WIRE_TYPE_find, &find);
	send_prove(b, &front, &h);
	disk_takes_writes(false);
	released = client_next(b, &front, &m);
	found = client_next(b, &other, &m);
	disk_takes_writes(true);
	TAP_OK(released == WIRE_TYPE_failed, "no release");
	TAP_OK(found == WIRE_TYPE_failed, "nor may anybody see the order released: %s",
	       m.failed.text);
	TAP_OK(client_poll(&front, &m) == -1 && client_poll(&other, &m) == -1,
	       "one answer each, and both are still there");
	bench_rest(b);
	TAP_OK(state_of(b, &h) == ORDER_HELD && cups_job_of(b, h.uuid)->state == 4,
	       "the order is held, and so is its job");
	TAP_OK(release(b, &front, &h, h.text, 0, &err) == 0,
	       "with the disk back it is released: %s", err.text);
	handed_clear(&h);
	client_close(&front);
	client_close(&other);
}

static void
a_grant_that_is_not_spent_durably_is_not_given(struct bench *b)
{
	struct client front, filter;
	struct wire_granted granted = {0};
	struct handed h;
	struct error err = {0};
	int rc;

	bench_channel(b, &front);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 5);
	hand_in_and_rest(b, &front, &(struct wish){0}, &h);
	release(b, &front, &h, h.text, 0, &err);
	bench_rest(b);
	disk_takes_writes(false);
	rc = spend(b, &filter, &h, 1, &granted, &err);
	disk_takes_writes(true);
	TAP_OK(rc == -1 && state_of(b, &h) == ORDER_RELEASED, "no key leaves keep: %s",
	       err.text);
	memcpy(granted.body.bytes, h.body[0], UUID_BYTES);
	granted.chunks = 1;
	text_copy(granted.cipher, sizeof(granted.cipher), seal_best_cipher());
	TAP_OK(read_whole(b, &filter, &h, 1, &granted) == -1,
	       "and the connection may read nothing");
	TAP_OK(spend(b, &filter, &h, 1, &granted, &err) == 0 &&
		       read_whole(b, &filter, &h, 1, &granted) == 0,
	       "with the disk back the same grant is spent");
	handed_clear(&h);
	client_close(&front);
	client_close(&filter);
}

static void
reading_needs_no_disk(struct bench *b)
{
	struct client front, filter;
	struct wire_granted granted;
	struct handed h, none = {0};
	struct error err = {0};
	int refused, rc;

	bench_channel(b, &front);
	bench_peer(b, &filter, WIRE_FROM_FILTER, 5);
	hand_in_and_rest(b, &front, &(struct wish){.bytes = 900000}, &h);
	release(b, &front, &h, h.text, 0, &err);
	bench_rest(b);
	spend(b, &filter, &h, 1, &granted, &err);
	disk_takes_writes(false);
	refused = hand_in(b, &front, &(struct wish){0}, &none, &err);
	rc = read_whole(b, &filter, &h, 1, &granted);
	disk_takes_writes(true);
	TAP_OK(refused == -1 && rc == 0,
	       "what was granted is read while nothing can be written");
	handed_clear(&none);
	handed_clear(&h);
	client_close(&front);
	client_close(&filter);
}

int
main(void)
{
	static struct bench b;

	signal(SIGXFSZ, SIG_IGN);
	bench_open(&b, "lmdb");
	an_order_that_is_not_durable_is_not_acknowledged(&b);
	chunks_wait_for_each_other_and_nobody_for_them(&b);
	all_of_a_failed_turn_is_refused(&b);
	a_grant_that_is_not_spent_durably_is_not_given(&b);
	reading_needs_no_disk(&b);
	bench_close(&b);
	return tap_done();
}
