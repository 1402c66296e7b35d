/*
 * keep-customer.c - what front, filters and backends do with keep, step by step.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "tests/tap.h"
#include "tests/unit/keep-help.h"

uint8_t
document_byte(uint32_t index, size_t at)
{
	return (uint8_t)(at * 31 + at / 251 + index * 7);
}

void
handed_clear(struct handed *h)
{
	seal_key_free(h->key);
	h->key = NULL;
}

int
hand_begin(struct bench *b, struct client *c, const struct wish *w, struct handed *h,
	   struct error *err)
{
	struct wire_order_begin begin = {
		.attributes = {(const uint8_t *)"attributes", 10}};
	union wire_any m;

	memset(h, 0, sizeof(*h));
	h->kind = w->kind != 0 ? w->kind : SEAL_PIN;
	text_copy(h->text, sizeof(h->text), w->text != NULL ? w->text : "2468");
	text_copy(h->user, sizeof(h->user), w->user != NULL ? w->user : "ada");
	h->documents = w->documents != 0 ? w->documents : 1;
	h->bytes = w->bytes != 0 ? w->bytes : 1000;
	text_copy(begin.printer, sizeof(begin.printer),
		  w->printer != NULL ? w->printer : "photo");
	text_copy(begin.user, sizeof(begin.user), h->user);
	text_copy(begin.name, sizeof(begin.name), "Holiday\n2026");
	text_copy(begin.host, sizeof(begin.host),
		  w->host != NULL ? w->host : "192.0.2.7");
	begin.fetch_until = w->fetch_until;
	begin.retain_s = w->retain_s;
	begin.proof_copies = w->proof_copies;
	begin.storage = w->storage;
	h->expected = w->expected;
	if (client_ask(b, c, WIRE_TYPE_order_begin, &begin, WIRE_TYPE_order_begun, &m,
		       err) != 0)
		return -1;
	memcpy(h->uuid, m.order_begun.order.bytes, UUID_BYTES);
	h->number = m.order_begun.number;
	h->key = seal_key_random();
	return 0;
}

static void
send_chunk(struct bench *b, struct client *c, struct handed *h, uint32_t index,
	   struct seal_stream *s, uint32_t chunk, size_t at)
{
	static uint8_t clear[SEAL_CHUNK_CLEAR], sealed[SEAL_CHUNK_MAX];
	size_t len =
		h->bytes - at < SEAL_CHUNK_CLEAR ? h->bytes - at : SEAL_CHUNK_CLEAR;
	struct wire_chunk m = {.chunk = chunk};
	struct error err;

	for (size_t i = 0; i < len; i++)
		clear[i] = document_byte(index, at + i);
	if (seal_stream_seal(s, at + len == h->bytes, clear, len, sealed, &err) != 0)
		abort();
	memcpy(m.body.bytes, h->body[index], UUID_BYTES);
	m.data = (struct wire_bytes){sealed, (uint32_t)(len + SEAL_OVERHEAD)};
	client_send(b, c, WIRE_TYPE_chunk, &m);
}

int
hand_document(struct bench *b, struct client *c, struct handed *h, uint32_t index,
	      struct error *err)
{
	struct wire_document_begin begin = {.expected = h->expected};
	struct wire_document_end end = {.length = h->bytes, .format = "image/jpeg"};
	struct seal_key *key = seal_key_new();
	struct seal_stream *s = NULL;
	union wire_any m;
	int rc = -1;

	memcpy(begin.order.bytes, h->uuid, UUID_BYTES);
	if (client_ask(b, c, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		       &m, err) != 0)
		goto out;
	memcpy(h->body[index], m.document_begun.body.bytes, UUID_BYTES);
	seal_document_key(h->key, h->body[index], key);
	if (seal_stream_open(seal_best_cipher(), key, h->uuid, &s, err) != 0)
		goto out;
	for (size_t at = 0; at < h->bytes; at += SEAL_CHUNK_CLEAR)
		send_chunk(b, c, h, index, s, end.chunks++, at);
	memcpy(end.order.bytes, h->uuid, UUID_BYTES);
	memcpy(end.body.bytes, h->body[index], UUID_BYTES);
	rc = client_ask(b, c, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL, err);
out:
	seal_stream_close(s);
	seal_key_free(key);
	return rc;
}

int
hand_raw(struct bench *b, struct client *c, struct handed *h, const void *sealed,
	 size_t len, struct error *err)
{
	struct wire_document_begin begin = {.expected = h->expected};
	struct wire_document_end end = {
		.chunks = 1, .length = len - SEAL_OVERHEAD, .format = "image/jpeg"};
	struct wire_chunk chunk = {.data = {sealed, (uint32_t)len}};
	union wire_any m;

	memcpy(begin.order.bytes, h->uuid, UUID_BYTES);
	memcpy(end.order.bytes, h->uuid, UUID_BYTES);
	if (client_ask(b, c, WIRE_TYPE_document_begin, &begin, WIRE_TYPE_document_begun,
		       &m, err) != 0)
		return -1;
	chunk.body = end.body = m.document_begun.body;
	client_send(b, c, WIRE_TYPE_chunk, &chunk);
	return client_ask(b, c, WIRE_TYPE_document_end, &end, WIRE_TYPE_ok, NULL, err);
}

int
hand_commit(struct bench *b, struct client *c, struct handed *h, struct error *err)
{
	struct wire_identify_new who = {
		.kind = h->kind,
		.text = {(const uint8_t *)h->text, (uint32_t)strlen(h->text)}};
	struct wire_order_commit commit = {.kdf = "blake2b"};
	struct seal_key *wrapping = seal_key_new();
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	uint16_t wrapped_len;
	union wire_any m;
	int rc = -1;

	memcpy(who.order.bytes, h->uuid, UUID_BYTES);
	memcpy(commit.order.bytes, h->uuid, UUID_BYTES);
	text_copy(commit.cipher, sizeof(commit.cipher), seal_best_cipher());
	uuid_make(commit.salt.bytes);
	if (client_ask(b, c, WIRE_TYPE_identify_new, &who, WIRE_TYPE_blinded, &m,
		       err) != 0 ||
	    seal_derive(commit.kdf, m.blinded.blinded.bytes, commit.salt.bytes,
			wrapping, err) != 0)
		goto out;
	seal_wrap(wrapping, h->uuid, h->key, wrapped, &wrapped_len);
	commit.wrapped = (struct wire_bytes){wrapped, wrapped_len};
	seal_commitment(h->key, h->uuid, commit.commitment.bytes);
	rc = client_ask(b, c, WIRE_TYPE_order_commit, &commit, WIRE_TYPE_order_info, &m,
			err);
out:
	seal_key_free(wrapping);
	return rc;
}

int
hand_in(struct bench *b, struct client *c, const struct wish *w, struct handed *h,
	struct error *err)
{
	int rc = hand_begin(b, c, w, h, err);

	for (uint32_t i = 0; rc == 0 && i < h->documents; i++)
		rc = hand_document(b, c, h, i, err);
	return rc == 0 ? hand_commit(b, c, h, err) : -1;
}

void
hand_in_and_rest(struct bench *b, struct client *c, const struct wish *w,
		 struct handed *h)
{
	struct error err = {0};
	struct fake_job *job;

	if (hand_in(b, c, w, h, &err) != 0)
		tap_diag("cannot hand in: %s", err.text);
	bench_rest(b);
	job = cups_job_of(b, h->uuid);
	h->job = job != NULL ? job->id : 0;
}

int
ask_who(struct bench *b, struct client *c, const struct handed *h, const char *text,
	struct wire_candidate *candidate, struct error *err)
{
	static uint8_t wrapped[ORDER_WRAPPED_MAX];
	struct wire_identify who = {
		.station = "counter-1",
		.host = "local",
		.how = h->kind == SEAL_CODE ? WIRE_BY_CODE : WIRE_BY_NUMBER,
		.number = h->number,
		.text = {(const uint8_t *)text, (uint32_t)strlen(text)}};
	union wire_any m;
	int type, count = 0;

	if (client_ask(b, c, WIRE_TYPE_identify, &who, WIRE_TYPE_candidate, &m, err) !=
	    0)
		return -1;
	do {
		if (count++ == 0) {
			*candidate = m.candidate;
			memcpy(wrapped, m.candidate.wrapped.data,
			       m.candidate.wrapped.len);
			candidate->wrapped.data = wrapped;
		}
		type = client_next(b, c, &m);
	} while (type == WIRE_TYPE_candidate);
	return type == WIRE_TYPE_end ? count : -1;
}

int
prove(struct bench *b, struct client *c, const struct handed *h,
      const struct seal_key *key, enum wire_action action, uint8_t again,
      struct error *err)
{
	struct wire_prove p = {.action = (uint8_t)action,
			       .again = again,
			       .station = "counter-1",
			       .host = "local"};
	union wire_any m;
	uint32_t documents;

	memcpy(p.order.bytes, h->uuid, UUID_BYTES);
	memcpy(p.key.bytes, key->bytes, SEAL_KEY_BYTES);
	if (client_ask(b, c, WIRE_TYPE_prove, &p, WIRE_TYPE_order_info, &m, err) != 0)
		return -1;
	documents = m.order_info.documents;
	for (uint32_t i = 0; i < documents; i++)
		if (client_next(b, c, &m) != WIRE_TYPE_document_info)
			return error_set(err, ERROR_SYSTEM, "a document is missing");
	return 0;
}

int
release(struct bench *b, struct client *c, const struct handed *h, const char *text,
	uint8_t again, struct error *err)
{
	struct seal_key *wrapping = seal_key_new(), *key = seal_key_new();
	struct wire_candidate candidate;
	int rc = -1;

	if (ask_who(b, c, h, text, &candidate, err) > 0 &&
	    seal_derive(candidate.kdf, candidate.blinded.bytes, candidate.salt.bytes,
			wrapping, err) == 0 &&
	    seal_unwrap(wrapping, candidate.order.bytes, candidate.wrapped.data,
			candidate.wrapped.len, key, err) == 0)
		rc = prove(b, c, h, key, WIRE_RELEASE, again, err);
	seal_key_free(wrapping);
	seal_key_free(key);
	return rc;
}

void
order_of(struct bench *b, const struct handed *h, struct order *o)
{
	if (store_get(b->k->store, h->uuid, o, NULL) != 0)
		order_init(o);
}

int
state_of(struct bench *b, const struct handed *h)
{
	struct order o;
	int state;

	order_of(b, h, &o);
	state = o.state;
	order_clear(&o);
	return state;
}

int
spend(struct bench *b, struct client *c, const struct handed *h, uint32_t document,
      struct wire_granted *granted, struct error *err)
{
	struct wire_spend s = {
		.document = document, .cups_job = h->job, .queue = "photo-queue"};
	union wire_any m;

	memcpy(s.order.bytes, h->uuid, UUID_BYTES);
	if (client_ask(b, c, WIRE_TYPE_spend, &s, WIRE_TYPE_granted, &m, err) != 0)
		return -1;
	if (granted != NULL)
		*granted = m.granted;
	return 0;
}

static bool
is_as_handed(const uint8_t *clear, size_t len, uint32_t index, size_t at)
{
	for (size_t i = 0; i < len; i++)
		if (clear[i] != document_byte(index, at + i))
			return false;
	return true;
}

int
read_whole(struct bench *b, struct client *c, const struct handed *h, uint32_t document,
	   const struct wire_granted *granted)
{
	static uint8_t clear[SEAL_CHUNK_CLEAR];
	struct wire_read r = {.body = granted->body, .count = 1};
	struct seal_key *key = seal_key_new();
	struct seal_stream *s = NULL;
	struct error err;
	union wire_any m;
	size_t at = 0;
	int rc = -1;

	memcpy(key->bytes, granted->document_key.bytes, SEAL_KEY_BYTES);
	if (seal_stream_open(granted->cipher, key, h->uuid, &s, &err) != 0)
		goto out;
	for (r.first = 0; r.first < granted->chunks; r.first++) {
		size_t len;

		if (client_ask(b, c, WIRE_TYPE_read, &r, WIRE_TYPE_chunk, &m, &err) !=
			    0 ||
		    seal_stream_unseal(s, r.first + 1 == granted->chunks,
				       m.chunk.data.data, m.chunk.data.len, clear,
				       &err) != 0) {
			tap_diag("chunk %u: %s", r.first, err.text);
			goto out;
		}
		len = m.chunk.data.len - SEAL_OVERHEAD;
		if (!is_as_handed(clear, len, document - 1, at))
			goto out;
		at += len;
	}
	rc = at == granted->length && at == h->bytes ? 0 : -1;
out:
	seal_stream_close(s);
	seal_key_free(key);
	return rc;
}

int
attest(struct bench *b, struct client *c, const struct handed *h, uint64_t length,
       uint8_t mark, struct error *err)
{
	struct wire_stream s = {.cups_job = h->job,
				.queue = "photo-queue",
				.filter = "tickettodoc",
				.length = h->bytes};

	if (client_ask(b, c, WIRE_TYPE_stream, &s, WIRE_TYPE_ok, NULL, err) != 0)
		return -1;
	text_copy(s.filter, sizeof(s.filter), "doctophoto");
	s.length = length;
	memset(s.digest.bytes, mark, sizeof(s.digest.bytes));
	return client_ask(b, c, WIRE_TYPE_stream, &s, WIRE_TYPE_ok, NULL, err);
}

int
produce(struct bench *b, struct client *c, const struct handed *h, struct error *err)
{
	struct wire_produce p = {.cups_job = h->job, .queue = "photo-queue"};

	return client_ask(b, c, WIRE_TYPE_produce, &p, WIRE_TYPE_producing, NULL, err);
}

int
verify(struct bench *b, struct client *c, const struct handed *h, uint64_t length,
       uint8_t mark, struct error *err)
{
	struct wire_verify v = {
		.cups_job = h->job, .queue = "photo-queue", .length = length};

	memset(v.digest.bytes, mark, sizeof(v.digest.bytes));
	return client_ask(b, c, WIRE_TYPE_verify, &v, WIRE_TYPE_ok, NULL, err);
}

int
outcome(struct bench *b, struct client *c, const struct handed *h,
	enum wire_result result, const char *text, struct error *err)
{
	struct wire_outcome o = {
		.cups_job = h->job, .queue = "photo-queue", .result = (uint8_t)result};

	text_copy(o.text, sizeof(o.text), text);
	return client_ask(b, c, WIRE_TYPE_outcome, &o, WIRE_TYPE_recorded, NULL, err);
}

bool
make(struct bench *b, const struct handed *h, uint32_t document)
{
	struct client filter, backend;
	struct wire_granted granted;
	struct error err = {0};
	bool well;

	bench_peer(b, &filter, WIRE_FROM_FILTER, 1000);
	bench_peer(b, &backend, WIRE_FROM_FILTER, 1001);
	well = spend(b, &filter, h, document, &granted, &err) == 0 &&
	       read_whole(b, &filter, h, document, &granted) == 0 &&
	       attest(b, &filter, h, 5000, 1, &err) == 0 &&
	       produce(b, &backend, h, &err) == 0 &&
	       verify(b, &backend, h, 5000, 1, &err) == 0 &&
	       outcome(b, &backend, h, WIRE_COMPLETED, "", &err) == 0;
	if (!well)
		tap_diag("document %u was not made: %s", document, err.text);
	client_close(&filter);
	client_close(&backend);
	bench_turn(b);
	return well;
}
