/*
 * devlock.h - one production at a time on a device, whatever happens to cupsd.
 *
 * After kill -9 of cupsd its backend goes on as an orphan, and the cupsd that is
 * started next runs the same job again beside it. The orphan holds this lock until it
 * has told keep what came of the job; the second backend waits, and then learns from
 * keep that nothing is left to do. The lock is flock(2) on a file in cupsd's StateDir
 * (CacheDir where that may not be written), named by a hash of the device's URI: the
 * kernel frees it however its holder ends, and a device backend that outlives its
 * wrapper still holds it, because the descriptor is inherited over exec on purpose.
 */
#ifndef CC_BACKEND_DEVLOCK_H
#define CC_BACKEND_DEVLOCK_H

#include <signal.h>

#include "lib/base/error.h"

/* Waits until the lock is ours. stop: set by a signal handler to give up (ERROR_LATER).
 * Says once on stderr that it waits. Returns the descriptor, above 4 (3 and 4 are
 * CUPS's back and side channel), or -1. */
int devlock_take(const char *device_uri, const volatile sig_atomic_t *stop,
		 struct error *err);

#endif
