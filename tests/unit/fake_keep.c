#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/text.h"

#include "tests/unit/fake_keep.h"

static void
answer_failed(struct wire_peer *peer, enum error_kind kind, const char *text)
{
	struct wire_failed failed = {.kind = (uint8_t)kind};

	text_copy(failed.text, sizeof(failed.text), text);
	wire_send(peer, WIRE_TYPE_failed, &failed, NULL);
}

static void
answer_spend(struct fake_keep *k, struct wire_peer *peer,
	     const struct wire_spend *spend)
{
	struct wire_granted grant = {.length = k->length,
				     .chunks = (uint32_t)k->chunk_count};

	k->spends++;
	if (!k->granted || k->spent || spend->cups_job != k->job ||
	    strcmp(spend->queue, k->queue) != 0 ||
	    spend->document != k->ticket.document ||
	    memcmp(&spend->order, k->ticket.order, UUID_BYTES) != 0) {
		answer_failed(peer, ERROR_REFUSED, "nobody identified this order");
		return;
	}
	if (k->fault == FAKE_STRANGE_ANSWER) {
		wire_send(peer, WIRE_TYPE_ok, &(struct wire_ok){}, NULL);
		return;
	}
	k->spent = true;
	memcpy(&grant.document_key, k->document_key->bytes, SEAL_KEY_BYTES);
	memcpy(&grant.body, k->body, UUID_BYTES);
	text_copy(grant.cipher, sizeof(grant.cipher), seal_best_cipher());
	text_copy(grant.format, sizeof(grant.format), "image/jpeg");
	wire_send(peer, WIRE_TYPE_granted, &grant, NULL);
}

/* 0, or -1 to hang up. */
static int
answer_read(struct fake_keep *k, struct wire_peer *peer, const struct wire_read *read)
{
	if (k->fault == FAKE_HANGUP_READING)
		return -1;
	for (uint32_t i = read->first; i < read->first + read->count; i++) {
		struct wire_chunk chunk = {.chunk = i};
		size_t from = i;

		if (k->fault == FAKE_SWAPPED_CHUNKS && i < 2)
			from = 1 - i;
		if (i >= k->chunk_count ||
		    (k->fault == FAKE_MISSING_CHUNK && i + 1 == k->chunk_count)) {
			answer_failed(peer, ERROR_CORRUPT, "a chunk is missing");
			return 0;
		}
		memcpy(&chunk.body, k->body, UUID_BYTES);
		chunk.data = (struct wire_bytes){k->chunks[from],
						 (uint32_t)k->chunk_len[from]};
		wire_send(peer, WIRE_TYPE_chunk, &chunk, NULL);
	}
	return 0;
}

static void
answer_stream(struct fake_keep *k, struct wire_peer *peer,
	      const struct wire_stream *word)
{
	if (word->in_length > 0 &&
	    (!k->streamed || word->in_length != k->stream.length ||
	     memcmp(&word->in_digest, &k->stream.digest, SEAL_KEY_BYTES) != 0)) {
		answer_failed(peer, ERROR_REFUSED, "not what the filter before wrote");
		return;
	}
	k->streamed = true;
	k->stream = *word;
	wire_send(peer, WIRE_TYPE_ok, &(struct wire_ok){}, NULL);
}

static void
answer_produce(struct fake_keep *k, struct wire_peer *peer)
{
	struct wire_producing producing = {.number = 1, .document = 1, .documents = 1};

	k->produces++;
	if (k->fault == FAKE_CONFLICT)
		answer_failed(peer, ERROR_CONFLICT, "produced before");
	else if (!k->spent)
		answer_failed(peer,
			      k->sentence[0] != '\0' ? ERROR_REFUSED : ERROR_ABSENT,
			      k->sentence);
	else
		wire_send(peer, WIRE_TYPE_producing, &producing, NULL);
}

static void
answer_verify(struct fake_keep *k, struct wire_peer *peer,
	      const struct wire_verify *verify)
{
	k->verifies++;
	if (k->streamed && verify->length == k->stream.length &&
	    memcmp(&verify->digest, &k->stream.digest, SEAL_KEY_BYTES) == 0)
		wire_send(peer, WIRE_TYPE_ok, &(struct wire_ok){}, NULL);
	else
		answer_failed(peer, ERROR_REFUSED,
			      k->give_ups > 0 ? k->give_up.text
					      : "not what the filter wrote");
}

static int
answer_outcome(struct fake_keep *k, struct wire_peer *peer,
	       const struct wire_outcome *outcome)
{
	struct wire_recorded recorded;

	if (k->fault == FAKE_HANGUP_OUTCOME && k->hangups++ == 0)
		return -1;
	k->outcomes++;
	k->outcome = *outcome;
	text_copy(recorded.sentence, sizeof(recorded.sentence), k->sentence);
	wire_send(peer, WIRE_TYPE_recorded, &recorded, NULL);
	return 0;
}

static int
answer(struct fake_keep *k, struct wire_peer *peer, int type, const union wire_any *m)
{
	switch (type) {
	case WIRE_TYPE_spend:
		answer_spend(k, peer, &m->spend);
		return 0;
	case WIRE_TYPE_window:
		answer_failed(peer, ERROR_INPUT, "no window");
		return 0;
	case WIRE_TYPE_read:
		return answer_read(k, peer, &m->read);
	case WIRE_TYPE_stream:
		answer_stream(k, peer, &m->stream);
		return 0;
	case WIRE_TYPE_give_up:
		k->give_ups++;
		k->give_up = m->give_up;
		wire_send(peer, WIRE_TYPE_ok, &(struct wire_ok){}, NULL);
		return 0;
	case WIRE_TYPE_produce:
		answer_produce(k, peer);
		return 0;
	case WIRE_TYPE_verify:
		answer_verify(k, peer, &m->verify);
		return 0;
	case WIRE_TYPE_progress:
		if (m->progress.impressions > k->pages)
			k->pages = m->progress.impressions;
		return 0;
	case WIRE_TYPE_outcome:
		return answer_outcome(k, peer, &m->outcome);
	default:
		return -1;
	}
}

struct session {
	struct fake_keep *keep;
	int fd;
};

static void *
serve(void *context)
{
	struct session *s = context;
	struct fake_keep *k = s->keep;
	struct wire_peer peer;
	union wire_any message;
	int type, rc = 0;

	wire_peer_init(&peer, s->fd, 0);
	free(s);
	while (rc == 0 && (type = wire_receive(&peer, &message, NULL)) >= 0) {
		pthread_mutex_lock(&k->lock);
		rc = answer(k, &peer, type, &message);
		pthread_mutex_unlock(&k->lock);
	}
	wire_peer_close(&peer);
	return NULL;
}

static void *
accept_all(void *context)
{
	struct fake_keep *k = context;
	int fd;

	while ((fd = accept(k->listener, NULL, NULL)) >= 0) {
		struct session *s = malloc(sizeof(*s));
		pthread_t thread;

		INVARIANT(s != NULL);
		*s = (struct session){k, fd};
		INVARIANT(pthread_create(&thread, NULL, serve, s) == 0);
		pthread_detach(thread);
	}
	return NULL;
}

void
fake_keep_start(struct fake_keep *k, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	*k = (struct fake_keep){.path = path, .job = 7, .queue = "photo"};
	pthread_mutex_init(&k->lock, NULL);
	k->ticket.document = 1;
	uuid_make(k->ticket.order);
	uuid_make(k->body);
	k->document_key = seal_key_random();
	unlink(path);
	text_copy(at.sun_path, sizeof(at.sun_path), path);
	k->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	INVARIANT(bind(k->listener, (struct sockaddr *)&at, sizeof(at)) == 0);
	INVARIANT(chmod(path, 0666) == 0 && listen(k->listener, 16) == 0);
	INVARIANT(pthread_create(&k->thread, NULL, accept_all, k) == 0);
}

static void
add_chunk(struct fake_keep *k, struct seal_stream *s, bool last, const uint8_t *data,
	  size_t len)
{
	size_t n = k->chunk_count++;

	k->chunks = realloc(k->chunks, k->chunk_count * sizeof(*k->chunks));
	k->chunk_len = realloc(k->chunk_len, k->chunk_count * sizeof(*k->chunk_len));
	INVARIANT(k->chunks != NULL && k->chunk_len != NULL);
	k->chunks[n] = malloc(len + SEAL_OVERHEAD);
	k->chunk_len[n] = len + SEAL_OVERHEAD;
	INVARIANT(k->chunks[n] != NULL);
	INVARIANT(seal_stream_seal(s, last, data, len, k->chunks[n], NULL) == 0);
}

void
fake_keep_document(struct fake_keep *k, const void *data, size_t len)
{
	const uint8_t *at = data;
	struct seal_stream *s;

	INVARIANT(seal_stream_open(seal_best_cipher(), k->document_key, k->ticket.order,
				   &s, NULL) == 0);
	k->length = len;
	while (len > SEAL_CHUNK_CLEAR) {
		add_chunk(k, s, false, at, SEAL_CHUNK_CLEAR);
		at += SEAL_CHUNK_CLEAR;
		len -= SEAL_CHUNK_CLEAR;
	}
	add_chunk(k, s, true, at, len);
	seal_stream_close(s);
	if (k->fault == FAKE_FLIPPED_BIT)
		k->chunks[k->chunk_count - 1][SEAL_OVERHEAD] ^= 1;
}

/* Sessions end by themselves when their peers, which the tests wait for, have ended. */
void
fake_keep_stop(struct fake_keep *k)
{
	shutdown(k->listener, SHUT_RDWR);
	pthread_join(k->thread, NULL);
	close(k->listener);
	unlink(k->path);
	pthread_mutex_lock(&k->lock);
	pthread_mutex_unlock(&k->lock);
	for (size_t i = 0; i < k->chunk_count; i++)
		free(k->chunks[i]);
	free(k->chunks);
	free(k->chunk_len);
	seal_key_free(k->document_key);
}
