/*
 * preflight.h - front's side of preflight: a document goes to a checker
 * (spoold/preflight/ask.h) while it is sealed, and its verdict is there soon after its
 * last byte.
 *
 * Nobody can block intake with it. At most preflight-at-once documents are looked at at
 * once; who comes later waits; a document whose client is silent while others wait gives
 * its place up. All waiting together costs a document at most preflight-timeout-s; then it
 * is PREFLIGHT_UNCHECKED, and so is all when the server is not there.
 *
 * A document that fits in one chunk takes its place when it is whole; a larger one from
 * its first chunk on. So a client that drips takes none for long.
 */
#ifndef CC_FRONT_PREFLIGHT_H
#define CC_FRONT_PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spoold/front/sniff.h"
#include "spoold/preflight/ask.h"
#include "spoold/settings.h"

/* A document whose client has been silent for so long gives its place to one that waits.
 */
#define PREFLIGHT_SILENCE_MS 1000
/* Checkers that wait for their connection's next document: a fork costs several times what a
 * small document does, memory a quarter of a MiB each. The longest idle one ends first. */
#define PREFLIGHT_IDLE_MAX 128
#define PREFLIGHT_IDLE_MS  10000

/* server: the end of the supervisor's pair, -1: nothing is checked. Once, at the start. */
void preflight_start(const struct settings *settings, int server);

/* A connection's line to its checker, and the document that goes over it. */
struct preflight;
struct preflight *preflight_open(void);
void preflight_close(struct preflight *p); /* accepts NULL */

/* A PostScript program can't be known without running it; it is left to the sandbox of
 * its filter. */
bool preflight_looks_at(enum sniff_format format);
/* A document, in pieces, each but the last a whole chunk. */
void preflight_begin(struct preflight *p);
void preflight_feed(struct preflight *p, enum sniff_format format, const uint8_t *data,
		    size_t len, bool last);
/* After the last piece: waits for the verdict. */
void preflight_end(struct preflight *p, struct preflight_answer *answer);
/* The document is given up; also after preflight_end. */
void preflight_abandon(struct preflight *p);
/* Ends checkers that were idle for too long; to be called every few seconds, with
 * clock_mono_ms. */
void preflight_sweep(int64_t now);

#endif
