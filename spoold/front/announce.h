/*
 * announce.h - what the network is told of a printer (DNS-SD), from what the printer says
 * of itself in Get-Printer-Attributes, so that the two can't disagree. The herald does the
 * telling; the way to it leads through keep (messages.h: announce, announced).
 */
#ifndef CC_FRONT_ANNOUNCE_H
#define CC_FRONT_ANNOUNCE_H

#include "spoold/front/printers.h"

/* p->attributes is used: hold printer_lock. */
void announce_fill(struct wire_announce *a, const struct printer *p);
/* The printer is new or has changed: keep is told if that makes a difference. */
void announce_printer(const char *printer);
/* From keep: the name that a printer has in the network now. */
void announce_named(const struct wire_announced *m);
/* printer-dns-sd-name: that name; before it has one, the one that it asks for. */
void announce_name(const struct printer *p, char name[64]);

#endif
