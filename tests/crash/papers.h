/*
 * papers.h - what people bring: small pictures, and small pages to make plates of.
 */
#ifndef CC_CRASH_PAPERS_H
#define CC_CRASH_PAPERS_H

#include <stddef.h>

#define PAPERS 8 /* of each kind, all different */

struct paper {
	const char *format; /* MIME type */
	unsigned char *data;
	unsigned long len;
};

enum paper_kind { PAPER_PICTURE, PAPER_PAGE };

void papers_make(struct paper papers[PAPERS], enum paper_kind kind);
void papers_clear(struct paper papers[PAPERS]);

#endif
