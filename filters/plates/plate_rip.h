/*
 * plate_rip.h - Ghostscript in this process: a document in, rows of separations out.
 *
 * Ghostscript reads the document and writes its separations under names that exist
 * nowhere: it opens every file by fopen64 and makes every scratch file by mkstemp64,
 * and this program defines both. The document is a descriptor, the separations go to a
 * plate_sink as they are rendered, scratch files lie in memory. So nothing of a
 * customer's document touches a disk, and Ghostscript needs no right to write anywhere.
 *
 * -dSAFER is on; PDFs are rendered with PDFSTOPONERROR: a page that could only be
 * guessed at makes no plate. One rip a process (Ghostscript's own limit).
 */
#ifndef CC_FILTERS_PLATE_RIP_H
#define CC_FILTERS_PLATE_RIP_H

#include "filters/plates/plate_psd.h"

enum plate_kind { PLATE_PDF = 1, PLATE_POSTSCRIPT };

struct plate_rip {
	enum plate_kind kind;
	int document; /* seekable; not taken over */
	const struct plate_options *options;
	const struct plate_sink *sink;
};

/* ERROR_INPUT with a sentence about the document, or what the sink said. */
int plate_rip_run(const struct plate_rip *rip, struct error *err);

#endif
