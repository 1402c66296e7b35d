/*
 * services.h - the services that stand for our printers in Avahi: one entry group a
 * printer, made when Avahi is there, made anew when it comes again.
 *
 * All callbacks run within the poll's loop. Names that somebody else has get a number
 * ("Photographs #2"); `named` is told whenever a printer's name became its own, or was
 * lost (""). That Avahi is not there is said once, and again after it had been there.
 */
#ifndef CC_HERALD_SERVICES_H
#define CC_HERALD_SERVICES_H

#include <avahi-common/simple-watch.h>

#include "lib/wire/messages.h"
#include "spoold/herald/herald.h"

struct services;
typedef void services_named_fn(void *context, const char *printer, const char *name);

/* places: kept, not copied. */
struct services *services_open(const AvahiPoll *poll, const struct herald_place *places,
			       unsigned place_count, services_named_fn *named,
			       void *context);
/* A printer, or what has changed of it. */
void services_tell(struct services *s, const struct wire_announce *a);
/* Withdraws all. Accepts NULL. */
void services_close(struct services *s);

#endif
