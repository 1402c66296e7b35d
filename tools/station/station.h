/*
 * station.h - a release station's conversation with spoold: IPP over its station socket
 * (or over TCP to a host:port: with a station's key over TLS, without one where
 * release-over-tcp allows it).
 *
 *   station_find       Get-Jobs + job-password          what does this open?
 *   station_release    Release-Job + job-password       lift one order
 *   station_look       Get-Job-Attributes               how far is it?
 *   station_documents  Get-Documents                    each document's state
 *   station_printer    Get-Printer-Attributes           is the device well?
 *
 * Each call that carries an identification uses a connection of its own, closed (and its
 * buffers overwritten) at once. Errors: ERROR_INPUT mistyped, ERROR_REFUSED opens
 * nothing, ERROR_CONFLICT not in this state, ERROR_LATER locked or busy,
 * ERROR_ABSENT no such order, ERROR_FULL it can't be made like that, ERROR_SYSTEM nobody
 * answers; the text is the service's.
 */
#ifndef CC_TOOLS_STATION_H
#define CC_TOOLS_STATION_H

#include <stdbool.h>
#include <stdint.h>

#include <cups/cups.h>

#include "lib/order/order.h"
#include "lib/order/price.h"
#include "tools/station/key.h"
#include "tools/station/typed.h"

#define STATION_ORDERS_MAX    32
#define STATION_DOCUMENTS_MAX ORDER_DOCUMENTS_MAX

struct station {
	const char *where;     /* socket path, or host:port */
	const struct key *key; /* of a remote station; NULL: it is none */
};

/* What a customer presents. number 0 and user "": a claim code. */
struct presented {
	uint32_t number;
	char user[ORDER_NAME_MAX];
	char account[ORDER_NAME_MAX]; /* card or telephone number, in place of user */
	struct typed secret;	      /* code or PIN */
};

/* What a release makes: what is next, by how the order was handed in; a proof, so that the
 * order waits again; all of it, without a proof. */
enum station_make { STATION_NEXT, STATION_PROOF, STATION_ALL };

/* How much of it, and where: all zero is all of it, as it was ordered. */
struct station_wish {
	enum station_make make;
	bool again; /* it stopped; the customer was told that parts may come twice */
	bool rest;  /* it stopped; only what did not come out */
	uint32_t copies;		      /* of each document; 0: as ordered */
	const char *to;			      /* another printer; NULL: as it stands */
	uint32_t only[STATION_DOCUMENTS_MAX]; /* document numbers */
	uint32_t only_count;		      /* 0: all */
};

struct station_document {
	uint32_t number;
	char name[ORDER_NAME_MAX];
	char format[ORDER_FORMAT_MAX];
	int64_t k_octets;
	int state;	       /* IPP document-state, 0: not said */
	char reasons[64];      /* document-state-reasons: transforming, outgoing ... */
	int pages, pages_done; /* 0: not said; pages that came out */
	int copies;	       /* 0: its order's */
	int ppi;	       /* pixels an inch on its sheet; 0: not said */
	int price;	       /* of one copy, in thousandths; 0: not said */
	char currency[PRICE_CURRENCY_MAX];
	char warning[ORDER_TEXT_MAX]; /* claimcheck-warning */
};

struct station_order {
	uint32_t number;
	char uuid[64];
	int state;			 /* IPP job-state */
	char reasons[ORDER_KEYWORD_MAX]; /* job-state-reasons, with commas */
	char message[ORDER_TEXT_MAX];	 /* job-state-message */
	char warning[ORDER_TEXT_MAX];	 /* claimcheck-warning */
	char user[ORDER_NAME_MAX];
	char name[ORDER_NAME_MAX];
	char printer[ORDER_QUEUE_MAX];
	bool again;	  /* claimcheck-release-again: it stopped in the middle */
	int copies;	  /* 0: not said */
	int proof_copies; /* claimcheck-proof-copies: next, or under way; 0: the order */
	int proofs;	  /* claimcheck-proofs: made so far */
	int pages, pages_done;
	char template[ORDER_TEXT_MAX]; /* "media=..., print-scaling=...": for people */
	struct station_document *documents;
	uint32_t document_count;
};

/* Starts zeroed; each call replaces what it holds. */
struct station_orders {
	struct station_order list[STATION_ORDERS_MAX];
	size_t count;
};

struct station_printer {
	char name[ORDER_QUEUE_MAX];
	char info[ORDER_NAME_MAX];
	int state; /* IPP printer-state */
	char reasons[ORDER_TEXT_MAX];
	char message[ORDER_TEXT_MAX];
};

int station_find(const struct station *s, const struct presented *p,
		 struct station_orders *orders, struct error *err);
int station_release(const struct station *s, const struct presented *p,
		    const struct station_wish *wish, struct station_orders *orders,
		    struct error *err);
/* uuid: the order's job-uuid, which is known to who identified it. */
int station_look(const struct station *s, const char *uuid,
		 struct station_orders *orders, struct error *err);
/* Replaces the documents of the order. */
int station_documents(const struct station *s, struct station_order *order,
		      struct error *err);
int station_printer(const struct station *s, const char *name,
		    struct station_printer *printer, struct error *err);
void station_orders_clear(struct station_orders *orders);

#endif
