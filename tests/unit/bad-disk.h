/*
 * bad-disk.h - a disk that fails: EIO for what LMDB and pages.c write, sync and read.
 *
 * A program that is linked with it writes through its pwrite, writev, pread and fdatasync
 * instead of libc's; only files called data.mdb are touched. What the kernel does with a
 * mapped page that the disk does not give (SIGBUS) it does here, too: an empty file's page
 * is mapped there.
 *
 * The switch is shared with children that were forked later.
 */
#ifndef CC_TESTS_UNIT_BAD_DISK_H
#define CC_TESTS_UNIT_BAD_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum bad_disk {
	DISK_WELL,
	DISK_SYNC, /* a sync fails, and the kernel forgets what it was to write */
	DISK_HEAD  /* a head is written, and its write fails all the same */
};

/* First of all. */
void bad_disk_open(void);
void bad_disk_set(enum bad_disk fault);
/* How often it failed since it was set. */
unsigned bad_disk_failed(void);
/* With the file closed: makes of it what the disk has. */
void bad_disk_reread(const char *data_file);
/* The bytes of the file can't be read any more: not from the map, if it is mapped by us, nor
 * by pread. At most 16 places, each made larger to whole
 * pages; what is written anew there is read again. bad_disk_mend: all can. */
bool bad_disk_unreadable(const char *data_file, off_t at, size_t len);
/* Where those bytes lie in the file, the first time; -1: nowhere. */
off_t bad_disk_place(const char *data_file, const void *bytes, size_t len);
/* The file was opened anew. */
void bad_disk_map_again(const char *data_file);
void bad_disk_mend(void);

#endif
