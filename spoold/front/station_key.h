/*
 * station_key.h - a remote station: a terminal on another machine that shows its key
 * (`spoolctl station add`) with each request, as HTTP's Basic authorization over TLS: its
 * name, a colon, the key in hex. It may present identifications, and nothing else that the
 * station socket may: it is no operator.
 */
#ifndef CC_FRONT_STATION_KEY_H
#define CC_FRONT_STATION_KEY_H

#include "spoold/front/request.h"

/* True for a key that keep knows; client->where then is the station's name. False after
 * the request was answered: no key, a wrong one, or not over TLS. */
bool station_key_check(struct request *r);

#endif
