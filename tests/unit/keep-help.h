/*
 * keep-help.h - a keep in this process, customers, filters and a small cupsd to talk to
 * it.
 *
 * The keep's loop is turned by hand (bench_turn): a client sends without blocking, and
 * the bench turns until an answer is there or BENCH_WAIT_MS are over. Time passes by
 * its clock's skew. The fake cupsd answers the courier's messages whenever the bench turns.
 */
#ifndef CC_TESTS_UNIT_KEEP_HELP_H
#define CC_TESTS_UNIT_KEEP_HELP_H

#include "spoold/keep/keep.h"
#include "spoold/keep/room.h"

#define BENCH_WAIT_MS  10000
#define BENCH_JOBS_MAX 4096
#define BENCH_DOC_MAX  16

/* The other end of a peer of keep's. */
struct client {
	struct buf in; /* what was received */
	size_t used;   /* bytes of the message that was taken last */
	int fd;
	bool closed; /* keep has dropped it */
};

struct fake_job {
	uint8_t order[UUID_BYTES];
	int32_t id;
	char queue[ORDER_QUEUE_MAX];
	uint8_t state; /* IPP job-state; 0: never was */
	char message[ORDER_TEXT_MAX];
	uint8_t copies; /* enum wire_copies of its last release */
};

/* What cupsd and the courier do. */
struct fake_cups {
	struct client wire;
	bool up;       /* answers ERROR_LATER to all while false */
	bool silent;   /* answers nothing at all */
	bool torn;     /* its list of jobs ends before it is whole */
	bool no_queue; /* ERROR_INPUT to all */
	bool stubborn; /* a job that runs goes on, whatever is wanted */
	bool stopped;  /* its queues */
	struct fake_job jobs[BENCH_JOBS_MAX];
	uint32_t count;
	int32_t next_id;
	uint32_t wants;	 /* job_want messages that came */
	bool slow;	 /* begins no list of jobs until cups_list */
	uint32_t rounds; /* lists that were asked for */
	uint32_t round;	 /* the last one's number */
};

struct bench {
	struct settings settings;
	char folder[128];
	const char *engine;
	struct keep_clock clock; /* goes on over restarts */
	bool fell;		 /* so the next keep is told of the one before */
	struct keep *k;
	struct client control; /* front's */
	struct fake_cups cups;
	pid_t pid;	/* of a keep_run of its own; k is NULL then */
	int supervisor; /* the supervisor's end */
};

/* engine: "ram" or "lmdb". All exits on failure: nothing can be tested then. */
void bench_open(struct bench *b, const char *engine);
/* Removes its folder, too. */
void bench_close(struct bench *b);
/* keep is closed as if killed (nothing is flushed), and opened again on the same
 * folder; front and courier are new. cupsd's jobs stay. */
void bench_restart(struct bench *b);
/* The same; between the two, meanwhile (if not NULL) has the store's files to itself. */
void bench_reopen(struct bench *b, void (*meanwhile)(const char *what),
		  const char *what);
/* Instead of bench_open: keep_run in a process of its own, with sockets and lmdb. What
 * looks into the store or at keep's clock (state_of, order_of, bench_rest, bench_pass,
 * bench_peer, bench_restart) can't be used. */
void bench_fork(struct bench *b);
/* Ends it by a signal (0: by closing the supervisor's end); the wait status. */
int bench_kill(struct bench *b, int signal_number);
void bench_fork_again(struct bench *b);
/* Through RUN/keep.sock. */
void bench_connect(struct bench *b, struct client *c);
/* As the supervisor: 'F' or 'C' with a descriptor; c is its other end. */
void bench_hand_over(struct bench *b, char what, struct client *c);
void bench_turn(struct bench *b);
/* Turns until nothing moves between keep and cupsd any more. */
void bench_rest(struct bench *b);
/* That many seconds later; reconcile and expiry have run. */
void bench_pass(struct bench *b, int64_t seconds);

/* A channel of front's, passed as front does it. */
void bench_channel(struct bench *b, struct client *c);
/* A peer by role, as if admitted by its credentials. */
void bench_peer(struct bench *b, struct client *c, unsigned role, int32_t pid);
void client_close(struct client *c);
/* Sends bytes, or a message, while keep turns. */
void client_send_bytes(struct bench *b, struct client *c, const void *data, size_t len);
void client_send(struct bench *b, struct client *c, enum wire_type type,
		 const void *message);
/* The next message's type, 0 if keep dropped the connection, -1 in vain. */
int client_next(struct bench *b, struct client *c, union wire_any *m);
/* Without waiting: as client_next, but -1 at once when nothing is there. */
int client_poll(struct client *c, union wire_any *m);
/* A request and its answer: 0 if it is of type want; else -1 with the error that a
 * `failed` carries; ERROR_LATER "dropped" when keep closed the connection. */
int client_ask(struct bench *b, struct client *c, enum wire_type type,
	       const void *request, enum wire_type want, union wire_any *answer,
	       struct error *err);

/* What spoolctl status is told; false if there was no answer. */
bool bench_status(struct bench *b, struct wire_status_info *info);

/* The job of an order in the fake cupsd that has not ended; NULL if none. */
struct fake_job *cups_job_of(struct bench *b, const uint8_t order[UUID_BYTES]);
uint32_t cups_jobs_alive(const struct bench *b);
void cups_serve(struct bench *b);
/* The list that was asked for last. */
void cups_list(struct bench *b);
/* The courier tells whether cupsd answers. */
void cups_say_up(struct bench *b, bool up);

/* --- customers --- */

struct handed {
	struct seal_key *key; /* the order key: front forgets it, tests don't */
	size_t bytes;	      /* of each document */
	uint64_t expected;    /* bytes, as said before each; 0: not said */
	uint32_t number;
	uint32_t documents;
	int32_t job;
	uint8_t kind; /* enum seal_kind */
	uint8_t uuid[UUID_BYTES];
	char text[64]; /* code or PIN */
	char user[64];
	uint8_t body[BENCH_DOC_MAX][UUID_BYTES];
};

/* What to hand in; zero fields get: PIN "2468", user "ada", one document of 1000
 * bytes. */
struct wish {
	uint8_t kind;
	const char *text;
	const char *user;
	const char *printer;
	uint32_t documents;
	size_t bytes;
	const char *host; /* 192.0.2.7 */
	uint64_t expected;
	int64_t fetch_until;
	uint32_t retain_s;
	uint32_t proof_copies;
	uint8_t storage; /* enum order_storage */
};

/* The pieces, for tests that leave some out. 0 or -1. */
int hand_begin(struct bench *b, struct client *c, const struct wish *w,
	       struct handed *h, struct error *err);
int hand_document(struct bench *b, struct client *c, struct handed *h, uint32_t index,
		  struct error *err);
/* A document of one piece with these very bytes. */
int hand_raw(struct bench *b, struct client *c, struct handed *h, const void *sealed,
	     size_t len, struct error *err);
int hand_commit(struct bench *b, struct client *c, struct handed *h, struct error *err);
/* All of it. */
int hand_in(struct bench *b, struct client *c, const struct wish *w, struct handed *h,
	    struct error *err);
/* ... and cupsd has its job. */
void hand_in_and_rest(struct bench *b, struct client *c, const struct wish *w,
		      struct handed *h);
void handed_clear(struct handed *h);
/* The clear byte at an offset of a document. */
uint8_t document_byte(uint32_t index, size_t at);

/* identify; how WIRE_BY_CODE for codes, else WIRE_BY_NUMBER. The first candidate. */
int ask_who(struct bench *b, struct client *c, const struct handed *h, const char *text,
	    struct wire_candidate *candidate, struct error *err);
/* prove with this key. */
int prove(struct bench *b, struct client *c, const struct handed *h,
	  const struct seal_key *key, enum wire_action action, uint8_t again,
	  struct error *err);
/* identify, derive, unwrap, prove, as front does it. */
int release(struct bench *b, struct client *c, const struct handed *h, const char *text,
	    uint8_t again, struct error *err);
/* enum order_state of the record, 0 if there is none; reads the store. */
int state_of(struct bench *b, const struct handed *h);
/* The record; the caller clears it. */
void order_of(struct bench *b, const struct handed *h, struct order *o);

/* --- filters and backends --- */

int spend(struct bench *b, struct client *c, const struct handed *h, uint32_t document,
	  struct wire_granted *granted, struct error *err);
/* Reads all chunks and compares them with what was handed in. */
int read_whole(struct bench *b, struct client *c, const struct handed *h,
	       uint32_t document, const struct wire_granted *granted);
/* The words of tickettodoc and of a filter behind it, whose digest is all `mark`. */
int attest(struct bench *b, struct client *c, const struct handed *h, uint64_t length,
	   uint8_t mark, struct error *err);
int produce(struct bench *b, struct client *c, const struct handed *h,
	    struct error *err);
int verify(struct bench *b, struct client *c, const struct handed *h, uint64_t length,
	   uint8_t mark, struct error *err);
int outcome(struct bench *b, struct client *c, const struct handed *h,
	    enum wire_result result, const char *text, struct error *err);
/* spend, read, attest, produce, verify, outcome of one document: all went well. */
bool make(struct bench *b, const struct handed *h, uint32_t document);

#endif
