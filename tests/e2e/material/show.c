/*
 * show - makes what a device received visible, and measures it.
 *
 *   show raster FILE PREFIX WIDTH     a PNG a page, PREFIX-N.png; a line a page is said
 *   show probe FILE PAGE U V          mean colour around (U, V), both 0 to 1, "r g b"
 *   show plates PNG WIDTH RRGGBB=FILE...   1-bit TIFFs laid over one another as inks
 *   show coverage FILE                percent of a 1-bit TIFF that is ink
 *
 * Raster: CUPS or PWG, 8 bits a colour, chunky, grey, RGB or CMYK, as it is: no colour
 * management, so that a test sees what the printer would.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <cups/raster.h>
#include <tiffio.h>

#include "tests/e2e/material/picture.h"

#define PROBE_WIDTH_PX 100 /* a pixel of this many across is "around" */

struct sheet {
	cups_page_header2_t header;
	struct picture picture;
};

static void
to_rgb(uint8_t rgb[3], const uint8_t *pixel, const cups_page_header2_t *h)
{
	bool ink = h->cupsColorSpace == CUPS_CSPACE_K;

	switch (h->cupsNumColors) {
	case 1:
		memset(rgb, ink ? 255 - pixel[0] : pixel[0], 3);
		break;
	case 3:
		memcpy(rgb, pixel, 3);
		break;
	default:
		for (int i = 0; i < 3; i++)
			rgb[i] = (uint8_t)((255 - pixel[i]) * (255 - pixel[3]) / 255);
	}
}

static void
check_header(const cups_page_header2_t *h)
{
	unsigned n = h->cupsNumColors;

	if (h->cupsBitsPerColor != 8 || h->cupsColorOrder != CUPS_ORDER_CHUNKED ||
	    (n != 1 && n != 3 && n != 4))
		picture_die("a raster of another kind: %u colours of %u bits", n,
			    h->cupsBitsPerColor);
	if (h->cupsBytesPerLine < h->cupsWidth * n)
		picture_die("a raster whose rows are too short");
}

static bool
read_sheet(cups_raster_t *raster, struct sheet *s, uint32_t width)
{
	cups_page_header2_t *h = &s->header;
	uint8_t *row, rgb[3];

	if (!cupsRasterReadHeader2(raster, h))
		return false;
	check_header(h);
	picture_init(&s->picture, h->cupsWidth, h->cupsHeight, width);
	if ((row = malloc(h->cupsBytesPerLine)) == NULL)
		picture_die("out of memory");
	for (uint32_t y = 0; y < h->cupsHeight; y++) {
		if (cupsRasterReadPixels(raster, row, h->cupsBytesPerLine) !=
		    h->cupsBytesPerLine)
			picture_die("the raster ends in row %u of %u", y,
				    h->cupsHeight);
		for (uint32_t x = 0; x < h->cupsWidth; x++) {
			to_rgb(rgb, row + (size_t)x * h->cupsNumColors, h);
			picture_add(&s->picture, x, y, rgb);
		}
	}
	free(row);
	return true;
}

static cups_raster_t *
open_raster(const char *path)
{
	int fd = open(path, O_RDONLY);
	cups_raster_t *raster = fd < 0 ? NULL : cupsRasterOpen(fd, CUPS_RASTER_READ);

	if (raster == NULL)
		picture_die("cannot read %s as a raster", path);
	return raster;
}

static int
show_raster(char **argv)
{
	cups_raster_t *raster = open_raster(argv[0]);
	struct sheet s;
	char path[4096];
	int page = 0;

	while (read_sheet(raster, &s, (uint32_t)strtoul(argv[2], NULL, 10))) {
		snprintf(path, sizeof(path), "%s-%d.png", argv[1], ++page);
		picture_write_png(&s.picture, path);
		printf("page %d: %u x %u px at %u dpi, colour space %d, copies %u, "
		       "media %s %s -> %s\n",
		       page, s.header.cupsWidth, s.header.cupsHeight,
		       s.header.HWResolution[0], (int)s.header.cupsColorSpace,
		       s.header.NumCopies, s.header.cupsPageSizeName,
		       s.header.MediaType, path);
		picture_clear(&s.picture);
	}
	cupsRasterClose(raster);
	if (page == 0)
		picture_die("%s has no page", argv[0]);
	return 0;
}

static int
show_probe(char **argv)
{
	cups_raster_t *raster = open_raster(argv[0]);
	unsigned long page = strtoul(argv[1], NULL, 10);
	double u = strtod(argv[2], NULL), v = strtod(argv[3], NULL);
	struct sheet s;
	uint8_t rgb[3];
	bool there = read_sheet(raster, &s, PROBE_WIDTH_PX);

	for (unsigned long i = 1; there && i < page; i++) {
		picture_clear(&s.picture);
		there = read_sheet(raster, &s, PROBE_WIDTH_PX);
	}
	if (!there)
		picture_die("%s has no page %lu", argv[0], page);
	picture_at(&s.picture, (uint32_t)(u * (s.picture.width - 1) + 0.5),
		   (uint32_t)(v * (s.picture.height - 1) + 0.5), rgb);
	printf("%u %u %u\n", rgb[0], rgb[1], rgb[2]);
	picture_clear(&s.picture);
	cupsRasterClose(raster);
	return 0;
}

/* A 1-bit TIFF, whatever its photometric. */
struct plate {
	TIFF *tiff;
	uint32_t width, height;
	uint16_t photometric;
	uint8_t *packed;
};

static void
plate_open(struct plate *p, const char *path)
{
	uint16_t bits = 0;

	p->photometric = PHOTOMETRIC_MINISWHITE;
	if ((p->tiff = TIFFOpen(path, "r")) == NULL)
		picture_die("cannot read %s as TIFF", path);
	TIFFGetField(p->tiff, TIFFTAG_IMAGEWIDTH, &p->width);
	TIFFGetField(p->tiff, TIFFTAG_IMAGELENGTH, &p->height);
	TIFFGetField(p->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetField(p->tiff, TIFFTAG_PHOTOMETRIC, &p->photometric);
	if (bits != 1)
		picture_die("%s is not of 1 bit", path);
	p->packed = malloc((size_t)TIFFScanlineSize(p->tiff));
	if (p->packed == NULL)
		picture_die("out of memory");
}

static void
plate_row(struct plate *p, uint32_t y)
{
	if (TIFFReadScanline(p->tiff, p->packed, y, 0) < 0)
		picture_die("cannot read row %u", y);
}

/* How many pixels of [from, to) of the row are ink. Plates have billions of pixels, so
 * whole bytes are counted at once. */
static uint32_t
plate_ink(const struct plate *p, uint32_t from, uint32_t to)
{
	uint32_t set = 0, x = from;

	while (x < to) {
		uint8_t byte = p->packed[x / 8];
		uint32_t left = 8 - x % 8, n = to - x < left ? to - x : left;

		byte = (uint8_t)(byte << (x % 8)) & (uint8_t)(0xFF00 >> n);
		set += (uint32_t)__builtin_popcount(byte);
		x += n;
	}
	return p->photometric == PHOTOMETRIC_MINISWHITE ? set : to - from - set;
}

static void
plate_close(struct plate *p)
{
	free(p->packed);
	TIFFClose(p->tiff);
}

static int
show_coverage(char **argv)
{
	struct plate p;
	uint64_t ink = 0;

	plate_open(&p, argv[0]);
	for (uint32_t y = 0; y < p.height; y++) {
		plate_row(&p, y);
		ink += plate_ink(&p, 0, p.width);
	}
	printf("%.3f\n", 100.0 * (double)ink / ((double)p.width * p.height));
	plate_close(&p);
	return 0;
}

/* The share of ink, 0 to 1, in each pixel of a picture as wide as `all`. The caller
 * frees it. */
static double *
small_plate(const char *path, const struct picture *all)
{
	double *share = calloc((size_t)all->width * all->height, sizeof(*share));
	struct plate p;

	if (share == NULL)
		picture_die("out of memory");
	plate_open(&p, path);
	for (uint32_t y = 0; y < p.height; y++) {
		uint64_t row = (uint64_t)y * all->height / p.height;

		plate_row(&p, y);
		for (uint32_t x = 0; x < all->width; x++) {
			uint32_t from = (uint32_t)((uint64_t)x * p.width / all->width);
			uint32_t to =
				(uint32_t)((uint64_t)(x + 1) * p.width / all->width);

			share[row * all->width + x] += (double)plate_ink(&p, from, to) /
						       (to - from) * all->height /
						       p.height;
		}
	}
	plate_close(&p);
	return share;
}

/* Multiplies the small picture's colours by an ink's share of each pixel. */
static void
lay_over(struct picture *all, const char *spec)
{
	uint32_t ink = (uint32_t)strtoul(spec, NULL, 16);
	const char *path = strchr(spec, '=');
	double *share;

	if (path == NULL)
		picture_die("RRGGBB=FILE, not %s", spec);
	share = small_plate(path + 1, all);
	for (size_t i = 0; i < (size_t)all->width * all->height; i++)
		for (size_t c = 0; c < 3; c++) {
			double tone = (ink >> (16 - 8 * c) & 255) / 255.0;
			double part = share[i] > 1 ? 1 : share[i];

			all->sum[3 * i + c] =
				(uint64_t)((double)all->sum[3 * i + c] *
						   (1 - part + part * tone) +
					   0.5);
		}
	free(share);
}

static int
show_plates(int argc, char **argv)
{
	struct picture all;
	struct plate first;

	if (argc < 3 || strchr(argv[2], '=') == NULL)
		picture_die("which plates?");
	plate_open(&first, strchr(argv[2], '=') + 1);
	picture_init(&all, first.width, first.height,
		     (uint32_t)strtoul(argv[1], NULL, 10));
	plate_close(&first);
	for (size_t i = 0; i < (size_t)all.width * all.height; i++) {
		all.count[i] = 1;
		all.sum[3 * i] = all.sum[3 * i + 1] = all.sum[3 * i + 2] = 255;
	}
	for (int i = 2; i < argc; i++)
		lay_over(&all, argv[i]);
	picture_write_png(&all, argv[0]);
	picture_clear(&all);
	return 0;
}

int
main(int argc, char **argv)
{
	TIFFSetWarningHandler(NULL);
	if (argc == 5 && strcmp(argv[1], "raster") == 0)
		return show_raster(argv + 2);
	if (argc == 6 && strcmp(argv[1], "probe") == 0)
		return show_probe(argv + 2);
	if (argc == 3 && strcmp(argv[1], "coverage") == 0)
		return show_coverage(argv + 2);
	if (argc >= 5 && strcmp(argv[1], "plates") == 0)
		return show_plates(argc - 2, argv + 2);
	picture_die("show raster | probe | plates | coverage; see show.c");
}
