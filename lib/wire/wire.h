/*
 * wire.h - typed, bounded messages over unix sockets.
 *
 * On the wire: u32 length of what follows (2 to WIRE_MESSAGE_MAX), u16 type, the fields
 * in the order of messages.h, as base/pack.h writes them. A local peer is input too:
 * an announced length above the limit is refused before a byte of it is read; a field
 * too long, a byte missing or left over is ERROR_INPUT, and the peer is dropped.
 */
#ifndef CC_WIRE_WIRE_H
#define CC_WIRE_WIRE_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/wire/messages.h"

#define WIRE_HEAD_BYTES	 6
#define WIRE_MESSAGE_MAX (1024 * 1024)

/* "spend", or "unknown". */
const char *wire_name(unsigned type);
/* WIRE_FROM_... bits of who may send this type; 0 for an unknown type. */
unsigned wire_senders(unsigned type);

/* Appends a whole message, head and all. message: struct wire_<type> *. */
int wire_pack(enum wire_type type, const void *message, struct buf *out,
	      struct error *err);
/* Looks at the start of what was received: 1 with *type and *body_len (bytes behind the
 * head) once the head is there, 0 if more bytes are needed, -1 if the length is not
 * allowed or the type unknown. */
int wire_head(const void *data, size_t len, unsigned *type, size_t *body_len,
	      struct error *err);
/* body: exactly body_len bytes. Byte rows in *message point into body. */
int wire_unpack(enum wire_type type, const void *body, size_t body_len, void *message,
		struct error *err);

/* --- the blocking side: front's threads, filters, backends, tools, courier --- */

struct wire_peer {
	int fd;		/* owned; -1 when closed */
	struct buf in;	/* the message being read: byte rows point into it */
	struct buf out; /* packed, wiped after each send */
};

/* Fits any unpacked message. */
union wire_any {
#define WIRE_ANY(message, number, from) struct wire_##message message;
	WIRE_MESSAGES(WIRE_ANY)
};

/* Takes fd over. timeout_ms: for each send and receive; 0 = none. */
void wire_peer_init(struct wire_peer *peer, int fd, int timeout_ms);
/* Connects to keep's socket; ERROR_LATER when nobody answers there. */
int wire_connect(struct wire_peer *peer, const char *path, int timeout_ms,
		 struct error *err);
void wire_peer_close(struct wire_peer *peer);
int wire_send(struct wire_peer *peer, enum wire_type type, const void *message,
	      struct error *err);
/* The same, with a descriptor, which stays the caller's. */
int wire_send_fd(struct wire_peer *peer, enum wire_type type, const void *message,
		 int fd, struct error *err);
/* The next message; its byte rows are valid until the next call. Returns its type, or
 * -1. End of stream is ERROR_LATER ("... closed the connection"). */
int wire_receive(struct wire_peer *peer, union wire_any *message, struct error *err);
/* Sends a request and receives one answer: 0 if it is of type `want`; a `failed`
 * becomes its own error kind and text; anything else is ERROR_SYSTEM. answer may be
 * NULL where `want` has no fields of interest. */
int wire_call(struct wire_peer *peer, enum wire_type type, const void *request,
	      enum wire_type want, union wire_any *answer, struct error *err);
/* Whether something came that was not asked for: the next receive does not block. */
bool wire_waits(const struct wire_peer *peer);
/* Receives a `failed`, as its error; anything else is ERROR_SYSTEM. Always -1. */
int wire_receive_failed(struct wire_peer *peer, struct error *err);
/* For lists: 1 for an item of type `want` (or `also`, 0 = none; *type tells which), 0
 * at `end`, -1 for an error. */
int wire_next(struct wire_peer *peer, enum wire_type want, enum wire_type also,
	      int *type, union wire_any *item, struct error *err);

#endif
