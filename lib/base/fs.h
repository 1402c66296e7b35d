/*
 * fs.h - files and descriptors: whole reads, whole writes, durable replacement, clocks.
 */
#ifndef CC_BASE_FS_H
#define CC_BASE_FS_H

#include <sys/types.h>
#include <time.h>

#include "lib/base/buf.h"

/* Appends the whole file to out; ERROR_FULL if it is larger than out may hold. */
int fs_read_file(const char *path, struct buf *out, struct error *err);
/* Temporary file in the same folder, flush, fsync, close, rename, fsync of the folder.
 */
int fs_write_file(const char *path, mode_t mode, const void *data, size_t len,
		  struct error *err);
/* All of it, through EINTR and short writes; -1 with errno. */
int fs_write_all(int fd, const void *data, size_t len);
/* Up to len bytes until end of file, through EINTR; -1 with errno. */
ssize_t fs_read_full(int fd, void *data, size_t len);

/* Milliseconds that never go back; not a date. */
int64_t clock_mono_ms(void);

#endif
