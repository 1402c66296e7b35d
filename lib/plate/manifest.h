/*
 * manifest.h - what is in a plate set: the last member of the tar stream, the last file
 * of the set in the hot folder. doc/plateset.5 describes it for others.
 *
 * A manifest is read from a stream that somebody else may have written: names are
 * plain (manifest_name_is_plain), counts and numbers bounded, digests of full length.
 */
#ifndef CC_PLATE_MANIFEST_H
#define CC_PLATE_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"

#define MANIFEST_FILE	    "manifest.json"
#define MANIFEST_VERSION    1
#define MANIFEST_BYTES_MAX  (8 * 1024 * 1024)
#define MANIFEST_PLATES_MAX 20000 /* files a set */
#define MANIFEST_NAME_MAX   128	  /* bytes of a file name, with its zero */
#define MANIFEST_INK_MAX    256	  /* bytes of an ink's name, with its zero */
#define MANIFEST_DIGEST	    32	  /* BLAKE2b-256 */

struct manifest_plate {
	char file[MANIFEST_NAME_MAX]; /* "" where the plate is blank and left out */
	char ink[MANIFEST_INK_MAX];   /* as the document names it, controls replaced */
	uint32_t page;		      /* from 1 */
	uint32_t width, height;	      /* pixels */
	double dpi;
	double ruling_lpi, angle_deg; /* as they really are (lib/screen/cell.h) */
	char dot[32];		      /* "round", ... */
	char curve[64];		      /* name of the curves (curve.h); "": none */
	bool blank;		      /* nothing on it */
	double coverage;	      /* printed part of the plate, 0 to 1 */
	uint64_t bytes;
	uint8_t digest[MANIFEST_DIGEST];
};

/* The most ink on one place of the page (total area coverage), where it is, and how much
 * of the page is over the limit, if there is one. */
struct manifest_page {
	uint32_t page;
	double tac_percent, x_mm, y_mm; /* from the page's left and top */
	double over;			/* 0 to 1 */
};

struct manifest {
	char creator[64];
	char profile[256]; /* output profile: description, "" if unknown */
	uint32_t pages;
	struct manifest_plate *plates; /* owned */
	uint32_t count;
	double tac_limit;	    /* percent; 0: none */
	struct manifest_page *page; /* owned; as many as were measured */
	uint32_t page_count;
};

void manifest_init(struct manifest *m);
void manifest_clear(struct manifest *m);
/* A zeroed plate behind the last; NULL past MANIFEST_PLATES_MAX or without memory. */
struct manifest_plate *manifest_add(struct manifest *m);
/* Likewise of a page; MANIFEST_PLATES_MAX of them, too. */
struct manifest_page *manifest_add_page(struct manifest *m);
const struct manifest_plate *manifest_find(const struct manifest *m, const char *file);

int manifest_write(const struct manifest *m, struct buf *json, struct error *err);
/* m need not be initialised. ERROR_INPUT with what is wrong. */
int manifest_read(struct manifest *m, const void *json, size_t len, struct error *err);

/* Letters, digits and . _ - +, neither empty nor beginning with a dot: nothing that
 * any file system, shell or catcher reads as more than a name. */
bool manifest_name_is_plain(const char *name);
/* An ink's name as it may be shown: controls replaced, and all beyond ASCII too unless
 * it is UTF-8; never empty. */
void manifest_clean_ink(char ink[MANIFEST_INK_MAX], const char *from);
/* "0002_PANTONE_185_C.tif": an ink's name made plain; what had to be changed becomes _.
 * Different inks may give the same name: the caller numbers them (n > 0: "..._n.tif").
 */
void manifest_file_name(char file[MANIFEST_NAME_MAX], uint32_t page, const char *ink,
			unsigned n);

#endif
