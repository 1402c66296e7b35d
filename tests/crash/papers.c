#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "lib/base/error.h"
#include "tests/crash/papers.h"
#include "tests/unit/pdf.h"

#define PAGE_PT 426 /* the smallest plate: 150 mm */

static void
make_picture(struct paper *p, unsigned n)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr mgr;
	JSAMPLE row[48 * 3];
	JSAMPROW rows[] = {row};

	p->format = "image/jpeg";
	jpeg.err = jpeg_std_error(&mgr);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &p->data, &p->len);
	jpeg.image_width = 48;
	jpeg.image_height = 32;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	for (unsigned y = 0; y < 32; y++) {
		for (unsigned x = 0; x < sizeof(row); x++)
			row[x] = (JSAMPLE)(x * (n + 1) + 7 * y);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
}

/* Something in two inks. */
static void
make_page(struct paper *p, unsigned n)
{
	char content[128], *text = NULL;
	struct pdf pdf;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	INVARIANT(to != NULL);
	snprintf(content, sizeof(content),
		 "0 0 0 1 k %u 20 60 300 re f 1 0 0 0 k 40 %u 300 40 re f", 20 + 30 * n,
		 20 + 40 * n);
	pdf_begin(&pdf, to);
	pdf_page(&pdf, PAGE_PT, PAGE_PT, "", "", content);
	pdf_end(&pdf);
	fclose(to);
	*p = (struct paper){"application/pdf", (unsigned char *)text, len};
}

void
papers_make(struct paper papers[PAPERS], enum paper_kind kind)
{
	for (unsigned n = 0; n < PAPERS; n++)
		(kind == PAPER_PICTURE ? make_picture : make_page)(&papers[n], n);
}

void
papers_clear(struct paper papers[PAPERS])
{
	for (unsigned n = 0; n < PAPERS; n++)
		free(papers[n].data);
}
