/*
 * peer.h - one connection: framing, role, and an output that waits for the flush.
 *
 * A peer is never trusted: it has a role (WIRE_FROM_ bits, given by who it is, not by
 * what it says); a message that its role may not send, or that does not parse, drops
 * it, with a line in the log. Its output is bounded: while more than PEER_OUT_HIGH
 * bytes wait, no further request of it is read. Long answers are made piece by piece
 * (peer_pump), so that they need no more room than that.
 *
 * No descriptor here is ever relied on to be non-blocking: a hostile front shares the
 * flags of what it passed. Every call says MSG_DONTWAIT.
 */
#ifndef CC_KEEP_PEER_H
#define CC_KEEP_PEER_H

#include "spoold/keep/room.h"

#define PEER_OUT_HIGH (1024 * 1024) /* no further request is read above it */
#define PEER_PIECES_HIGH                                                               \
	(256 * 1024) /* nor a further piece of a long answer made above this */
#define PEER_OUT_MAX (4 * 1024 * 1024) /* who lets more pile up is dropped */
#define PEER_LABEL   64
#define PEER_FDS     32 /* descriptors that came and were not yet asked for */

struct peer_pump;
/* Says the next piece. *more: call again when there is room. -1: the answer ends with
 * *err. */
typedef int peer_pump_fn(struct peer *p, void *state, bool *more, struct error *err);

struct upload;	   /* intake.h */
struct identified; /* identify.h */
struct run;	   /* run.h */
LIST_HEAD(upload_list, upload);

struct peer {
	struct keep *keep;
	TAILQ_ENTRY(peer) link;
	unsigned role; /* WIRE_FROM_... */
	bool local;    /* came by keep.sock */
	bool passes;   /* front's control channel */
	char label[PEER_LABEL];
	int32_t pid;  /* 0: unknown */
	uint32_t uid; /* of a local one */
	int fd;
	struct event *readable, *writable;
	struct buf in;
	struct buf out;	  /* packed answers; wiped once sent */
	size_t sent;	  /* bytes of out that left */
	size_t committed; /* bytes of out that may leave */
	unsigned owing;	  /* requests of this turn that await (the rest of) an answer */
	bool depends;	  /* its answers stand on what this turn changed */
	bool doomed;	  /* dropped at the end of the turn */
	bool ended;	  /* it will send no more */
	peer_pump_fn *pump;
	void *pump_state; /* owned; wiped and freed */
	size_t pump_size;
	int fds[PEER_FDS];
	unsigned fd_count, fds_most; /* the latter: more at a time are closed */
	/* what other files hang on it */
	struct upload_list uploads;
	struct identified *identified;
	struct run *run;	  /* as a backend */
	wire_c_uuid opened;	  /* the stored order that it has proven */
	wire_c_uuid granted;	  /* the order whose document it may read */
	uint8_t body[UUID_BYTES]; /* that document's body */
	uint32_t body_chunks;	  /* 0: nothing may be read */
	uint8_t *window;	  /* window.h; NULL: it is sent what it reads */
	size_t put;		  /* bytes put there in this turn */
};

/* Takes fd over. NULL when there is no memory. */
struct peer *peer_add(struct keep *k, int fd, unsigned role, const char *label);
/* It is gone at the end of the turn; why is logged, NULL for an ordinary end. */
void peer_drop(struct peer *p, const char *why);
/* Queues a message behind the flush. message: struct wire_<type> *. */
void peer_say(struct peer *p, enum wire_type type, const void *message);
/* Documents will leave by it: its socket may hold more at a time. */
void peer_widen(struct peer *p);
/* Messages that are packed already. */
void peer_say_packed(struct peer *p, const struct buf *messages);
/* A message without fields: ok, end. */
void peer_say_plain(struct peer *p, enum wire_type type);
void peer_say_failed(struct peer *p, const struct error *err);
/* The rest of the answer comes from fn, called with a copy of state until it is done.
 */
void peer_pump(struct peer *p, peer_pump_fn *fn, const void *state, size_t state_size);
/* Bytes that wait to be sent. */
size_t peer_waiting(const struct peer *p);
/* The next descriptor that came with its messages, the caller's now; -1 for none. */
int peer_take_fd(struct peer *p);
/* The end of a turn: what was queued may leave, or never will. */
void peer_flushed(struct peer *p, const struct error *failed);
/* Closes and frees; the hooks of the other files have run. */
void peer_free(struct peer *p);

#endif
