/*
 * upload.c - a chunk is sealed as the last one or not; so one byte more than a chunk is
 * read before it is sealed, and carried over.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "spoold/front/inflate.h"
#include "spoold/front/upload.h"

struct uploading {
	struct client *client;
	struct wire_peer *keep;
	struct upload *u;
	struct seal_stream *seal;
	struct inflate *inflate; /* NULL: it comes as it is */
	uint8_t *clear;		 /* SEAL_CHUNK_CLEAR + 1 */
	uint8_t *sealed;	 /* SEAL_CHUNK_MAX */
	size_t filled;
	bool ended;
	bool preflight; /* the shop wants documents checked */
};

static int
begin(struct uploading *up, const struct intake *in, struct error *err)
{
	struct wire_document_begin document = {0};
	struct seal_key *key;
	union wire_any answer;
	int rc;

	memcpy(document.order.bytes, in->order, UUID_BYTES);
	if (up->inflate == NULL)
		document.expected = client_expected(up->client);
	if (wire_call(up->keep, WIRE_TYPE_document_begin, &document,
		      WIRE_TYPE_document_begun, &answer, err) != 0)
		return -1;
	memcpy(up->u->body, answer.document_begun.body.bytes, UUID_BYTES);
	key = seal_key_new();
	seal_document_key(in->key, up->u->body, key);
	rc = seal_stream_open(seal_best_cipher(), key, in->order, &up->seal, err);
	seal_key_free(key);
	return rc;
}

static ssize_t
read_client(void *client, void *data, size_t len)
{
	return client_read(client, data, len);
}

/* As inflate_read, also for what is not compressed. */
static ssize_t
read_document(struct uploading *up, void *data, size_t len)
{
	if (up->inflate == NULL)
		return client_read(up->client, data, len);
	return inflate_read(up->inflate, data, len);
}

/* Fills the clear buffer, or reaches the document's end. */
static enum upload_end
fill(struct uploading *up)
{
	while (up->filled < SEAL_CHUNK_CLEAR + 1 && !up->ended) {
		uint8_t *at = up->clear + up->filled;
		ssize_t n = read_document(up, at, SEAL_CHUNK_CLEAR + 1 - up->filled);
		if (n < 0)
			return n == -1 ? UPLOAD_GONE : UPLOAD_BAD_COMPRESSION;
		up->ended = n == 0;
		up->filled += (size_t)n;
		up->u->length += (uint64_t)n;
		if (up->u->length > up->client->settings->max_document_bytes)
			return UPLOAD_TOO_LARGE;
		if (n > 0 && sniff_feed(&up->u->sniff, at, (size_t)n) != SNIFF_FINE)
			return UPLOAD_REFUSED;
	}
	if (up->ended && sniff_end(&up->u->sniff) != SNIFF_FINE)
		return UPLOAD_REFUSED;
	return UPLOAD_WHOLE;
}

/* What goes into the next chunk is whole and known by now: preflight gets it, too. */
static void
show_preflight(struct uploading *up)
{
	struct upload *u = up->u;
	bool last = up->filled <= SEAL_CHUNK_CLEAR;

	if (!up->preflight || !preflight_looks_at(u->sniff.format))
		return;
	if (u->chunks == 0) {
		u->checked = true;
		if (up->client->preflight == NULL)
			up->client->preflight = preflight_open();
		preflight_begin(up->client->preflight);
	}
	preflight_feed(up->client->preflight, u->sniff.format, up->clear,
		       last ? up->filled : SEAL_CHUNK_CLEAR, last);
}

static void
end_preflight(struct uploading *up, enum upload_end end)
{
	if (!up->u->checked)
		return;
	if (end == UPLOAD_WHOLE)
		preflight_end(up->client->preflight, &up->u->answer);
	else
		preflight_abandon(up->client->preflight);
}

/* Seals one chunk and sends it; what is carried over moves to the front. */
static int
pass_on(struct uploading *up, struct error *err)
{
	bool last = up->filled <= SEAL_CHUNK_CLEAR;
	size_t len = last ? up->filled : SEAL_CHUNK_CLEAR;
	struct wire_chunk chunk = {.chunk = up->u->chunks++};

	if (seal_stream_seal(up->seal, last, up->clear, len, up->sealed, err) != 0)
		return -1;
	memcpy(chunk.body.bytes, up->u->body, UUID_BYTES);
	chunk.data.data = up->sealed;
	chunk.data.len = (uint32_t)(len + SEAL_OVERHEAD);
	memmove(up->clear, up->clear + len, up->filled - len);
	up->filled -= len;
	if (wire_waits(up->keep)) /* it takes no more; the rest is read unsealed */
		return wire_receive_failed(up->keep, err);
	return wire_send(up->keep, WIRE_TYPE_chunk, &chunk, err);
}

static enum upload_end
stream(struct uploading *up, struct error *err)
{
	enum upload_end end;

	do {
		end = fill(up);
		if (end != UPLOAD_WHOLE)
			return end;
		show_preflight(up);
		if (pass_on(up, err) != 0)
			return UPLOAD_FAILED;
	} while (!up->ended || up->filled > 0);
	return UPLOAD_WHOLE;
}

enum upload_end
upload_run(struct client *c, struct wire_peer *keep, const struct intake *in,
	   const char *compression, struct upload *u, struct error *err)
{
	struct uploading up = {.client = c,
			       .keep = keep,
			       .u = u,
			       .preflight = strcmp(c->settings->preflight, "off") != 0};
	enum upload_end end = UPLOAD_FAILED;

	memset(u, 0, sizeof(*u));
	sniff_start(&u->sniff, c->settings->max_pixels);
	up.clear = malloc(SEAL_CHUNK_CLEAR + 1);
	up.sealed = malloc(SEAL_CHUNK_MAX);
	if (compression != NULL)
		up.inflate = inflate_open(compression, read_client, c);
	if (up.clear == NULL || up.sealed == NULL ||
	    (compression != NULL && up.inflate == NULL))
		error_set(err, ERROR_LATER, "no memory for a document");
	else if (begin(&up, in, err) == 0)
		end = stream(&up, err);
	end_preflight(&up, end);
	u->more = !up.ended;
	seal_stream_close(up.seal);
	inflate_close(up.inflate);
	if (up.clear != NULL)
		seal_wipe(up.clear, SEAL_CHUNK_CLEAR + 1);
	free(up.clear);
	free(up.sealed);
	return end;
}
