/*
 * herald.h - tells the network of our printers (DNS-SD, RFC 6763), through Avahi.
 *
 * A process of its own, since neither front nor keep may make connections, and Avahi's
 * client library blocks. It knows what front said of each printer, and which addresses
 * front listens at; it meets nobody but keep and, over D-Bus, avahi-daemon. When it ends,
 * however it ends, Avahi withdraws what it registered.
 */
#ifndef CC_HERALD_HERALD_H
#define CC_HERALD_HERALD_H

#include "spoold/settings.h"

#define HERALD_PLACES_MAX (SETTINGS_LISTEN_MAX * 2)

/* Where front can be reached from other machines. */
struct herald_place {
	int interface; /* index of the kernel, 0: all */
	int family;    /* AF_INET, AF_INET6, AF_UNSPEC: both */
	uint16_t port;
};

/* From listening TCP sockets: those bound to an address of this machine alone (loopback)
 * give none; one place an interface and family. Returns how many. */
unsigned herald_places(const int *fds, unsigned count,
		       struct herald_place places[HERALD_PLACES_MAX]);

/* Adds one; no two tell the same interface and family twice, since a service has one port
 * there: the first one counts, but all interfaces before a single one. Returns how many. */
unsigned herald_place_add(struct herald_place places[HERALD_PLACES_MAX], unsigned count,
			  const struct herald_place *more);

/* Until SIGTERM or the end of keep_fd. Returns the exit status. */
int herald_run(const struct herald_place *places, unsigned place_count, int keep_fd);

#endif
