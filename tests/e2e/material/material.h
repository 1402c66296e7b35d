/*
 * material.h - makers of test documents: each writes one whole file to `to`.
 *
 * They end the program with a message on any fault: a test without its material has
 * failed.
 */
#ifndef CC_TESTS_MATERIAL_H
#define CC_TESTS_MATERIAL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The embedded profile: what it is and how long. */
struct profile {
	uint8_t *data;
	uint32_t len;
};

/* A JPEG of 240 x 360, which says nothing of its resolution. */
void small_jpeg(FILE *to);
/* A JPEG, upright 1200 x 1800, stored lying down with Exif orientation 6. */
void photo_jpeg(FILE *to, const struct profile *icc);
/* 300 x 400, grey, 2,048 bytes exactly. */
void photo_2kb(FILE *to);
/* 900 x 600: PNG with iCCP, TIFF (LZW) with tag 34675. */
void photo_png(FILE *to, const struct profile *icc);
void photo_tiff(const char *path, const struct profile *icc);

/* Two pages of A4: CMYK pictures, text, a spot colour; wedges of every ink. */
void plate_pdf(FILE *to);

/* What a stranger may send. */
void bad_huge_png(FILE *to);  /* says 60,000 x 60,000, has a row of it */
void bad_huge_jpeg(FILE *to); /* the same */
void bad_zeros_png(FILE *to); /* 20,000 x 20,000, true and whole: seconds to decode */
void bad_pdf_host(FILE *to);  /* a page whose contents are a file of this machine */
void bad_ps_host(FILE *to);   /* a program that reads and writes this machine's files */
/* An IPP Print-Job request with a collection in a collection, 20,000 deep. */
void bad_nested_ipp(FILE *to);

/* The PWG raster files whose names come on standard input, below a folder. */
void samples_pwg(const char *folder);

__attribute__((noreturn, format(printf, 1, 2))) void material_die(const char *fmt, ...);

#endif
