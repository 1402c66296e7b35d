#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

#include "tests/e2e/material/picture.h"

void
picture_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("show: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

void
picture_init(struct picture *p, uint32_t from_width, uint32_t from_height,
	     uint32_t width)
{
	if (from_width == 0 || from_height == 0)
		picture_die("an empty picture");
	p->from_width = from_width;
	p->from_height = from_height;
	p->width = from_width < width ? from_width : width;
	p->height = (uint32_t)(((uint64_t)from_height * p->width + from_width - 1) /
			       from_width);
	p->sum = calloc((size_t)p->width * p->height, 3 * sizeof(*p->sum));
	p->count = calloc((size_t)p->width * p->height, sizeof(*p->count));
	if (p->sum == NULL || p->count == NULL)
		picture_die("out of memory");
}

void
picture_clear(struct picture *p)
{
	free(p->sum);
	free(p->count);
}

void
picture_add(struct picture *p, uint32_t x, uint32_t y, const uint8_t rgb[3])
{
	size_t column = (size_t)((uint64_t)x * p->width / p->from_width);
	size_t row = (size_t)((uint64_t)y * p->height / p->from_height);
	size_t at = row * p->width + column;

	for (int i = 0; i < 3; i++)
		p->sum[at * 3 + (size_t)i] += rgb[i];
	p->count[at]++;
}

void
picture_at(const struct picture *p, uint32_t x, uint32_t y, uint8_t rgb[3])
{
	size_t at = (size_t)y * p->width + x;
	uint32_t n = p->count[at];

	for (size_t i = 0; i < 3; i++) {
		uint64_t mean = n == 0 ? 255 : (p->sum[at * 3 + i] + n / 2) / n;

		rgb[i] = (uint8_t)mean;
	}
}

void
picture_write_png(const struct picture *p, const char *path)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png == NULL ? NULL : png_create_info_struct(png);
	uint8_t *row = malloc((size_t)p->width * 3);
	FILE *to = fopen(path, "wb");

	if (info == NULL || row == NULL || to == NULL || setjmp(png_jmpbuf(png)))
		picture_die("cannot write %s", path);
	png_init_io(png, to);
	png_set_IHDR(png, info, p->width, p->height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (uint32_t y = 0; y < p->height; y++) {
		for (uint32_t x = 0; x < p->width; x++)
			picture_at(p, x, y, row + (size_t)x * 3);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	if (fclose(to) != 0)
		picture_die("cannot write %s", path);
}
