#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"

#include "tests/unit/pdf.h"

void
pdf_begin(struct pdf *p, FILE *to)
{
	memset(p, 0, sizeof(*p));
	p->to = to;
	p->objects = 2;
	fputs("%PDF-1.6\n", to);
}

static int
begin_object(struct pdf *p)
{
	INVARIANT(p->objects + 1 < PDF_OBJECTS_MAX);
	p->at[++p->objects] = ftell(p->to);
	fprintf(p->to, "%d 0 obj\n", p->objects);
	return p->objects;
}

int
pdf_object(struct pdf *p, const char *fmt, ...)
{
	int number = begin_object(p);
	va_list ap;

	va_start(ap, fmt);
	vfprintf(p->to, fmt, ap);
	va_end(ap);
	fputs("\nendobj\n", p->to);
	return number;
}

int
pdf_stream(struct pdf *p, const char *dictionary, const void *data, size_t len)
{
	int number = begin_object(p);

	fprintf(p->to, "<<%s/Length %zu>>stream\n", dictionary, len);
	fwrite(data, 1, len, p->to);
	fputs("\nendstream\nendobj\n", p->to);
	return number;
}

void
pdf_page(struct pdf *p, double width_pt, double height_pt, const char *resources,
	 const char *extra, const char *content)
{
	int stream = pdf_stream(p, "", content, strlen(content));

	p->pages[p->page_count++] =
		pdf_object(p,
			   "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]/Contents %d "
			   "0 R/Resources<<%s>>%s>>",
			   width_pt, height_pt, stream, resources, extra);
}

void
pdf_end(struct pdf *p)
{
	long xref;

	p->at[1] = ftell(p->to);
	fputs("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", p->to);
	p->at[2] = ftell(p->to);
	fprintf(p->to, "2 0 obj\n<</Type/Pages/Count %d/Kids[", p->page_count);
	for (int i = 0; i < p->page_count; i++)
		fprintf(p->to, "%d 0 R ", p->pages[i]);
	fputs("]>>\nendobj\n", p->to);
	xref = ftell(p->to);
	fprintf(p->to, "xref\n0 %d\n0000000000 65535 f \n", p->objects + 1);
	for (int i = 1; i <= p->objects; i++)
		fprintf(p->to, "%010ld 00000 n \n", p->at[i]);
	fprintf(p->to, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%ld\n%%%%EOF\n",
		p->objects + 1, xref);
	fflush(p->to);
}
