/*
 * ask.h - what front and preflight say to each other about a document.
 *
 * Front makes a pair of sockets (AF_UNIX, SOCK_SEQPACKET: a message is a packet), keeps
 * one end and sends the other to the preflight server as a descriptor with one byte, over
 * the pair that the supervisor made. The server forks a checker for it, which owns that
 * end: a line. Over a line come one byte, the checker's sign of life, then question and
 * answer, then perhaps the next question: the line belongs to one connection of a client, so a checker never sees documents of two
 * customers.
 *
 *   question   struct preflight_ask, then:
 *              inline_len > 0   the document itself, in the same packet
 *              else             one descriptor (SCM_RIGHTS), from which the document is
 *                               read to its end; the checker ends after such a document
 *   answer     struct preflight_answer
 *
 * A line that ends without an answer: the checker died of the document. Both structs are
 * of one program's two processes, so their layout needs no care; that their fields make
 * sense does: each side is a stranger once a decoder was taken over.
 */
#ifndef CC_PREFLIGHT_ASK_H
#define CC_PREFLIGHT_ASK_H

#include <stdint.h>

#define PREFLIGHT_INLINE_MAX (64 * 1024) /* bytes of a document within the packet */
#define PREFLIGHT_DETAIL_MAX 200
/* A line's checker ends after so many documents. Front goes by it, too: a question that
 * crosses with the checker's end would look like a crash. */
#define PREFLIGHT_LINE_DOCUMENTS 100

enum preflight_format {
	PREFLIGHT_PICTURE = 1, /* JPEG, PNG, TIFF: lib/image tells which */
	PREFLIGHT_PDF,
	PREFLIGHT_RASTER, /* PWG, URF */
	PREFLIGHT_FORMATS
};

enum preflight_verdict {
	PREFLIGHT_SOUND = 1,
	PREFLIGHT_DOUBTFUL,  /* can be read after repairs; may not come out as meant */
	PREFLIGHT_CUT_OFF,   /* ends before its end */
	PREFLIGHT_DAMAGED,   /* can't be decoded */
	PREFLIGHT_ENCRYPTED, /* needs a password */
	PREFLIGHT_UNCHECKED, /* too large or too slow to be looked at here */
	PREFLIGHT_VERDICTS
};

struct preflight_ask {
	uint32_t format;     /* enum preflight_format */
	uint32_t inline_len; /* bytes of the document behind this struct, or 0 */
	uint64_t pixels_max; /* of one picture */
	uint64_t bytes_max;  /* of the document; more is PREFLIGHT_UNCHECKED */
	uint64_t memory_max; /* of the checker */
	uint32_t cpu_s;	     /* of the checker; more is PREFLIGHT_UNCHECKED */
};

struct preflight_answer {
	uint32_t verdict; /* enum preflight_verdict */
	uint32_t pages;	  /* pictures, pages; 0: not known */
	/* the page with the fewest pixels, as it is looked at (upright); 0: no pixels */
	uint32_t width, height;
	uint32_t ppi_x, ppi_y; /* that it claims for itself; 0: it does not */
	char detail[PREFLIGHT_DETAIL_MAX]; /* for the log, English, printable */
};

#endif
