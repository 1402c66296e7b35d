/*
 * supervisor.h - starts keep, courier and front, starts again what dies, ends them in
 * order. It reads nothing from anybody but the kernel.
 *
 *   front or courier dies    a new channel, one end to keep, the other to its successor
 *   keep dies                the others are ended, then all start again
 *   a start in vain          the delay doubles, from 0.1 s to 30 s; a minute of life
 *                            sets it back
 *   KEEP_EXIT_HOPELESS       all ends, status 1
 *   keep falls 5 times       all ends, status 78: by SIGSEGV and the like, each within a
 *                            minute; before each new start it looks its store over
 *   SIGTERM, SIGINT          front, courier, keep are ended one after the other, status
 * 0 SIGHUP                   is logged kill -9 of it            the kernel kills the
 * others (PR_SET_PDEATHSIG)
 */
#ifndef CC_SPOOLD_SUPERVISOR_H
#define CC_SPOOLD_SUPERVISOR_H

#include "spoold/house.h"

/* Blocks the signals that it waits for; returns the exit status. */
int supervisor_run(const struct house *house);

#endif
