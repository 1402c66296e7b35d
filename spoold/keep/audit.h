/*
 * audit.h - who did what to which order: one line an event, once it is durable.
 *
 * Every change of an order's state, every wrong try and every refusal at the gate is
 * said here, and nowhere else, so that a chained log (issue: release station) has one
 * seam. Events of a turn wait for its flush; if that fails they never happened.
 * No secrets, and no names of pictures.
 */
#ifndef CC_KEEP_AUDIT_H
#define CC_KEEP_AUDIT_H

#include "spoold/keep/room.h"

int audit_open(struct keep *k, struct error *err);
void audit_close(struct keep *k);
/* verb: "submitted", "released", ...; fmt: the facts, with who and from where. order
 * may be NULL. */
void audit_note(struct keep *k, const struct order *order, const char *verb,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The end of a turn. */
void audit_flushed(struct keep *k, bool durable);

#endif
