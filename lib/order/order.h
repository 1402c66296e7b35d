/* clang-format off */
/*
 * order.h - an order: its record, and the one table of its life.
 *
 *   state      IPP job-state / reasons                        what moves it
 *   incoming   pending-held / job-incoming                    last document durable -> held
 *   held       pending-held / job-hold-until-specified        release -> released; cancel;
 *              + job-password-wait or job-held-for-release    due -> expired
 *   released   pending / none                                 grant spent -> producing;
 *                                                             grant unspent in time -> held, or
 *                                                             stopped if an earlier one was spent; cancel
 *              suspended: pending-held / job-suspended        Resume-Job; else as above
 *   producing  processing / job-printing                      backend -> completed or stopped; cancel;
 *                                                             -> held, where documents were left out,
 *                                                             or what was made is a proof
 *   stopped    processing-stopped / reason                    released again; cancel; due -> expired;
 *                                                             Restart-Job -> held
 *   completed  completed / job-completed-successfully         documents dropped, record kept
 *   canceled   canceled / job-canceled-by-user, -by-operator    for its retention, then
 *   expired    canceled / job-canceled-after-timeout            removed
 *   corrupt    aborted / job-data-insufficient                set aside; only a person cancels it
 *   stored     completed / job-stored                         due -> completed; cancel;
 *                                                             Restart-Job -> held
 *
 * incoming orders live in keep's memory (their chunks are staged in the store); every
 * other state is a record in the store. order_may_move is the only judge of a change.
 */
/* clang-format on */
#ifndef CC_ORDER_ORDER_H
#define CC_ORDER_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/uuid.h"

#define ORDER_RECORD_VERSION 7
#define ORDER_KEY_BYTES	     32 /* all keys, hashes and commitments */
#define ORDER_SALT_BYTES     16
#define ORDER_WRAPPED_MAX    160   /* a wrapped order key, any scheme */
#define ORDER_NAME_MAX	     256   /* name(255) + 0: RFC 8011 5.1.3 */
#define ORDER_TEXT_MAX	     1024  /* text(1023) + 0 */
#define ORDER_KEYWORD_MAX    256   /* keyword(255) + 0 */
#define ORDER_FORMAT_MAX     256   /* mimeMediaType(255) + 0 */
#define ORDER_QUEUE_MAX	     128   /* a CUPS queue name: 127 + 0 */
#define ORDER_DOCUMENTS_MAX  500   /* documents an order */
#define ORDER_ATTRIBUTES_MAX 65536 /* job attributes, IPP-encoded */
#define ORDER_RECORD_MAX     (1024 * 1024)

enum order_state {
	ORDER_INCOMING = 1,
	ORDER_HELD,
	ORDER_RELEASED,
	ORDER_PRODUCING,
	ORDER_STOPPED,
	ORDER_COMPLETED,
	ORDER_CANCELED,
	ORDER_EXPIRED,
	ORDER_CORRUPT,
	ORDER_STORED, /* made, or never to be; its documents are kept for new orders */
	ORDER_STATES
};

enum order_identification {
	ORDER_ID_NONE = 0, /* owner-authorised only */
	ORDER_ID_CODE,	   /* claim code, made by us */
	ORDER_ID_PIN	   /* job-password, with the order number or the user name */
};

/* job-storage-disposition: what its customer wants besides, or instead. */
enum order_storage {
	ORDER_STORE_NOT = 0,
	ORDER_STORE_MADE, /* print-and-store: once it is made it is stored */
	ORDER_STORE_ONLY  /* store-only: it is never made itself */
};

enum document_state {
	DOCUMENT_WAITING = 0,
	DOCUMENT_SPENT,	   /* its grant is spent: bytes may have left */
	DOCUMENT_PRODUCED, /* the backend saw the device take the whole of it */
	DOCUMENT_CANCELED  /* before its order was whole; it has no body and no bytes */
};

struct order_document {
	uint8_t body[UUID_BYTES]; /* random id of its chunks in the store */
	uint64_t length;	  /* bytes in clear */
	uint32_t chunks;
	uint8_t state;		       /* enum document_state */
	char format[ORDER_FORMAT_MAX]; /* document-format */
	char name[ORDER_NAME_MAX];     /* document-name */
	uint8_t *attributes;	       /* document attributes, IPP-encoded; owned */
	uint32_t attributes_len;
	bool left_out; /* by the present release: it waits for another one */
	/* Pages as they leave the last filter, copies counted; 0: not known. */
	uint32_t pages; /* that the whole of it has */
	uint32_t made;	/* that came out, as far as the device told when it stopped */
	uint32_t skip;	/* that the present release leaves out, from the first on */
};

/* How the order's key is wrapped and proven; seal.h says what each field is. */
struct order_sealing {
	uint32_t secret; /* number of the site secret behind key, user_key and blinding
			  */
	char cipher[32]; /* of the documents, "aes-256-gcm" */
	char kdf[32];	 /* "argon2id-8m-2" or "blake2b" */
	uint8_t salt[ORDER_SALT_BYTES];	    /* for the derivation */
	uint8_t wrapped[ORDER_WRAPPED_MAX]; /* order key, by the identification */
	uint16_t wrapped_len;
	uint8_t recovery[ORDER_WRAPPED_MAX]; /* order key, by the recovery key; or none
					      */
	uint16_t recovery_len;
	uint8_t commitment[ORDER_KEY_BYTES];
};

/* A released order's order key, wrapped under the site secret, and the grant's time. */
struct order_grant {
	uint8_t wrapped[ORDER_WRAPPED_MAX];
	uint16_t wrapped_len; /* 0: no grant */
	int64_t until;	      /* unix seconds; unspent after it: held again */
};

/* Who put it on hold besides. */
enum order_hold {
	ORDER_HOLD_NONE = 0,
	ORDER_HOLD_ONE,	     /* Hold-Job: an operator, or its owner */
	ORDER_HOLD_NEW,	     /* Hold-New-Jobs: as all that came for its printer then */
	ORDER_HOLD_SUSPENDED /* released, and not begun before Resume-Job */
};

struct order {
	uint8_t uuid[UUID_BYTES]; /* job-uuid: its name for ever */
	uint64_t revision;	  /* counts changes; compare-and-set goes by it */
	uint32_t number;	  /* job-id of spoold */
	uint8_t state;		/* enum order_state, never ORDER_INCOMING when stored */
	uint8_t identification; /* enum order_identification */
	uint8_t attempts;	/* releases so far */
	uint8_t held_by_operator; /* enum order_hold: no release until it is lifted */
	uint8_t key[ORDER_KEY_BYTES];	   /* identification key: code, or all zero */
	uint8_t user_key[ORDER_KEY_BYTES]; /* keyed hash of user + PIN, or all zero */
	char printer[ORDER_QUEUE_MAX];	   /* product line: printer-name of spoold */
	char queue[ORDER_QUEUE_MAX];	   /* the CUPS queue behind it */
	char user[ORDER_NAME_MAX];	   /* job-originating-user-name */
	char host[ORDER_NAME_MAX];	   /* job-originating-host-name */
	char name[ORDER_NAME_MAX];	   /* job-name */
	char language[64];		   /* attributes-natural-language */
	char reason[ORDER_KEYWORD_MAX]; /* job-state-reasons where the state needs one
					  */
	char message[ORDER_TEXT_MAX];	/* job-state-message; no secrets */
	char warning
		[ORDER_TEXT_MAX]; /* what the customer was warned of at submission */
	int64_t created, changed, ended; /* unix seconds; ended 0 while alive */
	int64_t due; /* next thing by date: expiry, or removal of the record */
	/* What the customer asked for; it counts where it is less than what the shop
	 * gives. 0: nothing was asked. */
	int64_t fetch_until;  /* unix seconds: expires then, if nobody fetched it */
	int64_t retain_until; /* unix seconds: its record goes then */
	uint32_t retain_s;    /* ... or so long after its end */
	int64_t extended;     /* expires then: an operator said so; 0: nobody did */
	int64_t warned;	      /* the expiry that was warned of; 0: none yet */
	uint8_t warnings;     /* how often that was tried */
	int32_t cups_job;     /* job-id in cupsd, 0 if none is known */
	/* Proofs (doc/decisions/release-jobs.md): a release that makes some copies and
	 * gives the order back. */
	uint32_t proof_copies; /* proof-copies: what its customer wants to see first; 0:
				  none */
	uint8_t proofs;	       /* made so far */
	bool proof;	       /* the last release is, or was, for a proof */
	bool proof_begun;      /* what the documents' states tell of is a proof */
	uint8_t storage;       /* enum order_storage */
	bool restarted; /* begins anew, and something of it may have been made before */
	bool purged;	/* an operator took it out of what customers are told of */
	struct order_sealing sealing;
	struct order_grant grant;
	uint8_t *attributes; /* job attributes as submitted, IPP-encoded; owned */
	struct order_document *documents; /* owned */
	uint32_t attributes_len;	  /* bytes */
	uint32_t document_count;
	uint32_t release_copies; /* of each document in the present release, in place
				    of what was ordered; 0: as ordered */
};

void order_init(struct order *o);
/* Wipes and frees what it owns; accepts a zeroed order. */
void order_clear(struct order *o);
/* Deep copy; `to` need not be initialised. */
int order_copy(struct order *to, const struct order *from, struct error *err);
/* Appends a zeroed document and returns it; NULL past ORDER_DOCUMENTS_MAX. */
struct order_document *order_add_document(struct order *o);

/* The record as bytes, ORDER_RECORD_VERSION first; the store puts a checksum around it
 * (doc/store.7). Decoding checks every field; a strange record is ERROR_CORRUPT. */
int order_encode(const struct order *o, struct buf *out, struct error *err);
int order_decode(struct order *o, const void *data, size_t len, struct error *err);

/* The table above. A state may always stay as it is (the record changes, not the
 * state).
 */
bool order_may_move(enum order_state from, enum order_state to);
const char *order_state_name(enum order_state state);
/* enum order_state from its name, or 0. */
enum order_state order_state_from_name(const char *name);
/* IPP job-state enum of RFC 8011 5.3.7: 3 pending, 4 pending-held, 5 processing,
 * 6 processing-stopped, 7 canceled, 8 aborted, 9 completed. What is no state (it may
 * come from a peer) is told as aborted, as a corrupt order is. */
int order_ipp_state(enum order_state state);
/* completed, canceled, expired: documents are gone. */
bool order_is_over(enum order_state state);
/* Over, or stored: nothing of it is made, or waited for, any more. */
bool order_has_ended(enum order_state state);
uint64_t order_bytes(const struct order *o);
/* The store has it, or had it while its order was not over; false: it was cancelled. */
bool order_has_body(const struct order_document *d);

#endif
