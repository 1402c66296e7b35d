/*
 * doctoplates.c - the program as cupsd runs it: what its tar stream holds, measured on
 * the plates themselves, and what it says to documents that it can't take.
 */
#include <archive.h>
#include <archive_entry.h>
#include <complex.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include "lib/base/fs.h"
#include "lib/plate/manifest.h"
#include "lib/seal/seal.h"
#include "tests/tap.h"
#include "tests/unit/cups_job.h"
#include "tests/unit/pdf.h"

#define OPTIONS	 "Resolution=1200dpi CcRuling=100 CcDot=Euclidean"
#define DPI	 1200
#define RULING	 100.0
#define PLATES	 64
#define JSON_MAX (1 << 20)

struct plate {
	char name[MANIFEST_NAME_MAX];
	uint8_t *file; /* as it lies in the stream */
	size_t len, at;
	const struct manifest_plate *about;
	uint32_t width, height;
	uint8_t *bits; /* [height][(width + 7) / 8] */
};

struct set {
	struct plate plate[PLATES];
	int count;
	struct manifest manifest;
	bool manifest_last;
};

static struct cups_job job;
static char document[128];

/* --- reading the stream --- */

static void
read_member(struct set *s, struct archive *tar, struct archive_entry *e)
{
	size_t size = (size_t)archive_entry_size(e);
	uint8_t *data = malloc(size + 1);

	s->manifest_last = strcmp(archive_entry_pathname(e), MANIFEST_FILE) == 0;
	INVARIANT(archive_read_data(tar, data, size) == (la_ssize_t)size);
	if (s->manifest_last) {
		struct error err;

		if (manifest_read(&s->manifest, data, size, &err) != 0)
			tap_diag("%s", err.text);
		free(data);
		return;
	}
	INVARIANT(s->count < PLATES);
	s->plate[s->count] = (struct plate){.file = data, .len = size};
	snprintf(s->plate[s->count++].name, MANIFEST_NAME_MAX, "%s",
		 archive_entry_pathname(e));
}

static void
read_set(struct set *s)
{
	struct archive *tar = archive_read_new();
	struct archive_entry *e;
	char path[128];

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), "%s/out", job.folder);
	archive_read_support_format_tar(tar);
	if (archive_read_open_filename(tar, path, 65536) == ARCHIVE_OK)
		while (archive_read_next_header(tar, &e) == ARCHIVE_OK)
			read_member(s, tar, e);
	archive_read_free(tar);
	for (int i = 0; i < s->count; i++)
		s->plate[i].about = manifest_find(&s->manifest, s->plate[i].name);
}

static void
clear_set(struct set *s)
{
	for (int i = 0; i < s->count; i++) {
		free(s->plate[i].file);
		free(s->plate[i].bits);
	}
	manifest_clear(&s->manifest);
}

static struct plate *
find(struct set *s, uint32_t page, const char *ink)
{
	for (int i = 0; i < s->count; i++)
		if (s->plate[i].about != NULL && s->plate[i].about->page == page &&
		    strcmp(s->plate[i].about->ink, ink) == 0)
			return &s->plate[i];
	return NULL;
}

/* --- reading a plate --- */

static tmsize_t
mem_read(thandle_t ctx, void *to, tmsize_t len)
{
	struct plate *p = ctx;
	size_t n = p->at >= p->len ? 0 : p->len - p->at;

	if ((size_t)len < n)
		n = (size_t)len;
	memcpy(to, p->file + p->at, n);
	p->at += n;
	return (tmsize_t)n;
}

static tmsize_t
mem_write(thandle_t ctx, void *from, tmsize_t len)
{
	(void)ctx;
	(void)from;
	(void)len;
	return -1;
}

static toff_t
mem_seek(thandle_t ctx, toff_t offset, int whence)
{
	struct plate *p = ctx;

	p->at = whence == SEEK_SET   ? offset
		: whence == SEEK_CUR ? p->at + offset
				     : p->len + offset;
	return p->at;
}

static int
mem_close(thandle_t ctx)
{
	(void)ctx;
	return 0;
}

static toff_t
mem_size(thandle_t ctx)
{
	return ((struct plate *)ctx)->len;
}

static TIFF *
open_plate(struct plate *p)
{
	p->at = 0;
	return TIFFClientOpen(p->name, "rm", p, mem_read, mem_write, mem_seek,
			      mem_close, mem_size, NULL, NULL);
}

static void
load(struct plate *p)
{
	TIFF *t = open_plate(p);
	size_t row;

	INVARIANT(t != NULL);
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &p->width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &p->height);
	row = ((size_t)p->width + 7) / 8;
	p->bits = calloc(p->height, row);
	for (uint32_t y = 0; y < p->height; y++)
		TIFFReadScanline(t, p->bits + y * row, y, 0);
	TIFFClose(t);
}

static int
is_dark(const struct plate *p, size_t x, size_t y)
{
	return p->bits[y * (((size_t)p->width + 7) / 8) + x / 8] >> (7 - x % 8) & 1;
}

/* Dark part of a box given in points from the page's lower left. */
static double
darkness(const struct plate *p, double x_pt, double y_pt, double w_pt, double h_pt)
{
	size_t x0 = (size_t)(x_pt * DPI / 72), x1 = (size_t)((x_pt + w_pt) * DPI / 72);
	size_t y0 = p->height - (size_t)((y_pt + h_pt) * DPI / 72);
	size_t y1 = p->height - (size_t)(y_pt * DPI / 72), n = 0;

	for (size_t y = y0; y < y1; y++)
		for (size_t x = x0; x < x1; x++)
			n += (unsigned)is_dark(p, x, y);
	return (double)n / ((double)(x1 - x0) * (double)(y1 - y0));
}

/* How much of a box's pattern has this ruling and angle: |Fourier coefficient|. */
static double
pattern(const struct plate *p, double x_pt, double y_pt, double side_pt,
	double ruling_lpi, double angle_deg)
{
	size_t x0 = (size_t)(x_pt * DPI / 72), n = (size_t)(side_pt * DPI / 72);
	size_t y0 = p->height - (size_t)((y_pt + side_pt) * DPI / 72);
	double fx = ruling_lpi / DPI * cos(angle_deg * M_PI / 180);
	double fy = -ruling_lpi / DPI * sin(angle_deg * M_PI / 180);
	double complex sum = 0;

	for (size_t y = 0; y < n; y++)
		for (size_t x = 0; x < n; x++)
			if (is_dark(p, x0 + x, y0 + y))
				sum += cexp(-2 * M_PI * (double complex)I *
					    (fx * (double)x + fy * (double)y)) *
				       (1 - cos(2 * M_PI * (double)x / (double)n)) *
				       (1 - cos(2 * M_PI * (double)y / (double)n));
	return cabs(sum);
}

/* --- documents --- */

/* Page 1: tints of every ink side by side, 50 % boxes for the spectrum. Page 2: black
 * only. */
static const char *const names[] = {"Cyan", "Magenta", "Yellow", "Black", "Club Gold"};
#define INKS 5

static void
make_tints(FILE *to)
{
	char content[4096] = "", resources[128];
	struct pdf p;
	int tint, spot;

	pdf_begin(&p, to);
	tint = pdf_object(&p,
			  "<</FunctionType 2/Domain[0 1]/N 1/C0[0 0 0 0]/C1[0 .3 .9 "
			  ".1]>>");
	spot = pdf_object(&p, "[/Separation/Club#20Gold/DeviceCMYK %d 0 R]", tint);
	for (int ink = 0; ink < INKS; ink++) {
		for (int step = 0; step < 5; step++) {
			double v = step == 4 ? 0.5 : 0.05 + 0.3 * step;
			char colour[64];

			snprintf(colour, sizeof(colour), "%g %g %g %g k",
				 ink == 0 ? v : 0, ink == 1 ? v : 0, ink == 2 ? v : 0,
				 ink == 3 ? v : 0);
			if (ink == 4)
				snprintf(colour, sizeof(colour), "/S cs %g scn", v);
			snprintf(content + strlen(content),
				 sizeof(content) - strlen(content),
				 "%s %d %d 32 32 re f\n", colour, 4 + 36 * step,
				 4 + 36 * ink);
		}
	}
	snprintf(resources, sizeof(resources), "/ColorSpace<</S %d 0 R>>", spot);
	pdf_page(&p, 190, 190, resources, "", content);
	pdf_page(&p, 100, 100, "", "", "0 0 0 1 k 12 12 48 48 re f");
	pdf_end(&p);
}

static void
write_document(void (*make)(FILE *to))
{
	FILE *to = fopen(document, "w");

	make(to);
	fclose(to);
}

static int
run_document(const char *options)
{
	job.options = options;
	job.file = document;
	return cups_job_run(&job, "", 0);
}

/* --- facts --- */

static void
a_plate_is_a_g4_tiff_that_names_its_ink(struct set *s)
{
	for (int i = 0; i < s->count; i++) {
		struct plate *p = &s->plate[i];
		TIFF *t = open_plate(p);
		uint16_t compression = 0, photometric = 9, bits = 0, unit = 0;
		char *ink = NULL, *description = NULL, *page = NULL, *title = NULL;
		float x = 0, y = 0;

		TIFFGetField(t, TIFFTAG_COMPRESSION, &compression);
		TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &photometric);
		TIFFGetField(t, TIFFTAG_BITSPERSAMPLE, &bits);
		TIFFGetField(t, TIFFTAG_RESOLUTIONUNIT, &unit);
		TIFFGetField(t, TIFFTAG_XRESOLUTION, &x);
		TIFFGetField(t, TIFFTAG_YRESOLUTION, &y);
		TIFFGetField(t, TIFFTAG_INKNAMES, &ink);
		TIFFGetField(t, TIFFTAG_IMAGEDESCRIPTION, &description);
		TIFFGetField(t, TIFFTAG_PAGENAME, &page);
		TIFFGetField(t, TIFFTAG_DOCUMENTNAME, &title);
		TAP_OK(compression == COMPRESSION_CCITTFAX4 && bits == 1 &&
			       photometric == PHOTOMETRIC_MINISWHITE,
		       "%s is one bit, G4, min-is-white", p->name);
		TAP_OK(unit == RESUNIT_INCH && fabsf(x - DPI) < 1e-3f &&
			       fabsf(y - DPI) < 1e-3f,
		       "at %d dpi", DPI);
		TAP_OK(ink != NULL && p->about != NULL &&
			       strcmp(ink, p->about->ink) == 0 && description != NULL &&
			       strstr(description, ink) != NULL && page != NULL &&
			       strstr(page, ink) != NULL && title != NULL &&
			       strcmp(title, "title") == 0,
		       "InkNames says %s, ImageDescription '%s'", ink, description);
		TIFFClose(t);
	}
}

static void
the_manifest_is_last_and_true(struct set *s)
{
	uint8_t digest[MANIFEST_DIGEST];
	bool whole = s->manifest.count > 0;

	TAP_OK(s->manifest_last, "the manifest is the last member");
	for (int i = 0; i < s->count; i++) {
		struct plate *p = &s->plate[i];
		struct seal_digest *d = seal_digest_new();

		seal_digest_add(d, p->file, p->len);
		seal_digest_end(d, digest);
		whole = whole && p->about != NULL && p->about->bytes == p->len &&
			memcmp(digest, p->about->digest, sizeof(digest)) == 0 &&
			p->about->width == p->width && p->about->height == p->height;
	}
	TAP_OK(whole, "sizes and digests of all %d plates are those of the files",
	       s->count);
}

static void
tints_cover_what_they_say(struct set *s)
{
	for (int ink = 0; ink < INKS; ink++) {
		struct plate *p = find(s, 1, names[ink]);
		double worst = 0;

		for (int step = 0; p != NULL && step < 5; step++) {
			double v = step == 4 ? 0.5 : 0.05 + 0.3 * step;

			/* a box of whole cells would need no margin: 30 pt are 41.7
			 * cells, whose edges can be off by a part of one */
			worst = fmax(worst, fabs(darkness(p, 5 + 36 * step,
							  5 + 36 * ink, 30, 30) -
						 v));
		}
		TAP_OK(p != NULL && worst < 0.012,
		       "%s: tints of 5 to 95 %% within 1.2 %% (worst %.2f %%)",
		       names[ink], 100 * worst);
	}
}

static void
each_ink_has_an_angle_of_its_own(struct set *s)
{
	static const double angles[INKS] = {15, 75, 0, 45, 30};

	for (int ink = 0; ink < INKS; ink++) {
		struct plate *p = find(s, 1, names[ink]);
		double own = 0, others = 0;

		for (int a = 0; p != NULL && a < INKS; a++) {
			double v = pattern(p, 5 + 36 * 4, 5 + 36 * ink, 30, RULING,
					   angles[a]);

			if (a == ink)
				own = v;
			else
				others = fmax(others, v);
		}
		TAP_OK(own > 20 * others,
		       "%s: its tint's pattern lies at %g degrees (%.0f against %.0f)",
		       names[ink], angles[ink], own, others);
	}
}

static void
solids_are_solid_to_the_pixel(struct set *s)
{
	struct plate *p = find(s, 2, "Black");
	size_t n = 0;

	for (size_t y = 0; p != NULL && y < p->height; y++)
		for (size_t x = 0; x < p->width; x++)
			n += (unsigned)is_dark(p, x, y);
	TAP_OK(n == 800 * 800, "48 pt of black are 800 x 800 dots: %zu of 640000", n);
}

/* --- ink --- */

/* A field of 260 %, a hairline of 340 % in it, and a spot over both: 440 % in one place. */
static void
make_heavy(FILE *to)
{
	struct pdf p;
	char resources[128];
	int tint, spot;

	pdf_begin(&p, to);
	tint = pdf_object(&p,
			  "<</FunctionType 2/Domain[0 1]/N 1/C0[0 0 0 0]/C1[0 .3 .9 "
			  ".1]>>");
	spot = pdf_object(&p, "[/Separation/Gold/DeviceCMYK %d 0 R]", tint);
	snprintf(resources, sizeof(resources),
		 "/ColorSpace<</S %d 0 R>>/ExtGState<</O<</OP true/op true/OPM 1>>>>",
		 spot);
	pdf_page(&p, 144, 144, resources, "",
		 "1 .6 1 0 k 0 0 72 72 re f 1 1 1 .4 k 36 0 .12 72 re f "
		 "/O gs /S cs 1 scn 0 36 72 .12 re f");
	pdf_page(&p, 144, 144, "", "", "0 0 0 1 k 12 12 48 48 re f");
	pdf_end(&p);
}

static void
the_most_ink_is_found_where_it_lies(void)
{
	struct set s;
	static const struct manifest_page none[2];
	const struct manifest_page *page;

	write_document(make_heavy);
	TAP_OK(run_document(OPTIONS " CcTac=300%") == 0, "a heavy page is taken");
	read_set(&s);
	page = s.manifest.page_count == 2 ? s.manifest.page : none;
	TAP_OK(s.manifest.tac_limit == 300 && page[0].page == 1 &&
		       fabs(page[0].tac_percent - 440) < 1.5,
	       "its most is 440 %% (%.1f)", page[0].tac_percent);
	/* 36 pt from the left, 108 from the top: 12.7 and 38.1 mm */
	TAP_OK(s.manifest.page_count == 2 && fabs(page[0].x_mm - 12.7) < .1 &&
		       fabs(page[0].y_mm - 38.1) < .1,
	       "where hairline and spot cross: %.2f, %.2f mm", page[0].x_mm,
	       page[0].y_mm);
	/* two lines of 2 pixels along 1200 of 2400 x 2400 */
	TAP_OK(page[0].over > 0.0005 && page[0].over < 0.0012,
	       "%.3f %% of it is over 300", 100 * page[0].over);
	TAP_OK(page[1].page == 2 && fabs(page[1].tac_percent - 100) < .01 &&
		       page[1].over == 0,
	       "a page of black has 100 %%");
	clear_set(&s);
	TAP_OK(run_document(OPTIONS " CcTac=300 CcTacAction=Refuse") == 1 &&
		       cups_job_said(&job, "page 1 has 4") &&
		       cups_job_said(&job, "300 % are allowed"),
	       "where that is to be refused, it is, and said where");
	TAP_OK(run_document(OPTIONS " CcTac=450 CcTacAction=Refuse") == 0,
	       "what is under the limit is not");
	TAP_OK(run_document(OPTIONS " CcTac=20") == 1 &&
		       cups_job_said(&job, "CcTac=20 is not between"),
	       "a limit that no page could keep is none");
}

/* --- curves --- */

/* The plate-maker's PPD, with its curves in the job's folder. */
static void
make_curves(const char *points)
{
	char path[128];
	FILE *from, *to;
	int c;

	snprintf(path, sizeof(path), "%s/curved.ppd", job.folder);
	from = fopen("ppd/ccplate.ppd", "r");
	to = fopen(path, "w");
	INVARIANT(from != NULL && to != NULL);
	while ((c = getc(from)) != EOF)
		putc(c, to);
	fprintf(to, "*CcCurveFolder: \"%s\"\n", job.folder);
	fclose(from);
	fclose(to);
	cups_job_setenv("PPD", path);
	snprintf(path, sizeof(path), "%s/press.json", job.folder);
	to = fopen(path, "w");
	fprintf(to,
		"{\"claimcheck-curves\": 1, \"title\": \"\", \"curves\": [{\"ink\": "
		"\"Black\", \"points\": %s}]}",
		points);
	fclose(to);
}

static void
dots_are_as_large_as_the_curve_says(void)
{
	struct set s;
	struct plate *black, *cyan;

	write_document(make_tints);
	make_curves("[[0, 0], [50, 70], [100, 100]]");
	TAP_OK(run_document(OPTIONS "lpi CcPlate=Page CcCurve=press") == 0,
	       "a curve for black is taken");
	read_set(&s);
	for (int i = 0; i < s.count; i++)
		load(&s.plate[i]);
	black = find(&s, 1, "Black");
	cyan = find(&s, 1, "Cyan");
	TAP_OK(black != NULL && cyan != NULL &&
		       fabs(darkness(black, 5 + 36 * 4, 5 + 36 * 3, 30, 30) - .7) <
			       .012 &&
		       fabs(darkness(cyan, 5 + 36 * 4, 5, 30, 30) - .5) < .012,
	       "half a tint of black is 70 %% of its plate, of cyan 50 %%");
	TAP_OK(black != NULL && strcmp(black->about->curve, "press") == 0 &&
		       cyan != NULL && cyan->about->curve[0] == '\0',
	       "the manifest says which plate had a curve");
	solids_are_solid_to_the_pixel(&s);
	clear_set(&s);
	TAP_OK(run_document(OPTIONS "lpi CcCurve=other") == 1 &&
		       cups_job_said(&job, "no curves 'other'"),
	       "curves that are not there are said");
	TAP_OK(run_document(OPTIONS "lpi CcCurve=../press") == 1 &&
		       cups_job_said(&job, "takes the name"),
	       "a path is no name of curves");
	make_curves("[[0, 0], [50, 70], [60, 60], [100, 100]]");
	TAP_OK(run_document(OPTIONS "lpi CcCurve=press") == 1 &&
		       cups_job_said(&job,
				     "curves 'press': the curve of 'Black' falls"),
	       "curves that fall make no plates");
	unsetenv("PPD");
}

static void
golden(void)
{
	struct set s;

	write_document(make_tints);
	TAP_OK(run_document(OPTIONS) == 0, "a PDF of two pages becomes plates");
	read_set(&s);
	for (int i = 0; i < s.count; i++)
		load(&s.plate[i]);
	TAP_OK(s.count == 6 && s.manifest.count == 9 && s.manifest.pages == 2,
	       "five plates for page 1, one for page 2; blank ones only in the "
	       "manifest (%d, %u)",
	       s.count, s.manifest.count);
	a_plate_is_a_g4_tiff_that_names_its_ink(&s);
	the_manifest_is_last_and_true(&s);
	tints_cover_what_they_say(&s);
	each_ink_has_an_angle_of_its_own(&s);
	solids_are_solid_to_the_pixel(&s);
	clear_set(&s);
}

static void
blank_plates_can_be_exposed(void)
{
	struct set s;

	TAP_OK(run_document(OPTIONS " CcBlank=Expose") == 0, "with CcBlank=Expose");
	read_set(&s);
	TAP_OK(s.count == 9 && find(&s, 2, "Cyan") != NULL,
	       "blank plates are files too");
	clear_set(&s);
}

static void
the_page_lies_in_the_middle_of_the_plate(void)
{
	struct plate *p;
	struct set s;
	size_t first = 0, top = 0;

	TAP_OK(run_document(OPTIONS " media=custom_plate_100x80mm") == 0,
	       "on a plate of 100 x 80 mm");
	read_set(&s);
	p = find(&s, 2, "Black");
	if (p != NULL)
		load(p);
	/* the square is 12 pt from the page's left and 40 pt from its top */
	for (size_t y = 0; p != NULL && y < p->height && top == 0; y++)
		for (size_t x = 0; x < p->width; x++)
			if (is_dark(p, x, y)) {
				first = x;
				top = y;
				break;
			}
	TAP_OK(p != NULL && p->width == 4724 && p->height == 3780,
	       "the TIFF is as large as the plate");
	TAP_OK(labs((long)first - (4724 - 1667) / 2 - 200) <= 8 &&
		       labs((long)top - (3780 - 1667) / 2 - 667) <= 1,
	       "and the page in its middle (%zu, %zu)", first, top);
	clear_set(&s);
	TAP_OK(run_document(OPTIONS " media=custom_plate_60x60mm") == 1 &&
		       cups_job_said(&job, "ERROR: page 1: the page is 67.0 x 67.0 mm "
					   "and does not fit on the plate"),
	       "a page that is larger than the plate is refused");
}

/* --- pictures --- */

static void
make_tiff(const char *path, uint16_t planar, uint16_t bits)
{
	TIFF *t = TIFFOpen(path, "w");
	uint8_t row[100 * 5 * 2];
	uint16_t extra = EXTRASAMPLE_UNSPECIFIED;
	static const int value[5] = {0, 51, 102, 0, 204};

	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, 100);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, 80);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, bits);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 5);
	TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, &extra);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_SEPARATED);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG, planar);
	TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, 7);
	TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
	TIFFSetField(t, TIFFTAG_INKNAMES, 36,
		     "Cyan\0Magenta\0Yellow\0Black\0Fifth Ink");
	TIFFSetField(t, TIFFTAG_XRESOLUTION, 100.0);
	TIFFSetField(t, TIFFTAG_YRESOLUTION, 100.0);
	for (uint16_t plane = 0; plane < (planar == PLANARCONFIG_SEPARATE ? 5 : 1);
	     plane++)
		for (uint32_t y = 0; y < 80; y++) {
			int samples = planar == PLANARCONFIG_SEPARATE ? 1 : 5;

			for (int i = 0; i < 100 * samples; i++) {
				int v = value[samples == 1 ? plane : i % 5];
				uint16_t wide = (uint16_t)(v * 257);

				if (bits == 8)
					row[i] = (uint8_t)v;
				else
					memcpy(row + 2 * i, &wide, 2);
			}
			TIFFWriteScanline(t, row, y, plane);
		}
	TIFFClose(t);
}

static void
a_tiff_with_a_fifth_ink_keeps_it(void)
{
	static const struct {
		uint16_t planar, bits;
		const char *what;
	} forms[] = {{PLANARCONFIG_CONTIG, 8, "8 bit"},
		     {PLANARCONFIG_CONTIG, 16, "16 bit"},
		     {PLANARCONFIG_SEPARATE, 8, "8 bit in planes"}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct set s;
		struct plate *magenta, *fifth;

		make_tiff(document, forms[i].planar, forms[i].bits);
		TAP_OK(run_document(OPTIONS) == 0, "a TIFF of CMYK and a spot, %s",
		       forms[i].what);
		read_set(&s);
		magenta = find(&s, 1, "Magenta");
		fifth = find(&s, 1, "Fifth Ink");
		TAP_OK(s.count == 3 && magenta != NULL && fifth != NULL &&
			       fabs(magenta->about->coverage - 0.2) < 0.005 &&
			       fabs(fifth->about->coverage - 0.8) < 0.005,
		       "is three plates with the inks' own values");
		TAP_OK(magenta != NULL && magenta->about->width == 1200 &&
			       magenta->about->height == 960,
		       "of the picture's own size");
		clear_set(&s);
	}
}

/* --- what can't be taken --- */

struct refusal {
	const char *what, *document, *sentence;
};
static const struct refusal refusals[] = {
	{"nothing", "", "the document is empty"},
	{"text", "Dear Sir, please print.", "neither PDF, PostScript, TIFF nor JPEG"},
	{"a PDF of rubbish", "%PDF-1.4\nrubbish", "damaged"},
	{"a TIFF of rubbish", "II*\0rubbish and more of it", "the TIFF is damaged"},
	{"a JPEG of rubbish", "\xff\xd8\xff\xe0rubbish", "the JPEG is damaged"},
	{"PostScript that calls itself", "%!PS\n/x {x x} def x", "damaged"},
	{"a page of 5 x 5 m", "%!PS\n<</PageSize[14173 14173]>>setpagedevice showpage",
	 "5000 x 5000 mm"},
	{"a page of 0 x 0", "%!PS\n<</PageSize[0 0]>>setpagedevice showpage",
	 "damaged"},
	{"no pages", "%!PS\n1 pop", "no pages"},
	{"a file of the host", "%!PS\n(/etc/passwd)(r)file pop showpage",
	 "not allowed"},
	{"a file to be written", "%!PS\n(/tmp/cc-was-here)(w)file pop showpage",
	 "not allowed"},
	{"a command to be run", "%!PS\n(%pipe%id)(r)file pop showpage", "not allowed"},
	{"an output file of its own",
	 "%!PS\n<</OutputFile(/tmp/cc-was-here)>>setpagedevice showpage", ""},
};

static void
what_cannot_be_plates_is_refused_with_a_sentence(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		const char *said;
		int status;

		/* the TIFF has a zero byte in its first four */
		fs_write_file(document, 0600, r->document,
			      r->document[0] == 'I' ? 24 : strlen(r->document), NULL);
		status = run_document(OPTIONS);
		cups_job_read(&job, "err", &said);
		if (r->sentence[0] == '\0') {
			TAP_OK(access("/tmp/cc-was-here", F_OK) != 0,
			       "%s is not written", r->what);
			continue;
		}
		said = strstr(said, "ERROR: ");
		TAP_OK(status == 1 && said != NULL && strstr(said, r->sentence) != NULL,
		       "%s: %.*s", r->what, said ? (int)strcspn(said, "\n") : 0,
		       said ? said : "");
		TAP_OK(cups_job_read(&job, "out", NULL) == 0,
		       "and not a byte is passed on");
	}
	TAP_OK(access("/tmp/cc-was-here", F_OK) != 0, "no file was made");
}

static void
make_many_spots(FILE *to)
{
	static char content[8000], resources[8000] = "/ColorSpace<<";
	struct pdf p;

	pdf_begin(&p, to);
	for (int i = 0; i < 50; i++) {
		snprintf(resources + strlen(resources),
			 sizeof(resources) - strlen(resources),
			 "/S%d[/Separation/Ink%d/DeviceCMYK<</FunctionType 2/Domain[0 "
			 "1]/N 1/C0[0 0 0 0]/C1[0 1 0 0]>>]",
			 i, i);
		snprintf(content + strlen(content), sizeof(content) - strlen(content),
			 "/S%d cs 1 scn %d 0 5 5 re f\n", i, i);
	}
	strcat(resources, ">>");
	pdf_page(&p, 100, 100, resources, "", content);
	pdf_end(&p);
}

static void
make_evil_names(FILE *to)
{
	fputs("%!PS\n"
	      "[/Separation(../../x)/DeviceCMYK{0 0 0 4 -1 roll}]setcolorspace "
	      "1 setcolor 10 10 50 50 rectfill\n"
	      "[/Separation(..\\..\\x)/DeviceCMYK{0 0 0 4 -1 roll}]setcolorspace "
	      "1 setcolor 70 70 50 50 rectfill\n"
	      "[/Separation(a\\nATTR: b)/DeviceCMYK{0 0 0 4 -1 roll}]setcolorspace "
	      "1 setcolor 130 130 50 50 rectfill\n"
	      "[/Separation(Gr\\374n)/DeviceCMYK{0 0 0 4 -1 roll}]setcolorspace "
	      "1 setcolor 180 180 50 50 rectfill showpage\n",
	      to);
}

static void
make_huge_page(FILE *to)
{
	struct pdf p;

	pdf_begin(&p, to);
	pdf_page(&p, 14400, 14400, "", "", "0 0 0 1 k 0 0 9 9 re f");
	pdf_end(&p);
}

static void
names_of_inks_stay_names(void)
{
	struct set s;
	const char *said;
	bool plain = true;

	write_document(make_evil_names);
	TAP_OK(run_document(OPTIONS) == 0, "inks with evil names become plates");
	cups_job_read(&job, "err", &said);
	TAP_OK(strstr(said, "\nATTR:") == NULL, "no name makes a line for cupsd");
	read_set(&s);
	for (int i = 0; i < s.count; i++)
		plain = plain && manifest_name_is_plain(s.plate[i].name);
	TAP_OK(s.count == 4 && plain, "their files have plain names, all different");
	TAP_OK(find(&s, 1, "../../x") != NULL && find(&s, 1, "Gr_n") != NULL,
	       "and the manifest knows the ink's own name, as text");
	clear_set(&s);
}

static void
what_is_too_much_is_said_before_it_is_tried(void)
{
	write_document(make_many_spots);
	TAP_OK(run_document(OPTIONS) == 1 &&
		       cups_job_said(&job, "page 1 has 50 spot colours"),
	       "50 spots: none is silently made of process inks");
	write_document(make_huge_page);
	TAP_OK(run_document(OPTIONS) == 1 && cups_job_said(&job, "5080 x 5080 mm"),
	       "a page of 5 x 5 m");
	TAP_OK(run_document("Resolution=1e9") == 1 &&
		       cups_job_said(&job, "ERROR: Resolution"),
	       "a resolution that no device has");
	TAP_OK(run_document("CcRuling=900 Resolution=1200dpi") == 1 &&
		       cups_job_said(&job, "can't be screened"),
	       "a ruling that the resolution can't carry");
	TAP_OK(run_document("CcProfile=../../etc/passwd") == 1 &&
		       cups_job_said(&job, "name of an installed profile"),
	       "a profile by path");
}

int
main(void)
{
	if (seal_start(NULL) != 0)
		return 1;
	TIFFSetWarningHandler(NULL);
	cups_job_begin(&job, "filters/doctoplates");
	cups_job_setenv("DEVICE_URI", "file:/dev/null");
	snprintf(document, sizeof(document), "%s/document", job.folder);
	golden();
	dots_are_as_large_as_the_curve_says();
	blank_plates_can_be_exposed();
	the_page_lies_in_the_middle_of_the_plate();
	the_most_ink_is_found_where_it_lies();
	a_tiff_with_a_fifth_ink_keeps_it();
	what_cannot_be_plates_is_refused_with_a_sentence();
	names_of_inks_stay_names();
	what_is_too_much_is_said_before_it_is_tried();
	cups_job_end(&job);
	return tap_done();
}
