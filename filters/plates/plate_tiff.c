/*
 * plate_tiff.c - a TIFF's first page as raw samples. Rows come one by one where samples
 * are side by side in strips; planes and tiles are read a band at a time.
 */
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "lib/base/log.h"
#include "lib/base/text.h"

#include "filters/plates/plate_tiff.h"

#define TIFF_ALLOC_MAX	 (512 * 1024 * 1024) /* what a file may make libtiff allocate */
#define TIFF_ICC_MAX	 (16 * 1024 * 1024)
#define TIFF_SAMPLES_MAX 32

struct tiff {
	TIFF *t;
	const uint8_t *data;
	uint64_t len, at;
	uint16_t samples; /* a pixel, as stored */
	uint16_t planar;
	uint32_t unit_width; /* of a tile; of a strip the picture's */
	uint32_t unit_height;
	uint8_t *band;	   /* [unit_height][width][samples][bits / 8] */
	uint8_t *unit;	   /* a tile or a plane's strip */
	uint32_t band_top; /* the row that band begins with; UINT32_MAX: none */
};

/* --- a file in memory for libtiff --- */

static tmsize_t
tiff_read(thandle_t ctx, void *to, tmsize_t len)
{
	struct tiff *f = ctx;
	uint64_t n = f->at >= f->len ? 0 : f->len - f->at;

	if ((uint64_t)len < n)
		n = (uint64_t)len;
	memcpy(to, f->data + f->at, n);
	f->at += n;
	return (tmsize_t)n;
}

static tmsize_t
tiff_write(thandle_t ctx, void *from, tmsize_t len)
{
	(void)ctx;
	(void)from;
	(void)len;
	return -1;
}

static toff_t
tiff_seek(thandle_t ctx, toff_t offset, int whence)
{
	struct tiff *f = ctx;

	f->at = whence == SEEK_SET   ? offset
		: whence == SEEK_CUR ? f->at + offset
				     : f->len + offset;
	return f->at;
}

static int
tiff_close(thandle_t ctx)
{
	(void)ctx;
	return 0;
}

static toff_t
tiff_size(thandle_t ctx)
{
	return ((struct tiff *)ctx)->len;
}

static int
tiff_log(TIFF *t, void *ctx, const char *module, const char *fmt, va_list args)
{
	char text[256];

	(void)t;
	(void)ctx;
	vsnprintf(text, sizeof(text), fmt, args);
	log_debug("tiff: %s: %s", module, text);
	return 1;
}

static int
damaged(struct error *err)
{
	return error_set(err, ERROR_INPUT, "the TIFF is damaged");
}

static int
open_tiff(struct tiff *f, struct error *err)
{
	TIFFOpenOptions *o = TIFFOpenOptionsAlloc();

	if (o == NULL)
		return error_set(err, ERROR_FULL, "no memory for a TIFF");
	TIFFOpenOptionsSetMaxSingleMemAlloc(o, TIFF_ALLOC_MAX);
	TIFFOpenOptionsSetErrorHandlerExtR(o, tiff_log, NULL);
	TIFFOpenOptionsSetWarningHandlerExtR(o, tiff_log, NULL);
	f->t = TIFFClientOpenExt("document", "rm", f, tiff_read, tiff_write, tiff_seek,
				 tiff_close, tiff_size, NULL, NULL, o);
	TIFFOpenOptionsFree(o);
	return f->t == NULL ? damaged(err) : 0;
}

/* --- what kind of picture --- */

static double
ppi_of(TIFF *t, uint32_t tag)
{
	uint16_t unit = RESUNIT_INCH;
	float v = 0;
	double ppi;

	TIFFGetFieldDefaulted(t, TIFFTAG_RESOLUTIONUNIT, &unit);
	if (!TIFFGetField(t, tag, &v))
		return PLATE_IMAGE_PPI;
	ppi = (double)v * (unit == RESUNIT_CENTIMETER ? 2.54 : 1.0);
	return unit != RESUNIT_NONE && ppi >= 10 && ppi <= 10000 ? ppi
								 : PLATE_IMAGE_PPI;
}

/* The samples behind the colours: inks, unless the file calls them alpha. */
static void
find_spots(struct tiff *f, struct plate_picture *p)
{
	uint16_t extras = 0, *kinds = NULL;
	const char *names = NULL;

	if (p->colours != 4 || f->samples <= 4)
		return;
	TIFFGetField(f->t, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
	for (int i = 0; i < f->samples - 4; i++)
		if (i >= extras || kinds[i] == EXTRASAMPLE_UNSPECIFIED)
			p->spots++;
		else
			break;
	if (p->spots > PLATE_TIFF_SPOTS_MAX)
		p->spots = PLATE_TIFF_SPOTS_MAX;
	for (int i = 0; i < p->spots; i++)
		snprintf(p->spot[i], sizeof(p->spot[i]), "Spot %d", i + 1);
	/* libtiff guarantees as many zero-terminated names as NumberOfInks says */
	uint16_t inks = 0;
	TIFFGetField(f->t, TIFFTAG_NUMBEROFINKS, &inks);
	if (!TIFFGetField(f->t, TIFFTAG_INKNAMES, &names) || names == NULL)
		return;
	for (int i = 0; i < inks && i < 4 + p->spots; i++, names += strlen(names) + 1)
		if (i >= 4 && *names != '\0')
			text_copy(p->spot[i - 4], sizeof(p->spot[0]), names);
}

static void
find_profile(struct tiff *f, struct plate_picture *p)
{
	uint32_t len = 0;
	void *icc = NULL;

	if (!TIFFGetField(f->t, TIFFTAG_ICCPROFILE, &len, &icc) || len > TIFF_ICC_MAX)
		return;
	p->icc = malloc(len);
	if (p->icc == NULL)
		return;
	memcpy(p->icc, icc, len);
	p->icc_len = len;
}

static int
find_colours(struct tiff *f, struct plate_picture *p, struct error *err)
{
	uint16_t photometric = 0, inkset = INKSET_CMYK, compression = 0;

	TIFFGetField(f->t, TIFFTAG_PHOTOMETRIC, &photometric);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_INKSET, &inkset);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_COMPRESSION, &compression);
	switch (photometric) {
	case PHOTOMETRIC_MINISWHITE:
		p->inverted = true; /* fall through */
	case PHOTOMETRIC_MINISBLACK:
		p->colours = 1;
		return 0;
	case PHOTOMETRIC_YCBCR:
		if (compression != COMPRESSION_JPEG)
			break;
		TIFFSetField(f->t, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
		p->colours = 3;
		return 0;
	case PHOTOMETRIC_RGB:
		p->colours = 3;
		return 0;
	case PHOTOMETRIC_SEPARATED:
		if (inkset != INKSET_CMYK && f->samples < 4)
			break;
		p->colours = 4;
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "the TIFF is neither grey, RGB nor CMYK (photometric %u)",
			 photometric);
}

static int
describe(struct tiff *f, struct plate_picture *p, struct error *err)
{
	uint16_t bits = 1, orientation = 1, format = SAMPLEFORMAT_UINT;

	TIFFGetField(f->t, TIFFTAG_IMAGEWIDTH, &p->width);
	TIFFGetField(f->t, TIFFTAG_IMAGELENGTH, &p->height);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_SAMPLESPERPIXEL, &f->samples);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_PLANARCONFIG, &f->planar);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_ORIENTATION, &orientation);
	TIFFGetFieldDefaulted(f->t, TIFFTAG_SAMPLEFORMAT, &format);
	if (find_colours(f, p, err) != 0)
		return -1;
	p->bits = bits;
	p->orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
	p->ppi_x = ppi_of(f->t, TIFFTAG_XRESOLUTION);
	p->ppi_y = ppi_of(f->t, TIFFTAG_YRESOLUTION);
	find_spots(f, p);
	find_profile(f, p);
	if ((bits != 1 && bits != 8 && bits != 16) || format != SAMPLEFORMAT_UINT ||
	    f->samples > TIFF_SAMPLES_MAX || f->samples < p->colours + p->spots ||
	    (bits == 1 && f->samples != 1))
		return error_set(err, ERROR_INPUT,
				 "a TIFF with %u samples of %u bits can't be read",
				 f->samples, bits);
	return plate_picture_check(p, err);
}

/* --- rows --- */

static int
make_band(struct tiff *f, const struct plate_picture *p, struct error *err)
{
	uint64_t row = ((uint64_t)p->width * f->samples * (unsigned)p->bits + 7) / 8;

	f->unit_width = p->width;
	f->unit_height = 1;
	f->band_top = UINT32_MAX;
	if (TIFFIsTiled(f->t)) {
		TIFFGetField(f->t, TIFFTAG_TILEWIDTH, &f->unit_width);
		TIFFGetField(f->t, TIFFTAG_TILELENGTH, &f->unit_height);
	} else if (f->planar == PLANARCONFIG_SEPARATE) {
		TIFFGetFieldDefaulted(f->t, TIFFTAG_ROWSPERSTRIP, &f->unit_height);
		if (f->unit_height > p->height)
			f->unit_height = p->height;
	}
	if (f->unit_width == 0 || f->unit_height == 0 ||
	    row * f->unit_height > TIFF_ALLOC_MAX)
		return error_set(err, ERROR_INPUT, "the TIFF's tiles are too large");
	f->band = malloc(row * f->unit_height);
	f->unit = malloc(
		(size_t)(TIFFIsTiled(f->t) ? TIFFTileSize(f->t) : TIFFStripSize(f->t)) +
		1);
	if (f->band == NULL || f->unit == NULL)
		return error_set(err, ERROR_FULL, "no memory for a TIFF");
	return 0;
}

/* Puts one unit (a tile or strip of `rows` rows, `across` pixels at x) into the band.
 * plane: of planar files; -1: all samples are side by side. */
static void
spread(struct tiff *f, const struct plate_picture *p, uint32_t x, uint32_t across,
       uint32_t rows, int plane)
{
	size_t sample = (size_t)p->bits / 8, pixel = sample * f->samples;
	size_t unit_pixel = plane < 0 ? pixel : sample;

	for (uint32_t y = 0; y < rows; y++) {
		const uint8_t *from = f->unit + (size_t)y * f->unit_width * unit_pixel;
		uint8_t *to = f->band + ((size_t)y * p->width + x) * pixel;

		if (plane < 0) {
			memcpy(to, from, across * pixel);
			continue;
		}
		to += (size_t)plane * sample;
		for (uint32_t i = 0; i < across; i++)
			memcpy(to + i * pixel, from + i * sample, sample);
	}
}

static bool
read_unit(struct tiff *f, uint32_t x, uint32_t y, int plane)
{
	uint16_t sample = plane < 0 ? 0 : (uint16_t)plane;

	if (TIFFIsTiled(f->t))
		return TIFFReadTile(f->t, f->unit, x, y, 0, sample) >= 0;
	return TIFFReadEncodedStrip(f->t, TIFFComputeStrip(f->t, y, sample), f->unit,
				    -1) >= 0;
}

static int
read_band(struct tiff *f, const struct plate_picture *p, uint32_t top,
	  struct error *err)
{
	bool planes = f->planar == PLANARCONFIG_SEPARATE && f->samples > 1;
	uint32_t rows =
		p->height - top < f->unit_height ? p->height - top : f->unit_height;

	for (uint32_t x = 0; x < p->width; x += f->unit_width)
		for (int plane = planes ? 0 : -1; plane < (planes ? f->samples : 0);
		     plane++) {
			uint32_t across = p->width - x < f->unit_width ? p->width - x
								       : f->unit_width;

			if (!read_unit(f, x, top, plane))
				return damaged(err);
			spread(f, p, x, across, rows, plane);
		}
	f->band_top = top;
	return 0;
}

/* *row: [width * samples] of row y, in f->band. */
static int
read_row(struct tiff *f, const struct plate_picture *p, uint32_t y, uint8_t **row,
	 struct error *err)
{
	uint32_t top = y / f->unit_height * f->unit_height;

	*row = f->band;
	if (!TIFFIsTiled(f->t) && f->planar != PLANARCONFIG_SEPARATE)
		return TIFFReadScanline(f->t, f->band, y, 0) == 1 ? 0 : damaged(err);
	if (p->bits == 1)
		return error_set(err, ERROR_INPUT,
				 "a TIFF of 1 bit in tiles or planes "
				 "can't be read");
	if (f->band_top != top && read_band(f, p, top, err) != 0)
		return -1;
	*row += (size_t)(y - top) * p->width * f->samples * (size_t)p->bits / 8;
	return 0;
}

/* Drops alpha, turns 16-bit samples to big-endian; in place. */
static size_t
pack_row(const struct tiff *f, const struct plate_picture *p, uint8_t *row)
{
	size_t kept = (size_t)p->colours + (size_t)p->spots,
	       sample = (size_t)p->bits / 8;
	uint8_t *to = row;

	if (p->bits == 1)
		return ((size_t)p->width + 7) / 8;
	for (size_t x = 0; x < p->width; x++)
		for (size_t i = 0; i < kept; i++, to += sample) {
			uint8_t *from = row + (x * f->samples + i) * sample;
			uint16_t v;

			if (sample == 1) {
				*to = *from;
				continue;
			}
			memcpy(&v, from, 2);
			to[0] = (uint8_t)(v >> 8);
			to[1] = (uint8_t)v;
		}
	return p->width * kept * sample;
}

static int
put_rows(struct tiff *f, struct plate_pdf *pdf, const struct plate_picture *p,
	 struct error *err)
{
	for (uint32_t y = 0; y < p->height; y++) {
		uint8_t *row;

		if (read_row(f, p, y, &row, err) != 0)
			return -1;
		if (fwrite(row, pack_row(f, p, row), 1, pdf->file) != 1)
			return error_errno(err, "no memory for the picture");
	}
	return 0;
}

int
plate_tiff_wrap(struct plate_pdf *pdf, struct plate_picture *p, const uint8_t *data,
		size_t len, struct error *err)
{
	struct tiff f = {.data = data, .len = len};
	int rc = -1;

	if (open_tiff(&f, err) == 0 && describe(&f, p, err) == 0 &&
	    make_band(&f, p, err) == 0) {
		uint64_t bits = (uint64_t)p->width * (unsigned)(p->colours + p->spots) *
				(unsigned)p->bits;

		plate_pdf_begin_picture(pdf, p, "", (bits + 7) / 8 * p->height);
		rc = put_rows(&f, pdf, p, err);
		if (rc == 0)
			rc = plate_pdf_end(pdf, p, err);
	}
	if (f.t != NULL)
		TIFFClose(f.t);
	free(f.band);
	free(f.unit);
	return rc;
}
