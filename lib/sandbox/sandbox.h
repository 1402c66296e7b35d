/*
 * sandbox.h - giving up what a process does not need, so that a fault in it is worth
 * little.
 *
 * Three means: user and root folder (sandbox_drop), Landlock for paths, seccomp for
 * system calls. What is forbidden fails with EPERM or EACCES; nobody is killed, so that
 * a library that only looks around goes on. Nothing can be taken back. Call before
 * threads are started: Landlock binds the calling thread and what it starts later.
 *
 * A kernel without Landlock: the other two hold; it is said once (log), and
 * sandbox_has_landlock tells. seccomp is never optional.
 */
#ifndef CC_SANDBOX_SANDBOX_H
#define CC_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

/* --- who --- */

struct sandbox_user {
	uid_t uid;
	gid_t gid; /* the user's own group */
};

/* ERROR_ABSENT with words for an unknown name. */
int sandbox_find_user(const char *name, struct sandbox_user *user, struct error *err);

/* Becomes that user for ever: the folder as root (NULL: none), no supplementary groups,
 * group, user, no new privileges. Started as somebody other than root, it can only stay
 * who it is: root_folder is then not used, and user must be ourselves. Checks that
 * there is no way back. A parent-death signal must be set after this (the kernel clears
 * it). */
int sandbox_drop(const struct sandbox_user *user, const char *root_folder,
		 struct error *err);

/* --- what --- */

/* Beyond memory, time, signals to oneself, and the descriptors that are open: */
#define SANDBOX_THREADS	     1u
#define SANDBOX_READ_FILES   2u	  /* open for reading, stat, list folders */
#define SANDBOX_WRITE_FILES  4u	  /* create, write, rename, remove, lock, sync */
#define SANDBOX_SERVE	     8u	  /* accept, socketpair, descriptors over sockets */
#define SANDBOX_CALL	     16u  /* socket, connect; TCP and unix */
#define SANDBOX_MEMORY_FILES 32u  /* memfd_create */
#define SANDBOX_CALL_LOCAL   64u  /* socket, connect; unix only */
#define SANDBOX_FORK	     128u /* children like ourselves; lower limits for them */
#define SANDBOX_FOLDERS                                                                \
	256u /* below a path that can be written: folders, links, moves between */
/* Never: exec, ptrace, mount, other processes' signals, keys, modules. */

struct sandbox_path {
	const char *path; /* a folder, with all below it, or a file; NULL ends a list.
			     One that does not exist is passed over. */
	bool write;	  /* files in it may be made, written and removed */
};

/* The daemons' closing: paths is the whole of what can be opened (NULL: nothing), may
 * the sum of SANDBOX_ bits. A core is never dumped. */
int sandbox_close(unsigned may, const struct sandbox_path *paths, struct error *err);

bool sandbox_has_landlock(void);

/* --- decoders --- */

/* For a filter before it reads a stranger's bytes. */
struct sandbox_limits {
	uint64_t memory_bytes; /* address space; 0: as it is. Allocations above it fail:
				  check them */
	uint32_t cpu_s; /* of all threads; SIGXCPU ends the process; 0: as it is */
	/* Ghostscript's own files and fonts, "/dev/null"; NULL: nothing can be opened.
	 */
	const char *const *read_only; /* ends with NULL */
	const char
		*temp_folder; /* files may be made, read and removed in it; or NULL */
	uint64_t temp_file_bytes; /* largest file there; 0: as it is (then it also does
				     not bound a standard output that is a file) */
};

/* After it: what is open stays (a connected socket may send and receive), threads may
 * be started, memory files made; no other file, no socket, no exec, no fork. */
int sandbox_decoder(const struct sandbox_limits *limits, struct error *err);

/* For a child of a process that closed with SANDBOX_FORK: its parent's sandbox, which it
 * has inherited, less forking, within these memory and CPU limits (the rest of `limits`
 * is not used). cpu_s counts from the child's start. Costs four system calls, so that
 * a process for each document is cheap. */
int sandbox_child(const struct sandbox_limits *limits, struct error *err);

#endif
