/*
 * print.h - a document, whatever it is, onto its pages.
 */
#ifndef CC_PHOTO_PRINT_H
#define CC_PHOTO_PRINT_H

#include "lib/image/image.h"

#include "filters/attest.h"
#include "filters/photo/manner.h"
#include "filters/photo/output.h"
#include "filters/photo/overrides.h"

struct print {
	struct overrides overrides;
	/* the document's; then those of its overrides, by their numbers */
	struct manner manner[1 + IPP_OVERRIDES_MAX];
	struct attest *attest;
	struct output *output;
	struct image_input input;
	bool is_pdf;
};

/* What must be done before the sandbox closes: a PDF's renderers are started. */
int print_begin(struct print *p, struct error *err);
/* All of the document; every page that was begun is whole, or it is an error. */
int print_document(struct print *p, struct error *err);

#endif
