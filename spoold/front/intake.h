/*
 * intake.h - an order on its way in: begun in keep, sealed here, committed in keep.
 *
 * begin makes the order's key and, where the customer gave no PIN, a claim code; the
 * identification goes to keep once (blinded answer), then only the wrapped key stays.
 * Between Create-Job and its last document an order is parked in a table here, since its
 * key is nowhere else: when front dies, it is gone, and keep removes what it has of it.
 */
#ifndef CC_FRONT_INTAKE_H
#define CC_FRONT_INTAKE_H

#include "lib/order/code.h"
#include "lib/wire/wire.h"
#include "spoold/front/paper.h"
#include "spoold/front/pin.h"
#include "spoold/front/terms.h"
#include "spoold/settings.h"

#define INTAKE_WARNING_MAX                                                             \
	600 /* bytes: with its state's sentence it fits a text(1023) */
#define INTAKE_PARKED_MAX 2000 /* orders between Create-Job and their last document */

struct intake {
	uint8_t order[UUID_BYTES];
	uint32_t number;
	int64_t created; /* unix seconds */
	char printer[ORDER_QUEUE_MAX];
	char user[ORDER_NAME_MAX];
	char host[ORDER_NAME_MAX];
	struct seal_key *key;	  /* the order's */
	struct seal_key *blinded; /* keep's keyed hash of the identification */
	char kdf[32];
	uint8_t salt[SEAL_SALT_BYTES];
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	uint16_t wrapped_len;
	uint8_t recovery[ORDER_WRAPPED_MAX];
	uint16_t recovery_len;
	char code[CODE_TEXT_MAX]; /* written form, to be told once; "" with a PIN */
	uint32_t documents;	  /* ended so far */
	uint32_t canceled;	  /* of them */
	bool hold;		  /* the customer wants it on hold besides */
	bool at_once;		  /* ... or released when it is whole (action.h) */
	struct paper paper;	  /* that its pictures are meant for */
	char warning
		[INTAKE_WARNING_MAX]; /* of its documents, in the customer's words */
	/* intake.c's own */
	bool busy;
	int64_t touched; /* clock_mono_ms */
	struct intake *next;
};

struct intake_wish {
	const char *printer, *user, *host, *name, *language;
	const struct buf *attributes; /* job attributes, ipp_bounds_encode */
	const char *account;	      /* with which its PIN opens it; "": the user */
	const struct pin *pin;	      /* len 0: make a claim code */
	struct terms terms;
	struct paper paper;
	enum order_storage storage;
	bool hold, at_once; /* not of what is only stored */
};

/* *made: intake_free it, after commit or abort. */
int intake_begin(struct wire_peer *keep, const struct settings *settings,
		 const struct intake_wish *wish, struct intake **made,
		 struct error *err);
/* Derives the wrapping key and makes the order durable: not before, since a derivation
 * costs 10 ms, and whoever begins orders that never come should not have them. info: as
 * keep answers; valid until the channel's next message. */
int intake_commit(struct wire_peer *keep, const struct settings *settings,
		  struct intake *in, union wire_any *info, struct error *err);
/* Releases it, once it is committed: its key is here still, and is the proof. state: the
 * order's then. */
int intake_release(struct wire_peer *keep, const struct intake *in, const char *where,
		   uint8_t *state, struct error *err);
/* Tells keep to forget it; errors are only logged. */
void intake_abort(struct wire_peer *keep, struct intake *in);
/* Wipes; accepts NULL. */
void intake_free(struct intake *in);

/* The table. park takes it over, or -1 (ERROR_FULL) and it stays the caller's. */
int intake_park(struct intake *in, struct error *err);
/* Lifts it out for one request: nobody else gets it meanwhile. ERROR_ABSENT; or
 * ERROR_LATER if another request has it. Give it back with intake_park_again, or, when
 * it is done, intake_drop. */
struct intake *intake_take(uint32_t number, struct error *err);
void intake_park_again(struct intake *in);
void intake_drop(struct intake *in);
/* Drops what was not touched for so long: keep has dropped it, too. */
void intake_sweep(int64_t timeout_ms);

#endif
