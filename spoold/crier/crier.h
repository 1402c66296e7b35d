/*
 * crier.h - runs the shop's own program (setting warning-hook) for orders that will expire
 * soon, so that their customers hear of it by mail or message.
 *
 * A process of its own, as hook-user: keep may start no program, and the program, which
 * speaks with the world, is to be able to do nothing to us. It gets the order's number as
 * its argument, and number, printer, user, host, language and date in its environment: no
 * code, no PIN, no name of a document. One runs at a time, for hook-timeout-s at most; then
 * it and what it started are killed. Its output is the log's, its exit status keep's.
 */
#ifndef CC_CRIER_CRIER_H
#define CC_CRIER_CRIER_H

#include "spoold/settings.h"

/* Until SIGTERM or the end of keep_fd. Returns the exit status. */
int crier_run(const struct settings *settings, int keep_fd);

#endif
