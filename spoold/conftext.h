/*
 * conftext.h - a configuration file as text that libconfuse 3.3 reads without its
 * slips.
 *
 * It counts a line with a comment twice, takes the end of the file for a closing brace,
 * and ends the program when handed a folder. So: the file is read whole (bounded),
 * comments become blanks, and braces are checked.
 */
#ifndef CC_SPOOLD_CONFTEXT_H
#define CC_SPOOLD_CONFTEXT_H

#include "lib/base/buf.h"

#define CONFTEXT_MAX (256 * 1024) /* bytes of a configuration file */

/* out: empty, made with at least CONFTEXT_MAX + 1; zero-terminated, same lines as the
 * file. ERROR_INPUT says file and line. */
int conftext_read(const char *path, struct buf *out, struct error *err);

#endif
