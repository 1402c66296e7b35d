/*
 * fake_keep.h - keep's side of the gate as a thread of a test, with faults on order.
 *
 * It knows one order of one document and one CUPS job. It is there to inject what the
 * real keep can't be asked for: damage, silence, a connection lost at a named moment.
 * What keep itself does is tested with keep.
 */
#ifndef CC_TESTS_FAKE_KEEP_H
#define CC_TESTS_FAKE_KEEP_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/order/ticket.h"
#include "lib/seal/seal.h"
#include "lib/wire/wire.h"

enum fake_fault {
	FAKE_WELL,
	FAKE_FLIPPED_BIT,    /* in the last chunk */
	FAKE_SWAPPED_CHUNKS, /* 0 and 1 */
	FAKE_MISSING_CHUNK,  /* the last: keep answers corrupt */
	FAKE_HANGUP_READING, /* closes the connection at the first read */
	FAKE_HANGUP_OUTCOME, /* closes it at the first outcome, takes the second */
	FAKE_STRANGE_ANSWER, /* answers spend with `ok` */
	FAKE_CONFLICT	     /* answers produce with ERROR_CONFLICT */
};

struct fake_keep {
	const char *path;
	enum fake_fault fault;
	bool granted; /* a grant is there to be spent */
	int32_t job;
	const char *queue;
	struct ticket ticket;
	char sentence[ORDER_TEXT_MAX]; /* of the order: told where it is not made */

	/* what it saw; read under lock, or after fake_keep_stop */
	pthread_mutex_t lock;
	int spends, produces, verifies, outcomes;
	bool spent, streamed;
	struct wire_stream stream;
	struct wire_outcome outcome; /* the last one */
	struct wire_give_up give_up;
	int give_ups;
	uint32_t pages; /* most that a progress said */

	uint8_t body[UUID_BYTES];
	struct seal_key *document_key;
	uint8_t **chunks;
	size_t *chunk_len, chunk_count;
	uint64_t length;
	int listener, hangups;
	pthread_t thread;
};

/* A job "7" on queue "photo", not granted, no document. path is kept by reference. */
void fake_keep_start(struct fake_keep *k, const char *path);
/* The document, sealed. */
void fake_keep_document(struct fake_keep *k, const void *data, size_t len);
void fake_keep_stop(struct fake_keep *k);

#endif
