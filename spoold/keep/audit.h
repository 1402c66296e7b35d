/*
 * audit.h - who did what to which order, from where: one entry an event, in the store's chain.
 *
 * Every change of an order's state, every wrong try and every refusal at the gate is said
 * here. An entry is written in the transaction of the change that it tells of: both are
 * durable or neither, whatever is killed; where it cannot be written, the turn fails. Its
 * line in the log comes once it is durable.
 *
 * What a stranger can repeat at will (tries, refusals at the gate) is counted together: the
 * first of an order from a place is an entry at once, those of the next AUDIT_WINDOW_S are
 * one more, with their number. At most AUDIT_TALLIES such counts are open at once; what does
 * not fit is counted as one. So nobody fills the audit from outside.
 *
 * The head of the chain is sealed with the site's secret in each turn that moves it
 * (doc/security.md says what that protects against). What is older than audit-days goes,
 * from the beginning.
 *
 * No secrets, and no names of pictures: `detail` is made of numbers, keywords and queues.
 */
#ifndef CC_KEEP_AUDIT_H
#define CC_KEEP_AUDIT_H

#include "lib/order/audit.h"
#include "spoold/keep/room.h"

#define AUDIT_WINDOW_S	 600
#define AUDIT_TALLIES	 128
#define AUDIT_SLICE	 256 /* old entries taken away in a second */
#define AUDIT_HEAD_LOG_S 86400

/* Also looks whether the chain ends where it was sealed, and says in the chain if not. */
int audit_open(struct keep *k, struct error *err);
void audit_close(struct keep *k);
/* The end of a keep that was not killed: what was counted is written and flushed. */
void audit_end(struct keep *k);

/* by: who, from where; fmt: the facts. order may be NULL. */
void audit_note(struct keep *k, const struct order *order, enum audit_event event,
		const char *by, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* What strangers may repeat. number: what they named, where there is no such order. */
void audit_count(struct keep *k, const struct order *order, uint32_t number,
		 enum audit_event event, const char *by, const char *detail);
/* Each second: counts whose window is over, entries that are too old. */
void audit_tick(struct keep *k);
/* Before the flush: the head's seal. After it: the lines of the log. */
void audit_seal(struct keep *k);
void audit_flushed(struct keep *k, bool durable);

#endif
