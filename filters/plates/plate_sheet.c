/*
 * plate_sheet.c - libtiff writes into a file in memory (memfd): the tar stream must
 * know a plate's size before its first byte, and a customer's picture must not rest on
 * a disk in clear.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tiffio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/screen/g4.h"
#include "lib/screen/row.h"

#include "filters/plates/plate_sheet.h"

#define PAPER 255 /* the value of bare paper */

struct plate_sheet {
	struct plate_place place;
	const struct screen *screen;
	struct manifest_plate about;
	TIFF *tiff;
	int fd;
	struct g4 *coder;
	uint8_t *bits; /* a row of the plate, as g4.h wants it */
	uint32_t y;    /* rows of the plate coded */
};

static int
tiff_failed(struct error *err)
{
	return error_set(err, ERROR_SYSTEM, "a plate's TIFF can't be written");
}

static int
to_debug_log(TIFF *tiff, void *ctx, const char *module, const char *fmt, va_list args)
{
	char text[256];

	(void)tiff;
	(void)ctx;
	vsnprintf(text, sizeof(text), fmt, args);
	log_debug("tiff: %s: %s", module, text);
	return 1;
}

/* libtiff checks neither the name of an ink nor how long a text is; both are bounded
 * here by struct manifest_plate. */
static void
set_texts(TIFF *t, const struct manifest_plate *p, const char *title)
{
	char text[MANIFEST_INK_MAX + 200], date[20];
	time_t now = time(NULL);
	struct tm tm;

	snprintf(text, sizeof(text), "%u %s", p->page, p->ink);
	TIFFSetField(t, TIFFTAG_PAGENAME, text);
	snprintf(text, sizeof(text),
		 "ink=%s; page=%u; ruling=%.3f lpi; angle=%.3f; dot=%s%s%s", p->ink,
		 p->page, p->ruling_lpi, p->angle_deg, p->dot,
		 p->curve[0] != '\0' ? "; curve=" : "", p->curve);
	TIFFSetField(t, TIFFTAG_IMAGEDESCRIPTION, text);
	if (title[0] != '\0')
		TIFFSetField(t, TIFFTAG_DOCUMENTNAME, title);
	TIFFSetField(t, TIFFTAG_SOFTWARE, "Claimcheck doctoplates " PACKAGE_VERSION);
	TIFFSetField(t, TIFFTAG_INKNAMES, (unsigned)strlen(p->ink) + 1, p->ink);
	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y:%m:%d %H:%M:%S", &tm);
	TIFFSetField(t, TIFFTAG_DATETIME, date);
}

static void
set_form(TIFF *t, const struct plate_sheet *s)
{
	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, s->place.width);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, s->place.height);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(t, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
	TIFFSetField(t, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, s->place.height);
	TIFFSetField(t, TIFFTAG_XRESOLUTION, s->about.dpi);
	TIFFSetField(t, TIFFTAG_YRESOLUTION, s->about.dpi);
	TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
}

static int
open_tiff(struct plate_sheet *s, const char *title, struct error *err)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

	s->fd = memfd_create("plate", MFD_CLOEXEC);
	if (s->fd < 0 || options == NULL) {
		TIFFOpenOptionsFree(options);
		return error_errno(err, "no memory for a plate");
	}
	TIFFOpenOptionsSetErrorHandlerExtR(options, to_debug_log, NULL);
	TIFFOpenOptionsSetWarningHandlerExtR(options, to_debug_log, NULL);
	s->tiff = TIFFFdOpenExt(s->fd, "plate", "w", options);
	TIFFOpenOptionsFree(options);
	if (s->tiff == NULL)
		return tiff_failed(err);
	set_form(s->tiff, s);
	set_texts(s->tiff, &s->about, title);
	return 0;
}

/* libtiff appends to a strip that it is given in pieces. */
static int
write_piece(void *ctx, const void *data, size_t len, struct error *err)
{
	struct plate_sheet *s = ctx;
	void *piece = (void *)(uintptr_t)data; /* libtiff does not change it */

	if (TIFFWriteRawStrip(s->tiff, 0, piece, (tmsize_t)len) != (tmsize_t)len)
		return tiff_failed(err);
	return 0;
}

/* Bare rows up to row y of the plate. */
static int
write_bare(struct plate_sheet *s, uint32_t y, struct error *err)
{
	if (g4_bare_rows(s->coder, y - s->y, err) != 0)
		return -1;
	s->y = y;
	return 0;
}

static void
describe(struct plate_sheet *s, const struct manifest_plate *about, double dpi)
{
	s->about = *about;
	s->about.dpi = dpi;
	s->about.width = s->place.width;
	s->about.height = s->place.height;
	s->about.ruling_lpi = s->screen->cell.ruling_lpi;
	s->about.angle_deg = s->screen->cell.angle_deg;
	snprintf(s->about.dot, sizeof(s->about.dot), "%s", dot_name(s->screen->shape));
}

int
plate_sheet_open(struct plate_sheet **out, const struct plate_place *place,
		 const struct screen *screen, const struct plate_options *options,
		 const struct manifest_plate *about, struct error *err)
{
	struct plate_sheet *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return error_set(err, ERROR_FULL, "no memory for a plate");
	s->fd = -1;
	s->place = *place;
	s->screen = screen;
	describe(s, about, options->dpi);
	s->bits = calloc((size_t)place->width / 64 + 1, 8);
	if (s->bits == NULL)
		error_set(err, ERROR_FULL, "no memory for a plate");
	if (s->bits == NULL || open_tiff(s, options->title, err) != 0 ||
	    g4_open(&s->coder, place->width, write_piece, s, err) != 0 ||
	    write_bare(s, place->top, err) != 0) {
		plate_sheet_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

int
plate_sheet_row(struct plate_sheet *s, const uint8_t *values, struct error *err)
{
	if (row_is(values, s->place.page_width, PAPER))
		return write_bare(s, s->y + 1, err);
	/* bits left and right of the page stay 0 */
	screen_row(s->screen, s->place.left, s->y, values, s->place.page_width,
		   s->bits + s->place.left / 8);
	s->y++;
	return g4_row(s->coder, s->bits, err);
}

int
plate_sheet_end(struct plate_sheet *s, int *fd, struct manifest_plate *about,
		struct error *err)
{
	INVARIANT(s->y == s->place.top + s->place.page_height);
	uint64_t dark = g4_black(s->coder);

	if (write_bare(s, s->place.height, err) != 0 || g4_end(s->coder, err) != 0)
		return -1;
	if (TIFFFlush(s->tiff) != 1)
		return tiff_failed(err);
	s->about.blank = dark == 0;
	s->about.coverage = (double)dark / ((double)s->place.width * s->place.height);
	*about = s->about;
	*fd = s->fd;
	return 0;
}

void
plate_sheet_close(struct plate_sheet *s)
{
	if (s == NULL)
		return;
	if (s->tiff != NULL)
		TIFFClose(s->tiff); /* and the descriptor */
	else if (s->fd >= 0)
		close(s->fd);
	g4_close(s->coder);
	free(s->bits);
	free(s);
}
