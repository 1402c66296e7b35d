#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filters/opening.h"

#define KEEP_SOCKET	"/run/claimcheck/keep.sock"
#define KEEP_TIMEOUT_MS 30000
/* Two windows are on the way at any time: one is unsealed while the other is read. */
#define WINDOW (WIRE_READ_CHUNKS / 2)

int
opening_spend(struct opening *o, struct error *err)
{
	const char *path = getenv("CLAIMCHECK_SOCKET");
	union wire_any answer;

	if (wire_connect(&o->keep, path != NULL ? path : KEEP_SOCKET, KEEP_TIMEOUT_MS,
			 err) != 0)
		return -1;
	if (wire_call(&o->keep, WIRE_TYPE_spend, &o->request, WIRE_TYPE_granted,
		      &answer, err) != 0)
		return -1;
	o->grant = answer.granted;
	seal_wipe(&answer, sizeof(answer));
	return 0;
}

static void
close_window(struct opening *o)
{
	if (o->window != NULL)
		munmap(o->window, WIRE_WINDOW_BYTES);
	o->window = NULL;
}

static uint8_t *
map_window(int fd)
{
	void *memory = MAP_FAILED;

	if (ftruncate(fd, WIRE_WINDOW_BYTES) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0)
		memory = mmap(NULL, WIRE_WINDOW_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	return memory != MAP_FAILED ? memory : NULL;
}

/* Without a window the pieces come over the socket. */
static void
open_window(struct opening *o)
{
	int fd = memfd_create("window", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	union wire_any answer;

	if (fd < 0)
		return;
	o->window = map_window(fd);
	if (o->window != NULL &&
	    (wire_send_fd(&o->keep, WIRE_TYPE_window, &(struct wire_window){}, fd,
			  NULL) != 0 ||
	     wire_receive(&o->keep, &answer, NULL) != WIRE_TYPE_ok))
		close_window(o);
	close(fd);
}

static int
open_seal(struct opening *o, struct error *err)
{
	struct seal_key *key = seal_key_new();
	int rc;

	memcpy(key->bytes, o->grant.document_key.bytes, SEAL_KEY_BYTES);
	seal_wipe(&o->grant.document_key, sizeof(o->grant.document_key));
	rc = seal_stream_open(o->grant.cipher, key, o->request.order.bytes, &o->seal,
			      err);
	seal_key_free(key);
	if (rc == 0 && o->grant.chunks == 0)
		rc = error_set(err, ERROR_CORRUPT, "the stored document has no chunks");
	if (o->clear == NULL)
		o->clear = malloc(SEAL_CHUNK_CLEAR);
	INVARIANT(o->clear != NULL);
	return rc;
}

/* Keeps two windows on the way; called before each chunk is received. */
static int
ask_ahead(struct opening *o, uint32_t next, struct error *err)
{
	while (o->asked < o->grant.chunks && o->asked < next + WIRE_READ_CHUNKS &&
	       (o->asked <= next + WINDOW)) {
		struct wire_read window = {.body = o->grant.body, .first = o->asked};
		uint32_t left = o->grant.chunks - o->asked;

		window.count = left < WINDOW ? left : WINDOW;
		if (wire_send(&o->keep, WIRE_TYPE_read, &window, err) != 0)
			return -1;
		o->asked += window.count;
	}
	return 0;
}

static int
check_chunk(const struct opening *o, const struct wire_chunk *chunk, uint32_t number,
	    struct error *err)
{
	if (chunk->chunk != number ||
	    memcmp(&chunk->body, &o->grant.body, sizeof(chunk->body)) != 0)
		return error_set(err, ERROR_CORRUPT, "chunk %u of another place came",
				 (unsigned)chunk->chunk);
	if (chunk->data.len < SEAL_OVERHEAD || chunk->data.len > SEAL_CHUNK_MAX)
		return error_set(err, ERROR_CORRUPT, "chunk %u has %u bytes",
				 (unsigned)number, (unsigned)chunk->data.len);
	return 0;
}

/* The next chunk, wherever it came. */
static int
next_chunk(struct opening *o, struct wire_chunk *chunk, struct error *err)
{
	union wire_any m;
	int type = wire_receive(&o->keep, &m, err);

	if (type < 0)
		return -1;
	if (type == WIRE_TYPE_failed)
		return error_set(err, m.failed.kind, "%s", m.failed.text);
	if (type == WIRE_TYPE_chunk)
		*chunk = m.chunk;
	else if (type == WIRE_TYPE_piece && o->window != NULL) {
		size_t slot = m.piece.chunk % WIRE_READ_CHUNKS * WIRE_SLOT_BYTES;

		*chunk = (struct wire_chunk){m.piece.body,
					     m.piece.chunk,
					     {o->window + slot, m.piece.length}};
	} else
		return error_set(err, ERROR_SYSTEM, "spoold answered 'read' with '%s'",
				 wire_name((unsigned)type));
	return 0;
}

/* A piece from the window can't be unsealed: keep says so if it is to blame, and sets the
 * order aside. What else was asked for comes first. */
static int
doubt(struct opening *o, uint32_t number, struct error *err)
{
	const struct wire_doubt doubted = {o->grant.body, number};
	union wire_any m;
	int type;

	if (o->window == NULL ||
	    wire_send(&o->keep, WIRE_TYPE_doubt, &doubted, NULL) != 0)
		return -1;
	do
		type = wire_receive(&o->keep, &m, NULL);
	while (type == WIRE_TYPE_piece);
	if (type == WIRE_TYPE_failed)
		error_set(err, m.failed.kind, "%s", m.failed.text);
	return -1;
}

static int
receive_chunk(struct opening *o, uint32_t number, opening_sink_fn *sink, void *context,
	      struct error *err)
{
	struct wire_chunk chunk = {0};
	size_t clear_len;

	if (next_chunk(o, &chunk, err) != 0 || check_chunk(o, &chunk, number, err) != 0)
		return -1;
	clear_len = chunk.data.len - SEAL_OVERHEAD;
	if (seal_stream_unseal(o->seal, number + 1 == o->grant.chunks, chunk.data.data,
			       chunk.data.len, o->clear, err) != 0)
		return doubt(o, number, err);
	o->length += clear_len;
	return sink(context, o->clear, clear_len, err);
}

int
opening_copy(struct opening *o, opening_sink_fn *sink, void *context, struct error *err)
{
	if (open_seal(o, err) != 0)
		return -1;
	if (o->window == NULL)
		open_window(o);
	for (uint32_t i = 0; i < o->grant.chunks; i++)
		if (ask_ahead(o, i, err) != 0 ||
		    receive_chunk(o, i, sink, context, err) != 0)
			return -1;
	if (o->length != o->grant.length)
		return error_set(err, ERROR_CORRUPT,
				 "the stored document has %llu bytes, its record says "
				 "%llu",
				 (unsigned long long)o->length,
				 (unsigned long long)o->grant.length);
	return 0;
}

void
opening_clear(struct opening *o)
{
	if (o->clear != NULL)
		seal_wipe(o->clear, SEAL_CHUNK_CLEAR);
	free(o->clear);
	seal_stream_close(o->seal);
	seal_wipe(&o->grant, sizeof(o->grant));
	close_window(o);
	wire_peer_close(&o->keep);
}
