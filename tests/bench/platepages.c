/*
 * platepages.c - pages for the plates' benchmark: what prepress gets, made by rule.
 *
 *	platepages pictures|glass|text|lines|eight FILE [WIDTH_MM HEIGHT_MM]
 *
 * pictures  CMYK JPEGs at 300 ppi, shadings in CMYK and with a spot, overprint, text
 * glass     the same with transparency: soft shadows, multiply, half-clear type
 * text      columns of 9 pt type, headings in a spot
 * lines     PostScript: curves filled and stroked in CMYK
 * eight     eight A4 pages of pictures and text on one sheet
 * The page is A3 with 3 mm of bleed all round unless a size is given; two spots.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

#include "lib/base/error.h"
#include "tests/unit/pdf.h"

#define MM	   (72.0 / 25.4)
#define BLEED_MM   3.0
#define PPI	   300.0
#define PICTURES   4 /* different ones */
#define RESOURCES  4096
#define PICTURE_PX 1200 /* width of a stored picture; 800 high */

struct page {
	struct pdf pdf;
	double w, h; /* pt */
	FILE *out;   /* the content stream */
	char *content;
	size_t content_len;
	char resources[RESOURCES];
};

/* --- a picture that compresses like a photograph: soft shapes, fine grain --- */

static uint32_t seed = 1;

static double
noise(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / 16777216.0 - 0.5;
}

static void
picture_row(uint8_t *row, int y, int which)
{
	for (int x = 0; x < PICTURE_PX; x++) {
		double u = x / 200.0 + which, v = y / 170.0;
		double a = sin(u * 1.3 + sin(v * 1.7 + which)) * 0.5 + 0.5;
		double b = sin(v * 2.1 + cos(u * 0.9)) * 0.5 + 0.5;
		double edge = fmod(u * 3 + v * 2, 2.0) < 0.12 ? 0.5 : 0.0;
		double g = noise() * 0.06;

		row[4 * x] = (uint8_t)(255 * fmin(1, fmax(0, 0.8 * a + g)));
		row[4 * x + 1] = (uint8_t)(255 * fmin(1, fmax(0, 0.7 * b + edge + g)));
		row[4 * x + 2] =
			(uint8_t)(255 * fmin(1, fmax(0, 0.6 * (1 - a) * b + g)));
		row[4 * x + 3] =
			(uint8_t)(255 *
				  fmin(1, fmax(0, 0.5 * (1 - b) * (1 - a) + edge)));
	}
}

static int
picture(struct pdf *pdf, int which)
{
	static uint8_t row[PICTURE_PX * 4];
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr err;
	unsigned char *data = NULL;
	unsigned long len = 0;
	JSAMPROW rows[1] = {row};
	char dictionary[200];
	int number;

	j.err = jpeg_std_error(&err);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &data, &len);
	j.image_width = PICTURE_PX;
	j.image_height = PICTURE_PX * 2 / 3;
	j.input_components = 4;
	j.in_color_space = JCS_CMYK;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 90, TRUE);
	jpeg_start_compress(&j, TRUE);
	for (int y = 0; y < (int)j.image_height; y++) {
		picture_row(row, y, which);
		jpeg_write_scanlines(&j, rows, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	snprintf(dictionary, sizeof(dictionary),
		 "/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8"
		 "/ColorSpace/DeviceCMYK/Filter/DCTDecode",
		 PICTURE_PX, PICTURE_PX * 2 / 3);
	number = pdf_stream(pdf, dictionary, data, len);
	free(data);
	return number;
}

/* --- resources --- */

static int
spot(struct pdf *pdf, const char *name, const char *cmyk)
{
	return pdf_object(pdf,
			  "[/Separation/%s/DeviceCMYK<</FunctionType 2/Domain[0 1]/N 1"
			  "/C0[0 0 0 0]/C1[%s]>>]",
			  name, cmyk);
}

static void add(struct page *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void
add(struct page *p, const char *fmt, ...)
{
	size_t len = strlen(p->resources);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->resources + len, sizeof(p->resources) - len, fmt, ap);
	va_end(ap);
}

static void
make_resources(struct page *p, int pictures, int glass)
{
	struct pdf *pdf = &p->pdf;
	int warm = spot(pdf, "Warm#20Red", "0 0.85 0.9 0");
	int gold = spot(pdf, "Gold", "0.2 0.35 0.8 0.1");

	add(p, "/ColorSpace<</Cs1 %d 0 R/Cs2 %d 0 R>>", warm, gold);
	add(p, "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
	       "/F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>");
	/* A page is transparent by what its resources could do. */
	add(p, "/ExtGState<</Over<</OP true/op true/OPM 1>>%s>>",
	    glass ? "/Half<</ca 0.5>>/Mult<</BM/Multiply/ca 0.6>>" : "");
	if (!pictures)
		return;
	add(p,
	    "/Shading<</Sh1<</ShadingType 2/ColorSpace/DeviceCMYK/Coords[0 0 1 1]"
	    "/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/N 1"
	    "/C0[0.8 0.2 0 0]/C1[0 0.1 0.9 0.3]>>>>"
	    "/Sh2<</ShadingType 3/ColorSpace %d 0 R/Coords[.5 .5 0 .5 .5 .7]"
	    "/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/N 1/C0[1]/C1[0]"
	    ">>>>>>",
	    gold);
	add(p, "/XObject<<");
	for (int i = 0; i < PICTURES; i++)
		add(p, "/Im%d %d 0 R", i, picture(pdf, i));
	add(p, ">>");
}

/* --- content --- */

static void
put_picture(struct page *p, int which, double x, double y, double w, double h)
{
	fprintf(p->out, "q %.2f 0 0 %.2f %.2f %.2f cm /Im%d Do Q\n", w, h, x, y,
		which % PICTURES);
}

static void
put_text(struct page *p, double x, double y, double w, double h, double size)
{
	static const char *const words[] = {
		"the",	 "plate",  "carries", "what",	 "the",	   "press",
		"will",	 "print",  "and",     "nothing", "else",   "ink",
		"paper", "copper", "letters", "between", "margins"};
	int n = 0;

	fprintf(p->out, "BT 0 0 0 1 k /F1 %.2f Tf %.2f TL %.2f %.2f Td\n", size,
		size * 1.2, x, y + h - size);
	for (double line = y + h - size; line > y; line -= size * 1.2) {
		fputc('(', p->out);
		for (double at = 0; at < w; n++) {
			const char *word = words[(n * 7 + n / 11) % 17];

			at += (double)(strlen(word) + 1) * size * 0.45;
			if (at < w)
				fprintf(p->out, "%s ", word);
		}
		fputs(") Tj T*\n", p->out);
	}
	fputs("ET\n", p->out);
}

static void
put_shadings(struct page *p, double x, double y, double w, double h)
{
	fprintf(p->out,
		"q %.2f 0 0 %.2f %.2f %.2f cm 0 0 1 1 re W n /Sh1 sh Q\n"
		"q %.2f 0 0 %.2f %.2f %.2f cm 0 0 1 1 re W n /Sh2 sh Q\n",
		w * 0.48, h, x, y, w * 0.48, h, x + w * 0.52, y);
}

/* One A4-like block of a page. */
static void
put_block(struct page *p, double x, double y, double w, double h, int glass)
{
	put_picture(p, 0, x, y + h * 0.55, w, h * 0.45);
	put_picture(p, 1, x, y + h * 0.3, w * 0.48, h * 0.22);
	put_picture(p, 2, x + w * 0.52, y + h * 0.3, w * 0.48, h * 0.22);
	put_shadings(p, x, y + h * 0.18, w, h * 0.1);
	put_text(p, x, y, w * 0.6, h * 0.16, 9);
	fprintf(p->out,
		"q /Over gs /Cs1 cs 1 scn %.2f %.2f %.2f %.2f re f\n"
		"BT /F2 48 Tf %.2f %.2f Td (Overprint) Tj ET Q\n",
		x + w * 0.65, y + h * 0.02, w * 0.3, h * 0.3, x + w * 0.05,
		y + h * 0.6);
	if (!glass)
		return;
	fprintf(p->out,
		"q /Mult gs 0.2 0.9 0 0 k %.2f %.2f %.2f %.2f re f\n"
		"/Half gs /Cs2 cs 0.8 scn %.2f %.2f %.2f %.2f re f\n"
		"BT 1 0 0 0 k /F2 72 Tf %.2f %.2f Td (Glass) Tj ET Q\n",
		x + w * 0.1, y + h * 0.45, w * 0.5, h * 0.3, x + w * 0.4, y + h * 0.2,
		w * 0.5, h * 0.5, x + w * 0.2, y + h * 0.7);
}

static void
put_columns(struct page *p)
{
	for (int i = 0; i < 4; i++)
		put_text(p, 30 + i * (p->w - 60) / 4, 60, (p->w - 60) / 4 - 15,
			 p->h - 160, 9);
	fprintf(p->out, "BT /Cs1 cs 1 scn /F2 60 Tf 30 %.2f Td (Headings) Tj ET\n",
		p->h - 80);
}

static void
make_pdf(const char *kind, FILE *to, double w, double h)
{
	struct page p = {.w = w, .h = h};
	int glass = strcmp(kind, "glass") == 0;

	pdf_begin(&p.pdf, to);
	make_resources(&p, strcmp(kind, "text") != 0, glass);
	p.out = open_memstream(&p.content, &p.content_len);
	if (strcmp(kind, "text") == 0)
		put_columns(&p);
	else if (strcmp(kind, "eight") == 0)
		for (int i = 0; i < 8; i++)
			put_block(&p, 20 + (i % 4) * (w - 20) / 4,
				  20 + i / 4 * (h - 20) / 2, (w - 20) / 4 - 20,
				  (h - 20) / 2 - 20, 0);
	else
		put_block(&p, 8.5, 8.5, w - 17, h - 17, glass);
	fclose(p.out);
	pdf_page(&p.pdf, w, h, p.resources, "", p.content);
	pdf_end(&p.pdf);
	free(p.content);
}

static void
make_lines(FILE *to, double w, double h)
{
	fprintf(to,
		"%%!PS-Adobe-3.0\n%%%%BoundingBox: 0 0 %.0f %.0f\n%%%%EndComments\n"
		"<</PageSize[%.3f %.3f]>>setpagedevice\n",
		w, h, w, h);
	for (int i = 0; i < 4000; i++) {
		double x = (noise() + 0.5) * w, y = (noise() + 0.5) * h,
		       r = 20 + 60 * fabs(noise());

		fprintf(to,
			"%.2f %.2f %.2f %.2f setcmykcolor newpath %.2f %.2f moveto "
			"%.2f %.2f %.2f %.2f %.2f %.2f curveto %.2f %.2f %.2f %.2f "
			"%.2f "
			"%.2f curveto closepath %s\n",
			fabs(noise()), fabs(noise()), fabs(noise()), fabs(noise()) / 2,
			x, y, x + r, y + r * noise() * 3, x + r, y + r, x + r * noise(),
			y + r, x - r, y + r, x - r, y - r * noise(), x, y,
			i % 3 == 0 ? "1.5 setlinewidth stroke" : "fill");
	}
	fputs("showpage\n%%EOF\n", to);
}

int
main(int argc, char **argv)
{
	double w = (297 + 2 * BLEED_MM) * MM, h = (420 + 2 * BLEED_MM) * MM;
	FILE *to;

	if (argc < 3 || (to = fopen(argv[2], "w")) == NULL) {
		fputs("usage: platepages pictures|glass|text|lines|eight FILE "
		      "[WIDTH_MM "
		      "HEIGHT_MM]\n",
		      stderr);
		return 1;
	}
	if (argc == 5) {
		w = atof(argv[3]) * MM;
		h = atof(argv[4]) * MM;
	}
	if (strcmp(argv[1], "lines") == 0)
		make_lines(to, w, h);
	else
		make_pdf(argv[1], to, w, h);
	return fclose(to) == 0 ? 0 : 1;
}
