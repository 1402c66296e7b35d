/*
 * stations.h - remote stations: terminals on other machines that may present
 * identifications, over TLS, because they have a key.
 *
 * A key is 32 random bytes, told once when its station is added; the file STATE/keep/
 * stations has only its hash (BLAKE2b-256: of a random key nothing can be guessed). A
 * station that is revoked is out at its next word. What its customers try counts against
 * the station's own name and its address (tries.h), apart from every other's.
 */
#ifndef CC_KEEP_STATIONS_H
#define CC_KEEP_STATIONS_H

#include "spoold/keep/peer.h"

#define STATIONS_MAX	  256
#define STATIONS_NAME_MAX 64 /* with its zero; letters, digits, . _ - */

int stations_open(struct keep *k, struct error *err);
void stations_close(struct keep *k);
/* From front: is that the key of that station? ERROR_REFUSED; ERROR_LATER after too many
 * wrong ones from its address. */
int stations_station(struct peer *p, const union wire_any *m, struct error *err);
/* From spoolctl: list, add, revoke. */
int stations_stations(struct peer *p, const union wire_any *m, struct error *err);

#endif
