/*
 * audit.h - one entry of the audit: what happened to which order, who did it, from where.
 *
 * An entry as bytes: a version byte, 1, then the fields in the order of the struct, packed
 * as base/pack.h does (doc/store.7). The store chains entries and knows nothing of what is
 * in them. No entry has a secret or the name of a picture: `detail` is made of numbers,
 * keywords and names of queues, never of what a customer or a filter wrote.
 */
#ifndef CC_ORDER_AUDIT_H
#define CC_ORDER_AUDIT_H

#include "lib/order/order.h"

#define AUDIT_VERSION	 1
#define AUDIT_BY_MAX	 640 /* two names and a few words */
#define AUDIT_DETAIL_MAX 320
#define AUDIT_ENTRY_MAX	 (64 + ORDER_QUEUE_MAX + AUDIT_BY_MAX + AUDIT_DETAIL_MAX)

/* M(name, number, word): numbers and words are on disks and in scripts, never changed. */
/* clang-format off */
#define AUDIT_EVENTS(M) \
	M(SUBMITTED, 1, "submitted") \
	M(TRIED, 2, "tried") \
	M(RELEASED, 3, "released") \
	M(WITHDRAWN, 4, "held-again") \
	M(SPENT, 5, "spent") \
	M(PRODUCED, 6, "produced") \
	M(COMPLETED, 7, "completed") \
	M(STOPPED, 8, "stopped") \
	M(CANCELED, 9, "canceled") \
	M(EXPIRED, 10, "expired") \
	M(REMOVED, 11, "removed") \
	M(CORRUPT, 12, "corrupt") \
	M(REFUSED, 13, "refused") \
	M(OPERATOR_HOLD, 14, "operator-hold") \
	M(OPERATOR_LIFT, 15, "operator-hold-lifted") \
	M(SECRET, 16, "site-secret") \
	M(AUTHORISED, 17, "authorised") \
	M(REISSUED, 18, "reissued") \
	M(EXTENDED, 19, "extended") \
	M(WARNED, 20, "warned") \
	M(WARNING_FAILED, 21, "warning-failed") \
	M(RESTORED, 22, "restored") \
	M(BROKEN, 23, "chain-broken") \
	M(RESUMED, 24, "chain-resumed") \
	M(STATION, 25, "station") \
	M(MOVED, 26, "moved") \
	M(PROOFED, 27, "proof-made") \
	M(STORED, 28, "stored") \
	M(OPENED, 29, "opened") \
	M(PRINTER, 30, "printer") \
	M(UNSTORED, 31, "stored-no-more") \
	M(RESTARTED, 32, "restarted") \
	M(SUSPENDED, 33, "suspended") \
	M(WENT_ON, 34, "went-on")
#define AUDIT_ENUM(name, number, word) AUDIT_##name = number,
/* clang-format on */

enum audit_event { AUDIT_EVENTS(AUDIT_ENUM) AUDIT_EVENT_END };

struct audit_entry {
	int64_t time;	 /* unix seconds */
	uint8_t event;	 /* enum audit_event */
	uint32_t number; /* of the order; 0: of none */
	uint8_t uuid[UUID_BYTES];
	uint32_t count; /* how often; 1 but for what is counted together */
	char printer[ORDER_QUEUE_MAX];
	char by[AUDIT_BY_MAX]; /* "station counter-1 at 192.0.2.7", "operator ada, uid 0" */
	char detail[AUDIT_DETAIL_MAX];
};

int audit_encode(const struct audit_entry *e, struct buf *out, struct error *err);
/* ERROR_CORRUPT for what is no entry, or one of a later version. */
int audit_decode(struct audit_entry *e, const void *data, size_t len,
		 struct error *err);
/* "unknown" for what is none. */
const char *audit_event_name(unsigned event);
/* 0: there is none of that name. */
enum audit_event audit_event_from_name(const char *name);

#endif
