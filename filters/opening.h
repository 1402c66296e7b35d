/*
 * opening.h - a sealed document from keep, piece by piece, unsealed as it comes.
 *
 * The pieces are asked for ahead, so that keep reads and this process unseals at the same
 * time. CLAIMCHECK_SOCKET names keep's socket; default /run/claimcheck/keep.sock.
 */
#ifndef CC_FILTERS_OPENING_H
#define CC_FILTERS_OPENING_H

#include "lib/seal/seal.h"
#include "lib/wire/wire.h"

struct opening {
	struct wire_peer keep;	   /* .fd -1 at first */
	struct wire_spend request; /* the caller's */
	struct wire_granted grant; /* its key is wiped once the stream is open */
	struct seal_stream *seal;
	uint8_t *clear;	 /* SEAL_CHUNK_CLEAR bytes */
	uint8_t *window; /* WIRE_WINDOW_BYTES, which keep writes to; NULL: none */
	uint64_t length; /* bytes unsealed so far */
	uint32_t asked;	 /* chunks asked for so far */
};

/* Connects and spends the grant that the request names. */
int opening_spend(struct opening *o, struct error *err);
/* All of the document to the sink, in order. ERROR_CORRUPT if a piece is not its own. */
typedef int opening_sink_fn(void *context, const void *clear, size_t len,
			    struct error *err);
int opening_copy(struct opening *o, opening_sink_fn *sink, void *context,
		 struct error *err);
/* Wipes; also after a fault. */
void opening_clear(struct opening *o);

#endif
