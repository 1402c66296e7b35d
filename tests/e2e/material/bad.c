/*
 * What a stranger may send: true to their formats in the beginning, so that they are
 * taken for what they say, and wrong where it hurts.
 */
#include <stdlib.h>
#include <string.h>

#include <cups/ipp.h>
#include <png.h>

#include "tests/e2e/material/material.h"

#define HUGE_PX	  60000u
#define ZEROS_PX  20000u
#define HUGE_FILE 2048 /* bytes of the whole file */
#define NEST	  20000

static void
png_to_null(png_structp png, png_bytep data, size_t len)
{
	FILE *to = png_get_io_ptr(png);
	long room = HUGE_FILE - ftell(to);

	if (room > 0)
		fwrite(data, 1, len < (size_t)room ? len : (size_t)room, to);
}

/* Rows of one colour, as many as 2 kB hold: the header is true and the rest missing. */
void
bad_huge_png(FILE *to)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png == NULL ? NULL : png_create_info_struct(png);
	uint8_t *row = calloc(HUGE_PX, 3);

	if (info == NULL || row == NULL || setjmp(png_jmpbuf(png)))
		material_die("cannot write a PNG");
	png_set_write_fn(png, to, png_to_null, NULL);
	png_set_IHDR(png, info, HUGE_PX, HUGE_PX, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int i = 0; i < 100; i++)
		png_write_row(png, row);
	png_write_flush(png);
	png_destroy_write_struct(&png, &info);
	free(row);
}

/* 16 bits, RGB and opacity, all of them 0: 3.2 GB that deflate to 3 MB. */
void
bad_zeros_png(FILE *to)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png == NULL ? NULL : png_create_info_struct(png);
	uint8_t *row = calloc(ZEROS_PX, 8);

	if (info == NULL || row == NULL || setjmp(png_jmpbuf(png)))
		material_die("cannot write a PNG");
	png_init_io(png, to);
	png_set_IHDR(png, info, ZEROS_PX, ZEROS_PX, 16, PNG_COLOR_TYPE_RGB_ALPHA,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_set_compression_level(png, 1);
	png_set_filter(png, 0, PNG_FILTER_NONE);
	png_write_info(png, info);
	for (unsigned i = 0; i < ZEROS_PX; i++)
		png_write_row(png, row);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
}

/* SOI, JFIF, a quantisation table of ones, SOF0 with the size, and no more than a scan
 * header: T.81 B.2. */
void
bad_huge_jpeg(FILE *to)
{
	static const uint8_t head[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I',
				       'F',  0,	   1,	 1,    0, 0,  1,   0,	1,
				       0,    0,	   0xFF, 0xDB, 0, 67, 0};
	static const uint8_t frame[] = {0xFF,
					0xC0,
					0,
					17,
					8,
					HUGE_PX >> 8,
					HUGE_PX & 255,
					HUGE_PX >> 8,
					HUGE_PX & 255,
					3,
					1,
					0x22,
					0,
					2,
					0x11,
					0,
					3,
					0x11,
					0};
	static const uint8_t scan[] = {0xFF, 0xDA, 0, 12, 3, 1,	 0,
				       2,    0,	   3, 0,  0, 63, 0};

	fwrite(head, 1, sizeof(head), to);
	for (int i = 0; i < 64; i++)
		fputc(1, to);
	fwrite(frame, 1, sizeof(frame), to);
	fwrite(scan, 1, sizeof(scan), to);
	for (long at = ftell(to); at < HUGE_FILE - 2; at++)
		fputc(0, to);
	fwrite("\xFF\xD9", 1, 2, to);
}

/* PDF 32000-1 7.3.8.2: a stream's data may be in an external file. */
void
bad_pdf_host(FILE *to)
{
	fputs("%PDF-1.6\n"
	      "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
	      "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
	      "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
	      " /Resources << /XObject << /P 5 0 R >> >> /Contents 4 0 R >>\nendobj\n"
	      "4 0 obj\n<< /Length 0 /F (/etc/passwd) >>\nstream\n\nendstream\nendobj\n"
	      "5 0 obj\n<< /Type /XObject /Subtype /Image /Width 16 /Height 16"
	      " /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 0"
	      " /F << /Type /Filespec /F (/etc/passwd) >> "
	      ">>\nstream\n\nendstream\nendobj\n"
	      "trailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n",
	      to);
}

/* Shows the first line of /etc/passwd on a page, and leaves a file behind, if it may.
 */
void
bad_ps_host(FILE *to)
{
	fputs("%!PS-Adobe-3.0\n%%Pages: 1\n%%EndComments\n%%Page: 1 1\n"
	      "/Helvetica findfont 20 scalefont setfont 72 700 moveto\n"
	      "(/tmp/claimcheck-was-here) (w) file closefile\n"
	      "(/etc/passwd) (r) file 200 string readline pop show\n"
	      "showpage\n%%EOF\n",
	      to);
}

static void
put_value(FILE *to, int tag, const char *name, const void *value, size_t len)
{
	fputc(tag, to);
	fputc((int)(strlen(name) >> 8), to);
	fputc((int)(strlen(name) & 255), to);
	fputs(name, to);
	fputc((int)(len >> 8), to);
	fputc((int)(len & 255), to);
	fwrite(value, 1, len, to);
}

static void
put_text(FILE *to, int tag, const char *name, const char *value)
{
	put_value(to, tag, name, value, strlen(value));
}

/* RFC 8010 3.1.6: begCollection, memberAttrName, begCollection, ... and all the ends.
 */
void
bad_nested_ipp(FILE *to)
{
	static const uint8_t head[] = {1, 1, 0, IPP_OP_PRINT_JOB, 0,
				       0, 0, 1, IPP_TAG_OPERATION};

	fwrite(head, 1, sizeof(head), to);
	put_text(to, IPP_TAG_CHARSET, "attributes-charset", "utf-8");
	put_text(to, IPP_TAG_LANGUAGE, "attributes-natural-language", "en");
	put_text(to, IPP_TAG_URI, "printer-uri", "ipp://localhost/ipp/print/photo");
	fputc(IPP_TAG_JOB, to);
	put_text(to, IPP_TAG_BEGIN_COLLECTION, "media-col", "");
	for (int i = 0; i < NEST; i++) {
		put_text(to, IPP_TAG_MEMBERNAME, "", "x");
		put_text(to, IPP_TAG_BEGIN_COLLECTION, "", "");
	}
	for (int i = 0; i <= NEST; i++)
		put_text(to, IPP_TAG_END_COLLECTION, "", "");
	fputc(IPP_TAG_END, to);
}
