/*
 * run.h - what a CUPS job of ours is doing: the filters and the backend that cupsd
 * started for it, as far as they spoke to keep.
 *
 * A run is a hint; the record is the truth. Who uses one reads the order again and asks
 * whether it is producing, in this job, this document. After a restart the runs of
 * producing orders are made anew from their records; what a filter had attested is then
 * lost, and the document can't be verified any more.
 */
#ifndef CC_KEEP_RUN_H
#define CC_KEEP_RUN_H

#include "spoold/keep/peer.h"

#define RUN_MAX 1024 /* at once; the oldest idle one gives way */

struct run {
	TAILQ_ENTRY(run) link;
	uint8_t order[UUID_BYTES];
	int32_t cups_job;
	char queue[ORDER_QUEUE_MAX];
	uint32_t document; /* of the last spend, from 1 */
	uint32_t documents;
	bool granted;	      /* that spend was granted */
	struct peer *backend; /* who may send to the device; NULL: nobody now */
	int64_t quiet_ms;     /* keep_mono_ms since when there is no backend */
	bool attested;	      /* the last filter's word about `document`: */
	uint64_t length;
	uint8_t digest[SEAL_KEY_BYTES];
	bool gave_up; /* a filter can't go on, because: */
	char reason[ORDER_KEYWORD_MAX];
	char why[ORDER_TEXT_MAX];
	uint32_t verified;    /* the document whose stream was verified; 0 = none */
	uint32_t impressions; /* of all documents so far */
	uint32_t pages;	      /* of this one, in this release */
	uint32_t all_pages;   /* that this one has; 0: no filter told */
	uint8_t percent;      /* 255: unknown */
	char text[ORDER_NAME_MAX];
};

TAILQ_HEAD(runs, run);

/* Makes the runs of the orders that are producing. */
int run_open(struct keep *k, struct error *err);
void run_close(struct keep *k);
struct run *run_of_order(struct keep *k, const uint8_t order[UUID_BYTES]);
struct run *run_of_job(struct keep *k, const char *queue, int32_t cups_job);
/* A spend of document number `document` was asked for; a new run if there is none. NULL
 * when there are too many. */
struct run *run_begin(struct keep *k, const struct order *o, uint32_t document,
		      bool granted);
/* This peer is the run's backend from now on. ERROR_REFUSED if another process is. */
int run_attach(struct run *r, struct peer *p, struct error *err);
void run_detach(struct run *r);
void run_peer_gone(struct peer *p);

#endif
