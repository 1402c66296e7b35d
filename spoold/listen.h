/*
 * listen.h - listening sockets: CLOEXEC and non-blocking, opened before privileges go.
 */
#ifndef CC_SPOOLD_LISTEN_H
#define CC_SPOOLD_LISTEN_H

#include <sys/types.h>

#include "lib/base/error.h"

/* "host:port", "*:port" or "[::1]:port" at every address that the name has; at most max
 * descriptors into fds. Returns how many, at least one, or -1 with none open. */
int listen_tcp(const char *address, int *fds, unsigned max, struct error *err);

/* A unix socket, in place of one that a dead spoold left. Group and mode say who may
 * connect; as somebody other than root, owner and group stay ours. Returns the
 * descriptor. */
int listen_unix(const char *folder, const char *name, uid_t uid, gid_t gid, mode_t mode,
		struct error *err);

#endif
