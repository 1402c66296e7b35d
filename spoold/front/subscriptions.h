/*
 * subscriptions.h - who wants to hear of what (RFC 3995), and the events of the last
 * moments (RFC 3996 `ippget`): two tables in front's memory, both bounded, behind one
 * lock. doc/decisions/subscriptions.md says why they live here and not in keep.
 *
 * An event is kept once, whoever subscribed: a ring of SUBSCRIPTIONS_EVENTS, of which
 * those younger than SUBSCRIPTIONS_EVENT_LIFE_S are told. A subscription counts the
 * events that are its own (notify-sequence-number), so that a client sees a gap where
 * the ring was too small for it.
 */
#ifndef CC_FRONT_SUBSCRIPTIONS_H
#define CC_FRONT_SUBSCRIPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/wire/messages.h"
#include "spoold/front/printers.h"

#define SUBSCRIPTIONS_MAX	    1000 /* in all */
#define SUBSCRIPTIONS_PER_OWNER	    20	 /* of one name at one host */
#define SUBSCRIPTIONS_EVENTS	    1000
#define SUBSCRIPTIONS_EVENT_LIFE_S  60	  /* ippget-event-life */
#define SUBSCRIPTIONS_GET_S	    30	  /* notify-get-interval */
#define SUBSCRIPTIONS_LEASE_DEFAULT 86400 /* seconds */
#define SUBSCRIPTIONS_LEASE_MAX	    604800
#define SUBSCRIPTIONS_JOB_S	    (366 * 86400) /* longest life of a job's own */
#define SUBSCRIPTIONS_USER_DATA_MAX 63		  /* octets, RFC 3995 5.3.8 */

/* notify-events, one bit each. */
enum subscriptions_what {
	SUBSCRIPTIONS_JOB_CREATED = 1,
	SUBSCRIPTIONS_JOB_COMPLETED = 2,
	SUBSCRIPTIONS_JOB_STOPPED = 4,
	SUBSCRIPTIONS_JOB_STATE = 8,
	SUBSCRIPTIONS_JOB_PROGRESS = 16,
	SUBSCRIPTIONS_PRINTER_STOPPED = 32,
	SUBSCRIPTIONS_PRINTER_STATE = 64,
	SUBSCRIPTIONS_PRINTER_CONFIG = 128
};
#define SUBSCRIPTIONS_OF_JOBS	  31u
#define SUBSCRIPTIONS_OF_PRINTERS 224u

/* The keyword of one bit; NULL past the last. Counts from 0. */
const char *subscriptions_name(unsigned index);
/* The bit of a keyword, 0 if there is none. */
unsigned subscriptions_named(const char *keyword);

struct subscription {
	int64_t until;	    /* unix seconds */
	uint64_t since;	    /* number of the first event that can be its own */
	uint32_t id;	    /* 31 random bits, not 0 */
	uint32_t job;	    /* 0: of a printer */
	unsigned what;	    /* bits */
	int language;	    /* enum texts_language of notify-text */
	int32_t interval_s; /* notify-time-interval */
	int32_t lease_s;    /* 0: as long as its job */
	uint32_t sequence;  /* events so far */
	uint8_t user_data_len;
	bool job_over; /* no further events will come */
	uint8_t user_data[SUBSCRIPTIONS_USER_DATA_MAX];
	char printer[ORDER_QUEUE_MAX];			 /* of its job, or its own */
	char user[ORDER_NAME_MAX], host[ORDER_NAME_MAX]; /* whose it is */
};

struct subscriptions_event {
	uint64_t number; /* of all events; 0: the place in the ring is empty */
	unsigned what;	 /* all bits that it is */
	int64_t when;	 /* unix seconds */
	struct wire_order_event order; /* of a job: what keep told */
	char printer[ORDER_QUEUE_MAX];
	int printer_state; /* of a printer */
	bool accepting;
	char reasons[ORDER_TEXT_MAX];
};

/* Adds one; id, until, sequence and since are filled in. -1: too many. The first one
 * asks keep to tell of orders. */
int subscriptions_add(struct subscription *s, struct error *err);
/* Each false when there is none. Who may is the caller's to decide. */
bool subscriptions_get(uint32_t id, struct subscription *copy);
bool subscriptions_renew(uint32_t id, int32_t lease_s);
bool subscriptions_cancel(uint32_t id);
/* An order that was never handed in whole is gone, and its subscriptions with it. */
void subscriptions_job_gone(uint32_t job);

/* Copies for which `want` says yes, by id; returns how many, at most max. */
typedef bool subscriptions_want_fn(const struct subscription *s, void *context);
size_t subscriptions_list(subscriptions_want_fn *want, void *context,
			  struct subscription *to, size_t max);

/* The events of a subscription from a sequence number on, oldest first; under the lock:
 * visit must not call back. False when there is no such subscription. */
typedef void subscriptions_visit_fn(const struct subscription *s,
				    const struct subscriptions_event *e,
				    uint32_t sequence, void *context);
bool subscriptions_events(uint32_t id, uint32_t from, subscriptions_visit_fn *visit,
			  void *context);

/* From keep. */
void subscriptions_order(const struct wire_order_event *told);
/* A printer that changed; old may be NULL. */
void subscriptions_printer(const struct printer *old, const struct printer *now);

/* Tests make time pass. */
void subscriptions_skew(int64_t seconds);

#endif
