/*
 * pdf.h - a PDF's pages, rendered by photopages (Ghostscript in its own process) at the
 * resolution that each page's place needs.
 *
 * pdf_start forks and executes, so it comes before the caller's own sandbox. The pages
 * then come as one stream of PNM pictures, in the given profile already: Ghostscript
 * converts each object of a page from its own colour space, once.
 */
#ifndef CC_PHOTO_PDF_H
#define CC_PHOTO_PDF_H

#include "lib/colour/colour.h"
#include "lib/image/input.h"

#define PDF_PAGES_MAX 2000
/* photopages finds its files here. */
#define PDF_DOCUMENT_FD 3
#define PDF_PROFILE_FD	4
#define PDF_WORDS_FD	5 /* a file in memory: where photopages says what went wrong */

struct pdf_size {
	double width, height; /* points, as the page is read */
};

struct pdf;

/* The input whole, as a descriptor that the caller closes; -1. */
int pdf_gather(struct image_input *in, struct error *err);
/* Starts photopages on it and learns the pages' sizes. */
int pdf_start(struct pdf **pdf, int document, const struct colour_profile *profile,
	      enum colour_intent intent, struct error *err);
unsigned pdf_pages(const struct pdf *pdf);
const struct pdf_size *pdf_size(const struct pdf *pdf, unsigned page); /* from 0 */
/* Asks for a page; its picture is the next in the stream. */
int pdf_render(struct pdf *pdf, unsigned page, double dpi_x, double dpi_y,
	       struct error *err);
struct image_input *pdf_stream(struct pdf *pdf);
/* After a failure: photopages' own sentence, if it left one, in place of ours. */
void pdf_explain(const struct pdf *pdf, struct error *err);
/* Nothing more is asked: -1 unless Ghostscript found all of it sound. Frees pdf. */
int pdf_finish(struct pdf *pdf, struct error *err);
void pdf_abandon(struct pdf *pdf); /* accepts NULL */

#endif
