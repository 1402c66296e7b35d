/*
 * plate_psd.h - the renderer's output as rows: Ghostscript's psdcmyk, read as it is
 * written.
 *
 * psdcmyk writes one Photoshop document a page (Adobe Photoshop File Formats,
 * version 1): a head with the inks' names, then each ink's whole plane, uncompressed.
 * It makes a row of all inks at a time and seeks from plane to plane, so the position
 * of a write tells ink and row, and no plane need ever be stored. Values are those of
 * paper: 255 is bare, 0 solid.
 *
 * The writer is Ghostscript under the hands of a stranger's document: the head is
 * bounded and checked, a write elsewhere than where the next piece of a row must come
 * is an error, and a page is only over when every row of every ink was seen once.
 */
#ifndef CC_FILTERS_PLATE_PSD_H
#define CC_FILTERS_PLATE_PSD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "filters/plates/plate_options.h"
#include "lib/base/buf.h"

#define PLATE_PSD_HEAD_MAX (8 * 1024 * 1024) /* names and an ICC profile */
#define PLATE_INK_MAX	   256		     /* an ink's name with its zero */

struct plate_page {
	uint32_t width, height; /* pixels */
	uint32_t inks;		/* the first four are Cyan Magenta Yellow Black */
	char ink[PLATE_INKS_MAX][PLATE_INK_MAX]; /* as written, UTF-8 or not */
};

/* What becomes of the rows. Each returns 0, or -1 with *err. */
struct plate_sink {
	void *ctx;
	int (*begin)(void *ctx, const struct plate_page *page, struct error *err);
	/* values[page->width] of one ink; y rises by one for each ink. */
	int (*row)(void *ctx, uint32_t ink, uint32_t y, const uint8_t *values,
		   struct error *err);
	int (*end)(void *ctx, struct error *err);
};

struct plate_psd {
	const struct plate_sink *sink;
	struct buf head;
	struct plate_page page;
	uint64_t at;	 /* position of the next write */
	uint64_t start;	 /* of the planes; 0 until the head is whole */
	uint8_t *row;	 /* [width], owned: a row that came in pieces */
	uint32_t filled; /* of row */
	uint32_t planes; /* in the file: the inks, and unused ones without a name */
	uint32_t *next;	 /* [planes], owned: the row awaited of each ink */
	bool begun;
	struct error failed; /* the first fault; kind ERROR_NONE while well */
};

void plate_psd_init(struct plate_psd *p, const struct plate_sink *sink);
/* The three moves of a file. write: all, or -1 (the fault is kept: every further move
 * fails, so that the renderer stops). */
int plate_psd_write(struct plate_psd *p, const void *data, size_t len);
int plate_psd_seek(struct plate_psd *p, int64_t offset, int whence);
/* The file is closed: was the page whole? Calls sink->end if so. Frees. */
int plate_psd_close(struct plate_psd *p, struct error *err);

#endif
