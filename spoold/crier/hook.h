/*
 * hook.h - one run of the program.
 */
#ifndef CC_CRIER_HOOK_H
#define CC_CRIER_HOOK_H

#include "lib/wire/wire.h"

#define HOOK_OUTPUT_MAX 512 /* bytes of its output that are logged */
#define HOOK_MEMORY_MAX (UINT64_C(512) << 20)
#define HOOK_FILE_MAX	(UINT64_C(16) << 20) /* bytes it may write into one file */

/* 0, or -1 with what went wrong, in words for the log and for keep. cancel_fd: readable
 * ends it at once. */
int hook_run(const char *path, uint32_t timeout_s, int cancel_fd,
	     const struct wire_warn *order, struct error *err);

#endif
