/*
 * manner.h - how pages are made: those of the document, and those that are wanted
 * otherwise (overrides.h).
 */
#ifndef CC_PHOTO_MANNER_H
#define CC_PHOTO_MANNER_H

#include "lib/image/image.h"

#include "filters/photo/job.h"
#include "filters/photo/pdf.h"

struct manner {
	struct job job;
	struct page page;
	struct colour_profile *destination;
	/* Of a PDF. Pages that differ in place only are rendered by one Ghostscript: by
	 * the first manner of its profile and intent. */
	struct manner *renderer;
	struct colour_profile *grey; /* that it renders in, or NULL: the destination */
	struct pdf *pdf;	     /* the renderer's */
	struct image *image;	     /* the renderer's: what comes from it */
};

/* Its page and profile, once its job was read. Before a stranger's byte is looked at. */
int manner_begin(struct manner *m, struct error *err);
/* So that PDF pages can be had from m->renderer: one of the `count` before m, or itself,
 * with the document (pdf_gather). Before the sandbox closes. */
int manner_render(struct manner *m, struct manner *before, unsigned count, int document,
		  struct error *err);
/* The profile that rendered pages are in. */
const struct colour_profile *manner_rendered(const struct manner *m);
/* Nothing more is asked: -1 unless Ghostscript found all of it sound. */
int manner_finish(struct manner *m, struct error *err);
void manner_close(struct manner *m);

#endif
