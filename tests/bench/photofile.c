/*
 * photofile.c - pictures and profiles for the photo benchmark, made by rule.
 *
 *	photofile KIND FILE
 *
 * jpeg24    6000 x 4000 JPEG, quality 92, 4:2:0, with an Adobe-RGB-class profile
 * jpeg100   11648 x 8736, likewise
 * jpegcmyk  6000 x 4000 CMYK JPEG (Adobe's inverted kind)
 * png16     6000 x 4000 PNG, 16 bit RGB
 * tiffcmyk  6000 x 4000 TIFF, CMYK, Deflate
 * rgb, cmyk a printer's table profile (tests/unit/printer.h)
 *
 * Soft shapes, hard edges and grain: about what a camera's picture costs to decode.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include "lib/base/error.h"
#include "tests/unit/printer.h"

#define CAMERA_PROFILE "/usr/share/color/icc/compatibleWithAdobeRGB1998.icc"
#define PROFILE_MAX    (1 << 20)
#define WAVES	       1024 /* a period of the table */

static double wave[WAVES];
static uint32_t seed = 1;

static double
grain(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (double)(seed >> 8) / 16777216.0 - 0.5;
}

static double
at(double v)
{
	return wave[(unsigned)((int)(v * WAVES) & (WAVES - 1))];
}

/* One row of n channels, each 0..1: light and shade in all channels together, colour
 * that changes slowly and is stronger in some places, as in a camera's picture. */
static void
make_row(float *row, int width, int y, unsigned n)
{
	double v = y / 1700.0;

	for (int x = 0; x < width; x++) {
		double u = x / 2100.0;
		double edge = fmod(u * 9 + v * 7 + at(u + v) * 0.3, 1.0) < 0.06;
		double light = 0.5 + 0.2 * at(u * 1.3 + at(v) * 0.2) +
			       0.12 * at(v * 2.1 - u * 0.4) +
			       0.08 * at(u * 31 + v * 17) - 0.25 * edge +
			       0.04 * grain();
		double strength = 0.08 + 0.06 * at(u * 0.7 + v * 0.9);

		for (unsigned c = 0; c < n; c++) {
			double hue = at(0.3 * u + 0.2 * v + c / 3.0);
			double s = light + strength * hue + 0.01 * grain();

			row[(size_t)x * n + c] = (float)(s < 0 ? 0 : s > 1 ? 1 : s);
		}
	}
}

static void
bytes_of(const float *row, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(row[i] * 255 + 0.5f);
}

static FILE *
open_or_die(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (f == NULL) {
		fprintf(stderr, "photofile: cannot open '%s'\n", path);
		exit(1);
	}
	return f;
}

static void
write_jpeg(const char *path, int width, int height, unsigned channels)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	float *row = malloc((size_t)width * channels * sizeof(*row));
	uint8_t *line = malloc((size_t)width * channels);
	uint8_t *profile = malloc(PROFILE_MAX);
	FILE *f = open_or_die(path, "wb"), *icc = open_or_die(CAMERA_PROFILE, "rb");
	JSAMPROW rows[1] = {line};

	INVARIANT(row != NULL && line != NULL && profile != NULL);
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, f);
	jpeg.image_width = (JDIMENSION)width;
	jpeg.image_height = (JDIMENSION)height;
	jpeg.input_components = (int)channels;
	jpeg.in_color_space = channels == 3 ? JCS_RGB : JCS_CMYK;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 92, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	if (channels == 3)
		jpeg_write_icc_profile(&jpeg, profile,
				       (unsigned)fread(profile, 1, PROFILE_MAX, icc));
	for (int y = 0; y < height; y++) {
		make_row(row, width, y, channels);
		bytes_of(row, (size_t)width * channels, line);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	fclose(icc);
	if (fclose(f) != 0)
		exit(1);
	free(row);
	free(line);
	free(profile);
}

static void
write_png16(const char *path, int width, int height)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	float *row = malloc((size_t)width * 3 * sizeof(*row));
	uint8_t *line = malloc((size_t)width * 6);
	FILE *f = open_or_die(path, "wb");

	INVARIANT(row != NULL && line != NULL);
	png_init_io(png, f);
	png_set_compression_level(png, 3);
	png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 16,
		     PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
		     PNG_FILTER_TYPE_BASE);
	png_set_sRGB_gAMA_and_cHRM(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	png_write_info(png, info);
	for (int y = 0; y < height; y++) {
		make_row(row, width, y, 3);
		for (size_t i = 0; i < (size_t)width * 3; i++) {
			unsigned v = (unsigned)(row[i] * 65535 + 0.5f);

			line[2 * i] = (uint8_t)(v >> 8);
			line[2 * i + 1] = (uint8_t)v;
		}
		png_write_row(png, line);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	if (fclose(f) != 0)
		exit(1);
	free(row);
	free(line);
}

static void
write_tiff_cmyk(const char *path, int width, int height)
{
	TIFF *tiff = TIFFOpen(path, "w");
	float *row = malloc((size_t)width * 4 * sizeof(*row));
	uint8_t *line = malloc((size_t)width * 4);

	INVARIANT(tiff != NULL && row != NULL && line != NULL);
	TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
	TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
	TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 4);
	TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_SEPARATED);
	TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
	TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
	TIFFSetField(tiff, TIFFTAG_ZIPQUALITY, 3);
	for (int y = 0; y < height; y++) {
		make_row(row, width, y, 4);
		bytes_of(row, (size_t)width * 4, line);
		TIFFWriteScanline(tiff, line, (uint32_t)y, 0);
	}
	TIFFClose(tiff);
	free(row);
	free(line);
}

static void
write_profile(const char *path, enum colour_space space)
{
	struct colour_profile *p = printer_profile(space, 2.1);
	FILE *f = open_or_die(path, "wb");
	struct error err;
	struct buf data;

	buf_init(&data, COLOUR_PROFILE_MAX);
	INVARIANT(colour_profile_bytes(p, &data, &err) == 0);
	if (fwrite(data.data, 1, data.len, f) != data.len || fclose(f) != 0)
		exit(1);
	buf_clear(&data);
	colour_profile_close(p);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: photofile "
		      "jpeg24|jpeg100|jpegcmyk|png16|tiffcmyk|rgb|cmyk "
		      "FILE\n",
		      stderr);
		return 2;
	}
	for (unsigned i = 0; i < WAVES; i++)
		wave[i] = sin(2 * M_PI * i / WAVES);
	if (strcmp(argv[1], "jpeg24") == 0)
		write_jpeg(argv[2], 6000, 4000, 3);
	else if (strcmp(argv[1], "jpeg100") == 0)
		write_jpeg(argv[2], 11648, 8736, 3);
	else if (strcmp(argv[1], "jpegcmyk") == 0)
		write_jpeg(argv[2], 6000, 4000, 4);
	else if (strcmp(argv[1], "png16") == 0)
		write_png16(argv[2], 6000, 4000);
	else if (strcmp(argv[1], "tiffcmyk") == 0)
		write_tiff_cmyk(argv[2], 6000, 4000);
	else
		write_profile(argv[2],
			      strcmp(argv[1], "cmyk") == 0 ? COLOUR_CMYK : COLOUR_RGB);
	return 0;
}
