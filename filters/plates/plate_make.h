/*
 * plate_make.h - a document to a plate set: the decoder's side of doctoplates, which
 * runs in a process of its own, fenced in.
 *
 *	document -> [plate_image: a PDF around a TIFF or JPEG] -> plate_rip -> rows
 *	of each ink -> plate_sheet (screen, G4) -> plate_set (tar) -> out
 */
#ifndef CC_FILTERS_PLATE_MAKE_H
#define CC_FILTERS_PLATE_MAKE_H

#include "filters/plates/plate_options.h"

#define PLATE_DOCUMENT_MAX (4LL << 30) /* bytes */

/* All of `in` in memory as a seekable descriptor (owned by the caller), *len bytes;
 * ERROR_INPUT beyond PLATE_DOCUMENT_MAX. */
int plate_make_load(int in, int *document, uint64_t *len, struct error *err);

/* Writes the tar stream to `out`. ERROR_INPUT with a sentence about the document; what
 * was written by then has no manifest and counts for nothing. */
int plate_make(int document, const struct plate_options *options, int out,
	       struct error *err);

#endif
