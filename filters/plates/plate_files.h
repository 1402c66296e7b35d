/*
 * plate_files.h - the files that Ghostscript believes to open: fopen64 and mkstemp64 of
 * this whole program.
 *
 * The dynamic linker takes the executable's definitions before the C library's, so
 * libgs gets these. Names other than the two below go to the C library unchanged.
 */
#ifndef CC_FILTERS_PLATE_FILES_H
#define CC_FILTERS_PLATE_FILES_H

#include <stdbool.h>

#include "filters/plates/plate_psd.h"

/* Every page's separations are a file of their own (%d: Ghostscript's page count). */
#define PLATE_FILES_DOCUMENT "/nonexistent/claimcheck/document"
#define PLATE_FILES_PAGES    "/nonexistent/claimcheck/page"
#define PLATE_FILES_OUTPUT   PLATE_FILES_PAGES "%d"

/* One rip at a time; neither is taken over. */
void plate_files_begin(int document, const struct plate_sink *sink);
/* Did a page or its sink fail? Then *err says how. */
bool plate_files_failed(struct error *err);
void plate_files_end(void);

#endif
