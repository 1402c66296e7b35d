/*
 * Exif orientation 6 (TIFF/EP, Exif 2.3 4.6.4): row 0 of what is stored is the right
 * side of what is seen, column 0 its top. So stored (row, column) shows the upright
 * picture's x = width - 1 - row, y = column.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include "tests/e2e/material/material.h"
#include "tests/e2e/material/scene.h"

#define JPEG_WIDTH_PX	1200u /* as seen */
#define JPEG_HEIGHT_PX	1800u
#define SMALL_WIDTH_PX	240u
#define SMALL_HEIGHT_PX 360u
#define GREY_WIDTH_PX	300u
#define GREY_HEIGHT_PX	400u
#define GREY_BYTES	2048 /* of the whole file */
#define FLAT_WIDTH_PX	900u
#define FLAT_HEIGHT_PX	600u

/* APP1: little-endian TIFF; IFD0 with Orientation 6 and the Exif IFD, which has
 * ColorSpace 0xFFFF, "uncalibrated": the profile tells. */
static const uint8_t exif[] = {
	'E',  'x',  'i', 'f', 0, 0,			    /* */
	'I',  'I',  42,	 0,   8, 0, 0, 0,		    /* header */
	2,    0,					    /* IFD0: 2 entries */
	0x12, 0x01, 3,	 0,   1, 0, 0, 0, 6,	0,    0, 0, /* Orientation */
	0x69, 0x87, 4,	 0,   1, 0, 0, 0, 38,	0,    0, 0, /* ExifIFD at 38 */
	0,    0,    0,	 0,				    /* no further IFD */
	1,    0,					    /* Exif IFD: 1 entry */
	0x01, 0xA0, 3,	 0,   1, 0, 0, 0, 0xFF, 0xFF, 0, 0, /* ColorSpace */
	0,    0,    0,	 0,
};

static void
lying_row(uint8_t *row, uint32_t r)
{
	for (uint32_t c = 0; c < JPEG_HEIGHT_PX; c++)
		scene_pixel(row + 3 * c, JPEG_WIDTH_PX - 1 - r, c, JPEG_WIDTH_PX,
			    JPEG_HEIGHT_PX);
}

void
small_jpeg(FILE *to)
{
	static uint8_t row[SMALL_WIDTH_PX * 3];
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	JSAMPROW rows[1] = {row};

	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, to);
	jpeg.image_width = SMALL_WIDTH_PX;
	jpeg.image_height = SMALL_HEIGHT_PX;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	for (uint32_t y = 0; y < SMALL_HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < SMALL_WIDTH_PX; x++)
			scene_pixel(row + 3 * x, x, y, SMALL_WIDTH_PX, SMALL_HEIGHT_PX);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
}

void
photo_jpeg(FILE *to, const struct profile *icc)
{
	static uint8_t row[JPEG_HEIGHT_PX * 3];
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	JSAMPROW rows[1] = {row};

	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, to);
	jpeg.image_width = JPEG_HEIGHT_PX;
	jpeg.image_height = JPEG_WIDTH_PX;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 92, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif, sizeof(exif));
	jpeg_write_icc_profile(&jpeg, icc->data, icc->len);
	for (uint32_t r = 0; r < JPEG_WIDTH_PX; r++) {
		lying_row(row, r);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
}

/* Five bands of grey. comment: bytes of a comment before the picture. Returns the
 * length of the file. */
static unsigned long
grey_jpeg(uint8_t **data, unsigned comment)
{
	static uint8_t row[GREY_WIDTH_PX];
	static const uint8_t blank[GREY_BYTES];
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	JSAMPROW rows[1] = {row};
	unsigned long bytes = 0;

	*data = NULL;
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, data, &bytes);
	jpeg.image_width = GREY_WIDTH_PX;
	jpeg.image_height = GREY_HEIGHT_PX;
	jpeg.input_components = 1;
	jpeg.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 25, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	if (comment > 0)
		jpeg_write_marker(&jpeg, JPEG_COM, blank, comment);
	for (uint32_t y = 0; y < GREY_HEIGHT_PX; y++) {
		for (uint32_t x = 0; x < GREY_WIDTH_PX; x++)
			row[x] = (uint8_t)(255 - y / 80 * 50);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	return bytes;
}

void
photo_2kb(FILE *to)
{
	uint8_t *data;
	unsigned long bytes = grey_jpeg(&data, 0);

	free(data);
	if (bytes + 4 >= GREY_BYTES)
		material_die("the small picture has %lu bytes", bytes);
	bytes = grey_jpeg(&data, (unsigned)(GREY_BYTES - 4 - bytes));
	fwrite(data, 1, bytes, to);
	free(data);
}

static void
flat_row(uint8_t *row, uint32_t y)
{
	for (uint32_t x = 0; x < FLAT_WIDTH_PX; x++)
		scene_pixel(row + 3 * x, x, y, FLAT_WIDTH_PX, FLAT_HEIGHT_PX);
}

void
photo_png(FILE *to, const struct profile *icc)
{
	static uint8_t row[FLAT_WIDTH_PX * 3];
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png == NULL ? NULL : png_create_info_struct(png);

	if (info == NULL || setjmp(png_jmpbuf(png)))
		material_die("cannot write a PNG");
	png_init_io(png, to);
	png_set_IHDR(png, info, FLAT_WIDTH_PX, FLAT_HEIGHT_PX, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_set_iCCP(png, info, "embedded", 0, icc->data, icc->len);
	png_write_info(png, info);
	for (uint32_t y = 0; y < FLAT_HEIGHT_PX; y++) {
		flat_row(row, y);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
}

void
photo_tiff(const char *path, const struct profile *icc)
{
	static uint8_t row[FLAT_WIDTH_PX * 3];
	TIFF *tiff = TIFFOpen(path, "w");

	if (tiff == NULL)
		material_die("cannot write %s", path);
	TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, FLAT_WIDTH_PX);
	TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, FLAT_HEIGHT_PX);
	TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
	TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
	TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
	TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
	TIFFSetField(tiff, TIFFTAG_ICCPROFILE, icc->len, icc->data);
	for (uint32_t y = 0; y < FLAT_HEIGHT_PX; y++) {
		flat_row(row, y);
		if (TIFFWriteScanline(tiff, row, y, 0) < 0)
			material_die("cannot write %s", path);
	}
	TIFFClose(tiff);
}
