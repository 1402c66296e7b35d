/*
 * checker.h - the process that meets a document, and what it uses to look at one.
 */
#ifndef CC_PREFLIGHT_CHECKER_H
#define CC_PREFLIGHT_CHECKER_H

#include "spoold/preflight/ask.h"

/* Answers questions from the line until it ends. Never returns an error: who asked sees
 * the line end. The line is closed. */
void checker_run(int line);

/* --- a look at one kind of document: the verdict and what was learned go into the answer,
 * whose verdict is SOUND before. fd: the document, readable once, not owned. --- */
typedef void checker_look_fn(int fd, const struct preflight_ask *ask,
			     struct preflight_answer *answer);
checker_look_fn look_picture, look_pdf, look_raster;

/* Sets verdict and detail. */
void checker_say(struct preflight_answer *answer, enum preflight_verdict verdict,
		 const char *detail);
/* One more page of so many pixels (upright): the smallest one is told. */
void checker_page(struct preflight_answer *answer, uint32_t width, uint32_t height,
		  uint32_t ppi_x, uint32_t ppi_y);

#endif
