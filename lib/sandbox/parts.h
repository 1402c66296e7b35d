/*
 * parts.h - between the files of this room.
 */
#ifndef CC_SANDBOX_PARTS_H
#define CC_SANDBOX_PARTS_H

#include "lib/sandbox/sandbox.h"

/* 0 also where the kernel has no Landlock. Sets no_new_privs. */
int landlock_close(unsigned may, const struct sandbox_path *paths, struct error *err);
int syscalls_close(unsigned may, struct error *err);

#endif
