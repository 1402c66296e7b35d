/*
 * separations.c - before any screen is laid over them, the planes that doctoplates
 * renders are those of Ghostscript's own tiffsep, pixel for pixel: CMYK that passes
 * untouched, pictures in RGB, spots, DeviceN, All and None, overprint, transparency.
 */
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tiffio.h>
#include <unistd.h>

#include "filters/plates/plate_rip.h"
#include "tests/tap.h"
#include "tests/unit/pdf.h"

#define DPI	  150
#define PAGES_MAX 8

extern char **environ;

struct taken {
	struct plate_page page;
	uint8_t *plane[PLATE_INKS_MAX];
};

static struct taken taken[PAGES_MAX];
static int pages;
static char folder[] = "/tmp/cc-separations.XXXXXX";

/* --- what we render --- */

static int
take_begin(void *ctx, const struct plate_page *page, struct error *err)
{
	(void)ctx;
	(void)err;
	INVARIANT(pages < PAGES_MAX);
	taken[pages].page = *page;
	for (uint32_t i = 0; i < page->inks; i++)
		taken[pages].plane[i] = malloc((size_t)page->width * page->height);
	return 0;
}

static int
take_row(void *ctx, uint32_t ink, uint32_t y, const uint8_t *values, struct error *err)
{
	struct taken *t = &taken[pages];

	(void)ctx;
	(void)err;
	memcpy(t->plane[ink] + (size_t)y * t->page.width, values, t->page.width);
	return 0;
}

static int
take_end(void *ctx, struct error *err)
{
	(void)ctx;
	(void)err;
	pages++;
	return 0;
}

/* --- what tiffsep renders --- */

static bool
run_tiffsep(const char *pdf, const char *profile)
{
	char out[128], dpi[16], cmyk[1100], output[1100], name[128];
	char *args[] = {(char[]){"gs"},
			(char[]){"-q"},
			(char[]){"-dSAFER"},
			(char[]){"-dBATCH"},
			(char[]){"-dNOPAUSE"},
			(char[]){"-sDEVICE=tiffsep"},
			dpi,
			cmyk,
			output,
			out,
			name,
			NULL};
	pid_t pid;
	int status;

	snprintf(dpi, sizeof(dpi), "-r%d", DPI);
	snprintf(cmyk, sizeof(cmyk), "-sDefaultCMYKProfile=%s", profile);
	snprintf(output, sizeof(output), "-sOutputICCProfile=%s", profile);
	snprintf(out, sizeof(out), "-sOutputFile=%s/p%%d.tif", folder);
	snprintf(name, sizeof(name), "%s", pdf);
	if (posix_spawnp(&pid, "gs", NULL, NULL, args, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Pixels that differ between our plane and tiffsep's file; -1 if there is none of that
 * size. tiffsep writes paper values, whatever Photometric says. */
static long
differences(const struct taken *t, uint32_t ink, int page)
{
	char path[PLATE_INK_MAX + 64];
	uint32_t width = 0, height = 0;
	uint8_t *row;
	long n = 0;
	TIFF *tiff;

	snprintf(path, sizeof(path), "%s/p%d(%s).tif", folder, page, t->page.ink[ink]);
	tiff = TIFFOpen(path, "r");
	if (tiff == NULL)
		return -1;
	TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
	row = malloc((size_t)TIFFScanlineSize(tiff));
	if (width != t->page.width || height != t->page.height)
		n = -1;
	for (uint32_t y = 0; n >= 0 && y < height; y++) {
		const uint8_t *ours = t->plane[ink] + (size_t)y * width;

		TIFFReadScanline(tiff, row, y, 0);
		for (uint32_t x = 0; x < width; x++)
			n += row[x] != ours[x];
	}
	free(row);
	TIFFClose(tiff);
	return n;
}

/* --- the document --- */

static int
separation(struct pdf *p, const char *name, const char *cmyk)
{
	int tint = pdf_object(
		p, "<</FunctionType 2/Domain[0 1]/N 1/C0[0 0 0 0]/C1[%s]>>", cmyk);

	return pdf_object(p, "[/Separation/%s/DeviceCMYK %d 0 R]", name, tint);
}

static int
picture(struct pdf *p, const char *space, int colours)
{
	static uint8_t data[60 * 40 * 4];
	char dictionary[256];

	for (int i = 0; i < 60 * 40 * colours; i++)
		data[i] = (uint8_t)(i * 37 + i / 97);
	snprintf(dictionary, sizeof(dictionary),
		 "/Type/XObject/Subtype/Image/Width 60/Height 40/BitsPerComponent 8"
		 "/ColorSpace%s",
		 space);
	return pdf_stream(p, dictionary, data, (size_t)(60 * 40 * colours));
}

static void
make_pdf(const char *path)
{
	FILE *to = fopen(path, "w");
	char resources[512];
	struct pdf p;
	int gold, red, both, all, none, cmyk, rgb, over, glass, font;

	pdf_begin(&p, to);
	gold = separation(&p, "Gold", "0.2 0.3 0.8 0.1");
	red = separation(&p, "PANTONE#20185#20C", "0 0.9 0.8 0");
	both = pdf_stream(&p, "/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1 0 1]",
			  "{pop dup dup dup}", 17);
	both = pdf_object(&p, "[/DeviceN[/Gold/Magenta]/DeviceCMYK %d 0 R]", both);
	all = separation(&p, "All", "1 1 1 1");
	none = separation(&p, "None", "0 0 0 0");
	cmyk = picture(&p, "/DeviceCMYK", 4);
	rgb = picture(&p, "/DeviceRGB", 3);
	over = pdf_object(&p, "<</OP true/op true/OPM 1>>");
	glass = pdf_object(&p, "<</ca 0.5/BM/Multiply>>");
	font = pdf_object(&p, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
	snprintf(
		resources, sizeof(resources),
		"/XObject<</C %d 0 R/R %d 0 R>>/ColorSpace<</Gd %d 0 R/P %d 0 R/B %d 0 "
		"R/A %d 0 R/N %d 0 R>>/ExtGState<</O %d 0 R/T %d 0 R>>/Font<</F %d 0 "
		"R>>",
		cmyk, rgb, gold, red, both, all, none, over, glass, font);
	pdf_page(&p, 200, 150, resources, "",
		 "q 80 0 0 60 10 80 cm /C Do Q q 80 0 0 60 100 80 cm /R Do Q\n"
		 "0.1 0.2 0.3 0.4 k 10 10 30 30 re f\n"
		 "/P cs 1 scn BT /F 20 Tf 50 40 Td (Spot) Tj ET\n"
		 "0 0 0 1 k BT /F 6 Tf 50 20 Td (Black text) Tj ET\n");
	pdf_page(&p, 200, 150, resources, "",
		 "/Gd cs 0.5 scn 10 10 60 60 re f /P cs 0.7 scn 50 50 60 60 re f\n"
		 "/B cs 0.4 0.8 scn 100 20 40 40 re f\n"
		 "/A cs 1 scn 5 5 3 3 re f /N cs 1 scn 150 10 40 40 re f\n"
		 "/O gs 0 0 0 1 k 30 30 60 20 re f 0 1 0 0 k 60 90 100 30 re f\n");
	pdf_page(&p, 200, 150, resources,
		 "/Group<</S/Transparency/CS/DeviceCMYK/I true>>",
		 "0 0.5 1 0 k 10 10 100 100 re f /T gs 1 0 0 0 k 60 60 100 60 re f\n"
		 "/Gd cs 1 scn 90 20 60 60 re f\n");
	pdf_page(&p, 200, 150, "", "", "0 0 0 1 k 10 10 20 20 re f\n");
	pdf_end(&p);
	fclose(to);
}

static void
every_plane_is_tiffseps(void)
{
	for (int page = 0; page < pages; page++)
		for (uint32_t ink = 0; ink < taken[page].page.inks; ink++) {
			long n = differences(&taken[page], ink, page + 1);

			TAP_OK(n == 0, "page %d, %s: %ld pixels differ from tiffsep's",
			       page + 1, taken[page].page.ink[ink], n);
		}
}

static void
device_cmyk_passes_untouched(void)
{
	const struct taken *t = &taken[0];
	/* the middle of the patch at (10, 10) to (40, 40) pt */
	size_t x = 25 * DPI / 72, y = t->page.height - 25 * DPI / 72;
	static const int ink[] = {26, 51, 77, 102}; /* 0.1 ... 0.4 of 255 */

	for (int i = 0; i < 4; i++) {
		int v = 255 - t->plane[i][y * t->page.width + x];

		TAP_OK(abs(v - ink[i]) <= 1, "%s of the patch is %d of 255",
		       t->page.ink[i], v);
	}
}

static void
pages_have_their_own_spots(void)
{
	static const uint32_t inks[] = {5, 6, 5, 4};

	TAP_OK(pages == 4, "%d pages", pages);
	for (int i = 0; i < 4 && i < pages; i++)
		TAP_OK(taken[i].page.inks == inks[i], "page %d has %u inks", i + 1,
		       taken[i].page.inks);
}

static void
remove_folder(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(folder);
}

int
main(void)
{
	struct plate_options options;
	struct plate_sink sink = {NULL, take_begin, take_row, take_end};
	struct plate_rip rip = {.kind = PLATE_PDF, .options = &options, .sink = &sink};
	char pdf[64], words[64];
	struct error err;

	INVARIANT(mkdtemp(folder) != NULL);
	snprintf(pdf, sizeof(pdf), "%s/test.pdf", folder);
	snprintf(words, sizeof(words), "Resolution=%d CcRuling=30", DPI * 2);
	make_pdf(pdf);
	INVARIANT(plate_options_read(&options, NULL, words, "test", &err) == 0);
	options.dpi = DPI;
	rip.document = fileno(fopen(pdf, "r"));
	TAP_OK(plate_rip_run(&rip, &err) == 0, "it renders");
	if (!run_tiffsep(pdf, options.profile))
		tap_skip("gs is not installed: nothing to compare with");
	else
		every_plane_is_tiffseps();
	device_cmyk_passes_untouched();
	pages_have_their_own_spots();
	remove_folder();
	return tap_done();
}
