/*
 * places.c - addresses that others can reach. An address belongs to an interface, and is
 * told there only: Avahi gives the host's address of that interface with it.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "spoold/herald/herald.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static bool
is_loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return (ntohl(a->in.sin_addr.s_addr) >> 24) == 127;
	return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr) != 0;
}

static bool
is_wildcard(const union address *a)
{
	if (a->any.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr) != 0;
}

static bool
is_same(const union address *a, const struct sockaddr *b)
{
	const void *other = b;

	if (b == NULL || b->sa_family != a->any.sa_family)
		return false;
	if (b->sa_family == AF_INET)
		return memcmp(&((const struct sockaddr_in *)other)->sin_addr,
			      &a->in.sin_addr, sizeof(a->in.sin_addr)) == 0;
	return memcmp(&((const struct sockaddr_in6 *)other)->sin6_addr,
		      &a->in6.sin6_addr, sizeof(a->in6.sin6_addr)) == 0;
}

/* 0 if none has it. */
static int
interface_of(const union address *a)
{
	struct ifaddrs *all = NULL;
	unsigned found = 0;

	if (getifaddrs(&all) != 0)
		return 0;
	for (struct ifaddrs *i = all; i != NULL && found == 0; i = i->ifa_next)
		if (is_same(a, i->ifa_addr))
			found = if_nametoindex(i->ifa_name);
	freeifaddrs(all);
	return (int)found;
}

static bool
place_of(int fd, struct herald_place *place)
{
	union address a = {.any = {0}};
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len) != 0 ||
	    (a.any.sa_family != AF_INET && a.any.sa_family != AF_INET6) ||
	    is_loopback(&a))
		return false;
	place->family = a.any.sa_family;
	place->port = ntohs(place->family == AF_INET ? a.in.sin_port : a.in6.sin6_port);
	place->interface = is_wildcard(&a) ? 0 : interface_of(&a);
	return place->interface != 0 || is_wildcard(&a);
}

static bool
covers(const struct herald_place *old, const struct herald_place *more)
{
	return (old->interface == 0 || old->interface == more->interface) &&
	       (old->family == AF_UNSPEC || old->family == more->family);
}

/* What is left of an old place beside a newer, wider one; false: nothing. */
static bool
is_left(struct herald_place *old, const struct herald_place *wide)
{
	if (covers(wide, old))
		return false;
	if (wide->interface == 0 && old->family == AF_UNSPEC)
		old->family = wide->family == AF_INET ? AF_INET6 : AF_INET;
	return true;
}

unsigned
herald_place_add(struct herald_place places[HERALD_PLACES_MAX], unsigned n,
		 const struct herald_place *more)
{
	struct herald_place one = *more;
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (covers(&places[i], more))
			return n;
	/* "*:port" is a socket for each family */
	for (unsigned i = 0; i < n; i++)
		if (places[i].interface == one.interface && places[i].port == one.port)
			one.family = AF_UNSPEC;
	for (unsigned i = 0; i < n; i++)
		if (is_left(&places[i], &one))
			places[kept++] = places[i];
	if (kept < HERALD_PLACES_MAX)
		places[kept++] = one;
	return kept;
}

unsigned
herald_places(const int *fds, unsigned count,
	      struct herald_place places[HERALD_PLACES_MAX])
{
	struct herald_place one;
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++)
		if (place_of(fds[i], &one))
			n = herald_place_add(places, n, &one);
	return n;
}
