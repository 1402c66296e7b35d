/*
 * samples.c - PWG raster (PWG 5102.4) by the names that ipptool's ipp-everywhere.test asks
 * for, since Debian ships the suite without them:
 *
 *   pwg-raster-samples-RESdpi/TYPE/WHAT-SIZE-TYPE-RESdpi.pwg
 *   WHAT   color.jpg, gray.jpg: one picture; onepage: one page; document: three
 *   SIZE   4x6, a4, letter     TYPE   black-1, cmyk-8, sgray-8, srgb-8, srgb-16
 *
 * A page is bands of colour bars, whole in every pixel. A band's rows are equal, so each is
 * packed once and said to repeat: 144 files, 720 dpi among them, take a moment.
 */
#include <cups/raster.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/material/material.h"

#define NAME_MAX_BYTES 512
#define ROW_MAX	       (64 * 1024) /* a packed row of bars */
#define BANDS	       12
#define BARS	       9
#define REPEAT_ROWS    256
#define REPEAT_UNITS   128

struct sample {
	char what[16], size[16], type[16];
	unsigned dpi;
};

static const struct {
	const char *name, *media;
} sizes[] = {{"4x6", "na_index-4x6_4x6in"},
	     {"a4", "iso_a4_210x297mm"},
	     {"letter", "na_letter_8.5x11in"}};

/* The last component of the path says it all. */
static bool
parse(const char *path, struct sample *s)
{
	const char *name = strrchr(path, '/');
	char kind[8], depth[8];

	if (name == NULL ||
	    sscanf(name + 1, "%15[a-z.]-%15[a-z0-9]-%7[a-z]-%7[0-9]-%udpi.pwg", s->what,
		   s->size, kind, depth, &s->dpi) != 5)
		return false;
	snprintf(s->type, sizeof(s->type), "%s_%s", kind, depth);
	return true;
}

static pwg_media_t *
media_of(const struct sample *s)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strcmp(sizes[i].name, s->size) == 0)
			return pwgMediaForPWG(sizes[i].media);
	material_die("no size '%s'", s->size);
}

/* A unit is what PWG 5102.4 4.4 repeats: a pixel, or a byte of eight pixels. */
static size_t
pack_row(uint8_t *to, const cups_page_header2_t *h, unsigned band)
{
	unsigned unit = h->cupsBitsPerPixel < 8 ? 1 : h->cupsBitsPerPixel / 8;
	unsigned units = h->cupsBytesPerLine / unit;
	size_t len = 0;

	for (unsigned bar = 0; bar < BARS; bar++) {
		unsigned left = units * (bar + 1) / BARS - units * bar / BARS;
		while (left > 0) {
			unsigned run = left < REPEAT_UNITS ? left : REPEAT_UNITS;
			to[len++] = (uint8_t)(run - 1);
			for (unsigned i = 0; i < unit; i++)
				to[len++] = (uint8_t)(band * 255 / BANDS +
						      bar * (7 + 20 * i));
			left -= run;
		}
	}
	return len;
}

static void
put(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		material_die("cannot write a sample");
}

static void
put_page(int fd, const cups_page_header2_t *h)
{
	uint8_t row[ROW_MAX];

	for (unsigned band = 0; band < BANDS; band++) {
		unsigned rows = h->cupsHeight * (band + 1) / BANDS -
				h->cupsHeight * band / BANDS;
		size_t len = pack_row(row, h, band);
		while (rows > 0) {
			unsigned run = rows < REPEAT_ROWS ? rows : REPEAT_ROWS;
			uint8_t times = (uint8_t)(run - 1);
			put(fd, &times, 1);
			put(fd, row, len);
			rows -= run;
		}
	}
}

static void
make_folders(const char *path)
{
	char folder[NAME_MAX_BYTES];

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *at = strchr(folder + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(folder, 0755);
		*at = '/';
	}
}

static void
make_sample(const char *path)
{
	struct sample s;
	cups_page_header2_t header;
	cups_raster_t *raster;
	unsigned pages;
	int fd;

	if (!parse(path, &s))
		material_die("'%s' names no sample", path);
	pages = strcmp(s.what, "document") == 0 ? 3 : 1;
	if (!cupsRasterInitPWGHeader(&header, media_of(&s), s.type, (int)s.dpi,
				     (int)s.dpi, "one-sided", NULL))
		material_die("'%s' names no type of raster", path);
	header.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = pages;
	make_folders(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || (raster = cupsRasterOpen(fd, CUPS_RASTER_WRITE_PWG)) == NULL)
		material_die("cannot write %s", path);
	for (unsigned page = 0; page < pages; page++) {
		if (!cupsRasterWriteHeader2(raster, &header))
			material_die("cannot write %s", path);
		put_page(fd, &header);
	}
	cupsRasterClose(raster);
	close(fd);
}

void
samples_pwg(const char *folder)
{
	char line[NAME_MAX_BYTES / 2], path[NAME_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, sizeof(path), "%s/%s", folder, line);
		make_sample(path);
	}
}
