/*
 * life.h - the moves of an order's life, one function a move.
 *
 * Each takes an order as just read from the store, changes it and writes it by
 * compare-and-set (store_update), says it to the audit and wakes the conversation with
 * cupsd. ERROR_CONFLICT when the order's table (order.h) does not allow the move from
 * where it is, or somebody was faster; then nothing has changed. `who` is for the
 * audit: "station counter-1", "user ada", "reconcile".
 *
 * Due dates: held and stopped orders expire `due-days` after submission, or when the
 * customer asked for, if that is earlier (a stopped one not before LIFE_STOPPED_DAYS after
 * it stopped, nor one whose proof was made before that long after it); a released one is
 * due when its grant ends; a stored one when it is stored no more, `stored-days` after it
 * was, or earlier if its customer asked for that; a finished one when its record's
 * retention ends; a producing one never.
 */
#ifndef CC_KEEP_LIFE_H
#define CC_KEEP_LIFE_H

#include "lib/wire/wire.h"
#include "spoold/keep/room.h"

#define LIFE_STOPPED_DAYS 3
#define LIFE_PROOF_COPIES 1		 /* where its customer did not say how many */
#define LIFE_NEVER	  INT64_C(0)	 /* not in the index of dates */
#define LIFE_SUSPENDED_S  INT64_C(86400) /* so long a suspended order's release lasts */
#define LIFE_DAY_S	  INT64_C(86400)

/* "This may print again": what a person must hear before a stopped order is released.
 */
#define LIFE_IN_PART "may have been printed in part"

int64_t life_expiry(const struct keep *k, const struct order *o);

/* What a release asks for, other than all that is there as it was ordered. */
struct life_wish {
	uint32_t copies;	/* of each document; 0: as ordered */
	struct wire_bytes only; /* a bit a document, the lowest first; empty: all */
	bool rest;		/* what stopped goes on behind what came out */
	const struct settings_printer *printer; /* another one; NULL: as it stands */
	bool proof; /* in copies, or as many as its customer wants; it is given back */
};

/* What is next (held, stopped) or under way is a proof: in how many copies; 0: it is the
 * order itself. */
uint32_t life_proof_copies(const struct order *o);
/* Something of the order itself was made, or begun: there is no proof of it any more. */
bool life_is_begun(const struct order *o);
/* The document is not to be made (again) by the release that the order has. */
bool life_is_made(const struct order *o, uint32_t index);

/* held or stopped -> released: the order key, wrapped under the site secret, is the
 * grant. It is for what was not produced yet; documents that were produced stay so,
 * unless the wish names them, or they were made for a proof and this is for the order.
 * ERROR_INPUT where there is nothing to be made, or no such document; ERROR_CONFLICT
 * where all of what stopped came out. */
int life_release(struct keep *k, struct order *o, const struct seal_key *key,
		 const struct life_wish *wish, const char *who, struct error *err);
/* released -> held (or stopped, if a document of it had stopped before): nobody spent the
 * grant, or it was taken back. */
int life_withdraw(struct keep *k, struct order *o, const char *why, const char *who,
		  struct error *err);
/* Released, and it does not begin before an operator lets it go on. */
bool life_is_suspended(const struct order *o);
/* released: suspended. Its grant lasts for LIFE_SUSPENDED_S; then it is withdrawn, and not
 * suspended any more. */
int life_suspend(struct keep *k, struct order *o, const char *who, struct error *err);
/* It takes its turn as if it had just been released. ERROR_CONFLICT: it is not suspended. */
int life_go_on(struct keep *k, struct order *o, const char *who, struct error *err);
/* released or producing -> producing: document `index` (from 0) is spent. It must be
 * waiting, or left over from an earlier release. */
int life_spend(struct keep *k, struct order *o, uint32_t index, struct error *err);
/* producing -> producing or completed: document `index` is with the device, whole.
 * Where that was a proof, or documents were left out -> held, or stopped if one of them
 * had stopped before. */
int life_produced(struct keep *k, struct order *o, uint32_t index, struct error *err);
/* Fills o in as a stored one; the caller writes it. */
void life_store(struct keep *k, struct order *o);
/* producing (or released) -> stopped. text: what happened, for people; no secrets. */
int life_stop(struct keep *k, struct order *o, const char *reason, const char *text,
	      const char *who, struct error *err);
/* -> canceled or expired: documents are dropped, the record is kept for its retention.
 */
int life_end(struct keep *k, struct order *o, enum order_state state,
	     const char *reason, const char *message, const char *who,
	     struct error *err);
/* -> corrupt: a document can't be read. Set aside with all that it has; only a person
 * cancels it. */
int life_set_corrupt(struct keep *k, struct order *o, const char *text,
		     struct error *err);
/* As store_get_number; a record that is damaged is set aside, and what is left of it
 * read. */
int life_get_number(struct keep *k, uint32_t number, struct order *o,
		    struct error *err);
/* released: the grant lasts for another grant-timeout-s from now. */
int life_prolong(struct keep *k, struct order *o, struct error *err);
/* held or stopped: it expires then, and no sooner or later. */
int life_extend(struct keep *k, struct order *o, int64_t until, const char *who,
		struct error *err);
/* stopped or stored -> held: all of it is made from its beginning when it is released. It
 * waits for due-days from now, or as long as it would have been kept, if that is longer.
 * hold: with the operator's hold besides. ERROR_CONFLICT where its documents are gone, or
 * it is waiting or under way. */
int life_restart(struct keep *k, struct order *o, bool hold, const char *who,
		 struct error *err);
/* Over: customers are told of it no more; its record is kept for its retention. */
int life_purge(struct keep *k, struct order *o, struct error *err);
/* Its sealing and identification are others now; why: the operator's words. */
int life_reissue(struct keep *k, struct order *o, const char *who, const char *why,
		 struct error *err);
/* Its next date, nothing else. */
int life_set_due(struct keep *k, struct order *o, int64_t due, struct error *err);
/* held, with or without the operator's hold: no release until it is lifted. */
int life_set_operator_hold(struct keep *k, struct order *o, bool hold, const char *who,
			   struct error *err);
/* Its CUPS job is another one now, or none (0), or in another queue. */
int life_set_job(struct keep *k, struct order *o, int32_t cups_job, const char *queue,
		 bool touch, struct error *err);
/* Its CUPS job must be looked after. */
int life_touch(struct keep *k, struct order *o, struct error *err);

/* What the held CUPS job says on the queue: for the person at the counter; no secrets.
 */
void life_sentence(const struct order *o, char *sentence, size_t size);

#endif
