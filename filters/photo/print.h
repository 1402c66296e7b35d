/*
 * print.h - a document, whatever it is, onto its pages.
 */
#ifndef CC_PHOTO_PRINT_H
#define CC_PHOTO_PRINT_H

#include "lib/image/image.h"

#include "filters/photo/choose.h"
#include "filters/photo/output.h"

struct pdf;

struct print {
	struct job job;
	struct page page;
	struct colour_profile *destination;
	struct attest *attest;
	struct output *output;
	struct image_input input;
	struct pdf *pdf; /* rendering, or NULL */
};

/* What must be done before the sandbox closes: a PDF's renderer is started. */
int print_begin(struct print *p, struct error *err);
/* All of the document; every page that was begun is whole, or it is an error. */
int print_document(struct print *p, struct error *err);

#endif
