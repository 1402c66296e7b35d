/*
 * pdf.h - small PDFs for tests: pages of content streams, resources in words.
 */
#ifndef CC_TESTS_PDF_H
#define CC_TESTS_PDF_H

#include <stdio.h>

#define PDF_OBJECTS_MAX 64

struct pdf {
	FILE *to;
	long at[PDF_OBJECTS_MAX];
	int objects; /* numbers given so far; 1 catalog, 2 pages */
	int pages[PDF_OBJECTS_MAX], page_count;
};

void pdf_begin(struct pdf *p, FILE *to);
/* An object's text; its number, for "%d 0 R". */
int pdf_object(struct pdf *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* dictionary: entries besides /Length. */
int pdf_stream(struct pdf *p, const char *dictionary, const void *data, size_t len);
/* resources: inside of /Resources<<>>; extra: further entries of the page. */
void pdf_page(struct pdf *p, double width_pt, double height_pt, const char *resources,
	      const char *extra, const char *content);
void pdf_end(struct pdf *p);

#endif
