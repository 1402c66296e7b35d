/*
 * admission.h - who may be connected, and for how long: a slot a connection, counted in
 * all and by address; each with one deadline that a watchdog keeps, however slowly the
 * peer drips its bytes.
 *
 * Past its deadline a connection is shut down (shutdown(2), not close: the thread that
 * owns the descriptor wakes with an end of stream and closes it itself). So the owner
 * must leave its slot before it closes the descriptor, and must not call anything that
 * closes it behind its back (httpFlush does).
 *
 * Connections over the station socket have slots of their own, so that strangers can't
 * lock the stations out. All functions are thread-safe.
 */
#ifndef CC_FRONT_ADMISSION_H
#define CC_FRONT_ADMISSION_H

#include <cups/http.h>
#include <stdbool.h>
#include <stdint.h>

#include "spoold/settings.h"

#define ADMISSION_STATIONS 32  /* slots that only the station socket may have */
#define ADMISSION_TICK_MS  200 /* how exactly a deadline is kept */

struct admission; /* a slot */

int admission_start(const struct settings *settings, struct error *err);
/* Ends the watchdog; waits up to `wait_ms` for all slots to be left. */
void admission_stop(int wait_ms);

/* fd stays the caller's. NULL: no room, *why says for whom. station: an AF_UNIX peer.
 */
struct admission *admission_enter(int fd, const http_addr_t *from, bool station,
				  const char **why);
void admission_leave(struct admission *slot);

/* From now on. A new deadline replaces the old one. */
void admission_deadline(struct admission *slot, int64_t ms);
/* What a request with a document has left after `spent_ms`: its time, and what `received` bytes
 * of the document earned at min-upload-rate. Not above 0: too slow. */
int64_t admission_document_ms(const struct settings *settings, int64_t spent_ms,
			      uint64_t received);
/* Between begin and end at most max-header-bytes may be read (TCP only; libcups itself
 * has no limit). */
void admission_header_begin(struct admission *slot);
void admission_header_end(struct admission *slot);
/* True once the watchdog has shut it down. */
bool admission_expired(struct admission *slot);
/* Shuts all connections down: at the end. */
void admission_expire_all(void);

#endif
