/*
 * sniff.h - what a document is, by its bytes, and whether it can be a picture at all:
 * looked at while it streams by, before anything decodes it.
 *
 * A format is recognised by its first bytes, never by a name or a declaration. Then its
 * outer structure is followed, at the cost of a memchr: dimensions as announced, the
 * end mark (JPEG EOI, PNG IEND, PDF %%EOF, TIFF strips inside the file). So a file cut
 * off in an upload, or one that announces 60,000 x 60,000 pixels in 2 kB, is refused
 * while its owner is still there. Nothing is decoded: what passes here may still be
 * damaged inside, and the filters' decoders have their own limits.
 *
 * Feed every byte, in pieces of any size. No memory is allocated.
 * Sources: JPEG ITU-T T.81 B.1; PNG 5.3; TIFF 6.0 section 2; ISO 32000-1 7.5.5;
 * PWG 5102.4 4.2; URF as CUPS writes it (cups-filters, rastertopwg).
 */
#ifndef CC_FRONT_SNIFF_H
#define CC_FRONT_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sniff_format {
	SNIFF_UNKNOWN = 0,
	SNIFF_JPEG,
	SNIFF_PNG,
	SNIFF_TIFF,
	SNIFF_PDF,
	SNIFF_POSTSCRIPT,
	SNIFF_PWG,
	SNIFF_URF,
	SNIFF_FORMATS
};

enum sniff_fault {
	SNIFF_FINE = 0,
	SNIFF_EMPTY,	 /* not a byte */
	SNIFF_NOT_KNOWN, /* no format of ours */
	SNIFF_CUT_OFF,	 /* ends before its end */
	SNIFF_DAMAGED,	 /* its structure makes no sense */
	SNIFF_TOO_LARGE, /* more pixels than allowed: width, height */
	SNIFF_ENCRYPTED	 /* a PDF with a password */
};

#define SNIFF_SIDE_MAX	   65500 /* pixels a side: what JPEG can hold, rounded down */
#define SNIFF_HEAD	   1024	 /* bytes looked at to recognise a format */
#define SNIFF_CAPTURE	   1024	 /* bytes of a structure that are kept to be read */
#define SNIFF_TAIL	   2048	 /* bytes before the end where %%EOF may stand */
#define SNIFF_TIFF_ENTRIES 64	 /* directory entries looked at */

struct sniff {
	enum sniff_format format;
	enum sniff_fault fault; /* sticks */
	uint32_t width, height; /* as announced; 0: not known (yet) */
	uint64_t pixels_max;	/* more is SNIFF_TOO_LARGE */
	uint64_t length;	/* bytes fed */
	bool doubtful;		/* not a fault, but it may lack its end */
	/* the rest is sniff*.c's own */
	uint8_t head[SNIFF_HEAD];
	size_t head_len;
	bool decided; /* format is final */
	int state;
	uint64_t skip;			/* bytes to pass over */
	uint64_t capture_at;		/* where in the document capture begins */
	uint8_t capture[SNIFF_CAPTURE]; /* bytes from there */
	size_t capture_len, capture_want;
	uint8_t tail[SNIFF_TAIL]; /* ring of the last bytes */
	bool ended;		  /* the end mark was seen */
};

void sniff_start(struct sniff *s, uint64_t pixels_max);
/* Returns s->fault; feeding on after a fault is allowed and does nothing. */
enum sniff_fault sniff_feed(struct sniff *s, const void *data, size_t len);
/* No more bytes: the last word. */
enum sniff_fault sniff_end(struct sniff *s);
/* "image/jpeg"; NULL for SNIFF_UNKNOWN. */
const char *sniff_mime(enum sniff_format format);
/* SNIFF_UNKNOWN for a type that is none of ours, also "application/octet-stream". */
enum sniff_format sniff_from_mime(const char *mime);

/* --- a format each, for sniff.c: feed sees every byte from the first --- */
struct sniff_reader {
	void (*feed)(struct sniff *s, const uint8_t *data, size_t len);
	void (*end)(struct sniff *s);
};
extern const struct sniff_reader sniff_jpeg, sniff_png, sniff_tiff, sniff_pdf,
	sniff_postscript, sniff_raster;
/* Announced dimensions: sets them, or the fault. */
void sniff_dimensions(struct sniff *s, uint64_t width, uint64_t height);
/* To be called with every piece: keeps the document's last SNIFF_TAIL bytes. */
void sniff_keep_tail(struct sniff *s, const uint8_t *data, size_t len);
/* Whether they have such a mark. */
bool sniff_tail_has(const struct sniff *s, const char *mark);
/* Keep `want` bytes from document offset `at` (not before the bytes being fed now). */
void sniff_capture(struct sniff *s, uint64_t at, size_t want);
/* Called with every piece, `start` its offset; true when the capture is whole. */
bool sniff_captured(struct sniff *s, uint64_t start, const uint8_t *data, size_t len);

#endif
