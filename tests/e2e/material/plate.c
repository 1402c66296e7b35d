/*
 * A PDF 1.6 by hand: a list of objects, their offsets, the cross-reference table.
 *
 * Page 1 is what a customer brings: a CMYK picture, black text, a heading in a spot
 * colour. Page 2 is for measuring: a wedge of ten steps for each ink, 10 % to 100 %,
 * and a patch where the spot overprints.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/material/material.h"
#include "tests/e2e/material/scene.h"

#define PICTURE_WIDTH_PX  300u
#define PICTURE_HEIGHT_PX 200u
#define OBJECTS		  12
#define PAGE		  "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
#define RESOURCES                                                                      \
	"/Resources << /Font << /F 7 0 R >> /XObject << /P 8 0 R >>"                   \
	" /ColorSpace << /Spot 9 0 R >> /ExtGState << /Over 11 0 R >> >>"

struct pdf {
	FILE *to;
	long offset[OBJECTS];
	int count; /* of objects begun, from 1 */
};

__attribute__((format(printf, 2, 3))) static void
object(struct pdf *pdf, const char *fmt, ...)
{
	va_list ap;

	pdf->offset[pdf->count++] = ftell(pdf->to);
	fprintf(pdf->to, "%d 0 obj\n", pdf->count);
	va_start(ap, fmt);
	vfprintf(pdf->to, fmt, ap);
	va_end(ap);
	fputs("\nendobj\n", pdf->to);
}

static void
stream(struct pdf *pdf, const char *dictionary, const void *data, size_t len)
{
	pdf->offset[pdf->count++] = ftell(pdf->to);
	fprintf(pdf->to, "%d 0 obj\n<< %s /Length %zu >>\nstream\n", pdf->count,
		dictionary, len);
	fwrite(data, 1, len, pdf->to);
	fputs("\nendstream\nendobj\n", pdf->to);
}

/* Grey component fully replaced: enough for a picture with four inks in it. */
static void
to_cmyk(uint8_t cmyk[4], const uint8_t rgb[3])
{
	uint8_t most = rgb[0];

	if (rgb[1] > most)
		most = rgb[1];
	if (rgb[2] > most)
		most = rgb[2];
	for (int i = 0; i < 3; i++)
		cmyk[i] = (uint8_t)(most - rgb[i]);
	cmyk[3] = (uint8_t)(255 - most);
}

static void
picture(struct pdf *pdf)
{
	static uint8_t data[PICTURE_HEIGHT_PX][PICTURE_WIDTH_PX][4];
	char dictionary[256];
	uint8_t rgb[3];

	for (uint32_t y = 0; y < PICTURE_HEIGHT_PX; y++)
		for (uint32_t x = 0; x < PICTURE_WIDTH_PX; x++) {
			scene_pixel(rgb, x, y, PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX);
			to_cmyk(data[y][x], rgb);
		}
	snprintf(dictionary, sizeof(dictionary),
		 "/Type /XObject /Subtype /Image /Width %u /Height %u"
		 " /ColorSpace /DeviceCMYK /BitsPerComponent 8",
		 PICTURE_WIDTH_PX, PICTURE_HEIGHT_PX);
	stream(pdf, dictionary, data, sizeof(data));
}

static void
page_of_a_customer(struct pdf *pdf)
{
	static const char text[] =
		"q 450 0 0 300 72 440 cm /P Do Q\n"
		"q 150 0 0 100 72 320 cm /P Do Q\n"
		"/Spot cs 1 scn BT /F 36 Tf 72 770 Td (Claimcheck) Tj ET\n"
		"0.5 scn 240 320 282 100 re f\n"
		"0 0 0 1 k BT /F 14 Tf 72 280 Td 18 TL\n"
		"(Held until the person it belongs to stands at the counter.) Tj T*\n"
		"(Four inks, and one that is mixed in the can.) Tj ET\n";

	stream(pdf, "", text, sizeof(text) - 1);
}

static void
page_of_wedges(struct pdf *pdf)
{
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to == NULL)
		material_die("out of memory");
	for (int ink = 0; ink < 5; ink++) {
		if (ink == 4)
			fputs("/Spot cs\n", to);
		for (int step = 1; step <= 10; step++) {
			double tint = step / 10.0;

			if (ink < 4)
				fprintf(to, "%g %g %g %g k ", ink == 0 ? tint : 0,
					ink == 1 ? tint : 0, ink == 2 ? tint : 0,
					ink == 3 ? tint : 0);
			else
				fprintf(to, "%g scn ", tint);
			fprintf(to, "%d %d 45 60 re f\n", 72 + (step - 1) * 45,
				700 - ink * 80);
		}
	}
	fputs("1 0 0 0 k 72 200 200 100 re f\n"
	      "/Over gs /Spot cs 1 scn 120 220 100 60 re f\n"
	      "0 0 0 1 k BT /F 10 Tf 72 180 Td (10 to 100 % of each ink) Tj ET\n",
	      to);
	fclose(to);
	stream(pdf, "", text, len);
	free(text);
}

void
plate_pdf(FILE *to)
{
	struct pdf pdf = {.to = to};
	long table;

	fputs("%PDF-1.6\n%\342\343\317\323\n", to);
	object(&pdf, "<< /Type /Catalog /Pages 2 0 R >>");
	object(&pdf, "<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>");
	object(&pdf, "<< " PAGE " " RESOURCES " /Contents 4 0 R >>");
	page_of_a_customer(&pdf);
	object(&pdf, "<< " PAGE " " RESOURCES " /Contents 6 0 R >>");
	page_of_wedges(&pdf);
	object(&pdf, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
	picture(&pdf);
	object(&pdf, "[/Separation /Claimcheck#20Orange /DeviceCMYK 10 0 R]");
	object(&pdf, "<< /FunctionType 2 /Domain [0 1] /C0 [0 0 0 0]"
		     " /C1 [0 0.6 1 0] /N 1 >>");
	object(&pdf, "<< /Type /ExtGState /OP true /op true /OPM 1 >>");
	table = ftell(to);
	fprintf(to, "xref\n0 %d\n0000000000 65535 f \n", pdf.count + 1);
	for (int i = 0; i < pdf.count; i++)
		fprintf(to, "%010ld 00000 n \n", pdf.offset[i]);
	fprintf(to, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%ld\n%%%%EOF\n",
		pdf.count + 1, table);
}
