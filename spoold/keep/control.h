/*
 * control.h - what operators do to a printer: stop it, close it, hold what is new, and what
 * it says of itself meanwhile.
 *
 * To stop a printer is to stop its queue in cupsd, so the courier is asked, and whoever asks
 * hears when cupsd has answered. All else is ours: it holds for a printer of spoold.conf
 * until somebody takes it back, over restarts (STATE/keep/printers, a few lines of text).
 * None of it releases an order: where a hold is lifted, the order waits for its
 * identification as before.
 */
#ifndef CC_KEEP_CONTROL_H
#define CC_KEEP_CONTROL_H

#include "spoold/keep/peer.h"

#define CONTROL_WAITING 16    /* askers that wait for cupsd */
#define CONTROL_WAIT_MS 90000 /* for longer than the courier does */

struct control {
	bool closed;   /* takes no orders in */
	bool hold_new; /* orders that come are on hold */
	bool pausing;  /* stops when nothing is being made; nothing is released */
	bool shut;     /* takes no orders in, and begins none */
	char info[WIRE_NOTICE_MAX], location[WIRE_NOTICE_MAX]; /* "": spoold.conf's */
	char message[WIRE_NOTICE_MAX];			       /* to everybody */
};

int control_open(struct keep *k, struct error *err);
void control_close(struct keep *k);
/* Each second: printers that are to stop when they are done. */
void control_tick(struct keep *k);
void control_peer_gone(struct peer *p);
/* By its place in the settings. */
const struct control *control_of(const struct keep *k, uint32_t printer);
/* By its name; one that is not there has nothing set. */
const struct control *control_named(const struct keep *k, const char *printer);
/* Why nothing begins at that printer, as words behind its name: it was shut down, or one
 * that has the same queue is to stop when it is done. NULL: nothing hinders it. */
const char *control_rests(const struct keep *k, const char *printer, const char *queue);

/* Handlers. */
int control_control(struct peer *p, const union wire_any *m, struct error *err);
int control_notice(struct peer *p, const union wire_any *m, struct error *err);
int control_done(struct peer *p, const union wire_any *m, struct error *err);

/* control_orders.c: what is done to a printer's orders; it answers the peer. */
/* WIRE_RELEASE_NEW, WIRE_PURGE, WIRE_SHUT: to all that it is for, piece by piece. */
int control_sweep(struct peer *p, const struct wire_control *c, const char *who);
/* The one that the printer is at; of several, in a queue that makes several at once, the
 * first that began. ERROR_CONFLICT: there is none, or not that one. */
int control_cancel_current(struct peer *p, const struct wire_control *c,
			   const char *who, struct error *err);
/* The first that was released and not begun, or the one that is named. ERROR_CONFLICT:
 * there is none, or it is being made. */
int control_suspend(struct peer *p, const struct wire_control *c, const char *who,
		    struct error *err);

/* notices.c: the file. */
int notices_read(const struct keep *k, struct control *printers, struct error *err);
int notices_write(const struct keep *k, const struct control *printers,
		  struct error *err);

#endif
