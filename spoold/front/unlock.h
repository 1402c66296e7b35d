/*
 * unlock.h - identification at a station: from what a person typed to the orders that it
 * opens.
 *
 *   job-id (or job-uri)     with its claim code or its PIN
 *   a claim code alone      12 symbols or more of the code's alphabet
 *   anything else           a PIN, with requesting-user-name
 *
 * keep answers candidates and counts a try; each candidate's key is derived here and, if
 * it unwraps, is the proof (messages.h: identify, prove). An unknown code, a wrong PIN
 * and an order that is not there get the same words after the same work.
 */
#ifndef CC_FRONT_UNLOCK_H
#define CC_FRONT_UNLOCK_H

#include "spoold/front/jobs.h"
#include "spoold/front/pin.h"

#define UNLOCK_CANDIDATES 16 /* orders of one user and PIN */

/* The request carries a job-password. */
bool unlock_is_asked(const struct request *r);
/* Answers Get-Jobs: a job group for each order that it opens. */
void unlock_show(struct request *r);
/* Answers Release-Job: releases the one order that it opens. */
void unlock_release(struct request *r);

/* For Resubmit-Job: the request's stored order (its job) with the key that its
 * job-password opened. keep lets its documents be read on this connection's channel. From
 * elsewhere than a station only its owner may try. */
struct unlocked {
	struct seal_key *key; /* the order's */
	struct jobs_one one;
	struct pin pin; /* as it opened the order */
};
/* False after the request was answered. */
bool unlock_stored(struct request *r, struct unlocked *out);
void unlocked_clear(struct unlocked *out); /* wipes; accepts a zeroed one */

#endif
