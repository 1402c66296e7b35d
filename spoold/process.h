/*
 * process.h - one of spoold's processes: who it is, what it gives up, how it begins.
 *
 *   role     user        root folder   may
 *   keep     user        -             read and write STATE/store, STATE/keep; serve
 *   courier  user        -             read /etc, /usr/share; connect
 *   preflight
 *            front-user  STATE/tls     fork
 *   front    front-user  STATE/tls     read STATE/tls; serve
 *   herald   user        -             connect to unix sockets (D-Bus)
 *   crier    hook-user   -             start the shop's program, which may do what it may
 *
 * All begin the same way: close what is another's, read what must be read, drop groups
 * and ids, die with the supervisor, close the sandbox, loop.
 */
#ifndef CC_SPOOLD_PROCESS_H
#define CC_SPOOLD_PROCESS_H

#include <sys/types.h>

#include "spoold/house.h"

enum process_role {
	PROCESS_KEEP,
	PROCESS_COURIER,
	PROCESS_PREFLIGHT,
	PROCESS_FRONT,
	PROCESS_HERALD,
	PROCESS_CRIER,
	PROCESS_ROLES
};

/* The ends that the new process owns; -1: none. The supervisor closes its copies. */
struct process_ends {
	int supervisor; /* keep */
	int front;	/* keep: front's channel */
	int courier;	/* keep: courier's channel */
	int keep;	/* the others: their channel to keep */
	bool fell;	/* keep: the one before fell by a fault */
};

const char *process_name(enum process_role role);

/* Returns the pid; the child never returns (it ends by exit, so that what was measured
 * in it is written). */
pid_t process_start(enum process_role role, const struct house *house,
		    const struct process_ends *ends, struct error *err);

#endif
