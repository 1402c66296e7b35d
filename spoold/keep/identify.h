/*
 * identify.h - who may be asking, and the account of tries that stands against it.
 *
 * identify finds the orders that an identification could open and answers what front
 * needs to try it: keyed hash, salt, wrapped key. It proves nothing yet, and counts as
 * a try (tries.h) until `prove` shows an order's key on the same channel. Whoever is
 * not known gets a candidate like any other, always the same for the same question,
 * which nothing opens.
 */
#ifndef CC_KEEP_IDENTIFY_H
#define CC_KEEP_IDENTIFY_H

#include "lib/order/audit.h"
#include "spoold/keep/peer.h"
#include "spoold/keep/tries.h"

#define IDENTIFY_CANDIDATES 32 /* orders of one user and PIN that are tried */

/* One identification: what it counted against. */
struct identified {
	char names[TRIES_KINDS][ORDER_NAME_MAX]; /* "" : does not count there */
	bool taken, locked[TRIES_KINDS];
	uint8_t orders[IDENTIFY_CANDIDATES][UUID_BYTES];
	uint32_t count;
};

int identify_identify(struct peer *p, const union wire_any *m, struct error *err);
void identify_peer_gone(struct peer *p);

/* Takes a try for each name, or ERROR_LATER when one of them must wait. */
int identify_take(struct keep *k, struct identified *i, struct error *err);
/* It was wrong: it stays counted, and the audit hears of it, once. */
void identify_wrong(struct keep *k, struct identified *i);
/* keep ends: whatever was not proven was wrong. */
void identify_end(struct keep *k);
/* It was proven: gives them back, once. */
void identify_give_back(struct keep *k, struct identified *i);
/* The names of a station and its host ("": at the station socket, where tries are counted by
 * station alone); the caller adds order or user. */
void identify_name(struct identified *i, const char *station, const char *host);
/* "station counter-1 at 192.0.2.7", for the audit. */
void identify_by(char by[AUDIT_BY_MAX], const char *station, const char *host);

#endif
