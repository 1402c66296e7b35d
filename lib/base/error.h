/*
 * error.h - one small error value, filled by whoever detects the fault.
 *
 * The kind answers what the caller can do; the text is for the person who can act:
 * "cannot open 'x': No such file or directory; set state-directory in spoold.conf".
 * Functions that can fail return 0, or -1 with *err filled; those above pass it on,
 * and exactly one place logs it. err may be NULL where the caller does not care.
 * A broken invariant of our own aborts (error_panic); strange data never does.
 */
#ifndef CC_BASE_ERROR_H
#define CC_BASE_ERROR_H

#include <stdarg.h>

#define ERROR_TEXT_MAX 320 /* bytes with the terminating zero */

enum error_kind {
	ERROR_NONE = 0,
	ERROR_INPUT,	/* what was handed in is wrong: say so to who handed it in */
	ERROR_ABSENT,	/* there is no such thing */
	ERROR_REFUSED,	/* not allowed: wrong identification, no grant, no right */
	ERROR_CONFLICT, /* somebody else was faster, or the state forbids it */
	ERROR_LATER,	/* try again later: locked out, busy, cupsd down */
	ERROR_FULL,	/* no room: disk, map or quota */
	ERROR_CORRUPT,	/* stored data is damaged */
	ERROR_SYSTEM,	/* the machine: errno in words */
	ERROR_KINDS
};

struct error {
	enum error_kind kind;
	unsigned char detail; /* where one kind is told in several ways; else 0 */
	char text[ERROR_TEXT_MAX];
};

/* Fills *err (if not NULL) and returns -1, so that `return error_set(...)` reads well.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* As error_set with ERROR_SYSTEM (ERROR_FULL for ENOSPC, EDQUOT, EFBIG; ERROR_ABSENT for
 * ENOENT) and ": strerror(errno)" behind the text. */
int error_errno(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Puts "words: " before the text that is there. Returns -1. */
int error_prefix(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Says in which way: a value that two rooms share (enum wire_full). Returns -1. */
int error_detail(struct error *err, unsigned char detail);
void error_clear(struct error *err);
/* "input", "absent", ... for logs and --json. */
const char *error_kind_name(enum error_kind kind);

/* Our own invariant is broken: says where on stderr, and aborts. */
void error_panic(const char *file, int line, const char *what)
	__attribute__((noreturn));
#define INVARIANT(cond)                                                                \
	do {                                                                           \
		if (!(cond))                                                           \
			error_panic(__FILE__, __LINE__, #cond);                        \
	} while (0)

#endif
