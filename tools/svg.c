#include "tools/svg.h"

void
svg_begin(FILE *to, unsigned width, unsigned height)
{
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"%u\" "
		"height=\"%u\" fill=\"white\"/>\n",
		width, height, width, height);
}

void
svg_text(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		default:
			fputc(*text, to);
			break;
		}
}
