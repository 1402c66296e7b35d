/*
 * preflight.h - decodes documents while their customer is still there.
 *
 * One process that does nothing but fork: a checker for each connection that hands in a
 * document (ask.h). What it closed in its sandbox holds for the checkers: no file, no
 * network, no exec; a checker can't fork either, and has limits of memory and time. So a
 * decoder that a document takes over sees that customer's documents and has nobody to
 * tell but front, in the fields of one struct.
 *
 * Checkers use the same codecs as the filters (lib/image), so what passes here is decoded
 * there; PDF files are walked by qpdf, which needs no file of its own.
 */
#ifndef CC_PREFLIGHT_PREFLIGHT_H
#define CC_PREFLIGHT_PREFLIGHT_H

#define PREFLIGHT_CHECKERS_MAX 256 /* alive at once; front asks for fewer */

/* lines: the end of the supervisor's pair (SOCK_SEQPACKET) on which front sends lines.
 * Runs in the sandbox, as front-user, until a signal ends it. Returns an exit status. */
int preflight_run(int lines);

#endif
