/*
 * stranger.h - front in this process, for fuzz targets: a stranger's connection, and a
 * keep that says what the target wants.
 *
 * The connection is a socket pair's end that libcups accepts, so that all of client.c,
 * request.c and the operations runs on a thread of front's own, as for a real client;
 * only TLS is left out (GnuTLS has fuzzers of its own).
 */
#ifndef CC_TESTS_FUZZ_STRANGER_H
#define CC_TESTS_FUZZ_STRANGER_H

#include "lib/wire/wire.h"
#include "spoold/settings.h"

#define STRANGER_PRINTER  "photo"
#define STRANGER_NUMBER	  7	    /* of the order that keep tells of */
#define STRANGER_INPUT	  65536	    /* bytes a connection takes at once */
#define STRANGER_ANSWERED (1 << 20) /* bytes of an answer that are kept */

/* What keep does with a channel that front has opened: it talks until front closes it,
 * or as long as it likes; the caller closes. On a thread of its own. */
typedef void stranger_keep_fn(struct wire_peer *front, struct settings *settings);

/* For LeakSanitizer: what libcups keeps for a thread is freed as the thread ends, which may
 * be while it looks. */
const char *__lsan_default_suppressions(void); // NOLINT: the sanitizer's name

/* Once; again it does nothing. */
void stranger_start(stranger_keep_fn *keep);
/* Sends these bytes and ends; *answer (buf_init'ed with STRANGER_ANSWERED) gets what
 * came back. Returns when the connection and every channel that it opened have ended. */
void stranger_connect(bool station, const void *data, size_t len, struct buf *answer);

/* A keep that is friendly: it has one order, which anything opens, and says yes to all. */
stranger_keep_fn stranger_friendly_keep;
/* A message for a photo printer as keep pushes it; attributes point to memory that
 * stays. */
void stranger_printer(struct wire_printer *to);

#endif
