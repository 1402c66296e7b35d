/*
 * typed.h - what a person types (or a barcode reader, which is a keyboard): lines, PINs
 * without echo, answers. Nothing is kept in stdio's buffers; who is done with a secret
 * wipes it.
 */
#ifndef CC_TOOLS_TYPED_H
#define CC_TOOLS_TYPED_H

#include <stdbool.h>

#include "lib/seal/seal.h"

struct typed {
	char text[SEAL_PIN_MAX]; /* zero-terminated, no newline */
	size_t len;
};

/* From now on memory is overwritten as it is freed (libcups keeps requests in its
 * buffers), and the process leaves no core. */
int typed_start(struct error *err);

/* A line from fd: 1, 0 at the end of the file, -1. Longer lines are ERROR_INPUT. Byte by
 * byte from what is no terminal, so that nothing behind the newline is taken. */
int typed_line(int fd, struct typed *line, struct error *err);
/* The same with a prompt; hidden: without echo, and the terminal is put right again also
 * when a signal ends the program. fd must be a terminal for the hidden part to mean
 * anything. The prompt goes to standard error. */
int typed_ask(int fd, const char *prompt, bool hidden, struct typed *line,
	      struct error *err);
/* One question; yes: the letters that mean yes. The end of the file means no. */
bool typed_yes(int fd, const char *prompt, const char *yes);

void typed_wipe(struct typed *line);

#endif
