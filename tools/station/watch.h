/*
 * watch.h - a released order until it is done, stopped or cancelled, shown as it goes. A
 * service that is away is waited for: the order is safe in it.
 */
#ifndef CC_TOOLS_WATCH_H
#define CC_TOOLS_WATCH_H

#include "tools/station/counter.h"

/* Ctrl-C, or at a station a key of the next customer, ends the watching, not the order. order: as it
 * was before its release. */
enum ending watch_order(const struct counter *c, const struct station_order *order);

#endif
