/*
 * keep-hostile.c - what a hostile front, filter or stranger can say: keep stays up,
 * releases nothing, shows nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

#define ROUNDS 3000

static uint32_t seed = 20261123;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* keep still takes an order in, releases it and has it made. */
static bool
is_well(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err = {0};
	bool well;

	b->clock.skew_s += 100000;
	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	well = release(b, &c, &h, h.text, 0, &err) == 0;
	bench_rest(b);
	well = well && make(b, &h, 1) && state_of(b, &h) == ORDER_COMPLETED;
	if (!well)
		tap_diag("%s", err.text);
	handed_clear(&h);
	client_close(&c);
	return well;
}

static void
random_bytes_drop_their_sender_only(struct bench *b)
{
	uint8_t bytes[600];
	struct client c;
	int dropped = 0;

	for (int round = 0; round < ROUNDS; round++) {
		static const unsigned roles[] = {WIRE_FROM_FRONT, WIRE_FROM_FILTER,
						 WIRE_FROM_TOOL, WIRE_FROM_COURIER,
						 WIRE_FROM_HERALD};
		union wire_any m;

		bench_peer(b, &c, roles[round % 5], 1);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)dice(256);
		if (round % 2 == 0) { /* a head that could be one */
			bytes[0] = bytes[1] = bytes[2] = 0;
			bytes[4] = 0;
			bytes[5] = (uint8_t)dice(110);
		}
		client_send_bytes(b, &c, bytes, sizeof(bytes));
		bench_turn(b);
		bench_turn(b);
		while (client_poll(&c, &m) > 0)
			continue;
		dropped += c.closed;
		client_close(&c);
	}
	TAP_OK(dropped > ROUNDS * 9 / 10, "%d of %d were dropped", dropped, ROUNDS);
	TAP_OK(is_well(b), "keep is well");
}

/* Well-formed messages of every type, with fields of nonsense: made from the rows of
 * messages.h. The first uuid of a message is often that of an order. */
static uint8_t nonsense[4096];
static const uint8_t *some_order;

static void
fill_uuid(uint8_t *to)
{
	if (dice(2))
		memcpy(to, some_order, UUID_BYTES);
	else
		memset(to, (int)dice(3), UUID_BYTES);
}

static void
fill_string(char *to, size_t size)
{
	static const char *const words[] = {"",	    "photo",	"photo-queue",
					    "ada",  "local",	"counter-1",
					    "%s%n", "\n\x1b[2J"};

	text_copy(to, size, words[dice(8)]);
}

#define SMALL	     dice(3) ? dice(4) : dice(0xffffff)
#define FILL_u8(v)   v = (uint8_t)(dice(3) ? dice(4) : dice(256))
#define FILL_u32(v)  v = SMALL
#define FILL_u64(v)  v = SMALL
#define FILL_i32(v)  v = (int32_t)(dice(2) ? 100 + dice(4) : dice(0xffffff))
#define FILL_i64(v)  v = (int64_t)(SMALL)
#define FILL_uuid(v) fill_uuid(v.bytes)
#define FILL_key(v)  memset(v.bytes, (int)dice(256), sizeof(v.bytes))
#define FILL_F(t, n) FILL_##t(m->n);
#define FILL_S(n, s) fill_string(m->n, s);
#define FILL_B(n, max)                                                                 \
	m->n = (struct wire_bytes){nonsense, dice(max < 4096 ? max : 4096)};
#define MAKE_FILL(name, number, from)                                                  \
	static void fill_##name(__attribute__((unused)) struct wire_##name *m)         \
	{                                                                              \
		WIRE_##name(FILL_F, FILL_S, FILL_B)                                    \
	}
WIRE_MESSAGES(MAKE_FILL)

static void
fill(unsigned type, union wire_any *m)
{
	switch (type) {
#define FILL_CASE(name, number, from)                                                  \
	case number:                                                                   \
		fill_##name(&m->name);                                                 \
		break;
		WIRE_MESSAGES(FILL_CASE)
	}
}

/* What would be a key, or a byte, of an order. */
static bool
gives_away(int type)
{
	return type == WIRE_TYPE_granted || type == WIRE_TYPE_chunk ||
	       type == WIRE_TYPE_producing;
}

static void
well_formed_nonsense_moves_no_order(struct bench *b)
{
	struct client c[4];
	static const unsigned roles[] = {WIRE_FROM_FRONT, WIRE_FROM_FILTER,
					 WIRE_FROM_FRONT, WIRE_FROM_FILTER};
	struct handed h;
	union wire_any m;
	int sent = 0, given = 0, said;

	bench_channel(b, &c[0]);
	hand_in_and_rest(b, &c[0], &(struct wish){0}, &h);
	client_close(&c[0]);
	some_order = h.uuid;
	for (int i = 0; i < 4; i++)
		bench_peer(b, &c[i], roles[i], 60 + i);
	for (int round = 0; round < ROUNDS * 10; round++) {
		unsigned type = 10 + dice(100), who = dice(4);

		if ((wire_senders(type) & roles[who]) == 0 ||
		    type == WIRE_TYPE_channel || type == WIRE_TYPE_announce ||
		    type == WIRE_TYPE_watch || type == WIRE_TYPE_change ||
		    type == WIRE_TYPE_control) /* a front is believed about these */
			continue;
		memset(&m, 0, sizeof(m));
		fill(type, &m);
		client_send(b, &c[who], type, &m);
		bench_turn(b);
		while ((said = client_poll(&c[who], &m)) > 0)
			given += gives_away(said);
		if (c[who].closed) {
			tap_diag("'%s' closed the connection", wire_name(type));
			break;
		}
		if (sent++ % 100 == 0)
			b->clock.skew_s += 400;
	}
	TAP_OK(sent > ROUNDS / 2 && !c[0].closed && !c[1].closed,
	       "%d messages were answered", sent);
	TAP_OK(state_of(b, &h) == ORDER_HELD, "the order is held");
	TAP_OK(given == 0, "nobody was given a key or a byte");
	TAP_OK(is_well(b), "keep is well");
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	handed_clear(&h);
}

/* A front that speaks as a filter would, of an order that was released and of its body:
 * what it says is no message of a front's, and nothing comes back. */
static void
a_front_reads_no_order(struct bench *b)
{
	static const enum wire_type types[] = {WIRE_TYPE_spend,	  WIRE_TYPE_produce,
					       WIRE_TYPE_verify,  WIRE_TYPE_stream,
					       WIRE_TYPE_outcome, WIRE_TYPE_status,
					       WIRE_TYPE_give_up, WIRE_TYPE_secrets};
	struct wire_read read = {.count = 1};
	struct client good, bad;
	struct handed h;
	struct error err = {0};
	int closed = 0, given = 0, said;

	bench_channel(b, &good);
	hand_in_and_rest(b, &good, &(struct wish){0}, &h);
	release(b, &good, &h, h.text, 0, &err);
	bench_rest(b);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		union wire_any m;
		memset(&m, 0, sizeof(m));
		if (types[i] == WIRE_TYPE_spend) {
			memcpy(m.spend.order.bytes, h.uuid, UUID_BYTES);
			m.spend.document = 1;
			m.spend.cups_job = cups_job_of(b, h.uuid)->id;
			text_copy(m.spend.queue, ORDER_QUEUE_MAX, "photo-queue");
		}
		bench_channel(b, &bad);
		client_send(b, &bad, types[i], &m);
		while ((said = client_next(b, &bad, &m)) > 0)
			given += gives_away(said);
		closed += said == 0;
		client_close(&bad);
	}
	/* a front may read what is stored, if it has shown the order's key */
	memcpy(read.body.bytes, h.body[0], UUID_BYTES);
	TAP_OK(client_ask(b, &good, WIRE_TYPE_read, &read, WIRE_TYPE_chunk, NULL,
			  &err) == -1 &&
		       err.kind == ERROR_REFUSED,
	       "%s", err.text);
	TAP_OK(prove(b, &good, &h, h.key, WIRE_OPEN, 0, &err) == -1 &&
		       err.kind == ERROR_CONFLICT,
	       "%s", err.text);
	TAP_OK(closed == 8 && given == 0, "%d of 8 times it was dropped, %d given",
	       closed, given);
	TAP_OK(state_of(b, &h) == ORDER_RELEASED && make(b, &h, 1),
	       "the order is made, by a filter");
	handed_clear(&h);
	client_close(&good);
}

static void
two_gigabytes_announced_are_refused_unread(struct bench *b)
{
	const uint8_t head[] = {0x7f, 0xff, 0xff, 0xff, 0, 60};
	struct client c;
	union wire_any m;

	bench_peer(b, &c, WIRE_FROM_FILTER, 1);
	client_send_bytes(b, &c, head, sizeof(head));
	TAP_OK(client_next(b, &c, &m) == 0, "dropped at the sixth byte");
	client_close(&c);
}

static void
another_peers_body_takes_no_chunk(struct bench *b)
{
	static uint8_t rubbish[2000];
	struct client good, bad;
	struct handed h, other;
	struct wire_document_begin begin = {0};
	struct wire_document_end end = {
		.length = 2000 - SEAL_OVERHEAD, .chunks = 1, .format = "image/jpeg"};
	struct wire_chunk chunk = {.data = {rubbish, sizeof(rubbish)}};
	union wire_any m;
	struct error err;

	bench_channel(b, &good);
	bench_channel(b, &bad);
	hand_begin(b, &good, &(struct wish){0}, &h, &err);
	hand_begin(b, &bad, &(struct wish){0}, &other, &err);
	memcpy(begin.order.bytes, h.uuid, UUID_BYTES);
	client_ask(b, &good, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		   &m, &err);
	chunk.body = end.body = m.document_begun.body;
	client_send(b, &bad, WIRE_TYPE_chunk, &chunk);
	memcpy(end.order.bytes, h.uuid, UUID_BYTES);
	TAP_OK(client_ask(b, &bad, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL,
			  &err) == -1 &&
		       err.kind == ERROR_ABSENT,
	       "another channel can't end it: %s", err.text);
	client_send(b, &good, WIRE_TYPE_chunk, &chunk);
	memcpy(end.order.bytes, other.uuid, UUID_BYTES);
	TAP_OK(client_ask(b, &good, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL,
			  &err) == -1 &&
		       err.kind == ERROR_INPUT,
	       "nor can it go to another order: %s", err.text);
	TAP_OK(hand_document(b, &good, &h, 0, &err) == 0 &&
		       hand_commit(b, &good, &h, &err) == 0,
	       "a new one of its own goes in");
	handed_clear(&h);
	handed_clear(&other);
	client_close(&good);
	client_close(&bad);
}

struct chunk_row {
	const char *what;
	uint32_t chunk, chunks;
	size_t len;
	uint64_t length;
};

static void
broken_documents_are_refused(struct bench *b)
{
	static const struct chunk_row rows[] = {
		{"it begins with piece 1", 1, 1, 1000, 1000 - SEAL_OVERHEAD},
		{"a piece too short to be sealed", 0, 1, 3, 0},
		{"fewer pieces than said", 0, 2, 1000, 1000 - SEAL_OVERHEAD},
		{"more bytes than said", 0, 1, 1000, 999 - SEAL_OVERHEAD},
		{"a length that wraps", 0, 1, 1000, UINT64_MAX},
	};
	static uint8_t rubbish[2000];
	struct client c;
	struct handed h;
	struct error err;
	union wire_any m;

	bench_channel(b, &c);
	hand_begin(b, &c, &(struct wish){0}, &h, &err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wire_document_begin begin = {0};
		struct wire_document_end end = {.length = rows[i].length,
						.chunks = rows[i].chunks};
		struct wire_chunk chunk = {.chunk = rows[i].chunk,
					   .data = {rubbish, (uint32_t)rows[i].len}};

		memcpy(begin.order.bytes, h.uuid, UUID_BYTES);
		memcpy(end.order.bytes, h.uuid, UUID_BYTES);
		client_ask(b, &c, WIRE_TYPE_document_begin, &begin,
			   WIRE_TYPE_document_begun, &m, &err);
		chunk.body = end.body = m.document_begun.body;
		client_send(b, &c, WIRE_TYPE_chunk, &chunk);
		TAP_OK(client_ask(b, &c, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok,
				  NULL, &err) == -1 &&
			       err.kind == ERROR_INPUT,
		       "%s: %s", rows[i].what, err.text);
	}
	TAP_OK(hand_commit(b, &c, &h, &err) == -1, "an order without documents: %s",
	       err.text);
	handed_clear(&h);
	client_close(&c);
}

static void
replays_change_nothing(struct bench *b)
{
	struct client c;
	struct handed h;
	struct error err;
	struct order before, after;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &h);
	order_of(b, &h, &before);
	TAP_OK(hand_commit(b, &c, &h, &err) == -1, "a commit: %s", err.text);
	TAP_OK(hand_document(b, &c, &h, 0, &err) == -1, "a document: %s", err.text);
	TAP_OK(client_ask(b, &c, WIRE_TYPE_order_abort,
			  &(struct wire_order_abort){.order.bytes = {0}}, WIRE_TYPE_ok,
			  NULL, &err) == -1,
	       "an abort of nothing: %s", err.text);
	order_of(b, &h, &after);
	TAP_OK(before.revision == after.revision, "the record is as it was");
	order_clear(&before);
	order_clear(&after);
	handed_clear(&h);
	client_close(&c);
}

static void
send_with_fd(struct bench *b, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct wire_channel nothing;
	struct buf out;
	struct iovec row;
	struct msghdr head = {.msg_iov = &row,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&head);

	buf_init(&out, 100);
	wire_pack(WIRE_TYPE_channel, &nothing, &out, NULL);
	row = (struct iovec){out.data, out.len};
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	sendmsg(b->control.fd, &head, MSG_NOSIGNAL);
	buf_clear(&out);
	bench_turn(b);
}

static void
what_front_passes_must_be_a_socket(struct bench *b)
{
	union wire_any m;
	int pipe_ends[2], type;

	if (pipe(pipe_ends) != 0)
		return;
	send_with_fd(b, pipe_ends[0]);
	while ((type = client_next(b, &b->control, &m)) > 0)
		continue;
	TAP_OK(type == 0, "a pipe: front is dropped");
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	bench_restart(b);
	TAP_OK(is_well(b), "and a new front is served");
	client_send(b, &b->control, WIRE_TYPE_channel, &(struct wire_ok){});
	while ((type = client_next(b, &b->control, &m)) > 0)
		continue;
	TAP_OK(type == 0, "a channel without a descriptor, too");
	bench_restart(b);
}

static void
who_does_not_listen_is_not_read(struct bench *b)
{
	struct client c;
	struct wire_find all = {.documents = 1};
	union wire_any m;
	struct handed h;
	int ends = 0, type = -1;

	bench_channel(b, &c);
	for (int i = 0; i < 40; i++) {
		hand_in_and_rest(b, &c, &(struct wish){0}, &h);
		handed_clear(&h);
	}
	for (int i = 0; i < 400; i++)
		client_send(b, &c, WIRE_TYPE_find, &all);
	while (type != 0 && ends < 400) {
		type = client_next(b, &c, &m);
		if (type < 0)
			break;
		ends += type == WIRE_TYPE_end;
	}
	TAP_OK(ends == 400, "400 lists asked at once come one after another: %d (%d)",
	       ends, type);
	client_close(&c);
}

static void
front_ends_and_its_unfinished_orders_with_it(struct bench *b)
{
	struct client c;
	struct handed h, done;
	struct error err = {0};
	struct store_health health;
	union wire_any m;

	bench_channel(b, &c);
	hand_in_and_rest(b, &c, &(struct wish){0}, &done);
	hand_begin(b, &c, &(struct wish){.bytes = 500000}, &h, &err);
	hand_document(b, &c, &h, 0, &err);
	store_count(b->k->store, &health, NULL);
	TAP_OK(health.staged == 1, "a body is staged");
	client_close(&b->control);
	bench_turn(b);
	bench_turn(b);
	store_count(b->k->store, &health, NULL);
	TAP_OK(health.staged == 0, "it is dropped with front");
	TAP_OK(client_next(b, &c, &m) == 0, "the channels are closed");
	TAP_OK(state_of(b, &done) == ORDER_HELD, "what was acknowledged stays");
	client_close(&c);
	bench_restart(b);
	handed_clear(&h);
	handed_clear(&done);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	two_gigabytes_announced_are_refused_unread(&b);
	random_bytes_drop_their_sender_only(&b);
	well_formed_nonsense_moves_no_order(&b);
	a_front_reads_no_order(&b);
	another_peers_body_takes_no_chunk(&b);
	broken_documents_are_refused(&b);
	replays_change_nothing(&b);
	what_front_passes_must_be_a_socket(&b);
	who_does_not_listen_is_not_read(&b);
	front_ends_and_its_unfinished_orders_with_it(&b);
	bench_close(&b);
	return tap_done();
}
