/*
 * guesses.h - how many ids of subscriptions an address may name that are not there or not
 * its own. A guest's id has 31 bits: at GUESSES_MAX a minute, 20 of them are found in two
 * years on average.
 *
 * GUESSES_HOSTS addresses are remembered, the one that began longest ago is forgotten
 * first. Who shares an address with somebody who guesses finds nothing either while it
 * lasts; what was made over a connection is found over it, and nothing is lost.
 */
#ifndef CC_FRONT_GUESSES_H
#define CC_FRONT_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

#define GUESSES_MAX    100
#define GUESSES_TIME_S 60
#define GUESSES_HOSTS  256

/* Thread-safe; now_ms: clock_mono_ms. False: too many within the time. */
bool guesses_may(const char *host, int64_t now_ms);
/* One more. True if it is the first one too many. */
bool guesses_wrong(const char *host, int64_t now_ms);

#endif
