#include <stdlib.h>
#include <string.h>

#include "spoold/front/copydoc.h"
#include "spoold/front/findings.h"

#define WINDOW 8 /* chunks asked for at once: 2 MiB */

struct copying {
	struct client *client;
	struct wire_peer *from, *to;
	struct wire_opened source; /* its attributes are in `attributes` */
	uint8_t *attributes;
	uint8_t body[UUID_BYTES]; /* of the new document */
	struct seal_stream *opening, *sealing;
	uint8_t *clear, *sealed; /* SEAL_CHUNK_CLEAR, SEAL_CHUNK_MAX */
	uint64_t length;
};

static int
open_source(struct copying *c, const uint8_t order[UUID_BYTES],
	    const struct seal_key *key, uint32_t document, struct error *err)
{
	struct wire_open ask = {.document = document};
	struct seal_key *document_key;
	union wire_any answer;
	int rc;

	memcpy(ask.order.bytes, order, UUID_BYTES);
	if (wire_call(c->from, WIRE_TYPE_open, &ask, WIRE_TYPE_opened, &answer, err) !=
	    0)
		return -1;
	c->source = answer.opened;
	c->attributes = malloc(c->source.attributes.len + 1);
	if (c->attributes == NULL)
		return error_set(err, ERROR_LATER, "no memory for a document");
	if (c->source.attributes.len > 0)
		memcpy(c->attributes, c->source.attributes.data,
		       c->source.attributes.len);
	c->source.attributes.data = c->attributes;
	document_key = seal_key_new();
	seal_document_key(key, c->source.body.bytes, document_key);
	rc = seal_stream_open(c->source.cipher, document_key, order, &c->opening, err);
	seal_key_free(document_key);
	return rc;
}

static int
open_target(struct copying *c, const struct intake *in, struct error *err)
{
	struct wire_document_begin begin = {.expected = c->source.length};
	struct seal_key *document_key;
	union wire_any answer;
	int rc;

	memcpy(begin.order.bytes, in->order, UUID_BYTES);
	if (wire_call(c->to, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		      &answer, err) != 0)
		return -1;
	memcpy(c->body, answer.document_begun.body.bytes, UUID_BYTES);
	document_key = seal_key_new();
	seal_document_key(in->key, c->body, document_key);
	rc = seal_stream_open(seal_best_cipher(), document_key, in->order, &c->sealing,
			      err);
	seal_key_free(document_key);
	return rc;
}

/* One chunk, from the one key to the other. */
static int
pass_on(struct copying *c, uint32_t number, struct error *err)
{
	struct wire_chunk out = {.chunk = number};
	bool last = number + 1 == c->source.chunks;
	union wire_any m;
	size_t len;
	int type = wire_receive(c->from, &m, err);

	if (type < 0)
		return -1;
	if (type == WIRE_TYPE_failed)
		return error_set(err, m.failed.kind, "%s", m.failed.text);
	if (type != WIRE_TYPE_chunk || m.chunk.chunk != number ||
	    m.chunk.data.len < SEAL_OVERHEAD || m.chunk.data.len > SEAL_CHUNK_MAX)
		return error_set(err, ERROR_SYSTEM, "keep answered 'read' with '%s'",
				 wire_name((unsigned)type));
	len = m.chunk.data.len - SEAL_OVERHEAD;
	if (seal_stream_unseal(c->opening, last, m.chunk.data.data, m.chunk.data.len,
			       c->clear, err) != 0 ||
	    seal_stream_seal(c->sealing, last, c->clear, len, c->sealed, err) != 0)
		return -1;
	c->length += len;
	client_earn(c->client, len);
	memcpy(out.body.bytes, c->body, UUID_BYTES);
	out.data.data = c->sealed;
	out.data.len = (uint32_t)(len + SEAL_OVERHEAD);
	if (wire_waits(c->to)) /* it takes no more */
		return wire_receive_failed(c->to, err);
	return wire_send(c->to, WIRE_TYPE_chunk, &out, err);
}

static int
copy_chunks(struct copying *c, struct error *err)
{
	struct wire_read window = {.body = c->source.body};

	while (window.first < c->source.chunks) {
		uint32_t left = c->source.chunks - window.first;

		window.count = left < WINDOW ? left : WINDOW;
		if (wire_send(c->from, WIRE_TYPE_read, &window, err) != 0)
			return -1;
		for (uint32_t i = 0; i < window.count; i++)
			if (pass_on(c, window.first + i, err) != 0)
				return -1;
		window.first += window.count;
	}
	if (c->length == c->source.length)
		return 0;
	return error_set(err, ERROR_CORRUPT, "a stored document is not whole");
}

static int
end_target(struct copying *c, const struct intake *in, struct error *err)
{
	struct wire_document_end end = {.length = c->length,
					.chunks = c->source.chunks};
	struct buf own;
	int rc;

	buf_init(&own, ORDER_ATTRIBUTES_MAX);
	rc = buf_append(&own, c->source.attributes.data, c->source.attributes.len, err);
	if (rc == 0)
		rc = findings_drop(&own, err);
	end.attributes = (struct wire_bytes){own.data, (uint32_t)own.len};
	memcpy(end.order.bytes, in->order, UUID_BYTES);
	memcpy(end.body.bytes, c->body, UUID_BYTES);
	memcpy(end.format, c->source.format, sizeof(end.format));
	memcpy(end.name, c->source.name, sizeof(end.name));
	if (rc == 0)
		rc = wire_call(c->to, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL,
			       err);
	buf_clear(&own);
	return rc;
}

static int
copy(struct copying *c, struct intake *in, struct error *err)
{
	if (open_target(c, in, err) != 0 || copy_chunks(c, err) != 0 ||
	    end_target(c, in, err) != 0)
		return -1;
	in->documents++;
	return 0;
}

int
copydoc(struct client *client, struct wire_peer *from, const uint8_t order[UUID_BYTES],
	const struct seal_key *key, uint32_t document, struct wire_peer *to,
	struct intake *in, struct error *err)
{
	struct copying c = {.client = client, .from = from, .to = to};
	int rc = -1;

	c.clear = malloc(SEAL_CHUNK_CLEAR);
	c.sealed = malloc(SEAL_CHUNK_MAX);
	if (c.clear == NULL || c.sealed == NULL)
		error_set(err, ERROR_LATER, "no memory for a document");
	else if (open_source(&c, order, key, document, err) == 0)
		rc = c.source.chunks == 0 ? 0 : copy(&c, in, err);
	seal_stream_close(c.opening);
	seal_stream_close(c.sealing);
	if (c.clear != NULL)
		seal_wipe(c.clear, SEAL_CHUNK_CLEAR);
	free(c.clear);
	free(c.sealed);
	free(c.attributes);
	return rc;
}
