/*
 * keep-window.c - documents that a filter reads through memory of its own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/unit/keep-scene.h"

#define CHUNKS (WIRE_READ_CHUNKS + 3) /* the slots are used again */

static int
memory(size_t bytes, int seals)
{
	int fd = memfd_create("window", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0 ||
	    fcntl(fd, F_ADD_SEALS, seals) != 0)
		tap_diag("there is no such memory");
	return fd;
}

/* Closes fd. */
static bool
takes_window(struct scene *s, int fd)
{
	struct wire_peer as_peer;
	union wire_any m;
	int type;

	wire_peer_init(&as_peer, s->filter.fd, 0);
	wire_send_fd(&as_peer, WIRE_TYPE_window, &(struct wire_window){}, fd, &s->err);
	buf_clear(&as_peer.out);
	if (fd >= 0)
		close(fd);
	type = client_next(s->b, &s->filter, &m);
	return type == WIRE_TYPE_ok;
}

static void
only_a_window_is_taken(struct bench *b)
{
	const int sealed = F_SEAL_SHRINK | F_SEAL_GROW;
	struct scene s;
	int ends[2];

	open_scene(&s, b, 1);
	TAP_OK(!takes_window(&s, -1), "without memory");
	TAP_OK(pipe(ends) == 0 && !takes_window(&s, ends[0]), "a pipe");
	close(ends[1]);
	TAP_OK(!takes_window(&s, open("/dev/null", O_RDWR | O_CLOEXEC)), "a device");
	TAP_OK(!takes_window(&s, memory(WIRE_WINDOW_BYTES, 0)), "that may shrink");
	TAP_OK(!takes_window(&s, memory(WIRE_WINDOW_BYTES, F_SEAL_SHRINK)),
	       "that may grow");
	TAP_OK(!takes_window(&s, memory(WIRE_SLOT_BYTES, sealed)), "too little");
	TAP_OK(takes_window(&s, memory(WIRE_WINDOW_BYTES, sealed)), "a whole one");
	TAP_OK(takes_window(&s, memory(WIRE_WINDOW_BYTES, sealed)), "and another one");
	close_scene(&s);
}

/* An order of one document is released, and its grant spent. */
static void
begin(struct scene *s, struct wire_granted *granted)
{
	struct bench *b = s->b;

	hand_in_and_rest(b, &s->front,
			 &(struct wish){.bytes = CHUNKS * SEAL_CHUNK_CLEAR - 5}, &s->h);
	if (release(b, &s->front, &s->h, s->h.text, 0, &s->err) != 0)
		tap_diag("no order: %s", s->err.text);
	bench_rest(b);
	if (spend(b, &s->filter, &s->h, 1, granted, &s->err) != 0)
		tap_diag("no grant: %s", s->err.text);
}

static struct seal_stream *
open_document(const struct scene *s, const struct wire_granted *granted)
{
	struct seal_key *key = seal_key_new();
	struct seal_stream *stream = NULL;

	memcpy(key->bytes, granted->document_key.bytes, SEAL_KEY_BYTES);
	seal_stream_open(granted->cipher, key, s->h.uuid, &stream, NULL);
	seal_key_free(key);
	return stream;
}

static void
a_document_comes_through_it(struct bench *b)
{
	static uint8_t clear[SEAL_CHUNK_CLEAR];
	int fd = memory(WIRE_WINDOW_BYTES, F_SEAL_SHRINK | F_SEAL_GROW);
	const uint8_t *window =
		mmap(NULL, WIRE_WINDOW_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	struct wire_granted granted = {0};
	struct seal_stream *stream;
	uint32_t unsealed = 0;
	struct scene s;

	open_scene(&s, b, 1);
	begin(&s, &granted);
	TAP_OK(takes_window(&s, fd), "its window is taken");
	stream = open_document(&s, &granted);
	for (uint32_t first = 0; first < CHUNKS; first += WIRE_READ_CHUNKS) {
		struct wire_read read = {.body = granted.body, .first = first};
		union wire_any m;

		read.count = CHUNKS - first < WIRE_READ_CHUNKS ? CHUNKS - first
							       : WIRE_READ_CHUNKS;
		client_send(b, &s.filter, WIRE_TYPE_read, &read);
		for (uint32_t c = first; c < first + read.count; c++) {
			size_t slot = c % WIRE_READ_CHUNKS * WIRE_SLOT_BYTES;

			unsealed += client_next(b, &s.filter, &m) == WIRE_TYPE_piece &&
				    m.piece.chunk == c &&
				    seal_stream_unseal(stream, c + 1 == CHUNKS,
						       window + slot, m.piece.length,
						       clear, &s.err) == 0;
		}
	}
	TAP_OK(unsealed == CHUNKS, "%u of %u pieces are its own", unsealed, CHUNKS);
	seal_stream_close(stream);
	close_scene(&s);
}

static int
doubt(struct scene *s, const struct wire_granted *granted, uint32_t chunk)
{
	struct wire_doubt d = {granted->body, chunk};

	return client_ask(s->b, &s->filter, WIRE_TYPE_doubt, &d, WIRE_TYPE_ok, NULL,
			  &s->err);
}

static void
a_doubt_is_looked_into(struct bench *b)
{
	struct wire_granted granted = {0}, other = {.body = {{1}}};
	struct scene s;

	open_scene(&s, b, 1);
	begin(&s, &granted);
	TAP_OK(doubt(&s, &granted, 1) == 0, "the piece is sound");
	TAP_OK(state_of(b, &s.h) == ORDER_PRODUCING, "nothing happens");
	TAP_OK(doubt(&s, &granted, CHUNKS) == -1 && s.err.kind == ERROR_INPUT,
	       "no such piece: %s", s.err.text);
	TAP_OK(doubt(&s, &other, 0) == -1 && s.err.kind == ERROR_REFUSED,
	       "another document: %s", s.err.text);
	close_scene(&s);
}

static void
damage_is_found_by_who_unseals(struct bench *b)
{
	int fd = memory(WIRE_WINDOW_BYTES, F_SEAL_SHRINK | F_SEAL_GROW);
	struct wire_granted granted = {0};
	struct wire_read read = {.count = 1};
	uint8_t clear[40] = {1};
	union wire_any m;
	struct scene s;

	open_scene(&s, b, 1);
	/* one piece that carries no sum: front writes what it likes */
	hand_begin(b, &s.front, &(struct wish){.bytes = 8}, &s.h, &s.err);
	hand_raw(b, &s.front, &s.h, clear, sizeof(clear), &s.err);
	hand_commit(b, &s.front, &s.h, &s.err);
	bench_rest(b);
	s.h.job = cups_job_of(b, s.h.uuid)->id;
	release(b, &s.front, &s.h, s.h.text, 0, &s.err);
	bench_rest(b);
	spend(b, &s.filter, &s.h, 1, &granted, &s.err);
	TAP_OK(takes_window(&s, fd), "its window is taken");
	read.body = granted.body;
	TAP_OK(client_ask(b, &s.filter, WIRE_TYPE_read, &read, WIRE_TYPE_piece, &m,
			  &s.err) == 0,
	       "the piece comes as it is");
	TAP_OK(doubt(&s, &granted, 0) == -1 && s.err.kind == ERROR_CORRUPT,
	       "keep looks: %s", s.err.text);
	bench_rest(b);
	TAP_OK(state_of(b, &s.h) == ORDER_CORRUPT, "the order is set aside");
	close_scene(&s);
}

int
main(void)
{
	static struct bench b;

	bench_open(&b, "lmdb");
	only_a_window_is_taken(&b);
	a_document_comes_through_it(&b);
	a_doubt_is_looked_into(&b);
	damage_is_found_by_who_unseals(&b);
	bench_close(&b);
	return tap_done();
}
