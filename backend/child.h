/*
 * child.h - the CUPS backend that claimcheck wraps, run as cupsd would run it.
 *
 * DEVICE_URI is the inner URI; argv, environment and the descriptors 3 (back channel)
 * and 4 (side channel) are cupsd's own. Standard input and standard error are pipes to
 * us. When we run as root, a backend that everybody may execute runs as cupsd's user
 * (CC_CUPS_USER), any other as root: the rule of cupsd. It must be root's and writable
 * by root alone.
 *
 * It must never take our death for the end of its data. Being told when a parent dies
 * (PR_SET_PDEATHSIG) is not enough: the kernel closes a dying process's pipes first. So
 * a guard, a second process that does nothing else, holds the pipe open too; if we go
 * away without child_end_input, it kills the backend, and lets go only when that is
 * dead.
 */
#ifndef CC_BACKEND_CHILD_H
#define CC_BACKEND_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/base/error.h"

struct child {
	pid_t pid;
	int in;	    /* our end of its standard input, non-blocking; -1 closed */
	int err;    /* our end of its standard error, non-blocking */
	int leash;  /* to the guard */
	bool ended; /* reaped; status is valid */
	int status; /* as waitpid(2) gives it */
};

#define CHILD_SCHEME_MAX 32

/* The inner URI of "claimcheck:<scheme>:...", pointing into device_uri. The scheme is
 * [a-z0-9]+ and none of our own. ERROR_INPUT otherwise. */
const char *child_inner_uri(const char *device_uri, struct error *err);

/* argv: ours (job user title copies options). */
int child_start(struct child *c, const char *inner_uri, char *argv[], int argc,
		struct error *err);
/* Sends a signal, if it still runs. */
void child_signal(const struct child *c, int signal);
/* Reaps without waiting; true once it has ended. */
bool child_reap(struct child *c);
/* Its end in words: "'ipp' ended with status 1". */
void child_ending(const struct child *c, const char *inner_uri, struct error *err);
/* That was all: now the backend may see the end of its input. */
void child_end_input(struct child *c);
/* Closes our ends; a backend that still runs is killed by the guard. */
void child_clear(struct child *c);

#endif
