/*
 * folders.h - the folders of spoold, with owners and modes, and the lock on them.
 *
 *   STATE        root        0711   lock        held while any process may touch the
 * store STATE/store  user        0700   the store's files STATE/keep   user        0700
 * site secret STATE/tls    root:front  0750   key and certificate, the key 0600 of
 * front-user RUN          root        0755   keep.sock, station.sock, spoold.pid
 *
 * Where spoold is not started as root, all belong to who started it.
 */
#ifndef CC_SPOOLD_FOLDERS_H
#define CC_SPOOLD_FOLDERS_H

#include "lib/sandbox/sandbox.h"
#include "spoold/settings.h"

/* Makes what is missing and mends owners and modes; a symbolic link in place of one of
 * ours is refused. */
int folders_make(const struct settings *s, const struct sandbox_user *keep,
		 const struct sandbox_user *front, struct error *err);

/* Two descriptors that hold the locks, of STATE/lock and RUN/spoold.pid. They hold as
 * long as any copy of them is open: keep gets copies, so that a new spoold waits for
 * the keep of one that was killed. */
struct folders_lock {
	int state, run;
};

/* Waits a moment for a spoold that is just ending; then ERROR_CONFLICT names the
 * other's pid. Writes ours into spoold.pid. */
int folders_lock(const struct settings *s, struct folders_lock *lock,
		 struct error *err);
/* Removes spoold.pid and lets go. */
void folders_unlock(const struct settings *s, struct folders_lock *lock);

#endif
