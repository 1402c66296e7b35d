/*
 * keep.h - the keeper of store and secrets, as the supervisor starts it.
 *
 * keep_run is called in a process of its own, already as the setting `user`, with no
 * capabilities, in a session that ends with the supervisor (PR_SET_PDEATHSIG). It may
 * read and write below STATE/store and STATE/keep, which exist, are its own and have
 * mode 0700; nothing else (Landlock, where the kernel has it). Threads are allowed;
 * new processes are not.
 */
#ifndef CC_KEEP_KEEP_H
#define CC_KEEP_KEEP_H

#include <sys/types.h>

#include "spoold/settings.h"

#define KEEP_STORE_FOLDER "store" /* below state-directory: the store's files */
#define KEEP_KEEP_FOLDER  "keep"  /* below state-directory: site secret and the like */
#define KEEP_SOCKET	  "keep.sock" /* below run-directory */

/* Exit status of a process that starting again can't help: the supervisor then ends
 * all. Anything else but 0 is a crash: started again, with a growing delay. */
#define KEEP_EXIT_HOPELESS 78
/* It met damage in the store, and left in order: for the next one it fell. */
#define KEEP_EXIT_DAMAGED 79

/* All descriptors are owned by the process; CLOEXEC, sockets of AF_UNIX SOCK_STREAM. */
struct keep_fds {
	/* From the supervisor, one byte with one descriptor (SCM_RIGHTS): 'F' a new
	 * front's control channel, 'C' a new courier's. The old one's end has closed or
	 * will close. End of stream: the supervisor is gone, leave. */
	int supervisor;
	int listener; /* RUN/keep.sock, listening, non-blocking */
	int front;    /* control channel of the first front */
	int courier;  /* channel of the first courier */
	/* Whose connections to the listener are filters and backends; names can't be
	 * looked up in the sandbox. (uid_t)-1: nobody's. */
	uid_t filter_uid;
	/* The keep before this one fell (SIGSEGV, SIGBUS, ...), or met damage: the store's
	 * tree is looked over before it is opened, and saved if need be (mend.h). */
	bool fell;
};

/* Until SIGTERM or the supervisor's end. Returns the exit status. SIGTERM is blocked or
 * default when it is called: keep installs its own handler and unblocks it. */
int keep_run(const struct settings *settings, const struct keep_fds *fds);

#endif
