/*
 * client.h - one connection: its thread, HTTP, TLS, and its channel to keep.
 *
 * A connection speaks TLS from its first byte (0x16, a handshake record) or is upgraded
 * by "Upgrade: TLS/..."; in clear it is served only from this machine (loopback, or the
 * station socket), everybody else gets 426 Upgrade Required.
 *
 * Deadlines: a request's header and attributes have header-timeout-s, the whole request
 * request-timeout-s (the header, too, if that is less), a document more as long as it arrives at min-upload-rate or
 * faster; between requests a connection may idle for idle-timeout-s.
 */
#ifndef CC_FRONT_CLIENT_H
#define CC_FRONT_CLIENT_H

#include <cups/http.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/wire/wire.h"
#include "spoold/front/admission.h"
#include "spoold/front/front.h"
#include "spoold/front/preflight.h"

#define CLIENT_LINGER_MS     2000		/* to read what we will not use */
#define CLIENT_DRAIN_MORE    (64 * 1024 * 1024) /* bytes beyond max-document-bytes */
#define CLIENT_REQUESTS	     1000		/* on one connection */
#define CLIENT_ORDERS	     16		  /* handed in over a connection, remembered */
#define CLIENT_SUBSCRIPTIONS 20		  /* made over a connection, remembered */
#define CLIENT_STACK	     (512 * 1024) /* bytes; libcups wants 33 KiB a line */

struct client {
	http_t *http;
	const struct settings *settings;
	const struct front_fds *fds;
	struct admission *slot;
	bool station;	 /* over station.sock: a member of station-group */
	bool loopback;	 /* from this machine */
	char host[256];	 /* address in words; "localhost" from this machine */
	char where[300]; /* for keep: who tries, "station uid 1000" or the host */
	struct wire_peer keep;
	bool keep_open;
	struct preflight *preflight; /* NULL before its first document */
	int64_t started;	     /* of this request, clock_mono_ms */
	bool in_document;	     /* what is read now is a document */
	uint64_t received;	     /* bytes of it */
	bool coded;		     /* libcups inflates or deflates: end_coding */
	/* orders that were begun over it: a ring */
	uint8_t orders[CLIENT_ORDERS][UUID_BYTES];
	unsigned order_count;			      /* ever */
	uint32_t subscriptions[CLIENT_SUBSCRIPTIONS]; /* likewise */
	unsigned subscription_count;
};

/* station: the listener was the station socket. Takes http over; starts the thread. */
int client_start(http_t *http, const struct settings *settings,
		 const struct front_fds *fds, bool station, struct error *err);

/* The channel to keep, opened at first use; NULL with *err. */
struct wire_peer *client_keep(struct client *c, struct error *err);
/* After a fault in the middle of a conversation: the next use opens a new one. */
void client_keep_close(struct client *c);
/* Document bytes of the request: 0 at its end, -1 on a fault. Extends the deadline by
 * what arrived. */
ssize_t client_read(struct client *c, void *data, size_t len);
/* So much of a document has moved: the request's deadline is extended by what it earns. */
void client_earn(struct client *c, size_t bytes);
/* Bytes of the body that the client said are still to come; 0 where it did not say. */
uint64_t client_expected(const struct client *c);
/* Reads what is left of the request's body, at most as much as a document may have and
 * CLIENT_DRAIN_MORE: a libcups that is answered before it has sent all never reads the
 * answer. True if the body's end was reached. */
bool client_drain(struct client *c);

#endif
